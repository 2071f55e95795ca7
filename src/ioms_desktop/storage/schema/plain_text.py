"""A large statement as the text that SQLite gets, for what is asked of every case.

SQLAlchemy looks a statement up by all of its parts in each execution. Of one that joins dozens of tables that takes
longer than SQLite takes to find the rows of a case.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection


def as_text(statement: ClauseElement) -> str:
    """Write a statement whose parameters are texts, for `ask_file`."""
    from sqlalchemy.dialects.sqlite.pysqlite import dialect  # noqa: PLC0415 - only where a file is read

    return str(statement.compile(dialect=dialect(paramstyle="named")))


def ask_file(connection: Connection, statement: str, values: Mapping[str, str]) -> Sequence[Any]:
    """Return the rows of a statement in a file, as its driver gives them.

    Args:
        connection: To a local file, in a transaction.
        statement: What is asked.
        values: Its parameters, by name.
    """
    with connection.exec_driver_sql(statement, values) as found:
        return found.cursor.fetchall()
