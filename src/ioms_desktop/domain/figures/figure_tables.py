"""The fixed tables of the published figures: their cells, what ties the cells together, and the thresholds.

Nobody chooses a table or a period: the same cells are counted for every quarter, whatever the records are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.disclosure_control import Balance
from ioms_desktop.domain.policy.measures import FLOW, FUNNEL, STANDARDS
from ioms_desktop.domain.records.code_lists import Code, CodeLists

MEASURES = "measures"
NO_CODE, NO_RAG, NO_RESPONSE = "NO_CODE", "NO_RAG", "NO_RESPONSE"
ON_TIME, LATE, OPEN = "ON_TIME", "LATE", "OPEN"
WITHOUT_STEP = "WITHOUT_STEP"
PROGRAMMES = ("IOM", "PHOENIX")
CHARACTERISTICS = {"by_sex": "sex", "by_age": "age", "by_ethnicity": "ethnicity"}


class Cell(NamedTuple):
    """A figure of a table; what is published nowhere, a remainder, has no cube."""

    cube: str
    name: str

    def of(self, quarter: Quarter) -> tuple[str, str, str]:
        """The figure of a quarter."""
        return (quarter.name, self.cube, self.name)


class Sum(NamedTuple):
    """A figure and the parts that make it up."""

    whole: Cell
    parts: tuple[Cell, ...]


def measure(name: str) -> Cell:
    """A figure of the board report."""
    return Cell(MEASURES, name)


def rest(name: str) -> Cell:
    """A remainder."""
    return Cell("", name)


DUE, DECIDED, IN_TIME = (measure(f"certainty.{name}") for name in ("due", "decided", "on_time"))
OFFERS, ACCEPTED, OFFERS_OPEN = (
    measure(f"balance.{name}") for name in ("offers_made", "offers_accepted", "offers_open")
)
ENFORCED = measure("balance.enforcement_decisions")
IN_PROGRAMME = {"IOM": measure("contact_standards.cases"), "PHOENIX": measure("cases.phoenix_open")}
REST_LATE, REST_OPEN, REST_ACCEPTED = (rest(name) for name in ("certainty.late", "certainty.open", "offers.accepted"))
SHARES = {
    "swiftness.on_time_share": ("swiftness.on_time", "swiftness.decisions"),
    "swiftness.action_on_time_share": ("swiftness.actions_on_time", "swiftness.actions"),
    "certainty.decided_share": ("certainty.decided", "certainty.due"),
    "certainty.on_time_share": ("certainty.on_time", "certainty.due"),
}
"""Of which two figures a share is worked out; it is given where both are published and the second is large enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How small a published figure may be.

    Attributes:
        count: The smallest count.
        protected: The smallest count by a protected characteristic.
        share: The smallest number of which a share, a median or a percentile is given.
    """

    count: int
    protected: int
    share: int


@dataclass(frozen=True, slots=True)
class Group:
    """Codes, or ages, that are counted together.

    Attributes:
        code: The word of the cell.
        codes: What it takes in; what no group names goes to the last one.
        ages: The least and the greatest age, both included; None where it is no group of ages.
        neutral: Whether a zero says nothing of anybody, as that none is without a record.
    """

    code: str
    codes: frozenset[str] = frozenset()
    ages: tuple[int, int] | None = None
    neutral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The tables of a quarter, from the code lists of an office.

    Attributes:
        thresholds: How small a figure may be.
        statuses: The statuses of each programme.
        rags: The colours.
        rules: The rules that raise triggers.
        responses: The responses to an offer.
        offer_types: The types of support.
        steps: The groups of enforcement steps.
        groups: The groups of each protected characteristic.
        points: The decision points by the word in a cell, with the figure each breaks down.
        days: Medians and percentiles, with the count each is of.
    """

    thresholds: Thresholds
    statuses: Mapping[str, tuple[str, ...]]
    rags: tuple[str, ...]
    rules: tuple[str, ...]
    responses: tuple[str, ...]
    offer_types: tuple[str, ...]
    steps: tuple[Group, ...]
    groups: Mapping[str, tuple[Group, ...]]
    points: Mapping[str, Cell]
    days: Mapping[str, str]

    @classmethod
    def from_lists(cls, lists: CodeLists) -> "Plan":
        """Read the plan from the code lists."""
        words = lists.of("figure_cell")
        least = {code.code: int(code.more["least"]) for code in lists.of("figure_threshold")}
        return cls(
            thresholds=Thresholds(count=least["COUNT"], protected=least["PROTECTED"], share=least["SHARE"]),
            statuses={
                each: (*(code.code for code in lists.of("case_status") if code.used_by(each)), NO_CODE)
                for each in PROGRAMMES
            },
            rags=(*_codes(lists, "rag"), NO_RAG),
            rules=(*_codes(lists, "rule"), NO_CODE),
            responses=(*_codes(lists, "offer_response"), NO_RESPONSE),
            offer_types=(*_codes(lists, "offer_type"), NO_CODE),
            steps=(*_groups(words, "step"), Group(NO_CODE)),
            groups={cube: _groups(words, kind) for cube, kind in CHARACTERISTICS.items()},
            points={code.code: measure(code.more["whole"]) for code in words if code.more["kind"] == "point"},
            days={code.code: code.more["of"] for code in words if code.more["kind"] == "days"},
        )

    def cells(self) -> tuple[Cell, ...]:
        """Every figure that may be published, in the order in which they are shown."""
        return (
            *self._measures(),
            *(Cell("cases_by_status", f"{p}/{code}") for p in PROGRAMMES for code in self.statuses[p]),
            *(Cell("cases_by_rag", f"{p}/{code}") for p in PROGRAMMES for code in self.rags),
            *(Cell("triggers_by_rule", f"{rule}/{came}") for rule in self.rules for came in (ON_TIME, LATE, OPEN)),
            *(Cell("decisions_by_step", f"ESCALATE/{group.code}") for group in self.steps),
            Cell("decisions_by_step", f"ESCALATE/{WITHOUT_STEP}"),
            *(Cell("decisions_by_step", code) for code in ("HOLD", "ALTERNATIVE", "DE_ESCALATE")),
            *(Cell("offers_by_response", code) for code in self.responses),
            *(Cell("offers_by_type", f"{kind}/{code}") for kind in self.offer_types for code in self.responses),
            *(cell for cube in CHARACTERISTICS for point in self.points for cell in self.breakdown(cube, point)),
        )

    def _measures(self) -> Iterable[Cell]:
        swift = ("decisions", "on_time", "actions", "actions_on_time")
        yield from (measure(f"swiftness.{name}") for name in swift)
        yield from (DUE, DECIDED, IN_TIME, OFFERS, ACCEPTED, OFFERS_OPEN, ENFORCED)
        yield from (measure(f"contact_standards.{name}") for name in STANDARDS)
        yield from (measure(f"funnel.{name}") for name in FUNNEL)
        yield from (measure(f"flow.{name}") for name in FLOW)
        yield IN_PROGRAMME["PHOENIX"]

    def breakdown(self, cube: str, point: str) -> tuple[Cell, ...]:
        """A decision point by a protected characteristic."""
        return tuple(Cell(cube, f"{point}/{group.code}") for group in self.groups[cube])

    def least(self, cell: Cell) -> int:
        """The smallest count of a figure that is published."""
        return self.thresholds.protected if cell.cube in CHARACTERISTICS else self.thresholds.count

    def hides_zero(self, cell: Cell) -> bool:
        """Whether a zero is too few to say as well: it would say something of everybody in a group."""
        neutral = {group.code for groups in self.groups.values() for group in groups if group.neutral}
        return cell.cube in CHARACTERISTICS and cell.name.split("/")[-1] not in neutral

    def wholes(self) -> dict[Cell, Cell]:
        """For each figure by a protected characteristic, the figure it is a part of."""
        return {
            cell: whole
            for cube in CHARACTERISTICS
            for point, whole in self.points.items()
            for cell in self.breakdown(cube, point)
        }

    def sums(self) -> tuple[Sum, ...]:
        """What adds up within a quarter."""
        types = {
            code: tuple(Cell("offers_by_type", f"{kind}/{code}") for kind in self.offer_types)
            for code in self.responses
        }
        return (
            *_REMAINDERS,
            *(
                Sum(whole, self._by_rule(came))
                for whole, came in ((IN_TIME, ON_TIME), (REST_LATE, LATE), (REST_OPEN, OPEN))
            ),
            Sum(ENFORCED, tuple(Cell("decisions_by_step", f"ESCALATE/{group.code}") for group in self.steps)),
            *(Sum(Cell("offers_by_response", code), parts) for code, parts in types.items()),
            *(Sum(IN_PROGRAMME[p], self._open(p, "cases_by_status", self.statuses[p])) for p in PROGRAMMES),
            *(Sum(IN_PROGRAMME[p], self._open(p, "cases_by_rag", self.rags)) for p in PROGRAMMES),
            *(
                Sum(whole, self.breakdown(cube, point))
                for cube in CHARACTERISTICS
                for point, whole in self.points.items()
            ),
        )

    def _by_rule(self, came: str) -> tuple[Cell, ...]:
        return tuple(Cell("triggers_by_rule", f"{rule}/{came}") for rule in self.rules)

    @staticmethod
    def _open(programme: str, cube: str, codes: Sequence[str]) -> tuple[Cell, ...]:
        return tuple(Cell(cube, f"{programme}/{code}") for code in codes)


def _codes(lists: CodeLists, name: str) -> tuple[str, ...]:
    return tuple(code.code for code in lists.of(name))


def _groups(words: Iterable[Code], kind: str) -> tuple[Group, ...]:
    return tuple(
        Group(
            code.code,
            frozenset(code.more.get("codes", ())),
            tuple(code.more["ages"]) if "ages" in code.more else None,
            bool(code.more.get("neutral", False)),
        )
        for code in words
        if code.more["kind"] == kind
    )


def group_of(groups: Sequence[Group], code: str | None, age: int | None = None) -> str:
    """Give the group of a code, or of an age; the last one takes what no other does."""
    for group in groups:
        if code in group.codes or (age is not None and group.ages and group.ages[0] <= age <= group.ages[1]):
            return group.code
    return groups[-1].code


_BY_RESPONSE = {code: Cell("offers_by_response", code) for code in ("ACCEPTED", "PARTLY", "DECLINED", NO_RESPONSE)}
_REMAINDERS = (
    Sum(DUE, (DECIDED, REST_OPEN)),
    Sum(DECIDED, (IN_TIME, REST_LATE)),
    Sum(measure("swiftness.decisions"), (measure("swiftness.on_time"), rest("swiftness.late"))),
    Sum(measure("swiftness.actions"), (measure("swiftness.actions_on_time"), rest("swiftness.actions_late"))),
    Sum(REST_ACCEPTED, (_BY_RESPONSE["ACCEPTED"], _BY_RESPONSE["PARTLY"])),
    Sum(OFFERS, (REST_ACCEPTED, _BY_RESPONSE["DECLINED"], _BY_RESPONSE[NO_RESPONSE])),
    Sum(ACCEPTED, (REST_ACCEPTED, rest("offers.accepted_earlier"))),
    *(
        Sum(IN_PROGRAMME["IOM"], (measure(f"contact_standards.{name}"), rest(f"kept.{name}")))
        for name in STANDARDS
        if name != "cases"
    ),
    *(
        Sum(measure(f"funnel.{more}"), (measure(f"funnel.{fewer}"), rest(f"funnel.{more}_{fewer}")))
        for more, fewer in (
            ("selected", "notified"),
            ("notified", "offered"),
            ("notified", "seen"),
            ("offered", "accepted"),
        )
    ),
)
"""What is left between two figures. Whoever reads both knows it, so it is watched though it is published nowhere."""


def balances(sums: Iterable[Sum], quarter: Quarter) -> list[Balance]:
    """Write sums as the figures of a quarter."""
    return [Balance((each.whole.of(quarter),), tuple(part.of(quarter) for part in each.parts)) for each in sums]


def links(quarter: Quarter) -> list[Balance]:
    """Write what ties a quarter to the one before it.

    What was open, and what began, is what closed and what is open now; and who was ever notified, offered support or
    seen stays counted, so that the difference of two quarters is who was new.
    """
    flows: list[tuple[Cell, tuple[Cell, ...], Cell]] = [
        (
            open_cases,
            (measure(f"flow.{p.lower()}_started"), rest(f"{p}.closed_unstarted")),
            measure(f"flow.{p.lower()}_closed"),
        )
        for p, open_cases in IN_PROGRAMME.items()
    ]
    flows.append((OFFERS_OPEN, (OFFERS,), rest("offers.closed")))
    found = [
        Balance(
            (stock.of(quarter.before), *(cell.of(quarter) for cell in more)), (stock.of(quarter), fewer.of(quarter))
        )
        for stock, more, fewer in flows
    ]
    found += [
        Balance((ever.of(quarter.before), rest(f"new.{name}").of(quarter)), (ever.of(quarter),))
        for name, ever in ((name, measure(f"funnel.{name}")) for name in FUNNEL)
    ]
    started = Sum(measure("flow.phoenix_started"), (rest("new.notified"), rest("PHOENIX.started_control")))
    return [*found, *balances((started,), quarter)]
