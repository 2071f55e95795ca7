"""The key that locks the window, in every dialog over it too."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from ioms_desktop.ui.actions.actions import WindowActions

LOCK_ACTION = "session.lock"
_NAME = "lock-shortcut"


class LockShortcut(QObject):
    """Gives each dialog the shortcut as it becomes active.

    The window's own does not work while a dialog is modal, which is when most is on the screen.
    """

    def __init__(self, window: QWidget, actions: WindowActions) -> None:
        """Follow which window is active, for as long as the window lives."""
        super().__init__(window)
        self._window, self._actions = window, actions
        self._keys = next(action.shortcut for action in actions.actions if action.id == LOCK_ACTION)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._add_to)

    @Slot(QWindow)
    def _add_to(self, active: QWindow | None) -> None:
        if active is None:
            return
        for shown in QApplication.topLevelWidgets():
            known = shown.findChild(QShortcut, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
            if shown is not self._window and shown.isVisible() and shown.windowHandle() is active and known is None:
                pressed = QShortcut(QKeySequence(self._keys), shown)
                pressed.setObjectName(_NAME)
                pressed.activated.connect(self._lock)

    @Slot()
    def _lock(self) -> None:
        self._actions.trigger(LOCK_ACTION)
