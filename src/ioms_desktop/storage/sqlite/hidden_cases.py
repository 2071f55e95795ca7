"""Hides cases of a local file from a user's lists and searches, as its access lists require.

Temporary views replace the tables while a connection reads, and are dropped before it writes. They stay from one read
to the next, because creating them takes longer than most reads. This is a convenience between people who can all open
the file: it does not protect a record from anybody who has a password.
"""

# ruff: noqa: S608 - statements of names that are our own

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, text

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import columns_naming
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.access_lists import cases_hidden_from
from ioms_desktop.storage.schema import tables, views

UNFILTERED_TABLES = frozenset({"access_entry", "case_standing", "audit", "audit_trail", "papers"})
HIDDEN_CASES_TABLE, HIDDEN_PEOPLE_TABLE = "temp.kept_from_me", "temp.people_kept_from_me"
CONNECTION_STATE_KEY = "ioms_kept"
"""The key under which a connection stores the cases it hides; absent without the views."""
FILL_HIDDEN_PEOPLE_SQL = f"""
    DELETE FROM {HIDDEN_PEOPLE_TABLE};
    INSERT INTO {HIDDEN_PEOPLE_TABLE}
    SELECT person_ref FROM main.cases WHERE case_ref IN (SELECT ref FROM {HIDDEN_CASES_TABLE})
    EXCEPT SELECT person_ref FROM main.cases WHERE case_ref NOT IN (SELECT ref FROM {HIDDEN_CASES_TABLE});
"""


@dataclass(frozen=True, slots=True)
class HiddenCases:
    """Hides cases from one user; `clock` gives the time in UTC."""

    user: str
    clock: Callable[[], datetime]

    def hide(self, connection: Connection) -> None:
        """Create the views, where the file's lists withhold anything from this user."""
        with connection.begin():
            kept = tuple(sorted(cases_hidden_from(connection, self.user, self.clock())))
        state = connection.info.get(CONNECTION_STATE_KEY)
        if kept == (state or ()):
            return
        raw = _driver_connection(connection)
        if state is None:
            connection.info[CONNECTION_STATE_KEY] = ()  # set first: from here on, views may have to be dropped
            lists = (
                f"CREATE TABLE {name} (ref TEXT PRIMARY KEY)" for name in (HIDDEN_CASES_TABLE, HIDDEN_PEOPLE_TABLE)
            )
            raw.executescript(";".join((*lists, *_filtering_views().values())))
        raw.execute(f"DELETE FROM {HIDDEN_CASES_TABLE}")
        raw.executemany(f"INSERT INTO {HIDDEN_CASES_TABLE} (ref) VALUES (?)", [(ref,) for ref in kept])
        raw.executescript(FILL_HIDDEN_PEOPLE_SQL)
        connection.info[CONNECTION_STATE_KEY] = kept

    def show(self, connection: Connection) -> None:
        """Drop the views."""
        if connection.info.pop(CONNECTION_STATE_KEY, None) is not None:
            views = (f"DROP VIEW IF EXISTS temp.{name}" for name in _filtering_views())
            lists = (f"DROP TABLE IF EXISTS {name}" for name in (HIDDEN_CASES_TABLE, HIDDEN_PEOPLE_TABLE))
            _driver_connection(connection).executescript(";".join((*views, *lists)))


def hidden_people(connection: Connection, person_refs: Collection[str]) -> frozenset[str]:
    """Return which of some people the views of a connection hide: without views nobody is hidden."""
    if CONNECTION_STATE_KEY not in connection.info:
        return frozenset()
    query = text(f"SELECT ref FROM {HIDDEN_PEOPLE_TABLE} WHERE ref IN :refs")
    asked = query.bindparams(bindparam("refs", expanding=True))
    return frozenset(connection.scalars(asked, {"refs": sorted(person_refs)}))


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
