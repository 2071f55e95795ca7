"""Give every widget another palette and stylesheet without the window standing still.

Qt, when a stylesheet is replaced, styles each widget once for every widget around it, all in one go: 0.7 s of a core
with five cases open. Here the sheet is replaced while no widget counts as styled, and each is then styled once, some at
each turn of the event loop: first what is in sight, whose windows are drawn again when all of it is done, so that
nothing flickers; then the other cases, screens and menus, which are most of what there is.
"""

import time
from functools import cache

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ioms_desktop.ui.theme.active import theme_notifier

TURN_S = 0.012
"""Seconds that are spent on styling in one turn of the event loop."""
IS_STYLED, IS_NOT_TOLD = Qt.WidgetAttribute.WA_WState_Polished, Qt.WidgetAttribute.WA_SetStyle
"""Qt styles the widgets with the first, and tells those without the second that the style is another."""


class Restyling(QObject):
    """Styles all widgets, some at each turn of the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._hidden: list[QWidget] = []
        self._seen: list[QWidget] = []
        self._still: list[QWidget] = []
        self._is_announced = True
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take_turn)

    def begin(self, app: QApplication, palette: QPalette, sheet: str) -> None:
        """Replace palette and stylesheet, and style the widgets in the turns that follow."""
        told, seen, hidden = self._hold_back(app, {*self._hidden, *self._seen})
        app.setStyleSheet("")
        app.setPalette(palette)
        app.setStyleSheet(sheet)
        for widget in told:
            widget.setAttribute(IS_NOT_TOLD, False)
        self._hold_still([widget for widget in seen if widget.isWindow()])
        self._seen, self._hidden = seen, hidden
        self._is_announced = False
        self._timer.start()

    @staticmethod
    def _hold_back(app: QApplication, waiting: set[QWidget]) -> tuple[list[QWidget], list[QWidget], list[QWidget]]:
        """Make Qt skip every widget.

        Args:
            app: The application.
            waiting: Those that have not been styled since the sheet was replaced the last time.

        Returns:
            Those whose `IS_NOT_TOLD` was set here, then the visible and the hidden widgets to style.
        """
        told, seen, hidden = list[QWidget](), list[QWidget](), list[QWidget]()
        for widget in app.allWidgets():
            if widget in waiting or widget.testAttribute(IS_STYLED):
                widget.setAttribute(IS_STYLED, False)
                (seen if widget.isVisible() else hidden).append(widget)
            if not widget.testAttribute(IS_NOT_TOLD):
                widget.setAttribute(IS_NOT_TOLD, True)
                told.append(widget)
        return told, seen, hidden

    def finish(self) -> None:
        """Style everything that waits at once."""
        while self._timer.isActive():
            self._take_turn()

    def _hold_still(self, windows: list[QWidget]) -> None:
        """Draw windows again only once what is seen of them is styled."""
        for window in windows:
            if window.updatesEnabled():
                window.setUpdatesEnabled(False)
                self._still.append(window)

    def _take_shown(self) -> None:
        """Have what was shown since, such as another tab, styled next: it would be seen in the style before."""
        waiting, self._hidden = self._hidden, []
        for widget in waiting:
            if shiboken6.isValid(widget):
                (self._seen if widget.isVisible() else self._hidden).append(widget)

    @Slot()
    def _take_turn(self) -> None:
        until = time.monotonic() + TURN_S
        if self._is_announced:
            self._take_shown()
        if self._seen:
            _style_some(self._seen, until)
        elif not self._is_announced:
            self._is_announced = True
            theme_notifier().changed.emit()
            for window in self._still:
                if shiboken6.isValid(window):
                    window.setUpdatesEnabled(True)
            self._still.clear()
        elif self._hidden:
            _style_some(self._hidden, until)
        else:
            self._timer.stop()


def _style_some(widgets: list[QWidget], until: float) -> None:
    while widgets and time.monotonic() < until:
        widget = widgets.pop()
        if shiboken6.isValid(widget):
            style = widget.style()
            style.unpolish(widget)
            style.polish(widget)
            widget.setAttribute(IS_STYLED, True)
            QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))


@cache
def restyling() -> Restyling:
    """Return the one object that styles the widgets."""
    return Restyling()
