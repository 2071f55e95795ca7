"""Turns the blocks of a document into Platypus flowables with their structure elements."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from reportlab.platypus import PageBreak as NewPage

from ioms_desktop.charts.marks import rag_sign
from ioms_desktop.charts.shapes import ColourRole, Picture
from ioms_desktop.reports.document.description import (
    MASTHEAD_LEVEL,
    Block,
    BulletList,
    Contents,
    Figure,
    Heading,
    LabelledValues,
    Masthead,
    MastheadStanding,
    Notice,
    PageBreak,
    Paragraph,
    Table,
    TableColumn,
    TextTone,
    Words,
    plain_text,
)
from ioms_desktop.reports.layout.rows import Cell, FigureFlowable, Headed, Row, Rows, text_cell
from ioms_desktop.reports.layout.styles import (
    BODY,
    BY_TONE,
    QUIET,
    SECTION,
    STANDING,
    STRONG,
    SUBSECTION,
    SUBTITLE,
    TITLE,
    URGENT,
    TextStyle,
)
from ioms_desktop.reports.layout.tags import StructureElement
from ioms_desktop.reports.layout.text_lines import line_depth, line_width, set_line, wrap_words

LABEL_WIDTH_PT = 112.0
STANDING_WIDTH_PT = 140.0
COLUMN_GAP_PT = 6.0
BULLET_INDENT_PT = 10.0
BOX_INDENT_PT = 6.0
SIGN_RADIUS_PT = 6.0
DESCENT = 0.24  # of the size: how far below the baseline letters reach for which the leading is made
TABLE_PADDING_PT = 2.0
SECTION_LEVEL = 2
PARTS_JOINT = " · "
PAGE_COLUMN = TableColumn("Page", 1.6, is_written_in=True, is_number=True)
HEADING_ROOM_PT = 40.0  # what a heading takes from a page that a figure fills


class StoryBuilder:
    """Makes the flowables of one document, in order; a heading opens its section in the structure tree."""

    def __init__(self, root: StructureElement, width: float, height: float, part: int = 0) -> None:
        """Begin.

        Args:
            root: The document's structure element.
            width: The width of the content in points.
            height: Its height on one page.
            part: Which part of another document it is, from 1; 0 where it stands alone.
        """
        self._root, self._width, self._height = root, width, height
        self._part, self._below = part, int(part > 0)  # how many levels its headings are below where they would be
        self._parent, self._section = root, ""

    def flowables(self, blocks: Sequence[Block]) -> list[Any]:
        """Return the flowables; a heading is joined with what follows it."""
        made: list[tuple[bool, Any]] = []
        waiting = list(reversed(blocks))
        while waiting:
            block = waiting.pop()
            only = self._only_line(block, waiting)
            if only is not None and isinstance(block, Heading):
                made.append((False, self._section_line(block, only)))
                waiting.pop()
                continue
            made += [(isinstance(block, Heading), each) for each in self._made(block)]
        story: list[Any] = []
        for is_heading, each in reversed(made):
            joins = is_heading and story and not isinstance(story[-1], NewPage)
            story.append(Headed(each, story.pop()) if joins else each)
        story.reverse()
        return story

    def _made(self, block: Block) -> Iterator[Any]:
        match block:
            case Masthead():
                yield self._masthead(block)
            case Heading():
                yield self._heading(block)
            case Paragraph():
                yield self._block([self._text_row(block.words, BY_TONE[block.tone], self._parent.add("P"))])
            case LabelledValues():
                yield self._block(list(self._pair_rows(block)))
            case Table() | Contents():
                yield from self._contents(block) if isinstance(block, Contents) else self._table(block)
            case BulletList():
                yield self._block(self._list_rows(block))
            case Figure():
                element = self._parent.add("Figure", alt=block.alt)
                yield FigureFlowable(block.picture, element, self._height - HEADING_ROOM_PT, self._section)
            case Notice():
                yield self._notice(block)
            case PageBreak():
                yield NewPage()

    def _block(self, rows: Sequence[Row], **further: Any) -> Rows:  # noqa: ANN401 - as `Rows` takes them
        return Rows(rows, section=self._section, **further)

    def _text_row(self, words: Words, style: TextStyle, element: StructureElement, *, indent: float = 0.0) -> Row:
        return Row([text_cell(indent, words, self._width - 2 * indent, style, element)])

    def _heading(self, block: Heading) -> Rows:
        if block.level == SECTION_LEVEL:
            self._begin_section(block.text)
            begun = self._add_heading(self._parent, SECTION_LEVEL)
            return self._section_rows(self._text_row(block.text, SECTION, begun).cells, block.text)
        cells = self._text_row(block.text, SUBSECTION, self._add_heading(self._parent, block.level)).cells
        return self._block([Row(cells, padding=1.6, bookmark=self._bookmark(block.level, block.text))], above=2.0)

    def _add_heading(self, parent: StructureElement, level: int) -> StructureElement:
        return parent.add(f"H{level + self._below}")

    def _bookmark(self, level: int, words: str) -> tuple[int, str]:
        """Return the bookmark of a heading; that of a part has its number, for two may have the same words."""
        numbered = f"{self._part}. {words}" if self._part and level == MASTHEAD_LEVEL else words
        return level - 1 + self._below, numbered

    def _begin_section(self, name: str) -> None:
        self._parent, self._section = self._root.add("Sect"), name

    def _section_rows(self, cells: Sequence[Cell], name: str) -> Rows:
        row = Row(cells, rule=2, padding=2.4, bookmark=self._bookmark(SECTION_LEVEL, name))
        return self._block([row], above=3.6, begins_section=True)

    def _only_line(self, block: Block, following: Sequence[Block]) -> Paragraph | None:
        """Return the paragraph that is all there is of a section and has room beside its heading, else None."""
        if not isinstance(block, Heading) or block.level != SECTION_LEVEL or not following:
            return None
        only, after = following[-1], following[-2] if len(following) > 1 else None
        ends = (
            after is None or isinstance(after, PageBreak) or (isinstance(after, Heading) and after.level <= block.level)
        )
        if not isinstance(only, Paragraph) or not ends:
            return None
        room = self._width - self._beside(block.text)
        if room < LABEL_WIDTH_PT:
            return None
        return only if len(wrap_words(only.words, room, BY_TONE[only.tone])) == 1 else None

    def _beside(self, heading: str) -> float:
        """Return where a line beside a heading begins."""
        return max(LABEL_WIDTH_PT, line_width(set_line(heading, SECTION), SECTION) + 2 * COLUMN_GAP_PT)

    def _section_line(self, heading: Heading, only: Paragraph) -> Rows:
        """Set the one line of a section beside its heading."""
        self._begin_section(heading.text)
        style = replace(BY_TONE[only.tone], leading=SECTION.leading)
        left = self._beside(heading.text)
        title = text_cell(0.0, heading.text, left, SECTION, self._add_heading(self._parent, SECTION_LEVEL))
        line = text_cell(left, only.words, self._width - left, style, self._parent.add("P"))
        return self._section_rows([title, line], heading.text)

    def _masthead(self, block: Masthead) -> Rows:
        room = self._width - STANDING_WIDTH_PT if block.standing is not None else self._width
        title = [text_cell(0.0, block.title, room, TITLE, self._add_heading(self._root, MASTHEAD_LEVEL))]
        beneath: list[Cell] = []
        standing = block.standing
        sign = None
        if standing is not None:
            alt = f"RAG {standing.word}" if standing.sign else ""
            title.append(self._right_cell(standing.word, STANDING, self._root.add("P", alt=alt)))
            sign = self._sign(standing)
        if block.subtitle:
            beneath.append(text_cell(0.0, block.subtitle, room, SUBTITLE, self._root.add("P")))
        if standing is not None and standing.note:
            beneath.append(self._right_cell(standing.note, QUIET, self._root.add("P")))
        rows = [Row(title, padding=0.0, sign=sign, bookmark=self._bookmark(MASTHEAD_LEVEL, block.title))]
        if beneath:
            rows.append(Row(beneath, padding=0.0))
        if block.line:
            rows.append(self._text_row(self._between_parts(block.line), QUIET, self._root.add("P")))
        deeper = max((line_depth(line) for line in title[0].lines[-1:]), default=0.0) - DESCENT * TITLE.size
        if deeper > 0 and len(rows) > 1:  # half of it above the row, so that the letters of the title do not touch it
            rows[1] = replace(rows[1], padding=rows[1].padding + 2 * deeper)
        return self._block(rows, begins_section=True)

    def _between_parts(self, line: str) -> str:
        """Break a line that is too long between two of its parts, and not within a date or a name."""
        lines: list[str] = []
        for part in line.split(PARTS_JOINT):
            longer = f"{lines[-1]}{PARTS_JOINT}{part}" if lines else part
            if lines and line_width(set_line(longer, QUIET), QUIET) <= self._width:
                lines[-1] = longer
            else:
                lines.append(part)
        return "\n".join(lines)

    def _right_cell(self, words: str, style: TextStyle, element: StructureElement) -> Cell:
        left = self._width - STANDING_WIDTH_PT + COLUMN_GAP_PT
        return text_cell(left, words, self._width - left, style, element, self._width)

    def _sign(self, standing: MastheadStanding) -> tuple[Picture, float, float] | None:
        if not standing.sign:
            return None
        size = 2 * SIGN_RADIUS_PT
        shapes = tuple(rag_sign(standing.sign, SIGN_RADIUS_PT, SIGN_RADIUS_PT, SIGN_RADIUS_PT))
        left = self._width - line_width(set_line(standing.word, STANDING), STANDING) - size - COLUMN_GAP_PT
        return Picture(size, size, shapes, ""), left, 5.8

    def _pair_rows(self, block: LabelledValues) -> Iterator[Row]:
        """Lay out pairs, two on a line where both are short; in the structure each is a row of its own."""
        tag = self._parent.add("Table")
        half = self._width / 2
        waiting: list[Cell] = []
        for label, value in block.pairs:
            line = tag.add("TR")
            heading, data = line.add("TH", scope="Row"), line.add("TD")
            left = half if waiting else 0.0
            labelled = text_cell(left, label, LABEL_WIDTH_PT - COLUMN_GAP_PT, QUIET, heading)
            short = text_cell(left + LABEL_WIDTH_PT, value, half - LABEL_WIDTH_PT - COLUMN_GAP_PT, BODY, data)
            if block.side_by_side and len(short.lines) <= 1 and len(labelled.lines) <= 1:
                waiting += [labelled, short]
                if left:
                    yield Row(waiting)
                    waiting = []
                continue
            if waiting:
                yield Row(waiting)
                waiting = []
            value_cell = text_cell(LABEL_WIDTH_PT, value, self._width - LABEL_WIDTH_PT, BODY, data)
            yield Row([replace(labelled, left=0.0), value_cell])
        if waiting:
            yield Row(waiting)

    def _table(self, block: Table) -> Iterator[Rows | Headed]:
        columns, rows = block.shown()
        if not columns:
            return
        tag = self._parent.add("Table")
        places, ends = self._places(columns)
        if block.caption:
            yield Headed(
                self._block([self._text_row(block.caption, STRONG, tag.add("Caption"))], above=2.0),
                self._table_rows(tag, [column.heading for column in columns], rows, places, ends, block.room),
            )
            return
        yield self._table_rows(tag, [column.heading for column in columns], rows, places, ends, block.room)

    def _places(self, columns: Sequence[TableColumn]) -> tuple[list[tuple[float, float]], list[float | None]]:
        """Return where each column begins with its width, and where its text ends if that is at the right."""
        total = sum(column.share for column in columns)
        places: list[tuple[float, float]] = []
        left = 0.0
        for column in columns:
            step = self._width * column.share / total
            places.append((left, step - COLUMN_GAP_PT))
            left += step
        return places, [
            left + room - COLUMN_GAP_PT if column.is_number else None
            for column, (left, room) in zip(columns, places, strict=True)
        ]

    def _table_rows(
        self,
        tag: StructureElement,
        headings: Sequence[str],
        rows: Sequence[Sequence[Words]],
        places: Sequence[tuple[float, float]],
        ends: Sequence[float | None],
        room_lines: int = 0,
    ) -> Rows:
        made = [
            Row(
                [
                    text_cell(left, words, room, style, line.add(kind, scope=scope), end)
                    for words, (left, room), end in zip(row, places, ends, strict=True)
                ],
                rule=int(kind == "TD"),
                padding=TABLE_PADDING_PT,
                room=room_lines if kind == "TD" else 0,
            )
            for kind, scope, style, row in (("TH", "Column", QUIET, headings), *(("TD", "", BODY, row) for row in rows))
            for line in (tag.add("TR"),)
        ]
        if room_lines:  # a line to write above, beneath the last row
            made.append(Row([], rule=1, padding=0.0))
        return self._block(made, repeated=[made[0].as_decoration()])

    def _contents(self, block: Contents) -> Iterator[Rows]:
        """Lay out the contents as a table, whose last column is written when the pages are counted."""
        rows = tuple((*row, "") for row in block.rows)
        columns, shown = Table((*block.columns, PAGE_COLUMN), rows).shown()
        headings = [column.heading for column in columns]
        made = self._table_rows(self._parent.add("Table"), headings, shown, *self._places(columns))
        made.rows = [
            replace(row, cells=[*row.cells[:-1], replace(row.cells[-1], page_of_part=part)]) if part else row
            for part, row in enumerate(made.rows)
        ]
        yield made

    def _list_rows(self, block: BulletList) -> list[Row]:
        tag = self._parent.add("L")
        room = self._width - BULLET_INDENT_PT
        rows: list[Row] = []
        for words in block.items:
            item = tag.add("LI")
            label, body = item.add("Lbl"), item.add("LBody")
            cells = [Cell(0.0, ["•"], QUIET, label), text_cell(BULLET_INDENT_PT, words, room, BODY, body)]
            rows.append(Row(cells))
        return rows

    def _notice(self, block: Notice) -> Rows:
        style = URGENT if block.urgent else BY_TONE[TextTone.PLAIN]
        row = self._text_row(block.words, style, self._parent.add("P"), indent=BOX_INDENT_PT)
        box = ColourRole.RED if block.urgent else ColourRole.QUIET
        return self._block([row], above=4.0, box=box)


def texts_of(blocks: Sequence[Block]) -> Iterator[str]:
    """Give every text of a document's blocks, charts included."""
    for block in blocks:
        match block:
            case Masthead():
                yield from (block.title, block.subtitle, block.line)
            case Heading():
                yield block.text
            case Paragraph() | Notice():
                yield plain_text(block.words)
            case LabelledValues():
                yield from (plain_text(words) for pair in block.pairs for words in pair)
            case Table() | Contents():
                yield from (plain_text(words) for row in block.rows for words in row)
            case BulletList():
                yield from (plain_text(words) for words in block.items)
            case Figure():
                yield from (text.text for text in block.picture.texts())
            case PageBreak():
                pass
