"""The database, opened: looking in one consistent view, and one transaction for each command."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from secrets import token_hex
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, bindparam, select, text

from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.storage.db_errors import translate_db_errors
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import CaseGate, ReadScope, columns_hidden_from
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.types import Instant
from ioms_desktop.storage.transaction import CommandContext, Rollback, Transaction

COMMAND_OPTION = "ioms_command"
# Written out, because a statement of one dialect's own would load that dialect at every start.
INSERT_REQUEST_SQL = text(
    "INSERT INTO request (id, at, actor, act) VALUES (:id, :at, :actor, :act) ON CONFLICT DO NOTHING"
)
INSERT_REQUEST_SQL = INSERT_REQUEST_SQL.bindparams(bindparam("at", type_=Instant()))


class CaseFilter(Protocol):
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
        case_gate: How the person signed in comes to what a server keeps closed; None where nothing is.
        sender_id: By which this opening of the database knows its own notices.
        case_filter: Who reads a local file; None where nothing is kept from whoever does, and on a server, which knows.
    """

    def __init__(
        self, engine: Engine, location: str, key: bytes | None = None, case_gate: CaseGate | None = None
    ) -> None:
        """Hold an engine; `storage.engine.open_store` makes it."""
        self.engine = engine
        self.location = location
        self.key = key
        self.case_gate = case_gate
        self.sender_id = token_hex(8)
        self.case_filter: CaseFilter | None = None

    def _read_scope(self, *, facts_only: bool = False) -> ReadScope:
        if self.case_gate is None:
            return ReadScope(facts_only=facts_only)
        return ReadScope(facts_only=facts_only, hidden_columns=columns_hidden_from(self.case_gate.role))

    def replace_key(self, engine: Engine, key: bytes) -> None:
        """Go on with another key, after that of the file was changed."""
        self.engine.dispose()
        self.engine, self.key = engine, key

    @contextmanager
    def read(self, *, facts_only: bool = False) -> Iterator[Reading]:
        """Look, in one consistent view.

        Args:
            facts_only: Read what lists and rules need of every case, whether it was opened or not, and no more.

        Raises:
            Refused: The database cannot be read; the sentence says why.
        """
        with translate_db_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(  # noqa: PLW2901 - the same connection, told how to begin
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            if self.case_filter is not None:
                self.case_filter.hide(connection)
            with connection.begin():
                yield Reading(connection, self._read_scope(facts_only=facts_only), self.case_gate)

    @contextmanager
    def all_cases_open(self, purpose: str, workstation: str) -> Iterator[None]:
        """Have every case open for as long as an export or an import takes.

        Raises:
            NotAllowed: A server does not open it to this person.
        """
        if self.case_gate is None:
            yield
            return
        with translate_db_errors():
            opened = self.case_gate.open_all_cases(purpose, workstation)
        if not opened:
            raise NotAllowed("Only a supervisor may open the whole record. Nothing was read; ask one of them.")
        try:
            yield
        finally:
            with translate_db_errors():
                self.case_gate.close_all_cases()

    @contextmanager
    def begin(self, command: CommandContext, name: str = "") -> Iterator[Transaction]:
        """Run a command: committed on return, undone when it raises; `Rollback` undoes it and goes no further.

        Args:
            command: Who acts; a request done before shows its answer in `earlier`, and nothing should be written.
            name: The command's name.

        Raises:
            Refused: The database cannot be written; nothing was changed.
        """
        with (
            suppress(Rollback),
            translate_db_errors(),
            self._connect_unfiltered() as connection,
            connection.execution_options(**{COMMAND_OPTION: True}).begin(),
        ):
            if self.case_gate is not None:
                command = replace(command, role=self.case_gate.role)
                # What a server writes into every record of this transaction, whatever this computer's clock says.
                command = replace(
                    command,
                    at=connection.execute(
                        transaction_context.SET_USER_CONTEXT_SQL, _trigger_settings(command)
                    ).scalar_one(),
                )
            elif connection.dialect.name == "postgresql":
                connection.execute(
                    transaction_context.SET_CONTEXT_SQL, {"at": command.at.isoformat(), **_trigger_settings(command)}
                )
            earlier = _earlier_answer(connection, command, name)
            yield Transaction(connection, command, earlier, self._read_scope(), self.case_gate)

    @contextmanager
    def _connect_unfiltered(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            if self.case_filter is not None:
                self.case_filter.show(connection)
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _trigger_settings(command: CommandContext) -> dict[str, str]:
    """What a transaction says of itself to the triggers of a server, beside the time."""
    return {
        "actor": command.user,
        "role": command.role,
        "workstation": command.workstation,
        "request": command.request,
        "reason_code": command.reason_code,
        "reason_text": command.reason_text,
    }


def _earlier_answer(connection: Connection, command: CommandContext, name: str) -> dict[str, Any] | None:
    """Note the request; give its answer when it was done before, or is being done by another line at this moment."""
    if not command.request:
        return None
    noted = connection.execute(
        INSERT_REQUEST_SQL, {"id": command.request, "at": command.at, "actor": command.user, "act": name}
    )
    if noted.rowcount:
        return None
    row = connection.execute(select(tables.request.c.answer).where(tables.request.c.id == command.request)).one()
    answer: dict[str, Any] = row.answer or {}
    return answer
