"""Choosing the columns of a register: which are shown, their positions and widths; saved as text."""

import json
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.lists.register_table import RegisterTable

COMPACT_BELOW_PX = 28


class ColumnChooser(QObject):
    """Sets the columns of one table.

    Signals:
        sort_requested: The list is to be sorted; with the number of the column.
    """

    sort_requested = Signal(int)

    def __init__(self, table: RegisterTable) -> None:
        super().__init__(table)
        self._table = table
        self._columns = table.register_model.register.columns
        self._header = table.horizontalHeader()
        for number, column in enumerate(self._columns):
            table.setColumnHidden(number, not column.shown_by_default)
        table.fit_columns()

    def shown_titles(self) -> tuple[str, ...]:
        """Return the titles of the shown columns from left to right."""
        order = (self._header.logicalIndex(place) for place in range(self._header.count()))
        return tuple(self._columns[number].title for number in order if not self._header.isSectionHidden(number))

    @property
    def is_compact(self) -> bool:
        """Whether rows have the compact height."""
        return self._table.verticalHeader().defaultSectionSize() < COMPACT_BELOW_PX

    def make_menu(self, query: ListQuery) -> QMenu:
        """Make the menu of columns, sort order and row height.

        Args:
            query: The current query; its sort order is ticked.
        """
        menu = QMenu(self._table)
        for number, column in enumerate(self._columns):
            choice = menu.addAction(column.title)
            choice.setCheckable(True)
            choice.setChecked(not self._table.isColumnHidden(number))
            choice.setEnabled(number > 0)  # the first column names the row and is always shown
            choice.toggled.connect(partial(self._set_column_shown, number))
        menu.addSeparator()
        order = menu.addMenu("&Sort by")
        for number, column in enumerate(self._columns):
            if column.sort_key is not None:
                choice = order.addAction(column.title)
                choice.setCheckable(True)
                choice.setChecked(query.sort == column.sort_key)
                choice.triggered.connect(partial(self._request_sort, number))
        compact = menu.addAction("&Compact rows")
        compact.setCheckable(True)
        compact.setChecked(self.is_compact)
        compact.toggled.connect(lambda on: self._table.set_compact(compact=on))
        return menu

    def layout_text(self, query: ListQuery) -> str:
        """Return the layout and the sort order as text."""
        titles = [column.title for column in self._columns]
        kept = {
            "columns": [titles[self._header.logicalIndex(place)] for place in range(self._header.count())],
            "hidden": [titles[number] for number in range(len(titles)) if self._header.isSectionHidden(number)],
            "widths": {
                titles[number]: self._table.widths.wanted(number)
                for number in range(len(titles))
                if not self._header.isSectionHidden(number)
            },
            "sort": query.sort,
            "descending": query.descending,
            "compact": self.is_compact,
        }
        return json.dumps(kept)

    def restore(self, text: str) -> tuple[str, bool] | None:
        """Apply a saved layout; columns it does not name are left as they are.

        Args:
            text: The result of ``layout_text``, perhaps of an older version.

        Returns:
            The sort key and whether it is descending; None if it holds no known sort key.
        """
        kept = _parse_layout(text)
        titles = [column.title for column in self._columns]
        known = [title for title in kept.get("columns", []) if title in titles]
        for place, title in enumerate(known):
            number = titles.index(title)
            self._header.moveSection(self._header.visualIndex(number), place)
            self._table.setColumnHidden(number, title in kept.get("hidden", []))
            if title in kept.get("widths", {}):
                self._table.widths.want(number, int(kept["widths"][title]))
        self._table.fit_columns()
        self._table.set_compact(compact=bool(kept.get("compact", self.is_compact)))
        sort = kept.get("sort")
        known_order = isinstance(sort, str) and sort in [column.sort_key for column in self._columns]
        return (str(sort), bool(kept.get("descending"))) if known_order else None

    def _set_column_shown(self, number: int, shown: bool) -> None:  # Qt's signal
        self._table.setColumnHidden(number, not shown)
        self._table.fit_columns()

    def _request_sort(self, number: int) -> None:
        self.sort_requested.emit(number)


def _parse_layout(text: str) -> dict[str, Any]:
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
