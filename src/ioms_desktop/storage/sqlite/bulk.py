"""Bulk insertion into a table of a local file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table


@contextmanager
def without_indexes(connection: Connection, table: Table) -> Iterator[None]:
    """Drop a table's indexes while it is filled, and rebuild each afterwards, in the same transaction.

    Measured with 1,250,000 search words: 3.3 s instead of 5.9 s.
    """
    for index in table.indexes:
        index.drop(connection)
    yield
    for index in table.indexes:
        index.create(connection)


def insert_columns(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Sequence[Any]]
) -> None:
    """Insert rows whose values are given column by column, ready for the driver."""
    quote = connection.dialect.identifier_preparer.quote
    listed, marks = ", ".join(map(quote, names)), ", ".join("?" * len(names))
    sql = f"INSERT INTO {quote(table.name)} ({listed}) VALUES ({marks})"  # noqa: S608 - our own names
    connection.exec_driver_sql(sql, list(zip(*columns, strict=True)))
