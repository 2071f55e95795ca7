"""Undo what was just done: each undoing is a command of its own, recorded like any other."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ioms_desktop.domain.errors import BuiltUpon, Stale
from ioms_desktop.domain.policy.case_history import TRIGGER_TYPES
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import CHANGE_FORM_TYPES
from ioms_desktop.domain.text_format import capitalise, pluralise
from ioms_desktop.services.commands import get_visible_case, run_command, save_record
from ioms_desktop.services.edit_conflicts import EditConflict, RecordRemoved
from ioms_desktop.services.recording.corrections import (
    RestoreStruckOut,
    StrikeOut,
    put_back,
    restore_struck_out,
    strike_out,
    take_out,
)
from ioms_desktop.services.recording.decisions import AnswerProposal, refuse_proposal
from ioms_desktop.services.recording.records import ChangeRecord, change_record_by_form
from ioms_desktop.services.records.alert_changes import read_open_alerts
from ioms_desktop.services.records.recalls import was_printed
from ioms_desktop.services.records.undone_steps import describe_undone_step, refuse_undone_step
from ioms_desktop.services.session import Outcome, Session, Topic, Undo, UndoneAct, topics_of
from ioms_desktop.services.workers.assigning import TakeBack, assignments_of, take_back
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.requests import was_requested
from ioms_desktop.storage.transaction import Transaction

UNDONE_REASON = "Undone at once"
CHANGED_SINCE = "{by} changed this since. Nothing was undone; open it to see what it says now."
PRINTED_SINCE = (
    "A copy of this went out of case {ref} since. Nothing was undone; mark the entry as entered in error, and the copy "
    "is listed for recall."
)
DECIDED_SINCE = (
    "A decision was authorised on case {ref} since, and may rest on this. Nothing was undone; mark the entry as "
    "entered in error, with your reason."
)
AFTER_EVERYTHING = datetime(9000, 1, 1, tzinfo=UTC)
"""An instant after everything on record, by whatever clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAct:
    """What is to be undone.

    Attributes:
        case_ref: The case on which it was done.
        done: What was done, as its answer told it.
    """

    request: str
    case_ref: str
    done: Undo


def undo_act(session: Session, entry: UndoAct) -> Outcome:
    """Undo an act: take out what was added, change back what was changed, put back what was taken out.

    Raises:
        BuiltUpon: A copy was printed or a decision authorised since, or another record names it.
        Stale: Someone else changed or removed the record since.
        Refused: As the command that undoes it.
    """
    done = entry.done
    # What was decided at once after a contact of several people may be on the case of another of them.
    entry = replace(entry, case_ref=_case_of(done, entry.case_ref))
    with session.store.read() as reading:
        if not was_requested(reading, entry.request):  # else it has its answer, whatever was built since
            _refuse_if_built_on(session, reading, entry)
    if done.act is UndoneAct.ASSIGNED:
        return take_back(session, TakeBack(request=entry.request, pairs=assignments_of(done)))
    if done.also or not _has_command(done):
        outcome = _undo_several(session, entry)
    elif done.act is UndoneAct.STRUCK_OUT:
        return restore_struck_out(session, _restoring(entry.request, entry.case_ref, done.record))
    elif isinstance(done.record, Proposal):
        outcome = _withdraw(session, entry, done.record)
    else:
        outcome = _take_out(session, entry) if done.before is None else _change_back(session, entry)
    return replace(outcome, notice=f"Undone. {outcome.notice}", undo=None)


def _has_command(done: Undo) -> bool:
    return done.act is not UndoneAct.CHANGED or type(done.record) in CHANGE_FORM_TYPES


def _withdraw(session: Session, entry: UndoAct, proposal: Proposal) -> Outcome:
    answer = AnswerProposal(
        request=entry.request,
        proposal_ref=proposal.proposal_ref,
        revision=proposal.revision,
        reason=UNDONE_REASON,
    )
    try:
        return refuse_proposal(session, answer)
    except RecordRemoved:
        raise
    except EditConflict as conflict:
        raise Stale(CHANGED_SINCE.format(by=conflict.comparison.saved_by)) from conflict


def _take_out(session: Session, entry: UndoAct) -> Outcome:
    return strike_out(session, _striking(entry.request, entry.case_ref, entry.done.record))


def _change_back(session: Session, entry: UndoAct) -> Outcome:
    before: Any = entry.done.before
    back = ChangeRecord(
        request=entry.request, case_ref=entry.case_ref, record=before, revision=entry.done.record.revision
    )
    try:
        return change_record_by_form(replace(session, change_reason=UNDONE_REASON), back)
    except RecordRemoved:
        raise
    except EditConflict as conflict:
        raise Stale(CHANGED_SINCE.format(by=conflict.comparison.saved_by)) from conflict


def _undo_several(session: Session, entry: UndoAct) -> Outcome:
    """Undo an act on several records in one transaction: all of it, or nothing."""
    acts = _acts(entry.done)
    is_move = {each.act for each in acts} == {UndoneAct.ADDED, UndoneAct.STRUCK_OUT}
    for each in acts:
        session.require(each.record.rights.change_right if each.before else each.record.rights.add)

    def do(tx: Transaction) -> Outcome:
        refs = _types_by_case(acts, entry.case_ref)
        cases = {ref: get_visible_case(session, tx, ref) for ref in refs}
        alerts = [read_open_alerts(session, tx, ref, record_type) for ref, record_type in refs.items()]
        for each in acts:
            ref = _case_of(each, entry.case_ref)
            if each.act is UndoneAct.ADDED:
                take_out(session, tx, _striking("", ref, each.record))
            elif each.act is UndoneAct.STRUCK_OUT:
                put_back(session, tx, cases[ref], _restoring("", ref, each.record), undoes_move=is_move)
            else:
                _restore_values(session, tx, each)
        after = [read_open_alerts(session, tx, each.case_ref, refs[each.case_ref]) for each in alerts]
        gone = "".join(now.describe_gone(was) for now, was in zip(after, alerts, strict=True))
        raised = [each for now, was in zip(after, alerts, strict=True) for each in now.raised_since(was)]
        words = f"{describe_undone_step(session, acts) or _describe_entries(acts)}{gone}"
        topics = frozenset[Topic]().union(*(topics_of(type(each.record)) for each in acts))
        return Outcome(notice=words, changed=topics, ref=acts[0].record.key_text, raised=tuple(raised))

    right = acts[0].record.rights.add
    return run_command(session, "undo_act", right, entry.request, do, reason_text=UNDONE_REASON)


def _describe_entries(acts: tuple[Undo, ...]) -> str:
    return f"{capitalise(pluralise(len(acts), 'entry', 'entries'))} as before."


def _types_by_case(acts: Iterable[Undo], case_ref: str) -> dict[str, type[Record]]:
    """Return each case with a type that was written on it, and of several one from which an alert can come."""
    found: dict[str, type[Record]] = {}
    for each in acts:
        ref, record_type = _case_of(each, case_ref), type(each.record)
        if found.get(ref) not in TRIGGER_TYPES:
            found[ref] = record_type
    return found


def _restore_values(session: Session, tx: Transaction, done: Undo) -> None:
    """Give a record the values it had before a change, where nobody saved it since."""
    record: Any = done.record
    now = tx.find(type(record), *record.identity)
    if now is None or now.revision != record.revision:
        raise Stale(CHANGED_SINCE.format(by=session.names.of(record.recorded_by if now is None else now.recorded_by)))
    before: Any = done.before
    if isinstance(now, Case) and isinstance(before, Case):
        refuse_undone_step(session, tx, now, before)
    save_record(tx, replace(before, id=now.id, revision=now.revision))


def _refuse_if_built_on(session: Session, reading: Reading, entry: UndoAct) -> None:
    """Refuse to undo what a printed copy may hold, or what an authorised decision may rest on."""
    written = [each for each in _acts(entry.done) if each.act is not UndoneAct.STRUCK_OUT]
    since = min((each.record.recorded_at for each in written if each.record.recorded_at is not None), default=None)
    if since is None:
        return
    for ref in sorted({_case_of(each, entry.case_ref) for each in written}):
        get_visible_case(session, reading, ref)
        if was_printed(reading, ref, since, AFTER_EVERYTHING, (each.record for each in written)):
            raise BuiltUpon(PRINTED_SINCE.format(ref=ref))
        decided = (each.recorded_at for each in reading.list_records(Decision, case_ref=ref))
        if any(at is not None and at > since for at in decided):
            raise BuiltUpon(DECIDED_SINCE.format(ref=ref))


def _acts(done: Undo) -> tuple[Undo, ...]:
    return (replace(done, also=()), *done.also)


def _case_of(done: Undo, case_ref: str) -> str:
    return getattr(done.record, "case_ref", None) or case_ref


def _striking(request: str, case_ref: str, record: Record) -> StrikeOut:
    return StrikeOut(
        request=request,
        case_ref=case_ref,
        table=record.table,
        key_text=record.key_text,
        revision=record.revision,
        reason=UNDONE_REASON,
    )


def _restoring(request: str, case_ref: str, record: Record) -> RestoreStruckOut:
    return RestoreStruckOut(request=request, case_ref=case_ref, table=record.table, record_id=record.id)
