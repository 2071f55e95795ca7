"""The sections of a case: a list of them, and the rows of the one that is chosen."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.exchange.copied_rows import CopyRows, copy_rows, subjects_of
from ioms_desktop.services.reading.news import NO_NEWS, News
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions.registry import section_button
from ioms_desktop.ui.cases.case_section import SectionRow, ShownCase
from ioms_desktop.ui.cases.row_acts import RowAct
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTION_KEYS, SECTIONS
from ioms_desktop.ui.copying import copy_once_recorded
from ioms_desktop.ui.reading.reading_pane import NO_LINES, READ_KEY, ReadingPane
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.keyed_list import KeyedList

LIST_WIDTH_PX, NARROW_LIST_WIDTH_PX = 240, 168
NARROW_PX = 760
"""In a window narrower than this the list takes less, and the buttons of a section have no words."""
NEWS_KEY = "F8"
EMPTY_TITLE = "Nothing listed"
"""Said of the sections without entries. A role may not see all of them, so that it does not say that there are none."""


class CaseSections(QWidget):
    """Every section of a case. Insert adds a record to the one that is shown.

    Signals:
        opened: A row was opened by Enter or double click; with its record.
        add_requested: A record is to be added; with the action that adds one.
        history_requested: The former versions of a section's records are asked for; with their type.
        case_requested: Another case is to be opened; with its reference.
        reached: A section or the entry that is read was reached by its key; with the widget to be in sight.
    """

    opened = Signal(object)
    add_requested = Signal(object)
    history_requested = Signal(object)
    case_requested = Signal(str)
    reached = Signal(object)

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        acts: Callable[[Record], Sequence[RowAct]],
        parent: QWidget | None = None,
        *,
        settings: QSettings | None = None,
    ) -> None:
        """List the sections; the rows of each are laid out when it is first shown.

        Args:
            session: The user who reads them.
            tasks: Where rows are searched and sorted.
            acts: What may be done about a record.
            parent: The widget it belongs to.
            settings: Where it is kept whether the user wants to see sections without entries.
        """
        super().__init__(parent)
        self.session, self._tasks, self._acts, self._settings = session, tasks, acts, settings
        self._fold_key = f"case/{session.user}/empty_sections_shown"
        self.view: CaseView | None = None
        self.section_list = KeyedList("Sections of the case", LIST_WIDTH_PX, EMPTY_TITLE)
        self.section_stack = QStackedWidget()
        self.pane = ReadingPane()
        self.tables: dict[int, SectionTable] = {}
        self._rows: dict[int, tuple[SectionRow[Any], ...]] = {}
        self._news: dict[int, int] = {}
        self._is_narrow = False
        self._list_sections()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.section_list, 0, Qt.AlignmentFlag.AlignTop)
        self.rows_column = QVBoxLayout()
        self.rows_column.setSpacing(12)
        self.rows_column.addWidget(self.section_stack)
        self.rows_column.addStretch(1)
        row.addLayout(self.rows_column, 1)
        self._connect()

    def fit(self, width: int) -> None:
        """Lay it out for a window of a width."""
        narrow = width < NARROW_PX
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self.section_list.setFixedWidth(NARROW_LIST_WIDTH_PX if narrow else LIST_WIDTH_PX)
            for table in self.tables.values():
                table.set_narrow(narrow=narrow)

    def _list_sections(self) -> None:
        lines = zip(SECTIONS, SECTION_KEYS, strict=True)
        self.section_list.add_lines((section.title, keys.rpartition(" ")[2]) for section, keys in lines)
        self.section_list.choose(0)
        wanted = self._settings is not None and self._settings.value(self._fold_key, defaultValue=False, type=bool)
        self.section_list.set_folded(folded=not wanted)

    def _connect(self) -> None:
        self.section_list.number_chosen.connect(self._show_section)
        self.section_list.fold_changed.connect(self._keep_fold)
        adding = QShortcut(QKeySequence(Qt.Key.Key_Insert), self)
        adding.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        adding.activated.connect(self._add_to_shown)
        for number, keys in enumerate(SECTION_KEYS):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._go_to, number))
        QShortcut(QKeySequence(READ_KEY), self).activated.connect(self._read_entry)
        QShortcut(QKeySequence(NEWS_KEY), self).activated.connect(self.show_news)
        self.pane.left.connect(self._focus_rows)
        self.pane.copy_requested.connect(self._copy)

    def show_case(self, view: CaseView, news: News = NO_NEWS) -> None:
        """Replace the rows of every section by those of a case, and mark what of it is new to the user."""
        self.view = view
        case = ShownCase(self.session, view, news)
        empty = set()
        for number, section in enumerate(SECTIONS):
            rows = self._rows[number] = section.rows(case)
            self._news[number] = section.count_news(case, rows)
            self.section_list.show_line(
                number,
                f"{section.title} ({len(rows)})" if rows else section.title,
                news=self._news[number],
                tip=f"{section.title}: {SECTION_KEYS[number] if rows else section.describe_empty(self.session.role)}",
            )
            if not (rows or self._news[number] or section.stays_listed):
                empty.add(number)
            if number in self.tables:
                self._fill_table(number)
        self.section_list.put_away(empty)
        self._show_section(self.section_list.chosen)

    @Slot(bool)
    def _keep_fold(self, folded: bool) -> None:
        if self._settings is not None:
            self._settings.setValue(self._fold_key, not folded)

    def choose(self, title: str) -> None:
        """Show the section of a title, and put the keyboard there."""
        self.section_list.choose([section.title for section in SECTIONS].index(title))
        self.section_list.setFocus()

    def show_table(self, table: str) -> None:
        """Show the section that lists the records of a table, and put the keyboard there."""
        types = (section.record_type for section in SECTIONS)
        self._go_to(next(number for number, each in enumerate(types) if each is not None and each.table == table))

    def _go_to(self, number: int) -> None:
        """Show a section, and put the keyboard on its rows, or on its name where it has none."""
        self.section_list.choose(number)
        self._focus_rows()
        self.reached.emit(self.section_stack)

    @property
    def news_count(self) -> int:
        """How many changes the user has not seen."""
        return sum(self._news.values())

    @Slot()
    def show_news(self) -> None:
        """Show the next section with something new, after the one that is shown, and go to its first new row."""
        shown = self.section_list.chosen
        after = sorted((number for number, news in self._news.items() if news), key=lambda each: each <= shown)
        if after:
            self._go_to(after[0])
            self.tables[after[0]].go_to_news()

    @Slot()
    def _focus_rows(self) -> None:
        table = self.tables.get(self.section_list.chosen)
        has_rows = table is not None and bool(table.source.rows)
        focused = table.table if table is not None and has_rows else self.section_list
        focused.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _read_entry(self) -> None:
        self.pane.read()
        self.reached.emit(self.pane)

    def _show_entry(self, row: SectionRow[Any] | None) -> None:
        """Show a row of the section that is shown in the pane."""
        table = self.tables.get(self.section_list.chosen)
        if table is None or row is None:
            self.pane.show_entry("", NO_LINES)
        else:
            self.pane.show_entry(table.heading_of(row), table.lines_of(row))

    @Slot(str)
    def _copy(self, text: str) -> None:
        """Copy a text of the entry that is read, once that is on record."""
        table = self.tables.get(self.section_list.chosen)
        row = None if table is None else table.chosen_row
        if table is None or row is None:
            return
        lines = tuple((line,) for line in text.split("\n"))
        command = CopyRows(title=table.section.title, columns=("Text",), cells=lines, subjects=subjects_of([row]))
        copy_once_recorded(self._tasks, self.pane, partial(copy_rows, self.session, command))

    @Slot(int)
    def _show_section(self, number: int) -> None:
        if self.view is None or number < 0:
            return
        if number not in self.tables:
            self.tables[number] = table = self._make_table(number)
            self.section_stack.addWidget(table)
            self._fill_table(number)
            table.height_changed.connect(self._fit_height)
        self.section_stack.setCurrentWidget(self.tables[number])
        self._fit_height()
        self._show_entry(self.tables[number].chosen_row)

    def _make_table(self, number: int) -> SectionTable:
        section = SECTIONS[number]
        adding = section_button(self.session, section.added_type)
        table = SectionTable(
            section, self.session, self._tasks, add_label=adding[1].label if adding else "", acts=self._acts
        )
        table.set_narrow(narrow=self._is_narrow)
        table.opened.connect(self.opened)
        table.row_chosen.connect(partial(self._row_chosen, number))
        table.history_requested.connect(partial(self.history_requested.emit, section.record_type))
        if table.chart is not None:
            table.chart.case_requested.connect(self.case_requested)
        if adding:
            table.add_requested.connect(partial(self.add_requested.emit, adding[0]))
        return table

    def _row_chosen(self, number: int, row: SectionRow[Any] | None) -> None:
        if number == self.section_list.chosen:
            self._show_entry(row)

    @Slot()
    def _add_to_shown(self) -> None:
        table = self.tables.get(self.section_list.chosen)
        if table is not None and table.add_button is not None and table.add_button.isVisible():
            table.add_requested.emit()

    def _fill_table(self, number: int) -> None:
        section, table = SECTIONS[number], self.tables[number]
        adding = section_button(self.session, section.added_type)
        table.show_add(shown=adding is not None and adding[0].applies_to(self.view))
        table.show_rows(self._rows[number])
        if self.view is not None:
            table.show_chart(ShownCase(self.session, self.view))

    @Slot()
    def _fit_height(self) -> None:
        table = self.tables.get(self.section_list.chosen)
        if table is not None:
            wrapped = table.heightForWidth(self.section_stack.width()) if table.hasHeightForWidth() else 0
            self.section_stack.setFixedHeight(wrapped or table.sizeHint().height())
