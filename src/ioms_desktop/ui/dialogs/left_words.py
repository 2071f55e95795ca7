"""What somebody had typed in a form that had to close, where it could not be kept on the computer."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ioms_desktop.ui.opening_guard import OpeningGuard
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import button, label

TITLE = "What you had typed"
EXPLANATION = (
    "The case was closed to you, and with it the form. Nothing of this was saved, and it cannot be kept on this "
    "computer. Copy it now, or tell it to whoever works on the case."
)
DIALOG_SIZE_PX = (560, 380)


class LeftWordsDialog(QDialog):
    """Shows the author's own words, to be copied."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        """Show words.

        Args:
            words: What was typed, each field under its title.
            parent: The Qt parent.
        """
        super().__init__(parent)
        OpeningGuard(self)
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, *DIALOG_SIZE_PX)
        self.text_box = QPlainTextEdit(words)
        self.text_box.setReadOnly(True)
        self.text_box.setTabChangesFocus(True)
        self.text_box.setAccessibleName(TITLE)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("&Copy", self._copy))
        foot.addWidget(button("C&lose", self.reject))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(TITLE, "title"))
        column.addWidget(label(EXPLANATION, "quiet", wrap=True))
        column.addWidget(self.text_box, 1)
        column.addLayout(foot)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text_box.toPlainText())
