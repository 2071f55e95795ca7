"""Inserts many rows at once, past what SQLAlchemy does for each."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Dialect, Table


class _BulkBackend(Protocol):
    """The bulk operations that each database does in its own way."""

    def without_indexes(self, connection: Connection, table: Table, /) -> AbstractContextManager[None]:
        """Drop a table's indexes until it is filled, where that is allowed."""

    def insert_columns(
        self, connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Sequence[Any]], /
    ) -> None:
        """Insert rows whose values are given column by column."""


def bulk_backend(connection: Connection) -> _BulkBackend:
    """Return the bulk operations of a connection's database."""
    if connection.dialect.name == "postgresql":
        from ioms_desktop.storage.postgres import bulk as postgres  # noqa: PLC0415 - only where one is used

        return postgres
    from ioms_desktop.storage.sqlite import bulk as sqlite  # noqa: PLC0415 - only where one is used

    return sqlite


class BulkInserter:
    """Inserts many rows directly through the driver, because SQLAlchemy's own processing would dominate the time."""

    def __init__(
        self, connection: Connection, table: Table, names: Sequence[str], same: Mapping[str, Any] | None = None
    ) -> None:
        """Prepare the insertion.

        Args:
            connection: The connection, in a transaction.
            table: The table.
            names: The columns, in the order of the values.
            same: The columns that have one value in every row, with that value.
        """
        self._connection = connection
        self._table = table
        same = same or {}
        self._names = (*names, *same)
        binders = [_bind_processor(table.c[name], connection.dialect) for name in self._names]
        self._is_hashable = [table.c[name].type.hashable for name in names]
        self._processors = [(place, bind) for place, bind in enumerate(binders[: len(names)]) if bind is not None]
        bound = zip(same.values(), binders[len(names) :], strict=True)
        self._same = [value if bind is None else bind(value) for value, bind in bound]
        self._insert = bulk_backend(connection).insert_columns

    def run(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, bind in self._processors:
            column = columns[place]
            if self._is_hashable[place]:  # and most values of a file stand in several rows
                known = {value: bind(value) for value in set(column)}
                columns[place] = [known[value] for value in column]
            else:
                columns[place] = list(map(bind, column))
        columns += [[value] * len(rows) for value in self._same]
        self._insert(self._connection, self._table, self._names, columns)


def _bind_processor(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return the function that prepares a value for the driver; None where none is needed."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)
