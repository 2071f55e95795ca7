"""Keeps a window that opens by itself from taking keys and clicks that were meant for the window before it."""

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

QUIET_MS = 600
"""For how long, in milliseconds, nothing must be typed before a window that opened by itself takes keys."""
_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut})
_CLICKS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease})
_INPUT = _KEYS | _CLICKS


class OpeningGuard(QObject):
    """Ignores what is typed and clicked from when a window is shown until the keyboard has been quiet for a moment.

    Whoever is typing when a window opens over their work has not read it: their next Space or Enter would press its
    button. Each ignored key begins the moment anew, so a word typed to its end does nothing.

    It filters the events of the window and of what is in it: a filter of the application would see every event of every
    widget, also of those that are drawn again behind the window.
    """

    def __init__(self, window: QWidget) -> None:
        """Guard a window that is about to be shown."""
        super().__init__(window)
        self._window, self._has_begun = window, False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MS)
        window.installEventFilter(self)

    @property
    def is_active(self) -> bool:
        """Whether keys and clicks are still ignored."""
        return self._timer.isActive()

    @Slot()
    def end(self) -> None:
        """Take keys and clicks from now on."""
        self._timer.stop()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Show and watched is self._window and not self._has_begun:
            self._has_begun = True
            for inside in self._window.findChildren(QWidget):
                inside.installEventFilter(self)
            self._timer.start()
        elif kind in _INPUT and self._timer.isActive():  # most events are no input
            if kind in _KEYS:
                self._timer.start()
            event.accept()  # an override that is accepted keeps mnemonics and shortcuts from being looked up
            return True
        return False
