"""What a piece of work says to its database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

LONG_WORK = tuple(
    f"SET LOCAL {name} = '10min'"
    for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
)
"""What is said on a server before something that reads many cases, so that it is given longer than a click."""


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are run in the block."""
    said: list[str] = []
    with _listening(engine, lambda statement, _values: said.append(statement)):
        yield said


@contextmanager
def statements_and_values_of(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that are run in the block, each with its values."""
    said: list[tuple[str, Any]] = []
    with _listening(engine, lambda statement, values: said.append((statement, values))):
        yield said


@contextmanager
def each_statement_of(engine: Engine, act: Callable[[str], None]) -> Iterator[None]:
    """Act before each statement that is run in the block."""
    with _listening(engine, lambda statement, _values: act(statement)):
        yield


@contextmanager
def answer_of_commit_lost(engine: Engine, command: str, *, is_saved: bool, then_answers: bool) -> Iterator[None]:
    """Lose the connection while a command is committed, at its first time in the block.

    Args:
        engine: The engine of the database.
        command: The name of the command.
        is_saved: Whether the database had saved by then.
        then_answers: Whether it can be reached afterwards.
    """
    lost = OperationalError("COMMIT", {}, psycopg.OperationalError("server closed the connection unexpectedly"))
    is_begun = is_lost = False

    def hear(statement: str, values: object) -> None:
        nonlocal is_begun
        is_begun |= statement.startswith("INSERT INTO request") and command in str(values)

    def commit(connection: Connection) -> None:
        nonlocal is_lost
        if is_begun and not is_lost:
            is_lost = True
            if is_saved:
                connection.connection.commit()
            raise lost

    def begin(_connection: Connection) -> None:
        if is_lost and not then_answers:
            raise lost

    event.listen(engine, "commit", commit)
    event.listen(engine, "begin", begin)
    with _listening(engine, hear):
        yield
    event.remove(engine, "commit", commit)
    event.remove(engine, "begin", begin)
    assert is_lost, "nothing was committed"


@contextmanager
def before_commit(engine: Engine, act: Callable[[], None]) -> Iterator[None]:
    """Act before each commit in the block."""

    def hear(_connection: Connection) -> None:
        act()

    event.listen(engine, "commit", hear)
    yield
    event.remove(engine, "commit", hear)


@contextmanager
def _listening(engine: Engine, keep: Callable[[str, Any], None]) -> Iterator[None]:
    def hear(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        keep(statement, values)

    event.listen(engine, "before_cursor_execute", hear)
    yield
    event.remove(engine, "before_cursor_execute", hear)
