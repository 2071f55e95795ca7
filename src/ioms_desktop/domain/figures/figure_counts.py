"""Counts the cells of a quarter, one case at a time so that the caseload is never in memory as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ioms_desktop.domain.dates.calendar import age_on
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.figure_tables import (
    CHARACTERISTICS,
    LATE,
    NO_CODE,
    NO_RAG,
    NO_RESPONSE,
    ON_TIME,
    OPEN,
    OPEN_CASES,
    WITHOUT_STEP,
    FigureCell,
    TablePlan,
    group_code_of,
    measure_cell,
)
from ioms_desktop.domain.policy.case_facts import CaseFacts, DecisionFact, is_enforcement
from ioms_desktop.domain.policy.case_figures import rag_on
from ioms_desktop.domain.policy.measures import Tally, median, percentile_90
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import DECIDED, WITHDRAWN, Trigger, evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCase:
    """The facts of a case that are counted; none of them identifies the person.

    Attributes:
        history: Its states, the current one last.
        status: Its status on the last day of the quarter.
        born_on: The person's date of birth.
        sex: The person's sex as recorded.
        ethnicity: The person's self-defined ethnicity.
        offer_types: The type of each offer by its reference.
    """

    history: Sequence[CaseFacts]
    status: str
    born_on: date
    sex: str | None
    ethnicity: str | None
    offer_types: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCounts:
    """The true figures of a quarter.

    Attributes:
        cells: Every figure that may be published.
        days: Medians and percentiles by name, in days; None for no values.
    """

    cells: Mapping[FigureCell, int]
    days: Mapping[str, float | None]


def count_figures(plan: TablePlan, policies: Policies, cases: Iterable[CountedCase], quarter: Quarter) -> FigureCounts:
    """Count a quarter as of its last day, including what was recorded about that time later."""
    counting = _FigureCounter(plan, policies, quarter)
    for case in cases:
        counting.add(case)
    return counting.result()


@dataclass(slots=True)
class _FigureCounter:
    plan: TablePlan
    policies: Policies
    quarter: Quarter
    cells: Counter[FigureCell] = field(default_factory=Counter)
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        last = self.quarter.last
        self.tally = Tally(self.quarter.first, last, last)

    def add(self, counted: CountedCase) -> None:
        """Count one case."""
        case = counted.history[-1]
        found = evaluate(self.policies, counted.history, self.quarter.last)
        self.tally.add_evaluated_case(self.policies, case, found)
        due = [trigger for trigger in found if self._is_due_in_quarter(trigger)]
        made = [offer for offer in case.offers if self.tally.is_in_period(offer.offered_on)]
        decided = [decision for decision in case.decisions if self.tally.is_in_period(decision.decided_on)]
        for trigger in due:
            self._increment("triggers_by_rule", f"{_known_code(trigger.rule, self.plan.rules)}/{_timeliness(trigger)}")
        for offer in made:
            response = self._response_code(offer.response, offer.answered_on())
            kind = _known_code(counted.offer_types.get(offer.ref, ""), self.plan.offer_types)
            self._increment("offers_by_response", response)
            self._increment("offers_by_type", f"{kind}/{response}")
        for decision in decided:
            self._increment("decisions_by_step", self._decision_code(decision))
        stands = self._is_open_at_end(case)
        if stands:
            status = _known_code(counted.status, self.plan.statuses[case.programme])
            rag = rag_on(case, self.quarter.last)
            self.cells[OPEN_CASES["PHOENIX"]] += case.programme == "PHOENIX"
            self._increment("cases_by_status", f"{case.programme}/{status}")
            self._increment(
                "cases_by_rag", f"{case.programme}/{NO_RAG if rag is None else _known_code(rag.rag, self.plan.rags)}"
            )
        points = {
            f"{case.programme}_OPEN": stands,
            "OFFERED": len(made),
            "TRIGGERED": len(due),
            "ENFORCED": sum(is_enforcement(decision) for decision in decided),
        }
        self._count_by_characteristic(counted, points)

    def result(self) -> FigureCounts:
        """Return the figures."""
        tally = self.tally
        found = {
            "swiftness.decisions": len(tally.working_days_to_decision),
            "swiftness.on_time": tally.decided_on_time,
            "swiftness.actions": len(tally.days_to_action),
            "swiftness.actions_on_time": tally.acted_on_time,
            "certainty.due": tally.due,
            "certainty.decided": tally.due_decided,
            "certainty.on_time": tally.due_on_time,
            "balance.offers_made": tally.offers_made,
            "balance.offers_accepted": tally.offers_accepted,
            "balance.offers_open": tally.offers_open,
            "balance.enforcement_decisions": tally.enforcement_decisions,
        }
        for name, group in (("contact_standards", tally.standards), ("funnel", tally.funnel), ("flow", tally.flow)):
            found |= {f"{name}.{key}": value for key, value in group.items()}
        self.cells.update({measure_cell(name): value for name, value in found.items()})
        return FigureCounts(
            cells={cell: self.cells[cell] for cell in self.plan.cells()},
            days={
                "swiftness.working_days_median": median(tally.working_days_to_decision),
                "swiftness.working_days_p90": percentile_90(tally.working_days_to_decision),
                "swiftness.action_days_median": median(tally.days_to_action),
                "swiftness.action_days_p90": percentile_90(tally.days_to_action),
            },
        )

    def _increment(self, cube: str, name: str, by: int = 1) -> None:
        self.cells[FigureCell(cube, name)] += by

    def _is_due_in_quarter(self, trigger: Trigger) -> bool:
        return trigger.status != WITHDRAWN and self.quarter.first <= trigger.decision_due <= self.quarter.last

    def _is_open_at_end(self, case: CaseFacts) -> bool:
        last = self.quarter.last
        begun = case.starts_on is not None and case.starts_on <= last
        return begun and not case.ended_by(last)

    def _response_code(self, response: str | None, answered_on: date | None) -> str:
        if response is None or answered_on is None or answered_on > self.quarter.last:
            return NO_RESPONSE
        return response

    def _decision_code(self, decision: DecisionFact) -> str:
        if decision.decision != "ESCALATE":
            return decision.decision
        if not is_enforcement(decision):
            return f"ESCALATE/{WITHOUT_STEP}"
        return f"ESCALATE/{group_code_of(self.plan.steps, decision.step)}"

    def _count_by_characteristic(self, counted: CountedCase, points: Mapping[str, int]) -> None:
        said = {"by_sex": counted.sex, "by_ethnicity": counted.ethnicity, "by_age": None}
        age = age_on(counted.born_on, self.quarter.last)
        for cube in CHARACTERISTICS:
            group = group_code_of(self.plan.groups[cube], said[cube], age if cube == "by_age" else None)
            for point, times in points.items():
                if times:
                    self._increment(cube, f"{point}/{group}", times)


def _known_code(code: str, codes: Sequence[str]) -> str:
    return code if code in codes else NO_CODE


def _timeliness(trigger: Trigger) -> str:
    if trigger.status != DECIDED or trigger.decided_on is None:
        return OPEN
    return ON_TIME if trigger.decided_on <= trigger.decision_due else LATE
