"""Moves the focus on after an answer was given with one key, for people who then press Tab and for those who do not."""

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

MODIFIER_KEYS = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr})


def advance_focus(answered: QWidget) -> None:
    """Move the focus to the next field; a Tab pressed directly afterwards is taken as meant for this step.

    Args:
        answered: The field that was answered.
    """
    answered.focusNextChild()
    now = QApplication.focusWidget()
    if now is not None and now is not answered and not answered.isAncestorOf(now):
        _RedundantTab(now)


class _RedundantTab(QObject):
    """Ignores one Tab, where it is the first thing that happens to the widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.MouseButtonPress):
            self._stop()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in MODIFIER_KEYS:
                return False
            self._stop()
            return event.key() == Qt.Key.Key_Tab and event.modifiers() == Qt.KeyboardModifier.NoModifier
        return False

    def _stop(self) -> None:
        if shiboken6.isValid(self._widget):  # it loses the focus in being deleted too
            self._widget.removeEventFilter(self)
            self.deleteLater()
