"""What a piece of work says to its database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

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
def _listening(engine: Engine, keep: Callable[[str, Any], None]) -> Iterator[None]:
    def hear(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        keep(statement, values)

    event.listen(engine, "before_cursor_execute", hear)
    yield
    event.remove(engine, "before_cursor_execute", hear)
