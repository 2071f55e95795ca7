"""Says in a tooltip what is cut off in a cell of a register, which paints its rows itself."""

from collections.abc import Callable
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip
from typing_extensions import override

from ioms_desktop.ui.widgets.page_area import AnyIndex


class RegisterCellDelegate(QStyledItemDelegate):
    """Gives each cell of a table the height of a row, and what is cut off in it as its tooltip."""

    def __init__(self, table: QTableView, cut_text: Callable[[AnyIndex], str]) -> None:
        super().__init__(table)
        self._table, self._cut_text = table, cut_text

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(80, self._table.verticalHeader().defaultSectionSize())

    @override
    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        cut = self._cut_text(index)
        if event.type() == QEvent.Type.ToolTip and cut and not index.data(Qt.ItemDataRole.ToolTipRole):
            QToolTip.showText(event.globalPos(), escape(cut), view)
            return True
        return super().helpEvent(event, view, option, index)
