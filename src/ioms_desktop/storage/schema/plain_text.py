"""A statement as the text that the driver gets, for what is asked of every case.

SQLAlchemy looks a statement up by all of its parts in each execution. Of one that joins dozens of tables that takes
longer than SQLite takes to find the rows of a case.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.exc import DBAPIError


def as_text(statement: ClauseElement) -> str:
    """Write a statement whose parameters are texts, for `ask_file`."""
    from sqlalchemy.dialects.sqlite.pysqlite import dialect  # noqa: PLC0415 - only where a file is read

    return str(statement.compile(dialect=dialect(paramstyle="named")))


def ask_file(connection: Connection, statement: str, values: Mapping[str, str | None]) -> Sequence[Any]:
    """Carry out a statement in a file, and return its rows as the driver gives them, as `ask_driver` does."""
    return ask_driver(connection, statement, values)


def ask_driver(connection: Connection, statement: str, values: Mapping[str, Any]) -> Sequence[Any]:
    """Carry out a statement, and return its rows as the driver gives them.

    The driver is asked directly: what SQLAlchemy does around a statement takes longer than most of these.

    Args:
        connection: To a local file or a server.
        statement: The statement, its parameters named as the driver takes them.
        values: Its parameters, by name.

    Raises:
        DBAPIError: As SQLAlchemy raises what the driver does.
    """
    driver, cursor = connection.dialect.loaded_dbapi, connection.connection.cursor()
    for hear in connection.dispatch.before_cursor_execute:  # whoever listens to what is sent
        hear(connection, cursor, statement, values, None, False)
    try:
        cursor.execute(statement, values)
        return cursor.fetchall()
    except driver.Error as error:
        raise DBAPIError.instance(
            statement, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
