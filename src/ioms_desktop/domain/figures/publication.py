"""Making the figures of a quarter ready for those who read no record: what is shown, and what is too little to say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.disclosure_control import Key, Knowledge, Sheet, Span, held_back, known_of_others
from ioms_desktop.domain.figures.figure_counts import Counts
from ioms_desktop.domain.figures.figure_tables import (
    MEASURES,
    SHARES,
    Cell,
    Plan,
    Sum,
    Thresholds,
    balances,
    links,
    measure,
)

Shown = Mapping[Cell, int | None]
"""Published figures; None is too few to say. A breakdown that is left out as a whole is not there."""

Editions = Mapping[Quarter, Sequence[Shown]]
"""What was published of each quarter, the first edition first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a quarter as they are published.

    Attributes:
        quarter: The quarter.
        cells: Every figure; None is too few to say.
        days: Medians and percentiles of what is large enough; None where it is not.
    """

    quarter: Quarter
    cells: Shown
    days: Mapping[str, float | None]

    def measure(self, name: str) -> int | None:
        """Give a figure of the board report; None is too few to say."""
        return self.cells.get(measure(name))

    def share(self, name: str, least: int) -> float | None:
        """Give a share from 0 to 1; None unless both its figures are published and the whole is at least `least`."""
        part, whole = (self.measure(each) for each in SHARES[name])
        return None if part is None or whole is None or whole < max(least, 1) else part / whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One publication of a quarter.

    Attributes:
        quarter: The quarter.
        edition: 1 for the first; a later one says why it came.
        policy_version: The policy whose rules raised the triggers.
        thresholds: How small a figure was allowed to be.
        reason: Why it was published again; None of the first.
        published_by: By whom.
        published_at: When (UTC).
    """

    quarter: Quarter
    edition: int
    policy_version: str
    thresholds: Thresholds
    reason: str | None
    published_by: str
    published_at: datetime


def prepare(
    plan: Plan,
    counts: Counts,
    quarter: Quarter,
    published: Editions,
) -> Figures:
    """Hold back what is too little, and what would give it away.

    Args:
        plan: The tables.
        counts: The true figures.
        quarter: The quarter.
        published: What was published before, of this quarter and of others. What an earlier edition of this quarter
            held back stays held back, and what moved by less than its threshold since any of them is held back too, so
            that no two editions can be taken from each other to leave a few.
    """
    editions = published.get(quarter, ())
    known = _known(plan, quarter, published)
    sheet = _sheet(plan, counts, quarter, published)
    hidden = held_back(sheet, known)
    cells: dict[Cell, int | None] = {}
    wholes = plan.wholes()
    for cell, number in counts.cells.items():
        whole = wholes.get(cell)
        left_out = whole is not None and whole.of(quarter) not in hidden and counts.cells[whole] < plan.least(cell)
        if not left_out or any(cell in edition for edition in editions):
            cells[cell] = None if cell.of(quarter) in hidden else number
    days = {
        name: value if (cells[measure(plan.days[name])] or 0) >= plan.thresholds.share else None
        for name, value in counts.days.items()
    }
    return Figures(quarter=quarter, cells=cells, days=days)


def _sheet(plan: Plan, counts: Counts, quarter: Quarter, published: Editions) -> Sheet:
    editions = published.get(quarter, ())
    true = _true(plan.sums(), counts.cells)
    return Sheet(
        counts={cell.of(quarter): number for cell, number in counts.cells.items()},
        least={cell.of(quarter): plan.least(cell) for cell in counts.cells},
        smallest=plan.thresholds.count,
        protected=frozenset(cell.of(quarter) for cell in counts.cells if plan.hides_zero(cell)),
        balances=balances(true, quarter),
        links=[*links(quarter), *links(quarter.next)],
        dear=frozenset(cell.of(quarter) for cell in counts.cells if cell.cube == MEASURES),
        wholes={cell.of(quarter): whole.of(quarter) for cell, whole in plan.wholes().items()},
        forced=frozenset(cell.of(quarter) for cell in _unsteady(plan, counts.cells, editions)),
        elsewhere={
            cell.of(other): plan.least(cell)
            for other, each in published.items()
            if other != quarter
            for cell, number in shown_in_any(each).items()
            if number is None
        },
        free=bool(editions),
    )


def _known(plan: Plan, quarter: Quarter, published: Editions) -> Knowledge:
    others = {other: editions for other, editions in published.items() if other != quarter}
    sums = plan.sums()
    span = sorted({*others, quarter})
    between = [each for each in _through(span[0], span[-1]) if each not in {span[0], quarter, quarter.next}]
    told: dict[Key, Span] = {}
    for other, editions in others.items():
        for cell, number in shown_in_any(editions).items():
            # Of a first edition a reader knows that what is held back and not protected is not zero: it would be shown.
            floor = 0 if plan.hides_zero(cell) or len(editions) > 1 else 1
            told[cell.of(other)] = Span(floor, inf) if number is None else Span(number, number)
    return known_of_others(
        (balances(sums, other) for other in sorted(others)), (link for each in between for link in links(each)), told
    )


def _through(first: Quarter, last: Quarter) -> Iterable[Quarter]:
    while first <= last:
        yield first
        first = first.next


def _true(sums: Iterable[Sum], counts: Mapping[Cell, int]) -> list[Sum]:
    """Keep the sums that hold: where parts overlap, as an offer answered before it was made, there is no remainder."""
    known, kept = dict(counts), []
    for each in sums:
        whole, missing = known.get(each.whole), [part for part in each.parts if part not in known]
        total = sum(known[part] for part in each.parts if part in known)
        if whole is None:
            known[each.whole] = whole = total
        for part in missing:
            known[part] = whole - total
        if total <= whole and (missing or total == whole):
            kept.append(each)
    return kept


def _unsteady(plan: Plan, counts: Mapping[Cell, int], editions: Sequence[Shown]) -> Iterable[Cell]:
    """What an earlier edition held back, or has moved by less than its threshold since any of them: all can be read."""
    for cell, number in counts.items():
        before = [edition[cell] for edition in editions if cell in edition]
        if any(told is None or 0 < abs(number - told) < plan.least(cell) for told in before):
            yield cell


def shown_in_any(editions: Sequence[Shown]) -> dict[Cell, int | None]:
    """Give what a reader of all editions of a quarter knows: of each figure what was shown of it last."""
    found: dict[Cell, int | None] = {}
    for edition in editions:
        for cell, number in edition.items():
            if number is not None or found.get(cell) is None:
                found[cell] = number
    return found


def differ(cells: Shown, before: Shown) -> bool:
    """Whether an edition tells anything that the one before does not."""
    return any(number is not None and before.get(cell) != number for cell, number in cells.items())


def in_order(plan: Plan, cells: Shown) -> dict[str, list[Cell]]:
    """Give the cells by table, both in the order of the plan."""
    found: dict[str, list[Cell]] = {MEASURES: []}
    for cell in plan.cells():
        if cell in cells:
            found.setdefault(cell.cube, []).append(cell)
    return found
