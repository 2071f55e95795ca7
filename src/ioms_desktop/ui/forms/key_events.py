"""Distinguishes keys that were typed from keys that were meant as a shortcut."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

_MODIFIER = Qt.KeyboardModifier
_TYPING = _MODIFIER.KeypadModifier | _MODIFIER.ShiftModifier | _MODIFIER.GroupSwitchModifier


def is_shortcut(event: QKeyEvent) -> bool:
    """Whether Ctrl, Alt or Meta was held: such a key is no answer and no letter."""
    return bool(event.modifiers() & ~_TYPING)


class MnemonicFilter(QObject):
    """Keeps a letter with Alt from being typed into a field where no label has it, or only one that is hidden.

    Ctrl with Alt is AltGr on Windows, which types letters.
    """

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        alone = event.modifiers() & ~_TYPING == _MODIFIER.AltModifier
        return alone and event.text().isprintable() and bool(event.text())
