"""Records as they stood on a day: what is dated later had not come; what has no day was as it was on record then."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import WAITING, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, require_recorded_at
from ioms_desktop.domain.records.workers.case_workers import CASE_COLUMNS, CaseWorker

R = TypeVar("R", bound=Record)
UNDATED = ("status", "close_reason", "cohort", "statutory_status", "statutory_reason")
"""The columns of a case that change without a day of their own."""
UNKNOWN_STATUS = ""
"""The status on a day before the closing of a case that was recorded only when it had closed."""
_DAYS = tuple(
    each.name for each in columns_of(Case) if each.kind is ColumnKind.DATE and not each.required and not each.future
)


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
    return without_later_dates(replace(latest, **undated), on, *_DAYS)


def was_recorded_by(record: Record, on: date) -> bool:
    """Whether this version of a record was recorded by the end of a day."""
    return require_recorded_at(record).astimezone(LONDON).date() <= on


def workers_as_they_stood(workers: Iterable[CaseWorker], on: date) -> tuple[CaseWorker, ...]:
    """Return who had worked on a case by a day; whoever stopped later holds the role."""
    return tuple(
        replace(each, ended_on=None, change_reason=None) if each.ended_on is not None and each.ended_on > on else each
        for each in workers
        if each.started_on is None or each.started_on <= on
    )


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


def without_later_dates(record: R, on: date, *names: str) -> R:
    """Return a record without the dates that had not come by a day."""
    later = [name for name in names if (day := getattr(record, name)) is not None and day > on]
    return replace(record, **dict.fromkeys(later)) if later else record  # type: ignore[arg-type]  # the names given are optional dates


def appointments_as_they_stood(
    appointments: Iterable[Appointment], contacts: Iterable[Contact], on: date
) -> tuple[Appointment, ...]:
    """Return appointments without what came of them after a day."""
    later = {each.contact_ref for each in contacts if each.occurred_at.on > on}
    return tuple(
        without_later_dates(replace(each, contact_ref=None) if each.contact_ref in later else each, on, "cancelled_on")
        for each in appointments
    )


def proposal_as_it_stood(proposal: Proposal, on: date) -> Proposal:
    """Return a proposal as it stood on a day: one that was answered later waited."""
    if proposal.answered_on is None or proposal.answered_on <= on:
        return proposal
    waiting = replace(proposal, status=WAITING, decision_ref=None)
    return replace(waiting, answered_by=None, answered_on=None, answer_reason=None)


def offer_as_it_stood(offer: Offer, on: date) -> Offer:
    """Return an offer as it stood on a day: a later answer, with its plan, later funding and end had not come."""
    if offer.responded_on is not None and offer.responded_on > on:
        unplanned = replace(offer, provider_answer=None, planned_sessions=None, planned_minutes=None)
        offer = replace(unplanned, response=None, responded_on=None, exit_planned_on=None)
    if offer.ended_on is not None and offer.ended_on > on:
        offer = replace(offer, ended_on=None, end_reason=None)
    if offer.funding_authorised_on is not None and offer.funding_authorised_on > on:
        unfunded = replace(offer, funding_amount=None, funding_for=None, funded_by=None)
        offer = replace(unfunded, funding_authorised_by=None, funding_authorised_on=None)
    return without_later_dates(offer, on, "started_on")
