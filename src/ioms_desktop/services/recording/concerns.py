"""Recording a concern, graded where it is intelligence, and how it ended."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import DatesOutOfOrder, MissingValue
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import (
    add_record,
    get_raised_triggers,
    get_writable_case,
    new_ref,
    refuse_future_date,
    run_command,
)
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConcern:
    """A concern on a case; grades and handling for intelligence only."""

    request: str
    case_ref: str
    occurred_on: date
    concern_type: str
    offence_group: str | None = None
    source_grade: str | None = None
    information_grade: str | None = None
    handling: str | None = None
    summary: str = ""
    statement_basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConcern:
    """How an arrest, a charge or another concern ended, and on which day; `revision` is the one read."""

    request: str
    concern_ref: str
    revision: int
    outcome: str
    on: date
    resolution: ConflictResolution | None = None


def record_concern(session: Session, entry: RecordConcern) -> Outcome:
    """Record a concern and say whether a decision is now called for.

    Raises:
        NotAllowed: The user may not record concerns, or not intelligence.
        Missing: The case is not there for this user.
        Refused: It lies in the future, the case is closed, or intelligence lacks its grade.
    """
    refuse_future_date(session, entry.occurred_on, "A concern")
    if entry.concern_type == INTELLIGENCE_CONCERN_TYPE:
        session.require(Right.READ_INTELLIGENCE)
        if not (entry.source_grade and entry.information_grade and entry.handling):
            raise MissingValue(
                "Intelligence needs its source grade, information grade and handling code. Your entry is kept; "
                "choose all three."
            )

    return run_command(
        session,
        "record_concern",
        Right.RECORD_CONCERN,
        entry.request,
        lambda tx: record_concern_in_command(session, tx, entry),
    )


def record_concern_in_command(session: Session, tx: Transaction, entry: RecordConcern) -> Outcome:
    """Record a concern within a command of whatever kind, which asks for the grades of intelligence itself."""
    session.require(Right.RECORD_CONCERN)
    refuse_future_date(session, entry.occurred_on, "A concern")
    case = get_writable_case(session, tx, entry.case_ref, entry.occurred_on)
    concern = add_record(
        tx,
        Concern(
            concern_ref=new_ref("CN"),
            case_ref=case.case_ref,
            occurred_on=entry.occurred_on,
            recorded_on=session.today(),
            concern_type=entry.concern_type,
            offence_group=entry.offence_group,
            source_grade=entry.source_grade,
            information_grade=entry.information_grade,
            handling=entry.handling,
            summary=entry.summary.strip() or None,
            statement_basis=entry.statement_basis if entry.summary.strip() else None,
        ),
    )
    raised = get_raised_triggers(session, tx, case, [concern.concern_ref])
    return Outcome(
        notice="Concern recorded.", changed=frozenset({Topic.CONCERNS}), ref=concern.concern_ref, raised=raised
    )


def end_concern(session: Session, entry: EndConcern) -> Outcome:
    """Record how a concern ended. It stands beside the concern everywhere and changes no decision.

    Raises:
        NotAllowed: The user may not record concerns.
        Missing: The concern is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The day lies in the future or before the concern, or it is not said how it ended.
    """
    refuse_future_date(session, entry.on, "An outcome")
    edit: Edit[Concern] = Edit(
        before=lambda _tx, concern: _require_readable(session, concern),
        change=lambda read: replace(read, outcome=entry.outcome, outcome_on=entry.on),
        after=lambda _tx, _current, concern: _check_end(concern),
        notice=lambda _: "Outcome recorded. It stands beside the concern from now on.",
        topics=frozenset({Topic.CONCERNS}),
        ref=entry.concern_ref,
    )
    return run_edit(session, "end_concern", Right.RECORD_CONCERN, entry, (Concern, entry.concern_ref), edit)


def _require_readable(session: Session, concern: Concern) -> None:
    if concern.concern_type == INTELLIGENCE_CONCERN_TYPE:
        session.require(Right.READ_INTELLIGENCE)


def _check_end(concern: Concern) -> None:
    if not concern.outcome or concern.outcome_on is None:
        raise MissingValue("Say how it ended and on which day. Your entry is kept.", field="outcome")
    if concern.outcome_on < concern.occurred_on:
        raise DatesOutOfOrder(
            f"It cannot end before it happened on {format_day(concern.occurred_on)}. Your entry is kept; correct the "
            "date.",
            field="outcome_on",
        )
