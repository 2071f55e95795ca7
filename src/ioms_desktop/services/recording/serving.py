"""Recording that the step of a decision was served, and what the person was told by then."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import DatesOutOfOrder, MissingValue
from ioms_desktop.domain.policy.decisions import needs_told_participant
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.services.commands import refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordServed:
    """The day on which a decision's action was served; `revision` is the one read.

    Attributes:
        told_participant: What the person was told, from L2 up needed unless it was said with the proposal.
    """

    request: str
    decision_ref: str
    revision: int
    on: date
    told_participant: str | None = None
    resolution: ConflictResolution | None = None


def record_served(session: Session, entry: RecordServed) -> Outcome:
    """Record that a decision's action was served.

    Raises:
        NotAllowed: The user may not authorise.
        EditConflict: Someone else saved the decision since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The day lies in the future or before the decision, or it is not said what the person was told.
    """
    refuse_future_date(session, entry.on, "An action")
    edit: Edit[Decision] = Edit(
        change=lambda read: _apply_served(read, entry),
        after=lambda _tx, _current, decision: _check_served(session, decision),
        notice=lambda _: "Recorded as served.",
        topics=frozenset({Topic.DECISIONS}),
        ref=entry.decision_ref,
    )
    return run_edit(session, "served", Right.AUTHORISE, entry, (Decision, entry.decision_ref), edit)


def _apply_served(decision: Decision, entry: RecordServed) -> Decision:
    message = (entry.told_participant or "").strip()
    return replace(decision, actioned_on=entry.on, told_participant=decision.told_participant or message or None)


def asks_what_was_told(session: Session, decision: Decision) -> bool:
    """Whether it must still be said what the person was told when a decision is served."""
    step = next((each for each in session.ladder if each.code == decision.step), None)
    return needs_told_participant(step) and not decision.told_participant


def _check_served(session: Session, decision: Decision) -> None:
    if asks_what_was_told(session, decision):
        raise MissingValue(
            "From a written warning up, the message given must be recorded by the time the step is served. Your entry "
            "is kept; write the words used.",
            field="told_participant",
        )
    if decision.actioned_on is not None and decision.actioned_on < decision.decided_on:
        raise DatesOutOfOrder("An action cannot be served before it was decided. Correct the date.")
