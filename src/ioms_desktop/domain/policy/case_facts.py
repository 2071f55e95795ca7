"""The facts of one case that the rules use, as plain tuples that are cheap to build for a whole caseload."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import wraps
from typing import NamedTuple, TypeVar

from ioms_desktop.domain.dates.calendar import CustodyPeriod, in_custody
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.policy.in_force import LegalPosition, OrderFact, StatusFact
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.record_changes import RecordChange
from ioms_desktop.domain.records.cases import has_ended

T = TypeVar("T")
MISSED_OUTCOMES = frozenset({"FAILED_TO_ATTEND", "UNACCEPTABLE_ABSENCE", "REFUSED_ENTRY"})
COMPLETED_OUTCOME = "SEEN"
CANCELLED_OUTCOMES = frozenset({"CANCELLED_BY_US", "CANCELLED_BY_PERSON_ACCEPTABLE"})
ACCEPTED_RESPONSES = frozenset({"ACCEPTED", "PARTLY"})
NO_FURTHER_ACTION = "NFA"
DELIVERED_PREFIX = "DELIVERED_"
CONTROL_ARM = "CONTROL"
"""The arm of the trial of which nothing is asked: its cases raise nothing."""
NO_STEP = "L0"
"""The step of a case on which nothing was escalated: the offer itself."""


class ContactFact(NamedTuple):
    """A contact as the rules see it."""

    ref: str
    at: DayTime
    planned: bool
    outcome: str
    minutes: int | None = None
    type: str = ""

    @property
    def missed(self) -> bool:
        """Whether the person missed a planned contact; one that the service cancelled never counts as missed."""
        return self.planned and self.outcome in MISSED_OUTCOMES

    def completed(self, policies: Policies) -> bool:
        """Whether the person was seen, in a type of contact that counts under the version of its day."""
        return self.outcome == COMPLETED_OUTCOME and self.type not in policies.on(self.at.on).never_completed


class RatingFact(NamedTuple):
    """A weekly rating as the rules see it."""

    week: date
    rated_on: date
    level: int
    role: str


class OfferFact(NamedTuple):
    """A support offer as the rules see it."""

    ref: str
    offered_on: date
    response: str | None
    responded_on: date | None
    ended_on: date | None

    def answered_on(self) -> date | None:
        """The day of the response, or of the offer if the response has no date; None if there is no response."""
        if self.response is None:
            return None
        return self.responded_on or self.offered_on

    def accepted_by(self, on: date) -> bool:
        """Whether it had been accepted, wholly or partly, on or before a day."""
        answered = self.answered_on()
        return self.response in ACCEPTED_RESPONSES and answered is not None and answered <= on

    def open_on(self, on: date) -> bool:
        """Whether it had been offered, and neither ended nor declined, by a day, included; enforcement closes none."""
        answered = self.answered_on()
        declined = self.response == "DECLINED" and answered is not None and answered <= on
        ended = self.ended_on is not None and self.ended_on <= on
        return self.offered_on <= on and not declined and not ended


class ConcernFact(NamedTuple):
    """A concern as the rules see it.

    Attributes:
        outcome: How the arrest, charge or suspicion ended; None if it has not, or nothing is known.
        outcome_on: When that was.
    """

    ref: str
    occurred_on: date
    type: str
    group: str | None
    source: str | None = None
    information: str | None = None
    handling: str | None = None
    outcome: str | None = None
    outcome_on: date | None = None

    def ended_without_action(self, by: date) -> bool:
        """Whether it had ended without further action by a day, included."""
        return self.outcome == NO_FURTHER_ACTION and (self.outcome_on or self.occurred_on) <= by


class DecisionFact(NamedTuple):
    """A decision as the rules see it."""

    ref: str
    decided_on: date
    rule: str | None
    decision: str
    step: str | None
    actioned_on: date | None = None


class RagFact(NamedTuple):
    """A RAG entry."""

    set_on: date
    rag: str
    reason: str


class ActionFact(NamedTuple):
    """An action with its due date."""

    ref: str
    due_on: date
    done_on: date | None
    cancelled_on: date | None


class CaseFacts(NamedTuple):
    """All facts of one case that the rules use; the records of one type are in no particular order.

    Attributes:
        starts_on: Adoption (IOM) or notification (Phoenix), included; None before it, when no rule applies.
        closed_on: The day the case closed, which still counts; None while it is open.
        delivered_on: The days on which an attempt to deliver the notification succeeded.
        cohort: The IOM cohort; None for Phoenix.
        statuses: The statutory statuses by the day from which the case had them; empty for the present one alone.
        known_on: The last day, included, on which a previous state of the record was current; None for the current
            state.
        changes: What was recorded, corrected or deleted at the end of a previous state.
        pronoun: The pronoun of the person, for sentences.
    """

    case_ref: str
    programme: str
    starts_on: date | None
    closed_on: date | None = None
    trial_arm: str | None = None
    statutory_status: str | None = None
    iom_licence_condition: bool = False
    notice_served_on: date | None = None
    release_plan_on: date | None = None
    expected_release_on: date | None = None
    custody: tuple[CustodyPeriod, ...] = ()
    orders: tuple[OrderFact, ...] = ()
    contacts: tuple[ContactFact, ...] = ()
    ratings: tuple[RatingFact, ...] = ()
    offers: tuple[OfferFact, ...] = ()
    concerns: tuple[ConcernFact, ...] = ()
    decisions: tuple[DecisionFact, ...] = ()
    rag: tuple[RagFact, ...] = ()
    actions: tuple[ActionFact, ...] = ()
    delivered_on: tuple[date, ...] = ()
    cohort: str | None = None
    statuses: tuple[StatusFact, ...] = ()
    known_on: date | None = None
    changes: tuple[RecordChange, ...] = ()
    pronoun: str = "they"

    @property
    def legal_position(self) -> LegalPosition:
        """The orders and statuses of which some may be in force."""
        statuses = self.statuses or (StatusFact(date.min, self.statutory_status),)
        return LegalPosition(self.orders, statuses, self.iom_licence_condition)

    def ended_by(self, on: date) -> bool:
        """Whether the case is closed on a day, as it is on the day it closed: nothing is owed on that day any more."""
        return has_ended(self.closed_on, on)

    def in_custody(self, on: date) -> bool:
        """Whether a day is a custody day: from reception, included, to release, excluded."""
        return in_custody(self.custody, on)

    def intelligence(self) -> frozenset[str]:
        """The references of the concerns that are intelligence, and of the decisions on any."""
        decisions = (decision.ref for decision in self.decisions if decision.rule == INTELLIGENCE_RULE)
        concerns = (concern.ref for concern in self.concerns if concern.type == INTELLIGENCE_CONCERN_TYPE)
        return frozenset((*concerns, *decisions))

    def without(self, refs: AbstractSet[str]) -> "CaseFacts":
        """Return the case as it would be if some concerns and decisions had never been recorded."""
        concerns = tuple(concern for concern in self.concerns if concern.ref not in refs)
        decisions = tuple(decision for decision in self.decisions if decision.ref not in refs)
        return self._replace(concerns=concerns, decisions=decisions)

    def custody_until(self, on: date) -> tuple[CustodyPeriod, ...]:
        """The periods in custody as they were known on a day: later receptions and releases are left out."""
        if not self.custody:  # as of nearly every case
            return ()
        return tuple(
            CustodyPeriod(s.received_on, s.released_on if s.released_on is not None and s.released_on <= on else None)
            for s in self.custody
            if s.received_on <= on
        )

    def last_day(self, as_of: date) -> date:
        """The as-of day or the closing day, whichever is earlier; it is included."""
        return as_of if self.closed_on is None else min(as_of, self.closed_on)


def latest_step(decisions: Iterable[DecisionFact], as_of: date) -> tuple[str, DecisionFact | None]:
    """Return the current enforcement step and the decision that set it.

    This is the step of the latest ESCALATE or DE_ESCALATE; L0 before the first, and if a DE_ESCALATE names no step.
    """
    moves = [d for d in decisions if d.decided_on <= as_of and d.decision in {"ESCALATE", "DE_ESCALATE"}]
    if not moves:
        return NO_STEP, None
    # Of several decisions on one day, the one with the highest reference is the latest.
    latest = max(moves, key=lambda d: (d.decided_on, d.ref))
    return latest.step or NO_STEP, latest


def is_enforcement(decision: DecisionFact) -> bool:
    """Whether a decision is an ESCALATE to a step of L1 or above; PARALLEL is safeguarding, not enforcement."""
    return decision.decision == "ESCALATE" and decision.step not in {None, "", NO_STEP, "PARALLEL"}


def latest_facts(history: Sequence[CaseFacts]) -> CaseFacts:
    """Return the current state, which is the last of a history."""
    return history[-1]


def once_for_case(find: Callable[[Policies, CaseFacts, date], T]) -> Callable[[Policies, CaseFacts, date], T]:
    """Keep what a function found on the last case, by the day: facts and policies are frozen, so it is the same.

    Policies and case are told by identity, which is why they are held until another case is asked about.
    """
    last: tuple[Policies | None, CaseFacts | None, dict[date, T]] = (None, None, {})

    @wraps(find)
    def found(policies: Policies, case: CaseFacts, as_of: date) -> T:
        nonlocal last
        of_policies, of_case, by_day = last
        if case is not of_case or policies is not of_policies:
            by_day = {}
            last = (policies, case, by_day)  # in one step: several threads evaluate cases of their own
        if as_of not in by_day:
            by_day[as_of] = find(policies, case, as_of)
        return by_day[as_of]

    return found


@once_for_case
def completed_until(policies: Policies, case: CaseFacts, as_of: date) -> tuple[ContactFact, ...]:
    """Return the completed contacts up to a day, included: one pass for everything that asks when somebody was seen."""
    return tuple([each for each in case.contacts if each.at.on <= as_of and each.completed(policies)])
