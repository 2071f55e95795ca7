"""The work that is owed on a case as of a day, by the rules of the policy: pure, for Today and for paper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from ioms_desktop.domain.dates.calendar import adult_on, months_before
from ioms_desktop.domain.dates.counted_words import IN_WORDS, CountedWords
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_figures import rag_on
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.standards import contact_due_shown_on, overdue_standards, rag_review_due_on
from ioms_desktop.domain.policy.triggers import OPEN, Trigger
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.leaving.exits import TRANSITION_AHEAD_MONTHS
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.text_format import format_day

LOOK_AHEAD = timedelta(days=7)
RELEASE_LOOK_AHEAD_DAYS = 28
WITHOUT_WORKER_REF = "worker"
"""The reference of a case that names no worker."""
RELEASE_PLAN_REF = "plan"
"""The reference of a release that has no plan yet."""
TRANSITION_OPEN_REF, TRANSITION_WAITS_REF = "open", "proposed"
"""The references of a transition to adult services that nobody has proposed, and of one to be confirmed."""


class Duty(StrEnum):
    """The kinds of outstanding work, in order of urgency."""

    DECISION = "DECISION"
    RECALL = "RECALL"
    PROPOSAL = "PROPOSAL"
    CONTACT = "CONTACT"
    OUTCOME = "OUTCOME"
    APPOINTMENT = "APPOINTMENT"
    ACTION = "ACTION"
    REVIEW = "REVIEW"
    RELEASE = "RELEASE"
    OFFER = "OFFER"
    NOTICE = "NOTICE"
    TRANSITION = "TRANSITION"
    GROUP = "GROUP"
    LINK = "LINK"
    RETENTION = "RETENTION"
    MISSING = "MISSING"


DUTY_TITLES = {
    Duty.DECISION: "Decision",
    Duty.RECALL: "Copy to recall",
    Duty.PROPOSAL: "Proposal",
    Duty.CONTACT: "Contact",
    Duty.OUTCOME: "Outcome to record",
    Duty.APPOINTMENT: "Appointment",
    Duty.ACTION: "Action",
    Duty.REVIEW: "RAG review",
    Duty.RELEASE: "Release",
    Duty.OFFER: "Offer",
    Duty.NOTICE: "IOM letter",
    Duty.TRANSITION: "Turns 18",
    Duty.GROUP: "Group",
    Duty.LINK: "Link",
    Duty.RETENTION: "Retention",
    Duty.MISSING: "Missing data",
}
DUTY_RANK = {duty: place for place, duty in enumerate(Duty)}
_DAY_BITS = date.max.toordinal().bit_length()
URGENCY_BEGINS = tuple((bucket * len(DUTY_RANK)) << _DAY_BITS for bucket in range(4))
"""The least `urgency_of` what is late, due today, due within a week, and of the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistItem:
    """One line of the list.

    Attributes:
        id: Its place in the list, from 1.
        description: What is owed, in one sentence.
        due_on: Its clock; None where it has none.
        ref: The rule of a decision, else the reference of the proposal, appointment, action or offer;
            `RELEASE_PLAN_REF` where a release wants its plan; the person of a retention review; the record of a group
            or link.
        revision: The revision of the proposal, appointment or action that was read.
        is_own: Whether the user is named as its worker or owner.
        is_given: Whether it is an action that the user gave to somebody else.
    """

    id: int = 0
    duty: Duty
    description: str
    due_on: date | None
    case_ref: str | None = None
    name: str = ""
    programme: str = ""
    worker: str | None = None
    ref: str = ""
    revision: int = 0
    is_own: bool = False
    is_given: bool = False

    @property
    def person_ref(self) -> str | None:
        """The person of a retention review, which is about no case."""
        return self.ref if self.duty is Duty.RETENTION else None

    def urgency(self, today: date) -> tuple[int, str, str]:
        """Return the sort key on the day of the list."""
        return urgency_of(self.duty, self.due_on, today), fold(self.name), self.ref


class TimedWork(NamedTuple):
    """What somebody was given, and when that next differs by the clock alone.

    Attributes:
        item: Its line; None while it is not owed yet.
        turns: When the line comes, reads otherwise or goes although nobody changes it; None for never.
    """

    case_ref: str | None
    item: WorklistItem | None
    turns: DayTime | None = None


def first_turn(today: date, *days: date | None) -> DayTime | None:
    """Return the beginning of the first of some days that is still to come; None where none is."""
    coming = [on for on in days if on is not None and on > today]
    return DayTime(min(coming)) if coming else None


def urgency_of(duty: Duty, due_on: date | None, today: date) -> int:
    """Return a number by which work is sorted: late, due today, due within a week, the rest; then by duty and clock."""
    due = (due_on or date.max).toordinal()
    days = due - today.toordinal()
    bucket = 0 if days < 0 else 1 if days == 0 else 2 if days <= LOOK_AHEAD.days else 3
    return ((bucket * len(DUTY_RANK) + DUTY_RANK[duty]) << _DAY_BITS) + due


class CaseDuty(NamedTuple):
    """The work that the rules find on one case, in words that stand until something else about it changes.

    Attributes:
        words: What is owed, as the text of `CountedWords`.
        counted_from: As that of `CountedWords`.
        due_on: Its clock; None where it has none.
        ref: As that of a `WorklistItem`.
    """

    duty: Duty
    words: str
    counted_from: date | None
    due_on: date | None
    ref: str = ""

    def words_on(self, today: date) -> str:
        """Return what is owed as it reads on the day of the list."""
        return CountedWords(self.words, self.counted_from).on(today)

    def item(self, case_ref: str, today: date) -> WorklistItem:
        """Return it as a line of the list of a day."""
        words = self.words_on(today)
        return WorklistItem(duty=self.duty, description=words, due_on=self.due_on, case_ref=case_ref, ref=self.ref)


def list_case_duties(
    policies: Policies, case: CaseFacts, triggers: Iterable[Trigger], today: date
) -> Iterator[WorklistItem]:
    """List the work that the rules find on one case, as `find_case_duties` does, in the words of its day."""
    return (each.item(case.case_ref, today) for each in find_case_duties(policies, case, triggers, today))


def find_case_duties(
    policies: Policies, case: CaseFacts, triggers: Iterable[Trigger], today: date
) -> Iterator[CaseDuty]:
    """Find the work of the rules on one case; a closed case has only the decisions still open.

    Args:
        policies: The versions of the policy.
        case: The case as the rules read it.
        triggers: What was raised on it.
        today: The day on which it is owed; what is dated later does not count.
    """
    for trigger in triggers:
        if trigger.status == OPEN:
            yield _decision_item(policies, trigger)
    if case.ended_by(today):
        return
    yield from _standard_items(policies, case, today)
    yield from _offer_items(policies, case, today)
    yield from _missing_rag_items(case, today)


def _decision_item(policies: Policies, trigger: Trigger) -> CaseDuty:
    return CaseDuty(Duty.DECISION, explain(policies, trigger), None, trigger.decision_due, trigger.rule)


_DUTY_BY_STANDARD = {
    "CONTACT": Duty.CONTACT,
    "RAG_REVIEW": Duty.REVIEW,
    "NOTICE": Duty.NOTICE,
    "RELEASE_PLAN": Duty.RELEASE,
}


def _standard_items(policies: Policies, case: CaseFacts, today: date) -> Iterator[CaseDuty]:
    late: set[Duty] = set()
    for each in overdue_standards(policies, case, today):
        duty = _DUTY_BY_STANDARD[each.standard]
        late.add(duty)
        # The clock of a release is the release; the plan is wanted before it.
        due = case.expected_release_on if duty is Duty.RELEASE else each.due_on
        if duty is Duty.CONTACT:
            due = contact_due_shown_on(policies, case, today)
        wants = RELEASE_PLAN_REF if duty is Duty.RELEASE else ""
        yield CaseDuty(duty, *each.words, due, wants)
    coming = {
        Duty.CONTACT: (contact_due_shown_on(policies, case, today), "The next contact keeps the standard up to {}."),
        Duty.REVIEW: (rag_review_due_on(policies, case, today), "The RAG review is due on {}."),
        Duty.RELEASE: (case.expected_release_on, "Release is expected on {}; the plan for it stands."),
    }
    for duty, (due, words) in coming.items():
        ahead = RELEASE_LOOK_AHEAD_DAYS if duty is Duty.RELEASE else LOOK_AHEAD.days
        if due is None or duty in late or (case.programme != "IOM" and duty is Duty.REVIEW):
            continue
        if case.programme != "IOM" and duty is Duty.RELEASE:
            words = "Release is expected on {}."  # noqa: PLW2901 - Phoenix has no standard for a release plan
        if 0 <= (due - today).days <= ahead:
            yield CaseDuty(duty, words.format(format_day(due)), None, due)


def _offer_items(policies: Policies, case: CaseFacts, today: date) -> Iterator[CaseDuty]:
    rule = policies.on(today).rules.get("unanswered_offer")
    days = rule.days if rule is not None and rule.days else 0
    for offer in case.offers:
        if offer.response is None and offer.open_on(today):
            words = f"The support offered on {format_day(offer.offered_on)}, {IN_WORDS} ago, has no answer recorded."
            due = offer.offered_on + timedelta(days=days)
            yield CaseDuty(Duty.OFFER, words, offer.offered_on, due, offer.ref)


def _missing_rag_items(case: CaseFacts, today: date) -> Iterator[CaseDuty]:
    if case.programme != "IOM" or case.starts_on is None or case.starts_on > today:
        return
    if rag_on(case, today) is None:
        words = "No RAG has been set since adoption; no contact standard can run without one."
        yield CaseDuty(Duty.MISSING, words, None, None, "rag")


def transition_duty(
    case_ref: str, born_on: date, referred_on: date, proposed_by: str | None, today: date
) -> WorklistItem | None:
    """Return the work on somebody who came as a child and turns 18 soon, whose transition nobody has confirmed.

    Args:
        case_ref: The case.
        born_on: The person's date of birth.
        referred_on: The day on which they came.
        proposed_by: Who proposed a transition, as they read; None where nobody has.
        today: The day on which it is owed.
    """
    turns = adult_on(born_on)
    if referred_on >= turns or today < transition_begins_on(born_on):
        return None
    words = f"{'Turns' if today < turns else 'Turned'} 18 on {format_day(turns)}"
    ending = (
        "no transition to adult services has been proposed yet"
        if proposed_by is None
        else f"transition to adult services, proposed by {proposed_by}, waits for a supervisor"
    )
    return WorklistItem(
        duty=Duty.TRANSITION,
        description=f"{words}; {ending}.",
        due_on=turns,
        case_ref=case_ref,
        ref=TRANSITION_OPEN_REF if proposed_by is None else TRANSITION_WAITS_REF,
    )


def transition_begins_on(born_on: date) -> date:
    """Return the day from which the work on somebody who turns 18 is listed."""
    return months_before(adult_on(born_on), TRANSITION_AHEAD_MONTHS)


def worker_duty(case_ref: str, workers: Iterable[str | None]) -> WorklistItem | None:
    """Return the work on a case that names nobody of those who work on it; None where it names somebody."""
    if any(workers):
        return None
    words = "No OM, navigator or PP is named on this case."
    return WorklistItem(duty=Duty.MISSING, description=words, due_on=None, case_ref=case_ref, ref=WITHOUT_WORKER_REF)


def take_out_answered(
    lines: Iterable[WorklistItem], proposals: Iterable[Proposal]
) -> tuple[list[WorklistItem], dict[tuple[str | None, str], date | None]]:
    """Take out the decisions that a waiting proposal answers, and return the rest with the clocks of those taken out.

    Args:
        lines: The work on some cases.
        proposals: The proposals that wait for somebody to authorise them.
    """
    waiting = {(proposal.case_ref, proposal.rule) for proposal in proposals if proposal.rule}
    clocks: dict[tuple[str | None, str], date | None] = {}
    rest = []
    for line in lines:
        if line.duty is Duty.DECISION and (line.case_ref or "", line.ref) in waiting:
            clocks[line.case_ref, line.ref] = line.due_on
        else:
            rest.append(line)
    return rest, clocks
