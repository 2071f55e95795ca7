"""The rules of the policy: which items each rule counts on a case, and when they complete it.

Source: the engagement and escalation policy, "Rules of the default version".
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple, cast

from ioms_desktop.domain.dates.calendar import DAY, CustodyPeriod, next_day_at_liberty, nth_day_at_liberty
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import (
    CaseFacts,
    ConcernFact,
    ContactFact,
    is_enforcement,
)
from ioms_desktop.domain.policy.in_force import order_in_force
from ioms_desktop.domain.policy.policy import NO_CODES, Policies, Policy, Rule

WEEK = timedelta(days=7)
WAITING_RULES = ("unanswered_offer", "lost_contact")


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
    tie_breaker: tuple[object, ...]
    kind: str
    ref: str
    item_date: date
    details: tuple[object, ...] = ()


# Most items are made from a tuple at once: by the names of their fields it takes twice as long.
_item: Callable[[tuple[Any, ...]], EvidenceItem] = partial(tuple.__new__, EvidenceItem)


class RuleDays(NamedTuple):
    """One rule over time, as it is for one programme.

    Attributes:
        policies: The versions in force from the start of the case to its last day.
        name: The rule.
        versions: The first day of each version, earliest first, with the rule as it is in it; None where the version
            does not have it for the programme.
        facts: The field of `CaseFacts` without which it counts nothing; empty where it waits for something.
        outcomes: The outcomes of contacts that it counts in any version, if it restricts them.
        fewest: How many items complete it at least, whatever the version.
        shortest: Its fewest days in any version.
        is_constant: Whether its days are the same in every version.
    """

    policies: Policies
    name: str
    versions: tuple[tuple[date, Rule | None], ...]
    facts: str
    outcomes: frozenset[str]
    fewest: int
    shortest: timedelta
    is_constant: bool

    @classmethod
    def of(cls, policies: Policies, name: str, versions: Sequence[tuple[date, Rule | None]]) -> "RuleDays":
        """Return a rule with what its versions have in common."""
        rules = [rule for _, rule in versions if rule is not None]
        days, counts = {rule.days for rule in rules}, [min(rule.counts.values(), default=rule.count) for rule in rules]
        return cls(
            policies,
            name,
            tuple(versions),
            facts=_ITEM_FINDERS[name][0],
            outcomes=NO_CODES.union(*(rule.outcomes for rule in rules)),
            fewest=min(counts) if name in _COMPLETION_CHECKS else 1,
            shortest=DAY * min(days),
            is_constant=len(days) == 1 and len(rules) == len(versions),
        )

    def on(self, day: date) -> Rule | None:
        """Return the rule as it stood on a day; None where it did not exist or was not one for the programme."""
        found = self.versions[0][1]
        for begins, rule in self.versions:
            if begins > day:
                break
            found = rule
        return found

    def first_day(self, custody: Sequence[CustodyPeriod], find: Callable[[Rule], date | None]) -> date | None:
        """Return the first day on which a waiting time is over under the version in force on that day.

        Args:
            custody: The custody spells in which the rule pauses.
            find: Returns the day for the thresholds of one version.
        """
        last = len(self.versions) - 1
        for place, (begins, rule) in enumerate(self.versions):
            on = None if rule is None else find(rule)
            if on is not None and place and on < begins:  # over already under its own thresholds
                on = next_day_at_liberty(custody, begins)
            if on is not None and (place == last or on < self.versions[place + 1][0]):
                return on
        return None


@lru_cache
def rules_over_time(policies: Policies, programme: str) -> tuple[RuleDays, ...]:
    """Return the rules that any version has for a programme, each once, in the order of the documents."""
    found: dict[str, list[tuple[date, Rule | None]]] = {}
    for policy in policies.versions:
        found.update((name, []) for name, rule in policy.rules.items() if programme in rule.programmes)
    for policy in policies.versions:
        for name, versions in found.items():
            rule = policy.rules.get(name)
            is_for_it = rule is not None and programme in rule.programmes
            versions.append((policy.effective_from, rule if is_for_it else None))
    return tuple(RuleDays.of(policies, name, versions) for name, versions in found.items())


def evidence_items(days: RuleDays, case: CaseFacts, as_of: date) -> list[EvidenceItem]:
    """List the items that a rule counts on a case as of a day, in order of the day on which they count.

    Whether an item counts is judged under the version of its own day. Only items from adoption or notification to
    closing, both included, are evidence. Items on custody days are not, if the rule pauses in custody. The order
    matters, because it determines which item completes a trigger and which join.
    """
    first, last = case.starts_on, case.last_day(as_of)
    if first is None or last < first:
        return []
    items = [item for item in _ITEM_FINDERS[days.name][1](days, case, first, last) if first <= item.on <= last]
    if items and case.custody and any(rule is not None and rule.pauses_in_custody for _, rule in days.versions):
        items = [item for item in items if not case.in_custody(item.on)]
    items.sort()
    return items


def completing_items(days: RuleDays, case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items that complete the rule together with the last one of the pool; none if it is not complete.

    Whether they do is judged under the version of the day of the last one, which is the day of the trigger.
    """
    # A rule without a check of its own is completed by a single item.
    complete = _COMPLETION_CHECKS.get(days.name)
    if complete is None:
        return [pool[-1]]
    policy = days.policies.on(pool[-1].on)
    return complete(policy, policy.rules[days.name], case, pool)


def _contact_item(contact: ContactFact, strand: tuple[object, ...] = ()) -> EvidenceItem:
    on, ref = contact.at.on, contact.ref
    return _item((on, (contact.at.order, ref), "contact", ref, on, strand))


def _order_in_day(contact: ContactFact) -> tuple[tuple[date, bool, time], str]:
    return contact.at.order, contact.ref


def _missed_contacts(days: RuleDays, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for contact in case.contacts:
        if not contact.missed:
            continue
        on = contact.at.on
        rule = days.on(on)
        if rule is None:
            continue
        # Nobody but somebody under a licence has a duty to admit a visit.
        if contact.outcome in rule.licence_outcomes:
            terms = days.policies.on(on).in_force
            if not case.legal_position.licence_in_force(terms, on):
                continue
        yield _contact_item(contact)


def _order_failures(days: RuleDays, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for contact in case.contacts:
        if contact.outcome not in days.outcomes or not contact.planned:
            continue
        on = contact.at.on
        rule = days.on(on)
        # Each absence needs an order in force on its own day; types and references are kept, because each type has its
        # own count and the rule may ask for one and the same order.
        if rule is not None and contact.outcome in rule.outcomes:
            terms = days.policies.on(on).in_force
            under = {(o.type, o.ref) for o in case.orders if o.type in rule.counts and order_in_force(terms, o, on)}
            if under:
                yield _contact_item(contact, tuple(sorted(under)))


def _low_ratings(days: RuleDays, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for rating in case.ratings:
        # The police rate as well, but only the navigator's rating is evidence.
        rule = days.on(rating.rated_on) if rating.role == "NAVIGATOR" else None
        if rule is not None and rating.level in rule.levels:
            ref = f"{case.case_ref}/{rating.week.isoformat()}"
            yield EvidenceItem(rating.rated_on, (ref, ""), "rating", ref, rating.rated_on, (rating.week,))


def _unanswered_offers(days: RuleDays, case: CaseFacts, first: date, last: date) -> Iterator[EvidenceItem]:
    custody = case.custody_until(last)
    for offer in case.offers:
        if not first <= offer.offered_on <= last:
            continue

        # Policy: "no response 14 days after `offered_on`". The 14th day is still in time, so the 15th raises it.
        def due(rule: Rule, offered: date = offer.offered_on) -> date:
            return offered + DAY * (rule.days + 1)

        on = days.first_day(custody, lambda rule: next_day_at_liberty(custody, due(rule)))
        if on is None or (rule := days.on(on)) is None:
            continue
        answered = offer.answered_on()
        # An answer on the due day itself comes too late. If custody delayed the day, an answer on the delayed day
        # still prevents the trigger, because the policy then asks whether there is "still no answer".
        if answered is None or answered > on or answered == on == due(rule):
            yield EvidenceItem(on, (offer.offered_on.isoformat(), offer.ref), "offer", offer.ref, offer.offered_on)


def _lost_contact_items(days: RuleDays, case: CaseFacts, first: date, last: date) -> Iterator[EvidenceItem]:
    """Yield each completed contact, or the notification before the first, that was not followed by another in time.

    Policy: "28 days at liberty since the last completed contact". They count from the day after the contact, and a
    contact on the last of them still prevents the trigger.
    """
    custody = case.custody_until(last)
    delivered = min([on for on in case.delivered_on if first <= on <= last], default=first)
    seen: dict[date, ContactFact] = {}
    for contact in case.contacts:
        on = contact.at.on
        if first <= on <= last and contact.completed(days.policies):
            other = seen.get(on)
            seen[on] = contact if other is None else max(other, contact, key=_order_in_day)
    waiting = [delivered, *sorted(seen)]
    is_certain = days.is_constant and not custody
    for day, following in zip(waiting, [*waiting[1:], date.max], strict=True):
        # Custody can only delay the day, so a contact within the calendar days is always in time. This skips the
        # more expensive custody arithmetic for most pairs.
        over = day + days.shortest
        if following <= over or over > last:
            continue
        if not is_certain:
            paused = days.first_day(custody, lambda rule: nth_day_at_liberty(custody, day, rule.days))  # noqa: B023 - called at once
            if paused is None or paused > last or following <= paused:
                continue
            over = paused
        # No two fall on one day, so that nothing has to tell their order.
        if day in seen:
            yield _item((over, (), "contact", seen[day].ref, day, ()))
        else:
            yield _item((over, (), "notification", case.case_ref, delivered, ()))


def _matching_concerns(days: RuleDays, case: CaseFacts, _first: date, _last: date) -> Iterator[EvidenceItem]:
    for concern in case.concerns:
        on = concern.occurred_on
        rule = days.on(on)
        if rule is not None and _matches_rule(rule, case, concern) and _is_graded(days.policies, rule, concern):
            yield EvidenceItem(on, (concern.ref, ""), "concern", concern.ref, on)


def _matches_rule(rule: Rule, case: CaseFacts, concern: ConcernFact) -> bool:
    groups = rule.groups
    return (
        (not rule.types or concern.type in rule.types)
        and concern.type not in rule.ignored_types
        and (
            not groups
            or concern.group in groups.get(case.programme, ())
            or concern.group in rule.cohort_groups.get(case.cohort or "", ())
        )
        and _has_grades(rule, concern)
    )


def _has_grades(rule: Rule, concern: ConcernFact) -> bool:
    return (
        (not rule.sources or concern.source in rule.sources)
        and (not rule.information or concern.information in rule.information)
        and (not rule.handling or concern.handling in rule.handling)
    )


def _is_graded(policies: Policies, rule: Rule, concern: ConcernFact) -> bool:
    """Whether a concern has the grades that intelligence needs to count for this rule."""
    if rule.graded_as is None or concern.type != INTELLIGENCE_CONCERN_TYPE:
        return True
    return _has_grades(policies.on(concern.occurred_on).rules[rule.graded_as], concern)


def _items_in_window(rule: Rule, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return the items in the rolling window that ends on the day of the last item, both ends included."""
    opens = pool[-1].on - DAY * (rule.days - 1)  # N days ending on d are d-N+1 to d
    return [item for item in pool if item.on >= opens]


def _enough_in_window(
    _policy: Policy, rule: Rule, _case: CaseFacts, pool: Sequence[EvidenceItem]
) -> list[EvidenceItem]:
    window = _items_in_window(rule, pool)
    return window if len(window) >= rule.count else []


def _enough_under_order(
    policy: Policy, rule: Rule, case: CaseFacts, pool: Sequence[EvidenceItem]
) -> list[EvidenceItem]:
    # Policy: "the second on a day when an order, a licence or the IOM licence condition is in force". The earlier
    # absences need no order.
    enough = _enough_in_window(policy, rule, case, pool)
    return enough if enough and case.legal_position.any_in_force(policy.in_force, pool[-1].on) else []


def _enough_failures(_policy: Policy, rule: Rule, _case: CaseFacts, pool: Sequence[EvidenceItem]) -> list[EvidenceItem]:
    """Return failures under one order, or in the default version under order types that share a count.

    In the default version, two under a community or suspended sentence order complete the rule, or three under a youth
    rehabilitation order. Later, all of them must be under one and the same order.
    """
    window = _items_in_window(rule, pool)
    for count, ref in sorted(_strands(rule, pool[-1])):
        under = [item for item in window if (count, ref) in _strands(rule, item)]
        if len(under) >= count:
            return under
    return []


def _strands(rule: Rule, item: EvidenceItem) -> set[tuple[int, str]]:
    """Return with what a failure counts together: the count its order asks for and, where it matters, the order."""
    orders = cast("tuple[tuple[str, str], ...]", item.details)  # _order_failures puts type and reference there
    return {(rule.counts[kind], ref if rule.is_of_one_order else "") for kind, ref in orders if kind in rule.counts}


def _enough_in_consecutive_weeks(
    _policy: Policy, rule: Rule, _case: CaseFacts, pool: Sequence[EvidenceItem]
) -> list[EvidenceItem]:
    weeks = [cast("date", item.details[0]) for item in pool]  # _low_ratings puts the week there
    places = {week: place for place, week in enumerate(weeks)}
    runs = [[weeks[-1] + WEEK * (n - before) for n in range(rule.count)] for before in range(rule.count)]
    rated = [sorted(places[week] for week in run) for run in runs if places.keys() >= set(run)]
    return [pool[place] for place in max(rated)] if rated else []  # of several runs the one that was rated last


def _enough_after_enforcement(
    _policy: Policy, rule: Rule, case: CaseFacts, pool: Sequence[EvidenceItem]
) -> list[EvidenceItem]:
    """Return concerns in the window that all follow one enforcement decision, if they are enough.

    Policy: "both dated after the day of the same enforcement decision, which is at most 90 days before the second". A
    concern on the day of the decision does not count.
    """
    last = pool[-1].on
    window = _items_in_window(rule, pool)
    first = last - DAY * rule.within_days
    days = {d.decided_on for d in case.decisions if is_enforcement(d) and first <= d.decided_on < last}
    for day in sorted(days):  # the earliest decision first, because the most concerns follow it
        after = [item for item in window if item.on > day]
        if len(after) >= rule.count:
            return after
    return []


_ITEM_FINDERS: dict[str, tuple[str, Callable[[RuleDays, CaseFacts, date, date], Iterator[EvidenceItem]]]] = {
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

_COMPLETION_CHECKS: dict[str, Callable[[Policy, Rule, CaseFacts, Sequence[EvidenceItem]], list[EvidenceItem]]] = {
    "missed_contacts": _enough_in_window,
    "unacceptable_absences": _enough_under_order,
    "order_failures": _enough_failures,
    "low_ratings": _enough_in_consecutive_weeks,
    "persisting_concern": _enough_after_enforcement,
}
