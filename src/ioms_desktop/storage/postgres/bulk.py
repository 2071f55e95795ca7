"""Bulk inserts into a table of a server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, Table
from sqlalchemy.types import TypeEngine

_ARRAY_TYPES: Sequence[tuple[type[TypeEngine[Any]], str]] = (
    (Boolean, "boolean"),
    (JSON, "json"),
    (BigInteger, "bigint"),
    (Float, "double precision"),
    (Integer, "integer"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (LargeBinary, "bytea"),
)


@contextmanager
def without_indexes(_connection: Connection, _table: Table) -> Iterator[None]:
    """Keep a table's indexes: dropping them would block all other users and takes the owner's rights."""
    yield


def insert_columns(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Sequence[Any]]
) -> None:
    """Insert rows given column by column, as one array for each column, in one statement.

    COPY would be no faster here and is not allowed under row-level security.
    """
    quote = connection.dialect.identifier_preparer.quote
    listed = ", ".join(map(quote, names))
    arrays = ", ".join(f"%s::{_array_type(table.c[name].type)}[]" for name in names)
    sql = f"INSERT INTO {quote(table.name)} ({listed}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our own names
    connection.exec_driver_sql(sql, tuple(list(column) for column in columns))


def _array_type(kind: TypeEngine[Any]) -> str:
    stored = getattr(kind, "impl", kind)
    return next((name for known, name in _ARRAY_TYPES if isinstance(stored, known)), "text")
