"""The rules of the policy: which items each rule counts on a case, and when they complete it.

Source: the engagement and escalation policy, "Rules of the default version".
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from ioms_desktop.domain.dates.calendar import DAY, next_day_at_liberty, nth_day_at_liberty
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import (
    COMPLETED_OUTCOME,
    MISSED_OUTCOMES,
    CaseFacts,
    ConcernFact,
    ContactFact,
    is_enforcement,
)
from ioms_desktop.domain.policy.policy import PROGRAMMES, Policy, Rule

WEEK = timedelta(days=7)


class EvidenceItem(NamedTuple):
    """One item that a rule counts.

    Attributes:
        on: The day on which it counts, and may complete or join a trigger.
        tie_breaker: The order among items of one day: the time if known, then the reference.
        kind: contact, rating, offer, concern or notification.
        ref: Its reference.
        item_date: Its own date.
        details: Further facts for the rule: the week of a rating, or the types of the orders an absence fell under.
    """

    on: date
    tie_breaker: tuple[str, str]
    kind: str
    ref: str
    item_date: date
    details: tuple[object, ...] = ()


def evidence_items(rule: Rule, case: CaseFacts, as_of: date) -> list[EvidenceItem]:
    """List the items that a rule counts on a case as of a day, in order of the day on which they count.

    Only items from adoption or notification to closing, both included, are evidence. Items on custody days are not, if
    the rule pauses in custody. The order matters, because it determines which item completes a trigger and which join.
    """
    facts, counted = _ITEM_FINDERS[rule.name]
    if facts and not getattr(case, facts):
        return []
    first, last = case.starts_on, case.last_day(as_of)
    if first is None or last < first:
        return []
    items = [item for item in counted(rule, case, first, last) if first <= item.on <= last]
    if rule.pauses_in_custody and case.custody:
        items = [item for item in items if not case.in_custody(item.on)]
    return sorted(items)


def counted_outcomes(policy: Policy) -> dict[str, frozenset[str]]:
    """Return the contact outcomes that any rule counts, by programme; other contacts cannot raise a trigger."""
    counted: dict[str, frozenset[str]] = dict.fromkeys(PROGRAMMES, frozenset())
    for rule in policy.rules.values():
        for programme in rule.programmes:
            counted[programme] |= rule.outcomes | _OUTCOMES_BY_RULE.get(rule.name, frozenset())
    return counted


def completing_items(rule: Rule, case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items that complete the rule together with the last one of the pool; none if it is not complete."""
    # A rule without a check of its own is completed by a single item.
    complete = _COMPLETION_CHECKS.get(rule.name)
    return [pool[-1]] if complete is None else complete(rule, case, pool)


def _contact_item(contact: ContactFact, strand: tuple[object, ...] = ()) -> EvidenceItem:
    at = contact.at
    return EvidenceItem(at.on, (at.iso_text, contact.ref), "contact", contact.ref, at.on, strand)


def _missed_contacts(_rule: Rule, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    return (_contact_item(contact) for contact in case.contacts if contact.missed)


def _order_failures(rule: Rule, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for contact in case.contacts:
        # Each absence needs an order in force on its own day; the types are kept because each type has its own count.
        if contact.planned and contact.outcome in rule.outcomes:
            under = {o.type for o in case.orders if o.type in rule.counts and o.in_force(contact.at.on)}
            if under:
                yield _contact_item(contact, tuple(sorted(under)))


def _low_ratings(rule: Rule, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for rating in case.ratings:
        # The police rate as well, but only the navigator's rating is evidence.
        if rating.role == "NAVIGATOR" and rating.level in rule.levels:
            ref = f"{case.case_ref}/{rating.week.isoformat()}"
            yield EvidenceItem(rating.rated_on, (ref, ""), "rating", ref, rating.rated_on, (rating.week,))


def _unanswered_offers(rule: Rule, case: CaseFacts, first: date, last: date) -> Iterator[EvidenceItem]:
    for offer in case.offers:
        if not first <= offer.offered_on <= last:
            continue
        # Policy: "no response 14 days after `offered_on`". The 14th day is still in time, so the 15th raises it.
        due = offer.offered_on + DAY * (rule.days + 1)
        on = next_day_at_liberty(case.custody_until(last), due)
        answered = offer.answered_on()
        # An answer on the due day itself comes too late. If custody delayed the day, an answer on the delayed day
        # still prevents the trigger, because the policy then asks whether there is "still no answer".
        if on is not None and (answered is None or answered > on or answered == on == due):
            yield EvidenceItem(on, (offer.offered_on.isoformat(), offer.ref), "offer", offer.ref, offer.offered_on)


def _lost_contact_items(rule: Rule, case: CaseFacts, first: date, last: date) -> Iterator[EvidenceItem]:
    """Yield each completed contact, or the notification before the first, that was not followed by another in time.

    Policy: "28 days at liberty since the last completed contact". They count from the day after the contact, and a
    contact on the last of them still prevents the trigger.
    """
    custody = case.custody_until(last)
    delivered = min((on for on in case.delivered_on if first <= on <= last), default=first)
    seen = [contact for contact in case.contacts if contact.completed and first <= contact.at.on <= last]
    seen.sort(key=lambda contact: (contact.at.iso_text, contact.ref))
    days = (delivered, *(contact.at.on for contact in seen), None)
    for place, (day, following) in enumerate(pairwise(days)):
        # Custody can only delay the day, so a contact within the calendar days is always in time. This skips the
        # more expensive custody arithmetic for most pairs.
        if day is None or (following is not None and following <= day + DAY * rule.days):
            continue
        on = nth_day_at_liberty(custody, day, rule.days)
        if on is not None and on <= last and (following is None or following > on):
            notified = EvidenceItem(on, ("", ""), "notification", case.case_ref, delivered)
            yield notified if place == 0 else _contact_item(seen[place - 1])._replace(on=on)


def _matching_concerns(rule: Rule, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for concern in case.concerns:
        if _matches_rule(rule, case, concern):
            on = concern.occurred_on
            yield EvidenceItem(on, (concern.ref, ""), "concern", concern.ref, on)


def _matches_rule(rule: Rule, case: CaseFacts, concern: ConcernFact) -> bool:
    return (
        (not rule.types or concern.type in rule.types)
        and (not rule.groups or concern.group in rule.groups.get(case.programme, ()))
        and (not rule.sources or concern.source in rule.sources)
        and (not rule.information or concern.information in rule.information)
        and (not rule.handling or concern.handling in rule.handling)
    )


def _items_in_window(rule: Rule, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items in the rolling window that ends on the day of the last item, both ends included."""
    opens = pool[-1].on - DAY * (rule.days - 1)  # N days ending on d are d-N+1 to d
    return [item for item in pool if item.on >= opens]


def _enough_in_window(rule: Rule, _case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    window = _items_in_window(rule, pool)
    return window if len(window) >= rule.count else []


def _enough_under_order(rule: Rule, case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    # Policy: "the second on a day when an order, a licence or the IOM licence condition is in force". The earlier
    # absences need no order.
    return _enough_in_window(rule, case, pool) if case.order_in_force(pool[-1].on) else []


def _enough_failures(rule: Rule, _case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return failures under order types that share a count: those under either of two such types count together.

    In the default version, two under a community or suspended sentence order complete the rule, or three under a youth
    rehabilitation order.
    """
    window = _items_in_window(rule, pool)
    for count in sorted({rule.counts[str(order)] for order in pool[-1].details}):
        kinds = {order for order, needed in rule.counts.items() if needed == count}
        under = [item for item in window if kinds.intersection(item.details)]
        if len(under) >= count:
            return under
    return []


def _enough_in_consecutive_weeks(_rule: Rule, _case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    (week,) = pool[-1].details
    assert isinstance(week, date)  # noqa: S101 - _low_ratings puts the week there
    beside = [item for item in pool[:-1] if item.details[0] in {week - WEEK, week + WEEK}]
    return [beside[-1], pool[-1]] if beside else []


def _enough_after_enforcement(rule: Rule, case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return concerns in the window that all follow one enforcement decision, if they are enough.

    Policy: "both dated after the day of the same enforcement decision, which is at most 90 days before the second". A
    concern on the day of the decision does not count.
    """
    last = pool[-1].on
    window = _items_in_window(rule, pool)
    days = sorted(
        {
            d.decided_on
            for d in case.decisions
            if is_enforcement(d) and last - DAY * rule.within_days <= d.decided_on < last
        }
    )
    for day in days:  # the earliest decision first, because the most concerns follow it
        after = [item for item in window if item.on > day]
        if len(after) >= rule.count:
            return after
    return []


_ITEM_FINDERS: dict[str, tuple[str, Callable[[Rule, CaseFacts, date, date], Iterator[EvidenceItem]]]] = {
    "missed_contacts": ("contacts", _missed_contacts),
    "unacceptable_absences": ("contacts", _missed_contacts),
    "order_failures": ("orders", _order_failures),
    "low_ratings": ("ratings", _low_ratings),
    "unanswered_offer": ("offers", _unanswered_offers),
    "lost_contact": ("", _lost_contact_items),
    "serious_concern": ("concerns", _matching_concerns),
    INTELLIGENCE_RULE: ("concerns", _matching_concerns),
    "breach": ("concerns", _matching_concerns),
    "persisting_concern": ("concerns", _matching_concerns),
}
"""For each rule the function that finds its items, and the field of `CaseFacts` that must not be empty for any."""

_OUTCOMES_BY_RULE = {
    "missed_contacts": MISSED_OUTCOMES,
    "unacceptable_absences": MISSED_OUTCOMES,
    "lost_contact": frozenset({COMPLETED_OUTCOME}),
}

_COMPLETION_CHECKS: dict[str, Callable[[Rule, CaseFacts, Sequence[EvidenceItem]], list[EvidenceItem]]] = {
    "missed_contacts": _enough_in_window,
    "unacceptable_absences": _enough_under_order,
    "order_failures": _enough_failures,
    "low_ratings": _enough_in_consecutive_weeks,
    "persisting_concern": _enough_after_enforcement,
}
