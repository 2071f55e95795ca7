"""Brings rows of a file in line with others and writes only what differs.

A page that nothing changed need not be encrypted again, and a row that stays keeps its place in each index. The driver
is asked directly: SQLAlchemy's own processing would take longer than the file.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from ioms_desktop.storage.schema.plain_text import ask_driver, write_driver_rows

# ruff: noqa: S608 - statements of names that are our own

Row = tuple[Any, ...]
"""The values of all columns of a table, as the driver gives and takes them; those of the key come first."""


def read_rows(connection: Connection, table: Table, scope: str, refs: str) -> dict[Row, Row]:
    """Read the rows of some cases in a scope, by their keys.

    Args:
        connection: Of a file.
        table: The table, which has the columns `case_ref` and `scope`.
        scope: The scope.
        refs: The references of the cases, as a JSON array.
    """
    query = (
        f"SELECT {', '.join(table.columns.keys())} FROM {table.name} "
        "WHERE scope = ? AND case_ref IN (SELECT value FROM json_each(?))"
    )
    width = len(table.primary_key)
    return {row[:width]: row for row in ask_driver(connection, query, (scope, refs))}


def write_differences(
    connection: Connection, table: Table, former: Mapping[Row, Row], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Put rows in place of former ones: what is equal stays, and of what is not only the columns that differ change."""
    names, width = tuple(table.columns.keys()), len(table.primary_key)
    made = {row[:width]: row for row in _driver_rows(table, rows, connection.dialect)}
    changed: defaultdict[tuple[int, ...], list[Row]] = defaultdict(list)
    for key, row in made.items():
        if (before := former.get(key)) is not None and row != before:
            places = tuple(at for at, value in enumerate(row) if value != before[at])
            changed[places].append((*(row[at] for at in places), *key))
    own = " AND ".join(f"{name} = ?" for name in names[:width])
    write_driver_rows(connection, f"DELETE FROM {table.name} WHERE {own}", list(former.keys() - made.keys()))
    for places, given in changed.items():
        settings = ", ".join(f"{names[at]} = ?" for at in places)
        write_driver_rows(connection, f"UPDATE {table.name} SET {settings} WHERE {own}", given)
    added = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    write_driver_rows(connection, added, [row for key, row in made.items() if key not in former])


def _driver_rows(table: Table, rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> list[Row]:
    columns = [
        [row[name] for row in rows] if bind is None else [bind(row[name]) for row in rows]
        for name, bind in _binders(table, dialect)
    ]
    return list(zip(*columns, strict=True))


@cache
def _binders(table: Table, dialect: Dialect) -> list[tuple[str, Any]]:
    """Return what makes a value of each column one that the driver takes; None where it takes the value itself."""
    types = ((column.name, column.type.dialect_impl(dialect)) for column in table.columns)
    return [(name, kind.bind_processor(dialect)) for name, kind in types]
