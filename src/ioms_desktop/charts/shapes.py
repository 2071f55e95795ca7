"""The plain shapes of a picture, independent of the painter.

Lengths are points (on screen: pixels at 100 %). The origin is the top left corner, y grows downwards. Shapes have
colour roles, not colours: the painter looks each role up in its own palette.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from ioms_desktop.domain.timeline import RecordRef


class ColourRole(StrEnum):
    """The meaning of a stroke, a fill or a text, for which the painter has a colour."""

    SURFACE = "surface"
    LINE = "line"
    TEXT = "text"
    QUIET = "quiet"
    ACCENT = "accent"
    ACCENT_SOFT = "accent_soft"
    RED = "rag.red"
    RED_FILL = "rag.red.fill"
    RED_TEXT = "rag.red.text"
    AMBER = "rag.amber"
    AMBER_FILL = "rag.amber.fill"
    AMBER_TEXT = "rag.amber.text"
    GREEN = "rag.green"
    GREEN_FILL = "rag.green.fill"
    GREEN_TEXT = "rag.green.text"
    BLUE = "rag.blue"
    BLUE_FILL = "rag.blue.fill"
    BLUE_TEXT = "rag.blue.text"
    NEUTRAL = "rag.neutral"
    NEUTRAL_FILL = "rag.neutral.fill"
    NEUTRAL_TEXT = "rag.neutral.text"


class FontMetrics(Protocol):
    """Text widths in the painter's typeface."""

    def width(self, text: str, size: float, *, bold: bool) -> float:
        """Return the advance width of a text at a size, in points."""
        ...


class Point(NamedTuple):
    """A position in the picture."""

    x: float
    y: float


class Box(NamedTuple):
    """An axis-parallel rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def contains(self, x: float, y: float, slack: float = 0.0) -> bool:
        """Whether a point lies in the box, or within `slack` of it."""
        across = self.left - slack <= x <= self.right + slack
        return across and self.top - slack <= y <= self.bottom + slack

    def union(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    @property
    def centre(self) -> Point:
        """The middle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)


class Strokes(NamedTuple):
    """Straight lines of one style: grid lines, connectors, hatching, crosses."""

    segments: tuple[tuple[float, float, float, float], ...]
    stroke: ColourRole
    thickness: float = 0.5
    dash: tuple[float, ...] = ()

    @property
    def box(self) -> Box:
        """The bounding box."""
        xs = [x for a, _, c, _ in self.segments for x in (a, c)]
        ys = [y for _, b, _, d in self.segments for y in (b, d)]
        return Box(min(xs), min(ys), max(xs), max(ys))


class Rect(NamedTuple):
    """An axis-parallel rectangle, filled, outlined or both."""

    x: float
    y: float
    width: float
    height: float
    fill: ColourRole | None = None
    stroke: ColourRole | None = None
    thickness: float = 0.5
    radius: float = 0.0

    @property
    def box(self) -> Box:
        """Itself."""
        return Box(self.x, self.y, self.x + self.width, self.y + self.height)


class Polygon(NamedTuple):
    """Corners joined by straight lines; closed unless it is a path."""

    points: tuple[Point, ...]
    fill: ColourRole | None = None
    stroke: ColourRole | None = None
    thickness: float = 0.5
    closed: bool = True

    @property
    def box(self) -> Box:
        """The bounding box."""
        xs, ys = [point.x for point in self.points], [point.y for point in self.points]
        return Box(min(xs), min(ys), max(xs), max(ys))


class Circle(NamedTuple):
    """A circle, filled, outlined or both."""

    x: float
    y: float
    radius: float
    fill: ColourRole | None = None
    stroke: ColourRole | None = None
    thickness: float = 0.5

    @property
    def box(self) -> Box:
        """The bounding box."""
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


class Text(NamedTuple):
    """One line of words; `x` is its left end, `y` its baseline, `width` as measured."""

    x: float
    y: float
    text: str
    size: float
    width: float
    fill: ColourRole = ColourRole.TEXT
    bold: bool = False

    @property
    def box(self) -> Box:
        """The bounding box, with ascenders and descenders."""
        return text_box(self.x, self.y, self.size, self.width)


def text_box(x: float, y: float, size: float, width: float) -> Box:
    """Return the bounding box of a text of a size and width whose baseline begins at a point."""
    return Box(x, y - 0.86 * size, x + width, y + 0.26 * size)


class ShapeGroup(NamedTuple):
    """The shapes of one record's mark.

    Attributes:
        shapes: The shapes to paint.
        ref: The record that a click opens.
        title: The tooltip and screen-reader text, one sentence.
    """

    shapes: "tuple[Shape, ...]"
    ref: RecordRef
    title: str

    @property
    def box(self) -> Box:
        """The bounding box without texts: the mark itself is the target."""
        marks = [shape for shape in self.shapes if not isinstance(shape, Text)] or self.shapes
        box = marks[0].box
        for shape in marks[1:]:
            box = box.union(shape.box)
        return box


Shape = Strokes | Rect | Polygon | Circle | Text | ShapeGroup


@dataclass(frozen=True)
class Picture:
    """A finished drawing.

    Attributes:
        shapes: In painting order.
        plot: The left and right ends of the time axis.
        description: The alternative text.
    """

    width: float
    height: float
    shapes: tuple[Shape, ...]
    description: str
    plot: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def targets(self) -> tuple[ShapeGroup, ...]:
        """The targets for the pointer, from left to right, then from top to bottom."""
        groups = [(shape.box, shape) for shape in self.shapes if isinstance(shape, ShapeGroup)]
        groups.sort(key=lambda each: (round(each[0].left, 2), each[0].top))
        return tuple(shape for _, shape in groups)

    def texts(self) -> Iterator[Text]:
        """All texts in the picture."""
        return (shape for shape in self.flat_shapes() if isinstance(shape, Text))

    def flat_shapes(self) -> Iterator[Strokes | Rect | Polygon | Circle | Text]:
        """All shapes in painting order, with groups flattened."""
        return _flatten(self.shapes)

    def target_at(self, x: float, y: float, slack: float = 3.0) -> ShapeGroup | None:
        """Return the target at a position, the smallest of several; None where there is none."""
        found = [group for group in self.targets if group.box.contains(x, y, slack)]
        return min(found, key=lambda group: _area(group.box), default=None)


def _flatten(shapes: tuple[Shape, ...]) -> Iterator[Strokes | Rect | Polygon | Circle | Text]:
    for shape in shapes:
        if isinstance(shape, ShapeGroup):
            yield from _flatten(shape.shapes)
        else:
            yield shape


def _area(box: Box) -> float:
    return max(box.right - box.left, 0.1) * max(box.bottom - box.top, 0.1)
