"""A register on screen: search box, filters, table, count, row actions, and messages for empty, loading and failed.

A screen needs no more than ``RegisterView(register, tasks)`` in its layout and ``view.refresh()`` when records change.
Keys: Ctrl+F goes to the search box, as do letters typed in the table; Down or Enter goes from there to the table. Enter
opens a row, Escape clears the search, the menu key shows the actions on the selected rows, Ctrl+C copies them.
"""

from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.ui.lists.filter_bar import FilterBar
from ioms_desktop.ui.lists.register import Identified, Register, RowAction
from ioms_desktop.ui.lists.register_columns import ColumnChooser
from ioms_desktop.ui.lists.register_model import RegisterModel
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.icons import icon, set_icon
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.widgets import EmptyState, announce, button, icon_button, label


class RegisterView(QWidget):
    """Shows a register.

    Signals:
        loaded: All ids of a query have been read and are shown.
        selection_changed: The selection has changed.
    """

    loaded = Signal()
    selection_changed = Signal()

    def __init__(
        self, register: Register[Any], tasks: Tasks, parent: QWidget | None = None, *, defers_first_query: bool = False
    ) -> None:
        """Build the view and run its first query.

        Args:
            defers_first_query: Whether the first query waits for ``refresh``, because its source is not ready yet.
        """
        super().__init__(parent)
        self.register: Register[Any] = register
        self.model: RegisterModel[Identified] = RegisterModel(register, tasks, self)
        self._scroll_to_top_pending = False
        self.search = QLineEdit()
        self.filters = FilterBar(register.filters, register.initial_query.filters)
        self.table = RegisterTable(self.model)
        self.empty_state = EmptyState()
        self.count_label = label("", "quiet")
        self.selection_label = label("", "quiet")
        self.column_chooser = ColumnChooser(self.table)
        self.columns_button = icon_button("columns-3", "Columns, order and row height", self._show_columns_menu)
        self._buttons: list[tuple[QPushButton, RowAction[Any]]] = []
        self._actions: list[tuple[QAction, RowAction[Any]]] = []
        self._lay_out()
        self._show_sort_indicator()
        self._make_actions()
        self._connect()
        self.setFocusProxy(self.search)
        self.setAccessibleName(register.title)
        self.show_loading()
        if not defers_first_query:
            self.model.run_query(register.initial_query)

    def _lay_out(self) -> None:
        register = self.register
        self.search.setPlaceholderText(register.placeholder)
        self.search.setAccessibleName(f"{register.placeholder} in {register.title}")
        self.search.setClearButtonEnabled(True)
        self.search.setText(register.initial_query.text)
        self.search.setMinimumWidth(220)
        self.search.setMaximumWidth(360)
        glass = QAction(self.search)
        set_icon(glass, "search", "quiet")
        self.search.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        top = self._top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.filters)
        top.addStretch(1)
        if register.export is not None:
            top.addWidget(icon_button("download", "Save this list as a file", self._export))
        if register.print is not None:
            top.addWidget(icon_button("printer", "Print the selected rows, or all shown", self._print))
        top.addWidget(self.columns_button)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.empty_state)
        self._act_row = FlowLayout(8, at_right=True)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(8)
        self._foot.addWidget(self.count_label)
        self._foot.addWidget(self.selection_label)
        self._foot.addLayout(self._act_row, 1)
        layout = self._main_layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(pages, 1)
        layout.addLayout(self._foot)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_filters()

    def _place_filters(self) -> None:
        """Place the filters beside the search box if there is room for their labels, else below it."""
        buttons = sum(w.sizeHint().width() + 8 for w in self.findChildren(QToolButton) if w.parent() is self)
        wanted = self.search.minimumWidth() + self.filters.sizeHint().width() + buttons + 24
        below = self._main_layout.indexOf(self.filters) >= 0
        if (self.width() < wanted) == below:
            return
        if below:
            self._main_layout.removeWidget(self.filters)
            self._top.insertWidget(1, self.filters)
        else:
            self._top.removeWidget(self.filters)
            self._main_layout.insertWidget(1, self.filters)

    def _make_actions(self) -> None:
        for row_action in self.register.actions:
            action = QAction(row_action.title, self.table)
            if row_action.icon:
                set_icon(action, row_action.icon)
            if row_action.shortcut:
                action.setShortcut(QKeySequence(row_action.shortcut))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(partial(self._run_row_action, row_action))
            self.table.addAction(action)
            self._actions.append((action, row_action))
            press = button(row_action.title, partial(self._run_row_action, row_action), icon=row_action.icon)
            self._act_row.addWidget(press)
            self._buttons.append((press, row_action))
        self._update_selection()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.filters.changed.connect(self._search)
        self.filters.changed.connect(self._place_filters)
        self.empty_state.action_triggered.connect(self._run_empty_state_action)
        self.model.loaded.connect(self._show_loaded)
        self.model.refused.connect(self._refused)
        self.model.failed.connect(self._failed)
        self.model.dataChanged.connect(self._update_selection)
        self.table.open_requested.connect(self._open)
        self.table.letter_typed.connect(self._type_into_search)
        self.table.leave_requested.connect(self._leave_table)
        self.table.rows_selected.connect(self._update_selection)
        self.table.horizontalHeader().sectionClicked.connect(self._sort_by)
        self.column_chooser.sort_requested.connect(self._sort_by)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        finder = QShortcut(QKeySequence.StandardKey.Find, self)
        finder.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        finder.activated.connect(self.focus_search)

    @Slot()
    def refresh(self) -> None:
        """Read the list again, because records have changed. Selection and scroll position are kept."""
        self.model.refresh()

    @Slot()
    def focus_search(self) -> None:
        """Move the focus to the search box and select its text."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    @property
    def selected_ids(self) -> tuple[int, ...]:
        """The ids of the selected rows, in the order shown."""
        return self.table.selected_ids

    def layout_text(self) -> str:
        """Return column positions, widths, sort order and row height as text, for the user's settings."""
        return self.column_chooser.layout_text(self.model.query)

    def restore_layout(self, text: str) -> None:
        """Apply a saved layout; columns that no longer exist are ignored.

        Args:
            text: The result of ``layout_text``, perhaps of an older version.
        """
        order = self.column_chooser.restore(text)
        if order is not None:
            self._requery(sort=order[0], descending=order[1])

    @Slot()
    def _search(self) -> None:
        self._requery(text=self.search.text(), filters=self.filters.chosen)

    def _requery(self, **changed: Any) -> None:  # noqa: ANN401 - the fields of ListQuery
        self._scroll_to_top_pending = True
        if self._pages.currentWidget() is self.empty_state:
            self.show_loading()
        self.model.run_query(replace(self.model.query, **changed))
        self._show_sort_indicator()

    @Slot(int)
    def _sort_by(self, number: int) -> None:
        key = self.register.columns[number].sort_key
        if key is None:
            self._show_sort_indicator()
            return
        query = self.model.query
        self._requery(sort=key, descending=query.sort == key and not query.descending)

    def _show_sort_indicator(self) -> None:
        query = self.model.query
        keys = [column.sort_key for column in self.register.columns]
        place = keys.index(query.sort) if query.sort in keys and query.sort is not None else -1
        order = Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(place, order)

    @Slot(bool)
    def _show_loaded(self, complete: bool) -> None:
        number = self.model.rowCount()
        if self._scroll_to_top_pending:
            self._scroll_to_top_pending = False
            self.table.scrollToTop()
        if number:
            self._pages.setCurrentWidget(self.table)
        elif complete:
            self._show_no_match()
        self.count_label.setText(self.register.describe_count(number) if complete else "counting…")
        self._update_selection()
        if complete:
            if self.search.hasFocus():
                announce(self.count_label.text(), self.search)
            self.loaded.emit()

    def show_loading(self) -> None:
        """Show that the list is being read, in place of its rows."""
        self.count_label.clear()
        self.empty_state.show_message(f"Loading {self.register.noun[1]}…", icon="hourglass")
        self._pages.setCurrentWidget(self.empty_state)

    def _show_no_match(self) -> None:
        query, many = self.model.query, self.register.noun[1]
        words = query.text.strip()
        first = self.register.initial_query
        if (query.text, query.filters) == (first.text, first.filters):
            self.empty_state.show_message(self.register.empty_message, icon="folder-open")
        elif words:
            those = " with these filters" if query.filters else ""
            self.empty_state.show_message(f"No {many} match “{words}”{those}.", _CLEAR_LABEL, "search")
        else:
            self.empty_state.show_message(f"No {many} match these filters.", _CLEAR_LABEL, "filter")
        self._pages.setCurrentWidget(self.empty_state)

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        self._show_error(sentence)

    @Slot(str)
    def _failed(self, reference: str) -> None:
        self._show_error(f"This list could not be read. Nothing was changed. The reference is {reference}.")

    def _show_error(self, words: str) -> None:
        self.count_label.setText("not up to date" if self.model.rowCount() else "")
        self.empty_state.show_message(words, _RETRY_LABEL, "triangle-alert")
        self._pages.setCurrentWidget(self.empty_state)
        announce(words, self)

    @Slot()
    def _run_empty_state_action(self) -> None:
        if self.empty_state.action_button.text() == _RETRY_LABEL:
            self.show_loading()
            self.model.refresh()
        else:
            self.clear()
            self.search.setFocus()

    @Slot()
    def clear(self) -> None:
        """Clear the search text and all filters."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.filters.clear()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.model.rowCount():
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if key == Qt.Key.Key_Escape and self.model.query.is_narrowed:
                self.clear()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _type_into_search(self, text: str) -> None:
        if text.strip() and text.isprintable():
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self.search.insert(text)

    @Slot()
    def _leave_table(self) -> None:
        self.focus_search()

    @Slot(int)
    def _open(self, record: int) -> None:
        if self.register.open_row is not None:
            self.register.open_row(record)

    def _applies(self, row_action: RowAction[Any], number: int) -> bool:
        if not number or (number > 1 and not row_action.allows_several):
            return False
        if row_action.enabled_for is None:
            return True
        chosen = chain.from_iterable(range(top, bottom + 1) for top, bottom in self.table.selected_runs)
        rows = [self.model.record(row) for row in islice(chosen, _MAX_CHECKED_ROWS)]
        return all(row is not None and row_action.enabled_for(row) for row in rows)

    @Slot()
    def _update_selection(self) -> None:
        number = self.table.selected_number
        self.selection_label.setText(f"· {number:,} selected" if number > 1 else "")
        for press, row_action in self._buttons:
            press.setEnabled(self._applies(row_action, number))
        for action, row_action in self._actions:
            action.setEnabled(self._applies(row_action, number))
        self.selection_changed.emit()

    def _run_row_action(self, row_action: RowAction[Any]) -> None:
        if self._applies(row_action, self.table.selected_number):
            row_action.callback(self.selected_ids)

    @Slot(QPoint)
    def _show_menu(self, point: QPoint) -> None:
        del point
        self.table.show_menu(self.row_menu())

    def row_menu(self) -> QMenu:
        """Make the context menu of the selected rows."""
        menu = QMenu(self)
        record = self.table.current_id
        if self.register.open_row is not None and record is not None:
            menu.addAction(icon("folder-open"), "Open", partial(self._open, record))
        menu.addActions([action for action, _ in self._actions])
        if self.register.copy is not None:
            menu.addSeparator()
            menu.addAction(icon("copy"), "&Copy rows", self.table.copy_rows)
        return menu

    def _export(self) -> None:
        if self.register.export is not None:
            self.register.export(self.model.query, self.column_chooser.shown_titles())

    def _show_columns_menu(self) -> None:
        menu = self.column_chooser.make_menu(self.model.query)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.columns_button.mapToGlobal(self.columns_button.rect().bottomLeft()))

    def _print(self) -> None:
        if self.register.print is not None:
            self.register.print(self.selected_ids or tuple(self.model.ids))


_CLEAR_LABEL = "C&lear search and filters"
_RETRY_LABEL = "&Try again"
_MAX_CHECKED_ROWS = 50
