"""The measures of a programme: whether decisions are swift and certain, and support balances enforcement.

Source: the engagement and escalation policy, "Clocks: swift and certain".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from ioms_desktop.domain.dates.calendar import working_days_between
from ioms_desktop.domain.policy.case_facts import CONTROL_ARM, CaseFacts, completed_until
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.standards import overdue_standards
from ioms_desktop.domain.policy.suggestions import count_enforcement_decisions
from ioms_desktop.domain.policy.triggers import DECIDED, WITHDRAWN, Trigger, evaluate

STANDARD_MEASURES = ("cases", "contact_overdue", "rag_review_overdue", "notice_overdue", "release_plan_overdue")
FUNNEL_STAGES = ("selected", "notified", "offered", "accepted", "seen")
FLOW_MEASURES = ("iom_started", "iom_closed", "phoenix_started", "phoenix_closed")


@dataclass(slots=True)
class Tally:
    """The measures of a period, counted one case at a time so that the caseload is never in memory as a whole.

    Attributes:
        first: The first day of the period, included.
        last: The last day of the period, included.
        as_of: Only events dated on or before this day count.
    """

    first: date
    last: date
    as_of: date
    working_days_to_decision: list[int] = field(default_factory=list)
    decided_on_time: int = 0
    days_to_action: list[int] = field(default_factory=list)
    acted_on_time: int = 0
    due: int = 0
    due_decided: int = 0
    due_on_time: int = 0
    offers_made: int = 0
    offers_accepted: int = 0
    offers_open: int = 0
    enforcement_decisions: int = 0
    standards: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STANDARD_MEASURES, 0))
    funnel: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FUNNEL_STAGES, 0))
    flow: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FLOW_MEASURES, 0))

    def is_in_period(self, on: date | None) -> bool:
        """Whether a day lies in the period, both ends included, and not after the as-of day; not if it is None."""
        return on is not None and self.first <= on <= min(self.last, self.as_of)

    def add(self, other: "Tally") -> None:
        """Add what was counted of other cases, for the same period as of the same day."""
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if isinstance(mine, dict):
                for name, number in theirs.items():
                    mine[name] += number
            elif not isinstance(mine, date):
                setattr(self, each.name, mine + theirs)

    def add_case(self, policies: Policies, history: Sequence[CaseFacts]) -> None:
        """Count one case."""
        self.add_evaluated_case(policies, history[-1], evaluate(policies, history, self.as_of))

    def add_evaluated_case(self, policies: Policies, case: CaseFacts, triggers: Iterable[Trigger]) -> None:
        """Count one case whose triggers have been evaluated as of the as-of day."""
        for trigger in triggers:
            self._count_swiftness(trigger)
            self._count_certainty(trigger)
        self._count_balance(case)
        self._count_standards(policies, case)
        self._count_funnel(policies, case)
        self._count_flow(case)

    def _count_swiftness(self, trigger: Trigger) -> None:
        decided_on, served_on = trigger.decided_on, trigger.actioned_on
        if decided_on is None:
            return
        if self.is_in_period(decided_on):
            self.working_days_to_decision.append(working_days_between(trigger.raised_on, decided_on))
            self.decided_on_time += decided_on <= trigger.decision_due
        if served_on is not None and trigger.action_due is not None and self.is_in_period(served_on):
            self.days_to_action.append((served_on - decided_on).days)
            self.acted_on_time += served_on <= trigger.action_due

    def _count_certainty(self, trigger: Trigger) -> None:
        # The due date decides in which period a trigger counts, so that one without a decision counts as well.
        # Nobody has to decide on a withdrawn trigger.
        if trigger.status == WITHDRAWN or not self.first <= trigger.decision_due <= self.last:
            return
        self.due += 1
        if trigger.status == DECIDED and trigger.decided_on is not None:
            self.due_decided += 1
            self.due_on_time += trigger.decided_on <= trigger.decision_due

    def _count_balance(self, case: CaseFacts) -> None:
        last = min(self.last, self.as_of)
        for offer in case.offers:
            self.offers_made += self.is_in_period(offer.offered_on)
            self.offers_accepted += offer.accepted_by(last) and self.is_in_period(offer.answered_on())
            self.offers_open += offer.open_on(last)
        self.enforcement_decisions += count_enforcement_decisions(case, self.first, last)

    def _count_standards(self, policies: Policies, case: CaseFacts) -> None:
        last = min(self.last, self.as_of)
        if case.programme != "IOM" or case.starts_on is None or case.starts_on > last:
            return
        if case.ended_by(last):
            return
        self.standards["cases"] += 1
        for each in overdue_standards(policies, case, last):
            self.standards[f"{each.standard.lower()}_overdue"] += 1

    def _count_funnel(self, policies: Policies, case: CaseFacts) -> None:
        last = min(self.last, self.as_of)
        if case.programme != "PHOENIX" or case.trial_arm == CONTROL_ARM:
            return
        self.funnel["selected"] += 1
        notified = case.starts_on is not None and case.starts_on <= last
        self.funnel["notified"] += notified
        offered = any(offer.offered_on <= last for offer in case.offers)
        self.funnel["offered"] += offered
        self.funnel["accepted"] += any(offer.accepted_by(last) for offer in case.offers)
        self.funnel["seen"] += bool(completed_until(policies, case, last))

    def _count_flow(self, case: CaseFacts) -> None:
        self.flow[f"{case.programme.lower()}_started"] += self.is_in_period(case.starts_on)
        self.flow[f"{case.programme.lower()}_closed"] += self.is_in_period(case.closed_on)


def tally_measures(
    policies: Policies, cases: Iterable[Sequence[CaseFacts]], first: date, last: date, as_of: date | None = None
) -> Tally:
    """Count the measures of a period, both ends included, as of a day, which is its last day if None."""
    counted = Tally(first, last, last if as_of is None else as_of)
    for history in cases:
        counted.add_case(policies, history)
    return counted


def median(values: Sequence[int]) -> float | None:
    """Return the median, which for an even count is the mean of the middle two; None for no values."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    value = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return int(value) if value == int(value) else value


def percentile_90(values: Sequence[int]) -> int | None:
    """Return the 90th percentile by nearest rank; None for no values."""
    # The nearest rank is 0.9 n rounded up, computed in whole numbers because 0.9 is no exact float.
    return sorted(values)[-(-9 * len(values) // 10) - 1] if values else None


def share(part: int, whole: int) -> float | None:
    """Return a share from 0 to 1; None if the whole is 0."""
    return part / whole if whole else None
