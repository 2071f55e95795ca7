"""An open database: reading in one consistent view, and one transaction for each command."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from secrets import token_hex
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, bindparam, select, text

from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.storage.db_errors import translate_db_errors
from ioms_desktop.storage.person_sets.settling import settle_people
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.postgres.together import send_together
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import CaseGate, ReadScope, columns_hidden_from
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.plain_text import write_file
from ioms_desktop.storage.schema.types import Instant
from ioms_desktop.storage.schema.version import SCHEMA_HEAD, refuse_other_schema
from ioms_desktop.storage.transaction import CommandContext, Rollback, Transaction
from ioms_desktop.storage.workers.settling import settle_workers

COMMAND_OPTION = "ioms_command"
# Plain SQL, because a dialect's own insert would import that dialect at every start.
INSERT_REQUEST_SQL = text(
    "INSERT INTO request (id, at, actor, act) VALUES (:id, :at, :actor, :act) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=Instant()))
INSERT_REQUEST_OF_FILE_SQL = text(
    "INSERT INTO request (id, at, actor, act) SELECT :id, :at, :actor, :act "
    "WHERE (SELECT value FROM meta WHERE name = 'schema') = :schema ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=Instant()))
"""The same in a local file, and not in one of another schema: a server asks for that itself (`refuse_other_schema`)."""


class CaseFilter(Protocol):
    """Hides the cases that a local file's access lists withhold from its reader."""

    def hide(self, connection: Connection) -> None:
        """Hide them from what the connection reads next; call it outside a transaction."""

    def show(self, connection: Connection) -> None:
        """Stop hiding them: writing needs the tables themselves; call it outside a transaction."""


class Store:
    """An open database.

    Attributes:
        engine: The SQLAlchemy engine.
        location: A path, or a URL.
        key: The key of an encrypted file; None for a shared database.
        case_gate: Opens cases that a server keeps closed to the user; None where nothing is closed.
        sender_id: Identifies this store's own change notices.
        case_filter: Hides cases from a local file's reader; None where nothing is hidden, and on a server.
        own_requests: The requests that were made here, as distinct from those of another process.
    """

    def __init__(
        self, engine: Engine, location: str, key: bytes | None = None, case_gate: CaseGate | None = None
    ) -> None:
        """Wrap an engine; use `storage.engine.open_store`."""
        self.engine = engine
        self.location = location
        self.key = key
        self.case_gate = case_gate
        self.sender_id = token_hex(8)
        self.case_filter: CaseFilter | None = None
        self.own_requests: set[str] = set()

    def _read_scope(self, *, facts_only: bool = False) -> ReadScope:
        if self.case_gate is None:
            return ReadScope(facts_only=facts_only)
        hidden = columns_hidden_from(self.case_gate.role)
        return ReadScope(facts_only=facts_only, hidden_columns=hidden, is_opened=True)

    def replace_key(self, engine: Engine, key: bytes) -> None:
        """Use another key, after the file's key was changed."""
        self.engine.dispose()
        self.engine, self.key = engine, key

    @contextmanager
    def read(self, *, facts_only: bool = False) -> Iterator[Reading]:
        """Read in one consistent view.

        Args:
            facts_only: Read only what lists and rules need, of every case, whether it was opened or not.

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
                refuse_other_schema(connection)
                reading = Reading(connection, self._read_scope(facts_only=facts_only), self.case_gate)
                yield reading
        for finish in reading.afterwards:
            finish()

    @contextmanager
    def look(self, command: CommandContext, name: str) -> Iterator[Reading]:
        """Read a case whose opening is put on record: by a server itself, elsewhere in the transaction given.

        On a server each statement is a transaction of its own: the case is opened and then read on one connection.

        Args:
            command: Who looks and why.
            name: The command's name.

        Raises:
            Refused: The database cannot be read, or that cannot be put on record.
        """
        if self.case_gate is None:
            with self.begin(command, name) as tx:
                yield tx
            return
        with translate_db_errors(), self.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield Reading(alone, self._read_scope(), self.case_gate, commits_each=True)

    @contextmanager
    def all_cases_open(self, purpose: str, workstation: str) -> Iterator[None]:
        """Keep every case open during an export or an import, whatever else its user ends meanwhile.

        Raises:
            NotAllowed: A server does not open them to this user.
        """
        if self.case_gate is None:
            yield
            return
        with translate_db_errors(), self.case_gate.all_cases_open(purpose, workstation) as is_open:
            if not is_open:
                raise NotAllowed("Only a supervisor may open the whole record. Nothing was read; ask one of them.")
            yield

    @contextmanager
    def begin(self, command: CommandContext, name: str = "") -> Iterator[Transaction]:
        """Run a command in a transaction: committed on return, rolled back on an exception; `Rollback` ends here.

        Args:
            command: Who acts and why. If its request was done before, the transaction's `earlier_answer` is set, and
                nothing may be written.
            name: The command's name.

        Raises:
            Refused: The database cannot be written; nothing was changed.
        """
        self.own_requests.add(command.request)
        with (
            suppress(Rollback),
            translate_db_errors(),
            self._connect_unfiltered() as connection,
            connection.execution_options(**{COMMAND_OPTION: True}).begin(),
        ):
            if self.case_gate is not None:
                command, earlier = _begin_for_user(connection, replace(command, role=self.case_gate.role), name)
            else:
                if connection.dialect.name == "postgresql":
                    settings = {"at": command.at.isoformat(), **_trigger_settings(command)}
                    connection.execute(transaction_context.SET_CONTEXT_SQL, settings)
                earlier = _earlier_answer(connection, command, name)
            tx = Transaction(connection, command, earlier, self._read_scope(), self.case_gate)
            yield tx
            settle_people(tx, name)
            settle_workers(tx)

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
    """Return the settings that tell a server's triggers who acts and why."""
    return {
        "actor": command.user,
        "role": command.role,
        "workstation": command.workstation,
        "request": command.request,
        "reason_code": command.reason_code,
        "reason_text": command.reason_text,
        "schema": SCHEMA_HEAD,
    }


def _begin_for_user(
    connection: Connection, command: CommandContext, name: str
) -> tuple[CommandContext, dict[str, Any] | None]:
    """Tell a server who acts and note their request; give the command with the server's time, and an earlier answer.

    It writes that time into every record: this computer's clock may be wrong.
    """
    statements: list[tuple[str, dict[str, str]]] = [(transaction_context.SET_USER_CONTEXT, _trigger_settings(command))]
    if command.request:
        noted = {"id": command.request, "actor": command.user, "act": name}
        statements.append((transaction_context.NOTE_REQUEST, noted))
    told, *request = send_together(connection, statements)
    command = replace(command, at=told.fetchone()[0])
    if all(each.rowcount for each in request):
        return command, None
    return command, _answer_of(connection, command)


def _earlier_answer(connection: Connection, command: CommandContext, name: str) -> dict[str, Any] | None:
    """Insert the request; give its answer where it was done before, after waiting for one that is being done.

    Raises:
        SchemaMismatch: Another program migrated the file.
    """
    if not command.request:
        refuse_other_schema(connection)
        return None
    request = {"id": command.request, "at": command.at, "actor": command.user, "act": name}
    if connection.dialect.name == "sqlite":
        noted = write_file(connection, INSERT_REQUEST_OF_FILE_SQL, {**request, "schema": SCHEMA_HEAD})
    else:
        noted = connection.execute(INSERT_REQUEST_SQL, request)
    if noted.rowcount:
        return None
    refuse_other_schema(connection)
    return _answer_of(connection, command)


def _answer_of(connection: Connection, command: CommandContext) -> dict[str, Any]:
    row = connection.execute(select(tables.request.c.answer).where(tables.request.c.id == command.request)).one()
    answer: dict[str, Any] = row.answer or {}
    return answer
