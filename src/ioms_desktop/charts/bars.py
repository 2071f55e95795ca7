"""Bars: one figure a row, its name, a bar as long as it is large, and the number; what is not told is not drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from ioms_desktop.charts.labels import Labels
from ioms_desktop.charts.marks import hatch
from ioms_desktop.charts.shapes import Box, FontMetrics, Group, Picture, Rect, Role, Shape, Strokes, Text
from ioms_desktop.domain.timeline import Ref

SCREEN_TEXT = 11.0
NAMES = 0.42  # of the width, at most, for the names
LEAST_PLOT = 60.0
ROW = 2.1  # of the letter size
STUB = 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One row.

    Attributes:
        ref: By which it is known.
        name: What is counted.
        number: The figure; None where it is not told.
        words: The figure in words, and more about it.
    """

    ref: str
    name: str
    number: float | None
    words: str


def layout(
    title: str, bars: Sequence[Bar], width: float, *, metrics: FontMetrics, text: float = SCREEN_TEXT
) -> Picture:
    """Lay out bars on one scale that begins at nothing; the height follows from their number.

    Args:
        title: What they show.
        bars: From top to bottom.
        width: The picture's width in points (on screen: pixels at 100 %).
        metrics: How wide words are in the painter's typeface.
        text: The size of words.
    """
    labels = Labels(metrics, width)
    longest = max((labels.width(bar.name, text) for bar in bars), default=0.0)
    left = min(longest, width * NAMES) + text
    numbers = max((labels.width(bar.words, text) for bar in bars), default=0.0) + text
    right = max(width - numbers, left + LEAST_PLOT)
    most = max((bar.number for bar in bars if bar.number is not None), default=0.0)
    top = 2.4 * text
    shapes: list[Shape] = []
    heading = labels.place([labels.shortened(title, width, text, bold=True)], [(0.0, 1.2 * text)], text, bold=True)
    if heading is not None:
        shapes.append(heading)
    for number, bar in enumerate(bars):
        shapes.append(_row(bar, labels, (left, right), top + number * ROW * text, most, text))
    bottom = top + len(bars) * ROW * text
    shapes.append(Strokes(((left, top - 0.3 * text, left, bottom),), Role.LINE, 0.7))
    return Picture(width, bottom + 0.4 * text, tuple(shapes), _told(title, bars), plot=(left, right))


def _row(bar: Bar, labels: Labels, plot: tuple[float, float], top: float, most: float, text: float) -> Group:
    left, right = plot
    height = 1.25 * text
    baseline = top + 0.95 * text
    shapes: list[Shape] = []
    name = labels.shortened(bar.name, left - text, text)
    said = labels.place([name], [(left - 0.6 * text, baseline)], text, anchor="right", fill=Role.QUIET)
    end = left
    if bar.number is None:
        # Hatched and of one length, so that it says nothing of how much it may be; told apart without colour.
        box = Rect(left, top, STUB * text, height)
        lines = hatch(box, Role.QUIET, 0.4 * text, rising=True)
        shapes += [Rect(box.x, box.y, box.width, box.height, stroke=Role.LINE), *([lines] if lines else [])]
        end = left + STUB * text
    elif most and bar.number:
        end = left + (right - left) * bar.number / most
        shapes.append(Rect(left, top, end - left, height, fill=Role.ACCENT))
    labels.block(Box(left, top, max(end, left + 0.5), top + height))
    fill = Role.QUIET if bar.number is None else Role.TEXT
    figure = labels.place([bar.words], [(end + 0.5 * text, baseline)], text, fill=fill)
    shapes += [each for each in (said, figure) if each is not None]
    return Group(tuple(shapes) or (Text(left, baseline, "", text, 0.0),), Ref("figure", bar.ref), _sentence(bar))


def _sentence(bar: Bar) -> str:
    return f"{bar.name}: {bar.words}"


def _told(title: str, bars: Sequence[Bar]) -> str:
    if not bars:
        return f"{title}. Nothing is counted."
    return f"{title}. {'; '.join(_sentence(bar) for bar in bars)}."
