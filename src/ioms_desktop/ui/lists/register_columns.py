"""Which columns of a register are shown, in which places and widths; chosen by menu, kept as text."""

import json
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHeaderView, QMenu

from ioms_desktop.ui.lists.register import Sought
from ioms_desktop.ui.lists.register_table import RegisterTable

COMPACT_BELOW = 28


class ColumnChooser(QObject):
    """Shapes the columns of one table.

    Signals:
        order_asked: The list is to be sorted by a column, by its number.
    """

    order_asked = Signal(int)

    def __init__(self, table: RegisterTable) -> None:
        """Give the columns their first widths."""
        super().__init__(table)
        self._table = table
        self._columns = table.register_model.register.columns
        self._head = table.horizontalHeader()
        for number, column in enumerate(self._columns):
            table.setColumnWidth(number, column.width)
            table.setColumnHidden(number, not column.shown)
            if column.stretch:
                self._head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def shown_titles(self) -> tuple[str, ...]:
        """Give the titles of the shown columns from left to right."""
        order = (self._head.logicalIndex(place) for place in range(self._head.count()))
        return tuple(self._columns[number].title for number in order if not self._head.isSectionHidden(number))

    @property
    def compact(self) -> bool:
        """Whether rows are low."""
        return self._table.verticalHeader().defaultSectionSize() < COMPACT_BELOW

    def menu(self, sought: Sought) -> QMenu:
        """Make the menu that chooses columns, order and row height, for mouse and keyboard alike.

        Args:
            sought: What is asked just now; its order is ticked.
        """
        menu = QMenu(self._table)
        for number, column in enumerate(self._columns):
            choice = menu.addAction(column.title)
            choice.setCheckable(True)
            choice.setChecked(not self._table.isColumnHidden(number))
            choice.setEnabled(number > 0)  # what names the row stays
            choice.toggled.connect(partial(self._show, number))
        menu.addSeparator()
        order = menu.addMenu("&Sort by")
        for number, column in enumerate(self._columns):
            if column.sort is not None:
                choice = order.addAction(column.title)
                choice.setCheckable(True)
                choice.setChecked(sought.sort == column.sort)
                choice.triggered.connect(partial(self._order, number))
        compact = menu.addAction("&Compact rows")
        compact.setCheckable(True)
        compact.setChecked(self.compact)
        compact.toggled.connect(lambda on: self._table.set_compact(compact=on))
        return menu

    def kept(self, sought: Sought) -> str:
        """Give the layout and the order of rows as text."""
        titles = [column.title for column in self._columns]
        kept = {
            "columns": [titles[self._head.logicalIndex(place)] for place in range(self._head.count())],
            "hidden": [titles[number] for number in range(len(titles)) if self._head.isSectionHidden(number)],
            "widths": {
                titles[number]: self._head.sectionSize(number)
                for number in range(len(titles))
                if not self._head.isSectionHidden(number)
            },
            "sort": sought.sort,
            "descending": sought.descending,
            "compact": self.compact,
        }
        return json.dumps(kept)

    def restore(self, text: str) -> tuple[str, bool] | None:
        """Take up a layout; columns it does not know stay as they are.

        Args:
            text: What ``kept`` gave, perhaps under an older version.

        Returns:
            The order of rows to ask for, and whether it is turned round; None where it holds none that is known.
        """
        kept = _read(text)
        titles = [column.title for column in self._columns]
        known = [title for title in kept.get("columns", []) if title in titles]
        for place, title in enumerate(known):
            number = titles.index(title)
            self._head.moveSection(self._head.visualIndex(number), place)
            self._table.setColumnHidden(number, title in kept.get("hidden", []))
            if title in kept.get("widths", {}):
                self._table.setColumnWidth(number, int(kept["widths"][title]))
        self._table.set_compact(compact=bool(kept.get("compact", self.compact)))
        sort = kept.get("sort")
        known_order = isinstance(sort, str) and sort in [column.sort for column in self._columns]
        return (str(sort), bool(kept.get("descending"))) if known_order else None

    def _show(self, number: int, shown: bool) -> None:  # Qt's signal
        self._table.setColumnHidden(number, not shown)

    def _order(self, number: int) -> None:
        self.order_asked.emit(number)


def _read(text: str) -> dict[str, Any]:
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
