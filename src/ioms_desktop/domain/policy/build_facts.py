"""From records to the facts that rules read of them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.policy.case_facts import (
    DELIVERED_PREFIX,
    ActionFact,
    CaseFacts,
    ConcernFact,
    ContactFact,
    DecisionFact,
    OfferFact,
    RagFact,
    RatingFact,
)
from ioms_desktop.domain.policy.in_force import OrderFact, StatusFact
from ioms_desktop.domain.records.cases import Action, Case, Notification, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Order
from ioms_desktop.domain.records.record import Record


def _contact(c: Contact) -> ContactFact:
    return ContactFact(c.contact_ref, c.occurred_at, c.planned, c.outcome, c.minutes, c.contact_type)


def _rating(r: Rating) -> RatingFact:
    return RatingFact(r.week_commencing, r.rated_on, r.level, r.role)


def _offer(o: Offer) -> OfferFact:
    return OfferFact(o.offer_ref, o.offered_on, o.response, o.responded_on, o.ended_on)


def _concern(c: Concern) -> ConcernFact:
    grades = (c.source_grade, c.information_grade, c.handling)
    return ConcernFact(c.concern_ref, c.occurred_on, c.concern_type, c.offence_group, *grades, c.outcome, c.outcome_on)


def _decision(d: Decision) -> DecisionFact:
    return DecisionFact(d.decision_ref, d.decided_on, d.rule, d.decision, d.step, d.actioned_on)


def order_fact(order: Order) -> OrderFact:
    """Return what rules read of an order."""
    return OrderFact(order.order_type, order.made_on, order.ends_on, order.order_ref, order.ended_on)


def _delivered(n: Notification) -> date | None:
    return n.attempted_on if n.outcome.startswith(DELIVERED_PREFIX) else None


def _spell(s: CustodySpell) -> CustodyPeriod:
    return CustodyPeriod(s.received_on, s.released_on)


FACT_BUILDERS: Mapping[type[Record], Callable[[Any], Any]] = {
    Contact: _contact,
    Rating: _rating,
    Offer: _offer,
    Concern: _concern,
    Decision: _decision,
    Order: order_fact,
    CustodySpell: _spell,
    Notification: _delivered,
}
"""What rules read of a record; None where they read nothing."""


def build_case_facts(
    records: Mapping[type[Record], Iterable[Any]],
    known_on: date | None = None,
    statuses: tuple[StatusFact, ...] = (),
) -> CaseFacts | None:
    """Build the facts of one case from its records by type; None if the case itself is not among them.

    Args:
        records: The records.
        known_on: The last day on which this state was current; None for the present one.
        statuses: The statutory statuses of the case by the day from which it had them.
    """
    case: Case | None = next(iter(records[Case]), None)
    if case is None:
        return None

    def facts(record_type: type[Record]) -> tuple[Any, ...]:
        return tuple(map(FACT_BUILDERS[record_type], records[record_type]))

    return CaseFacts(
        case_ref=case.case_ref,
        programme=case.programme,
        starts_on=case.starts_on,
        closed_on=case.closed_on,
        trial_arm=case.trial_arm,
        statutory_status=case.statutory_status,
        iom_licence_condition=bool(case.iom_licence_condition),
        notice_served_on=case.notice_served_on,
        release_plan_on=case.release_plan_on,
        expected_release_on=case.expected_release_on,
        custody=facts(CustodySpell),
        orders=facts(Order),
        contacts=facts(Contact),
        ratings=facts(Rating),
        offers=facts(Offer),
        concerns=facts(Concern),
        decisions=facts(Decision),
        rag=tuple(RagFact(r.set_on, r.rag, r.reason) for r in records[RagEntry]),
        actions=tuple(ActionFact(a.action_ref, a.due_on, a.done_on, a.cancelled_on) for a in records[Action]),
        delivered_on=tuple(on for on in facts(Notification) if on is not None),
        cohort=case.cohort,
        statuses=statuses,
        known_on=known_on,
    )
