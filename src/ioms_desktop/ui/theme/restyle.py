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
        noted = {*self._hidden, *self._seen}
        every = app.allWidgets()
        styled = [widget for widget in every if widget in noted or widget.testAttribute(IS_STYLED)]
        told = [widget for widget in every if not widget.testAttribute(IS_NOT_TOLD)]
        for widget in styled:
            widget.setAttribute(IS_STYLED, False)
        for widget in told:
            widget.setAttribute(IS_NOT_TOLD, True)
        app.setStyleSheet("")
        app.setPalette(palette)
        app.setStyleSheet(sheet)
        for widget in told:
            widget.setAttribute(IS_NOT_TOLD, False)
        self._hold_still([widget for widget in every if widget.isWindow() and widget.isVisible()])
        self._seen = [widget for widget in styled if widget.isVisible()]
        self._hidden = [widget for widget in styled if not widget.isVisible()]
        self._is_announced = False
        self._timer.start()

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

    @Slot()
    def _take_turn(self) -> None:
        until = time.monotonic() + TURN_S
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
