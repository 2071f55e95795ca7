"""Actions: promised for a day, and finished or cancelled."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.case_access import REVIEW_REF_PREFIX
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import AlreadyDone, ConflictingValues, MissingValue
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import get_visible_record, refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.break_glass_reviews import refuse_own_review
from ioms_desktop.storage.transaction import Transaction

ACTION_TOPICS = frozenset({Topic.ACTIONS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishAction:
    """An action done on a day, or cancelled on it where there is a reason; `revision` is the one read.

    Attributes:
        outcome: What a review of a broken glass came to; for other actions nothing.
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


def is_access_review(action: Action) -> bool:
    """Whether an action asks a supervisor to review break-glass access."""
    return action.action_ref.startswith(REVIEW_REF_PREFIX)


def _check_review(session: Session, tx: Transaction, action: Action, entry: FinishAction) -> None:
    if not is_access_review(action):
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
        raise AlreadyDone("This action is already finished. Nothing was changed.")
    if is_access_review(action):
        return replace(action, done_on=entry.on, text=f"{action.text}. {user}: {entry.outcome.strip()}")
    reason = entry.cancel_reason.strip()
    if reason:
        return replace(action, cancelled_on=entry.on, cancel_reason=reason)
    return replace(action, done_on=entry.on)


def _notice(action: Action) -> str:
    if action.done_on is None:
        return "Action cancelled."
    late = f"; it was due on {format_day(action.due_on)}" if action.done_on > action.due_on else ""
    return f"Action done on {format_day(action.done_on)}{late}."
