"""One view of a database in two processes: whatever the first reads in it, the second reads exactly the same.

A server lends the view of a transaction to another by its name. A file cannot: there the second process reads what is
newest, and finds out whether anything was put on record in between.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select, text

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import Stale
from ioms_desktop.storage.db_errors import STALE_MESSAGE
from ioms_desktop.storage.engine import engine_for, open_as_user
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.requests import last_act_number
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store

LEND_VIEW_SQL = text("SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_export_snapshot() END")
"""A server that follows another lends none; asked for it, it would end the transaction."""
NAME_OF_VIEW = re.compile(r"[0-9A-Fa-f-]+")
NEWEST_ENTRY = select(func.max(tables.audit.c.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class SameView:
    """What another process of this program needs to read in the view of a reading; it opens the database.

    It is handed over through a pipe between the two and in no other way: not as an argument, in the environment or in a
    file.

    Attributes:
        location: A path, or a URL.
        key: The key of an encrypted file.
        login: Who signed in to a server; empty for a file, and for a server's owner.
        password: Their password; empty where the server knows them otherwise.
        hidden: The cases that a file's access lists withhold.
        moment: The name under which a server lends the view, or by what a file's newest state is recognised.
    """

    location: str = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    login: str = ""
    password: str = field(default="", repr=False)
    hidden: tuple[str, ...] = ()
    moment: str


@dataclass(frozen=True, slots=True)
class SameCasesHidden:
    """Hides the cases that are hidden from the reader in the other process."""

    refs: tuple[str, ...]

    def hide(self, connection: Connection) -> None:
        """Hide them; see `CaseFilter`."""
        from ioms_desktop.storage.sqlite.hidden_cases import hide_cases  # noqa: PLC0415 - only where a file is open

        hide_cases(connection, self.refs)

    def show(self, connection: Connection) -> None:
        """Nothing is written by the other process."""


def describe_view(store: Store, reading: Reading) -> SameView | None:
    """Describe the view of a reading of facts; None where no other process can have it.

    Args:
        store: Whose reading it is.
        reading: The reading, which stays open as long as the other process reads.
    """
    if is_shared(store.location):
        moment = reading.connection.scalar(LEND_VIEW_SQL)
        if moment is None:
            return None
        signed_in: Any = reading.connection.connection.driver_connection
        login = signed_in.info.user if store.case_gate is not None else ""
        return SameView(location=store.location, login=login, password=signed_in.info.password, moment=moment)
    if store.engine.url.database is None:  # a copy that is only looked at: nothing may be written beside it
        return None
    from ioms_desktop.storage.sqlite.hidden_cases import hidden_cases  # noqa: PLC0415 - only where a file is open

    hidden = hidden_cases(reading.connection)
    return SameView(location=store.location, key=store.key, hidden=hidden, moment=_newest_of_file(reading))


@contextmanager
def open_view(view: SameView) -> Iterator[Reading]:
    """Read facts in the view of another process.

    Raises:
        Refused: The database cannot be opened, or not in that view.
    """
    if view.login:
        store = open_as_user(view.location, view.login, view.password)
    else:
        store = Store(engine_for(view.location, view.key), view.location, view.key)
        store.case_filter = SameCasesHidden(view.hidden) if view.hidden else None
    try:
        with store.read(facts_only=True) as reading:
            _join(reading, view)
            yield reading
    finally:
        store.close()


def _join(reading: Reading, view: SameView) -> None:
    if reading.is_local:
        if _newest_of_file(reading) != view.moment:
            raise Stale(STALE_MESSAGE)
    elif NAME_OF_VIEW.fullmatch(view.moment):
        reading.connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{view.moment}'")
    reading.extend_timeouts()


def _newest_of_file(reading: Reading) -> str:
    """Name what was put on record last in a file: every act has a number, and every change an entry."""
    return f"{last_act_number(reading)}/{reading.connection.scalar(NEWEST_ENTRY) or 0}"
