"""Who holds something up on a server: the logins whose transactions others wait for, and since when."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import DatabaseInUse
from ioms_desktop.domain.text_format import join_words

HELD_UP = frozenset({"55P03", "40P01"})
"""A lock was not to be had in time, or two waited for each other."""
OPEN_TRANSACTIONS_SQL = text(
    "SELECT usename, xact_start FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND xact_start IS NOT NULL AND usename IS NOT NULL ORDER BY xact_start LIMIT 3"
)
HOLDER = re.compile(r"(?:^|, )(.+?) since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z")


def parse_holders(told: str | None) -> list[tuple[str, datetime]]:
    """Read what the server's function `held_up_by` tells: each login, and since when (UTC)."""
    found = HOLDER.findall(told or "")
    return [(login, datetime.fromisoformat(since).replace(tzinfo=UTC)) for login, since in found]


def describe_holders(holders: Iterable[tuple[str, datetime]]) -> str:
    """Say in a sentence who holds something up; empty for nobody."""
    local = [(login, since.astimezone(LONDON)) for login, since in holders]
    named = [f"{login} (since {at:%H:%M} on {at.day} {at:%b})" for login, at in local]
    if not named:
        return ""
    return (
        f"It waits for what was begun and not ended under the login of {join_words(named)}. Ask them to close the "
        "program, or an administrator of the server to end that connection."
    )


@contextmanager
def refuse_if_held_up(engine: Engine) -> Iterator[None]:
    """Name those who have something open where whoever keeps the server waits for it in vain.

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
