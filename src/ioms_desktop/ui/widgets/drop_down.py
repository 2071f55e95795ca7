"""Lists that drop down, which the mouse wheel never changes."""

import math
from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPaintEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStyle, QStyleOptionComboBox, QStylePainter, QWidget
from typing_extensions import override

LINE_CHARS, LEAST_LINE_PX, ICON_GAP_PX = 12, 14, 4


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


class TypedDropDown(DropDown):
    """A line into which an entry is typed, whose list is made when it takes the focus.

    Qt makes the list, seven widgets, as soon as a combo box with a line is styled, measured, drawn or has an entry
    chosen. A form has a dozen of them, and nobody comes to more than a few: what Qt would make the list for is done
    here without it.
    """

    def __init__(self, list_name: str) -> None:
        """Create it without entries.

        Args:
            list_name: The accessible name of the list.
        """
        super().__init__()
        self._list_name = list_name
        self._has_list = False
        self._chosen = -1  # the entry that was chosen before there was a list
        self._hint = QSize()
        self.line = QLineEdit()
        self.setLineEdit(self.line)  # first: how Qt draws the list depends on whether it can be typed into
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(14)

    def offer(self, entries: Iterable[tuple[str, str]]) -> None:
        """Offer other entries, and choose none of them.

        Args:
            entries: The words of each, and why it cannot be chosen; empty where it can.
        """
        model = cast("QStandardItemModel", self.model())  # what Qt makes for it
        with QSignalBlocker(model):  # Qt would choose the first
            model.removeRows(0, model.rowCount())
            for words, refusal in entries:
                item = QStandardItem(words)
                item.setEnabled(not refusal)
                item.setToolTip(refusal)
                model.appendRow(item)
        model.layoutChanged.emit()
        self.choose(-1)

    def choose(self, place: int) -> None:
        """Choose the entry of a place, and write it out; -1 for none."""
        if self._has_list:
            self.setCurrentIndex(place)
        else:
            self._chosen = place
            self.line.setText(self.itemText(place))

    @property
    def chosen(self) -> int:
        """The place of the entry that was chosen last, whatever was typed since; -1 for none."""
        return self.currentIndex() if self._has_list else self._chosen

    def _make_list(self) -> None:
        if not self._has_list:
            self._has_list = True
            self.view().setAccessibleName(self._list_name)
            typed = self.line.text()
            with QSignalBlocker(self):  # the answer stays the same
                self.setCurrentIndex(self._chosen)
                self.setEditText(typed)

    @override
    def showPopup(self) -> None:
        self._make_list()
        super().showPopup()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._make_list()
        super().focusInEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        is_other_size = event.type() in {QEvent.Type.StyleChange, QEvent.Type.FontChange}
        if is_other_size:
            self._hint = QSize()
        if is_other_size and not self._has_list:
            QWidget.changeEvent(self, event)
        else:
            super().changeEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.end()

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        if not self._hint.isValid():
            option = QStyleOptionComboBox()
            self.initStyleOption(option)
            metrics, icon = self.fontMetrics(), self.iconSize()
            width = LINE_CHARS * metrics.horizontalAdvance("X") + icon.width() + ICON_GAP_PX
            inside = QSize(width, max(math.ceil(metrics.height()), LEAST_LINE_PX, icon.height()) + 2)
            self._hint = self.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, inside, self)
        return self._hint

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
