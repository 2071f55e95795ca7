"""A list that is in memory already: search, filters and order without a database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic

from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.lists.register import ListColumn, Row


class ListSource(Generic[Row]):
    """Answers a register's queries from rows in memory.

    Attributes:
        rows: The rows in their own order.
    """

    def __init__(
        self,
        text: Callable[[Row], str],
        filters: Mapping[str, Callable[[Row], str]] | None = None,
        columns: Sequence[ListColumn[Row]] = (),
    ) -> None:
        """Start without rows.

        Args:
            text: The text of a row that is searched; a row matches if it contains every word of the query.
            filters: For each filter's name, the code of a row.
            columns: The columns the list may be sorted by: those with a sort key.
        """
        self.rows: Sequence[Row] = ()
        self._by_id: dict[int, Row] = {}
        self._text = text
        self._filters = dict(filters or {})
        self._sort_values = {column.sort_key: column.sort_value or _text_of(column) for column in columns}

    def replace_rows(self, rows: Iterable[Row]) -> None:
        """Replace all rows; the register is to be refreshed afterwards."""
        self.rows = tuple(rows)
        self._by_id = {row.id: row for row in self.rows}

    def query_ids(self, query: ListQuery) -> list[int]:
        """Return the ids of the matching rows, in their own order unless the query sorts them."""
        typed = TextFilter(query.text, anywhere=True)
        chosen = [(code_of, codes) for name, code_of in self._filters.items() if (codes := query.chosen(name))]
        found = [
            row
            for row in self.rows
            if all(code_of(row) in codes for code_of, codes in chosen) and typed.matches(self._text(row))
        ]
        sort_value = self._sort_values.get(query.sort) if query.sort is not None else None
        if sort_value is not None:
            found.sort(key=sort_value, reverse=query.descending)
        return [row.id for row in found]

    def fetch_rows(self, ids: Sequence[int]) -> list[Row]:
        """Return the rows of some ids; those no longer in the list are left out."""
        by_id = self._by_id
        return [by_id[number] for number in ids if number in by_id]


def _text_of(column: ListColumn[Row]) -> Callable[[Row], Any]:
    return lambda row: (fold(text := column.text(row)), text)
