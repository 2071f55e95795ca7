"""The pane in which one entry of a list is read whole, beside the list or below it."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QTextEdit, QVBoxLayout
from typing_extensions import override

from ioms_desktop.ui.theme.active import active_theme, theme_notifier
from ioms_desktop.ui.theme.icons import set_icon
from ioms_desktop.ui.widgets.widgets import button
from ioms_desktop.ui.widgets.wrapping_label import WrappingLabel

READ_KEY = "F7"
LONG_CHARS = 60
"""From so many characters on a text has lines of its own, below its label."""
MIN_HEIGHT_PX, MAX_HEIGHT_PX = 96, 300
NOTHING_CHOSEN = "Nothing is listed here."
NO_LINES: tuple[tuple[str, str], ...] = ()
"""What an entry says where there is none: pairs of a label and a text."""


class ReadingPane(QFrame):
    """Shows what one entry says, under its heading; in a small window it folds to the heading.

    Signals:
        copy_requested: Some of the text is to be copied; with that text.
        left: The keyboard is to go back to the list.
    """

    copy_requested = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._lines: Sequence[tuple[str, str]] = NO_LINES
        self.heading = WrappingLabel("", "title")
        self.fold_button: QPushButton = button("", self.turn, kind="plain", icon="chevron-down")
        self.text = EntryText()
        self.text.copy_requested.connect(self.copy_requested)
        self.text.left.connect(self.left)
        self.is_folded = False
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.fold_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        theme_notifier().changed.connect(self._write)
        self.set_folded(folded=False)

    def show_entry(self, heading: str, lines: Sequence[tuple[str, str]]) -> None:
        """Show an entry.

        Args:
            heading: What it is, in a few words.
            lines: Labels and texts, in the order in which they are read.
        """
        if (heading, tuple(lines)) == (self.heading.full_text, tuple(self._lines)):
            return  # what somebody is reading, and has selected, stays as it is
        self.heading.show_text(heading or NOTHING_CHOSEN)
        self._lines = tuple(lines)
        self.text.setAccessibleName(heading)
        self._write()

    @Slot()
    def _write(self) -> None:
        self.text.write(self._lines)

    def set_folded(self, *, folded: bool) -> None:
        """Fold it to its heading, or show the text."""
        self.is_folded = folded
        self.text.setVisible(not folded)
        words = "Read" if folded else "Fold"
        self.fold_button.setText(f" {words}")
        self.fold_button.setAccessibleName("Read this entry" if folded else "Fold this entry")
        self.fold_button.setToolTip(f"{self.fold_button.accessibleName()} ({READ_KEY} reads)")
        set_icon(self.fold_button, "chevron-down" if folded else "chevron-up", "accent")
        self.updateGeometry()

    def set_room(self, height: int) -> None:
        """Keep the text within a height in pixels, so that all of it can be in sight at once, scrolled by its keys."""
        self.text.most_px = min(max(height, MIN_HEIGHT_PX), MAX_HEIGHT_PX)
        self.text.updateGeometry()

    @Slot()
    def turn(self) -> None:
        """Fold or unfold."""
        self.set_folded(folded=not self.is_folded)

    @Slot()
    def read(self) -> None:
        """Unfold, and put the keyboard into the text."""
        self.set_folded(folded=False)
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)


class EntryText(QTextEdit):
    """The text of an entry: selected by mouse or keyboard, copied only once that is on record.

    Signals:
        copy_requested: Some of it is to be copied; with that text.
        left: Escape was pressed.
    """

    copy_requested = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.most_px = MAX_HEIGHT_PX
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.viewport().setAutoFillBackground(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)

    def write(self, lines: Sequence[tuple[str, str]]) -> None:
        """Replace the text: a small label above each long text, short ones on one line with theirs."""
        now = active_theme()
        name, words = QTextCharFormat(), QTextCharFormat()
        name.setFont(now.font(size=now.sizes.small))
        name.setForeground(now.colour("quiet"))
        words.setFont(now.font())
        words.setForeground(now.colour("text"))
        self.clear()
        cursor = QTextCursor(self.document())
        gap = QTextBlockFormat()
        gap.setBottomMargin(6)
        for number, (title, text) in enumerate(lines):
            if number:
                cursor.insertBlock()
            cursor.setBlockFormat(gap)
            is_long = len(text) >= LONG_CHARS or "\n" in text
            cursor.insertText(f"{title}\u2028" if is_long else f"{title}: ", name)
            cursor.insertText(text.replace("\n", "\u2028"), words)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.updateGeometry()

    @property
    def chosen(self) -> str:
        """The selected text."""
        return self.textCursor().selectedText().replace("\u2028", "\n").replace("\u2029", "\n")

    @override
    def sizeHint(self) -> QSize:
        wanted = int(self.document().size().height()) + 4
        return QSize(320, min(max(wanted, MIN_HEIGHT_PX), self.most_px))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy_chosen()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    @override
    def createMimeDataFromSelection(self) -> QMimeData:
        return QMimeData()  # nothing leaves by dragging or by the selection alone: neither is on record

    @Slot()
    def _copy_chosen(self) -> None:
        text = self.chosen or self.toPlainText()
        if text.strip():
            self.copy_requested.emit(text)

    @Slot(QPoint)
    def _show_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Copy", self._copy_chosen)
        menu.addAction("Select &all", self.selectAll)
        menu.popup(self.viewport().mapToGlobal(point))
