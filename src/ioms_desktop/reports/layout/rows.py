"""The blocks of a page: rows of cells with wrapped lines, and charts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from ioms_desktop.charts.shapes import ColourRole, Picture
from ioms_desktop.reports.layout.drawing import draw_picture
from ioms_desktop.reports.layout.fonts import font_name, text_width
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.tags import StructureElement, TagWriter
from ioms_desktop.reports.layout.text_wrap import wrap_text


@dataclass(frozen=True, slots=True)
class TextStyle:
    """The style of a text: size and leading in points."""

    size: float
    leading: float
    bold: bool = False
    fill: ColourRole = ColourRole.TEXT


BODY_STYLE = TextStyle(8.0, 10.6)
STRONG_STYLE = TextStyle(8.0, 10.6, bold=True)
QUIET_STYLE = TextStyle(8.0, 10.6, fill=ColourRole.QUIET)
HEAD_STYLE = TextStyle(7.0, 10.6, fill=ColourRole.QUIET)
SECTION_STYLE = TextStyle(8.5, 10.6, bold=True)
TITLE_STYLE = TextStyle(16.0, 20.0, bold=True)
ROW_PADDING_PT = 2.4
MIN_LINES_APART = 3  # the fewest lines of a split row before or after a page break


@dataclass(slots=True)
class RowCell:
    """The text of one column in a row.

    Attributes:
        left: The column's left edge, from the left edge of the content.
        lines: Its wrapped lines.
        style: Their style.
        element: The structure element; None for decoration.
        right_aligned_width: The column's width where the text is right-aligned.
    """

    left: float
    lines: list[str]
    style: TextStyle = BODY_STYLE
    element: StructureElement | None = None
    right_aligned_width: float | None = None

    def draw(self, canvas: Canvas, tags: TagWriter, left: float, top: float, lines: slice) -> None:
        """Draw some of its lines, the first of them at `top`."""
        shown = self.lines[lines]
        if not shown:
            return
        tags.begin(self.element) if self.element is not None else tags.begin_artefact()
        style, font = self.style, font_name(bold=self.style.bold)
        x = left + self.left
        y = top - style.leading * 0.76
        canvas.setFillColor(paper_colour(style.fill))
        if self.right_aligned_width is not None:
            canvas.setFont(font, style.size)
            for number, line in enumerate(shown):
                start = x + self.right_aligned_width - text_width(line, style.size, bold=style.bold)
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
    """Cells side by side. A row that does not fit moves to the next page, or is split between lines where it is long.

    Attributes:
        cells: In reading order.
        rule: The rule above it: 0 none, 1 a hairline, 2 a section rule.
        keep: Whether the next row must start on the same page.
        repeat: What is repeated above it on a new page: a section's name, a table's heading.
        above: Space above, omitted at the top of a page.
        indent: The left end of a hairline above it.
        padding: Space divided between its top and its bottom.
        below: Space below its last line.
        side_heading: Text at its left that does not add to its height: a section's name.
    """

    cells: list[RowCell]
    rule: int = 0
    keep: bool = False
    repeat: "tuple[Row, ...]" = ()
    above: float = 0.0
    indent: float = 0.0
    padding: float = ROW_PADDING_PT
    side_heading: RowCell | None = None
    below: float = 0.0
    count: int = field(init=False)
    leading: float = field(init=False)

    def __post_init__(self) -> None:
        """Count the lines."""
        self.count = max((len(cell.lines) for cell in self.cells), default=0)
        self.leading = max((cell.style.leading for cell in self.cells), default=BODY_STYLE.leading)

    def height(self, first: int = 0, last: int | None = None) -> float:
        """Return the height of its lines from `first` to `last`, not included."""
        end = self.count if last is None else last
        return (end - first) * self.leading + self.padding + (self.below if end == self.count else 0.0)

    def fitting(self, room: float, first: int) -> int:
        """Return the line up to which it fits into a height, not included; `first` where nothing should be placed."""
        count = int((room - self.padding) // self.leading)
        if count >= self.count - first:
            return self.count
        return first + count if count >= MIN_LINES_APART and self.count - first > MIN_LINES_APART else first

    def draw(self, canvas: Canvas, tags: TagWriter, left: float, top: float, right: float, lines: range) -> None:
        """Draw some of its lines, with the rule if they begin the row."""
        if self.rule and lines.start == 0:
            tags.begin_artefact()
            canvas.setStrokeColor(paper_colour(ColourRole.QUIET if self.rule > 1 else ColourRole.LINE))
            canvas.setLineWidth(0.6 if self.rule > 1 else 0.4)
            canvas.line(left + self.indent, top, right, top)
            tags.end()
        shown = slice(lines.start, lines.stop)
        if self.side_heading is not None and lines.start == 0:
            self.side_heading.draw(canvas, tags, left, top - self.padding / 2, slice(None))
        for cell in self.cells:
            cell.draw(canvas, tags, left, top - self.padding / 2, shown)


@dataclass(slots=True)
class PictureBlock:
    """A chart across the page, with its alternative text."""

    picture: Picture
    element: StructureElement
    keep: bool = False
    repeat: tuple[Row, ...] = ()
    above: float = 4.0
    count: int = 1

    def height(self, first: int = 0, last: int | None = None) -> float:
        """Return its height."""
        del first, last
        return self.picture.height

    def fitting(self, room: float, first: int) -> int:
        """Return 1 where it fits, else 0; it is never split."""
        return 1 if self.picture.height <= room else first

    def draw(self, canvas: Canvas, tags: TagWriter, left: float, top: float, right: float, lines: range) -> None:
        """Draw it."""
        del lines
        self.element.box = (left, top - self.picture.height, right, top)
        tags.begin(self.element)
        draw_picture(canvas, self.picture, left, top)
        tags.end()


Block = Row | PictureBlock


def wrap_cell(
    words: str, left: float, room: float, style: TextStyle = BODY_STYLE, element: StructureElement | None = None
) -> RowCell:
    """Make a cell of text wrapped to a width."""
    return RowCell(left, wrap_text(words, room, style.size, bold=style.bold), style, element)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: its heading, its share of the width, and whether it may be left out when empty."""

    heading: str
    share: float
    style: TextStyle = BODY_STYLE
    optional: bool = False


def layout_table(
    columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], parent: StructureElement, left: float, width_: float
) -> list[Row]:
    """Lay out a table with its heading, which is repeated after a page break.

    Args:
        columns: From left to right.
        rows: The texts of each row, one for each column.
        parent: The parent structure element.
        left: Its left edge.
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
    heading = _table_row([column.heading for column in columns], places, [HEAD_STYLE] * len(columns), tag, "TH")
    heading.keep, heading.indent = True, left
    again = Row([RowCell(each.left, each.lines, each.style) for each in heading.cells])
    made = [heading]
    styles = [column.style for column in columns]
    for words in rows:
        row = _table_row(words, places, styles, tag, "TD")
        row.rule, row.repeat, row.indent = 1, (again,), left
        made.append(row)
    if len(rows) > 1:
        made[-2].keep = True  # so that the last row is never alone on a page
    return made


def _table_row(
    words: Sequence[str],
    places: Sequence[tuple[float, float]],
    styles: Sequence[TextStyle],
    tag: StructureElement,
    kind: str,
) -> Row:
    line = tag.add("TR")
    scope = "Column" if kind == "TH" else ""
    return Row(
        [
            wrap_cell(text, left, room, style, line.add(kind, scope=scope))
            for text, (left, room), style in zip(words, places, styles, strict=True)
        ]
    )
