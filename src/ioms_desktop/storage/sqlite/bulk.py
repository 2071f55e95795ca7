"""Many rows into one table of a local file."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table


@contextmanager
def without_indexes(connection: Connection, table: Table) -> Iterator[None]:
    """Leave a table's indexes aside while it is filled, and build each in one go afterwards, in the same transaction.

    Measured with 1,250,000 search words: 3.3 s instead of 5.9 s.
    """
    for index in table.indexes:
        index.drop(connection)
    yield
    for index in table.indexes:
        index.create(connection)
