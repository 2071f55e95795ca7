"""Let a case leave its programme, for a time or for good, with all that belongs to it in one act; or resume it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import DatesOutOfOrder, InvalidEntry, MissingValue, Refused, StepNotReady
from ioms_desktop.domain.records.cases import Action, Case, Need
from ioms_desktop.domain.records.leaving.exits import PLANNED, SUSPENDED, CaseExit, open_suspension
from ioms_desktop.domain.records.person_sets.care import WarningMarker
from ioms_desktop.domain.records.protection import VictimContact, victim_to_tell
from ioms_desktop.domain.records.status_table import CLOSING, status_rule
from ioms_desktop.domain.text_format import capitalise, format_day, pluralise
from ioms_desktop.services.commands import refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.intake.steps import check_step, end_suspension
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_in_command, change_in_command
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

RESUMED = "ACTIVE"
REMOVAL_PERIOD = timedelta(days=7)
"""Until when the mark of the programme is to be gone from another system, where no other day is given."""
LEAVING_TOPICS = frozenset({Topic.CASES, Topic.PEOPLE, Topic.ACTIONS})

NEVER_ADOPTED = "This case was suspended before it was adopted."
ADOPT_IT = "adopt it with Next step in the menu Case, which ends the suspension."


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedOnLeaving:
    """What a need has come to, and what changed.

    Attributes:
        level: 0 none to 3 severe, on the day of leaving.
        evidence: What changed, and how that is known.
    """

    pathway: str
    level: int
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRemoval:
    """The mark of the programme on another system, which somebody is to remove."""

    system: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveCase:
    """A case that leaves its programme; `revision` is that of the case as it was read.

    Attributes:
        left: Why and what follows; its kind is the status that the case comes to, its day the day of leaving.
        close_reason: The reason for closing, where it leaves for good.
        needs: What each need has come to.
        ended_markers: The warning markers that no longer stand, by reference.
        removals: What is to be removed elsewhere, each as an action.
        victim_told_on: When the victim was told; None where nobody was, or this user may not know.
    """

    request: str
    case_ref: str
    revision: int
    left: CaseExit
    close_reason: str | None = None
    needs: tuple[NeedOnLeaving, ...] = ()
    ended_markers: tuple[str, ...] = ()
    removals: tuple[FlagRemoval, ...] = ()
    victim_told_on: date | None = None
    resolution: ConflictResolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCase:
    """A suspended case that goes on from a day, with the reason; `revision` is the one that was read."""

    request: str
    case_ref: str
    revision: int
    on: date
    reason: str
    resolution: ConflictResolution | None = None


def leave_case(session: Session, entry: LeaveCase) -> Outcome:
    """Take a case to the status by which it leaves, with its exit plan, notices, needs, markers and actions.

    Raises:
        NotAllowed: The table of steps does not name the user's role.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        StatusNotNext: The status may not follow the present one.
        StepNotReady: Something else that the step needs is not on record.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
    """
    refuse_future_date(session, entry.left.left_on, "Leaving")
    _refuse_missing(entry)

    def take(tx: Transaction, current: Case, case: Case) -> None:
        add_in_command(session, tx, AddRecord(request="", case_ref=entry.case_ref, record=entry.left))
        try:
            check_step(session, tx, current, case)
        except Refused as wrong:
            raise _on_form(wrong) from wrong
        end_suspension(tx, current, case, entry.left.left_on)
        _record_what_belongs(session, tx, entry)

    edit: Edit[Case] = Edit(
        change=lambda read: _left(entry, read),
        after=take,
        notice=lambda case: _describe(session, entry, case),
        topics=LEAVING_TOPICS,
        ref=entry.case_ref,
    )
    return run_edit(session, "leave_case", Case.rights.change_right, entry, (Case, entry.case_ref), edit)


def resume_case(session: Session, entry: ResumeCase) -> Outcome:
    """Let a suspended case go on, and note on the suspension from when and why.

    Raises:
        Refused: As `leave_case`.
    """
    refuse_future_date(session, entry.on, "Resuming")
    if not entry.reason.strip():
        raise MissingValue("Say why the case is resumed. Your entry is kept.", field="reason")

    def take(tx: Transaction, current: Case, case: Case) -> None:
        _refuse_unresumable(tx, current, entry)
        check_step(session, tx, current, case)
        end_suspension(tx, current, case, entry.on, entry.reason.strip())

    edit: Edit[Case] = Edit(
        change=lambda read: replace(read, status=RESUMED),
        after=take,
        notice=lambda _: f"Resumed on {format_day(entry.on)}.",
        topics=LEAVING_TOPICS,
        ref=entry.case_ref,
    )
    return run_edit(session, "resume_case", Case.rights.change_right, entry, (Case, entry.case_ref), edit)


def was_adopted(case: Case) -> bool:
    """Whether a case was adopted, so that it can be resumed after a suspension."""
    return case.adopted_on is not None and bool(case.cohort)


def _refuse_unresumable(tx: Transaction, case: Case, entry: ResumeCase) -> None:
    """Refuse to resume a case before it was suspended, or one that was not adopted before that."""
    held = open_suspension(tx.list_records(CaseExit, case_ref=case.case_ref))
    if case.status != SUSPENDED or held is None:
        return
    if entry.on < held.left_on:
        raise DatesOutOfOrder(
            f"The case was suspended from {format_day(held.left_on)}, and cannot be resumed before that. Your entry "
            "is kept; correct the date.",
            field="left_on",
        )
    if not was_adopted(case):
        raise StepNotReady(f"{NEVER_ADOPTED} Nothing was changed; {ADOPT_IT}", field="kind")


def _refuse_missing(entry: LeaveCase) -> None:
    if entry.left.kind in PLANNED and not (entry.left.plan or "").strip():
        raise MissingValue("Say who does what afterwards: the exit plan is needed. Your entry is kept.", field="plan")
    for need in entry.needs:
        if not need.evidence.strip():
            raise MissingValue(
                "Say what changed, or that nothing did, and how that is known. Your entry is kept.",
                field=f"evidence_{need.pathway}",
            )


def _left(entry: LeaveCase, case: Case) -> Case:
    kind = entry.left.kind
    rule = status_rule(case.programme, case.status, kind)
    if rule is None or not set(CLOSING) <= set(rule.needs):
        return replace(case, status=kind)
    return replace(case, status=kind, closed_on=entry.left.left_on, close_reason=entry.close_reason)


def _on_form(wrong: Refused) -> Refused:
    """Return a refusal at the field of the form that asks for what the step calls otherwise."""
    asked = {"closed_on": "left_on", "status": "kind"}
    return type(wrong)(wrong.sentence, field=asked.get(wrong.field or "", wrong.field))


def _record_what_belongs(session: Session, tx: Transaction, entry: LeaveCase) -> None:
    for need in entry.needs:
        _record_need(session, tx, entry, need)
    for ref in entry.ended_markers:
        marker = tx.get(WarningMarker, ref)
        _change(session, tx, entry, replace(marker, to_on=max(entry.left.left_on, marker.from_on or date.min)))
    for removal in entry.removals:
        text = f"Remove the programme marker from {removal.system}, and record it here"
        _add(
            session,
            tx,
            entry,
            Action(action_ref="", case_ref=entry.case_ref, text=text, owner=removal.owner, due_on=removal.due_on),
        )
    if entry.victim_told_on is not None:
        _record_victim_told(session, tx, entry, entry.victim_told_on)


def _record_need(session: Session, tx: Transaction, entry: LeaveCase, need: NeedOnLeaving) -> None:
    """Record the level on the day of leaving; an assessment of that day is the one that it goes on."""
    session.require(Right.RECORD_ENGAGEMENT)
    theirs = [each for each in tx.list_records(Need, case_ref=entry.case_ref) if each.pathway == need.pathway]
    same = next((each for each in theirs if each.assessed_on == entry.left.left_on), None)
    last = max(theirs, key=lambda each: each.assessed_on, default=None)
    if same is not None:
        _change(session, tx, entry, replace(same, level=need.level, evidence=need.evidence))
        return
    new = Need(
        case_ref=entry.case_ref,
        pathway=need.pathway,
        assessed_on=entry.left.left_on,
        level=need.level,
        status=None if last is None else last.status,
        agency=None if last is None else last.agency,
        evidence=need.evidence,
    )
    _add(session, tx, entry, new)


def _record_victim_told(session: Session, tx: Transaction, entry: LeaveCase, on: date) -> None:
    session.require(Right.READ_PROTECTION)
    known = tx.list_records(VictimContact, case_ref=entry.case_ref)
    last = victim_to_tell(known)
    if last is None:
        raise InvalidEntry(
            "No victim is on record any longer. Nothing was saved; leave this empty, or record the victim first.",
            field="victim_told_on",
        )
    status = session.lists.of("case_status").label(entry.left.kind)
    _add(
        session,
        tx,
        entry,
        replace(last, id=0, victim_contact_ref="", recorded_on=on, note=f"Told that the case is now: {status}."),
    )


def _add(session: Session, tx: Transaction, entry: LeaveCase, record: Any) -> None:  # noqa: ANN401 - of any record type
    add_in_command(session, tx, AddRecord(request="", case_ref=entry.case_ref, record=record))


def _change(session: Session, tx: Transaction, entry: LeaveCase, record: Any) -> None:  # noqa: ANN401 - as above
    # Why it is changed has been said: the case leaves.
    asked = tx.command.reason_text
    tx.because(asked or entry.left.reason)
    change = ChangeRecord(request="", case_ref=entry.case_ref, record=record, revision=record.revision)
    change_in_command(session, tx, change)
    tx.because(asked)


def _describe(session: Session, entry: LeaveCase, case: Case) -> str:
    label = session.lists.of("case_status").label(case.status)
    said = f"{label} on {format_day(entry.left.left_on)}."
    if entry.removals:
        said += f" {capitalise(pluralise(len(entry.removals), 'action'))} to remove programme markers elsewhere."
    return said
