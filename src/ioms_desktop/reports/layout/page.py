"""The page every document shares: A4, its marking, who printed it, and the rows between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas

from ioms_desktop.charts.shapes import Role
from ioms_desktop.reports.layout.fonts import BOLD, MISSING, REGULAR, printable, register, width
from ioms_desktop.reports.layout.palette import colour
from ioms_desktop.reports.layout.rows import Piece, Row
from ioms_desktop.reports.layout.tags import LANGUAGE, Element, Tags
from ioms_desktop.reports.layout.text_wrap import wrapped

PAGE_WIDTH, PAGE_HEIGHT = 595.276, 841.89
LEFT, RIGHT = 40.0, PAGE_WIDTH - 40.0
TOP = PAGE_HEIGHT - 46.0
BOTTOM = 74.0
CONTENT = RIGHT - LEFT
SMALL = 7.0
NOT_PRINTABLE = f"A letter that cannot be printed here is shown as {MISSING}; the record keeps it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands on every page.

    Attributes:
        title: The document's title, in its properties.
        marking: At the top and bottom.
        running: At the top of every page after the first.
        warning: Under the marking, where there is one: "Identity restricted".
        lines: At the foot, from top to bottom: who printed it, how to handle it.
        copy: "Copy 1 of 2" and the like, beside the page number.
        print_id: The number of this print.
        printed_at: Local time of printing.
        author: Who printed it, in the document's properties.
    """

    title: str
    marking: str
    running: str
    warning: str = ""
    lines: tuple[str, ...] = ()
    copy: str = ""
    print_id: str = ""
    printed_at: datetime | None = None
    author: str = ""


@dataclass(slots=True)
class _Placed:
    piece: Piece
    top: float
    lines: range


class _Paper(Canvas):
    """A canvas on which every typeface is embedded: the one it would begin with is not used."""

    def _make_preamble(self) -> None:  # overrides a private method that the stubs leave out
        self._preamble = "1 0 0 1 0 0 cm"


class Paper:
    """A document being made: fill it with rows, then write it."""

    def __init__(self, out: BinaryIO | Path, frame: Frame) -> None:
        """Begin an empty document."""
        register()
        target: Any = str(out) if isinstance(out, Path) else out
        self._canvas = _Paper(target, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), lang=LANGUAGE, invariant=1)
        self._frame = frame
        self._tags = Tags(self._canvas)

    @property
    def root(self) -> Element:
        """The document's element, below which sections hang theirs."""
        return self._tags.root

    def write(self, pieces: Sequence[Piece]) -> int:
        """Set the pieces on pages and write the document.

        Returns:
            The number of pages.
        """
        pages = _paged(pieces)
        if any(
            MISSING in line for piece in pieces if isinstance(piece, Row) for each in piece.cells for line in each.lines
        ):
            self._frame = replace(self._frame, lines=(*self._frame.lines, NOT_PRINTABLE))
        for number, placed in enumerate(pages, 1):
            self._marks(number, len(pages))
            for each in placed:
                each.piece.draw(self._canvas, self._tags, LEFT, each.top, RIGHT, each.lines)
            self._tags.end_page()
        self._tags.finish()
        self._describe()
        self._canvas.save()
        return len(pages)

    def _marks(self, number: int, pages: int) -> None:
        frame, canvas = self._frame, self._canvas
        self._tags.begin_artefact()
        self._middle(frame.marking, PAGE_HEIGHT - 24, 9.0)
        if frame.warning:
            self._at(RIGHT, PAGE_HEIGHT - 24, frame.warning, 8.0, BOLD, right=True)
        if number > 1:
            self._at(LEFT, PAGE_HEIGHT - 37, frame.running, SMALL)
        canvas.setStrokeColor(colour(Role.LINE))
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, BOTTOM - 8, RIGHT, BOTTOM - 8)
        y = BOTTOM - 18
        for line in frame.lines:
            self._at(LEFT, y, line, SMALL)
            y -= 9.2
        self._at(RIGHT, BOTTOM - 18, f"Page {number} of {pages}, {frame.copy}", SMALL, BOLD, right=True)
        self._at(RIGHT, BOTTOM - 27.2, frame.print_id, SMALL, right=True)
        self._middle(frame.marking, 15, 9.0)
        self._tags.end()

    def _middle(self, words: str, y: float, size: float) -> None:
        self._at((LEFT + RIGHT - width(words, size, bold=True)) / 2, y, words, size, BOLD)

    def _at(self, x: float, y: float, words: str, size: float, font: str = REGULAR, *, right: bool = False) -> None:
        canvas = self._canvas
        canvas.setFillColor(colour(Role.TEXT if font == BOLD else Role.QUIET))
        canvas.setFont(font, size)
        shown = printable(words)
        canvas.drawRightString(x, y, shown) if right else canvas.drawString(x, y, shown)

    def _describe(self) -> None:
        frame, canvas = self._frame, self._canvas
        canvas.setTitle(frame.title)
        canvas.setSubject(frame.marking)
        canvas.setAuthor(frame.author)
        canvas.setCreator("IOMS Desktop")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        untyped: Any = canvas
        document = untyped._doc  # noqa: SLF001 - ReportLab offers no other way to say when it was printed
        if frame.printed_at is not None:
            document._timeStamp = _Printed(frame.printed_at)  # noqa: SLF001 - as above
        document.signature.update(f"{frame.print_id} {frame.printed_at}".encode())


class _Printed(TimeStamp):
    """The time of printing as ReportLab keeps it; the same time gives the same bytes."""

    def __init__(self, at: datetime) -> None:
        super().__init__(invariant=1)
        self.YMDhms = at.timetuple()[:6]
        ahead = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
        self.dhh, self.dmm = divmod(ahead, 60)


def _paged(pieces: Sequence[Piece]) -> list[list[_Placed]]:
    """Set pieces on pages from top to bottom; long rows are divided, others go to the next page whole."""
    pages: list[list[_Placed]] = [[]]
    y, fresh = TOP, True
    for number, piece in enumerate(pieces):
        first = 0
        while True:
            top = y - (0.0 if fresh else piece.above)
            last = piece.fitting(top - BOTTOM, first)
            if last == piece.count and not fresh and _parted(pieces, number, top):
                last = first
            if last == first and fresh:
                last = piece.count  # nothing would ever have more room
            if last > first:
                pages[-1].append(_Placed(piece, top, range(first, last)))
                y, fresh = top - piece.height(first, last), False
            if last == piece.count:
                break
            first = last
            pages.append([])
            y, fresh = TOP, True
            for again in piece.repeat:
                pages[-1].append(_Placed(again, y, range(again.count)))
                y -= again.height()
    return pages


def _parted(pieces: Sequence[Piece], number: int, top: float) -> bool:
    """Say whether a piece that belongs with the next one would be parted from it by the page's end."""
    piece = pieces[number]
    if not piece.keep or number + 1 == len(pieces):
        return False
    follower = pieces[number + 1]
    return follower.fitting(top - piece.height() - follower.above - BOTTOM, 0) == 0


def note_lines(words: str, size: float = SMALL) -> tuple[str, ...]:
    """Break a line of the foot to the room it has beside the page number."""
    return tuple(wrapped(words, CONTENT - 96, size))
