"""The table of a register: it paints cells, handles keys, and keeps selection and scroll position through a refresh."""

from collections.abc import Iterable
from html import escape
from itertools import chain
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.ui.lists.cell_width import CELL_PADDING_PX, cell_width
from ioms_desktop.ui.lists.column_widths import ColumnWidths
from ioms_desktop.ui.lists.register import ColumnStyle
from ioms_desktop.ui.lists.register_model import WINDOW_ROWS, AnyIndex, RegisterModel
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.widgets.chips import chip_font, paint_chip
from ioms_desktop.ui.widgets.widgets import announce

MEASURED_ROWS = 60
"""So many rows from the first decide how wide columns are: a screenful, so that scrolling moves nothing.

But a column that is never cut becomes wider wherever a row is read that needs it."""
_SELECTED = QStyle.StateFlag.State_Selected.value
_ON_THE_LEFT, _ON_THE_RIGHT = (
    (side | Qt.AlignmentFlag.AlignVCenter).value | Qt.TextFlag.TextSingleLine.value
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)
"""Numbers, because flags are put together anew for each cell."""
MARK_WIDTH_PX = 4
"""The width of the bar at the beginning of a row that is marked."""


class RegisterCellDelegate(QStyledItemDelegate):
    """Paints a cell: background, hairline, and text or chip."""

    def __init__(self, table: "RegisterTable") -> None:
        super().__init__(table)
        self._table = table

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        now = active_theme()
        room: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state.value & _SELECTED)
        cell = self._table.register_model.shown(index.row(), index.column())
        if selected:
            painter.fillRect(room, now.colour("selected"))
        elif index.row() == self._table.hovered_row:
            painter.fillRect(room, now.colour("hover"))
        painter.setPen(QPen(now.colour("line"), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        inside = room.adjusted(CELL_PADDING_PX, 0, -CELL_PADDING_PX, -1)
        if cell.is_marked:
            painter.fillRect(QRect(room.left(), room.top() + 3, MARK_WIDTH_PX, room.height() - 7), now.colour("accent"))
        if cell.chip is not None:
            paint_chip(painter, inside, cell.chip, self._table.chip_font)
            return
        if not cell.text:
            return
        style = self._table.register_model.register.columns[index.column()].style
        faint = style is ColumnStyle.QUIET or cell.is_placeholder
        role = "selected_text" if selected else "quiet" if faint else "text"
        painter.setPen(now.colour(role))
        painter.setFont(now.font(bold=True) if cell.is_marked else self._table.cell_font)
        shown = self._table.metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, _ON_THE_RIGHT if style is ColumnStyle.NUMBER else _ON_THE_LEFT, shown)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(80, self._table.verticalHeader().defaultSectionSize())

    @override
    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: AnyIndex
    ) -> bool:
        cut = self._table.cut_text(index)
        if event.type() == QEvent.Type.ToolTip and cut and not index.data(Qt.ItemDataRole.ToolTipRole):
            QToolTip.showText(event.globalPos(), escape(cut), view)
            return True
        return super().helpEvent(event, view, option, index)


class RegisterTable(QTableView):
    """A table in which whole rows are selected.

    Signals:
        open_requested: A record is to be opened, by Enter or double click; with its id.
        letter_typed: A letter was typed, which belongs in the search box.
        leave_requested: Escape was pressed, or the up arrow on the first row.
        rows_selected: The selection has changed.
    """

    open_requested = Signal(int)
    letter_typed = Signal(str)
    leave_requested = Signal()
    rows_selected = Signal()

    def __init__(self, model: RegisterModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.register_model = model
        self.hovered_row = -1
        self._saved_view_state: tuple[tuple[int, ...], int | None, int, int] = ((), None, 0, 0)
        self.cell_font = QFont()
        self.chip_font = QFont()
        self.metrics = self.bold_metrics = QFontMetrics(self.cell_font)
        self._update_fonts()
        self.setAccessibleName(model.register.title)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(RegisterCellDelegate(self))
        self._set_up_headers()
        model.modelAboutToBeReset.connect(self._save_view_state)
        self.setModel(model)
        # The header checks row by row whether a whole column is selected, which takes 0.6 s at 100,000 rows. So it gets
        # a selection model of its own, which is always empty.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))
        self.widths = ColumnWidths(self, model.register.columns)
        model.modelReset.connect(self._restore_view_state)
        model.modelReset.connect(self._measure_all)
        model.dataChanged.connect(self._measure_changed)
        model.rowsInserted.connect(self._restore_full_selection)
        self.entered.connect(self._hover)
        self.doubleClicked.connect(self._open)
        self.selectionModel().selectionChanged.connect(self._emit_rows_selected)

    def cut_text(self, index: AnyIndex) -> str:
        """Return the text of a cell that is too narrow for it; empty where all of it is shown."""
        row = self.register_model.record(index.row()) if index.isValid() else None
        if row is None or self._content_width(index.column(), row) <= self.columnWidth(index.column()):
            return ""
        return self.register_model.register.columns[index.column()].text(row)

    @Slot()
    def _measure_all(self) -> None:
        self._measure(range(min(self.register_model.rowCount(), WINDOW_ROWS)))

    @Slot(QModelIndex, QModelIndex)
    def _measure_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._measure(range(first.row(), last.row() + 1))

    def _measure(self, numbers: range) -> None:
        """Let the columns take what some rows need, as far as these have been read."""
        read = {number: row for number in numbers if (row := self.register_model.record(number)) is not None}
        first = [row for number, row in read.items() if number < MEASURED_ROWS]
        rows = (read.values() if each.is_never_cut else first for each in self.register_model.register.columns)
        widths = (max((self._content_width(n, row) for row in some), default=0) for n, some in enumerate(rows))
        self.widths.take_contents(list(widths))

    def _content_width(self, number: int, row: Any) -> int:  # noqa: ANN401 - a row of whatever the register lists
        register = self.register_model.register
        metrics = self.bold_metrics if number == 0 and register.mark(row) else self.metrics
        return cell_width(register.columns[number], row, metrics, self.chip_font)

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.hide()
        self.set_compact(compact=False)
        head = self.horizontalHeader()
        head.setFixedHeight(30)
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setMinimumSectionSize(40)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setAccessibleName(f"Columns of {self.register_model.register.title}")

    def set_compact(self, *, compact: bool) -> None:
        """Set the row height."""
        sizes = active_theme().sizes
        self.verticalHeader().setMinimumSectionSize(sizes.row_compact)
        self.verticalHeader().setDefaultSectionSize(sizes.row_compact if compact else sizes.row)

    @property
    def selected_runs(self) -> list[tuple[int, int]]:
        """The selected rows as pairs of first and last row of each run, from top to bottom."""
        selection = self.selectionModel().selection()
        parts = (selection.at(number) for number in range(selection.count()))
        runs: list[tuple[int, int]] = []
        for top, bottom in sorted((part.top(), part.bottom()) for part in parts):
            if runs and top <= runs[-1][1] + 1:
                runs[-1] = (runs[-1][0], max(bottom, runs[-1][1]))
            else:
                runs.append((top, bottom))
        return runs

    @property
    def selected_ids(self) -> tuple[int, ...]:
        """The ids of the selected rows, in the order shown."""
        ids = self.register_model.ids
        return tuple(chain.from_iterable(ids[top : bottom + 1] for top, bottom in self.selected_runs))

    @property
    def current_id(self) -> int | None:
        """The id of the current row; None if there is none."""
        row = self.currentIndex().row()
        return self.register_model.ids[row] if 0 <= row < len(self.register_model.ids) else None

    def select_ids(self, records: Iterable[int], current: int | None = None) -> None:
        """Select the rows of records that are listed.

        Args:
            records: Their ids.
            current: The record whose row becomes the current one; None to leave it.
        """
        last = self.register_model.columnCount() - 1
        selection = QItemSelection()
        for top, bottom in _runs(self.register_model.rows_of(records)):
            selection.select(self.register_model.index(top, 0), self.register_model.index(bottom, last))
        flags = QItemSelectionModel.SelectionFlag
        place = self.register_model.row_of(current) if current is not None else None
        if place is not None:
            column = max(0, self.currentIndex().column())
            self.selectionModel().setCurrentIndex(self.register_model.index(place, column), flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)

    @Slot()
    def _emit_rows_selected(self) -> None:
        self.rows_selected.emit()

    @Slot()
    def _restore_full_selection(self) -> None:
        """Select the rows beyond the first ids again, now that all ids have been read."""
        records, current, _, _ = self._saved_view_state
        if len(records) > len(self.selected_ids) and set(self.selected_ids) <= set(records):
            self.select_ids(records, current)

    @Slot()
    def _save_view_state(self) -> None:
        if not self.register_model.is_complete and self.register_model.rowCount():
            return  # only the first ids are listed: the earlier selection has still to be restored
        scroll = self.verticalScrollBar().value()
        self._saved_view_state = (self.selected_ids, self.current_id, scroll, max(0, self.currentIndex().column()))

    @Slot()
    def _restore_view_state(self) -> None:
        records, current, scroll, _ = self._saved_view_state
        if records or current is not None:
            self.select_ids(records, current)
        self.verticalScrollBar().setValue(scroll)
        self.hovered_row = -1

    @Slot(QModelIndex)
    def _hover(self, index: QModelIndex) -> None:
        self._hover_row(index.row())

    def _hover_row(self, row: int) -> None:
        former, self.hovered_row = self.hovered_row, row
        if former != row:
            for changed in (former, row):
                top = self.rowViewportPosition(changed) if changed >= 0 else -1
                if top >= 0:
                    self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_requested.emit(self.register_model.ids[index.row()])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.widths.set_room(self.viewport().width())

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_row(-1)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._update_fonts()

    def _update_fonts(self) -> None:
        self.cell_font = active_theme().font()
        self.chip_font = chip_font()
        self.metrics = QFontMetrics(self.cell_font)
        self.bold_metrics = QFontMetrics(active_theme().font(bold=True))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.register_model.rowCount():
            self.selectRow(0)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self._open(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows()
        elif key == Qt.Key.Key_Escape or (
            key == Qt.Key.Key_Up
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and self.currentIndex().row() <= 0
        ):
            self.leave_requested.emit()
        else:
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        # Qt would read the whole model row by row; the search box queries the database instead.
        self.letter_typed.emit(search)

    def copy_rows(self) -> None:
        """Copy the selected rows that have been read to the clipboard: the shown columns, once it is on record."""
        model, head = self.register_model, self.horizontalHeader()
        order = [head.logicalIndex(place) for place in range(head.count())]
        columns = [model.register.columns[number] for number in order if not head.isSectionHidden(number)]
        rows = [row for row in map(model.record, model.rows_of(self.selected_ids)) if row is not None]
        if rows:
            model.copy_rows(columns, rows, self._rows_copied)

    def _rows_copied(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        announce("Copied, and put on record", self)

    def menu_point(self) -> QPoint:
        """Return the position of a context menu opened by keyboard: below the current row."""
        return self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        row = self.currentIndex().row()
        if not self.hasFocus() or row < 0:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(active_theme().colour("accent"), active_theme().sizes.focus))
        width = min(self.viewport().width(), self.horizontalHeader().length())
        painter.drawRect(1, self.rowViewportPosition(row) + 1, width - 2, self.rowHeight(row) - 3)
        painter.end()


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Join neighbouring row numbers: ``[1, 2, 3, 7]`` gives ``[(1, 3), (7, 7)]``."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
