"""The fixed tables of the published figures: cells, constraints between cells, and thresholds.

Readers cannot choose tables or periods: the same cells are counted for every quarter, whatever the records contain.
Free queries would let a reader subtract one result from another and so single out a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.disclosure_control import LinearConstraint
from ioms_desktop.domain.policy.measures import FLOW_MEASURES, FUNNEL_STAGES, STANDARD_MEASURES
from ioms_desktop.domain.records.code_lists import Code, CodeLists

MEASURES = "measures"
NO_CODE, NO_RAG, NO_RESPONSE = "NO_CODE", "NO_RAG", "NO_RESPONSE"
ON_TIME, LATE, OPEN = "ON_TIME", "LATE", "OPEN"
WITHOUT_STEP = "WITHOUT_STEP"
PROGRAMMES = ("IOM", "PHOENIX")
CHARACTERISTICS = {"by_sex": "sex", "by_age": "age", "by_ethnicity": "ethnicity"}
CHARACTERISTIC_LISTS = {"by_sex": "sex", "by_ethnicity": "ethnicity_self"}


class FigureCell(NamedTuple):
    """A figure of a table; a remainder, which is never published, has no table."""

    cube: str
    name: str

    def key_in(self, quarter: Quarter) -> tuple[str, str, str]:
        """The figure of a quarter."""
        return (quarter.name, self.cube, self.name)


class FigureSum(NamedTuple):
    """A total and its parts."""

    whole: FigureCell
    parts: tuple[FigureCell, ...]


def measure_cell(name: str) -> FigureCell:
    """A figure of the board report."""
    return FigureCell(MEASURES, name)


def remainder_cell(name: str) -> FigureCell:
    """A remainder."""
    return FigureCell("", name)


DECISIONS_DUE, DECISIONS_MADE, DECISIONS_ON_TIME = (
    measure_cell(f"certainty.{name}") for name in ("due", "decided", "on_time")
)
OFFERS_MADE, OFFERS_ACCEPTED, OFFERS_OPEN = (
    measure_cell(f"balance.{name}") for name in ("offers_made", "offers_accepted", "offers_open")
)
ENFORCEMENT_DECISIONS = measure_cell("balance.enforcement_decisions")
OPEN_CASES = {"IOM": measure_cell("contact_standards.cases"), "PHOENIX": measure_cell("cases.phoenix_open")}
LATE_REMAINDER, OPEN_REMAINDER, ACCEPTED_REMAINDER = (
    remainder_cell(name) for name in ("certainty.late", "certainty.open", "offers.accepted")
)
SHARE_PARTS = {
    "swiftness.on_time_share": ("swiftness.on_time", "swiftness.decisions"),
    "swiftness.action_on_time_share": ("swiftness.actions_on_time", "swiftness.actions"),
    "certainty.decided_share": ("certainty.decided", "certainty.due"),
    "certainty.on_time_share": ("certainty.on_time", "certainty.due"),
}
"""The two figures of each share, which is published if both of them are and the second is large enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The thresholds of published figures.

    Attributes:
        min_count: The lowest publishable count, included.
        min_protected_count: The lowest publishable count by a protected characteristic, included.
        min_share_base: The lowest number, included, on which a share, a median or a percentile may be based.
    """

    min_count: int
    min_protected_count: int
    min_share_base: int


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Codes or ages that are counted together.

    Attributes:
        code: The name of the cell.
        codes: Its codes; a code in no group counts in the last one.
        ages: The lowest and the highest age, both included; None if it is not a group of ages.
        neutral: Whether a zero reveals nothing about anybody, as in the group of unrecorded values.
    """

    code: str
    codes: frozenset[str] = frozenset()
    ages: tuple[int, int] | None = None
    neutral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """The tables of a quarter, made from the code lists.

    Attributes:
        thresholds: The thresholds below which figures are suppressed.
        statuses: The statuses of each programme.
        rags: The RAG ratings.
        rules: The rules that raise triggers.
        responses: The responses to an offer.
        offer_types: The types of support.
        steps: The groups of enforcement steps.
        groups: The groups of each protected characteristic.
        decision_points: The decision points by their name in a cell, with the total that each breaks down.
        days: Medians and percentiles, with the count each is based on.
    """

    thresholds: Thresholds
    statuses: Mapping[str, tuple[str, ...]]
    rags: tuple[str, ...]
    rules: tuple[str, ...]
    responses: tuple[str, ...]
    offer_types: tuple[str, ...]
    steps: tuple[FigureGroup, ...]
    groups: Mapping[str, tuple[FigureGroup, ...]]
    decision_points: Mapping[str, FigureCell]
    days: Mapping[str, str]

    @classmethod
    def from_lists(cls, lists: CodeLists) -> "TablePlan":
        """Build the plan from the code lists."""
        words = lists.of("figure_cell")
        least = {code.code: int(code.more["least"]) for code in lists.of("figure_threshold")}
        return cls(
            thresholds=Thresholds(
                min_count=least["COUNT"], min_protected_count=least["PROTECTED"], min_share_base=least["SHARE"]
            ),
            statuses={
                each: (*(code.code for code in lists.of("case_status") if code.used_by(each)), NO_CODE)
                for each in PROGRAMMES
            },
            rags=(*_codes(lists, "rag"), NO_RAG),
            rules=(*_codes(lists, "rule"), NO_CODE),
            responses=(*_codes(lists, "offer_response"), NO_RESPONSE),
            offer_types=(*_codes(lists, "offer_type"), NO_CODE),
            steps=(*_figure_groups(words, "step"), FigureGroup(NO_CODE)),
            groups={
                cube: tuple(
                    replace(group, codes=lists.of(CHARACTERISTIC_LISTS[cube]).spellings(group.codes))
                    if cube in CHARACTERISTIC_LISTS
                    else group
                    for group in _figure_groups(words, kind)
                )
                for cube, kind in CHARACTERISTICS.items()
            },
            decision_points={
                code.code: measure_cell(code.more["whole"]) for code in words if code.more["kind"] == "point"
            },
            days={code.code: code.more["of"] for code in words if code.more["kind"] == "days"},
        )

    def cells(self) -> tuple[FigureCell, ...]:
        """Every figure that may be published, in display order."""
        return (
            *self._measure_cells(),
            *(FigureCell("cases_by_status", f"{p}/{code}") for p in PROGRAMMES for code in self.statuses[p]),
            *(FigureCell("cases_by_rag", f"{p}/{code}") for p in PROGRAMMES for code in self.rags),
            *(
                FigureCell("triggers_by_rule", f"{rule}/{came}")
                for rule in self.rules
                for came in (ON_TIME, LATE, OPEN)
            ),
            *(FigureCell("decisions_by_step", f"ESCALATE/{group.code}") for group in self.steps),
            FigureCell("decisions_by_step", f"ESCALATE/{WITHOUT_STEP}"),
            *(FigureCell("decisions_by_step", code) for code in ("HOLD", "ALTERNATIVE", "DE_ESCALATE")),
            *(FigureCell("offers_by_response", code) for code in self.responses),
            *(FigureCell("offers_by_type", f"{kind}/{code}") for kind in self.offer_types for code in self.responses),
            *(
                cell
                for cube in CHARACTERISTICS
                for point in self.decision_points
                for cell in self.breakdown(cube, point)
            ),
        )

    def _measure_cells(self) -> Iterable[FigureCell]:
        swift = ("decisions", "on_time", "actions", "actions_on_time")
        yield from (measure_cell(f"swiftness.{name}") for name in swift)
        yield from (
            DECISIONS_DUE,
            DECISIONS_MADE,
            DECISIONS_ON_TIME,
            OFFERS_MADE,
            OFFERS_ACCEPTED,
            OFFERS_OPEN,
            ENFORCEMENT_DECISIONS,
        )
        yield from (measure_cell(f"contact_standards.{name}") for name in STANDARD_MEASURES)
        yield from (measure_cell(f"funnel.{name}") for name in FUNNEL_STAGES)
        yield from (measure_cell(f"flow.{name}") for name in FLOW_MEASURES)
        yield OPEN_CASES["PHOENIX"]

    def breakdown(self, cube: str, point: str) -> tuple[FigureCell, ...]:
        """The cells of a decision point by a protected characteristic."""
        return tuple(FigureCell(cube, f"{point}/{group.code}") for group in self.groups[cube])

    def min_count(self, cell: FigureCell) -> int:
        """The lowest publishable count of a figure."""
        return self.thresholds.min_protected_count if cell.cube in CHARACTERISTICS else self.thresholds.min_count

    def hides_zero(self, cell: FigureCell) -> bool:
        """Whether a zero is suppressed as well, because it would reveal something about everybody in a group."""
        neutral = {group.code for groups in self.groups.values() for group in groups if group.neutral}
        return cell.cube in CHARACTERISTICS and cell.name.split("/")[-1] not in neutral

    def breakdown_totals(self) -> dict[FigureCell, FigureCell]:
        """Return, for each figure by a protected characteristic, the total it is a part of."""
        return {
            cell: whole
            for cube in CHARACTERISTICS
            for point, whole in self.decision_points.items()
            for cell in self.breakdown(cube, point)
        }

    def sums(self) -> tuple[FigureSum, ...]:
        """The sums within a quarter."""
        types = {
            code: tuple(FigureCell("offers_by_type", f"{kind}/{code}") for kind in self.offer_types)
            for code in self.responses
        }
        return (
            *_REMAINDERS,
            *(
                FigureSum(whole, self._triggers_by_rule(came))
                for whole, came in ((DECISIONS_ON_TIME, ON_TIME), (LATE_REMAINDER, LATE), (OPEN_REMAINDER, OPEN))
            ),
            FigureSum(
                ENFORCEMENT_DECISIONS,
                tuple(FigureCell("decisions_by_step", f"ESCALATE/{group.code}") for group in self.steps),
            ),
            *(FigureSum(FigureCell("offers_by_response", code), parts) for code, parts in types.items()),
            *(
                FigureSum(OPEN_CASES[p], self._open_case_cells(p, "cases_by_status", self.statuses[p]))
                for p in PROGRAMMES
            ),
            *(FigureSum(OPEN_CASES[p], self._open_case_cells(p, "cases_by_rag", self.rags)) for p in PROGRAMMES),
            *(
                FigureSum(whole, self.breakdown(cube, point))
                for cube in CHARACTERISTICS
                for point, whole in self.decision_points.items()
            ),
        )

    def _triggers_by_rule(self, came: str) -> tuple[FigureCell, ...]:
        return tuple(FigureCell("triggers_by_rule", f"{rule}/{came}") for rule in self.rules)

    @staticmethod
    def _open_case_cells(programme: str, cube: str, codes: Sequence[str]) -> tuple[FigureCell, ...]:
        return tuple(FigureCell(cube, f"{programme}/{code}") for code in codes)


def _codes(lists: CodeLists, name: str) -> tuple[str, ...]:
    return tuple(code.code for code in lists.of(name))


def _figure_groups(words: Iterable[Code], kind: str) -> tuple[FigureGroup, ...]:
    return tuple(
        FigureGroup(
            code.code,
            frozenset(code.more.get("codes", ())),
            tuple(code.more["ages"]) if "ages" in code.more else None,
            bool(code.more.get("neutral", False)),
        )
        for code in words
        if code.more["kind"] == kind
    )


def group_code_of(groups: Sequence[FigureGroup], code: str | None, age: int | None = None) -> str:
    """Return the group of a code or an age; what is in no other group is in the last one."""
    for group in groups:
        if code in group.codes or (age is not None and group.ages and group.ages[0] <= age <= group.ages[1]):
            return group.code
    return groups[-1].code


_BY_RESPONSE = {
    code: FigureCell("offers_by_response", code) for code in ("ACCEPTED", "PARTLY", "DECLINED", NO_RESPONSE)
}
_REMAINDERS = (
    FigureSum(DECISIONS_DUE, (DECISIONS_MADE, OPEN_REMAINDER)),
    FigureSum(DECISIONS_MADE, (DECISIONS_ON_TIME, LATE_REMAINDER)),
    FigureSum(
        measure_cell("swiftness.decisions"), (measure_cell("swiftness.on_time"), remainder_cell("swiftness.late"))
    ),
    FigureSum(
        measure_cell("swiftness.actions"),
        (measure_cell("swiftness.actions_on_time"), remainder_cell("swiftness.actions_late")),
    ),
    FigureSum(ACCEPTED_REMAINDER, (_BY_RESPONSE["ACCEPTED"], _BY_RESPONSE["PARTLY"])),
    FigureSum(OFFERS_MADE, (ACCEPTED_REMAINDER, _BY_RESPONSE["DECLINED"], _BY_RESPONSE[NO_RESPONSE])),
    FigureSum(OFFERS_ACCEPTED, (ACCEPTED_REMAINDER, remainder_cell("offers.accepted_earlier"))),
    *(
        FigureSum(OPEN_CASES["IOM"], (measure_cell(f"contact_standards.{name}"), remainder_cell(f"kept.{name}")))
        for name in STANDARD_MEASURES
        if name != "cases"
    ),
    *(
        FigureSum(
            measure_cell(f"funnel.{more}"), (measure_cell(f"funnel.{fewer}"), remainder_cell(f"funnel.{more}_{fewer}"))
        )
        for more, fewer in (
            ("selected", "notified"),
            ("notified", "offered"),
            ("notified", "seen"),
            ("offered", "accepted"),
        )
    ),
)
"""The remainders between two figures. A reader can compute them, so they are protected although never published."""


def constraints_from_sums(sums: Iterable[FigureSum], quarter: Quarter) -> list[LinearConstraint]:
    """Write sums as constraints on the figures of a quarter."""
    return [
        LinearConstraint((each.whole.key_in(quarter),), tuple(part.key_in(quarter) for part in each.parts))
        for each in sums
    ]


def constraints_with_previous_quarter(quarter: Quarter) -> list[LinearConstraint]:
    """Return the constraints between a quarter and the one before it.

    Cases open before plus those that began equal those that closed plus those open now. People who were ever notified,
    offered support or seen stay counted, so the difference between two quarters is the number of new people.
    """
    flows: list[tuple[FigureCell, tuple[FigureCell, ...], FigureCell]] = [
        (
            open_cases,
            (measure_cell(f"flow.{p.lower()}_started"), remainder_cell(f"{p}.closed_unstarted")),
            measure_cell(f"flow.{p.lower()}_closed"),
        )
        for p, open_cases in OPEN_CASES.items()
    ]
    flows.append((OFFERS_OPEN, (OFFERS_MADE,), remainder_cell("offers.closed")))
    found = [
        LinearConstraint(
            (stock.key_in(quarter.previous), *(cell.key_in(quarter) for cell in more)),
            (stock.key_in(quarter), fewer.key_in(quarter)),
        )
        for stock, more, fewer in flows
    ]
    found += [
        LinearConstraint(
            (ever.key_in(quarter.previous), remainder_cell(f"new.{name}").key_in(quarter)), (ever.key_in(quarter),)
        )
        for name, ever in ((name, measure_cell(f"funnel.{name}")) for name in FUNNEL_STAGES)
    ]
    started = FigureSum(
        measure_cell("flow.phoenix_started"),
        (remainder_cell("new.notified"), remainder_cell("PHOENIX.started_control")),
    )
    return [*found, *constraints_from_sums((started,), quarter)]
