"""Copies of template databases that are put back as they were and used again: a new copy takes twice as long.

What a test did is read from the server's own counts of the rows that were added, changed or removed in each table since
the copy was made. Where a catalogue is among those tables, or many rows changed, the copy is dropped instead: what
cannot be put back for certain is not put back.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from postgres_cluster import Server

MOST_ROWS = 3_000
"""Rows; more leave indexes of another size, by which the planner may choose otherwise."""
PATIENCE_SECONDS = 60.0

CHANGED = """
SELECT relid::regclass::text, schemaname, n_tup_ins + n_tup_upd + n_tup_del
FROM pg_stat_all_tables JOIN pg_class ON pg_class.oid = relid
WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND NOT relisshared AND schemaname <> 'pg_toast'
"""
SETTINGS = """
SELECT row(datacl, datconnlimit, datallowconn)::text,
       EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = pg_database.oid),
       EXISTS (SELECT FROM pg_prepared_xacts WHERE database = datname)
FROM pg_database WHERE datname = current_database()
"""
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""
SEQUENCES = """
SELECT oid::regclass::text,
       (SELECT refobjid::regclass::text FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i') LIMIT 1)
FROM pg_class WHERE relkind = 'S'
"""
"""Each sequence and the table whose column it numbers."""


class Sequence(NamedTuple):
    """A sequence of a template: the table whose column it numbers, its last value and whether that was given out."""

    name: str
    table: str | None
    last: int
    is_called: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What a template holds.

    Attributes:
        rows: The rows of each table that has any, as COPY writes them.
        sequences: All of them.
        settings: The privileges and settings of the database itself.
    """

    rows: Mapping[str, bytes]
    sequences: tuple[Sequence, ...]
    settings: str


@dataclass
class ReusedDatabases:
    """The copies that nobody uses at the moment, by their template."""

    server: Server
    _free: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _contents: dict[str, Contents] = field(default_factory=dict)
    _in_use: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, template: str) -> str:
        """Return the name of a copy of a template: one that was used before, or a new one called `name`."""
        if self._free[template]:
            name = self._free[template].pop()
        else:
            self.server.create(name, template)
            if template not in self._contents:
                with self._connected(name) as connection:
                    self._contents[template] = _contents_of(connection)
        self._in_use[name] = template
        return name

    def give_back(self, name: str) -> None:
        """Put a copy back as it was made, or drop it."""
        template = self._in_use.pop(name, None)
        contents = self._contents.get(template) if template else None
        if contents is not None and self._is_restored(name, contents):
            self._free[str(template)].append(name)
        else:
            self.server.drop(name)

    def note_settings(self, name: str) -> None:
        """Take the privileges and settings of a copy for those that all copies of its template are to have."""
        template = self._in_use.get(name)
        if template in self._contents:
            with self._connected(name) as connection:
                settings = _settings_of(connection)
            self._contents[template] = replace(self._contents[template], settings=settings)

    def forget(self, template: str) -> None:
        """Drop the free copies of a template that is made anew; those in use are dropped when they come back."""
        for name in self._free.pop(template, []):
            self.server.drop(name)
        self._contents.pop(template, None)
        self._in_use = {name: each for name, each in self._in_use.items() if each != template}

    def _connected(self, name: str) -> psycopg.Connection:
        return psycopg.connect(self.server.address_of(name), autocommit=True)

    def _is_restored(self, name: str, contents: Contents) -> bool:
        try:
            with self._connected(name) as connection:
                _disconnect_others(connection)
                if _settings_of(connection) != contents.settings:
                    return False
                changed = connection.execute(CHANGED).fetchall()
                if any(schema.startswith(("pg_", "information_schema")) for _, schema, _ in changed):
                    return False
                if sum(rows for *_, rows in changed) > MOST_ROWS:
                    return False
                _restore(connection, [table for table, *_ in changed], contents)
        except psycopg.Error:
            return False
        return True


def _contents_of(connection: psycopg.Connection) -> Contents:
    rows: dict[str, bytes] = {}
    for (table,) in connection.execute(TABLES).fetchall():
        with connection.cursor().copy(_sql("COPY {} TO STDOUT", table)) as copy:
            if found := b"".join(bytes(block) for block in copy):
                rows[table] = found
    sequences = []
    for name, table in connection.execute(SEQUENCES).fetchall():
        last = connection.execute(_sql("SELECT last_value, is_called FROM {}", name)).fetchone()
        assert last is not None
        sequences.append(Sequence(name, table, *last))
    return Contents(rows, tuple(sequences), _settings_of(connection))


def _settings_of(connection: psycopg.Connection) -> str:
    return str(connection.execute(SETTINGS).fetchone())


def _disconnect_others(connection: psycopg.Connection) -> None:
    """End every other session, and wait until it is gone: only then are its changes counted."""
    until = time.monotonic() + PATIENCE_SECONDS
    while connection.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}").fetchall():
        if time.monotonic() > until:
            raise psycopg.OperationalError("a session would not end")
        time.sleep(0.002)


def _restore(connection: psycopg.Connection, changed: Iterable[str], contents: Contents) -> None:
    tables = set(changed)
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
        for table in tables:
            connection.execute(_sql("DELETE FROM {}", table))
            if table in contents.rows:
                with connection.cursor().copy(_sql("COPY {} FROM STDIN", table)) as copy:
                    copy.write(contents.rows[table])
        for name, of_table, last, is_called in contents.sequences:
            if of_table is None or of_table in tables:
                connection.execute("SELECT setval(%s::regclass, %s, %s)", (name, last, is_called))
    if tables:
        connection.execute(_sql("VACUUM " + ", ".join(["{}"] * len(tables)), *tables))
    connection.execute("SELECT pg_stat_reset()")


def _sql(words: str, *names: str) -> bytes:
    """Put names, which the server quoted itself, into a statement."""
    return words.format(*names).encode()
