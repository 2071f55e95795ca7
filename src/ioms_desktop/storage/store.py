"""Read and write: one transaction for each command, with history, audit and search words written in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from json import dumps
from secrets import token_hex
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Insert, Select, Table, bindparam, delete, insert, select, text, update

from ioms_desktop.domain.cases import Case
from ioms_desktop.domain.errors import Missing, NotAllowed, Stale
from ioms_desktop.domain.people import Person
from ioms_desktop.domain.record import Record, columns
from ioms_desktop.storage import search_keys, tables
from ioms_desktop.storage.postgres import context
from ioms_desktop.storage.postgres.server_checks import patiently
from ioms_desktop.storage.records import (
    changes,
    derived,
    from_plain,
    key_text,
    plain_values,
    reader,
    sort_columns,
    values,
)
from ioms_desktop.storage.sight import WHOLE, Door, Sight, hidden_from
from ioms_desktop.storage.translation import STALE, translated
from ioms_desktop.storage.types import Instant

R = TypeVar("R", bound=Record)
COMMAND = "ioms_command"
# Written out, because a statement of one dialect's own would load that dialect at every start.
NOTE = text("INSERT INTO request (id, at, actor, act) VALUES (:id, :at, :actor, :act) ON CONFLICT DO NOTHING")
NOTE = NOTE.bindparams(bindparam("at", type_=Instant()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, when, from where and why.

    Attributes:
        request: The command's own number; empty where a repeat need not be recognised.
        at: The instant, in UTC.
        reason_code: Why, as a code.
        reason_text: Why, in words.
    """

    request: str
    user: str
    role: str
    at: datetime
    workstation: str
    reason_code: str = ""
    reason_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Former(Generic[R]):
    """A former version of a record, with the period in which it was current (UTC, its end not included)."""

    record: R
    current_from: datetime
    current_to: datetime
    ended: str
    reason: str | None


class Reading:
    """A consistent view of the database.

    Attributes:
        sight: What of the record it sees.
    """

    def __init__(self, connection: Connection, sight: Sight = WHOLE, door: Door | None = None) -> None:
        """Read over a connection in a transaction."""
        self.connection = connection
        self.sight = sight
        self._door = door

    @property
    def guarded(self) -> bool:
        """Whether a server holds this person to their rights, and writes down what they open."""
        return self._door is not None

    def open_case(self, case_ref: str, purpose: str, workstation: str) -> bool:
        """Open a case before its record is read; answers false where the person may not.

        Only a server keeps cases closed. The opening is committed on its own, so that it cannot be undone by undoing
        what follows.
        """
        return self._door is None or self._door.open_case(case_ref, purpose, workstation)

    def case_of(self, noun: type[R], ref: str) -> str | None:
        """Name the case that a record belongs to, without opening it; None where it belongs to none or is not there."""
        if self._door is not None:
            return self._door.case_of(noun, ref)
        table = tables.table_of(noun)
        return self.connection.scalar(select(table.c.case_ref).where(table.c[noun.key[0]] == ref))

    def patiently(self) -> None:
        """Let this take its time (an import, the whole book); a server ends what keeps others waiting for long."""
        if self.connection.dialect.name == "postgresql":
            patiently(self.connection)

    def get(self, noun: type[R], *key: Any) -> R:  # noqa: ANN401 - a key is text, a date or a number
        """Get a record by its key.

        Raises:
            Missing: It is not there.
        """
        found = self.seek(noun, *key)
        if found is None:
            raise Missing("This record is no longer there. Reload the list; someone may have removed it.")
        return found

    def seek(self, noun: type[R], *key: Any) -> R | None:  # noqa: ANN401 - as get
        """Get a record by its key, or nothing."""
        parts = dict(zip(noun.key, key, strict=True))
        query = _query(noun, noun.key, self.sight)  # type: ignore[arg-type]  # a class is hashable; mypy sees it not of type[R]
        row = self.connection.execute(query, parts).first()
        return None if row is None else reader(noun)(row)

    def of(self, noun: type[R], **owner: str) -> list[R]:
        """List the records of an owner, in order of the day they happened and their key."""
        read = reader(noun)
        query = _query(noun, tuple(owner), self.sight, listed=True)  # type: ignore[arg-type]  # as seek
        return [read(row) for row in self.connection.execute(query, owner)]

    def former(self, noun: type[R], **owner: str) -> list[Former[R]]:
        """List the former versions of an owner's records, in the order in which they ended."""
        former = self.sight.former()
        query = select(former).where(former.c.table_name == noun.table).order_by(former.c.id)
        for name, value in owner.items():
            query = query.where(former.c[name] == value)
        return [_former(noun, row) for row in self.connection.execute(query)]

    def with_former(self, **owner: str) -> frozenset[str]:
        """Name the tables in which an owner's records have former versions; few cases have any."""
        return frozenset(self.connection.scalars(_with_former(tuple(owner), self.sight.former()), owner))


@cache
def _query(noun: type[Record], names: tuple[str, ...], sight: Sight, *, listed: bool = False) -> Select[Any]:
    """Write the question for the records whose columns named have the values bound to those names."""
    table = sight.source(noun)
    query: Select[Any] = select(*sight.columns(noun)).where(*(table.c[name] == bindparam(name) for name in names))
    return query.order_by(*sort_columns(noun, table)) if listed else query


@cache
def _with_former(names: tuple[str, ...], former: Table) -> Select[Any]:
    return select(former.c.table_name).where(*(former.c[name] == bindparam(name) for name in names)).distinct()


def _former(noun: type[R], row: Any) -> Former[R]:  # noqa: ANN401 - a row of the table
    record = from_plain(
        noun,
        row.data,
        id=row.record_id,
        revision=row.revision,
        recorded_at=row.current_from,
        recorded_by=row.changed_by,
    )
    return Former(
        record=record,
        current_from=row.current_from,
        current_to=row.current_to,
        ended=row.ended,
        reason=row.reason,
    )


class Transaction(Reading):
    """A command's reading and writing; committed when the command returns, undone when it raises."""

    def __init__(
        self,
        connection: Connection,
        act: Act,
        earlier: dict[str, Any] | None,
        sight: Sight = WHOLE,
        door: Door | None = None,
    ) -> None:
        """Write over a connection on behalf of someone."""
        super().__init__(connection, sight, door)
        self.act = act
        self.earlier = earlier
        self.touched: set[str | None] = set()  # the cases whose records were written; None: any case
        # On a server triggers write them, so that no way of writing goes round the audit.
        self.keeps_traces = connection.dialect.name != "postgresql"

    def answer(self, payload: dict[str, Any]) -> None:
        """Keep the command's answer, so that a repeat of its request gives the same."""
        if self.act.request:
            request = tables.request
            self.connection.execute(update(request).where(request.c.id == self.act.request).values(answer=payload))

    def hold(self, record: Record) -> None:
        """Keep others from holding the same record until this command ends.

        What is decided by reading (no second proposal on one trigger) needs it on a server, where commands run side by
        side; a local file lets one command at a time write in any case.
        """
        if self.connection.dialect.name == "postgresql":
            table = tables.table_of(type(record))
            self.connection.execute(select(table.c.id).where(table.c.id == record.id).with_for_update())

    def add(self, record: R) -> R:
        """Store a new record."""
        stored = replace(record, revision=1, recorded_at=self.act.at, recorded_by=self.act.user)
        self.touched.add(getattr(record, "case_ref", None))
        table = tables.table_of(type(record))
        own = {"revision": 1, "recorded_at": self.act.at, "recorded_by": self.act.user}
        done = self.connection.execute(
            _insertion(table), {**values(stored), **derived(type(record), values(stored)), **own}
        )
        key = done.inserted_primary_key
        stored = replace(stored, id=key[0] if key is not None else 0)
        self._words(stored)
        if self.keeps_traces:
            self._audit_change("COLLECTION", stored, None, plain_values(stored))
        return stored

    def save(self, record: R) -> R:
        """Store a changed record, its former version kept.

        Raises:
            Stale: The record was saved or removed by someone else since its revision was read.
        """
        noun = type(record)
        table = tables.table_of(noun)
        before = self._present(record)
        self.touched.add(getattr(record, "case_ref", None))
        newer = replace(record, revision=record.revision + 1, recorded_at=self.act.at, recorded_by=self.act.user)
        own = {"revision": newer.revision, "recorded_at": self.act.at, "recorded_by": self.act.user}
        # Only what differs: a server lets not everybody write every column.
        present, written = values(before), values(newer)
        changed = {name: value for name, value in written.items() if value != present[name]}
        done = self.connection.execute(
            update(table)
            .where(table.c.id == record.id, table.c.revision == record.revision)
            .values(**changed, **derived(noun, written), **own)
        )
        if done.rowcount != 1:
            raise Stale(STALE)
        if not search_keys.found_alike(before, newer):
            self._words(newer)
        if self.keeps_traces:
            self._keep_former(before, "CHANGED", None)
            self._audit_change("ALTERATION", newer, *changes(before, newer))
        return newer

    def remove(self, record: Record, reason: str) -> None:
        """Take a record out of the present, its last version kept with the reason.

        Raises:
            Stale: The record was saved or removed by someone else since its revision was read.
        """
        table = tables.table_of(type(record))
        before = self._present(record)
        self.touched.add(getattr(record, "case_ref", None))
        search_keys.forget(self.connection, record)
        if not self.keeps_traces:
            self.connection.execute(context.REMOVAL, {"reason": reason})
        done = self.connection.execute(
            delete(table).where(table.c.id == record.id, table.c.revision == record.revision)
        )
        if done.rowcount != 1:
            raise Stale(STALE)
        if self.keeps_traces:
            self._keep_former(before, "DELETED", reason)
            self._audit_change("ERASURE", before, plain_values(before), None, reason=reason)

    def log(
        self,
        kind: str,
        *,
        object_type: str,
        object_ref: str,
        subject_ref: str | None,
        recipient: str = "",
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Write one audit entry of the kind named, in this transaction."""
        if not self.keeps_traces:
            self.connection.execute(
                context.LOG,
                {
                    "kind": kind,
                    "object_type": object_type,
                    "object_ref": object_ref,
                    "subject_ref": subject_ref,
                    "recipient": recipient or None,
                    "detail": None if detail is None else dumps(detail),
                },
            )
            return
        self._audit(
            kind=kind,
            object_type=object_type,
            object_ref=object_ref,
            subject_ref=subject_ref,
            recipient=recipient or None,
            after=detail,
        )

    def _present(self, record: R) -> R:
        table = tables.table_of(type(record))
        query = select(*self.sight.columns(type(record))).where(table.c.id == record.id)
        row = self.connection.execute(query).first()
        if row is None:
            raise Stale(STALE)
        present = reader(type(record))(row)
        if present.revision != record.revision:
            raise Stale(STALE)
        return present

    def _keep_former(self, before: Record, ended: str, reason: str | None) -> None:
        self.connection.execute(
            insert(tables.former_version).values(
                table_name=before.table,
                record_id=before.id,
                record_key=key_text(before),
                revision=before.revision,
                case_ref=getattr(before, "case_ref", None),
                person_ref=getattr(before, "person_ref", None),
                current_from=before.recorded_at,
                current_to=self.act.at,
                changed_by=self.act.user,
                request=self.act.request or None,
                ended=ended,
                reason=reason,
                data=plain_values(before),
            )
        )

    def _words(self, record: Record) -> None:
        if isinstance(record, Person | Case):
            search_keys.remember(self.connection, record)

    def _audit_change(
        self, kind: str, record: Record, before: dict[str, Any] | None, after: dict[str, Any] | None, reason: str = ""
    ) -> None:
        self._audit(
            kind=kind,
            object_type=record.table,
            object_ref=key_text(record),
            subject_ref=self._subject(record),
            before=before,
            after=after,
            reason=reason,
        )

    def _subject(self, record: Record) -> str | None:
        if any(column.name == "person_ref" for column in columns(type(record))):
            person: str = record.person_ref  # type: ignore[attr-defined]  # asked for one line above
            return person
        case_ref = getattr(record, "case_ref", None)
        if case_ref is None:
            return None
        found: str | None = self.connection.scalar(
            select(tables.cases.c.person_ref).where(tables.cases.c.case_ref == case_ref)
        )
        return found

    def _audit(self, *, reason: str = "", **entry: Any) -> None:  # noqa: ANN401 - the columns of the audit
        self.connection.execute(
            _insertion(tables.audit),
            {
                "at": self.act.at,
                "actor": self.act.user,
                "actor_role": self.act.role,
                "workstation": self.act.workstation,
                "request": self.act.request or None,
                "reason_code": self.act.reason_code or None,
                "reason_text": reason or self.act.reason_text or None,
                **entry,
            },
        )


@cache
def _insertion(table: Table) -> Insert:
    """Write the insertion into a table once; writing it anew each time takes longer than carrying it out."""
    return insert(table)


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
                act = replace(act, at=connection.execute(context.OWN_ACT, _said(act)).scalar_one())
            elif connection.dialect.name == "postgresql":
                connection.execute(context.ACT, {"at": act.at.isoformat(), **_said(act)})
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
