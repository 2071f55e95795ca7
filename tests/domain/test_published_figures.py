"""What a reader of every published table at once can work out: nothing that is too few to say.

The reader is `reckoning`: the tables as equations, solved exactly, sharing nothing with the way in which the product
finds what to hold back.
"""

# ruff: noqa: S311 - invented books, no secret
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from random import Random

import pytest

from domain.test_code_lists import bundled
from fictional_books import book, counted, quarters
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.figures.disclosure_control import (
    InconsistentFigures,
    Interval,
    LinearConstraint,
    ReaderKnowledge,
    SuppressionProblem,
    suppressed_figures,
)
from ioms_desktop.domain.figures.figure_counts import FigureCounts
from ioms_desktop.domain.figures.figure_tables import (
    FigureCell,
    TablePlan,
    constraints_with_previous_quarter,
    measure_cell,
)
from ioms_desktop.domain.figures.publication import (
    PublishedCells,
    PublishedFigures,
    prepare_publication,
    shows_anything_new,
)
from reckoning import Equation, narrowest

PLAN = TablePlan.from_lists(bundled())
SIZES = (40, 90, 400)
SEEDS = (11, 12, 13)
Key = tuple[str, str, str]


@cache
def some(seed: int, size: int) -> dict[Quarter, FigureCounts]:
    """Count four quarters of a random book."""
    return counted(PLAN, book(Random(seed * 1000 + size), size), 4)


def publications(counts: Mapping[Quarter, FigureCounts]) -> dict[Quarter, PublishedFigures]:
    """Publish quarter after quarter."""
    found: dict[Quarter, PublishedFigures] = {}
    for quarter, figures in counts.items():
        found[quarter] = prepare_publication(
            PLAN, figures, quarter, {each: (done.cells,) for each, done in found.items()}
        )
    return found


def primary_alone(counts: Mapping[Quarter, FigureCounts]) -> dict[Quarter, PublishedCells]:
    """Hold back what is small and nothing else: the control."""
    return {
        quarter: {cell: None if small(cell, number) else number for cell, number in each.cells.items()}
        for quarter, each in counts.items()
    }


def small(cell: FigureCell, number: int) -> bool:
    return number < PLAN.min_count(cell) and (number > 0 or PLAN.hides_zero(cell))


@dataclass(frozen=True, slots=True)
class Found:
    """What the reader worked out.

    Attributes:
        hidden: How many figures were too few to say.
        narrow: Those narrowed down to fewer values than their threshold.
        exact: Those known.
        remainders: Remainders between figures that are known to be some few.
    """

    hidden: int
    narrow: list[Key]
    exact: list[Key]
    remainders: list[Key]


def read(
    counts: Mapping[Quarter, FigureCounts], shown: Mapping[Quarter, PublishedCells], *, revised: bool = False
) -> Found:
    """Reckon with every table of every quarter.

    Of a first edition it is known that what is held back, and not protected, is not zero; `revised` says it is a later.
    """
    known = {cell.key_in(q): n for q, cells in shown.items() for cell, n in cells.items() if n is not None}
    hidden = {cell.key_in(q): cell for q, cells in shown.items() for cell, n in cells.items() if n is None}
    floors = {key: 1 for key, cell in hidden.items() if not revised and not PLAN.hides_zero(cell)}
    spans = narrowest(equations(counts), known, floors)
    width = {key: spans.get(key, (0.0, inf)) for key in hidden}
    return Found(
        hidden=len(hidden),
        narrow=[key for key, (low, high) in width.items() if high - low < PLAN.min_count(hidden[key])],
        exact=[key for key, (low, high) in width.items() if high == low],
        remainders=[
            key for key, (low, high) in spans.items() if key[1] == "" and high - low < 5 and low < 5 and high > 0
        ],
    )


def equations(counts: Mapping[Quarter, FigureCounts]) -> Iterable[Equation]:
    """What anybody knows who knows what the figures count: sums, and who came and went between quarters."""
    for quarter, each in counts.items():
        values: dict[FigureCell, int] = dict(each.cells)
        for whole, parts in PLAN.sums():
            missing = [part for part in parts if part not in values]
            total = sum(values.get(part, 0) for part in parts)
            left = values.setdefault(whole, total) - total
            if left >= 0:  # an offer answered before it was made, say, is in one figure and not in the other
                values.update(dict.fromkeys(missing, left))
                yield (whole.key_in(quarter),), tuple(part.key_in(quarter) for part in parts)
    for quarter in list(counts)[1:]:
        yield from ((link.left, link.right) for link in constraints_with_previous_quarter(quarter))


@pytest.mark.parametrize("size", SIZES)
def test_nothing_that_is_held_back_can_be_worked_out_from_all_tables_of_all_quarters(size: int) -> None:
    hidden = 0
    for seed in SEEDS:
        counts = some(seed, size)
        found = read(counts, {quarter: each.cells for quarter, each in publications(counts).items()})
        assert (found.narrow, found.exact, found.remainders) == ([], [], []), f"seed {seed}"
        hidden += found.hidden
    assert hidden > 300


@pytest.mark.parametrize("seed", SEEDS)
def test_nor_where_the_quarters_are_published_out_of_their_order(seed: int) -> None:
    counts = some(seed, 90)
    order = Random(seed).sample(sorted(counts), len(counts))
    shown = {quarter: each.cells for quarter, each in publications({each: counts[each] for each in order}).items()}
    found = read(counts, shown)
    assert (found.narrow, found.exact, found.remainders) == ([], [], []), order


@pytest.mark.parametrize("seed", SEEDS)
def test_nor_where_a_quarter_between_was_never_published(seed: int) -> None:
    counts = some(seed, 90)
    told = {quarter: counts[quarter] for number, quarter in enumerate(counts) if number != 1}
    found = read(counts, {quarter: each.cells for quarter, each in publications(told).items()})
    assert (found.narrow, found.exact, found.remainders) == ([], [], [])


@pytest.mark.parametrize("size", SIZES)
def test_with_small_figures_alone_held_back_the_same_reader_works_many_out(size: int) -> None:
    """The control: the reader can reckon, and these books have much to give away."""
    narrow = exact = 0
    for seed in SEEDS:
        counts = some(seed, size)
        found = read(counts, primary_alone(counts))
        narrow, exact = narrow + len(found.narrow), exact + len(found.exact)
    assert narrow > 100
    assert exact > 10


def test_everything_that_may_be_said_of_a_large_book_is_said() -> None:
    """The other control: holding everything back would keep every secret."""
    counts = counted(PLAN, book(Random(5), 600), 1)
    (figures,) = publications(counts).values()
    (true,) = counts.values()
    large = [cell for cell, number in true.cells.items() if number >= PLAN.min_count(cell)]
    assert sum(figures.cells[cell] is not None for cell in large) > 0.8 * len(large)


def test_the_same_facts_give_the_same_figures_in_whatever_order_they_come() -> None:
    cases = book(Random(3), 120)
    shuffled = Random(4).sample(cases, len(cases))
    assert publications(counted(PLAN, cases, 3)) == publications(counted(PLAN, shuffled, 3))


def test_another_process_gives_the_same_figures() -> None:
    """Python orders its sets by another secret in each process; nothing of that may be seen."""
    said = "from domain.test_published_figures import *; print(publications(some(11, 90)))"
    roots = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    told = {
        subprocess.run(
            [sys.executable, "-c", said],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": roots},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_every_quarter_has_the_same_cells_whatever_the_records_are() -> None:
    few, many = (counted(PLAN, book(Random(7), size), 1)[quarters(1)[0]] for size in (3, 300))
    assert list(few.cells) == list(many.cells) == list(PLAN.cells())


@pytest.mark.parametrize(("number", "plain", "protected"), [(0, 0, None), (1, None, None), (4, None, None)])
def test_zero_names_nobody_and_is_said_but_not_by_a_protected_characteristic(
    number: int, plain: int | None, protected: int | None
) -> None:
    figures = of_numbers({"balance.enforcement_decisions": number, "balance.offers_made": 30})
    assert figures.measure("balance.enforcement_decisions") == plain
    by_sex = {cell.name: n for cell, n in figures.cells.items() if cell.cube == "by_sex"}
    assert by_sex.get("ENFORCED/SEX_FEMALE", protected) == protected


def of_numbers(numbers: Mapping[str, int], editions: Iterable[PublishedFigures] = ()) -> PublishedFigures:
    """Publish a quarter in which these measures were counted, every breakdown in its last cell."""
    cells = dict.fromkeys(PLAN.cells(), 0)
    for name, number in numbers.items():
        cells[measure_cell(name)] = number
    for whole, parts in PLAN.sums():
        known = cells.get(whole)
        if known and whole.cube and all(part.cube for part in parts) and not sum(cells[part] for part in parts):
            cells[parts[-1]] = known
    quarter = Quarter(2026, 3)
    before = {quarter: tuple(each.cells for each in editions)} if editions else {}
    days = dict.fromkeys(PLAN.days, 4.0)
    return prepare_publication(PLAN, FigureCounts(cells=cells, days=days), quarter, before)


def test_shares_and_medians_are_of_enough() -> None:
    enough = {"swiftness.decisions": 40, "swiftness.on_time": 30}
    few = {"swiftness.decisions": 19, "swiftness.on_time": 12}
    assert of_numbers(enough).share("swiftness.on_time_share", 20) == 0.75
    assert of_numbers(enough).days["swiftness.working_days_median"] == 4
    assert of_numbers(few).share("swiftness.on_time_share", 20) is None
    assert of_numbers(few).days["swiftness.working_days_median"] is None


def test_a_share_is_not_given_where_what_remains_is_some_few() -> None:
    figures = of_numbers({"swiftness.decisions": 40, "swiftness.on_time": 38})
    assert figures.share("swiftness.on_time_share", 20) is None


def test_a_later_edition_shows_nothing_that_moved_by_a_few_or_was_held_back_before() -> None:
    first = of_numbers({"flow.iom_started": 30, "flow.iom_closed": 3, "balance.offers_accepted": 12})
    second = of_numbers({"flow.iom_started": 33, "flow.iom_closed": 9, "balance.offers_accepted": 12}, [first])
    third = of_numbers({"flow.iom_started": 44, "flow.iom_closed": 30, "balance.offers_accepted": 24}, [first, second])
    shown = [(each.measure("flow.iom_started"), each.measure("flow.iom_closed")) for each in (first, second, third)]
    assert shown == [(30, None), (None, None), (None, None)]
    assert [each.measure("balance.offers_accepted") for each in (first, second, third)] == [12, 12, 24]
    assert not shows_anything_new(second.cells, first.cells)
    assert shows_anything_new(third.cells, second.cells)


def test_a_later_edition_is_compared_with_every_earlier_one() -> None:
    """30, 36, 31: the last moved enough from the second, and by one from the first, which anybody may still read."""
    editions: list[PublishedFigures] = []
    for started in (30, 36, 31):
        editions.append(of_numbers({"flow.iom_started": started}, editions))
    assert [each.measure("flow.iom_started") for each in editions] == [30, 36, None]
    assert of_numbers({"flow.iom_started": 41}, editions[:2]).measure("flow.iom_started") == 41


def test_what_a_later_quarter_would_give_away_of_an_earlier_one_is_held_back() -> None:
    """Who was ever seen stays counted: from 40 to 43 is three new ones, though neither figure is small."""
    before, after = Quarter(2026, 2), Quarter(2026, 3)
    cells = dict.fromkeys(PLAN.cells(), 0)
    told = [measure_cell(f"funnel.{name}") for name in ("selected", "notified", "seen")]
    first, second = ({**cells, **dict.fromkeys(told, number)} for number in (40, 43))
    earlier = prepare_publication(PLAN, FigureCounts(cells=first, days={}), before, {})
    later = prepare_publication(PLAN, FigureCounts(cells=second, days={}), after, {before: (earlier.cells,)})
    alone = prepare_publication(PLAN, FigureCounts(cells=second, days={}), after, {})
    assert [alone.cells[cell] for cell in told] == [43, 43, 43]
    assert [later.cells[cell] for cell in told] == [None, None, None]


def test_a_figure_that_need_not_be_held_back_any_more_is_shown_again() -> None:
    """Two rows of three: the total of the small row is held back first, and needless once both total columns are."""
    numbers = {"r0c0": 6, "r0c1": 8, "r0c2": 6, "r1c0": 3, "r1c1": 3, "r1c2": 3}
    rows, columns = ("r0", "r1"), ("c0", "c1", "c2")
    parts = {
        **{row: tuple(name for name in numbers if name.startswith(row)) for row in rows},
        **{column: tuple(name for name in numbers if name.endswith(column)) for column in columns},
    }
    numbers |= {whole: sum(numbers[name] for name in names) for whole, names in parts.items()}
    counts = {("2026-Q1", "", name): number for name, number in numbers.items()}
    table = SuppressionProblem(
        counts=counts,
        min_counts=dict.fromkeys(counts, 5),
        min_remainder=5,
        protected=frozenset(),
        constraints=[
            LinearConstraint((("2026-Q1", "", whole),), tuple(("2026-Q1", "", name) for name in names))
            for whole, names in parts.items()
        ],
    )
    hidden = {name for _quarter, _cube, name in suppressed_figures(table, ReaderKnowledge(()))}
    assert {"r1c0", "r1c1", "r1c2"} < hidden
    assert "r1" not in hidden


def test_figures_that_contradict_each_other_are_found_to() -> None:
    a, b, c = (("2026-Q1", "", name) for name in "abc")
    known = ReaderKnowledge((LinearConstraint((a,), (b, c)),))
    with pytest.raises(InconsistentFigures):
        known.learn({a: Interval(3, 3), b: Interval(4, 4)})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026-Q3", (7, 1), (9, 30)), ("2026q1", (1, 1), (3, 31)), ("2024-Q4", (10, 1), (12, 31))],
)
def test_a_quarter_is_read_as_people_write_it(text: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    quarter = Quarter.parse(text)
    assert ((quarter.first.month, quarter.first.day), (quarter.last.month, quarter.last.day)) == (first, last)
    assert Quarter.from_period(quarter.first, quarter.last) == quarter
    assert Quarter.from_period(quarter.first, quarter.next.last) is None
    assert (quarter.next.previous, quarter.is_over(quarter.last), quarter.is_over(quarter.next.first)) == (
        quarter,
        False,
        True,
    )


@pytest.mark.parametrize("text", ["", "2026", "2026-Q5", "Q3 2026", "26-Q3"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="write it like 2026-Q3"):
        Quarter.parse(text)


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_editions_of_a_quarter_are_safe_alone_and_beside_each_other(seed: int) -> None:
    """Some cases come late: the second edition holds back what the first did, and nothing moved by a few."""
    random = Random(seed)
    (quarter,) = quarters(1)
    cases = book(random, 150)
    late = [*cases, *book(random, 25)]
    first_counts, second_counts = (counted(PLAN, each, 1) for each in (cases, late))
    first = prepare_publication(PLAN, first_counts[quarter], quarter, {})
    second = prepare_publication(PLAN, second_counts[quarter], quarter, {quarter: (first.cells,)})
    assert [c for c, n in first.cells.items() if n is None and second.cells.get(c) is not None] == []
    both = [
        (c, n, second.cells[c]) for c, n in first.cells.items() if n is not None and second.cells.get(c) is not None
    ]
    assert [c for c, before, after in both if after is not None and 0 < abs(after - before) < PLAN.min_count(c)] == []
    assert any(before != after for _, before, after in both)
    found = read(second_counts, {quarter: second.cells}, revised=True)
    assert (found.narrow, found.exact, found.remainders) == ([], [], [])
