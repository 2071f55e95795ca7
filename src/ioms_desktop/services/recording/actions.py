"""Actions: promised for a day by a user or somebody outside, moved to another day, and finished or cancelled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right, Role, may, sees_programme
from ioms_desktop.domain.errors import AlreadyDone, ConflictingValues, MissingReason, MissingValue, NotAllowed
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.commands import get_visible_record, refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.labels import describe_action_moves
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.break_glass_reviews import refuse_own_review
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction
from ioms_desktop.storage.users import list_named_users

ACTION_TOPICS = frozenset({Topic.ACTIONS})
FINISHED_ALREADY = "This action is already finished. Nothing was changed."
CANNOT_COMPLETE = "{who} may not open this case, and could not complete the action. Name somebody who may."
NOT_MOVED = "To change the due date, use Move the day and give a reason."


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishAction:
    """An action done on a day, or cancelled on it where there is a reason; `revision` is the one read.

    Attributes:
        outcome: What came of it; the review of a broken glass needs it.
    """

    request: str
    action_ref: str
    revision: int
    on: date
    cancel_reason: str = ""
    outcome: str = ""
    resolution: ConflictResolution | None = None


def get_visible_action(session: Session, action_ref: str) -> Action:
    """Read an action that is to be finished.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The action is not there for this user.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        return get_visible_record(session, reading, Action, action_ref)


def finish_action(session: Session, entry: FinishAction) -> Outcome:
    """Tick an action off, or cancel it with a reason.

    Raises:
        NotAllowed: The user may not record actions, or it is a review that is not theirs to do.
        Missing: The action is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: It lies in the future, the action was finished before, or a review lacks its outcome.
    """
    refuse_future_date(session, entry.on, "An action")
    edit: Edit[Action] = Edit(
        before=lambda tx, action: _check_review(session, tx, action, entry),
        change=lambda read: _apply_finish(read, entry, session.user),
        notice=_notice,
        topics=ACTION_TOPICS,
        ref=entry.action_ref,
    )
    return run_edit(session, "finish_action", Right.RECORD_ACTIONS, entry, (Action, entry.action_ref), edit)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAction:
    """Another day for an action, and why; `revision` is the one read."""

    request: str
    action_ref: str
    revision: int
    due_on: date
    reason: str
    resolution: ConflictResolution | None = None


def move_action(session: Session, entry: MoveAction) -> Outcome:
    """Move the day by which an action is due; the day it was due at first stays with it.

    Raises:
        NotAllowed: The user may not record actions, or it is the review of a broken glass.
        Missing: The action is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: It is finished, due on that day already, or there is no reason.
    """
    edit: Edit[Action] = Edit(
        change=lambda read: _apply_move(read, entry),
        notice=lambda action: (
            f"Due on {format_day(action.due_on)} now; {describe_action_moves(action.first_due_on, action.due_moves)}."
        ),
        topics=ACTION_TOPICS,
        ref=entry.action_ref,
    )
    reasoned = replace(session, change_reason=session.change_reason or entry.reason.strip())
    return run_edit(reasoned, "move_action", Right.RECORD_ACTIONS, entry, (Action, entry.action_ref), edit)


def check_action(action: Action, reading: Reading, session: Session) -> Iterator[Finding]:
    """Find what only the person at the form can put right of an action: its end, its day, its owner, its contact."""
    if action.done_on is not None and action.cancelled_on is not None:
        done = format_day(action.done_on)
        yield Finding("cancelled_on", "", f"It was done on {done}; an action is done or cancelled, not both.")
    if (action.cancelled_on is None) != (not action.cancel_reason):
        field = "cancelled_on" if action.cancelled_on is None else "cancel_reason"
        yield Finding(field, "", "A cancelled action needs both a day and a reason. Give both, or leave both empty.")
    stored = reading.find(Action, action.action_ref)
    if stored is not None and not _is_moved_openly(stored, action, reading):
        yield Finding("due_on", action.due_on.isoformat(), NOT_MOVED)
    if stored is None or stored.owner != action.owner:
        yield from _check_owner(action, reading, session)
    if action.contact_ref is not None and (stored is None or stored.contact_ref != action.contact_ref):
        contacts = reading.list_records(Contact, case_ref=action.case_ref or "")
        if action.contact_ref not in {contact.contact_ref for contact in contacts}:
            yield Finding("contact_ref", action.contact_ref, "That contact is not on this case. Choose one that is.")


def _is_moved_openly(stored: Action, action: Action, reading: Reading) -> bool:
    """Whether the day stays, is moved with all that a move leaves, or goes back by the last move, which is undone."""
    if _moves_of(action) == _moves_of(stored):
        return True
    moved = (action.due_on, stored.first_due_on or stored.due_on, (stored.due_moves or 0) + 1)
    if action.due_on != stored.due_on and _moves_of(action) == moved and action.due_reason:
        return True
    return any(
        _moves_of(former.record) == _moves_of(action)
        for former in reading.list_former_versions(Action, case_ref=action.case_ref or "")
        if (former.record.id, former.record.revision) == (stored.id, stored.revision - 1)
        and (former.record.due_moves or 0) == (stored.due_moves or 0) - 1
    )


def _moves_of(action: Action) -> tuple[date, date | None, int | None]:
    return action.due_on, action.first_due_on, action.due_moves


def _check_owner(action: Action, reading: Reading, session: Session) -> Iterator[Finding]:
    """Find a user who could not complete the action: whoever is named from outside is spoken for by the team."""
    case = None if action.case_ref is None else reading.find(Case, action.case_ref)
    if case is None:
        return
    for user in list_named_users(reading, action.owner):
        role = Role(user.role)
        if not (user.active and may(role, Right.RECORD_ACTIONS) and sees_programme(role, case.programme)):
            yield Finding("owner", action.owner, CANNOT_COMPLETE.format(who=session.names.of(user.name)))


def _check_review(session: Session, tx: Transaction, action: Action, entry: FinishAction) -> None:
    if not action.is_access_review:
        return
    session.require(Right.SET_CASE_ACCESS)
    refuse_own_review(tx, action, session.user)
    if entry.cancel_reason.strip():
        raise ConflictingValues(
            "A review of restricted record access cannot be cancelled. Your entry is kept; say what the review came to."
        )
    if not entry.outcome.strip():
        raise MissingValue("A review needs its outcome. Your entry is kept; say what it came to.", field="outcome")


def _apply_finish(action: Action, entry: FinishAction, user: str) -> Action:
    if action.done_on is not None or action.cancelled_on is not None:
        raise AlreadyDone(FINISHED_ALREADY)
    if action.is_access_review:
        return replace(action, done_on=entry.on, text=f"{action.text}. {user}: {entry.outcome.strip()}")
    reason, outcome = entry.cancel_reason.strip(), entry.outcome.strip() or action.outcome
    if reason:
        return replace(action, cancelled_on=entry.on, cancel_reason=reason)
    return replace(action, done_on=entry.on, outcome=outcome)


def _apply_move(action: Action, entry: MoveAction) -> Action:
    if action.is_access_review:
        raise NotAllowed("The day of a review of restricted record access cannot be moved. Nothing was changed.")
    if action.done_on is not None or action.cancelled_on is not None:
        raise AlreadyDone(FINISHED_ALREADY)
    if not entry.reason.strip():
        raise MissingReason("Say why the day is moved. Your entry is kept.", field="reason")
    if entry.due_on == action.due_on:
        due = format_day(action.due_on)
        raise ConflictingValues(f"It is due on {due} already. Your entry is kept; choose another day.", field="due_on")
    return replace(
        action,
        due_on=entry.due_on,
        first_due_on=action.first_due_on or action.due_on,
        due_moves=(action.due_moves or 0) + 1,
        due_reason=entry.reason.strip(),
    )


def _notice(action: Action) -> str:
    if action.done_on is None:
        return "Action cancelled."
    late = f"; it was due on {format_day(action.due_on)}" if action.done_on > action.due_on else ""
    return f"Action done on {format_day(action.done_on)}{late}."
