"""The canvas of every document: tagged, with every typeface embedded, and with bookmarks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from reportlab.lib.utils import TimeStamp
from reportlab.pdfgen.canvas import Canvas
from typing_extensions import override

from ioms_desktop.reports.document.description import PaperDocument
from ioms_desktop.reports.layout.fonts import to_one_line
from ioms_desktop.reports.layout.styles import TextStyle
from ioms_desktop.reports.layout.tags import TagWriter
from ioms_desktop.reports.layout.text_writer import TextWriter
from ioms_desktop.reports.pdf.bookmarks import Bookmark, write_bookmarks
from ioms_desktop.reports.pdf.metadata import metadata_stream, one_line
from ioms_desktop.reports.pdf.pdf_file import PaperFile

TOOL = "IOMS Desktop"
PDF_VERSION = (1, 7)  # the one that PDF/UA-1 builds on


class _PageNumber(NamedTuple):
    """Where the page of a part is to be written: on which page, in place of which mark."""

    page: int
    mark: str
    part: int
    right: float
    y: float
    style: TextStyle


class PaperCanvas(Canvas):
    """A canvas that tags its content and knows which section each page goes on with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Platypus makes it
        """Begin an empty document."""
        super().__init__(*args, **{"pdfVersion": PDF_VERSION, **kwargs})
        file = self._document
        file.__class__, file.finished, file.bookmarks = PaperFile, {}, 0  # the canvas made one of ReportLab's own
        self.tags = TagWriter(self)
        self.writer = TextWriter(self)
        self.continued: list[str] = []
        self._bookmarks: list[Bookmark] = []
        self._page_numbers: list[_PageNumber] = []

    def _make_preamble(self) -> None:  # overrides a private method that the stubs leave out
        # ReportLab's initial font is not embedded, and is not used.
        self._preamble = "1 0 0 1 0 0 cm"

    @override
    def showPage(self) -> None:
        self.tags.end_page()
        if len(self.continued) < self.getPageNumber():
            self.continued.append("")
        super().showPage()

    def note_section(self, section: str, *, begins: bool) -> None:
        """Note the section that is drawn; the first on a page is named at its top if it began on another."""
        if len(self.continued) < self.getPageNumber():
            self.continued.append("" if begins else section)

    def add_bookmark(self, level: int, words: str, top: float) -> None:
        """Add a bookmark to a place on the present page."""
        self._bookmarks.append(Bookmark(to_one_line(words), level, self.getPageNumber(), top))

    def finish_structure(self) -> None:
        """Write the structure tree and the bookmarks, after the last page."""
        self.tags.finish()
        write_bookmarks(self._document, self._bookmarks)

    def leave_page_number(self, part: int, right: float, y: float, style: TextStyle) -> None:
        """Leave room in the content that is open for the page on which a part begins, which is not known yet.

        Args:
            part: The number of the part, from 1.
            right: Where the number ends.
            y: Its baseline.
            style: Its style.
        """
        mark = f"% page of part {part}"  # a comment, if it stays
        self._page_numbers.append(_PageNumber(self.getPageNumber(), mark, part, right, y, style))
        untyped: Any = self
        untyped._code.append(mark)  # noqa: SLF001 - as `TagWriter` does

    def write_page_numbers(self, first_pages: Sequence[int]) -> None:
        """Write the numbers that were left out, once it is known on which page each part begins, the first at 0."""
        for left in self._page_numbers:
            words = [str(first_pages[left.part])]
            untyped: Any = self
            self.writer.write(0, left.y, words, left.style, left.right)
            written, untyped._code = "\n".join(untyped._code), []  # noqa: SLF001 - as in `put_beneath`'s caller
            page = self._document.idToObject[f"Page{left.page}"]
            page.stream = page.stream.replace(f"{left.mark}\n", f"{written}\n", 1)

    def put_beneath(self, number: int, code: list[str]) -> None:
        """Put drawing instructions before those of a finished page."""
        page = self._document.idToObject[f"Page{number}"]
        page.stream = "\n".join(code) + "\n" + page.stream

    def set_properties(self, description: PaperDocument) -> None:
        """Write the document's properties; the time of printing is the only time in them."""
        frame = description.frame
        self.setTitle(one_line(description.title))
        self.setSubject(one_line(frame.marking))
        self.setAuthor(one_line(frame.author))
        self.setCreator(TOOL)
        self.setViewerPreference("DisplayDocTitle", "true")
        self._document.Catalog.Metadata = metadata_stream(description, TOOL, self._document.info.producer)
        if frame.printed_at is not None:
            self._document._timeStamp = _PrintTime(frame.printed_at)  # noqa: SLF001 - no other way to say when
        self._document.signature.update(f"{frame.print_id} {frame.printed_at}".encode("utf-8", "replace"))

    @property
    def _document(self) -> Any:  # noqa: ANN401 - PDFDocument is untyped
        untyped: Any = self
        return untyped._doc  # noqa: SLF001 - ReportLab has no public door to it


class _PrintTime(TimeStamp):
    """The time of printing in ReportLab's form; the same time gives the same bytes."""

    def __init__(self, at: datetime) -> None:
        super().__init__(invariant=1)
        self.YMDhms = at.timetuple()[:6]
        ahead = (at.utcoffset() or timedelta()) // timedelta(minutes=1)
        self.dhh, self.dmm = divmod(ahead, 60)
