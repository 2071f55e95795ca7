"""Help (F1): the purpose and use of the current screen, and every keyboard shortcut."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ioms_desktop.ui.actions.actions import UserAction
from ioms_desktop.ui.widgets.widgets import button, label

GLOBAL_KEYS = (
    ("Ctrl+K", "Find people, cases and commands"),
    ("Ctrl+F", "Search the list on this screen"),
    ("Enter", "Open the row the keyboard is on"),
    ("Esc", "Clear the search, close a dialog"),
    ("Ctrl+Enter", "Save a dialog"),
    ("Ctrl+Tab", "Next tab; with Shift the one before"),
)


class HelpDialog(QDialog):
    """Explains one screen."""

    def __init__(
        self,
        title: str,
        explanation: str,
        actions: Sequence[UserAction],
        parent: QWidget | None = None,
        *,
        keys: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Show the explanation of a screen and the shortcuts.

        Args:
            explanation: The text of the screen; an empty line separates paragraphs.
            actions: The actions of the window; those with a shortcut are listed.
            parent: The widget it belongs to.
            keys: The keys of the screen itself, and what they do.
        """
        super().__init__(parent)
        self.setWindowTitle(f"Help: {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 560)
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(10)
        for paragraph in explanation.split("\n\n"):
            column.addWidget(label(paragraph, wrap=True))
        for heading, rows in (("Keys of this screen", dict(keys)), ("Keys", _keys_of(actions))):
            if rows:
                column.addWidget(label(heading, "title"))
                column.addLayout(_key_table(rows))
        column.addStretch(1)
        pane = QScrollArea()
        pane.setWidget(inside)
        pane.setWidgetResizable(True)
        pane.setAccessibleName(f"Help on {title}")
        pane.setAccessibleDescription(explanation)
        head = label(title, "display")
        head.setContentsMargins(24, 16, 24, 4)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 8, 24, 16)
        foot.addStretch(1)
        self.close_button = button("&Close", self.reject, kind="primary")
        self.close_button.setDefault(True)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(head)
        layout.addWidget(pane, 1)
        layout.addLayout(foot)
        self.close_button.setFocus()


def _keys_of(actions: Sequence[UserAction]) -> dict[str, str]:
    known = [(action.shortcut, action.plain_title) for action in actions if action.shortcut]
    return dict([*GLOBAL_KEYS, *known])


def _key_table(rows: Mapping[str, str]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setColumnStretch(1, 1)
    for number, (keys, words) in enumerate(rows.items()):
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys
        grid.addWidget(label(shown, "quiet"), number, 0)
        grid.addWidget(label(words, wrap=True), number, 1)
    return grid
