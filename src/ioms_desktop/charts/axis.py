"""A time axis that chooses its divisions by the width available: weeks, months, quarters or years."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from ioms_desktop.charts.labels import LabelPlacer
from ioms_desktop.charts.shapes import ColourRole, Shape, Strokes
from ioms_desktop.domain.dates.calendar import DAY

LABEL_GAP_PT = 6.0
SAMPLE_DAYS = 400  # days of which every name must fit
MONTHS_PER_QUARTER = 3
KEPT_WORDINGS = 1_000


@dataclass(frozen=True)
class TimeScale:
    """A linear scale of days: a day begins at its left edge.

    Attributes:
        from_on: The first day shown.
        to_on: The last day shown, included.
        left: The left edge of the first day.
        right: The right edge of the last day.
    """

    from_on: date
    to_on: date
    left: float
    right: float

    @cached_property
    def day_width(self) -> float:
        """The width of one day."""
        return (self.right - self.left) / ((self.to_on - self.from_on).days + 1)

    def x_at(self, on: date, share: float = 0.0) -> float:
        """Return the x coordinate of a day, or of a moment at a `share` of it (0 to 1)."""
        return self.left + ((on - self.from_on).days + share) * self.day_width

    def clipped_x_at(self, on: date, share: float = 0.0) -> float:
        """As `x_at`, limited to the axis."""
        return min(max(self.x_at(on, share), self.left), self.right)

    def shows(self, on: date) -> bool:
        """Whether a day is on the axis."""
        return self.from_on <= on <= self.to_on


class AxisDivision:
    """A division of the axis: the first day of each part and its labels, the longest first."""

    def __init__(
        self,
        starts: Callable[[date, date], Iterator[date]],
        wordings: Callable[[date], tuple[str, ...]],
        days: float,
    ) -> None:
        """Take how it begins its parts, how it words each, and how many days one has."""
        self.starts, self.days = starts, days
        self.wordings = lru_cache(KEPT_WORDINGS)(wordings)  # every case of an office has much the same days


def _months(step: int) -> Callable[[date, date], Iterator[date]]:
    def starts(first: date, last: date) -> Iterator[date]:
        year, month = first.year, (first.month - 1) // step * step + 1
        while date(year, month, 1) <= last:
            yield date(year, month, 1)
            year, month = (year, month + step) if month + step <= 12 else (year + 1, month + step - 12)  # noqa: PLR2004 - months

    return starts


def _weeks(first: date, last: date) -> Iterator[date]:
    monday = first - first.weekday() * DAY
    while monday <= last:
        yield monday
        monday += 7 * DAY


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * DAY


FINE_DIVISIONS = (
    AxisDivision(_days, lambda on: (f"{on:%a} {on.day}", str(on.day)), 1),
    AxisDivision(_weeks, lambda on: (f"{on.day} {on:%b}", str(on.day)), 7),
    AxisDivision(_months(1), lambda on: (f"{on:%b}", f"{on:%b}"[0]), 30.4),
    AxisDivision(_months(3), lambda on: (f"{on:%b}", f"Q{(on.month + 2) // MONTHS_PER_QUARTER}"), 91.3),
    AxisDivision(_months(12), lambda on: (str(on.year), f"'{on:%y}"), 365.2),
)
MONTH_DIVISION = AxisDivision(_months(1), lambda on: (f"{on:%B} {on.year}", f"{on:%b} {on.year}", f"{on:%b}"), 30.4)
YEAR_DIVISION = AxisDivision(_months(12), lambda on: (str(on.year),), 365.2)


def draw_axis(scale: TimeScale, labels: LabelPlacer, top: float, bottom: float, size: float) -> list[Shape]:
    """Draw two rows of dates and the grid below them.

    Args:
        scale: The days.
        labels: Places labels without overlap.
        top: The upper edge of the upper row.
        bottom: The lower end of the grid.
        size: Letter size.
    """
    row = size * 1.45
    fine, level = _choose_division(scale, labels, size)
    coarse = MONTH_DIVISION if fine.days < MONTH_DIVISION.days else YEAR_DIVISION
    coarse_starts, fine_starts = _starts(coarse, scale), _starts(fine, scale)
    shapes: list[Shape] = []
    shapes += _place_names(coarse, coarse_starts, scale, labels, top + size, size, bold=True)
    shapes += _place_names(fine, fine_starts, scale, labels, top + row + size, size, bold=False, level=level)
    low = top + 2 * row
    edges = {on: x for on, x in coarse_starts.items() if scale.shows(on)}
    lines = [x for on, x in fine_starts.items() if scale.shows(on) and on not in edges]
    for xs, thickness in ((lines, 0.35), (list(edges.values()), 0.7)):
        if xs:
            shapes.append(Strokes(tuple([(x, low, x, bottom) for x in xs]), ColourRole.LINE, thickness))
    shapes.append(Strokes(((scale.left, low, scale.right, low),), ColourRole.LINE, 0.7))
    return shapes


def _starts(division: AxisDivision, scale: TimeScale) -> dict[date, float]:
    """Return the first day of each part with its x coordinate, in order; the first part may begin before the axis."""
    return {on: scale.clipped_x_at(on) for on in division.starts(scale.from_on, scale.to_on)}


def _choose_division(scale: TimeScale, labels: LabelPlacer, size: float) -> tuple[AxisDivision, int]:
    """Choose the finest division whose labels fit, and the longest form that fits all of them."""
    first, last = scale.from_on, min(scale.to_on, scale.from_on + SAMPLE_DAYS * DAY)
    for division in FINE_DIVISIONS:
        room = division.days * scale.day_width - LABEL_GAP_PT
        for level in range(len(division.wordings(first))):
            names = (division.wordings(on)[level] for on in division.starts(first, last))
            if all(labels.width(name, size) <= room for name in names):  # most divisions end at their first name
                return division, level
    return FINE_DIVISIONS[-1], len(FINE_DIVISIONS[-1].wordings(first)) - 1


def _place_names(
    division: AxisDivision,
    starts: Mapping[date, float],
    scale: TimeScale,
    labels: LabelPlacer,
    baseline: float,
    size: float,
    *,
    bold: bool,
    level: int = 0,
) -> Iterator[Shape]:
    edges = [*starts.values(), scale.clipped_x_at(scale.to_on + DAY)]
    fill = ColourRole.TEXT if bold else ColourRole.QUIET
    for on, (edge, end) in zip(starts, pairwise(edges), strict=True):
        if on < scale.from_on and division.days < MONTH_DIVISION.days:
            continue
        left, right = edge + 2, end - 1
        wordings = division.wordings(on) if bold else division.wordings(on)[level : level + 1]
        text = labels.place(wordings, [(left, baseline)], size, fill=fill, bold=bold, within=(left, right))
        if text is not None:
            yield text
