"""Say whose open transactions the administrator of a server has to wait for."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.errors import DatabaseInUse
from ioms_desktop.storage.db_errors import describe_holders

HELD_UP = frozenset({"55P03", "40P01"})
"""A lock was not to be had in time, or two waited for each other."""
OPEN_TRANSACTIONS_SQL = text(
    "SELECT usename, xact_start FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND xact_start IS NOT NULL AND usename IS NOT NULL ORDER BY xact_start LIMIT 3"
)


@contextmanager
def refuse_if_held_up(engine: Engine) -> Iterator[None]:
    """Refuse, and name the logins with open transactions, where a lock was not to be had in time.

    Raises:
        DatabaseInUse: A lock was not to be had in time.
    """
    try:
        yield
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:  # migrations use the driver's own cursor, too
        if getattr(getattr(error, "orig", error), "sqlstate", "") not in HELD_UP:
            raise
        with engine.connect() as connection:
            holders = [(row.usename, row.xact_start) for row in connection.execute(OPEN_TRANSACTIONS_SQL)]
        raise DatabaseInUse(
            f"The database is in use. Nothing was changed; try again. {describe_holders(holders)}".strip()
        ) from error
