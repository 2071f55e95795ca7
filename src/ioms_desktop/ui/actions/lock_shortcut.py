"""The key that locks the window, in every dialog over it too."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QWidget

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
            if isinstance(shown, QDialog) and shown.windowHandle() is active and known is None and self._owns(shown):
                pressed = QShortcut(QKeySequence(self._keys), shown)
                pressed.setObjectName(_NAME)
                pressed.activated.connect(self._lock)

    def _owns(self, dialog: QWidget) -> bool:
        """Whether a dialog was opened over this window, or over another dialog of it."""
        owner: QWidget | None = dialog
        while owner is not None and owner is not self._window:
            owner = owner.parentWidget()
        return owner is not None

    @Slot()
    def _lock(self) -> None:
        self._actions.trigger(LOCK_ACTION)
