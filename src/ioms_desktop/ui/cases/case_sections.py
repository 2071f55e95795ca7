"""The sections of a case: a list of them, and the rows of the one that is chosen."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QWidget

from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions.registry import section_button
from ioms_desktop.ui.cases.case_section import SectionRow, ShownCase
from ioms_desktop.ui.cases.row_acts import RowAct
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.tasks import Tasks

LIST_WIDTH_PX = 176
LIST_ROW_HEIGHT_PX = 25


class CaseSections(QWidget):
    """Every section of a case. Insert adds a record to the one that is shown.

    Signals:
        opened: A row was opened by Enter or double click; with its record.
        add_requested: A record is to be added; with the action that adds one.
        history_requested: The former versions of a section's records are asked for; with their type.
    """

    opened = Signal(object)
    add_requested = Signal(object)
    history_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        acts: Callable[[Record], Sequence[RowAct]],
        parent: QWidget | None = None,
    ) -> None:
        """List the sections; the rows of each are laid out when it is first shown.

        Args:
            session: The user who reads them.
            tasks: Where rows are searched and sorted.
            acts: What may be done about a record.
            parent: The widget it belongs to.
        """
        super().__init__(parent)
        self.session, self._tasks, self._acts = session, tasks, acts
        self.view: CaseView | None = None
        self.section_list = QListWidget()
        self.section_stack = QStackedWidget()
        self.tables: dict[int, SectionTable] = {}
        self._rows: dict[int, tuple[SectionRow[Any], ...]] = {}
        self._list_sections()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.section_list, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.section_stack, 1, Qt.AlignmentFlag.AlignTop)
        self.section_list.currentRowChanged.connect(self._show_section)
        adding = QShortcut(QKeySequence(Qt.Key.Key_Insert), self)
        adding.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        adding.activated.connect(self._add_to_shown)

    def _list_sections(self) -> None:
        self.section_list.setAccessibleName("Sections of the case")
        self.section_list.setFixedWidth(LIST_WIDTH_PX)
        self.section_list.setStyleSheet("QListWidget::item { padding-left: 8px; }")
        self.section_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.section_list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for section in SECTIONS:
            item = QListWidgetItem(section.title)
            item.setSizeHint(QSize(0, LIST_ROW_HEIGHT_PX))
            self.section_list.addItem(item)
            self.section_stack.addWidget(QWidget())
        self.section_list.setFixedHeight(len(SECTIONS) * LIST_ROW_HEIGHT_PX + 4)
        self.section_list.setCurrentRow(0)

    def show_case(self, view: CaseView) -> None:
        """Replace the rows of every section by those of a case."""
        self.view = view
        for number, section in enumerate(SECTIONS):
            rows = self._rows[number] = section.rows(ShownCase(self.session, view))
            self.section_list.item(number).setText(f"{section.title} ({len(rows)})" if rows else section.title)
            self.section_list.item(number).setToolTip("" if rows else section.describe_empty(self.session.role))
            if number in self.tables:
                self._fill_table(number)
        self._show_section(self.section_list.currentRow())

    def choose(self, title: str) -> None:
        """Show the section of a title, and put the keyboard there."""
        self.section_list.setCurrentRow([section.title for section in SECTIONS].index(title))
        self.section_list.setFocus()

    @Slot(int)
    def _show_section(self, number: int) -> None:
        if self.view is None or number < 0:
            return
        if number not in self.tables:
            self.tables[number] = table = self._make_table(number)
            old = self.section_stack.widget(number)
            if old is not None:
                self.section_stack.removeWidget(old)
                old.deleteLater()
            self.section_stack.insertWidget(number, table)
            self._fill_table(number)
            table.height_changed.connect(self._fit_height)
        self.section_stack.setCurrentIndex(number)
        self._fit_height()

    def _make_table(self, number: int) -> SectionTable:
        section = SECTIONS[number]
        adding = section_button(self.session, section.record_type)
        table = SectionTable(
            section, self.session, self._tasks, add_label=adding[1].label if adding else "", acts=self._acts
        )
        table.opened.connect(self.opened)
        table.history_requested.connect(partial(self.history_requested.emit, section.record_type))
        if adding:
            table.add_requested.connect(partial(self.add_requested.emit, adding[0]))
        return table

    @Slot()
    def _add_to_shown(self) -> None:
        table = self.tables.get(self.section_list.currentRow())
        if table is not None and table.add_button is not None and table.add_button.isVisible():
            table.add_requested.emit()

    def _fill_table(self, number: int) -> None:
        section, table = SECTIONS[number], self.tables[number]
        adding = section_button(self.session, section.record_type)
        table.show_add(shown=adding is not None and adding[0].applies_to(self.view))
        table.show_rows(self._rows[number])

    @Slot()
    def _fit_height(self) -> None:
        table = self.tables.get(self.section_list.currentRow())
        if table is not None:
            self.section_stack.setFixedHeight(table.sizeHint().height())
