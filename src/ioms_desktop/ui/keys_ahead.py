"""Keeps what is typed between the key that opens a dialog and the dialog, and types it there."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid
from typing_extensions import override

_Key, _Kind, _With = Qt.Key, QEvent.Type, Qt.KeyboardModifier
_BESIDE_LETTERS = frozenset(
    {_Key.Key_Tab, _Key.Key_Backtab, _Key.Key_Backspace, _Key.Key_Delete, _Key.Key_Return, _Key.Key_Enter}
    | {_Key.Key_Up, _Key.Key_Down, _Key.Key_Left, _Key.Key_Right}
)
_PRESSED_AGAIN = frozenset({_Key.Key_Return, _Key.Key_Enter, _Key.Key_Space})
_COMMANDS = _With.ControlModifier | _With.AltModifier | _With.MetaModifier
_KEYS = frozenset({_Kind.KeyPress, _Kind.KeyRelease, _Kind.ShortcutOverride, _Kind.Shortcut})
_CLICKS = frozenset({_Kind.MouseButtonPress, _Kind.MouseButtonDblClick, _Kind.MouseButtonRelease})
_INPUT = _KEYS | _CLICKS
TURNS = 2
"""In so many turns of the event loop keys that wait are read: in the first, a timer may come before them."""
Typed = tuple[int, Qt.KeyboardModifier, str]
"""A key, what was held down with it, and its text."""


class KeysAhead(QObject):
    """Keeps keys for one dialog, from when it is asked for until it has the keyboard.

    Whoever knows the keys types on at once. While a dialog is read for and built, that would change the list or the
    search behind it, or be lost.
    """

    def __init__(self, window: QWidget) -> None:
        """Begin to keep what is typed over a window."""
        super().__init__(window)
        self._window = window.window()
        self._keys: list[Typed] = []
        self._dialog: QDialog | None = None
        self._has_ended = False
        self._watched: QObject = QApplication.focusWidget() or self._window
        self._watched.installEventFilter(self)
        _application().focusChanged.connect(self._follow)

    def open(self, dialog: QDialog) -> None:
        """Open the dialog; what was kept is typed there once it has the keyboard.

        Under X11 a key belongs to the window that had the keyboard when it was pressed, and a dialog keeps those of the
        window behind it from being read: what was pressed while it was built is taken before it opens.
        """
        self._dialog = dialog
        dialog.destroyed.connect(self.end)
        if QGuiApplication.platformName() == "xcb":
            self._watch(_application())
            dialog.winId()  # makes the window, which takes long
            self._open_after(TURNS, dialog)
        else:
            dialog.open()

    def _open_after(self, turns: int, dialog: QDialog) -> None:
        """Open the dialog after some turns of the event loop."""
        if turns:
            QTimer.singleShot(1, dialog, partial(self._open_after, turns - 1, dialog))
        else:
            self._watched.removeEventFilter(self)
            dialog.open()

    def _watch(self, receiver: QObject) -> None:
        """Keep the keys of another receiver: a filter of the application sees every event, and stays for a moment."""
        if isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = receiver
        receiver.installEventFilter(self)

    @Slot()
    def end(self) -> None:
        """Keep nothing more; what was kept is forgotten."""
        if self._has_ended:
            return
        self._has_ended = True
        if isValid(self._watched):
            self._watched.removeEventFilter(self)
        _application().focusChanged.disconnect(self._follow)
        self.deleteLater()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind not in _INPUT:
            return False
        typed = event if isinstance(event, QKeyEvent) and _is_typed(event) else None
        if typed is not None and kind == _Kind.KeyPress and not typed.isAutoRepeat():
            self._keys.append((typed.key(), typed.modifiers(), typed.text()))
        if typed is not None or watched is not self._watched:  # about to open, the dialog blocks the window already
            event.accept()
            return True
        return False

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None:
            return
        dialog = self._dialog
        if dialog is not None and (now is dialog or dialog.isAncestorOf(now)):
            keys = self._keys
            self.end()
            _type(dialog, keys)
        elif self._watched is not _application() and now.window() is self._window:
            self._watch(now)


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError(app)
    return app


def _is_typed(event: QKeyEvent) -> bool:
    text = event.text()
    is_letter = bool(text) and text.isprintable()
    return not event.modifiers() & _COMMANDS and (is_letter or event.key() in _BESIDE_LETTERS)


def _type(dialog: QDialog, keys: list[Typed]) -> None:
    """Type keys into a dialog; the first is left out where it only pressed again what opened the dialog."""
    if keys and keys[0][0] in _PRESSED_AGAIN:
        del keys[0]
    for key in keys:
        focused = QApplication.focusWidget()
        if not isValid(dialog) or focused is None or not dialog.isAncestorOf(focused):
            return
        for kind in (_Kind.KeyPress, _Kind.KeyRelease):
            QApplication.sendEvent(focused, QKeyEvent(kind, *key))
