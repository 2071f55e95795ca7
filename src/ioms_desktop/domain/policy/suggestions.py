"""Suggestions of decisions, made from the record. A named person decides, and may decide earlier or differently."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.dates.calendar import DAY, days_at_liberty
from ioms_desktop.domain.policy.case_facts import (
    CANCELLED_OUTCOMES,
    CONTROL_ARM,
    NO_STEP,
    CaseFacts,
    is_enforcement,
    latest_step,
)
from ioms_desktop.domain.policy.policy import DeEscalation, Policies
from ioms_desktop.domain.text_format import format_day, join_words


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A decision to consider.

    Attributes:
        kind: The code of the decision suggested.
        reason: The facts it is based on, in words.
    """

    kind: str
    reason: str


def suggestions(policies: Policies, case: CaseFacts, as_of: date) -> tuple[Suggestion, ...]:
    """List the suggestions for a case as of a day; none if it is closed by then, or in the control arm.

    What is suggested, the version of the as-of day says; whether a contact was completed, that of its own day.
    """
    first = case.starts_on
    if first is None or first > as_of or case.trial_arm == CONTROL_ARM:
        return ()
    if case.ended_by(as_of):
        return ()
    policy = policies.on(as_of)
    found = (
        _de_escalation(policies, policy.de_escalation, case, first, as_of),
        _parallel(policy.parallel_types, case, first, as_of),
    )
    return tuple(each for each in found if each is not None)


def _parallel(types: Collection[str], case: CaseFacts, first: date, as_of: date) -> Suggestion | None:
    """Suggest safeguarding alongside for a missing person, until somebody decides on it on that day or later."""
    days = [c.occurred_on for c in case.concerns if c.type in types and first <= c.occurred_on <= as_of]
    if not days:
        return None
    last = max(days)
    if any(d.step == "PARALLEL" and last <= d.decided_on <= as_of for d in case.decisions):
        return None
    return Suggestion(
        "PARALLEL",
        f"A missing episode is recorded on {format_day(last)}: a missing person is a safeguarding matter. Safeguarding "
        "alongside may be considered; a named person decides.",
    )


def _de_escalation(
    policies: Policies, rule: DeEscalation, case: CaseFacts, first: date, as_of: date
) -> Suggestion | None:
    step, decision = latest_step(case.decisions, as_of)
    if decision is None or step in {NO_STEP, "PARALLEL"}:
        return None
    last = _last_setback_on(case, first, as_of)
    since = decision.decided_on if last is None else last
    # The day of the concern, missed contact or decision itself is not counted; the as-of day is.
    free = days_at_liberty(case.custody_until(as_of), since + DAY, as_of)
    steady = (
        _well_rated_phrase(rule, case, as_of)
        if case.programme == "PHOENIX"
        else _kept_contacts_phrase(policies, rule, case, first, as_of)
    )
    if free < rule.days_at_liberty or steady is None:
        return None
    what = "the last concern or missed contact" if last is not None else "the decision"
    return Suggestion(
        "DE_ESCALATE",
        f"{free} days in the community have passed since {what} on {format_day(since)}, and {steady}. "
        f"Stepping down from the present step may be considered; a named person decides.",
    )


def _last_setback_on(case: CaseFacts, first: date, as_of: date) -> date | None:
    days = [c.occurred_on for c in case.concerns if first <= c.occurred_on <= as_of]
    days += [c.at.on for c in case.contacts if c.missed and first <= c.at.on <= as_of and not case.in_custody(c.at.on)]
    return max(days, default=None)


def _well_rated_phrase(rule: DeEscalation, case: CaseFacts, as_of: date) -> str | None:
    first, last = case.starts_on or as_of, case.last_day(as_of)
    ratings = sorted(
        (r.week, r.level)
        for r in case.ratings
        if r.role == "NAVIGATOR" and first <= r.rated_on <= last and not case.in_custody(r.rated_on)
    )
    latest = ratings[-rule.count :]
    if len(latest) < rule.count or any(level not in rule.levels for _, level in latest):
        return None
    return f"the latest weekly ratings are {join_words([str(level) for _, level in latest])}"


def _kept_contacts_phrase(
    policies: Policies, rule: DeEscalation, case: CaseFacts, first: date, as_of: date
) -> str | None:
    contacts = sorted(
        (c.at.iso_text, c.ref, c)
        for c in case.contacts
        if first <= c.at.on <= as_of and c.outcome not in CANCELLED_OUTCOMES
    )
    latest = [contact for _, _, contact in contacts[-rule.count :]]
    if len(latest) < rule.count or not all(contact.completed(policies) for contact in latest):
        return None
    return f"the last contacts ({join_words([format_day(c.at.on) for c in latest])}) were completed"


def count_enforcement_decisions(case: CaseFacts, first: date, last: date) -> int:
    """Count the enforcement decisions in a period, both ends included."""
    return sum(is_enforcement(decision) and first <= decision.decided_on <= last for decision in case.decisions)
