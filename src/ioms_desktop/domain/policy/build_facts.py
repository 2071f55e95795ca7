"""From records to the facts that rules read of them, which facts any rule counts, and how long any rule waits."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.policy.case_facts import (
    COMPLETED_OUTCOME,
    DELIVERED_PREFIX,
    MISSED_OUTCOMES,
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
from ioms_desktop.domain.policy.policy import PROGRAMMES, Policies
from ioms_desktop.domain.policy.record_changes import RecordChange
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


class CountedFacts(NamedTuple):
    """What any rule counts of a case of one programme; nothing else can raise a trigger.

    Attributes:
        fields: The fields of `CaseFacts` that any of its rules reads.
        outcomes: The outcomes of contacts.
        levels: The levels of the navigator's ratings.
    """

    fields: frozenset[str] = frozenset({"contacts", "concerns", "decisions", "custody", "orders"})
    outcomes: frozenset[str] = frozenset()
    levels: frozenset[int] = frozenset()


@lru_cache
def counted_facts(policies: Policies) -> dict[str, CountedFacts]:
    """Return what the rules of any version count, by programme."""
    counted = dict.fromkeys(PROGRAMMES, CountedFacts())
    for rule in (rule for policy in policies.versions for rule in policy.rules.values()):
        for programme in rule.programmes:
            before = counted[programme]
            counted[programme] = CountedFacts(
                before.fields | _FIELDS_BY_RULE.get(rule.name, frozenset()),
                before.outcomes | rule.outcomes | _OUTCOMES_BY_RULE.get(rule.name, frozenset()),
                before.levels | rule.levels,
            )
    return counted


def is_counted(counted: CountedFacts, change: RecordChange) -> bool:
    """Whether any rule counts what was recorded, corrected or deleted."""
    facts = [fact for fact in (change.before, change.after) if fact is not None]
    if change.kind == "contact":
        return any(contact.outcome in counted.outcomes for contact in facts)
    if change.kind == "rating":
        return any(rating.level in counted.levels for rating in facts)
    field = _FIELD_OF_ONE_RULE.get(change.kind)
    return field is None or field in counted.fields


class WaitingTimes(NamedTuple):
    """When a rule of any version raises something by itself; the defaults say that it is not known.

    Attributes:
        offer: The fewest days after an unanswered offer.
        contact: The fewest days after a completed contact, or the notification, that none followed.
        longest_contact: The most days after it, where no custody delays it; None where there may be more.
        contact_programmes: The programmes for which any version waits for a contact.
        doubtful_types: The contact types that some version does not count as completed.
    """

    offer: int = 0
    contact: int = 0
    longest_contact: int | None = None
    contact_programmes: frozenset[str] = PROGRAMMES
    doubtful_types: frozenset[str] = frozenset()


@lru_cache
def waiting_times(policies: Policies) -> WaitingTimes:
    """Return the waiting times of a policy over all its versions."""
    versions = policies.versions
    offers = [v.rules["unanswered_offer"].days for v in versions if "unanswered_offer" in v.rules]
    contacts = [v.rules["lost_contact"] for v in versions if "lost_contact" in v.rules]
    programmes = [rule.programmes for rule in contacts]
    # A version without the rule, or for other programmes, may put off its day until the next takes effect.
    is_always_there = len(contacts) == len(versions) and len(set(programmes)) == 1
    return WaitingTimes(
        offer=min(offers, default=0),
        contact=min((rule.days for rule in contacts), default=0),
        longest_contact=max(rule.days for rule in contacts) if is_always_there else None,
        contact_programmes=frozenset().union(*programmes),
        doubtful_types=frozenset().union(*(v.never_completed for v in versions)),
    )


_FIELDS_BY_RULE = {
    "low_ratings": frozenset({"ratings"}),
    "unanswered_offer": frozenset({"offers"}),
    "lost_contact": frozenset({"delivered_on"}),
}
"""The fields of `CaseFacts` that one rule alone reads; the rest are read for every case."""
_FIELD_OF_ONE_RULE = {"offer": "offers", "notification": "delivered_on"}
"""The same by the kind of a change."""

_OUTCOMES_BY_RULE = {
    "missed_contacts": MISSED_OUTCOMES,
    "unacceptable_absences": MISSED_OUTCOMES,
    "lost_contact": frozenset({COMPLETED_OUTCOME}),
}
