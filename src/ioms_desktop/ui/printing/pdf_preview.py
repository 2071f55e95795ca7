"""A PDF preview: pages rendered off the interface thread and shown one below the other."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from ioms_desktop.ui.tasks import Task, Tasks
from ioms_desktop.ui.widgets.layouts import clear_layout
from ioms_desktop.ui.widgets.widgets import label

A4_WIDTH_PT, A4_HEIGHT_PT = 595.276, 841.89
MIN_PAGE_WIDTH_PX, PAGE_MARGINS_PX = 220, 48
MAX_SHOWN_PAGES = 60
"""The most pages that are held as pictures at once."""
NOT_ALL_SHOWN = "The first {shown} of {pages} pages are shown. All of them are saved and printed."
_PDFIUM_LOCK = threading.Lock()  # PDFium is not thread-safe


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """One page as raw pixels: blue, green, red and one unused byte each."""

    pixels: bytes
    width: int
    height: int
    stride: int
    text: str


def page_count(pdf: bytes) -> int:
    """Return the number of pages of a PDF."""
    with _open_pdf(pdf) as document:
        return len(document)


def render_page(pdf: bytes, number: int, scale: float) -> RenderedPage:
    """Render one page.

    Args:
        number: The page, from 0.
        scale: Pixels per point.
    """
    with _open_pdf(pdf) as document:
        page = document[number]
        bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
        text = page.get_textpage().get_text_bounded()
        return RenderedPage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, text)


@contextmanager
def _open_pdf(pdf: bytes) -> Iterator[Any]:
    # The library has no type hints, and is slow to import.
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]  # noqa: PLC0415

    with _PDFIUM_LOCK:
        document = PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()


def _page_places(documents: tuple[bytes, ...]) -> list[tuple[int, int]]:
    return [(each, number) for each, pdf in enumerate(documents) for number in range(page_count(pdf))]


def image_of(page: RenderedPage) -> QImage:
    """Return an image with its own copy of the pixels."""
    return QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32).copy()


class PdfPreview(QScrollArea):
    """Shows the pages of a PDF as they are rendered, one after another."""

    def __init__(
        self, tasks: Tasks, width: int, parent: QWidget | None = None, *, least_whole: int | None = None
    ) -> None:
        """Start without pages.

        Args:
            tasks: Renders the pages.
            width: Maximum width of a page, in pixels at 100 %.
            parent: The Qt parent.
            least_whole: The width in pixels down to which a page is made smaller to be seen whole; None for never.
        """
        super().__init__(parent)
        self._least_whole = least_whole
        self._tasks, self._max_page_width, self._page_width = tasks, width, width
        self._documents: tuple[bytes, ...] = ()
        self._rendering: Task[Any] | None = None
        self._page_count = 0
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(12)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(MIN_PAGE_WIDTH_PX + PAGE_MARGINS_PX)
        self.setAccessibleName("Preview of the pages")
        self.pages: list[QLabel] = []

    def show_message(self, words: str) -> None:
        """Show a message instead of pages."""
        if self._rendering is not None:
            self._rendering.cancel()
        self._clear()
        self._column.addWidget(label(words, "quiet", wrap=True))
        self.setAccessibleDescription(words)

    def show_documents(self, documents: Sequence[bytes]) -> None:
        """Show documents one below the other; each page appears once it is rendered."""
        self._documents = tuple(documents)
        self._page_width = self._choose_width()
        self._rendering = self._tasks.latest(
            self, "pages", partial(_page_places, self._documents), self._start_rendering
        )

    def _choose_width(self) -> int:
        room = self.viewport().size()
        width = min(self._max_page_width, max(MIN_PAGE_WIDTH_PX, room.width() - PAGE_MARGINS_PX))
        if self._least_whole is None:
            return width
        margins = self._column.contentsMargins()
        whole = int((room.height() - margins.top() - margins.bottom()) * A4_WIDTH_PT / A4_HEIGHT_PT)
        return min(width, whole) if whole >= self._least_whole else width

    def _start_rendering(self, places: list[tuple[int, int]]) -> None:
        self._clear()
        self._page_count = len(places)
        self._render_next(places[:MAX_SHOWN_PAGES], 0)

    def _render_next(self, places: list[tuple[int, int]], at: int) -> None:
        if at >= len(places):
            if self._page_count > at:
                self._column.addWidget(
                    label(NOT_ALL_SHOWN.format(shown=at, pages=self._page_count), "quiet", wrap=True)
                )
            return
        document, number = places[at]
        scale = self._page_width * self.devicePixelRatioF() / A4_WIDTH_PT
        work = partial(render_page, self._documents[document], number, scale)
        self._rendering = self._tasks.latest(self, "pages", work, partial(self._show_page, places, at))

    def _show_page(self, places: list[tuple[int, int]], at: int, page: RenderedPage) -> None:
        picture = QPixmap.fromImage(image_of(page))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        sheet = QLabel()
        sheet.setPixmap(picture)
        # A page is never scaled down to the viewport; what does not fit is scrolled.
        sheet.setFixedSize(picture.deviceIndependentSize().toSize())
        sheet.setAccessibleName(f"Page {at + 1} of {self._page_count}")
        sheet.setAccessibleDescription(page.text)
        self.pages.append(sheet)
        self._column.addWidget(sheet)
        sheet.show()  # a layout leaves out hidden widgets, and the pages would lie on top of each other
        self._inside.setMinimumHeight(self._column.totalMinimumSize().height())
        self.setAccessibleDescription(f"{at + 1} of {self._page_count} pages shown")
        self._render_next(places, at + 1)

    def _clear(self) -> None:
        self.pages.clear()
        self._inside.setMinimumHeight(0)
        clear_layout(self._column)
