"""When what the rules find on a case may next differ although nothing is recorded: by the passing of days alone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from ioms_desktop.domain.dates.calendar import DAY, months_before
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, RELEASE_LOOK_AHEAD_DAYS
from ioms_desktop.domain.policy.case_facts import CONTROL_ARM, CaseFacts, completed_until
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.rules import WAITING_RULES, evidence_items, rules_over_time
from ioms_desktop.domain.policy.standards import contact_due_on, contact_due_shown_on, rag_review_due_on
from ioms_desktop.domain.policy.triggers import Trigger


def next_change_on(
    policies: Policies, history: Sequence[CaseFacts], today: date, triggers: Iterable[Trigger] = ()
) -> date | None:
    """Return the first day after one on which the triggers, standards or duties of a case may differ by themselves.

    So for its row in the caseload, and within a quarter for what it adds to the measures. Up to the day before it the
    same are found, and the same words, with a number of days that goes on counting. It may be too early, never too
    late: everything dated later counts from its date, a new version from its first day, and what waits is looked for as
    today's record stands, because whatever else could move it has a date of its own.

    Args:
        policies: The versions of the policy.
        history: The states of the record, the current one last.
        today: The day; what holds on it is known.
        triggers: What was raised up to it: a decision counts in the measures from the day on which it is due.

    Returns:
        The day; None if nothing can change but by an act.
    """
    days = [policy.effective_from for policy in policies.versions]
    days += [trigger.decision_due for trigger in triggers]
    for state in history:
        if state.known_on is None or state.known_on > today:
            days += _dates_of(state)
            days += _ends_of_waiting(policies, state, today)
    days += _clocks_of(policies, history[-1], today)
    return min((day for day in days if day > today), default=None)


def _dates_of(case: CaseFacts) -> Iterator[date]:
    """Give every date of the record from which something counts, or does no longer."""
    own = (case.starts_on, case.closed_on, case.notice_served_on, case.release_plan_on)
    dated: list[date | None] = [*own, *case.delivered_on]
    dated += [on for spell in case.custody for on in spell]
    dated += [contact.at.on for contact in case.contacts]
    dated += [rating.rated_on for rating in case.ratings]
    dated += [on for offer in case.offers for on in (offer.offered_on, offer.responded_on, offer.ended_on)]
    dated += [on for concern in case.concerns for on in (concern.occurred_on, concern.outcome_on)]
    dated += [on for decision in case.decisions for on in (decision.decided_on, decision.actioned_on)]
    dated += [entry.set_on for entry in case.rag]
    return (on for on in dated if on is not None)


def _ends_of_waiting(policies: Policies, case: CaseFacts, today: date) -> Iterator[date]:
    """Give the days on which an offer has waited, or nobody was seen, for as long as a rule allows."""
    if case.starts_on is None or case.starts_on > today or case.ended_by(today) or case.trial_arm == CONTROL_ARM:
        return
    during = policies.during(case.starts_on, today)
    waiting = [days for days in rules_over_time(during, case.programme) if days.name in WAITING_RULES]
    if not waiting:
        return
    # Without the releases to come, which have days of their own: until then custody lasts. And without the contacts
    # before the last completed one: the waiting after them had ended by then.
    last = max((each.at.on for each in completed_until(policies, case, today)), default=date.min)
    contacts = tuple([each for each in case.contacts if each.at.on >= last])
    known = case._replace(custody=case.custody_until(today), contacts=contacts)
    for days in waiting:
        yield from (item.on for item in evidence_items(days, known, date.max))


def _clocks_of(policies: Policies, case: CaseFacts, today: date) -> Iterator[date]:
    """Give the days on which a standard's clock comes into sight, or has run out."""
    if case.starts_on is None:
        return
    standards = policies.on(today).standards
    shown = (contact_due_shown_on(policies, case, today), rag_review_due_on(policies, case, today))
    for due in (contact_due_on(policies, case, today), *shown):
        if due is not None:
            yield from (due - LOOK_AHEAD, due + DAY)
    if case.programme == "IOM" and (case.notice_served_on is None or case.notice_served_on > today):
        yield case.starts_on + timedelta(days=standards.notice_days + 1)
    release = case.expected_release_on
    if release is not None:
        yield from (release - DAY * ahead for ahead in (RELEASE_LOOK_AHEAD_DAYS, standards.release_plan_days, -1))
        yield months_before(release, standards.blue_near_release_months)
