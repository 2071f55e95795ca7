"""Set a RAG: a person's decision, with a date and a reason, that also counts as a review."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.dates.calendar import working_days_after
from ioms_desktop.domain.errors import MissingReason, NotOnThisProgramme
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import add_record, get_writable_case, new_ref, refuse_future_date, run_command
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, add_or_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction
from ioms_desktop.storage.users import find_user

RAG_TOPICS = frozenset({Topic.RAG})
NO_RAG_MESSAGE = (
    "Case {} is on Phoenix, where a participant has an engagement rating and no RAG. Nothing was saved; rate the week "
    "instead."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRag:
    """A colour from a day on, with its reason.

    Attributes:
        revision: That of the entry of that day as it was read; 0 where there was none; None to replace any version.
    """

    request: str
    case_ref: str
    rag: str
    set_on: date
    reason: str
    revision: int | None = None
    resolution: ConflictResolution | None = None


def set_rag(session: Session, entry: SetRag) -> Outcome:
    """Set or confirm a RAG; a second entry on one day replaces the first, which is kept as history.

    Raises:
        EditConflict: Someone else set or changed that day's RAG since it was read.
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        NotOnThisProgramme: The case is on Phoenix, which has no RAG.
        Refused: There is no reason, the day lies in the future, or the case is closed.
    """
    return run_command(
        session, "set_rag", Right.SET_RAG, entry.request, lambda tx: set_rag_in_command(session, tx, entry)
    )


def set_rag_in_command(session: Session, tx: Transaction, entry: SetRag) -> Outcome:
    """Set a RAG within a command of whatever kind; the refusals are those of `set_rag`."""
    session.require(Right.SET_RAG)
    refuse_future_date(session, entry.set_on, "A RAG")
    if not entry.reason.strip():
        raise MissingReason("A RAG needs its reason. Your entry is kept; write why.", field="reason")
    case = get_writable_case(session, tx, entry.case_ref, entry.set_on)
    if not case.has_rag:
        raise NotOnThisProgramme(NO_RAG_MESSAGE.format(case.case_ref))
    edit: Edit[RagEntry] = Edit(
        change=lambda read: replace(read, rag=entry.rag, reason=entry.reason.strip(), set_by=session.user),
        notice=lambda _: f"RAG set to {entry.rag}.",
        topics=RAG_TOPICS,
        ref=case.case_ref,
    )
    wanted = RagEntry(
        case_ref=case.case_ref, set_on=entry.set_on, rag=entry.rag, reason=entry.reason.strip(), set_by=session.user
    )
    replaced = _supervisors_entry(session, tx, wanted)
    outcome = add_or_edit(session, tx, entry, wanted, edit)
    return outcome if replaced is None else _tell_supervisor(session, tx, replaced, wanted, outcome)


def _supervisors_entry(session: Session, tx: Transaction, wanted: RagEntry) -> RagEntry | None:
    """Return the entry in force that a supervisor made and somebody else is about to replace; None for any other."""
    entries = [each for each in tx.list_records(RagEntry, case_ref=wanted.case_ref) if each.set_on <= wanted.set_on]
    present = max(entries, key=lambda each: each.set_on, default=None)
    if session.role is Role.SUPERVISOR or present is None or not present.set_by or present.set_by == session.user:
        return None
    if present.rag == wanted.rag and present.set_on != wanted.set_on:  # confirmed, and their own entry stands
        return None
    setter = find_user(tx, present.set_by)
    return present if setter is not None and setter.active and setter.role == Role.SUPERVISOR else None


def _tell_supervisor(
    session: Session, tx: Transaction, replaced: RagEntry, wanted: RagEntry, outcome: Outcome
) -> Outcome:
    """Tell the supervisor by an action of theirs, which Today shows until they finish it."""
    theirs = f"your {replaced.rag} of {format_day(replaced.set_on)}"
    now = f"{wanted.rag} on {format_day(wanted.set_on)}"
    notice_action = Action(
        action_ref=new_ref("AC"),
        case_ref=wanted.case_ref,
        text=f"{session.names.of(session.user)} set RAG to {now} in place of {theirs}: {wanted.reason}",
        owner=replaced.set_by or "",
        due_on=working_days_after(session.today(), 1),
    )
    add_record(tx, notice_action)
    notice = f"{outcome.notice} {session.names.of(replaced.set_by)}, who set the colour before, is told."
    return replace(outcome, notice=notice, changed=outcome.changed | {Topic.ACTIONS})
