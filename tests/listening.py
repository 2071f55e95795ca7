"""What a piece of work says to its database."""

from collections.abc import Iterator
from contextlib import contextmanager

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

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", keep)
    yield said
    event.remove(engine, "before_cursor_execute", keep)
