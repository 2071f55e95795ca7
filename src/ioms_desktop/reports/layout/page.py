"""The page of every document: A4, with its marking, who printed it, and the rows between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.reports.layout.fonts import (
    BOLD_FONT,
    REGULAR_FONT,
    REPLACEMENT_CHAR,
    register_fonts,
    text_width,
    to_printable,
)
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.rows import Block, Row
from ioms_desktop.reports.layout.tags import LANGUAGE, StructureElement, TagWriter
from ioms_desktop.reports.layout.text_wrap import wrap_text

PAGE_WIDTH, PAGE_HEIGHT = 595.276, 841.89
LEFT, RIGHT = 40.0, PAGE_WIDTH - 40.0
TOP = PAGE_HEIGHT - 46.0
BOTTOM = 74.0
CONTENT_WIDTH_PT = RIGHT - LEFT
SMALL_TEXT_PT = 7.0
REPLACED_CHARS_NOTE = f"A letter that cannot be printed here is shown as {REPLACEMENT_CHAR}; the record keeps it."


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What is printed on every page.

    Attributes:
        title: The document's title, in its properties.
        marking: At the top and bottom.
        running_head: At the top of every page after the first.
        warning: Under the marking, where there is one: "Identity restricted".
        foot_lines: At the foot, from top to bottom: who printed it, how to handle it.
        copy_label: "Copy 1 of 2" and the like, beside the page number.
        print_id: The number of this print.
        printed_at: Local time of printing.
        author: The user who printed it, in the document's properties.
    """

    title: str
    marking: str
    running_head: str
    warning: str = ""
    foot_lines: tuple[str, ...] = ()
    copy_label: str = ""
    print_id: str = ""
    printed_at: datetime | None = None
    author: str = ""


@dataclass(slots=True)
class _PlacedBlock:
    block: Block
    top: float
    lines: range


class _EmbeddedFontCanvas(Canvas):
    """A canvas that embeds every typeface: ReportLab's initial font, which is not embedded, is not used."""

    def _make_preamble(self) -> None:  # overrides a private method that the stubs leave out
        self._preamble = "1 0 0 1 0 0 cm"


class PdfDocument:
    """A document under construction: fill it with rows, then write it."""

    def __init__(self, out: BinaryIO | Path, frame: PageFrame) -> None:
        """Begin an empty document."""
        register_fonts()
        target: Any = str(out) if isinstance(out, Path) else out
        self._canvas = _EmbeddedFontCanvas(target, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), lang=LANGUAGE, invariant=1)
        self._frame = frame
        self._tags = TagWriter(self._canvas)

    @property
    def root(self) -> StructureElement:
        """The document's structure element, the parent of all sections."""
        return self._tags.root

    def write(self, pieces: Sequence[Block]) -> int:
        """Paginate the blocks and write the document.

        Returns:
            The number of pages.
        """
        pages = _paginate(pieces)
        if any(
            REPLACEMENT_CHAR in line
            for piece in pieces
            if isinstance(piece, Row)
            for each in piece.cells
            for line in each.lines
        ):
            self._frame = replace(self._frame, foot_lines=(*self._frame.foot_lines, REPLACED_CHARS_NOTE))
        for number, placed in enumerate(pages, 1):
            self._draw_frame(number, len(pages))
            for each in placed:
                each.block.draw(self._canvas, self._tags, LEFT, each.top, RIGHT, each.lines)
            self._tags.end_page()
        self._tags.finish()
        self._set_properties()
        self._canvas.save()
        return len(pages)

    def _draw_frame(self, number: int, pages: int) -> None:
        frame, canvas = self._frame, self._canvas
        self._tags.begin_artefact()
        self._draw_centred(frame.marking, PAGE_HEIGHT - 24, 9.0)
        if frame.warning:
            self._draw_text(RIGHT, PAGE_HEIGHT - 24, frame.warning, 8.0, BOLD_FONT, right=True)
        if number > 1:
            self._draw_text(LEFT, PAGE_HEIGHT - 37, frame.running_head, SMALL_TEXT_PT)
        canvas.setStrokeColor(paper_colour(ColourRole.LINE))
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, BOTTOM - 8, RIGHT, BOTTOM - 8)
        y = BOTTOM - 18
        for line in frame.foot_lines:
            self._draw_text(LEFT, y, line, SMALL_TEXT_PT)
            y -= 9.2
        self._draw_text(
            RIGHT, BOTTOM - 18, f"Page {number} of {pages}, {frame.copy_label}", SMALL_TEXT_PT, BOLD_FONT, right=True
        )
        self._draw_text(RIGHT, BOTTOM - 27.2, frame.print_id, SMALL_TEXT_PT, right=True)
        self._draw_centred(frame.marking, 15, 9.0)
        self._tags.end()

    def _draw_centred(self, words: str, y: float, size: float) -> None:
        self._draw_text((LEFT + RIGHT - text_width(words, size, bold=True)) / 2, y, words, size, BOLD_FONT)

    def _draw_text(
        self, x: float, y: float, words: str, size: float, font: str = REGULAR_FONT, *, right: bool = False
    ) -> None:
        canvas = self._canvas
        canvas.setFillColor(paper_colour(ColourRole.TEXT if font == BOLD_FONT else ColourRole.QUIET))
        canvas.setFont(font, size)
        shown = to_printable(words)
        canvas.drawRightString(x, y, shown) if right else canvas.drawString(x, y, shown)

    def _set_properties(self) -> None:
        frame, canvas = self._frame, self._canvas
        canvas.setTitle(frame.title)
        canvas.setSubject(frame.marking)
        canvas.setAuthor(frame.author)
        canvas.setCreator("IOMS Desktop")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        untyped: Any = canvas
        document = untyped._doc  # noqa: SLF001 - ReportLab offers no other way to say when it was printed
        if frame.printed_at is not None:
            document._timeStamp = _PrintTime(frame.printed_at)  # noqa: SLF001 - as above
        document.signature.update(f"{frame.print_id} {frame.printed_at}".encode())


class _PrintTime(TimeStamp):
    """The time of printing in ReportLab's form; the same time gives the same bytes."""

    def __init__(self, at: datetime) -> None:
        super().__init__(invariant=1)
        self.YMDhms = at.timetuple()[:6]
        ahead = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
        self.dhh, self.dmm = divmod(ahead, 60)


def _paginate(pieces: Sequence[Block]) -> list[list[_PlacedBlock]]:
    """Paginate the blocks: long rows are split, others move to the next page whole."""
    pages: list[list[_PlacedBlock]] = [[]]
    y, fresh = TOP, True
    for number, piece in enumerate(pieces):
        first = 0
        while True:
            top = y - (0.0 if fresh else piece.above)
            last = piece.fitting(top - BOTTOM, first)
            if last == piece.count and not fresh and _is_parted_from_next(pieces, number, top):
                last = first
            if last == first and fresh:
                last = piece.count  # no page has more room: print it here
            if last > first:
                pages[-1].append(_PlacedBlock(piece, top, range(first, last)))
                y, fresh = top - piece.height(first, last), False
            if last == piece.count:
                break
            first = last
            pages.append([])
            y, fresh = TOP, True
            for again in piece.repeat:
                pages[-1].append(_PlacedBlock(again, y, range(again.count)))
                y -= again.height()
    return pages


def _is_parted_from_next(pieces: Sequence[Block], number: int, top: float) -> bool:
    """Whether a page break would separate a block from the next one that it must stay with."""
    piece = pieces[number]
    if not piece.keep or number + 1 == len(pieces):
        return False
    follower = pieces[number + 1]
    return follower.fitting(top - piece.height() - follower.above - BOTTOM, 0) == 0


def wrap_foot_line(words: str, size: float = SMALL_TEXT_PT) -> tuple[str, ...]:
    """Wrap a line of the footer to the width beside the page number."""
    return tuple(wrap_text(words, CONTENT_WIDTH_PT - 96, size))
