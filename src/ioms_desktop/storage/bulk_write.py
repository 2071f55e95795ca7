"""Many records at once: looked up, stored and changed in bulk, with the same history, audit and search words as one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from json import dumps
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from ioms_desktop.domain.errors import Stale
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.db_errors import STALE
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records import search_index
from ioms_desktop.storage.records.bulk_read import owned, parts
from ioms_desktop.storage.records.row_mapping import changes, derived, field_names, key_text, plain_values, values
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
WORDS_AT_ONCE = 20_000
WORDS_HELD = 250_000
MANY = 5_000


@contextmanager
def many(tx: Transaction, count: int) -> Iterator[None]:
    """Store many people or cases at once: their search words are indexed when all are there.

    Args:
        tx: Where they are stored.
        count: How many there will be; a few are not worth the trouble.
    """
    if count < MANY:
        yield
        return
    with _bulk(tx.connection).without_indexes(tx.connection, tables.search_key):
        yield


class _Bulk(Protocol):
    """What each database has its own way of doing with many rows."""

    def without_indexes(self, connection: Connection, table: Table, /) -> AbstractContextManager[None]:
        """Fill a table before its indexes, where that may be done."""

    def insert_columns(
        self, connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Sequence[Any]], /
    ) -> None:
        """Insert rows whose values are given column by column."""


def _bulk(connection: Connection) -> _Bulk:
    if connection.dialect.name == "postgresql":
        from ioms_desktop.storage.postgres import bulk as postgres  # noqa: PLC0415 - only where one is used

        return postgres
    from ioms_desktop.storage.sqlite import bulk as sqlite  # noqa: PLC0415 - only where one is used

    return sqlite


class Inserting:
    """Inserts many rows by handing them straight to the driver: the way there is what costs most."""

    def __init__(self, connection: Connection, table: Table, names: Sequence[str]) -> None:
        """Prepare.

        Args:
            connection: In a transaction.
            table: The table.
            names: The columns, in the order of the values.
        """
        self._connection = connection
        self._table = table
        self._names = names
        binders = [_binder(table.c[name], connection.dialect) for name in names]
        self._binders = [(place, bind) for place, bind in enumerate(binders) if bind is not None]
        self._insert = _bulk(connection).insert_columns

    def run(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, bind in self._binders:
            columns[place] = list(map(bind, columns[place]))
        self._insert(self._connection, self._table, self._names, columns)


class Change(NamedTuple):
    """A record as it is stored, and as it is to be."""

    before: Record
    after: Record


class BulkWriter:
    """Stores many records of one kind inside a transaction; `finish` writes what belongs to them all."""

    def __init__(self, tx: Transaction, noun: type[Record]) -> None:
        """Prepare the statement, once for all rows."""
        self._tx = tx
        self._noun = noun
        self._table = tables.table_of(noun)
        self._names = field_names(noun)
        self._last: int = tx.connection.scalar(select(func.coalesce(func.max(self._table.c.id), 0))) or 0
        own = ("revision", "recorded_at", "recorded_by")
        self._derived = tables.DERIVED.get(noun, ())
        self._insert = Inserting(tx.connection, self._table, (*self._names, *self._derived, *own))
        self._own = (1, tx.act.at, tx.act.user)
        self._added = 0
        searched = search_index.SEARCHED.get(noun, ())
        self._searched = itemgetter(*map(self._names.index, searched)) if searched else None
        self._words: list[tuple[str, str, str]] = []

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Store new records, each as its values in the order of the exchange columns."""
        if rows:
            with _in_bulk(self._tx):
                self._insert.run([(*row, *self._beside(row), *self._own) for row in rows])
            self._added += len(rows)
            if self._searched is not None:
                self._remember(map(self._searched, rows))

    def _beside(self, row: tuple[Any, ...]) -> Iterable[str]:
        if not self._derived:
            return ()
        return derived(self._noun, dict(zip(self._names, row, strict=True))).values()

    def change(self, changed: Sequence[Change]) -> None:
        """Store changed records, their former versions kept.

        Raises:
            Stale: A record was saved by someone else since it was read.
        """
        if not changed:
            return
        self._update(changed)
        if self._tx.keeps_traces:
            self._keep_former([each.before for each in changed])
            self._audit_changes(changed)
        for each in changed:
            if isinstance(each.after, Person | Case):
                search_index.remember(self._tx.connection, each.after)

    def finish(self) -> None:
        """Write the audit entries and search words of everything added."""
        if not self._added:
            return
        if self._tx.keeps_traces:
            self._audit_added()
        self._store_words()

    def _new(self) -> Any:  # noqa: ANN401 - a condition
        table = self._table
        # The id alone would also find what others store at the same time.
        return (
            (table.c.id > self._last)
            & (table.c.recorded_at == self._tx.act.at)
            & (table.c.recorded_by == self._tx.act.user)
            & (table.c.revision == 1)
        )

    def _audit_added(self) -> None:
        table = self._table
        entry: dict[str, Any] = {
            **_by(self._tx),
            "kind": literal("COLLECTION"),
            "object_type": literal(self._noun.table),
            "object_ref": _key_text(table, self._noun),
            "subject_ref": _subject(table),
        }
        rows = select(*entry.values()).select_from(table).where(self._new()).order_by(table.c.id)
        self._tx.connection.execute(insert(tables.audit).from_select(list(entry), rows))

    def _remember(self, searched: Iterable[tuple[Any, ...]]) -> None:
        """Note the search words of new people or cases."""
        for fields in searched:
            self._words.extend(search_index.rows_of(self._noun, fields))
        if len(self._words) > WORDS_HELD:
            self._store_words()

    def _store_words(self) -> None:
        if not self._words:
            return
        into = Inserting(self._tx.connection, tables.search_key, ("word", "person_ref", "case_ref"))
        # In the order of the index each of its pages is written once.
        self._words.sort()
        for start in range(0, len(self._words), WORDS_AT_ONCE):
            into.run(self._words[start : start + WORDS_AT_ONCE])
        self._words.clear()

    def _update(self, changed: Sequence[Change]) -> None:
        table, act = self._table, self._tx.act
        statement = (
            update(table)
            .where(table.c.id == bindparam("the_id"), table.c.revision == bindparam("the_revision"))
            .values(revision=table.c.revision + 1, recorded_at=act.at, recorded_by=act.user)
            .values(
                {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in (*self._names, *self._derived)}
            )
        )
        rows = [
            {
                "the_id": each.before.id,
                "the_revision": each.before.revision,
                **{f"new_{name}": value for name, value in self._written(each.after).items()},
            }
            for each in changed
        ]
        if self._tx.connection.execute(statement, rows).rowcount != len(rows):
            raise Stale(STALE)

    def _written(self, record: Record) -> dict[str, Any]:
        fields = values(record)
        return {**fields, **derived(self._noun, fields)}

    def _keep_former(self, former: Sequence[Record]) -> None:
        act = self._tx.act
        self._tx.connection.execute(
            insert(tables.former_version),
            [
                {
                    "table_name": before.table,
                    "record_id": before.id,
                    "record_key": key_text(before),
                    "revision": before.revision,
                    "case_ref": getattr(before, "case_ref", None),
                    "person_ref": getattr(before, "person_ref", None),
                    "current_from": before.recorded_at,
                    "current_to": act.at,
                    "changed_by": act.user,
                    "request": act.request or None,
                    "ended": "CHANGED",
                    "reason": None,
                    "data": plain_values(before),
                }
                for before in former
            ],
        )

    def _audit_changes(self, changed: Sequence[Change]) -> None:
        act = self._tx.act
        subjects = self._subjects(changed)
        entries = []
        for each, subject in zip(changed, subjects, strict=True):
            before, after = changes(each.before, each.after)
            entries.append(
                {
                    "at": act.at,
                    "kind": "ALTERATION",
                    "actor": act.user,
                    "actor_role": act.role,
                    "workstation": act.workstation,
                    "request": act.request or None,
                    "reason_code": act.reason_code or None,
                    "reason_text": act.reason_text or None,
                    "object_type": self._noun.table,
                    "object_ref": key_text(each.after),
                    "subject_ref": subject,
                    "before": before,
                    "after": after,
                }
            )
        self._tx.connection.execute(insert(tables.audit), entries)

    def _subjects(self, changed: Sequence[Change]) -> list[str | None]:
        if "person_ref" in self._names:
            return [getattr(each.after, "person_ref", None) for each in changed]
        refs = {ref for each in changed if (ref := getattr(each.after, "case_ref", None)) is not None}
        persons = {case.case_ref: case.person_ref for case in owned(self._tx, Case, "case_ref", refs)}
        return [persons.get(getattr(each.after, "case_ref", None) or "") for each in changed]


def log_people(tx: Transaction, kind: str, detail: dict[str, Any], refs: Iterable[str] | None = None) -> None:
    """Write one audit entry for each person, in this transaction.

    Args:
        tx: Where to write.
        kind: The kind of entry.
        detail: What is said of each.
        refs: The people; None for every one.
    """
    if not tx.keeps_traces:
        _log_people_on_server(tx, kind, detail, refs)
        return
    people = tables.people
    entry: dict[str, Any] = {
        **_by(tx),
        "kind": literal(kind),
        "object_type": literal(people.name),
        "object_ref": people.c.person_ref,
        "subject_ref": people.c.person_ref,
        "after": literal(detail, tables.audit.c.after.type),
    }
    rows = select(*entry.values()).order_by(people.c.id)
    portions = [rows] if refs is None else [rows.where(people.c.person_ref.in_(p)) for p in parts(sorted(set(refs)))]
    for part in portions:
        tx.connection.execute(insert(tables.audit).from_select(list(entry), part))


def _log_people_on_server(tx: Transaction, kind: str, detail: dict[str, Any], refs: Iterable[str] | None) -> None:
    people = tables.people
    found: Iterable[str] = (
        tx.connection.scalars(select(people.c.person_ref).order_by(people.c.id)) if refs is None else sorted(set(refs))
    )
    for part in parts(list(found)):
        values = {"kind": kind, "refs": list(part), "detail": dumps(detail)}
        tx.connection.execute(transaction_context.LOG_PEOPLE, values)


@contextmanager
def _in_bulk(tx: Transaction) -> Iterator[None]:
    """Have the triggers of a server note of each record that it came, not what it holds: it stands there itself."""
    if tx.keeps_traces:
        yield
        return
    tx.connection.execute(transaction_context.BULK, {"said": "yes"})
    yield
    tx.connection.execute(transaction_context.BULK, {"said": ""})


def _by(tx: Transaction) -> dict[str, Any]:
    """What every audit entry of a transaction says of who acts, as expressions."""
    act = tx.act
    return {
        "at": literal(act.at, tables.audit.c.at.type),
        "actor": literal(act.user),
        "actor_role": literal(act.role),
        "workstation": literal(act.workstation),
        "request": literal(act.request) if act.request else null(),
        "reason_code": literal(act.reason_code) if act.reason_code else null(),
        "reason_text": literal(act.reason_text) if act.reason_text else null(),
    }


def _key_text(table: Table, noun: type[Record]) -> Any:  # noqa: ANN401 - an expression
    parts = [func.coalesce(cast(table.c[name], Text), "") for name in noun.key]
    joined: Any = parts[0]
    for part in parts[1:]:
        joined = joined.concat("/").concat(part)
    return joined


def _subject(table: Table) -> Any:  # noqa: ANN401 - an expression
    if "person_ref" in table.c:
        return table.c.person_ref
    cases = tables.cases
    return select(cases.c.person_ref).where(cases.c.case_ref == table.c.case_ref).scalar_subquery()


def _binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Give the function that makes a value ready for the driver; None where it is ready as it is."""
    return column.type.dialect_impl(dialect).bind_processor(dialect)
