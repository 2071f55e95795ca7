"""What a page is filled with: rows of cells that know their lines, and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from ioms_desktop.charts.shapes import Picture, Role
from ioms_desktop.reports.layout.drawing import draw_picture
from ioms_desktop.reports.layout.fonts import name_of, width
from ioms_desktop.reports.layout.palette import colour
from ioms_desktop.reports.layout.tags import Element, Tags
from ioms_desktop.reports.layout.text_wrap import wrapped


@dataclass(frozen=True, slots=True)
class Style:
    """How words look: size and leading in points."""

    size: float
    leading: float
    bold: bool = False
    fill: Role = Role.TEXT


BODY = Style(8.0, 10.6)
STRONG = Style(8.0, 10.6, bold=True)
QUIET = Style(8.0, 10.6, fill=Role.QUIET)
HEAD = Style(7.0, 10.6, fill=Role.QUIET)
SECTION = Style(8.5, 10.6, bold=True)
TITLE = Style(16.0, 20.0, bold=True)
PAD = 2.4
FEWEST = 3  # lines of a row that may stand alone before or after a page's end


@dataclass(slots=True)
class Cell:
    """Words in a column.

    Attributes:
        left: Where the column begins, from the left edge of the content.
        lines: Its words, already broken.
        style: How they look.
        element: What they belong to; None for decoration.
        room: The column's width where the words stand at its right.
    """

    left: float
    lines: list[str]
    style: Style = BODY
    element: Element | None = None
    room: float | None = None

    def draw(self, canvas: Canvas, tags: Tags, left: float, top: float, lines: slice) -> None:
        """Write some of its lines, the first of them `top` down from there."""
        shown = self.lines[lines]
        if not shown:
            return
        tags.begin(self.element) if self.element is not None else tags.begin_artefact()
        style, font = self.style, name_of(bold=self.style.bold)
        x = left + self.left
        y = top - style.leading * 0.76
        canvas.setFillColor(colour(style.fill))
        if self.room is not None:
            canvas.setFont(font, style.size)
            for number, line in enumerate(shown):
                start = x + self.room - width(line, style.size, bold=style.bold)
                canvas.drawString(start, y - number * style.leading, line)
        else:
            text = canvas.beginText(x, y)
            text.setFont(font, style.size, style.leading)
            for line in shown:
                text.textLine(line)
            canvas.drawText(text)
        tags.end()


@dataclass(slots=True)
class Row:
    """Cells side by side. A row that does not fit goes to the next page, or is divided between lines when it is long.

    Attributes:
        cells: In reading order.
        rule: How strong a line above it is: 0 none, 1 a hairline, 2 a section's.
        keep: Whether the next row must begin on the same page.
        repeat: What is written again above it on a new page: a section's name, a table's heading.
        above: Space above, left out at the top of a page.
        indent: Where a hairline above it begins.
        pad: Space shared between its top and its bottom.
        below: Space under its last line.
        aside: What stands at its left without making it higher: a section's name.
    """

    cells: list[Cell]
    rule: int = 0
    keep: bool = False
    repeat: "tuple[Row, ...]" = ()
    above: float = 0.0
    indent: float = 0.0
    pad: float = PAD
    aside: Cell | None = None
    below: float = 0.0
    count: int = field(init=False)
    leading: float = field(init=False)

    def __post_init__(self) -> None:
        """Count the lines."""
        self.count = max((len(cell.lines) for cell in self.cells), default=0)
        self.leading = max((cell.style.leading for cell in self.cells), default=BODY.leading)

    def height(self, first: int = 0, last: int | None = None) -> float:
        """Give the height of its lines from `first` up to `last`, not included."""
        end = self.count if last is None else last
        return (end - first) * self.leading + self.pad + (self.below if end == self.count else 0.0)

    def fitting(self, room: float, first: int) -> int:
        """Say up to which line it can go on a page with so much room; `first` where nothing should."""
        count = int((room - self.pad) // self.leading)
        if count >= self.count - first:
            return self.count
        return first + count if count >= FEWEST and self.count - first > FEWEST else first

    def draw(self, canvas: Canvas, tags: Tags, left: float, top: float, right: float, lines: range) -> None:
        """Draw some of its lines with its rule, where it begins."""
        if self.rule and lines.start == 0:
            tags.begin_artefact()
            canvas.setStrokeColor(colour(Role.QUIET if self.rule > 1 else Role.LINE))
            canvas.setLineWidth(0.6 if self.rule > 1 else 0.4)
            canvas.line(left + self.indent, top, right, top)
            tags.end()
        shown = slice(lines.start, lines.stop)
        if self.aside is not None and lines.start == 0:
            self.aside.draw(canvas, tags, left, top - self.pad / 2, slice(None))
        for cell in self.cells:
            cell.draw(canvas, tags, left, top - self.pad / 2, shown)


@dataclass(slots=True)
class Figure:
    """A picture across the page, with its words for those who cannot see it."""

    picture: Picture
    element: Element
    keep: bool = False
    repeat: tuple[Row, ...] = ()
    above: float = 4.0
    count: int = 1

    def height(self, first: int = 0, last: int | None = None) -> float:
        """Give its height."""
        del first, last
        return self.picture.height

    def fitting(self, room: float, first: int) -> int:
        """Say whether it fits; it is never divided."""
        return 1 if self.picture.height <= room else first

    def draw(self, canvas: Canvas, tags: Tags, left: float, top: float, right: float, lines: range) -> None:
        """Draw it."""
        del lines
        self.element.box = (left, top - self.picture.height, right, top)
        tags.begin(self.element)
        draw_picture(canvas, self.picture, left, top)
        tags.end()


Piece = Row | Figure


def cell(words: str, left: float, room: float, style: Style = BODY, element: Element | None = None) -> Cell:
    """Make a cell of words broken to a width."""
    return Cell(left, wrapped(words, room, style.size, bold=style.bold), style, element)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it may be left out when empty."""

    heading: str
    share: float
    style: Style = BODY
    optional: bool = False


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], parent: Element, left: float, width_: float
) -> list[Row]:
    """Lay out a table with its heading; the heading is written again where the table goes on over a page.

    Args:
        columns: From left to right.
        rows: The words of each row, one for each column.
        parent: What the table belongs to.
        left: Where it begins.
        width_: Its width.
    """
    tag = parent.add("Table")
    gap = 6.0
    total = sum(column.share for column in columns)
    places: list[tuple[float, float]] = []
    at = left
    for column in columns:
        step = width_ * column.share / total
        places.append((at, step - gap))
        at += step
    heading = _line([column.heading for column in columns], places, [HEAD] * len(columns), tag, "TH")
    heading.keep, heading.indent = True, left
    again = Row([Cell(each.left, each.lines, each.style) for each in heading.cells])
    made = [heading]
    styles = [column.style for column in columns]
    for words in rows:
        row = _line(words, places, styles, tag, "TD")
        row.rule, row.repeat, row.indent = 1, (again,), left
        made.append(row)
    if len(rows) > 1:
        made[-2].keep = True  # the last row is never alone on a page
    return made


def _line(
    words: Sequence[str], places: Sequence[tuple[float, float]], styles: Sequence[Style], tag: Element, kind: str
) -> Row:
    line = tag.add("TR")
    scope = "Column" if kind == "TH" else ""
    return Row(
        [
            cell(text, left, room, style, line.add(kind, scope=scope))
            for text, (left, room), style in zip(words, places, styles, strict=True)
        ]
    )
