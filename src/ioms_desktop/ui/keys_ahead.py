"""Keeps what is typed between the request for a dialog and the dialog, and types it there.

A key that is lost is seen and typed again; one that does something elsewhere may do harm. So nothing that is typed
meanwhile does anything behind, and only words and the way from field to field are typed into the form.
"""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid
from typing_extensions import override

if TYPE_CHECKING:
    from ioms_desktop.ui.tasks import Task

_Key, _Kind, _With = Qt.Key, QEvent.Type, Qt.KeyboardModifier
LIMIT_MS = 5000
"""The keyboard does something again after this time, whatever has become of the dialog."""
_KEYS = frozenset({_Kind.KeyPress, _Kind.KeyRelease, _Kind.ShortcutOverride})
_CLICKS = frozenset({_Kind.MouseButtonPress, _Kind.MouseButtonDblClick})
_HELD_DOWN = frozenset(
    {_Key.Key_Shift, _Key.Key_Control, _Key.Key_Alt, _Key.Key_AltGr, _Key.Key_Meta, _Key.Key_CapsLock}
    | {_Key.Key_NumLock, _Key.Key_Mode_switch}
)
_BESIDE_TEXT = frozenset({_Key.Key_Tab, _Key.Key_Backtab, _Key.Key_Backspace})
_ALT_GR = _With.ControlModifier | _With.AltModifier
_COMMANDS = _ALT_GR | _With.MetaModifier
_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QRadioButton)
_Typed = tuple[int, Qt.KeyboardModifier, str]
"""A key, what was held down with it, and its text."""


class KeysAhead(QObject):
    """Keeps the keys of one request for a dialog, from when it is made until the dialog has the keyboard.

    It ends, and what was kept is forgotten, with a click, with the next request, once anything but the dialog has the
    keyboard, and after a time.

    Attributes:
        request: What is read for the dialog; Escape drops it.
        dialog: The dialog, from when it is there until it has the keyboard.
        limit: Ends it.
    """

    def __init__(self, over: QWidget) -> None:
        """Begin to keep what is typed over the window that a widget is in."""
        window = over.window()
        super().__init__(window)
        self.request: Task[Any] | None = None
        self.dialog: QDialog | None = None
        self._keys: list[_Typed] | None = []  # None once something was typed that cannot be repeated
        self._has_ended = False
        focused = QApplication.focusWidget()
        self._typed_into = focused if focused is not None and focused.window() is window else window
        # Filters of these two, because one of the application would see every event of every widget.
        self._watched = [each for each in (self._typed_into, window.windowHandle()) if each is not None]
        for each in self._watched:
            each.installEventFilter(self)
        _application().focusChanged.connect(self._follow)
        self.limit = QTimer(self)
        self.limit.setSingleShot(True)
        self.limit.timeout.connect(self.end)
        self.limit.start(LIMIT_MS)
        over.destroyed.connect(self.end)

    def open(self, dialog: QDialog) -> None:
        """Open the dialog; what was kept is typed there once it has the keyboard."""
        self.request = None
        if not self._has_ended:
            self.dialog = dialog
        dialog.open()

    def drop(self) -> None:
        """Keep nothing more, and do not open the dialog, unless it is there already."""
        self.end()
        if self.request is not None:
            self.request.cancel()

    @Slot()
    def end(self) -> None:
        """Keep nothing more; what was kept is forgotten."""
        if self._has_ended or not isValid(self):
            return
        self._has_ended, self._keys, self.dialog = True, None, None
        for each in self._watched:
            if isValid(each):
                each.removeEventFilter(self)
        _application().focusChanged.disconnect(self._follow)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _CLICKS:
            self.end()
            return False
        if watched is not self._typed_into:
            return False  # the window passes the key on to the field
        if isinstance(event, QInputMethodEvent) and (event.commitString() or event.preeditString()):
            self._keys = None
        elif kind not in _KEYS:
            return False
        elif kind == _Kind.KeyPress and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            self._take(event)
        event.accept()  # an override that is accepted keeps shortcuts from being looked up
        return True

    def _take(self, event: QKeyEvent) -> None:
        """Keep a key; one that cannot be repeated makes those before it and after it mean something else."""
        key, text = event.key(), event.text()
        if key == _Key.Key_Escape and self.dialog is None:
            self.drop()
        elif self._keys is None or key in _HELD_DOWN or (key == _Key.Key_Space and not self._keys):
            pass  # a space at first has pressed the button again that asked for the dialog
        elif _is_repeatable(event):
            self._keys.append((key, event.modifiers(), text))
        else:
            self._keys = None

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        dialog, keys = self.dialog, self._keys
        if dialog is not None and now is None:
            return  # the keyboard is on its way
        self.end()
        if keys and dialog is not None and isValid(dialog):
            _type(dialog, keys)


def drop_former(over: QWidget) -> None:
    """Drop what was asked for before in the window that a widget is in, whether keys are still kept for it or not."""
    for each in over.window().findChildren(KeysAhead, options=Qt.FindChildOption.FindDirectChildrenOnly):
        each.drop()
        each.deleteLater()


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError(app)
    return app


def _is_repeatable(event: QKeyEvent) -> bool:
    """Whether a key is text, by AltGr too, which is Ctrl+Alt on Windows; or goes to a field, or deletes a letter."""
    held, text = event.modifiers() & _COMMANDS, event.text()
    is_text = bool(text) and text.isprintable() and held in (_With.NoModifier, _ALT_GR)
    return is_text or (event.key() in _BESIDE_TEXT and held == _With.NoModifier)


def _type(dialog: QDialog, keys: list[_Typed]) -> None:
    """Type keys into the fields of a dialog, unless that takes something away; nothing presses a button."""
    marked = [each for each in dialog.findChildren(QPushButton) if each.property("kind") == "danger"]
    if any(each.isVisibleTo(dialog) for each in marked):
        return
    for key in keys:
        focused = QApplication.focusWidget()
        if not (isValid(dialog) and isinstance(focused, _FIELDS) and dialog.isAncestorOf(focused)):
            return
        for kind in (_Kind.KeyPress, _Kind.KeyRelease):
            QApplication.sendEvent(focused, QKeyEvent(kind, *key))
