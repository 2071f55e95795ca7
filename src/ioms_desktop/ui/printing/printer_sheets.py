"""Papers on a printer: one page is drawn and painted at a time, and it is known which copies are whole."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QMarginsF, QObject, QRectF, Signal
from PySide6.QtGui import QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.services.printing.many_summaries import PrintedCase
from ioms_desktop.ui.printing.pdf_preview import RenderedPage, image_of, page_count, render_page
from ioms_desktop.ui.tasks import Tasks

MAX_PRINT_DPI = 300
POINTS_PER_INCH = 72


class PrinterSheets(QObject):
    """Paints copies on a printer; no more than one page of them is held as an image."""

    finished = Signal(list)
    """It ended; with what is on record of each copy that is not whole, in order."""

    def __init__(self, tasks: Tasks, printer: QPrinter, parent: QObject) -> None:
        """Do not reach the printer yet."""
        super().__init__(parent)
        self._tasks, self._printer, self._painter = tasks, printer, QPainter()
        self._copies: list[tuple[tuple[PrintOfCase, ...], bytes]] = []
        self._whole = self._page = 0
        self._is_blank, self._is_stopped = True, False

    def reach(self) -> bool:
        """Whether the printer can be reached; it waits for the pages then."""
        return self._painter.begin(self._printer)

    def paint(self, printed: Sequence[PrintedCase]) -> None:
        """Paint every copy, page by page."""
        self._copies = copies_of(printed)
        self._go_on()

    def stop(self) -> None:
        """Stop before the next page."""
        self._is_stopped = True

    def abort(self) -> None:
        """Let nothing come out."""
        self._printer.abort()
        self._painter.end()

    def _go_on(self) -> None:
        if self._is_stopped or self._whole == len(self._copies):
            self._end()
            return
        scale = min(self._printer.resolution(), MAX_PRINT_DPI) / POINTS_PER_INCH
        draw = partial(_draw, self._copies[self._whole][1], self._page, scale)
        self._tasks.run(self, draw, self._paint_page, self._fail, self._fail, then_failed=self._fail)

    def _paint_page(self, drawn: tuple[RenderedPage, int]) -> None:
        page, pages = drawn
        if not self._is_blank and not self._printer.newPage():
            self._end()
            return
        self._is_blank = False
        sheet = self._printer.pageLayout().fullRectPixels(self._printer.resolution())
        self._painter.drawImage(QRectF(sheet), image_of(page))
        self._page += 1
        if self._page == pages:
            self._whole, self._page = self._whole + 1, 0
        self._go_on()

    def _fail(self, _why: str) -> None:
        self._end()

    def _end(self) -> None:
        """Let out what is whole, which stays on record."""
        if self._whole:
            self._painter.end()
        else:
            self.abort()
        left, self._copies = [prints for prints, _ in self._copies[self._whole :]], []
        self.finished.emit(left)


def ask_for_printer(parent: QWidget, title: str) -> QPrinter | None:
    """Ask on which printer papers of this title are printed; None where nobody chose one."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent)
    # What is printed to a file is saved: whole or not at all, and for its owner alone.
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, on=False)
    return printer if dialog.exec() == QDialog.DialogCode.Accepted else None


def copies_of(printed: Sequence[PrintedCase]) -> list[tuple[tuple[PrintOfCase, ...], bytes]]:
    """Return every copy with what is on record of it, in the order in which they are painted."""
    return [
        (each.prints[number] if each.prints else (), pdf) for each in printed for number, pdf in enumerate(each.pdfs)
    ]


def describe_unfinished(printed: Sequence[PrintedCase], not_whole: Sequence[Sequence[PrintOfCase]], why: str) -> str:
    """Say how many copies came out."""
    copies = len(copies_of(printed))
    return f"{why}. {copies - len(not_whole)} of {copies} copies came out whole."


def _draw(pdf: bytes, number: int, scale: float) -> tuple[RenderedPage, int]:
    return render_page(pdf, number, scale), page_count(pdf)
