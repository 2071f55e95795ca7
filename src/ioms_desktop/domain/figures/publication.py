"""Prepares a quarter's figures for readers without access to records: which are shown, and which are suppressed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.disclosure_control import (
    FigureKey,
    Interval,
    ReaderKnowledge,
    SuppressionProblem,
    knowledge_from_other_quarters,
    suppressed_figures,
)
from ioms_desktop.domain.figures.figure_counts import FigureCounts
from ioms_desktop.domain.figures.figure_tables import (
    MEASURES,
    SHARE_PARTS,
    FigureCell,
    FigureSum,
    TablePlan,
    Thresholds,
    constraints_from_sums,
    constraints_with_previous_quarter,
    measure_cell,
)

PublishedCells = Mapping[FigureCell, int | None]
"""Published figures; None is suppressed. A breakdown that is left out as a whole is absent."""

EditionsByQuarter = Mapping[Quarter, Sequence[PublishedCells]]
"""The editions of each quarter, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigures:
    """The published figures of a quarter.

    Attributes:
        quarter: The quarter.
        cells: Every figure; None is suppressed.
        days: Medians and percentiles in days; None if too few values are behind them.
    """

    quarter: Quarter
    cells: PublishedCells
    days: Mapping[str, float | None]

    def measure(self, name: str) -> int | None:
        """Return a figure of the board report; None is suppressed."""
        return self.cells.get(measure_cell(name))

    def share(self, name: str, least: int) -> float | None:
        """Return a share from 0 to 1; None unless both its figures are shown and the whole is `least` or more."""
        part, whole = (self.measure(each) for each in SHARE_PARTS[name])
        return None if part is None or whole is None or whole < max(least, 1) else part / whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One publication of a quarter.

    Attributes:
        quarter: The quarter.
        edition: 1 for the first; later ones have a reason.
        policy_version: The policy whose rules raised the triggers.
        thresholds: The thresholds applied.
        reason: Why the quarter was published again; None for the first edition.
        published_by: The user who published it.
        published_at: When (UTC).
    """

    quarter: Quarter
    edition: int
    policy_version: str
    thresholds: Thresholds
    reason: str | None
    published_by: str
    published_at: datetime


def prepare_publication(
    plan: TablePlan,
    counts: FigureCounts,
    quarter: Quarter,
    published: EditionsByQuarter,
) -> PublishedFigures:
    """Suppress the figures that are below their threshold, and those that would disclose them.

    Args:
        plan: The tables.
        counts: The true figures.
        quarter: The quarter.
        published: The earlier editions of this quarter and of others. A figure that an earlier edition of this quarter
            suppressed stays suppressed, and one that changed by less than its threshold since any edition is suppressed
            too, so that subtracting two editions never leaves a small number.
    """
    editions = published.get(quarter, ())
    known = _reader_knowledge(plan, quarter, published)
    sheet = _suppression_problem(plan, counts, quarter, published)
    hidden = suppressed_figures(sheet, known)
    cells: dict[FigureCell, int | None] = {}
    wholes = plan.breakdown_totals()
    for cell, number in counts.cells.items():
        whole = wholes.get(cell)
        left_out = (
            whole is not None and whole.key_in(quarter) not in hidden and counts.cells[whole] < plan.min_count(cell)
        )
        if not left_out or any(cell in edition for edition in editions):
            cells[cell] = None if cell.key_in(quarter) in hidden else number
    days = {
        name: value if (cells[measure_cell(plan.days[name])] or 0) >= plan.thresholds.min_share_base else None
        for name, value in counts.days.items()
    }
    return PublishedFigures(quarter=quarter, cells=cells, days=days)


def _suppression_problem(
    plan: TablePlan, counts: FigureCounts, quarter: Quarter, published: EditionsByQuarter
) -> SuppressionProblem:
    editions = published.get(quarter, ())
    true = _consistent_sums(plan.sums(), counts.cells)
    return SuppressionProblem(
        counts={cell.key_in(quarter): number for cell, number in counts.cells.items()},
        min_counts={cell.key_in(quarter): plan.min_count(cell) for cell in counts.cells},
        min_remainder=plan.thresholds.min_count,
        protected=frozenset(cell.key_in(quarter) for cell in counts.cells if plan.hides_zero(cell)),
        constraints=constraints_from_sums(true, quarter),
        cross_quarter_constraints=[
            *constraints_with_previous_quarter(quarter),
            *constraints_with_previous_quarter(quarter.next),
        ],
        last_resort=frozenset(cell.key_in(quarter) for cell in counts.cells if cell.cube == MEASURES),
        totals={cell.key_in(quarter): whole.key_in(quarter) for cell, whole in plan.breakdown_totals().items()},
        forced=frozenset(cell.key_in(quarter) for cell in _unstable_cells(plan, counts.cells, editions)),
        suppressed_elsewhere={
            cell.key_in(other): plan.min_count(cell)
            for other, each in published.items()
            if other != quarter
            for cell, number in last_shown_values(each).items()
            if number is None
        },
        zero_possible=bool(editions),
    )


def _reader_knowledge(plan: TablePlan, quarter: Quarter, published: EditionsByQuarter) -> ReaderKnowledge:
    others = {other: editions for other, editions in published.items() if other != quarter}
    sums = plan.sums()
    span = sorted({*others, quarter})
    between = [each for each in _quarters_between(span[0], span[-1]) if each not in {span[0], quarter, quarter.next}]
    intervals: dict[FigureKey, Interval] = {}
    for other, editions in others.items():
        for cell, number in last_shown_values(editions).items():
            # A first edition shows every zero except protected ones, so its readers know that any other suppressed
            # figure is at least 1.
            floor = 0 if plan.hides_zero(cell) or len(editions) > 1 else 1
            intervals[cell.key_in(other)] = Interval(floor, inf) if number is None else Interval(number, number)
    return knowledge_from_other_quarters(
        (constraints_from_sums(sums, other) for other in sorted(others)),
        (link for each in between for link in constraints_with_previous_quarter(each)),
        intervals,
    )


def _quarters_between(first: Quarter, last: Quarter) -> Iterable[Quarter]:
    while first <= last:
        yield first
        first = first.next


def _consistent_sums(sums: Iterable[FigureSum], counts: Mapping[FigureCell, int]) -> list[FigureSum]:
    """Keep the sums whose parts add up; parts may overlap, as for an offer that was answered before it was made."""
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


def _unstable_cells(
    plan: TablePlan, counts: Mapping[FigureCell, int], editions: Sequence[PublishedCells]
) -> Iterable[FigureCell]:
    """Yield the figures that an earlier edition suppressed, or that changed by less than their threshold since one."""
    for cell, number in counts.items():
        before = [edition[cell] for edition in editions if cell in edition]
        if any(intervals is None or 0 < abs(number - intervals) < plan.min_count(cell) for intervals in before):
            yield cell


def last_shown_values(editions: Sequence[PublishedCells]) -> dict[FigureCell, int | None]:
    """Return each figure as a reader of all editions of a quarter knows it: the last value shown, None for none."""
    found: dict[FigureCell, int | None] = {}
    for edition in editions:
        for cell, number in edition.items():
            if number is not None or found.get(cell) is None:
                found[cell] = number
    return found


def shows_anything_new(cells: PublishedCells, before: PublishedCells) -> bool:
    """Whether an edition shows anything that the previous one does not."""
    return any(number is not None and before.get(cell) != number for cell, number in cells.items())


def cells_by_table(plan: TablePlan, cells: PublishedCells) -> dict[str, list[FigureCell]]:
    """Group the cells by table, both in the order of the plan."""
    found: dict[str, list[FigureCell]] = {MEASURES: []}
    for cell in plan.cells():
        if cell in cells:
            found.setdefault(cell.cube, []).append(cell)
    return found
