"""A list that drops down, which the mouse wheel never changes."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox
from typing_extensions import override


class DropDown(QComboBox):
    """A combo box for forms and screens.

    The wheel over Qt's own combo box chooses another entry, so that whoever scrolls a form changes an answer without
    seeing it. Here the wheel scrolls what is around; the opened list scrolls as usual.
    """

    def __init__(self) -> None:
        """Create an empty list, which the wheel does not focus either."""
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
