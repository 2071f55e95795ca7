"""The table of one section of a case, or the words that there is nothing in it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.cases.section_rows import SectionRow
from ioms_desktop.ui.cases.sections import CaseSection
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn, Register
from ioms_desktop.ui.lists.register_model import RegisterModel
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.chips import Chip
from ioms_desktop.ui.widgets.widgets import label

HEAD = 32
MOST_ROWS = 12
DATE = 104


class SectionTable(QWidget):
    """Shows the rows of a section; as tall as they are, up to twelve.

    Signals:
        opened: A row was asked for by Enter or double click; with its record.
    """

    opened = Signal(object)

    def __init__(self, section: CaseSection, tasks: Tasks, parent: QWidget | None = None) -> None:
        """Begin without rows."""
        super().__init__(parent)
        self._lines: dict[int, SectionRow] = {}
        self.model = RegisterModel(self._register(section), tasks, self)
        self.table = RegisterTable(self.model)
        self.nothing = label(section.empty, "quiet", wrap=True)
        self.nothing.setContentsMargins(8, 12, 8, 12)
        self.table.open_requested.connect(self._open)
        self._widths = [width for _, width in section.columns]
        self._fitted = 0
        head = self.table.horizontalHeader()
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head.setSectionResizeMode(len(section.columns) - 1, QHeaderView.ResizeMode.Stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.nothing)
        column.addStretch(1)

    def _register(self, section: CaseSection) -> Register[SectionRow]:
        last = len(section.columns) - 1
        return Register(
            title=section.title,
            noun=("row", "rows"),
            columns=tuple(
                ListColumn(
                    title,
                    text=lambda line, place=number: line.cells[place],  # type: ignore[misc]  # the place is bound here
                    width=width,
                    style=ColumnStyle.DATE if width <= DATE else ColumnStyle.TEXT,
                    stretch=number == last,
                    tooltip=lambda line, place=number: line.cells[place],  # type: ignore[misc]  # as above
                    chip=_chip if number == 0 else None,
                )
                for number, (title, width) in enumerate(section.columns)
            ),
            query_ids=self._index,
            fetch_rows=self._window,
            empty_message=section.empty,
        )

    def show_lines(self, lines: Sequence[SectionRow]) -> None:
        """Show other rows; what is selected stays selected where it can."""
        self._lines = {line.id: line for line in lines}
        self.table.setVisible(bool(lines))
        self.nothing.setVisible(not lines)
        rows = min(len(lines), MOST_ROWS)
        self.table.setFixedHeight(HEAD + rows * self.table.verticalHeader().defaultSectionSize())
        self.model.refresh()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() != self._fitted:
            self._fitted = self.width()
            self._fit()

    def _fit(self) -> None:
        """Share the width there is: dates keep theirs, words give way."""
        fixed = sum(width for width in self._widths if width <= DATE)
        words = sum(width for width in self._widths if width > DATE)
        share = min(1.0, max(0.4, (self.width() - fixed) / max(words, 1)))
        for number, width in enumerate(self._widths):
            self.table.setColumnWidth(number, width if width <= DATE else int(width * share))

    def _index(self, query: ListQuery) -> list[int]:
        del query
        return list(self._lines)

    def _window(self, ids: Sequence[int]) -> list[SectionRow]:
        lines = self._lines
        return [lines[number] for number in ids if number in lines]

    @Slot(int)
    def _open(self, number: int) -> None:
        line = self._lines.get(number)
        if line is not None and line.record is not None:
            self.opened.emit(line.record)


def _chip(line: SectionRow) -> Chip | None:
    return line.chip
