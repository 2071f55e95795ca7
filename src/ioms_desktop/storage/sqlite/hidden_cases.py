"""Hides cases of a local file from a user's lists and searches, as its access lists require.

Temporary views replace the tables while a connection reads, and are dropped before it writes. They stay from one read
to the next, because creating them takes longer than most reads. So does what the lists say, which is read again once
anything in the file has changed; while an entry will end by itself, it is read each time. This is a convenience between
people who can all open the file: it does not protect a record from anybody who has a password.
"""

# ruff: noqa: S608 - statements of names that are our own

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, text

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import columns_naming
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.access_lists import cases_hidden_from, entries_end_after
from ioms_desktop.storage.schema import tables, views

UNFILTERED_TABLES = frozenset({"access_entry", "case_standing", "audit", "audit_trail", "papers"})
HIDDEN_CASES_TABLE, HIDDEN_PEOPLE_TABLE = "temp.kept_from_me", "temp.people_kept_from_me"
CONNECTION_STATE_KEY = "ioms_kept"
"""The key under which a connection stores the cases it hides; absent without the views."""
LISTS_READ_KEY = "ioms_lists_read"
"""The key under which a connection stores when it read the lists, while they can only change by another act."""
FILL_HIDDEN_PEOPLE_SQL = f"""
    DELETE FROM {HIDDEN_PEOPLE_TABLE};
    INSERT INTO {HIDDEN_PEOPLE_TABLE}
    SELECT person_ref FROM main.cases WHERE case_ref IN (SELECT ref FROM {HIDDEN_CASES_TABLE})
    EXCEPT SELECT person_ref FROM main.cases WHERE case_ref NOT IN (SELECT ref FROM {HIDDEN_CASES_TABLE});
"""


@dataclass(frozen=True, slots=True)
class _StateOfFile:
    """What differs after any change to a file.

    Attributes:
        version: Differs after a change over another connection.
        own_changes: How many rows this connection has changed.
    """

    version: int
    own_changes: int


@dataclass(frozen=True, slots=True)
class _ListsRead:
    """For whom a connection read the access lists, in which state of the file, and when."""

    user: str
    state: _StateOfFile
    at: datetime


@dataclass(frozen=True, slots=True)
class HiddenCases:
    """Hides cases from one user; `clock` gives the time in UTC."""

    user: str
    clock: Callable[[], datetime]

    def hide(self, connection: Connection) -> None:
        """Create the views, where the file's lists withhold anything from this user."""
        now, seen = self.clock(), _state_of_file(connection)
        lists = connection.info.get(LISTS_READ_KEY)
        if lists is not None and lists.user == self.user and lists.state == seen and lists.at <= now:
            return
        connection.info.pop(LISTS_READ_KEY, None)
        with connection.begin():
            kept = tuple(sorted(cases_hidden_from(connection, self.user, now)))
            may_end = entries_end_after(connection, now)
        hide_cases(connection, kept)
        if not may_end:
            own_changes = _state_of_file(connection).own_changes  # writing the lists is one, too
            connection.info[LISTS_READ_KEY] = _ListsRead(self.user, replace(seen, own_changes=own_changes), now)

    def show(self, connection: Connection) -> None:
        """Drop the views."""
        connection.info.pop(LISTS_READ_KEY, None)
        if connection.info.pop(CONNECTION_STATE_KEY, None) is not None:
            views = (f"DROP VIEW IF EXISTS temp.{name}" for name in _filtering_views())
            lists = (f"DROP TABLE IF EXISTS {name}" for name in (HIDDEN_CASES_TABLE, HIDDEN_PEOPLE_TABLE))
            _driver_connection(connection).executescript(";".join((*views, *lists)))


def hide_cases(connection: Connection, kept: tuple[str, ...]) -> None:
    """Hide some cases, and whom nothing else makes known, from what a connection reads next, and no others."""
    state = connection.info.get(CONNECTION_STATE_KEY)
    if kept == (state or ()):
        return
    raw = _driver_connection(connection)
    if state is None:
        connection.info[CONNECTION_STATE_KEY] = ()  # set first: from here on, views may have to be dropped
        lists = (f"CREATE TABLE {name} (ref TEXT PRIMARY KEY)" for name in (HIDDEN_CASES_TABLE, HIDDEN_PEOPLE_TABLE))
        raw.executescript(";".join((*lists, *_filtering_views().values())))
    raw.execute(f"DELETE FROM {HIDDEN_CASES_TABLE}")
    raw.executemany(f"INSERT INTO {HIDDEN_CASES_TABLE} (ref) VALUES (?)", [(ref,) for ref in kept])
    raw.executescript(FILL_HIDDEN_PEOPLE_SQL)
    connection.info[CONNECTION_STATE_KEY] = kept


def hidden_cases(connection: Connection) -> tuple[str, ...]:
    """Return the cases that a connection hides."""
    kept: tuple[str, ...] = connection.info.get(CONNECTION_STATE_KEY, ())
    return kept


def hidden_people(connection: Connection, person_refs: Collection[str]) -> frozenset[str]:
    """Return which of some people the views of a connection hide: without views nobody is hidden."""
    if CONNECTION_STATE_KEY not in connection.info:
        return frozenset()
    query = text(f"SELECT ref FROM {HIDDEN_PEOPLE_TABLE} WHERE ref IN :refs")
    asked = query.bindparams(bindparam("refs", expanding=True))
    return frozenset(connection.scalars(asked, {"refs": sorted(person_refs)}))


def _state_of_file(connection: Connection) -> _StateOfFile:
    raw = _driver_connection(connection)
    (version,) = raw.execute("PRAGMA data_version").fetchone()
    return _StateOfFile(version, raw.total_changes)


def _driver_connection(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own connection
    return connection.connection.dbapi_connection


@cache
def _filtering_views() -> dict[str, str]:
    every = {**tables.metadata.tables, **views.COMMON_VIEWS}
    made: dict[str, str] = {}
    for name, table in every.items():
        conditions = [
            f"({column} IS NULL OR {column} NOT IN (SELECT ref FROM {hidden}))"
            for column, hidden in (
                ("case_ref", HIDDEN_CASES_TABLE),
                ("person_ref", HIDDEN_PEOPLE_TABLE),
                *((column, HIDDEN_PEOPLE_TABLE) for its_table, column in _people_named() if its_table == name),
            )
            if column in table.columns
        ]
        if table is tables.former_version:
            conditions += [
                f"NOT (table_name = '{its_table}' AND "
                f"coalesce(json_extract(data, '$.{column}') IN (SELECT ref FROM {HIDDEN_PEOPLE_TABLE}), 0))"
                for its_table, column in _people_named()
            ]
        if conditions and name not in UNFILTERED_TABLES:
            made[name] = f"CREATE TEMP VIEW {name} AS SELECT * FROM main.{name} WHERE {' AND '.join(conditions)}"
    return made


def _people_named() -> list[tuple[str, str]]:
    """Return the tables, with the columns, that name people besides whose records they hold."""
    return [
        (name, column.name)
        for name, record_type in RECORD_TYPE_BY_TABLE.items()
        for column in columns_naming(record_type, Person.table)
    ]
