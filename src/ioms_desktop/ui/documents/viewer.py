"""Looks at a document inside the program: pages and pictures as pictures, everything else as its text.

Nothing is written to the disk. The content is read in a process of its own, which is ended with the dialog.
"""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ioms_desktop.domain.documents.file_types import PAGE_TYPES, FileType
from ioms_desktop.domain.text_format import format_day, format_size
from ioms_desktop.services.documents.apart import FileProcess
from ioms_desktop.services.documents.documents import OpenedDocument
from ioms_desktop.services.documents.reader import PageImage
from ioms_desktop.services.session import Session
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import announce, button, label

DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 920, 760
PAGE_WIDTH_PX, MIN_PAGE_WIDTH_PX, MAX_PAGE_WIDTH_PX = 820, 300, 2_600
MAX_SHOWN_HEIGHT_PX = 12_000
OFFICE_TYPES = frozenset({FileType.DOCX, FileType.XLSX})
ZOOM = 1.25
TEXT_ONLY = "Only the text is shown, without layout, pictures and formats."
SAVE_TO_SEE = "Save a copy to see them."
NEXT_KEY, BACK_KEY, LARGER_KEY, SMALLER_KEY = "Ctrl+PgDown", "Ctrl+PgUp", "Ctrl++", "Ctrl+-"


class DocumentDialog(QDialog):
    """Shows one document that was opened, on record.

    Signals:
        copy_requested: A copy is to be saved.
    """

    copy_requested = Signal()

    def __init__(
        self, session: Session, tasks: Tasks, opened: OpenedDocument, parent: QWidget | None = None, *, may_copy: bool
    ) -> None:
        """Begin to read it.

        Args:
            session: The session of the user who looks.
            tasks: Where pages are made.
            opened: The document.
            parent: The Qt parent.
            may_copy: Whether this user may save a copy of it.
        """
        super().__init__(parent)
        self._tasks, self._opened = tasks, opened
        self._process: FileProcess | None = None
        self.page_number, self.page_count, self.page_width = 0, 1, PAGE_WIDTH_PX
        self._is_first_page = True
        document = opened.document
        self.setWindowTitle(document.title)
        self.setAccessibleName(document.title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX)
        self.message = label("Opening…", "quiet", wrap=True)
        self.sheet = QLabel()
        self.text = QPlainTextEdit()
        self._lay_out(session, may_copy=may_copy)
        self._add_keys()
        self.finished.connect(self._end_process)
        fault = self._show_fault
        tasks.run(self, partial(_start, opened), self._show_first, self._show_problem, fault, then_failed=fault)

    def _lay_out(self, session: Session, *, may_copy: bool) -> None:
        document = self._opened.document
        kind = session.lists.of("document_kind").label(document.kind)
        told = (
            kind,
            format_day(document.dated_on),
            document.source,
            document.file_name,
            format_size(document.size_bytes),
        )
        heading = label(document.title, "title", wrap=True)
        self.text.setReadOnly(True)
        # What is marked could be copied without that being on record; keys and wheel still scroll.
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.text.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.text.setAccessibleName("Text of the document")
        self.sheet.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidget(self.sheet)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setAccessibleName("Page of the document")
        self.text_note = label(f"{TEXT_ONLY} {SAVE_TO_SEE}" if may_copy else TEXT_ONLY, "quiet", wrap=True)
        self.text_note.setVisible(self._opened.file_type in OFFICE_TYPES)
        self.stack = QStackedWidget()
        for part in (self.message, self.scroll_area, self.text):
            self.stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(heading)
        column.addWidget(label(" · ".join(filter(None, told)), "quiet", wrap=True))
        column.addWidget(self.text_note)
        column.addWidget(self.stack, 1)
        column.addLayout(self._foot(may_copy=may_copy))

    def _foot(self, *, may_copy: bool) -> QHBoxLayout:
        self.back_button = button("&Previous page", partial(self.turn, -1))
        self.next_button = button("&Next page", partial(self.turn, 1))
        self.smaller_button = button("S&maller", partial(self.zoom, 1 / ZOOM))
        self.larger_button = button("&Larger", partial(self.zoom, ZOOM))
        self.place_label = label("", "small")
        self.copy_button = button("&Save a copy…", self.copy_requested.emit, icon="download")
        self.copy_button.setVisible(may_copy)
        self.close_button = button("&Close", self.accept, kind="primary")
        self.close_button.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in (self.back_button, self.next_button, self.place_label, self.smaller_button, self.larger_button):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self.copy_button)
        row.addWidget(self.close_button)
        self._page_controls = (
            self.back_button,
            self.next_button,
            self.place_label,
            self.smaller_button,
            self.larger_button,
        )
        for control in self._page_controls:
            control.hide()
        return row

    def _add_keys(self) -> None:
        acts = {
            NEXT_KEY: partial(self.turn, 1),
            BACK_KEY: partial(self.turn, -1),
            LARGER_KEY: partial(self.zoom, ZOOM),
            SMALLER_KEY: partial(self.zoom, 1 / ZOOM),
        }
        for keys, act in acts.items():
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        for each, keys in (
            (self.next_button, NEXT_KEY),
            (self.back_button, BACK_KEY),
            (self.larger_button, LARGER_KEY),
            (self.smaller_button, SMALLER_KEY),
        ):
            each.setToolTip(keys)

    def _show_first(self, started: "tuple[FileProcess, int, str]") -> None:
        self._process, self.page_count, words = started
        if not self.isVisible():  # closed before it was there
            self._end_process()
        elif self._opened.file_type in PAGE_TYPES:
            for control in self._page_controls:
                control.show()
            room = self.stack.width() - self.scroll_area.verticalScrollBar().sizeHint().width()
            self.page_width = min(PAGE_WIDTH_PX, max(MIN_PAGE_WIDTH_PX, room))
            self._draw()
        else:
            self.text.setPlainText(words or "There is no text in it.")
            self.stack.setCurrentWidget(self.text)
            self.text.setFocus()
            if self._opened.file_type in OFFICE_TYPES:
                self.text.setAccessibleDescription(self.text_note.text())
            announce("Opened", self.text)

    def turn(self, pages: int) -> None:
        """Go so many pages on, or back."""
        wanted = self.page_number + pages
        if self._process is not None and 0 <= wanted < self.page_count:
            self.page_number = wanted
            self._draw()

    def zoom(self, factor: float) -> None:
        """Show the page larger or smaller."""
        wanted = min(MAX_PAGE_WIDTH_PX, max(MIN_PAGE_WIDTH_PX, round(self.page_width * factor)))
        if self._process is not None and wanted != self.page_width:
            self.page_width = wanted
            self._draw()

    def _draw(self) -> None:
        if self._process is None:
            return
        width = round(self.page_width * self.devicePixelRatioF())
        work = partial(self._process.page, self.page_number, width)
        self._tasks.latest(self, "page", work, self._show_page, self._show_problem, self._show_fault)

    def _show_page(self, page: PageImage) -> None:
        line = page.width * 3
        image = QImage(page.pixels, page.width, page.height, line, QImage.Format.Format_RGB888).copy()
        picture = QPixmap.fromImage(image)
        picture = self._enlarged(picture)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.sheet.setPixmap(picture)
        self.sheet.setMinimumSize(picture.deviceIndependentSize().toSize())
        place = f"Page {self.page_number + 1} of {self.page_count}"
        self.place_label.setText(place)
        self.sheet.setAccessibleName(place)
        for shown in (self.sheet, self.scroll_area):  # the keyboard is on the area, where a screen reader reads
            shown.setAccessibleDescription(page.text or "A picture without text.")
        self.back_button.setEnabled(self.page_number > 0)
        self.next_button.setEnabled(self.page_number + 1 < self.page_count)
        self.scroll_area.verticalScrollBar().setValue(0)
        if self.stack.currentWidget() is not self.scroll_area:
            self.stack.setCurrentWidget(self.scroll_area)
            self.scroll_area.setFocus()
        announce(place, self.scroll_area)

    def _enlarged(self, picture: QPixmap) -> QPixmap:
        """Return a picture as wide as it is to be shown; a small one is shown in its own size until it is enlarged."""
        ratio = self.devicePixelRatioF()
        if self._is_first_page:
            self._is_first_page = False
            self.page_width = min(self.page_width, max(1, round(picture.width() / ratio)))
        wanted = picture.size().scaled(
            round(self.page_width * ratio), MAX_SHOWN_HEIGHT_PX, Qt.AspectRatioMode.KeepAspectRatio
        )
        if wanted.width() <= picture.width() + 1:  # a page may be one pixel narrower than was asked for
            return picture
        return picture.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)

    def _show_problem(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.stack.setCurrentWidget(self.message)
        announce(sentence, self)

    def _show_fault(self, reference: str) -> None:
        self._show_problem(f"It could not be shown. Save a copy to open it elsewhere. The reference is {reference}.")

    @Slot()
    def _end_process(self) -> None:
        """End the process that holds the content."""
        process, self._process = self._process, None
        if process is not None:
            process.end()


def _start(opened: OpenedDocument) -> tuple[FileProcess, int, str]:
    """Start the process that reads the document; gives its pages, or its text."""
    process = FileProcess(opened.document.file_name)
    try:
        process.hold(opened.file_type, opened.content)
        if opened.file_type in PAGE_TYPES:
            return process, process.page_count(), ""
        return process, 1, process.text()
    except BaseException:
        process.end()
        raise
