"""Rows of cells as a Platypus flowable: paragraphs, labels with values, lists and tables alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable
from typing_extensions import override

from ioms_desktop.charts.shapes import ColourRole, Picture
from ioms_desktop.reports.document.description import Words, plain_text
from ioms_desktop.reports.layout.canvas import PaperCanvas
from ioms_desktop.reports.layout.drawing import draw_picture
from ioms_desktop.reports.layout.fonts import to_printable
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.styles import BODY, TextStyle
from ioms_desktop.reports.layout.tags import StructureElement
from ioms_desktop.reports.layout.text_lines import Line, goes_from_right_to_left, wrap_words
from ioms_desktop.reports.layout.text_writer import stroke_operator

MIN_LINES_APART = 2  # the fewest lines of a block before or after a page break
MIN_LINES_OF_ROW_APART = 3  # and of a row that is split
BASELINE = 0.76  # of the leading, from the top of a line
ROUNDING_PT = 1e-6


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one column in a row.

    Attributes:
        left: The column's left edge, from the left edge of the content.
        lines: Its wrapped lines.
        style: Their style.
        element: The structure element; None for decoration.
        right: The right edge where the text ends there; None where it begins at the left.
        page_of_part: The part whose first page is written at the right edge, from 1; 0 for none.
    """

    left: float
    lines: Sequence[Line]
    style: TextStyle = BODY
    element: StructureElement | None = None
    right: float | None = None
    page_of_part: int = 0

    def draw(self, canvas: PaperCanvas, left: float, top: float) -> None:
        """Draw its lines, the first of them at `top`."""
        if not self.lines and not self.page_of_part:
            return
        canvas.tags.begin(self.element) if self.element is not None else canvas.tags.begin_artefact()
        right = None if self.right is None else left + self.right
        y = top - self.style.leading * BASELINE
        if self.page_of_part:
            canvas.leave_page_number(self.page_of_part, right or left, y, self.style)
        else:
            canvas.writer.write(left + self.left, y, self.lines, self.style, right)
        canvas.tags.end()


def text_cell(
    left: float, words: Words, room: float, style: TextStyle, element: StructureElement, right: float | None = None
) -> Cell:
    """Wrap a text into a cell; what goes from right to left is told to readers in the order in which it is read.

    Args:
        left: The cell's left edge.
        words: The text.
        room: Its width.
        style: The style of what has no tone of its own.
        element: The structure element.
        right: The right edge where the text ends there.
    """
    lines = wrap_words(words, room, style)
    if not (isinstance(words, str) and words.isascii()) and any(map(goes_from_right_to_left, lines)):
        element.actual_text = to_printable(plain_text(words))
    return Cell(left, lines, style, element, right)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side.

    Attributes:
        cells: In reading order.
        rule: The rule above it: 0 none, 1 a hairline, 2 a section rule.
        padding: Space divided between its top and its bottom.
        sign: A sign beside its text with its left edge and its distance from the top; decoration.
        bookmark: The level from 0 and the words of its bookmark.
        room: How many lines high it is at least.
    """

    cells: Sequence[Cell]
    rule: int = 0
    padding: float = 1.0
    sign: tuple[Picture, float, float] | None = None
    bookmark: tuple[int, str] | None = None
    room: int = 0
    count: int = field(init=False)
    leading: float = field(init=False)

    def __post_init__(self) -> None:
        """Count the lines."""
        object.__setattr__(self, "count", max([self.room, *(len(cell.lines) for cell in self.cells)]))
        object.__setattr__(self, "leading", max([cell.style.leading for cell in self.cells], default=BODY.leading))

    @property
    def height(self) -> float:
        """Its height in points."""
        return self.count * self.leading + self.padding

    def lines_within(self, room: float) -> int:
        """Return how many of its lines fit into a height."""
        return max(0, min(self.count, int((room - self.padding + ROUNDING_PT) // self.leading)))

    def part(self, first: int, last: int | None = None) -> "Row":
        """Return the lines from `first` to `last`, not included, as a row."""
        cells = [replace(cell, lines=cell.lines[first:last]) for cell in self.cells]
        if first == 0:
            return replace(self, cells=cells, room=0)
        return Row([replace(cell, page_of_part=0) for cell in cells], padding=self.padding)

    def as_decoration(self) -> "Row":
        """Return it as it is repeated on another page, where it is no part of the text again."""
        return Row([replace(cell, element=None) for cell in self.cells], padding=self.padding)

    def draw(self, canvas: PaperCanvas, left: float, top: float, right: float) -> None:
        """Draw it, with its rule, sign and bookmark."""
        if self.rule:
            _draw_rule(canvas, left, top, right, strong=self.rule > 1)
        if self.bookmark is not None:
            canvas.add_bookmark(*self.bookmark, top)
        for cell in self.cells:
            cell.draw(canvas, left, top - self.padding / 2)
        if self.sign is not None:
            picture, x, y = self.sign
            canvas.tags.begin_artefact()
            draw_picture(canvas, picture, left + x, top - y, canvas.writer.write)
            canvas.tags.end()


def _draw_rule(canvas: PaperCanvas, left: float, top: float, right: float, *, strong: bool) -> None:
    colour = stroke_operator(ColourRole.QUIET if strong else ColourRole.LINE)
    canvas.tags.add_artefact(f"{colour} {0.6 if strong else 0.4} w {left:.2f} {top:.2f} m {right:.2f} {top:.2f} l S")


class Rows(Flowable):
    """A block of rows. It is split between rows, and within a long row, but never so that a line is left alone."""

    def __init__(
        self,
        rows: Sequence[Row],
        *,
        repeated: Sequence[Row] = (),
        above: float = 0.0,
        section: str = "",
        begins_section: bool = False,
        box: ColourRole | None = None,
    ) -> None:
        """Make a block.

        Args:
            rows: From top to bottom.
            repeated: What stands above the rest after a page break: the headings of a table.
            above: Space above, which is left out at the top of a page.
            section: The section it belongs to, named at the top of a page on which it goes on.
            begins_section: Whether it is the first of its section.
            box: The colour of a box around it; None for none.
        """
        super().__init__()
        self.spaceBefore = above
        self.rows, self._repeated, self._box = rows, repeated, box
        self._section, self._begins_section = section, begins_section
        self._margin = 4.0 if box is not None else 0.0
        self.height = sum(row.height for row in rows) + 2 * self._margin

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        self.width = availWidth
        return availWidth, self.height

    @override
    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:
        at_top = bool(self._frame._atTop)  # type: ignore[attr-defined] # noqa: SLF001 - Platypus gives the frame so
        whole, lines = self._cut(availHeight - 2 * self._margin, at_top=at_top)
        if whole == 0 and lines == 0:
            return []
        before, after = list(self.rows[:whole]), list(self.rows[whole:])
        if lines:
            before.append(after[0].part(0, lines))
            after[0] = after[0].part(lines)
        return [self._like(before), self._like([*self._repeated, *after], begins=False)]

    def _like(self, rows: Sequence[Row], *, begins: bool | None = None) -> "Rows":
        return Rows(
            rows,
            repeated=self._repeated,
            above=self.spaceBefore if begins is None else 0.0,
            section=self._section,
            begins_section=self._begins_section if begins is None else begins,
            box=self._box,
        )

    def _cut(self, room: float, *, at_top: bool) -> tuple[int, int]:
        """Return how many rows, and how many lines of the next, stay before the page break; none where it moves on."""
        whole = 0
        while whole < len(self.rows) - 1 and self.rows[whole].height <= room + ROUNDING_PT:
            room -= self.rows[whole].height
            whole += 1
        following = self.rows[whole]
        lines = following.lines_within(room)
        if lines < MIN_LINES_OF_ROW_APART or following.count - lines < MIN_LINES_OF_ROW_APART:
            lines = 0
        if not lines:
            while whole and sum(row.count for row in self.rows[whole:]) < MIN_LINES_APART:
                whole -= 1
        kept = sum(row.count for row in self.rows[self._headings : whole]) + lines
        if kept >= MIN_LINES_APART or (at_top and whole > self._headings):
            return whole, lines
        return (whole, following.lines_within(room)) if at_top else (0, 0)

    @property
    def _headings(self) -> int:
        """How many of its rows are the headings of a table."""
        return len(self._repeated)

    @override
    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:
        assert isinstance(canvas, PaperCanvas)  # noqa: S101 - a document is built on no other
        canvas.note_section(self._section, begins=self._begins_section)
        top, right = y + self.height, x + self.width
        if self._box is not None:
            _draw_box(canvas, x, y, self.width, self.height, self._box)
        top -= self._margin
        for row in self.rows:
            row.draw(canvas, x, top, right)
            top -= row.height


def _draw_box(canvas: PaperCanvas, x: float, y: float, width: float, height: float, role: ColourRole) -> None:
    canvas.tags.begin_artefact()
    canvas.setStrokeColor(paper_colour(role))
    canvas.setLineWidth(0.8)
    canvas.rect(x, y, width, height)
    canvas.tags.end()


class FigureFlowable(Flowable):
    """A chart across the page; one that is taller than there is room on a page is drawn smaller."""

    def __init__(self, picture: Picture, element: StructureElement, max_height: float, section: str) -> None:
        """Make a figure of a picture."""
        super().__init__()
        self.picture, self._element, self._section = picture, element, section
        self._scale = min(1.0, max_height / picture.height) if picture.height else 1.0
        self.width, self.height = picture.width * self._scale, picture.height * self._scale
        self.spaceBefore = 2.0

    @override
    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:
        assert isinstance(canvas, PaperCanvas)  # noqa: S101 - a document is built on no other
        canvas.note_section(self._section, begins=False)
        self._element.box = (x, y, x + self.width, y + self.height)
        canvas.tags.begin(self._element)
        canvas.saveState()
        canvas.translate(x, y + self.height)
        if self._scale < 1:
            canvas.scale(self._scale, self._scale)
        draw_picture(canvas, self.picture, 0, 0, canvas.writer.write)
        canvas.restoreState()
        canvas.tags.end()


class Headed(Flowable):
    """A heading with what follows it, which are never parted."""

    def __init__(self, heading: Rows, body: Any) -> None:  # noqa: ANN401 - any flowable
        """Join a heading and what follows it."""
        super().__init__()
        self.heading, self.body = heading, body
        self._gap = float(body.getSpaceBefore())
        self.spaceBefore = heading.getSpaceBefore()

    @override
    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:
        _, above = self.heading.wrap(availWidth, availHeight)
        _, below = self.body.wrap(availWidth, availHeight)
        self.width, self.height = availWidth, above + self._gap + below
        return availWidth, self.height

    @override
    def split(self, availWidth: float, availHeight: float) -> list[Flowable]:
        frame: Any = self._frame  # type: ignore[attr-defined] # Platypus gives the frame so
        _, above = self.heading.wrap(availWidth, availHeight)
        self.body._frame = frame  # noqa: SLF001 - as Platypus does
        room = availHeight - above - self._gap
        parts = self.body.split(availWidth, room) if room > 0 else []
        if parts:
            return [Headed(self.heading, parts[0]), *parts[1:]]
        return [self.heading, self.body] if frame._atTop else []  # noqa: SLF001 - as Platypus does

    @override
    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:
        self.heading.drawOn(canvas, x, y + self.height - self.heading.height)
        self.body.drawOn(canvas, x, y)
