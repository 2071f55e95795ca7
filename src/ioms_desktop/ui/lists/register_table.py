"""The table of a register: it paints cells, handles keys, and keeps selection and scroll position through a refresh."""

from array import array
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.services.exchange.copied_rows import CopyRows, subjects_of
from ioms_desktop.ui.copying import copy_once_recorded, left_out
from ioms_desktop.ui.lists.cell_tooltip import RegisterCellDelegate
from ioms_desktop.ui.lists.cell_width import contents_width
from ioms_desktop.ui.lists.column_widths import ColumnWidths
from ioms_desktop.ui.lists.kept_selection import (
    Chosen,
    Kept,
    Runs,
    find_chosen,
    joined,
    place_of,
    places_of,
    runs_of,
)
from ioms_desktop.ui.lists.register_model import RegisterModel
from ioms_desktop.ui.lists.row_painter import RowPainter
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.widgets.page_area import AnyIndex, PageTable

MEASURED_ROWS = 60
"""So many rows from the first decide how wide columns are: a screenful, so that scrolling moves nothing.

But a column that is never cut becomes wider wherever a row comes into sight that needs it."""


class RegisterTable(PageTable):
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
        self._saved: tuple[Chosen, int] = (Chosen(array("q"), (), -1), 0)
        self._restored: Runs = ()
        model.chosen = self._chosen
        self._rows = RowPainter(self, model)
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
        self.setItemDelegate(RegisterCellDelegate(self, self.cut_text))
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
        if row is None or self._contents_width(index.column(), [row]) <= self.columnWidth(index.column()):
            return ""
        return self.register_model.register.columns[index.column()].text(row)

    @Slot()
    def fit_columns(self) -> None:
        """Measure what is shown, and share the room among its columns."""
        self._measure_all()
        self.widths.fit()

    @Slot()
    def _measure_all(self) -> None:
        self._measure(range(min(self.register_model.rowCount(), MEASURED_ROWS)))
        self._measure_in_sight()

    @Slot(QModelIndex, QModelIndex)
    def _measure_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._measure(range(first.row(), min(last.row() + 1, MEASURED_ROWS)))
        self._measure_in_sight()

    def _measure_in_sight(self) -> None:
        """Measure for the columns that are never cut also the rows in sight below the first screenful."""
        rows = self._rows.rows_in(self.viewport().rect())
        self._measure(range(max(rows.start, MEASURED_ROWS), rows.stop), never_cut_alone=True)

    def _measure(self, numbers: range, *, never_cut_alone: bool = False) -> None:
        """Let the columns that are shown take what some rows need, as far as these have been read."""
        rows = [row for number in numbers if (row := self.register_model.record(number)) is not None]
        if not rows:
            return
        measured = (
            not self.isColumnHidden(number) and (column.is_never_cut or not never_cut_alone)
            for number, column in enumerate(self.register_model.register.columns)
        )
        widths = [self._contents_width(number, rows) if is_due else 0 for number, is_due in enumerate(measured)]
        self.widths.take_contents(widths)

    def _contents_width(self, number: int, rows: Sequence[Any]) -> int:
        """Return the width in which a column shows what some rows say in it."""
        register, painter = self.register_model.register, self._rows
        bold = [row for row in rows if number == 0 and register.mark(row)]
        plain = [row for row in rows if number or not register.mark(row)]
        return max(
            contents_width(register.columns[number], alike, metrics, painter.chip_font)
            for alike, metrics in ((plain, painter.metrics), (bold, painter.bold_metrics))
        )

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.hide()
        self._set_row_height(compact=False)
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
        self._set_row_height(compact=compact)
        self._measure_in_sight()

    def _set_row_height(self, *, compact: bool) -> None:
        sizes = active_theme().sizes
        self.verticalHeader().setMinimumSectionSize(sizes.row_compact)
        self.verticalHeader().setDefaultSectionSize(sizes.row_compact if compact else sizes.row)

    @property
    def selected_runs(self) -> Runs:
        """The selected rows."""
        selection = self.selectionModel().selection()
        parts = (selection.at(number) for number in range(selection.count()))
        return joined(sorted((part.top(), part.bottom()) for part in parts))

    @property
    def selected_number(self) -> int:
        """How many rows are selected."""
        return sum(bottom - top + 1 for top, bottom in self.selected_runs)

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
        ids = self.register_model.ids
        place = place_of(ids, current) if current is not None else None
        self._select(runs_of(places_of(ids, set(records))), -1 if place is None else place)

    def _select(self, runs: Runs, current: int) -> None:
        last = self.register_model.columnCount() - 1
        selection = QItemSelection()
        for top, bottom in runs:
            selection.select(self.register_model.index(top, 0), self.register_model.index(bottom, last))
        flags = QItemSelectionModel.SelectionFlag
        if current >= 0:
            column = max(0, self.currentIndex().column())
            self.selectionModel().setCurrentIndex(self.register_model.index(current, column), flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)

    @Slot()
    def _emit_rows_selected(self) -> None:
        self.rows_selected.emit()

    def _chosen(self) -> Chosen:
        """Return what is selected, or was until only the first ids were listed."""
        if self._is_partly_restored:
            return self._saved[0]
        return Chosen(self.register_model.ids, self.selected_runs, self.currentIndex().row())

    @property
    def _is_partly_restored(self) -> bool:
        """Whether only the first ids are listed, and nothing else was selected since: the rest is to be restored."""
        model = self.register_model
        return not model.is_complete and model.rowCount() > 0 and self.selected_runs == self._restored

    def _found_again(self) -> Kept:
        """Return where in the list what was selected is; it is looked for here if it is not what was looked for."""
        chosen, kept = self._saved[0], self.register_model.kept
        return kept if kept is not None and kept.chosen == chosen else find_chosen(chosen, self.register_model.ids)

    @Slot()
    def _restore_full_selection(self) -> None:
        """Select the rows beyond the first ids again, now that all ids have been read."""
        if self._saved[0].number > self.selected_number and self._is_partly_restored:
            kept = self._found_again()
            self._select(kept.runs, kept.current)

    @Slot()
    def _save_view_state(self) -> None:
        if not self._is_partly_restored:
            self._saved = (self._chosen(), self.verticalScrollBar().value())

    @Slot()
    def _restore_view_state(self) -> None:
        chosen, scroll = self._saved
        self._restored = ()
        if chosen.runs or chosen.current >= 0:
            kept = self._found_again()
            self._restored = kept.runs
            self.setAutoScroll(False)  # neither the list nor the page around it moves
            self._select(kept.runs, kept.current)
            self.setAutoScroll(True)
        self.verticalScrollBar().setValue(scroll)
        self._rows.hovered_row = -1

    @Slot(QModelIndex)
    def _hover(self, index: QModelIndex) -> None:
        self._hover_row(index.row())

    def _hover_row(self, row: int) -> None:
        former, self._rows.hovered_row = self._rows.hovered_row, row
        if former != row:
            self._draw_again(former, row)

    def _draw_again(self, *rows: int) -> None:
        for row in rows:
            top = self.rowViewportPosition(row) if row >= 0 else -1
            if top >= 0:
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(row))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_requested.emit(self.register_model.ids[index.row()])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.widths.set_room(self.viewport().width())
        self._measure_in_sight()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dy:
            self._measure_in_sight()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_row(-1)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._rows.update_fonts()

    @override
    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self._draw_again(previous.row(), current.row())  # Qt draws the two cells, and the mark is round the whole row

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
        rows = model.rows_read(self.selected_runs)
        copy, missing = model.register.copy, left_out(len(rows), self.selected_number)
        if copy is not None and missing and not rows:
            model.tasks.refused.emit(missing)
        if copy is None or not rows:
            return
        command = CopyRows(
            title=model.register.title,
            columns=tuple(column.title for column in columns),
            cells=tuple(tuple(column.text(row) for column in columns) for row in rows),
            subjects=subjects_of(rows),
        )
        copy_once_recorded(model.tasks, self, partial(copy, command), missing)

    def show_menu(self, menu: QMenu) -> None:
        """Show a context menu where the mouse is, or below the current row where a key opened it."""
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        below = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        menu.popup(self.cursor().pos() if self.underMouse() else below)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._rows.paint(painter, event.rect())
        row = self.currentIndex().row()
        if self.hasFocus() and row >= 0:
            painter.setPen(QPen(active_theme().colour("accent"), active_theme().sizes.focus))
            width = min(self.viewport().width(), self.horizontalHeader().length())
            painter.drawRect(1, self.rowViewportPosition(row) + 1, width - 2, self.rowHeight(row) - 3)
        painter.end()
