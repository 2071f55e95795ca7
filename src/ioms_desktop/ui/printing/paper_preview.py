"""Papers before they leave: their pages as they will be printed, or the same words as text."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.ui.printing.paper_text import BACK_HEADING_KEY, NEXT_HEADING_KEY, PaperText
from ioms_desktop.ui.printing.pdf_preview import PdfPreview
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.icons import set_icon
from ioms_desktop.ui.widgets.widgets import announce, button, icon_button, label

READ_KEY = "F7"
SEARCH_WIDTH_PX = 220
READ, SHOW = "Read as text", "Show the pages"
NOT_FOUND = "“{words}” is not in the text."


class PaperPreview(QWidget):
    """Shows papers as pages or as text; both are made from one description, so that they say the same."""

    def __init__(
        self, tasks: Tasks, width: int, parent: QWidget | None = None, *, least_whole: int | None = None
    ) -> None:
        """Start without papers, with the pages shown.

        Args:
            tasks: Renders the pages.
            width: Maximum width of a page, in pixels at 100 %.
            parent: The Qt parent.
            least_whole: As for `PdfPreview`.
        """
        super().__init__(parent)
        self.sheets = PdfPreview(tasks, width, least_whole=least_whole)
        self.text = PaperText()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.sheets)
        self._stack.addWidget(self.text)
        self.turn_button = button(READ, self.turn, kind="plain", icon="book-open")
        self.search = QLineEdit()
        self.told = label("", "small", wrap=True)
        self._lay_out()
        self.text.copy_refused.connect(self._tell)
        self.search.returnPressed.connect(self.find_next)
        self.search.textEdited.connect(lambda _: self._tell(""))
        self._add_keys()
        self._show_controls()

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("Find in the text")
        self.search.setAccessibleName("Find in the text")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(SEARCH_WIDTH_PX)
        glass = QAction(self.search)
        set_icon(glass, "search", "quiet")
        self.search.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        back = icon_button("chevron-up", "Previous place (Shift+F3)", self.find_back)
        onward = icon_button("chevron-down", "Next place (F3)", self.find_next)
        self.smaller_button = button("Smaller", partial(self.text.zoom, -1), kind="plain")
        self.larger_button = button("Larger", partial(self.text.zoom, 1), kind="plain")
        self._controls = (self.search, back, onward, self.smaller_button, self.larger_button)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.turn_button)
        row.addStretch(1)
        for each in self._controls:
            row.addWidget(each)
        self.told.setContentsMargins(16, 0, 16, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.told)
        column.addWidget(self._stack, 1)

    def _add_keys(self) -> None:
        QShortcut(QKeySequence(READ_KEY), self).activated.connect(self.turn)
        of_text = {
            "Ctrl+F": self._search,
            "F3": self.find_next,
            "Shift+F3": self.find_back,
            "Ctrl++": partial(self.text.zoom, 1),
            "Ctrl+=": partial(self.text.zoom, 1),
            "Ctrl+-": partial(self.text.zoom, -1),
            "Ctrl+0": partial(self.text.zoom, 0),
            NEXT_HEADING_KEY: self.text.go_to_heading,
            BACK_HEADING_KEY: partial(self.text.go_to_heading, back=True),
        }
        self._keys = [QShortcut(QKeySequence(keys), self) for keys in of_text]
        for key, act in zip(self._keys, of_text.values(), strict=True):
            key.activated.connect(act)
        self.turn_button.setToolTip(READ_KEY)
        self.smaller_button.setToolTip("Ctrl+-")
        self.larger_button.setToolTip("Ctrl++")
        self.text.setAccessibleDescription(
            f"{NEXT_HEADING_KEY} and {BACK_HEADING_KEY} go from heading to heading, Ctrl+F finds words."
        )

    @property
    def pages(self) -> list[QLabel]:
        """The pages that have been drawn."""
        return self.sheets.pages

    @property
    def is_text(self) -> bool:
        """Whether the text is shown."""
        return self._stack.currentWidget() is self.text

    def show_message(self, words: str) -> None:
        """Show a message instead of papers."""
        self.sheets.show_message(words)
        self.text.show_words(words)

    def show_papers(self, papers: Sequence[SeenPaper]) -> None:
        """Show papers one below the other."""
        self.sheets.show_documents([each.pdf for each in papers])
        self.text.show_papers([each.html for each in papers])

    @Slot()
    def turn(self) -> None:
        """Change between pages and text."""
        shown = self.sheets if self.is_text else self.text
        self._stack.setCurrentWidget(shown)
        self._show_controls()
        shown.setFocus(Qt.FocusReason.ShortcutFocusReason)
        announce("The pages as text" if self.is_text else "The pages", self)

    def _show_controls(self) -> None:
        for each in self._controls:
            each.setVisible(self.is_text)
        for key in self._keys:
            key.setEnabled(self.is_text)
        words = SHOW if self.is_text else READ
        self.turn_button.setText(f" {words}")
        self.turn_button.setAccessibleName(words)
        set_icon(self.turn_button, "file-text" if self.is_text else "book-open", "accent")
        self._tell("")

    def _search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @Slot()
    def find_next(self) -> None:
        """Go to the next place of what is searched for."""
        self._find(back=False)

    @Slot()
    def find_back(self) -> None:
        """Go to the place before."""
        self._find(back=True)

    def _find(self, *, back: bool) -> None:
        words = self.search.text()
        if not words.strip():
            self._search()
            return
        found = self.text.find_words(words, back=back)
        self._tell("" if found else NOT_FOUND.format(words=words))
        if found:
            announce(self.text.textCursor().block().text(), self.text)

    @Slot(str)
    def _tell(self, words: str) -> None:
        self.told.setText(words)
        self.told.setVisible(bool(words))
        announce(words, self)
