"""A local file keeps from a user's lists and searches what the lists of its cases keep from them.

Views of the connection's own stand before the tables while it reads, and are taken away before it writes. They stay
from one reading to the next: to make them takes longer than most readings. It is a convenience between people who can
all open the file: nothing here protects a record from whoever has a password.
"""

# ruff: noqa: S608 - statements of names that are our own

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from ioms_desktop.storage.access_lists import hidden_from
from ioms_desktop.storage.schema import tables, views

KEPT = frozenset({"access_entry", "case_standing", "audit", "audit_trail"})
HIDDEN, HIDDEN_PEOPLE = "temp.kept_from_me", "temp.people_kept_from_me"
STATE = "ioms_kept"
"""Under this name a connection knows which cases it hides; nothing where its views do not stand."""
PEOPLE = f"""
    DELETE FROM {HIDDEN_PEOPLE};
    INSERT INTO {HIDDEN_PEOPLE}
    SELECT person_ref FROM main.cases WHERE case_ref IN (SELECT ref FROM {HIDDEN})
    EXCEPT SELECT person_ref FROM main.cases WHERE case_ref NOT IN (SELECT ref FROM {HIDDEN});
"""


@dataclass(frozen=True, slots=True)
class FileKnower:
    """Somebody who reads a file; `clock` gives the time in UTC."""

    user: str
    clock: Callable[[], datetime]

    def hide(self, connection: Connection) -> None:
        """Put the views in the way, where the lists of the file keep anything from this user."""
        with connection.begin():
            kept = tuple(sorted(hidden_from(connection, self.user, self.clock())))
        state = connection.info.get(STATE)
        if kept == (state or ()):
            return
        raw = _driver_of(connection)
        if state is None:
            connection.info[STATE] = ()  # from here on there may be something to take away
            lists = (f"CREATE TABLE {name} (ref TEXT PRIMARY KEY)" for name in (HIDDEN, HIDDEN_PEOPLE))
            raw.executescript(";".join((*lists, *_views().values())))
        raw.execute(f"DELETE FROM {HIDDEN}")
        raw.executemany(f"INSERT INTO {HIDDEN} (ref) VALUES (?)", [(ref,) for ref in kept])
        raw.executescript(PEOPLE)
        connection.info[STATE] = kept

    def show(self, connection: Connection) -> None:
        """Take the views away."""
        if connection.info.pop(STATE, None) is not None:
            views = (f"DROP VIEW IF EXISTS temp.{name}" for name in _views())
            lists = (f"DROP TABLE IF EXISTS {name}" for name in (HIDDEN, HIDDEN_PEOPLE))
            _driver_of(connection).executescript(";".join((*views, *lists)))


def _driver_of(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own connection
    return connection.connection.dbapi_connection


@cache
def _views() -> dict[str, str]:
    every = {**tables.metadata.tables, **views.VIEWS}
    made: dict[str, str] = {}
    for name, table in every.items():
        told = [
            f"({column} IS NULL OR {column} NOT IN (SELECT ref FROM {hidden}))"
            for column, hidden in (("case_ref", HIDDEN), ("person_ref", HIDDEN_PEOPLE))
            if column in table.columns
        ]
        if told and name not in KEPT:
            made[name] = f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {' AND '.join(told)}"
    return made
