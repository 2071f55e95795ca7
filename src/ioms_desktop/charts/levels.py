"""A chart of levels then and now: a row for each thing assessed, on one scale, hollow for then and filled for now."""

from collections.abc import Sequence
from dataclasses import dataclass

from ioms_desktop.charts.labels import LabelPlacer
from ioms_desktop.charts.shapes import Circle, ColourRole, FontMetrics, Picture, Shape, ShapeGroup, Strokes, Text
from ioms_desktop.domain.timeline import RecordRef

SCREEN_TEXT_SIZE_PT = 11.0
MAX_NAME_SHARE = 0.4  # the most of the width for the names
MIN_PLOT_WIDTH_PT = 90.0
ROW_HEIGHT_EM = 2.0  # in units of the letter size
RADIUS_EM, PASSED_RADIUS_EM = 0.5, 0.17
THEN, NOW = "then", "now"


@dataclass(frozen=True, slots=True)
class LevelRow:
    """What became of one thing that is assessed.

    Attributes:
        ref: Its identifier.
        name: What is assessed.
        levels: Its levels from then to now, each step of the scale counted from zero; never empty.
        label: What changed, in a word or two.
        description: Every level with its day, in one sentence.
    """

    ref: str
    name: str
    levels: tuple[int, ...]
    label: str
    description: str


def layout_levels(
    title: str,
    rows: Sequence[LevelRow],
    scale: Sequence[str],
    width: float,
    *,
    metrics: FontMetrics,
    text: float = SCREEN_TEXT_SIZE_PT,
) -> Picture:
    """Lay out levels; the height follows from their number.

    Args:
        title: The title.
        rows: From top to bottom.
        scale: The names of the levels, from the lowest.
        width: The picture's width in points (on screen: pixels at 100 %).
        metrics: Text widths in the painter's typeface.
        text: The letter size.
    """
    labels = LabelPlacer(metrics, width)
    plot = _plot(rows, labels, width, text)
    across = [plot[0] + (plot[1] - plot[0]) * place / (len(scale) - 1) for place in range(len(scale))]
    top = 3.6 * text
    bottom = top + len(rows) * ROW_HEIGHT_EM * text
    lines = Strokes(tuple((x, top - 0.4 * text, x, bottom) for x in across), ColourRole.LINE, 0.5)
    shapes: list[Shape] = [lines, *_head(title, labels, across, scale, text)]
    for number, row in enumerate(rows):
        middle = top + (number + 0.5) * ROW_HEIGHT_EM * text
        shapes.append(_row(row, labels, plot, [across[level] for level in row.levels], middle, text))
    shapes += _legend(labels, plot[0], bottom + 1.3 * text, text)
    return Picture(width, bottom + 2 * text, tuple(shapes), _alt_text(title, rows), plot=plot)


def _plot(rows: Sequence[LevelRow], labels: LabelPlacer, width: float, text: float) -> tuple[float, float]:
    longest = max((labels.width(row.name, text) for row in rows), default=0.0)
    left = min(longest, width * MAX_NAME_SHARE) + 2 * text
    changes = max((labels.width(row.label, text) for row in rows), default=0.0)
    return left, max(width - changes - 2.5 * text, left + MIN_PLOT_WIDTH_PT)


def _head(title: str, labels: LabelPlacer, across: Sequence[float], scale: Sequence[str], text: float) -> list[Text]:
    """The title, and above each line the level: with its name where there is room, else its number."""
    width = across[-1] - across[0]
    found = [
        labels.place([labels.shorten(title, width + across[0], text, bold=True)], [(0.0, 1.2 * text)], text, bold=True)
    ]
    for level, (x, name) in enumerate(zip(across, scale, strict=True)):
        wordings = [f"{level} {name}", str(level)]
        found.append(labels.place(wordings, [(x, 2.7 * text)], text, anchor="middle", fill=ColourRole.QUIET))
    return [each for each in found if each is not None]


def _row(
    row: LevelRow, labels: LabelPlacer, plot: tuple[float, float], xs: Sequence[float], middle: float, text: float
) -> ShapeGroup:
    """Draw a row: a line from the first level to the last, small marks between, and its words on either side."""
    baseline, radius = middle + 0.35 * text, RADIUS_EM * text
    name = labels.shorten(row.name, plot[0] - 2 * text, text)
    words = [
        labels.place([name], [(plot[0] - 1.3 * text, baseline)], text, anchor="right"),
        labels.place([row.label], [(plot[1] + 1.3 * text, baseline)], text, fill=ColourRole.QUIET),
    ]
    marks: list[Shape] = [Strokes(((min(xs), middle, max(xs), middle),), ColourRole.ACCENT, 1.6)]
    marks += [Circle(x, middle, PASSED_RADIUS_EM * text, fill=ColourRole.ACCENT) for x in xs[1:-1]]
    if len(xs) > 1:
        marks.append(_then(xs[0], middle, radius * 1.45 if xs[0] == xs[-1] else radius))
    marks.append(_now(xs[-1], middle, radius))
    return ShapeGroup(
        (*marks, *(each for each in words if each is not None)), RecordRef("level", row.ref), row.description
    )


def _then(x: float, y: float, radius: float) -> Circle:
    return Circle(x, y, radius, fill=ColourRole.SURFACE, stroke=ColourRole.ACCENT, thickness=1.6)


def _now(x: float, y: float, radius: float) -> Circle:
    return Circle(x, y, radius, fill=ColourRole.ACCENT)


def _legend(labels: LabelPlacer, left: float, baseline: float, text: float) -> list[Shape]:
    """Say what the marks mean; where then and now are one level, the hollow mark is a ring around the filled one."""
    shapes: list[Shape] = []
    x = left
    for words, mark in ((THEN, _then), (NOW, _now)):
        shapes.append(mark(x, baseline - 0.35 * text, 0.8 * RADIUS_EM * text))
        placed = labels.place([words], [(x + 0.9 * text, baseline)], text, fill=ColourRole.QUIET)
        if placed is not None:
            shapes.append(placed)
        x += 2.4 * text + labels.width(words, text)
    return shapes


def _alt_text(title: str, rows: Sequence[LevelRow]) -> str:
    if not rows:
        return f"{title}. Nothing is assessed."
    return f"{title}. {' '.join(row.description for row in rows)}"
