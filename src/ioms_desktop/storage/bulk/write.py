"""Writes many records at once, with the same history, audit entries and search words as for a single one."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from json import dumps
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
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
from ioms_desktop.domain.records.person_sets.current_values import SET_COLUMNS, SET_TYPES
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.break_glass_reviews import refuse_own_review
from ioms_desktop.storage.bulk.insert import BulkInserter, bulk_backend
from ioms_desktop.storage.db_errors import STALE_MESSAGE
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records import search_index
from ioms_desktop.storage.records.bulk_read import StagedChange, batches, list_by_owners
from ioms_desktop.storage.records.row_mapping import (
    changed_fields,
    column_values,
    derived_values,
    field_names,
    key_text,
    row_mapper,
)
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
SEARCH_KEYS_PER_INSERT = 20_000
MAX_BUFFERED_SEARCH_KEYS = 250_000
AUDIT_ENTRIES_PER_INSERT = 5_000
BULK_THRESHOLD_RECORDS = 5_000
MAX_INDEXED_AT_ONCE_RECORDS = 60_000
"""A file makes an index in memory: 25 MB for as many people."""


@contextmanager
def bulk_transaction(tx: Transaction, record_count: int) -> Iterator[None]:
    """Speed up storing many people or cases by indexing their search words once at the end.

    Args:
        tx: The transaction in which they are stored, and no known ones are changed: that needs the indexes.
        record_count: The number expected; if it is small, the indexes are kept.
    """
    if record_count < BULK_THRESHOLD_RECORDS:
        yield
        return
    stored = tx.connection.scalar(select(func.count()).select_from(tables.people)) or 0
    if stored + record_count > MAX_INDEXED_AT_ONCE_RECORDS:
        yield
        return
    with bulk_backend(tx.connection).without_indexes(tx.connection, tables.search_key):
        yield


class BulkWriter:
    """Stores many records of one type in a transaction; `finish` writes their audit entries and search words."""

    def __init__(self, tx: Transaction, record_type: type[Record]) -> None:
        """Prepare the statement, once for all rows."""
        self._tx = tx
        tx.bulk_writer = partial(BulkWriter, tx)
        self._record_type = record_type
        self._table = tables.table_of(record_type)
        self._names = field_names(record_type)
        self._last_id: int = tx.connection.scalar(select(func.coalesce(func.max(self._table.c.id), 0))) or 0
        tx.numbers_before.setdefault(record_type, self._last_id)
        own = {"revision": 1, "recorded_at": tx.command.at, "recorded_by": tx.command.user}
        self._derived = tables.DERIVED_COLUMNS.get(record_type, ())
        self._insert = BulkInserter(tx.connection, self._table, (*self._names, *self._derived), own)
        self._own_values = tuple(own.values())
        self._added_count = 0
        # Of a new person whose columns begin no set, and who has no entry of one, nothing is to be settled.
        self._begins_sets = itemgetter(*map(self._names.index, SET_COLUMNS)) if record_type is Person else None
        searched = search_index.SEARCHED_FIELDS.get(record_type, ())
        self._searched_values = itemgetter(*map(self._names.index, searched)) if searched else None
        self._search_keys: list[tuple[str, str, str]] = []

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Store new records, each as its values in the order of the exchange columns."""
        if rows:
            self.store(rows)
            self._note_added(rows)
            self._tx.worker_changes.note_added(self._record_type, self._names, rows)

    def store(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Store new records by which nothing else is to be settled, as `add` takes them."""
        with _brief_audit(self._tx):
            self._insert.run([(*row, *self._derived_values(row)) for row in rows] if self._derived else rows)
        self._added_count += len(rows)
        if self._searched_values is not None:
            self._buffer_search_keys(map(self._searched_values, rows))

    def _note_added(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if self._record_type in (Person, *SET_TYPES):
            read = row_mapper(self._record_type)
            for row in rows:
                if self._begins_sets is None or any(self._begins_sets(row)):
                    self._tx.note_written(None, read((*row, 0, *self._own_values)))

    def _derived_values(self, row: tuple[Any, ...]) -> Iterable[str]:
        return derived_values(self._record_type, dict(zip(self._names, row, strict=True))).values()

    def update(self, changed: Sequence[StagedChange]) -> None:
        """Store changed records, and keep their previous versions.

        Raises:
            Stale: A record was saved by someone else since it was read.
            NeedsAnotherPerson: One is the review of the user's own break-glass access.
        """
        if not changed:
            return
        if self._tx.writes_own_history:
            for each in changed:
                refuse_own_review(self._tx, each.before, self._tx.command.user)
        self._update_rows(changed)
        if self._tx.writes_own_history:
            self._keep_former([each.before for each in changed])
            self._audit_changes(changed)
        for each in changed:
            self._tx.note_written(*each)
            if isinstance(each.after, Case) and not search_index.has_same_search_keys(*each):
                search_index.replace_search_keys(self._tx.connection, each.after)

    def finish(self) -> None:
        """Write the audit entries and search words of everything added."""
        self.log_added()
        self._insert_search_keys()

    def log_added(self) -> None:
        """Write the audit entries of everything added since the last ones, before those of what follows from it."""
        if self._added_count and self._tx.writes_own_history:
            self._audit_added()
        self._added_count = 0

    def _is_added(self, after: int) -> Any:  # noqa: ANN401 - a condition
        """Whether a row was added here and is one of the next that get their audit entries."""
        table = self._table
        # The id alone would also match rows that others store at the same time.
        return (
            table.c.id.between(after + 1, after + AUDIT_ENTRIES_PER_INSERT)
            & (table.c.recorded_at == self._tx.command.at)
            & (table.c.recorded_by == self._tx.command.user)
            & (table.c.revision == 1)
        )

    def _audit_added(self) -> None:
        table = self._table
        entry: dict[str, Any] = {
            **_actor_columns(self._tx),
            "kind": literal("COLLECTION"),
            "object_type": literal(self._record_type.table),
            "object_ref": _key_text(table, self._record_type),
            "subject_ref": _subject_column(table),
        }
        newest = self._tx.connection.scalar(select(func.max(table.c.id))) or 0
        # A file holds in memory what undoing a whole statement would take, so each writes a part of the entries.
        for after in range(self._last_id, newest, AUDIT_ENTRIES_PER_INSERT):
            rows = select(*entry.values()).select_from(table).where(self._is_added(after)).order_by(table.c.id)
            self._tx.connection.execute(insert(tables.audit).from_select(list(entry), rows))
        self._last_id = newest

    def _buffer_search_keys(self, searched: Iterable[tuple[Any, ...]]) -> None:
        """Collect the search words of new people or cases."""
        for fields in searched:
            self._search_keys.extend(search_index.search_keys_of(self._record_type, fields))
        if len(self._search_keys) > MAX_BUFFERED_SEARCH_KEYS:
            self._insert_search_keys()

    def _insert_search_keys(self) -> None:
        if not self._search_keys:
            return
        into = BulkInserter(self._tx.connection, tables.search_key, ("word", "person_ref", "case_ref"))
        # Inserting in index order writes each page of the index once.
        self._search_keys.sort()
        for start in range(0, len(self._search_keys), SEARCH_KEYS_PER_INSERT):
            into.run(self._search_keys[start : start + SEARCH_KEYS_PER_INSERT])
        self._search_keys.clear()

    def _update_rows(self, changed: Sequence[StagedChange]) -> None:
        table, act = self._table, self._tx.command
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
                **{f"new_{name}": value for name, value in column_values(each.after).items()},
            }
            for each in changed
        ]
        if self._tx.connection.execute(statement, rows).rowcount != len(rows):
            raise Stale(STALE_MESSAGE)

    def _keep_former(self, former: Sequence[Record]) -> None:
        rows = [self._tx.former_row(before, "CHANGED", None) for before in former]
        self._tx.connection.execute(insert(tables.former_version), rows)

    def _audit_changes(self, changed: Sequence[StagedChange]) -> None:
        act = self._tx.command
        subjects = self._subjects(changed)
        entries = []
        for each, subject in zip(changed, subjects, strict=True):
            before, after = changed_fields(each.before, each.after)
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
                    "object_type": self._record_type.table,
                    "object_ref": key_text(each.after),
                    "subject_ref": subject,
                    "before": before,
                    "after": after,
                }
            )
        self._tx.connection.execute(insert(tables.audit), entries)

    def _subjects(self, changed: Sequence[StagedChange]) -> list[str | None]:
        if "person_ref" in self._names:
            return [getattr(each.after, "person_ref", None) for each in changed]
        refs = {ref for each in changed if (ref := getattr(each.after, "case_ref", None)) is not None}
        persons = {case.case_ref: case.person_ref for case in list_by_owners(self._tx, Case, "case_ref", refs)}
        return [persons.get(getattr(each.after, "case_ref", None) or "") for each in changed]


def log_people(tx: Transaction, kind: str, detail: dict[str, Any], refs: Iterable[str] | None = None) -> None:
    """Write one audit entry for each person, in this transaction.

    Args:
        tx: The transaction.
        kind: The kind of entry.
        detail: The detail of each entry.
        refs: The people; None for all.
    """
    if not tx.writes_own_history:
        _log_people_on_server(tx, kind, detail, refs)
        return
    people = tables.people
    entry: dict[str, Any] = {
        **_actor_columns(tx),
        "kind": literal(kind),
        "object_type": literal(people.name),
        "object_ref": people.c.person_ref,
        "subject_ref": people.c.person_ref,
        "after": literal(detail, tables.audit.c.after.type),
    }
    rows = select(*entry.values()).order_by(people.c.id)
    portions = [rows] if refs is None else [rows.where(people.c.person_ref.in_(p)) for p in batches(sorted(set(refs)))]
    for part in portions:
        tx.connection.execute(insert(tables.audit).from_select(list(entry), part))


def _log_people_on_server(tx: Transaction, kind: str, detail: dict[str, Any], refs: Iterable[str] | None) -> None:
    people = tx.scope.source_table(Person)
    found: Iterable[str] = (
        tx.connection.scalars(select(people.c.person_ref).order_by(people.c.id)) if refs is None else sorted(set(refs))
    )
    for part in batches(list(found)):
        values = {"kind": kind, "refs": list(part), "detail": dumps(detail)}
        tx.connection.execute(transaction_context.LOG_AUDIT_OF_PEOPLE_SQL, values)


@contextmanager
def _brief_audit(tx: Transaction) -> Iterator[None]:
    """Make a server's triggers log only that each record was added, not its content, which is in the record itself."""
    if tx.writes_own_history:
        yield
        return
    tx.connection.execute(transaction_context.SET_BULK_SQL, {"said": "yes"})
    yield
    tx.connection.execute(transaction_context.SET_BULK_SQL, {"said": ""})


def _actor_columns(tx: Transaction) -> dict[str, Any]:
    """The columns about the acting user in every audit entry of a transaction, as SQL expressions."""
    act = tx.command
    return {
        "at": literal(act.at, tables.audit.c.at.type),
        "actor": literal(act.user),
        "actor_role": literal(act.role),
        "workstation": literal(act.workstation),
        "request": literal(act.request) if act.request else null(),
        "reason_code": literal(act.reason_code) if act.reason_code else null(),
        "reason_text": literal(act.reason_text) if act.reason_text else null(),
    }


def _key_text(table: Table, record_type: type[Record]) -> Any:  # noqa: ANN401 - an expression
    parts = [func.coalesce(cast(table.c[name], Text), "") for name in record_type.key]
    joined: Any = parts[0]
    for part in parts[1:]:
        joined = joined.concat("/").concat(part)
    return joined


def _subject_column(table: Table) -> Any:  # noqa: ANN401 - an expression
    if "person_ref" in table.c:
        return table.c.person_ref
    cases = tables.cases
    return select(cases.c.person_ref).where(cases.c.case_ref == table.c.case_ref).scalar_subquery()
