"""The IOM standards: what is overdue on a case. They make a worklist and raise no triggers."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.dates.calendar import (
    DAY,
    days_at_liberty,
    months_before,
    nth_day_at_liberty,
    working_days_after,
)
from ioms_desktop.domain.dates.counted_words import IN_FIGURES, IN_WORDS, CountedWords
from ioms_desktop.domain.policy.case_facts import CaseFacts, completed_until, once_for_case
from ioms_desktop.domain.policy.case_figures import rag_on
from ioms_desktop.domain.policy.policy import Policies, Standards
from ioms_desktop.domain.text_format import format_day


@dataclass(frozen=True, slots=True)
class OverdueStandard:
    """A standard that was not met.

    Attributes:
        standard: CONTACT, RAG_REVIEW, NOTICE or RELEASE_PLAN.
        due_on: The last day, included, on which it would have been met.
        explanation: What is overdue, in a sentence.
        words: The same for later days, as long as nothing else changes.
    """

    standard: str
    due_on: date
    explanation: str
    words: CountedWords


@once_for_case
def overdue_standards(policies: Policies, case: CaseFacts, as_of: date) -> tuple[OverdueStandard, ...]:
    """List what is overdue on an open IOM case as of a day, under the version of that day.

    Closed and Phoenix cases have none.
    """
    adopted = case.starts_on
    if case.programme != "IOM" or adopted is None or adopted > as_of:
        return ()
    if case.ended_by(as_of):
        return ()
    standards = policies.on(as_of).standards
    found = (
        _overdue_contact(policies, case, adopted, as_of),
        _overdue_rag_review(policies, case, as_of),
        _overdue_notice(standards, case, adopted, as_of),
        _overdue_release_plan(standards, case, as_of),
    )
    return tuple(each for each in found if each is not None)


@once_for_case
def contact_due_on(policies: Policies, case: CaseFacts, as_of: date) -> date | None:
    """Return the last day, included, on which the next contact meets the standard.

    It is None if no standard applies, or if the day depends on a release from custody that has no date yet.
    """
    adopted = case.starts_on
    entry = rag_on(case, as_of)
    if case.programme != "IOM" or adopted is None or entry is None:
        return None
    standards = policies.on(as_of).standards
    since = _last_contact_on(policies, case, adopted, as_of, in_person=entry.rag in standards.in_person)
    days = _contact_days(standards, case, entry.rag, as_of)
    if entry.rag == "BLUE":  # for people in custody, so calendar days and not days at liberty
        return since + DAY * days
    return nth_day_at_liberty(case.custody_until(as_of), since, days)


@once_for_case
def contact_due_shown_on(policies: Policies, case: CaseFacts, as_of: date) -> date | None:
    """Return the day from which screens count how late the next contact is.

    It is `contact_due_on`, but nobody could have met a standard before the colour that asks for it was set: a contact
    that was in time under the colour before is due on the day of the change, and one that was late then stays so late.
    """
    due, entry = contact_due_on(policies, case, as_of), rag_on(case, as_of)
    if due is None or entry is None or due >= entry.set_on:
        return due
    before = contact_due_shown_on(policies, case, entry.set_on - DAY)
    return entry.set_on if before is None or before >= entry.set_on else before


def _last_contact_on(policies: Policies, case: CaseFacts, adopted: date, as_of: date, *, in_person: bool) -> date:
    """Return the day of the last completed contact, or of the last one in person; before one, that of adoption."""
    days = (
        contact.at.on
        for contact in completed_until(policies, case, as_of)
        if adopted <= contact.at.on and (not in_person or contact.type in policies.in_person_types)
    )
    return max(days, default=adopted)


def _contact_days(standards: Standards, case: CaseFacts, rag: str, as_of: date) -> int:
    release = case.expected_release_on
    if rag == "BLUE" and release is not None and as_of >= months_before(release, standards.blue_near_release_months):
        return standards.blue_near_release_days
    return standards.contact_days[rag]


def _overdue_contact(policies: Policies, case: CaseFacts, adopted: date, as_of: date) -> OverdueStandard | None:
    entry = rag_on(case, as_of)
    if entry is None:
        return None
    standards = policies.on(as_of).standards
    in_person = entry.rag in standards.in_person
    since = _last_contact_on(policies, case, adopted, as_of, in_person=in_person)
    allowed = _contact_days(standards, case, entry.rag, as_of)
    blue = entry.rag == "BLUE"
    gone = (as_of - since).days if blue else days_at_liberty(case.custody_until(as_of), since + DAY, as_of)
    if gone <= allowed:
        return None
    due = contact_due_on(policies, case, as_of)
    days = "calendar days" if blue else "days in the community"
    missing = ", not seen face to face" if in_person else " without a completed contact"
    ending = f"{days}{missing} since {format_day(since)}; the standard for {entry.rag} is {allowed}."
    if blue or not case.in_custody(as_of):
        return _overdue("CONTACT", due or as_of, CountedWords(f"{IN_FIGURES} {ending}", as_of - DAY * gone), as_of)
    return _overdue("CONTACT", due or as_of, CountedWords(f"{gone} {ending}"), as_of)


def _overdue(standard: str, due: date, words: CountedWords, as_of: date) -> OverdueStandard:
    return OverdueStandard(standard, due, words.on(as_of), words)


@once_for_case
def rag_review_due_on(policies: Policies, case: CaseFacts, as_of: date) -> date | None:
    """Return the last day, included, on which a review of the RAG rating is in time; None before the first entry."""
    entry = rag_on(case, as_of)
    if entry is None:
        return None
    standards = policies.on(as_of).standards
    due = entry.set_on + DAY * standards.rag_review_days
    # Only an arrest dated after the entry shortens the period, and the earliest one determines the day.
    arrests = [c.occurred_on for c in case.concerns if c.type == "ARREST" and entry.set_on < c.occurred_on <= as_of]
    if arrests:
        due = min(due, working_days_after(min(arrests), standards.arrest_review_working_days))
    return due


def _overdue_rag_review(policies: Policies, case: CaseFacts, as_of: date) -> OverdueStandard | None:
    due = rag_review_due_on(policies, case, as_of)
    if due is None or as_of <= due:
        return None
    words = CountedWords(f"The RAG review was due on {format_day(due)} and is not recorded.")
    return _overdue("RAG_REVIEW", due, words, as_of)


def _overdue_notice(standards: Standards, case: CaseFacts, adopted: date, as_of: date) -> OverdueStandard | None:
    due = adopted + DAY * standards.notice_days
    served = case.notice_served_on
    if as_of <= due or (served is not None and served <= as_of):
        return None
    words = CountedWords(f"The IOM letter was due on {format_day(due)} and has not been served.")
    return _overdue("NOTICE", due, words, as_of)


def _overdue_release_plan(standards: Standards, case: CaseFacts, as_of: date) -> OverdueStandard | None:
    release, planned = case.expected_release_on, case.release_plan_on
    if release is None or (planned is not None and planned <= as_of):
        return None
    # From so many days before the release to the day of release, both included; after that no plan is needed.
    if not 0 <= (release - as_of).days <= standards.release_plan_days:
        return None
    told = f"Release is expected on {format_day(release)}, in {IN_WORDS}, and there is no release plan."
    due = release - DAY * standards.release_plan_days
    return _overdue("RELEASE_PLAN", due, CountedWords(told, release), as_of)
