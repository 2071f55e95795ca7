"""Sends several statements to a server at once, where none needs the answer of another."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

Statement = tuple[str, Mapping[str, Any]]
"""A statement and its parameters, as the driver takes them."""


def send_together(connection: Connection, statements: Sequence[Statement]) -> Sequence[Any]:
    """Carry out statements in their order in one round trip, the beginning of their transaction included.

    The driver is asked directly, as by `ask_driver`.

    Args:
        connection: To a server, before or in a transaction.
        statements: The statements; what follows one that fails is not carried out.

    Returns:
        The driver's cursor of each.

    Raises:
        DBAPIError: As SQLAlchemy raises what the driver does.
    """
    driver, raw = connection.dialect.loaded_dbapi, connection.connection.driver_connection
    cursors = [raw.cursor() for _ in statements]  # type: ignore[union-attr]  # it is connected
    try:
        with raw.pipeline():  # type: ignore[union-attr]  # as above
            for cursor, (text, values) in zip(cursors, statements, strict=True):
                for hear in connection.dispatch.before_cursor_execute:  # whoever listens to what is sent
                    hear(connection, cursor, text, values, None, False)
                cursor.execute(text, values)
    except driver.Error as error:
        sent = "; ".join(text for text, _ in statements)
        raise DBAPIError.instance(
            sent, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    return cursors
