"""A bar chart: one figure a row, with its name, a proportional bar and the number; suppressed figures have no bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from ioms_desktop.charts.labels import LabelPlacer
from ioms_desktop.charts.marks import hatching
from ioms_desktop.charts.shapes import Box, ColourRole, FontMetrics, Picture, Rect, Shape, ShapeGroup, Strokes, Text
from ioms_desktop.domain.timeline import RecordRef

SCREEN_TEXT_SIZE_PT = 11.0
MAX_NAME_SHARE = 0.42  # the most of the width for the names
MIN_PLOT_WIDTH_PT = 60.0
ROW_HEIGHT_EM = 2.1  # in units of the letter size
UNKNOWN_BAR_WIDTH_EM = 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One row.

    Attributes:
        ref: Its identifier.
        name: What is counted.
        value: The figure; None where it is suppressed.
        label: The figure in words, with details.
    """

    ref: str
    name: str
    value: float | None
    label: str


def layout_bars(
    title: str, bars: Sequence[Bar], width: float, *, metrics: FontMetrics, text: float = SCREEN_TEXT_SIZE_PT
) -> Picture:
    """Lay out bars on one scale that starts at zero; the height follows from their number.

    Args:
        title: The title.
        bars: From top to bottom.
        width: The picture's width in points (on screen: pixels at 100 %).
        metrics: Text widths in the painter's typeface.
        text: The letter size.
    """
    labels = LabelPlacer(metrics, width)
    longest = max((labels.width(bar.name, text) for bar in bars), default=0.0)
    left = min(longest, width * MAX_NAME_SHARE) + text
    numbers = max((labels.width(bar.label, text) for bar in bars), default=0.0) + text
    right = max(width - numbers, left + MIN_PLOT_WIDTH_PT)
    most = max((bar.value for bar in bars if bar.value is not None), default=0.0)
    top = 2.4 * text
    shapes: list[Shape] = []
    heading = labels.place([labels.shorten(title, width, text, bold=True)], [(0.0, 1.2 * text)], text, bold=True)
    if heading is not None:
        shapes.append(heading)
    for number, bar in enumerate(bars):
        shapes.append(_bar_row(bar, labels, (left, right), top + number * ROW_HEIGHT_EM * text, most, text))
    bottom = top + len(bars) * ROW_HEIGHT_EM * text
    shapes.append(Strokes(((left, top - 0.3 * text, left, bottom),), ColourRole.LINE, 0.7))
    return Picture(width, bottom + 0.4 * text, tuple(shapes), _alt_text(title, bars), plot=(left, right))


def _bar_row(
    bar: Bar, labels: LabelPlacer, plot: tuple[float, float], top: float, most: float, text: float
) -> ShapeGroup:
    left, right = plot
    height = 1.25 * text
    baseline = top + 0.95 * text
    shapes: list[Shape] = []
    name = labels.shorten(bar.name, left - text, text)
    name_label = labels.place([name], [(left - 0.6 * text, baseline)], text, anchor="right", fill=ColourRole.QUIET)
    end = left
    if bar.value is None:
        # Hatched and of fixed length, so that it does not suggest a value, and is distinct without colour.
        box = Rect(left, top, UNKNOWN_BAR_WIDTH_EM * text, height)
        lines = hatching(box, ColourRole.QUIET, 0.4 * text, rising=True)
        shapes += [Rect(box.x, box.y, box.width, box.height, stroke=ColourRole.LINE), *([lines] if lines else [])]
        end = left + UNKNOWN_BAR_WIDTH_EM * text
    elif most and bar.value:
        end = left + (right - left) * bar.value / most
        shapes.append(Rect(left, top, end - left, height, fill=ColourRole.ACCENT))
    labels.block(Box(left, top, max(end, left + 0.5), top + height))
    fill = ColourRole.QUIET if bar.value is None else ColourRole.TEXT
    figure = labels.place([bar.label], [(end + 0.5 * text, baseline)], text, fill=fill)
    shapes += [each for each in (name_label, figure) if each is not None]
    return ShapeGroup(
        tuple(shapes) or (Text(left, baseline, "", text, 0.0),), RecordRef("figure", bar.ref), _describe_bar(bar)
    )


def _describe_bar(bar: Bar) -> str:
    return f"{bar.name}: {bar.label}"


def _alt_text(title: str, bars: Sequence[Bar]) -> str:
    if not bars:
        return f"{title}. Nothing is counted."
    return f"{title}. {'; '.join(_describe_bar(bar) for bar in bars)}."
