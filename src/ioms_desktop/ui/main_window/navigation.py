"""The navigation rail on the left: one button for each screen, icon above title, operated with the arrow keys."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout
from typing_extensions import override

from ioms_desktop.ui.main_window.screens import ScreenEntry
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.icons import set_icon

MIN_WIDTH_PX = 88
BUTTON_HEIGHT_PX = 52
COMPACT_EDGE_PX = 32
"""The width and height of a button in a window too low for titles; the title is its tooltip then."""
SIDE_MARGINS_PX = 12
MARGIN_PX, SPACING_PX = 8, 4
TITLED = Qt.ToolButtonStyle.ToolButtonTextUnderIcon


class NavigationRail(QFrame):
    """Lets the user choose a screen.

    Signals:
        screen_requested: A screen was chosen; carries its id.
    """

    screen_requested = Signal(str)

    def __init__(self, entries: Sequence[ScreenEntry]) -> None:
        """Create a button for each screen.

        Args:
            entries: In order; Ctrl+1 shows the first.
        """
        super().__init__()
        self.setProperty("kind", "rail")
        self._width = max(MIN_WIDTH_PX, *(self._width_for(entry.title) for entry in entries))
        self._is_compact = False
        self.setFixedWidth(self._width)
        self.setMinimumHeight(1)  # in a low window the buttons become smaller
        self.setAccessibleName("Screens")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(6, MARGIN_PX, 6, MARGIN_PX)
        column.setSpacing(SPACING_PX)
        for number, entry in enumerate(entries, 1):
            press = self._button(entry, number)
            self._buttons[entry.id] = press
            self._group.addButton(press)
            column.addWidget(press)
        column.addStretch(1)

    def _width_for(self, title: str) -> int:
        """Return the width needed for a title, which is bold while its screen is shown."""
        bold = QFont(self.font())
        bold.setBold(True)
        return QFontMetrics(bold).horizontalAdvance(title) + 2 * SIDE_MARGINS_PX

    def _button(self, entry: ScreenEntry, number: int) -> QToolButton:
        press = QToolButton()
        press.setProperty("kind", "rail")
        press.setText(entry.title)
        press.setCheckable(True)
        press.setToolButtonStyle(TITLED)
        press.setFixedSize(QSize(self._width - SIDE_MARGINS_PX, BUTTON_HEIGHT_PX))
        edge = active_theme().sizes.icon
        press.setIconSize(QSize(edge, edge))
        press.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        press.setToolTip(f"{entry.title} (Ctrl+{number})")
        press.setAccessibleName(entry.title)
        set_icon(press, entry.icon)
        press.clicked.connect(partial(self._request_screen, entry.id))
        return press

    def _request_screen(self, name: str, _checked: bool = False) -> None:  # noqa: FBT002 - Qt's signal
        self.screen_requested.emit(name)

    def show_current(self, name: str | None) -> None:
        """Mark the screen shown; None while a case is shown."""
        self._group.setExclusive(False)
        for known, press in self._buttons.items():
            press.setChecked(known == name)
        self._group.setExclusive(True)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        needed = len(self._buttons) * (BUTTON_HEIGHT_PX + SPACING_PX) + 2 * MARGIN_PX
        compact = event.size().height() < needed
        if compact != self._is_compact:
            self._is_compact = compact
            self._fit_buttons()

    def _fit_buttons(self) -> None:
        wide = self._width - SIDE_MARGINS_PX
        size = QSize(COMPACT_EDGE_PX, COMPACT_EDGE_PX) if self._is_compact else QSize(wide, BUTTON_HEIGHT_PX)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if self._is_compact else TITLED
        for press in self._buttons.values():
            press.setToolButtonStyle(style)
            press.setFixedSize(size)
        self.setFixedWidth(size.width() + SIDE_MARGINS_PX)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)
