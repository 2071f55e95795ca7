"""Sections of a page: the name at the left, the content at the right, a rule above; an empty section says so."""

from collections.abc import Sequence
from enum import Enum

from ioms_desktop.reports.layout.page import CONTENT_WIDTH_PT
from ioms_desktop.reports.layout.rows import (
    BODY_STYLE,
    HEAD_STYLE,
    QUIET_STYLE,
    SECTION_STYLE,
    Block,
    Row,
    RowCell,
    TableColumn,
    TextStyle,
    layout_table,
    wrap_cell,
)
from ioms_desktop.reports.layout.tags import StructureElement
from ioms_desktop.reports.layout.text_wrap import wrap_text

HEADING_WIDTH_PT = 94.0
BODY_WIDTH_PT = CONTENT_WIDTH_PT - HEADING_WIDTH_PT
LABEL_WIDTH_PT = 92.0
NONE_RECORDED = "None recorded"
NOT_SHARED_FIELD = "not shared with this reader."
NOT_SHARED = "Not shared with this reader: anything that is for the police alone."
"""Ends a section of which a reader may not have every row, whether or not there are others."""


class Sharing(Enum):
    """How much of a section its reader may have, by what kind of reader it is and never by what is in it."""

    WHOLE = "whole"
    SOME_FIELDS = "some fields"
    SOME_ROWS = "some rows"


class PageSection:
    """A section under construction."""

    def __init__(self, root: StructureElement, name: str, sharing: Sharing = Sharing.WHOLE) -> None:
        """Begin a section.

        Args:
            root: The element it is tagged below.
            name: Its name.
            sharing: How much of it the reader may have; only a whole one says that nothing is recorded.
        """
        self._name, self._sharing = name, sharing
        self._tag = root.add("Sect")
        self._heading = wrap_cell(name, 0.0, HEADING_WIDTH_PT - 8, SECTION_STYLE, self._tag.add("H2"))
        self._rows: list[Row] = []

    def add_paragraph(self, words: str, style: TextStyle = BODY_STYLE) -> None:
        """Add a paragraph."""
        row = Row([wrap_cell(words, HEADING_WIDTH_PT, BODY_WIDTH_PT, style, self._tag.add("P"))])
        row.padding = 1.2
        self._rows.append(row)

    def add_labelled(self, label: str, words: str) -> None:
        """Add a paragraph with its label in a column of its own."""
        tag = self._tag.add("P")
        first = wrap_cell(label, HEADING_WIDTH_PT, LABEL_WIDTH_PT - 6, QUIET_STYLE, tag)
        row = Row(
            [
                first,
                wrap_cell(words, HEADING_WIDTH_PT + LABEL_WIDTH_PT, BODY_WIDTH_PT - LABEL_WIDTH_PT, BODY_STYLE, tag),
            ]
        )
        row.padding = 1.2
        self._rows.append(row)

    def add_pairs(self, items: Sequence[tuple[str, str]]) -> None:
        """Add labels with values, two pairs a line where both are short; empty values are left out."""
        tag = self._tag.add("Table")
        half = BODY_WIDTH_PT / 2
        waiting: list[tuple[str, str]] = []
        for label, value in items:
            if not value:
                continue
            short = len(wrap_text(value, half - LABEL_WIDTH_PT - 6, BODY_STYLE.size)) <= 1
            if not short:
                self._add_pair_row(tag, waiting)
                self._add_pair_row(tag, [(label, value)], BODY_WIDTH_PT)
                waiting = []
                continue
            waiting.append((label, value))
            if len(waiting) > 1:
                self._add_pair_row(tag, waiting)
                waiting = []
        self._add_pair_row(tag, waiting)

    def _add_pair_row(
        self, tag: StructureElement, items: Sequence[tuple[str, str]], step: float = BODY_WIDTH_PT / 2
    ) -> None:
        if not items:
            return
        line = tag.add("TR")
        cells: list[RowCell] = []
        for number, (label, value) in enumerate(items):
            left = HEADING_WIDTH_PT + number * step
            cells.append(wrap_cell(label, left, LABEL_WIDTH_PT - 4, QUIET_STYLE, line.add("TH", scope="Row")))
            cells.append(wrap_cell(value, left + LABEL_WIDTH_PT, step - LABEL_WIDTH_PT - 6, BODY_STYLE, line.add("TD")))
        row = Row(cells)
        row.padding = 0.8
        self._rows.append(row)

    def add_table(self, columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> None:
        """Add a table, or a statement that it has no rows. An empty optional column is left out."""
        if not rows:
            self.add_absence(NONE_RECORDED)
            return
        used = [
            number
            for number, column in enumerate(columns)
            if not column.optional or any(words[number] for words in rows)
        ]
        shown = [[words[number] for number in used] for words in rows]
        self._rows += layout_table(
            [columns[number] for number in used], shown, self._tag, HEADING_WIDTH_PT, BODY_WIDTH_PT
        )

    def add_list(self, items: Sequence[str]) -> None:
        """Add a list, or a statement that it is empty."""
        if not items:
            self.add_absence(NONE_RECORDED)
            return
        tag = self._tag.add("L")
        for words in items:
            body = tag.add("LI").add("LBody")
            row = Row(
                [
                    RowCell(HEADING_WIDTH_PT, ["•"], QUIET_STYLE),
                    wrap_cell(words, HEADING_WIDTH_PT + 9, BODY_WIDTH_PT - 9, BODY_STYLE, body),
                ]
            )
            row.padding = 1.0
            self._rows.append(row)

    def add_absence(self, words: str) -> None:
        """Add a statement that something is not recorded, unless it may be there and not be for this reader."""
        if self._sharing is Sharing.WHOLE:
            self.add_paragraph(words, QUIET_STYLE)

    def add_subheading(self, words: str) -> None:
        """Add a third-level heading that stays with what follows."""
        row = Row([wrap_cell(words, HEADING_WIDTH_PT, BODY_WIDTH_PT, HEAD_STYLE, self._tag.add("H3"))])
        row.keep = True
        row.padding = 1.2
        self._rows.append(row)

    def blocks(self) -> list[Block]:
        """Return the finished blocks: the name is beside the first row, and repeated after a page break."""
        if self._sharing is Sharing.SOME_ROWS or (self._sharing is Sharing.SOME_FIELDS and not self._rows):
            self.add_paragraph(NOT_SHARED, QUIET_STYLE)
        elif not self._rows:
            self.add_paragraph(NONE_RECORDED, QUIET_STYLE)
        for row in self._rows:
            row.repeat = (self._continued_heading(row),)
        first = self._rows[0]
        first.side_heading, first.rule, first.indent, first.above, first.repeat = self._heading, 2, 0.0, 3.0, ()
        lacking = len(self._heading.lines) * SECTION_STYLE.leading - sum(row.height() for row in self._rows)
        self._rows[-1].below += max(0.0, lacking)
        return [*self._rows]

    def _continued_heading(self, row: Row) -> Row:
        """Make the heading that is repeated above a row after a page break."""
        name = RowCell(0.0, wrap_text(f"{self._name}, continued", HEADING_WIDTH_PT - 8, QUIET_STYLE.size), QUIET_STYLE)
        columns = [each for repeated in row.repeat for each in repeated.cells]
        return Row(columns, side_heading=name) if columns else Row([name])
