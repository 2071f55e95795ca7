"""Ctrl+Enter, which sends a form from any of its fields."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.ui.opening_guard import QUIET_MS


class SendKeys(QObject):
    """Calls what sends a form; a key that is held down counts once.

    A key pressed twice over the window before may open this one with its first press. So a form that was opened just
    now and that nobody has touched is not sent.
    """

    def __init__(
        self, window: QWidget, send: Callable[[], object], is_touched: Callable[[], bool] = lambda: False
    ) -> None:
        """Listen in one window.

        Args:
            window: The dialog.
            send: Sends its form.
            is_touched: Whether anything has been answered or typed in it.
        """
        super().__init__(window)
        self._window, self._send, self._is_touched = window, send, is_touched
        self._just_shown = QTimer(self)
        self._just_shown.setSingleShot(True)
        self._just_shown.setInterval(QUIET_MS)
        window.installEventFilter(self)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            pressed = QShortcut(QKeySequence(keys), window)
            pressed.setAutoRepeat(False)
            pressed.activated.connect(self._press)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Show:
            self._just_shown.start()
        return False

    def end_pause(self) -> None:
        """Send the form from now on, touched or not."""
        self._just_shown.stop()

    @Slot()
    def _press(self) -> None:
        if self._is_touched() or not self._just_shown.isActive():
            self._send()
