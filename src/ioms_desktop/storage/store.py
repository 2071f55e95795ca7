"""The database, opened: looking in one consistent view, and one transaction for each command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_hex
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, bindparam, select, text

from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.storage.db_errors import translated
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import Door, Sight, hidden_from
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.types import Instant
from ioms_desktop.storage.transaction import Act, Transaction

COMMAND = "ioms_command"
# Written out, because a statement of one dialect's own would load that dialect at every start.
NOTE = text("INSERT INTO request (id, at, actor, act) VALUES (:id, :at, :actor, :act) ON CONFLICT DO NOTHING")
NOTE = NOTE.bindparams(bindparam("at", type_=Instant()))


class Knower(Protocol):
    """Whoever reads a file, with what its lists keep from them."""

    def hide(self, connection: Connection) -> None:
        """Hide that from whatever the connection reads next; outside a transaction."""

    def show(self, connection: Connection) -> None:
        """Hide it no longer: what writes must meet the tables themselves; outside a transaction."""


class Store:
    """One database, opened.

    Attributes:
        engine: Makes its connections.
        location: A path, or a URL.
        key: What opens an encrypted file; None for a shared database.
        door: How the person signed in comes to what a server keeps closed; None where nothing is.
        number: By which this opening of the database knows its own notices.
        knower: Who reads a local file; None where nothing is kept from whoever does, and on a server, which knows.
    """

    def __init__(self, engine: Engine, location: str, key: bytes | None = None, door: Door | None = None) -> None:
        """Hold an engine; `storage.engine.open_store` makes it."""
        self.engine = engine
        self.location = location
        self.key = key
        self.door = door
        self.number = token_hex(8)
        self.knower: Knower | None = None

    def _sight(self, *, facts: bool = False) -> Sight:
        if self.door is None:
            return Sight(facts=facts)
        return Sight(facts=facts, hidden=hidden_from(self.door.role))

    def rekeyed(self, engine: Engine, key: bytes) -> None:
        """Go on with another key, after that of the file was changed."""
        self.engine.dispose()
        self.engine, self.key = engine, key

    @contextmanager
    def read(self, *, facts: bool = False) -> Iterator[Reading]:
        """Look, in one consistent view.

        Args:
            facts: Read what lists and rules need of every case, whether it was opened or not, and no more.

        Raises:
            Refused: The database cannot be read; the sentence says why.
        """
        with translated(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(  # noqa: PLW2901 - the same connection, told how to begin
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            if self.knower is not None:
                self.knower.hide(connection)
            with connection.begin():
                yield Reading(connection, self._sight(facts=facts), self.door)

    @contextmanager
    def whole_book(self, purpose: str, workstation: str) -> Iterator[None]:
        """Have every case open for as long as an export or an import takes.

        Raises:
            NotAllowed: A server does not open it to this person.
        """
        if self.door is None:
            yield
            return
        with translated():
            opened = self.door.open_book(purpose, workstation)
        if not opened:
            raise NotAllowed("Only a supervisor may open the whole record. Nothing was read; ask one of them.")
        try:
            yield
        finally:
            with translated():
                self.door.close_book()

    @contextmanager
    def begin(self, act: Act, name: str = "") -> Iterator[Transaction]:
        """Run a command: committed on return, undone when it raises.

        Args:
            act: Who acts; a request done before shows its answer in `earlier`, and nothing should be written.
            name: The command's name.

        Raises:
            Refused: The database cannot be written; nothing was changed.
        """
        with (
            translated(),
            self._connected() as connection,
            connection.execution_options(**{COMMAND: True}).begin(),
        ):
            if self.door is not None:
                act = replace(act, role=self.door.role)
                # What a server writes into every record of this transaction, whatever this computer's clock says.
                act = replace(act, at=connection.execute(transaction_context.OWN_ACT, _said(act)).scalar_one())
            elif connection.dialect.name == "postgresql":
                connection.execute(transaction_context.ACT, {"at": act.at.isoformat(), **_said(act)})
            earlier = _earlier(connection, act, name)
            yield Transaction(connection, act, earlier, self._sight(), self.door)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            if self.knower is not None:
                self.knower.show(connection)
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _said(act: Act) -> dict[str, str]:
    """What a transaction says of itself to the triggers of a server, beside the time."""
    return {
        "actor": act.user,
        "role": act.role,
        "workstation": act.workstation,
        "request": act.request,
        "reason_code": act.reason_code,
        "reason_text": act.reason_text,
    }


def _earlier(connection: Connection, act: Act, name: str) -> dict[str, Any] | None:
    """Note the request; give its answer when it was done before, or is being done by another line at this moment."""
    if not act.request:
        return None
    noted = connection.execute(NOTE, {"id": act.request, "at": act.at, "actor": act.user, "act": name})
    if noted.rowcount:
        return None
    row = connection.execute(select(tables.request.c.answer).where(tables.request.c.id == act.request)).one()
    answer: dict[str, Any] = row.answer or {}
    return answer
