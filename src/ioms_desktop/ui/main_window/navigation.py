"""The narrow rail at the left: one button a screen, icon over word, moved through with the arrow keys."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout
from typing_extensions import override

from ioms_desktop.ui.main_window.screens import Entry
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.icons import dress

WIDTH = 88
HEIGHT = 52
MARGINS = 12


class Rail(QFrame):
    """Chooses a screen.

    Signals:
        chosen: A screen was asked for, by its id.
    """

    chosen = Signal(str)

    def __init__(self, entries: Sequence[Entry]) -> None:
        """List the screens.

        Args:
            entries: In their order; Ctrl+1 is the first.
        """
        super().__init__()
        self.setProperty("kind", "rail")
        self._width = max(WIDTH, *(self._needed(entry.title) for entry in entries))
        self.setFixedWidth(self._width)
        self.setAccessibleName("Screens")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(4)
        for number, entry in enumerate(entries, 1):
            press = self._button(entry, number)
            self._buttons[entry.id] = press
            self._group.addButton(press)
            column.addWidget(press)
        column.addStretch(1)

    def _needed(self, title: str) -> int:
        """Say how wide the rail must be for a word, which is bold while its screen is shown."""
        bold = QFont(self.font())
        bold.setBold(True)
        return QFontMetrics(bold).horizontalAdvance(title) + 2 * MARGINS

    def _button(self, entry: Entry, number: int) -> QToolButton:
        press = QToolButton()
        press.setProperty("kind", "rail")
        press.setText(entry.title)
        press.setCheckable(True)
        press.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        press.setFixedSize(QSize(self._width - MARGINS, HEIGHT))
        edge = active_theme().sizes.icon
        press.setIconSize(QSize(edge, edge))
        press.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        press.setToolTip(f"{entry.title} (Ctrl+{number})")
        press.setAccessibleName(entry.title)
        dress(press, entry.icon)
        press.clicked.connect(partial(self._choose, entry.id))
        return press

    def _choose(self, name: str, _checked: bool = False) -> None:  # noqa: FBT002 - Qt's signal
        self.chosen.emit(name)

    def show_current(self, name: str | None) -> None:
        """Mark the screen that is shown; none while a case is."""
        self._group.setExclusive(False)
        for known, press in self._buttons.items():
            press.setChecked(known == name)
        self._group.setExclusive(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)
