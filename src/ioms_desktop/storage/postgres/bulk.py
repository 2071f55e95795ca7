"""Many rows into one table of a server."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table


@contextmanager
def without_indexes(_connection: Connection, _table: Table) -> Iterator[None]:
    """Keep a table's indexes: leaving them aside would lock out everybody else, and needs the owner's rights."""
    yield
