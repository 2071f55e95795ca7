"""A page's sections: the name at the left, what it holds at the right, a line above; silence is stated."""

from collections.abc import Sequence

from ioms_desktop.reports.layout.page import CONTENT
from ioms_desktop.reports.layout.rows import BODY, HEAD, QUIET, SECTION, Cell, Column, Piece, Row, Style, cell, table
from ioms_desktop.reports.layout.tags import Element
from ioms_desktop.reports.layout.text_wrap import wrapped

GUTTER = 94.0
WIDTH = CONTENT - GUTTER
LABEL = 92.0
NONE_RECORDED = "None recorded"


class Section:
    """One section being filled."""

    def __init__(self, root: Element, name: str) -> None:
        """Begin a section with its name."""
        self._name = name
        self._tag = root.add("Sect")
        self._heading = cell(name, 0.0, GUTTER - 8, SECTION, self._tag.add("H2"))
        self._rows: list[Row] = []

    def say(self, words: str, style: Style = BODY) -> None:
        """Add a paragraph."""
        row = Row([cell(words, GUTTER, WIDTH, style, self._tag.add("P"))])
        row.pad = 1.2
        self._rows.append(row)

    def labelled(self, label: str, words: str) -> None:
        """Add a paragraph that begins with what it is about, in its own column."""
        tag = self._tag.add("P")
        first = cell(label, GUTTER, LABEL - 6, QUIET, tag)
        row = Row([first, cell(words, GUTTER + LABEL, WIDTH - LABEL, BODY, tag)])
        row.pad = 1.2
        self._rows.append(row)

    def pairs(self, items: Sequence[tuple[str, str]]) -> None:
        """Add labels with their values, two pairs a line where both are short; empty values are left out."""
        tag = self._tag.add("Table")
        half = WIDTH / 2
        waiting: list[tuple[str, str]] = []
        for label, value in items:
            if not value:
                continue
            short = len(wrapped(value, half - LABEL - 6, BODY.size)) <= 1
            if not short:
                self._pair_row(tag, waiting)
                self._pair_row(tag, [(label, value)], WIDTH)
                waiting = []
                continue
            waiting.append((label, value))
            if len(waiting) > 1:
                self._pair_row(tag, waiting)
                waiting = []
        self._pair_row(tag, waiting)

    def _pair_row(self, tag: Element, items: Sequence[tuple[str, str]], step: float = WIDTH / 2) -> None:
        if not items:
            return
        line = tag.add("TR")
        cells: list[Cell] = []
        for number, (label, value) in enumerate(items):
            left = GUTTER + number * step
            cells.append(cell(label, left, LABEL - 4, QUIET, line.add("TH", scope="Row")))
            cells.append(cell(value, left + LABEL, step - LABEL - 6, BODY, line.add("TD")))
        row = Row(cells)
        row.pad = 0.8
        self._rows.append(row)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; says so when it has no rows. An optional column that nothing fills is left out."""
        if not rows:
            self.say(NONE_RECORDED, QUIET)
            return
        used = [
            number
            for number, column in enumerate(columns)
            if not column.optional or any(words[number] for words in rows)
        ]
        shown = [[words[number] for number in used] for words in rows]
        self._rows += table([columns[number] for number in used], shown, self._tag, GUTTER, WIDTH)

    def listed(self, items: Sequence[str]) -> None:
        """Add a list; says so when it is empty."""
        if not items:
            self.say(NONE_RECORDED, QUIET)
            return
        tag = self._tag.add("L")
        for words in items:
            body = tag.add("LI").add("LBody")
            row = Row([Cell(GUTTER, ["•"], QUIET), cell(words, GUTTER + 9, WIDTH - 9, BODY, body)])
            row.pad = 1.0
            self._rows.append(row)

    def subheading(self, words: str) -> None:
        """Add a heading of the third rank that stays with what follows."""
        row = Row([cell(words, GUTTER, WIDTH, HEAD, self._tag.add("H3"))])
        row.keep = True
        row.pad = 1.2
        self._rows.append(row)

    def pieces(self) -> list[Piece]:
        """Give the finished section: its name stands beside its first row, and again where it goes on over a page."""
        if not self._rows:
            self.say(NONE_RECORDED, QUIET)
        for row in self._rows:
            row.repeat = (self._again(row),)
        first = self._rows[0]
        first.aside, first.rule, first.indent, first.above, first.repeat = self._heading, 2, 0.0, 3.0, ()
        lacking = len(self._heading.lines) * SECTION.leading - sum(row.height() for row in self._rows)
        self._rows[-1].below += max(0.0, lacking)
        return [*self._rows]

    def _again(self, row: Row) -> Row:
        """Make what is written above a row where the section goes on over a page."""
        name = Cell(0.0, wrapped(f"{self._name}, continued", GUTTER - 8, QUIET.size), QUIET)
        columns = [each for repeated in row.repeat for each in repeated.cells]
        return Row(columns, aside=name) if columns else Row([name])
