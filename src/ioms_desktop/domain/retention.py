"""When a person's record is due for review, and why. Only a review falls due: disposal is always decided by people.

Source: practice notes 4.4 (management of police information). Every period comes from the list `retention_group`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY, MONTHS_PER_YEAR, months_before
from ioms_desktop.domain.errors import InvalidReferenceData
from ioms_desktop.domain.records.cases import has_ended
from ioms_desktop.domain.records.code_lists import LAW_KEYS, Code
from ioms_desktop.domain.text_format import capitalise, format_day, pluralise

COUNTED_ROLES = frozenset({"SUSPECT", "CONVICTED", None})
"""The roles in an offence that place a person in its group. An unrecorded role counts, so the record is kept longer."""


DERIVED_KINDS = frozenset({"search_key"})
"""What a disposal removes that was worked out of the records to find them by: it goes with them, and is none itself."""


class ReviewResult(StrEnum):
    """The result of a review."""

    RETAIN = "RETAIN"
    RETAIN_RECATEGORISE = "RETAIN_RECATEGORISE"
    LEGAL_HOLD = "LEGAL_HOLD"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionGroup:
    """One review group and its periods.

    Attributes:
        clear_years: Years from the last relevant event to the first review; None if the group has no clear period.
        every_years: Years from one review to the next, also while a case is open.
        keep_until_age: The age whose birthday the record is kept until; None for none.
        under_18_every_months: Months between reviews of a child's record.
        redact_within_working_days: Working days after a disposal for redacting mentions in other people's records.
        offence_groups: The offence groups that place a person in it.
        otherwise: Whether it is the group of everybody who is in no other.
        in_mappa: Whether it is proposed for whoever is or was managed under MAPPA, whatever the offences say.
    """

    code: str
    label: str
    every_years: int
    under_18_every_months: int
    redact_within_working_days: int
    clear_years: int | None = None
    keep_until_age: int | None = None
    offence_groups: frozenset[str] = frozenset()
    otherwise: bool = False
    in_mappa: bool = False


@dataclass(frozen=True, slots=True)
class RetentionGroups:
    """The review groups in force, the longest retention first."""

    groups: tuple[RetentionGroup, ...]

    @classmethod
    def in_force_on(cls, codes: Iterable[Code], day: date) -> "RetentionGroups":
        """Build the groups valid on a day, or all groups if none is valid yet.

        The group for everybody else stays beyond its last day until another begins: nobody is ever in no group.

        Raises:
            Refused: A period is missing or invalid, or the number of groups for everybody else is not exactly one.
        """
        every = list(codes)
        found = [code for code in every if code.valid_on(day)] or every
        if not any(code.more.get("otherwise") for code in found):
            others = [code for code in every if code.more.get("otherwise")]
            found += sorted(others, key=lambda code: ((code.valid_from or day) <= day, code.valid_to or date.max))[-1:]
        groups = tuple(_build_group(code) for code in found)
        if sum(group.otherwise for group in groups) != 1:
            raise InvalidReferenceData(
                "The list of retention groups needs exactly one group for everybody else. Correct it first."
            )
        return cls(groups)

    def get(self, code: str | None) -> RetentionGroup | None:
        """Return the group of a code."""
        return next((group for group in self.groups if group.code == code), None)

    def for_facts(self, offences: Iterable["OffenceFact"], *, in_mappa: bool) -> RetentionGroup:
        """Return the group that a person's facts place them in; offences against the person do not count."""
        proposed = next((group for group in self.groups if group.in_mappa), None) if in_mappa else None
        if proposed is not None:
            return proposed
        theirs = {offence.group for offence in offences if offence.role in COUNTED_ROLES}
        found = next((group for group in self.groups if group.offence_groups & theirs), None)
        return found or next(group for group in self.groups if group.otherwise)


def _build_group(code: Code) -> RetentionGroup:
    more = {key: value for key, value in code.more.items() if key not in LAW_KEYS}
    offences = frozenset(more.pop("offence_groups", ()))
    try:
        group = RetentionGroup(code=code.code, label=code.label, offence_groups=offences, **more)
    except TypeError as wrong:
        raise InvalidReferenceData(
            f"The retention group {code.code} cannot be read: {wrong}. Correct it first."
        ) from wrong
    periods = [group.every_years, group.under_18_every_months, group.redact_within_working_days]
    periods += [each for each in (group.clear_years, group.keep_until_age) if each is not None]
    if any(not isinstance(period, int) or period < 1 for period in periods):
        raise InvalidReferenceData(
            f"The retention group {code.code} has a period that is not a whole number above 0. Correct it first."
        )
    return group


class DueBounds(NamedTuple):
    """Who can be due for a review at all on any day from one up to another, from little that is known of everybody.

    Whoever has no case yet can be, because anything may be their last event. Of the others: whose latest review says
    so; whose record began long enough ago and has an open case, or none that closed since; who was a child when it
    began or was last reviewed; and whoever has reached an age until which records are kept.

    Attributes:
        until: The other day, included.
        begun_by: The last day, included, on which the record began long enough ago.
        closed_by: The same of the day on which the last case closed.
        since_by_as_child: The last day, included, since which a child's record is due.
        born_after: Who was born later was a child when the record began, or it began by `begun_by`.
        born_by: Who was born later has reached no such age.
    """

    until: date
    begun_by: date
    closed_by: date
    since_by_as_child: date
    born_after: date
    born_by: date


def due_bounds(groups: RetentionGroups, until: date) -> DueBounds:
    """Return who can be due up to a day; a day more each way, for who was born or first recorded on 29 February."""
    closed_by = years_after(until, -min(group.clear_years or group.every_years for group in groups.groups)) + DAY
    begun_by = max(closed_by, years_after(until, -min(group.every_years for group in groups.groups)) + DAY)
    as_child = months_before(until, min(group.under_18_every_months for group in groups.groups)) + DAY
    ages = [group.keep_until_age for group in groups.groups if group.keep_until_age]
    born_by = years_after(until, -min(ages)) + DAY if ages else date.min
    return DueBounds(until, begun_by, closed_by, as_child, years_after(begun_by, -ADULT_AGE) - DAY, born_by)


def may_be_due(bounds: DueBounds, facts: "RetentionFacts", on: date) -> bool:
    """Whether a record can be due on a day, or on any from then on up to that of the bounds.

    This is so whatever events and offences it holds: they only put the review off.
    """
    review = next((each for each in reversed(facts.reviews) if each.on <= on), None)
    since, of_age = review.on if review else _begun_on(facts), years_after(facts.born_on, ADULT_AGE)
    as_child = since < of_age and (of_age <= bounds.until or since <= bounds.since_by_as_child)
    later = [*(each.on for each in facts.reviews), *(each.referred_on for each in facts.cases)]
    if facts.born_on <= bounds.born_by or as_child or any(on < day <= bounds.until for day in later):
        return True
    if review is not None:
        return review.next_on <= bounds.until
    ended = [case.closed_on or date.max for case in facts.cases if case.referred_on <= on]
    return not ended or (since <= bounds.begun_by and not bounds.closed_by < max(ended) <= on)


def _begun_on(facts: "RetentionFacts") -> date:
    return min((facts.recorded_on, *(case.referred_on for case in facts.cases)))


@dataclass(frozen=True, slots=True)
class OffenceFact:
    """An offence with the person's role in it."""

    on: date
    group: str
    role: str | None


@dataclass(frozen=True, slots=True)
class CasePeriod:
    """The days on which a case was referred and closed; `closed_on` is None while it is open."""

    referred_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """A review: its date, result and group, and the date it set for the next review."""

    on: date
    result: str
    group: str | None
    next_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionFacts:
    """The facts that decide when a record is due for review.

    Attributes:
        recorded_on: The day the person was first recorded; the period starts here if nothing else is dated.
        events: The days of contacts, concerns, orders, custody and so on, each with its description.
        reviews: In the order in which they were recorded.
        in_mappa: Whether the person is or was managed under MAPPA.
        later_on: The first day after it from which another event, offence or period under MAPPA counts; None for none.
    """

    born_on: date
    recorded_on: date
    cases: Sequence[CasePeriod] = ()
    offences: Sequence[OffenceFact] = ()
    events: Sequence[tuple[date, str]] = ()
    reviews: Sequence[ReviewFact] = ()
    in_mappa: bool = False
    later_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue:
    """When a record is due for review.

    Attributes:
        on: The day.
        group: The review group it is in.
        reason: Why it is due on that day, in a sentence.
        has_open_case: Whether a case is open, so that it can be reviewed but not disposed of.
        on_legal_hold: Whether the latest review put it on legal hold.
        last_event_on: The day of the last relevant event.
        kept_until: The birthday until which the group keeps the record; None if it sets none.
    """

    on: date
    group: RetentionGroup
    reason: str
    has_open_case: bool
    on_legal_hold: bool
    last_event_on: date
    kept_until: date | None = field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposal:
    """A proposed disposal, and its outcome.

    Attributes:
        person_ref: The person; None once the disposal is done.
        certificate: What was removed, once it is done.
    """

    disposal_ref: str
    person_ref: str | None
    proposed_by: str
    proposed_at: datetime
    authority: str
    reason: str
    status: str
    answered_by: str | None
    answered_at: datetime | None
    certificate: dict[str, Any] | None


def next_review_due(groups: RetentionGroups, facts: RetentionFacts, as_of: date) -> ReviewDue:
    """Compute when a record is due for review, as of a day; only facts dated on or before that day count.

    The result always has a day, also while a case is open, so that no record goes unreviewed in a long case. A person
    who was under 18 at the last review, or when the record began, is reviewed earlier.
    """
    reviews = [review for review in facts.reviews if review.on <= as_of]
    review = reviews[-1] if reviews else None
    # The group that people chose at the last review takes precedence over the one that the offences suggest.
    group = (groups.get(review.group) if review else None) or groups.for_facts(
        (offence for offence in facts.offences if offence.on <= as_of), in_mappa=facts.in_mappa
    )
    opened = any(not has_ended(c.closed_on, as_of) for c in facts.cases if c.referred_on <= as_of)
    last, what = _last_event(facts, as_of)
    first = _begun_on(facts)
    day, reason = _due_by_group(group, review, opened=opened, first=first, last=(last, what))
    # The earliest day applies. A birthday on or before the last review, or the beginning of the record, sets no day.
    kept_until = years_after(facts.born_on, group.keep_until_age) if group.keep_until_age else None
    if kept_until is not None and (review.on if review else first) < kept_until < day:
        day, reason = kept_until, _reason_sentence(f"kept to the {group.keep_until_age}th birthday", group)
    child = _due_as_child(group, facts.born_on, review.on if review else first)
    if child is not None and child[0] < day:
        day, reason = child
    hold = review is not None and review.result == ReviewResult.LEGAL_HOLD
    return ReviewDue(
        on=day,
        group=group,
        reason=reason,
        has_open_case=opened,
        on_legal_hold=hold,
        last_event_on=last,
        kept_until=kept_until,
    )


def review_turns_on(facts: RetentionFacts, due: ReviewDue, as_of: date) -> date | None:
    """Return the first later day on which a record is due, or as of which the day may be another; None for never."""
    days = [due.on, facts.later_on, *(review.on for review in facts.reviews)]
    days += [day for case in facts.cases for day in (case.referred_on, case.closed_on)]
    return min((day for day in days if day is not None and day > as_of), default=None)


def latest_next_review_on(group: RetentionGroup, born_on: date, reviewed_on: date) -> date:
    """Return the last day, included, that a review may set for the next one."""
    latest = years_after(reviewed_on, group.every_years)
    child = _due_as_child(group, born_on, reviewed_on)
    return latest if child is None else min(latest, child[0])


def years_after(day: date, years: int) -> date:
    """Add whole years; 29 February becomes 28 February in other years."""
    return months_after(day, years * MONTHS_PER_YEAR)


def months_after(day: date, months: int) -> date:
    """Add whole calendar months; a day that the month does not have becomes its last day."""
    return months_before(day, -months)


def _last_event(facts: RetentionFacts, as_of: date) -> tuple[date, str]:
    """Find the last relevant event and its description; every such event restarts the clear period."""
    counts = list(facts.events)
    counts += [(offence.on, "the last offence") for offence in facts.offences]
    for case in facts.cases:
        counts.append((case.referred_on, "the last referral"))
        if case.closed_on is not None:
            counts.append((case.closed_on, "the closing of the last case"))
    # The day of recording counts only if no event is dated, so that importing an old record does not make it recent.
    return max((each for each in counts if each[0] <= as_of), default=(facts.recorded_on, "first being recorded"))


def _due_by_group(
    group: RetentionGroup, review: ReviewFact | None, *, opened: bool, first: date, last: tuple[date, str]
) -> tuple[date, str]:
    if review is not None:
        return review.next_on, _reason_sentence(f"the review of {format_day(review.on)} set the next one", group)
    every = pluralise(group.every_years, "year")
    if opened:
        words = f"reviewed every {every} while a case is open, from {format_day(first)} on"
        return years_after(first, group.every_years), _reason_sentence(words, group)
    day, what = last
    if group.clear_years is None:
        return years_after(day, group.every_years), _reason_sentence(
            f"{every} after {what} on {format_day(day)}", group
        )
    clear = pluralise(group.clear_years, "clear year")
    return years_after(day, group.clear_years), _reason_sentence(f"{clear} after {what} on {format_day(day)}", group)


def _reason_sentence(words: str, group: RetentionGroup) -> str:
    return f"{capitalise(words)}. {group.label}."


def _due_as_child(group: RetentionGroup, born_on: date, since: date) -> tuple[date, str] | None:
    """Return the review day, with the reason, for somebody who was a child on a day; None for an adult.

    That day is when the record began or was last reviewed. The review falls no later than the 18th birthday.
    """
    of_age = years_after(born_on, ADULT_AGE)
    if since >= of_age:
        return None
    every = group.under_18_every_months
    after = months_after(since, every)
    if after < of_age:
        return (
            after,
            f"A child's record is reviewed every {pluralise(every, 'month')}, counted from {format_day(since)}.",
        )
    return of_age, f"A child's record is reviewed on the 18th birthday, {format_day(of_age)}."


def removed_records(removed: Mapping[str, int]) -> dict[str, int]:
    """Return how many records of each kind a disposal removed, of all the rows that it counted; no kind without any."""
    return {kind: count for kind, count in removed.items() if count and kind not in DERIVED_KINDS}


def is_named_in(text: str, names: Iterable[str | None], numbers: Iterable[str | None]) -> bool:
    """Whether a text contains a whole word of a person's names, or one of their numbers; case is ignored.

    It is for texts that are kept after the record itself has been disposed of.
    """
    words = set(_WORD_PATTERN.findall(text.casefold()))
    named = {word for name in names for word in _WORD_PATTERN.findall((name or "").casefold())}
    return bool(words & named) or any(number.casefold() in text.casefold() for number in numbers if number)


_WORD_PATTERN = re.compile(r"[^\W_]+")
