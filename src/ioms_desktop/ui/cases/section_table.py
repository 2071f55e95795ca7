"""The list of one section of a case, or the message that it has no rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.actions.dialog_action import CHANGE_KEY, STRIKE_OUT_KEY
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, ShownCase
from ioms_desktop.ui.cases.row_acts import RowAct
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import Register
from ioms_desktop.ui.lists.register_columns import ColumnChooser
from ioms_desktop.ui.lists.register_model import RegisterModel
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.icons import icon
from ioms_desktop.ui.widgets.widgets import ElidedLabel, button, label

HEADER_HEIGHT_PX = 32
MAX_VISIBLE_ROWS = 12
HEADING_COLUMNS = 4
"""The texts of so many columns, from the first, name a row."""
HISTORY_LABEL = "H&istory"
ADD_KEY, HISTORY_KEY = "Insert", "Ctrl+H"
ROW_KEYS = (CHANGE_KEY, STRIKE_OUT_KEY)
"""The keys that act on the row that has the keyboard."""
LAID_OUT = frozenset({QEvent.Type.Resize, QEvent.Type.LayoutRequest})


class SectionTable(QWidget):
    """Shows the rows of a section, at full height up to twelve rows.

    A click on a heading sorts. Typing in the table, or Ctrl+F, opens a search box above it, and Escape closes that. The
    menu of the table opens and copies rows and chooses columns.

    Signals:
        row_chosen: Another row is to be read; with the row, None where there is none.
        opened: A row was opened by Enter or double click; with its record.
        add_requested: A new record is to be added.
        history_requested: The former versions of its records are asked for.
        height_changed: It needs another height.
    """

    row_chosen = Signal(object)
    opened = Signal(object)
    add_requested = Signal()
    history_requested = Signal()
    height_changed = Signal()

    def __init__(
        self,
        section: CaseSection[Any],
        session: Session,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        add_label: str = "",
        acts: Callable[[Record], Sequence[RowAct]] = lambda _: (),
    ) -> None:
        """Build the list.

        Args:
            section: The section.
            session: The user who reads it.
            tasks: Where its rows are searched and sorted.
            parent: The widget it belongs to.
            add_label: The words of the button that adds a record; empty for no button.
            acts: What may be done about a record: by the menu of its row, or by its key.
        """
        super().__init__(parent)
        self.section, self._session = section, session
        empty_message = section.describe_empty(session.role)
        self._acts, self._add_label = acts, add_label
        self.add_button = button(add_label, self.add_requested.emit, icon="plus") if add_label else None
        self.history_button = button(HISTORY_LABEL, self.history_requested.emit, kind="plain", icon="history")
        *others, last = section.columns
        columns = (*others, replace(last, stretch=True))
        self.source: ListSource[SectionRow[Any]] = ListSource(self._search_text, columns=columns)
        self.model = RegisterModel(
            Register(
                title=section.title,
                noun=("row", "rows"),
                columns=columns,
                query_ids=self.source.query_ids,
                fetch_rows=self.source.fetch_rows,
                empty_message=empty_message,
                copy=partial(copy_rows, session),
                mark=_news_of,
            ),
            tasks,
            self,
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText(f"Search {section.title}")
        self.search.setAccessibleName(f"Search {section.title}")
        self.search.setClearButtonEnabled(True)
        self.search.hide()
        self.table = RegisterTable(self.model)
        self.column_chooser = ColumnChooser(self.table)
        self.empty_label = label(empty_message, "quiet", wrap=True)
        self.empty_label.setContentsMargins(8, 12, 8, 12)
        self.chart = None if section.chart is None else section.chart(section.chart_title)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._head())
        for part in (self.search, self.table, self.empty_label):
            column.addWidget(part)
        if self.chart is not None:
            below = QHBoxLayout()
            below.setContentsMargins(8, 0, 0, 0)  # in line with the words of the table
            below.addWidget(self.chart)
            column.addLayout(below)
        column.addStretch(1)

    def _head(self) -> QHBoxLayout:
        """Lay out the buttons of the section, at its right."""
        self._head_row = row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(8)
        row.addWidget(ElidedLabel(self.section.title, "title"), 1)
        row.addWidget(self.history_button)
        self.history_button.setToolTip("Every version of what is listed here, and what was entered in error: Ctrl+H")
        if self.section.record_type is None:
            self.history_button.hide()
        if self.add_button is not None:
            self.add_button.setToolTip(ADD_KEY)
            row.addWidget(self.add_button)
        return row

    def set_narrow(self, *, narrow: bool) -> None:
        """Leave out the words of the buttons, for a window in which they would not fit; or show them again."""
        for each, words in ((self.history_button, HISTORY_LABEL), (self.add_button, self._add_label)):
            if each is not None:
                each.setText("" if narrow else f" {words}")  # as `button` leaves a space after an icon
        own = self.layout()
        for each_layout in (self._head_row, own):  # Qt does not tell the layout of a section that is not shown
            if each_layout is not None:
                each_layout.invalidate()
        self.updateGeometry()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.table.open_requested.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._choose_row)
        self.table.letter_typed.connect(self._type_into_search)
        self.table.leave_requested.connect(self._leave_table)
        self.table.horizontalHeader().sectionClicked.connect(self._sort_by)
        self.column_chooser.sort_requested.connect(self._sort_by)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.table.widths.fitted.connect(self._fit_height)
        self.search.returnPressed.connect(self._focus_table)
        if self.chart is not None:
            self.chart.height_changed.connect(self.height_changed)
        self._add_shortcut(self, QKeySequence.StandardKey.Find, self.open_search)
        for keys in ROW_KEYS:
            self._add_shortcut(self.table, keys, partial(self._run_act, keys))
        self._add_shortcut(self, HISTORY_KEY, self._show_history)
        self._add_shortcut(self.search, Qt.Key.Key_Escape, self.close_search)
        self._add_shortcut(self.search, Qt.Key.Key_Down, self._focus_table)

    def _add_shortcut(
        self, owner: QWidget, keys: QKeySequence.StandardKey | Qt.Key | str, slot: Callable[[], None]
    ) -> None:
        shortcut = QShortcut(QKeySequence(keys), owner)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(slot)

    def show_rows(self, rows: Sequence[SectionRow[Any]]) -> None:
        """Replace the rows; selected records stay selected if they are still there."""
        self.source.replace_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty_label.setVisible(not rows)
        self.empty_label.setText(self._empty_words())
        self._fit_height()
        self.model.refresh()
        self._choose_row()

    def show_chart(self, case: ShownCase) -> None:
        """Draw the chart of a case, where the section has one and there is something to draw."""
        if self.chart is not None:
            self.chart.setVisible(self.chart.show_case(case))
            self.height_changed.emit()

    def show_add(self, *, shown: bool) -> None:
        """Show or hide the button that adds a record: not every case takes one."""
        if self.add_button is not None:
            self.add_button.setVisible(shown)

    def _empty_words(self) -> str:
        """Say that there are no rows, and how to add the first."""
        words = self.section.describe_empty(self._session.role)
        if self.add_button is None or self.add_button.isHidden():
            return words
        return f"{words.rstrip('.')}. {self._add_label} with {ADD_KEY}, or by the button above."

    @property
    def chosen_row(self) -> SectionRow[Any] | None:
        """The row that is read: that with the keyboard, or the first."""
        current = self.table.current_id
        found = self.source.fetch_rows([] if current is None else [current])
        return next(iter([*found, *self.source.rows]), None)

    @Slot()
    def _choose_row(self) -> None:
        self.row_chosen.emit(self.chosen_row)

    def lines_of(self, row: SectionRow[Any]) -> tuple[tuple[str, str], ...]:
        """Return what a row says, whole: its record where that opens, or else the texts of its columns.

        People's own words come first, and what only names other records last.
        """
        record = self.section.record_to_open(row)
        if record is not None:
            return tuple(sorted(labels.record_lines(self._session, record), key=partial(_reading_place, type(record))))
        return tuple((column.title, text) for column in self.section.columns if (text := column.text(row)))

    def heading_of(self, row: SectionRow[Any]) -> str:
        """Return what a row is, by the texts of its first columns."""
        said = (column.text(row) for column in self.section.columns[:HEADING_COLUMNS])
        return " · ".join(filter(None, (*said, _news_of(row))))

    def go_to_news(self) -> None:
        """Put the keyboard on the first row that is new to the user."""
        found = next((row.id for row in self.source.rows if row.news), None)
        self._focus_table()
        if found is not None:
            self.table.select_ids((found,), found)

    def _current_records(self) -> list[Record]:
        current = self.table.current_id
        rows = self.source.fetch_rows([] if current is None else [current])
        return [record for row in rows if (record := self.section.record_to_open(row)) is not None]

    def _run_act(self, key: str) -> None:
        for record in self._current_records():
            for act in self._acts(record):
                if act.key == key:
                    act.run()
                    return

    @Slot()
    def _show_history(self) -> None:
        """Show the versions of the row that has the keyboard; those of the whole section where none has."""
        if self.table.hasFocus() and self._current_records():
            self._run_act(HISTORY_KEY)
        elif self.section.record_type is not None:
            self.history_requested.emit()

    @Slot()
    def _fit_height(self) -> None:
        rows = min(len(self.source.rows), MAX_VISIBLE_ROWS)
        height = HEADER_HEIGHT_PX + rows * self.table.verticalHeader().defaultSectionSize()
        if self.table.widths.exceeds_room:
            height += self.table.horizontalScrollBar().sizeHint().height()
        self.table.setFixedHeight(height)
        self.height_changed.emit()

    @override
    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() in LAID_OUT:
            self.height_changed.emit()  # words that wrap may take another number of lines
        return handled

    def _search_text(self, row: SectionRow[Any]) -> str:
        return " ".join(column.text(row) for column in self.section.columns)

    @Slot()
    def _search(self) -> None:
        query = self.model.query
        self.model.run_query(ListQuery(self.search.text(), query.sort, query.descending))

    @Slot()
    def open_search(self) -> None:
        """Show the search box and put the keyboard there."""
        if self.source.rows:
            self.search.show()
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.height_changed.emit()

    @Slot()
    def close_search(self) -> None:
        """Clear and hide the search box, so that all rows are shown."""
        self.search.clear()
        if self.search.isVisible():
            self._focus_table()
            self.search.hide()
            self.height_changed.emit()

    @Slot(str)
    def _type_into_search(self, text: str) -> None:
        if text.strip() and text.isprintable():
            self.open_search()
            self.search.insert(text)

    @Slot()
    def _leave_table(self) -> None:
        if self.search.isVisible():
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _focus_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _sort_by(self, number: int) -> None:
        query, key = self.model.query, self.section.columns[number].sort_key
        descending = query.sort == key and not query.descending
        self.model.run_query(ListQuery(query.text, key, descending))
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.table.horizontalHeader().setSortIndicator(number, order)

    @Slot(int)
    def _open(self, number: int) -> None:
        for row in self.source.fetch_rows([number]):
            record = self.section.record_to_open(row)
            if record is not None:
                self.opened.emit(record)

    @Slot(QPoint)
    def _show_menu(self, point: QPoint) -> None:
        del point
        self.table.show_menu(self.row_menu())

    def row_menu(self) -> QMenu:
        """Make the menu of the table: open and copy rows, search, columns and order."""
        menu = QMenu(self)
        current = self.table.current_id
        for row in self.source.fetch_rows([] if current is None else [current]):
            if self.section.record_to_open(row) is not None:
                menu.addAction(icon("folder-open"), "Open", partial(self._open, row.id))
        for record in self._current_records():
            for act in self._acts(record):
                menu.addAction(act.label, act.run).setShortcut(QKeySequence(act.key))
        menu.addAction(icon("copy"), "&Copy rows", self.table.copy_rows)
        menu.addAction(icon("search"), "Search", self.open_search)
        columns = self.column_chooser.make_menu(self.model.query)
        columns.setTitle("Co&lumns and order")
        columns.triggered.connect(self._fit_height)  # rows may be compact now
        menu.addMenu(columns)
        return menu


def _news_of(row: SectionRow[Any]) -> str:
    return f"{row.news} since you looked" if row.news else ""


def _reading_place(record_type: type[Record], line: tuple[str, str]) -> int:
    """Return where a line of a record is read: words, then what else there is, then references."""
    column = next((each for each in columns_of(record_type) if each.label == line[0]), None)
    if column is None:
        return 1
    is_words = column.kind is ColumnKind.LONG_TEXT or column.name in record_type.rights.free_text
    return 0 if is_words else 2 if column.kind is ColumnKind.REF else 1
