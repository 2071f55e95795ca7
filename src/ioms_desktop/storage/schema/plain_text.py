"""A statement as the text that the driver gets, for what is asked of every case and written by every save.

SQLAlchemy looks a statement up by all of its parts in each execution. Of one that joins dozens of tables that takes
longer than SQLite takes to find the rows of a case, and of one that writes a row longer than to write it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.exc import DBAPIError

from ioms_desktop.storage.schema.types import Instant, instant_in_file


class FileStatement(NamedTuple):
    """A statement for a file's driver.

    Attributes:
        text: Its text.
        parameters: The names of its parameters in their order, each with what prepares its value; None for nothing.
        own: The values of those that it has itself.
    """

    text: str
    parameters: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    own: Mapping[str, Any]

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return its parameters for the driver."""
        every = {**self.own, **values}
        given = [every[name] if prepare is None else prepare(every[name]) for name, prepare in self.parameters]
        return tuple(given)


def as_text(statement: ClauseElement) -> str:
    """Write a statement whose parameters are texts, for `ask_driver`."""
    from sqlalchemy.dialects.sqlite.pysqlite import dialect  # noqa: PLC0415 - only where a file is read

    return str(statement.compile(dialect=dialect(paramstyle="named")))


@lru_cache(maxsize=1_000)
def for_file(statement: ClauseElement, names: tuple[str, ...]) -> FileStatement:
    """Write a statement for `ask_file` or `write_file`.

    Args:
        statement: The statement, built once.
        names: The names of all values that are given with it; of an insertion or a change they are its columns, too.
    """
    from sqlalchemy.dialects.sqlite.pysqlite import dialect  # noqa: PLC0415 - as above

    its = dialect()
    compiled: Any = statement.compile(dialect=its, column_keys=names)
    binders = {
        # Every row of a save has the same instant or two.
        name: _instant if isinstance(each.type, Instant) else each.type.dialect_impl(its).bind_processor(its)
        for name, each in compiled.binds.items()
    }
    own = {name: each.effective_value for name, each in compiled.binds.items() if not each.required}
    return FileStatement(str(compiled), tuple((name, binders[name]) for name in compiled.positiontup), own)


def _instant(at: datetime | None) -> str | None:
    # Known by its time in UTC: both times of the hour that comes twice in London are equal, and are two instants.
    return None if at is None else _instant_in_utc(at.astimezone(UTC))


_instant_in_utc = lru_cache(maxsize=20)(instant_in_file)


def ask_file(connection: Connection, statement: ClauseElement, values: Mapping[str, Any]) -> Sequence[Any]:
    """Carry out a query of texts and numbers in a file, and return its rows, as `ask_driver` does.

    Args:
        connection: To a local file.
        statement: The query, built once; nothing in it is expanded. A list is one parameter (`is_in_list`).
        values: Its values, by name, as SQLAlchemy is given them.
    """
    written = for_file(statement, tuple(values))
    return ask_driver(connection, written.text, written.bind(values))


def ask_driver(connection: Connection, statement: str, values: Mapping[str, Any] | Sequence[Any]) -> Sequence[Any]:
    """Carry out a statement, and return its rows as the driver gives them.

    The driver is asked directly: what SQLAlchemy does around a statement takes longer than most of these.

    Args:
        connection: To a local file or a server.
        statement: The statement, its parameters as the driver takes them.
        values: Its parameters, by name or in their order.

    Raises:
        DBAPIError: As SQLAlchemy raises what the driver does.
    """
    rows: Sequence[Any] = _carry_out(connection, statement, values).fetchall()
    return rows


def write_file(connection: Connection, statement: ClauseElement, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the driver's own cursor
    """Carry out a statement that writes, in a file, as `ask_driver` does; returns the driver's cursor.

    Args:
        connection: To a local file.
        statement: The statement, built once.
        values: Its values, by name, as SQLAlchemy is given them.
    """
    written = for_file(statement, tuple(values))
    return _carry_out(connection, written.text, written.bind(values))


def write_file_rows(connection: Connection, statement: ClauseElement, rows: Sequence[Mapping[str, Any]]) -> None:
    """Carry out a statement that writes with each of some sets of values of the same names, as `write_file` does."""
    if rows:
        written = for_file(statement, tuple(rows[0]))
        _carry_out(connection, written.text, [written.bind(values) for values in rows], is_many=True)


def write_driver_rows(connection: Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Carry out a statement that writes with each of some rows of parameters, as the driver takes them."""
    if rows:
        _carry_out(connection, statement, rows, is_many=True)


def _carry_out(connection: Connection, statement: str, values: Any, *, is_many: bool = False) -> Any:  # noqa: ANN401 - as the driver takes and gives it
    driver, cursor = connection.dialect.loaded_dbapi, connection.connection.cursor()
    for hear in connection.dispatch.before_cursor_execute:  # whoever listens to what is sent
        hear(connection, cursor, statement, values, None, is_many)
    try:
        return cursor.executemany(statement, values) if is_many else cursor.execute(statement, values)
    except driver.Error as error:
        raise DBAPIError.instance(
            statement, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
