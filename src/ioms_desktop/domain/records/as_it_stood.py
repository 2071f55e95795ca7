"""Records as they stood on a day: what is dated later had not come; what has no day was as it was on record then."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Case, Referral
from ioms_desktop.domain.records.concerns_and_decisions import WAITING, Concern, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.people import Offence, Order
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.record import DATE_KINDS, ColumnKind, Record, columns_of, require_recorded_at
from ioms_desktop.domain.records.workers.case_workers import CASE_COLUMNS, CaseWorker

R = TypeVar("R", bound=Record)
UNDATED = ("status", "close_reason", "cohort", "statutory_status", "statutory_reason")
"""The columns of a case that change without a day of their own."""
UNKNOWN_STATUS = ""
"""The status on a day before the closing of a case that was recorded only when it had closed."""
_TOLD_WITH: Mapping[type[Record], Mapping[str, Mapping[str, str | None]]] = {
    Action: {"done_on": {"outcome": None}, "cancelled_on": {"cancel_reason": None}},
    Appointment: {"cancelled_on": {"cancelled_by": None, "cancel_reason": None}},
    Case: {
        "transition_proposed_on": {"transition_proposed_by": None},
        "transition_confirmed_on": {"transition_confirmed_by": None},
    },
    CaseExit: {"agencies_told_on": {"agencies_told": None}, "resumed_on": {"resume_reason": None}},
    CaseWorker: {"ended_on": {"change_reason": None}},
    Concern: {"outcome_on": {"outcome": None}},
    Offence: {"outcome_on": {"outcome": None}},
    Offer: {
        "responded_on": dict.fromkeys(
            ("response", "provider_answer", "planned_sessions", "planned_minutes", "exit_planned_on")
        ),
        "ended_on": {"end_reason": None},
        "funding_authorised_on": dict.fromkeys(("funding_authorised_by", "funding_amount", "funding_for", "funded_by")),
    },
    Order: {"ended_on": {"end_reason": None}},
    PlanGoal: {"ended_on": {"reached": None, "outcome": None}},
    Proposal: {
        "answered_on": {"status": WAITING, **dict.fromkeys(("answered_by", "answer_reason", "decision_ref"))},
    },
    Referral: {"answered_on": {"status": "SENT", "answered_by": None, "answer_note": None}},
}
"""What is told together with a day, and what stood there before it came."""
_PAST_DAYS: dict[type[Record], tuple[str, ...]] = {}


def case_as_it_stood(versions: Sequence[Case], on: date, known_at: datetime | None = None) -> Case | None:
    """Return a case as it was on a day, by what had been recorded at an instant; None if it had not been recorded.

    What has a day counts from that day, however late it was recorded. What has none is as it was on record at the end
    of the day, or else as it was first recorded. A version that says that the case has closed tells nothing of the days
    before the closing, and one that does not, nothing of those after it.

    Args:
        versions: Every version of the case, the oldest first and the present one last.
        on: The day; on the day of its closing a case is closed.
        known_at: The instant, included; None for now.
    """
    known = [each for each in versions if known_at is None or require_recorded_at(each) <= known_at]
    if not known:
        return None
    latest = known[-1]
    told = latest
    if not was_recorded_by(latest, on):
        alike = [each for each in known if (each.closed_on is not None) == latest.ended_by(on)]
        by_then = [each for each in alike if was_recorded_by(each, on)]
        unknown = replace(latest, status=UNKNOWN_STATUS, close_reason=None)
        told = (by_then or alike[:1] or [unknown])[-1]
    undated = {name: getattr(told, name) for name in UNDATED}
    return as_it_stood(replace(latest, **undated), on)


def was_recorded_by(record: Record, on: date) -> bool:
    """Whether this version of a record was recorded by the end of a day."""
    return require_recorded_at(record).astimezone(LONDON).date() <= on


def workers_as_they_stood(workers: Iterable[CaseWorker], on: date) -> tuple[CaseWorker, ...]:
    """Return who had worked on a case by a day; whoever stopped later holds the role."""
    return tuple(as_it_stood(each, on) for each in workers if each.started_on is None or each.started_on <= on)


def with_holders(case: Case, workers: Sequence[CaseWorker], on: date) -> Case:
    """Return a case whose columns name those who held the roles on a day; one that nobody held by then names nobody.

    A role of which nobody was ever on record stays as it is.

    Args:
        case: The case.
        workers: Whoever is on record as working on it, on whatever day.
        on: The day.
    """
    held: dict[str, str | None] = {
        column: None for each in workers if (column := CASE_COLUMNS.get(each.worker_role)) is not None
    }
    for each in workers_as_they_stood(workers, on):
        if each.is_current and each.worker_role in CASE_COLUMNS:
            held[CASE_COLUMNS[each.worker_role]] = each.worker
    return replace(case, **held)  # type: ignore[arg-type]  # names by the columns of a case


def dated_up_to(records: Iterable[R], name: str, on: date) -> tuple[R, ...]:
    """Return the records dated on or before a day."""
    return tuple(record for record in records if getattr(record, name) <= on)


def as_they_stood(records: Iterable[R], name: str, on: date) -> tuple[R, ...]:
    """Return the records dated on or before a day, each without what came of it later."""
    return tuple(as_it_stood(record, on) for record in dated_up_to(records, name, on))


def as_it_stood(record: R, on: date) -> R:
    """Return a record without the days that had not come by a day, nor what is told together with them."""
    told_with = _TOLD_WITH.get(type(record), {})
    before: dict[str, Any] = {}
    for name in _past_days(type(record)):
        day = getattr(record, name)
        if day is not None and day > on:
            before |= {name: None, **told_with.get(name, {})}
    return replace(record, **before) if before else record


def _past_days(record_type: type[Record]) -> tuple[str, ...]:
    """Return the days that a record has only once they have come."""
    if record_type not in _PAST_DAYS:
        _PAST_DAYS[record_type] = tuple(
            each.name
            for each in columns_of(record_type)
            if each.kind is ColumnKind.DATE and not each.required and not each.future
        )
    return _PAST_DAYS[record_type]


def on_record_as_they_stood(records: Iterable[R], former: Iterable[R], on: date) -> tuple[R, ...]:
    """Return records that do not say when they were made as they were on record on a day.

    One is left out that was recorded later, unless a day that it names had come: it was recorded late.

    Args:
        records: As they are now.
        former: Their previous versions, each record's oldest first.
        on: The day.
    """
    versions: dict[tuple[Any, ...], list[R]] = {}
    for each in former:
        versions.setdefault(each.identity, []).append(each)
    found: list[R] = []
    for record in records:
        its = [*versions.get(record.identity, ()), record]
        by_then = [each for each in its if was_recorded_by(each, on)]
        if by_then or any(_names_a_day_by(each, on) for each in its):
            told = by_then[-1] if by_then else its[0]
            found.append(as_it_stood(_with_undated(record, told), on))
    return tuple(found)


def _names_a_day_by(record: Record, on: date) -> bool:
    dated = (each.value_of(record) for each in columns_of(type(record)) if each.kind in DATE_KINDS)
    return any((each.on if isinstance(each, DayTime) else each) <= on for each in dated if each is not None)


def _with_undated(record: R, told: R) -> R:
    """Return a record with what has no day of its own as another version told it."""
    dated = {*_past_days(type(record)), *(name for each in _TOLD_WITH.get(type(record), {}).values() for name in each)}
    names = (each.name for each in columns_of(type(record)) if each.name not in dated)
    return replace(record, **{name: getattr(told, name) for name in names})


def appointments_as_they_stood(
    appointments: Iterable[Appointment], stood: Iterable[Appointment], contacts: Iterable[Contact], on: date
) -> tuple[Appointment, ...]:
    """Return appointments without what came of them after a day; one that was moved later stands where it stood.

    Args:
        appointments: As they are now.
        stood: As they were on record on the day.
        contacts: Those of the case, of whatever day.
        on: The day.
    """
    held = {each.contact_ref for each in contacts if each.occurred_at.on <= on}
    now = {each.appointment_ref: each for each in appointments}
    moved = {ref for ref, each in now.items() if each.cancelled_on is not None and each.cancelled_on > on}
    outcomes = {ref: each.contact_ref for ref, each in now.items() if each.contact_ref in held}
    return tuple(
        replace(each, contact_ref=outcomes.get(each.appointment_ref))
        for each in stood
        if each.replaces_ref not in moved
    )
