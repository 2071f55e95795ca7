"""Reads cases for a check-out, fills the offline file, and keeps the register of files that are out."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Table, delete, insert, select, update

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.checkout import Checkout
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES, RECORD_TYPE_BY_TABLE
from ioms_desktop.storage import users
from ioms_desktop.storage.documents.content import copy_content
from ioms_desktop.storage.records import search_index
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import (
    column_values,
    from_json_fields,
    key_text,
    to_json_fields,
    to_json_value,
)
from ioms_desktop.storage.records.search_rebuild import add_words
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.code_decisions import code_decision
from ioms_desktop.storage.schema.letter_wordings import letter_wording
from ioms_desktop.storage.schema.office_settings import office_setting
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
RecordRedactor = Callable[[Record], Record | None]
RevisionsByKey = dict[str, dict[str, int]]
"""Revisions by table and key."""

CHECKOUT_META_KEY = "taken_away"
RECORD_TYPES: tuple[type[Record], ...] = (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
REFERENCE_TABLES = (
    *(tables.reference_list, tables.reference_code, code_decision),
    *(tables.policy, office_setting, letter_wording),
)


@dataclass(frozen=True, slots=True)
class CheckoutContents:
    """The content of an offline file.

    Attributes:
        records: The records, owners before what belongs to them.
        former_versions: The rows of their previous versions, in the order in which these ended.
        reference_rows: The rows of code lists and policy versions, by table.
        display_names: How the users of the database read, by login.
    """

    records: list[Record] = field(default_factory=list)
    former_versions: list[dict[str, Any]] = field(default_factory=list)
    reference_rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    display_names: dict[str, str] = field(default_factory=dict)


def gather_checkout(reading: Reading, cases: Sequence[Case], redact: RecordRedactor) -> CheckoutContents:
    """Read opened cases with their people and all records of either.

    Args:
        reading: The source database.
        cases: The cases, which must be open.
        redact: Reduces a record to what the user may read; gives None where they may not know of it.
    """
    found = CheckoutContents()
    refs = [case.case_ref for case in cases]
    persons = sorted({case.person_ref for case in cases})
    for noun in RECORD_TYPES:
        names = {column.name for column in columns_of(noun)}
        owner, owners = ("person_ref", persons) if noun is Person or "case_ref" not in names else ("case_ref", refs)
        for ref in owners:
            kept = (redact(record) for record in reading.list_records(noun, **{owner: ref}))
            found.records.extend(record for record in kept if record is not None)
    wanted = {(record.table, record.id) for record in found.records}
    for owner, owners in (("case_ref", refs), ("person_ref", persons)):
        for ref in owners:
            found.former_versions.extend(_former_rows(reading, owner, ref, redact, wanted))
    for table in REFERENCE_TABLES:
        found.reference_rows[table.name] = all_rows(reading, table)
    found.display_names.update(users.display_names(reading))
    return found


def _name_users(tx: Transaction, display_names: Mapping[str, str]) -> None:
    """Let colleagues read as they do in the database; whoever takes the file alone may sign in to it."""
    common = {"role": Role.OFFICER.value, "active": False, "password_hash": "", "created_at": tx.command.at}
    rows = [
        {"name": name, "display_name": display_name, **common}
        for name, display_name in display_names.items()
        if name != tx.command.user
    ]
    _insert(tx, tables.users, rows)


def _former_rows(
    reading: Reading, owner: str, ref: str, redact: RecordRedactor, wanted: set[tuple[str, int]]
) -> Iterable[dict[str, Any]]:
    former = reading.scope.former_version_table(owners=[ref])
    query = select(former).where(former.c[owner] == ref).order_by(former.c.id)
    for row in reading.connection.execute(query):
        fields = {name: value for name, value in row._asdict().items() if name != "id"}
        if owner == "person_ref" and fields["case_ref"] is not None:
            continue  # the case itself belongs to both, and is read with the cases
        if fields["ended"] != "DELETED" and (fields["table_name"], fields["record_id"]) not in wanted:
            continue
        record = redact(from_json_fields(RECORD_TYPE_BY_TABLE[fields["table_name"]], fields["data"]))
        if record is not None:
            yield fields | {"data": to_json_fields(record)}


def all_rows(reading: Reading, table: Table) -> list[dict[str, Any]]:
    """Read every row of a small table."""
    return [row._asdict() for row in reading.connection.execute(select(table).order_by(*table.primary_key))]


def fill_checkout_file(reading: Reading, tx: Transaction, contents: CheckoutContents, checkout: Checkout) -> None:
    """Write the content into a new file, with unchanged ids, revisions and times, and mark it as an offline file.

    The file's own audit begins with one entry for all of it, because these records were not recorded here.

    Args:
        reading: The source database, from which what documents hold is copied one by one.
        tx: The new file.
        contents: Everything else, as it was gathered.
        checkout: What the file is marked with.
    """
    connection = tx.connection
    for table in reversed(REFERENCE_TABLES):
        connection.execute(delete(table))
    for table in REFERENCE_TABLES:
        _insert(tx, table, contents.reference_rows[table.name])
    by_noun: dict[type[Record], list[Record]] = {}
    for record in contents.records:
        by_noun.setdefault(type(record), []).append(record)
    for noun in RECORD_TYPES:
        _insert(tx, tables.table_of(noun), [_row_values(record) for record in by_noun.get(noun, ())])
    _insert(tx, tables.former_version, contents.former_versions)
    copy_content(reading, tx, (each for each in contents.records if isinstance(each, Document)))
    for record in contents.records:
        if isinstance(record, Case):
            search_index.add_search_keys(connection, record)
    people = [record for record in contents.records if isinstance(record, Person)]
    entries = [record for record in contents.records if type(record) in SET_TYPES]
    whose = attrgetter("person_ref")
    theirs = [(each, [one for one in entries if whose(one) == each.person_ref]) for each in people]
    add_words(connection, theirs, {each.person_ref for each in people})
    _insert(
        tx,
        tables.taken_record,
        [
            {"table_name": each.table, "record_key": key_text(each), "revision": each.revision}
            for each in contents.records
        ],
    )
    _name_users(tx, contents.display_names)
    connection.execute(insert(tables.meta).values(name=CHECKOUT_META_KEY, value=_checkout_to_json(checkout)))
    detail = {"taken_from": checkout.database_id, "cases": list(checkout.cases), "records": len(contents.records)}
    tx.log("COLLECTION", object_type="take_away", object_ref=checkout.number, subject_ref=None, detail=detail)


def _row_values(record: Record) -> dict[str, Any]:
    own = {name: getattr(record, name) for name in ("id", "revision", "recorded_at", "recorded_by")}
    return {**column_values(record), **own}


def _insert(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.connection.execute(insert(table), list(rows))


def _checkout_to_json(checkout: Checkout) -> str:
    fields = {name: to_json_value(getattr(checkout, name)) for name in Checkout.__dataclass_fields__ if name != "cases"}
    return json.dumps(fields | {"cases": list(checkout.cases)})


def find_checkout(reading: Reading) -> Checkout | None:
    """Describe an offline file; None for any other database."""
    text = reading.connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == CHECKOUT_META_KEY))
    if text is None:
        return None
    content = json.loads(text)
    until = content["until"]
    return Checkout(
        **{
            **content,
            "at": datetime.fromisoformat(content["at"]),
            "until": None if until is None else date.fromisoformat(until),
            "cases": tuple(content["cases"]),
        }
    )


def checkout_revisions(reading: Reading) -> RevisionsByKey:
    """Return the revision of each record when it was checked out."""
    found: RevisionsByKey = {noun.table: {} for noun in RECORD_TYPES}
    for row in reading.connection.execute(select(tables.taken_record)):
        found[row.table_name][row.record_key] = row.revision
    return found


def removed_records(reading: Reading, record_type: type[R], keys: set[str]) -> dict[str, tuple[R, str, str]]:
    """Return the last version of each record deleted from the file, with who deleted it and why."""
    former = tables.former_version
    query = (
        select(former)
        .where(former.c.table_name == record_type.table, former.c.ended == "DELETED")
        .order_by(former.c.id)
    )
    return {
        row.record_key: (
            from_json_fields(record_type, row.data, id=row.record_id, revision=row.revision),
            row.changed_by,
            row.reason or "",
        )
        for row in reading.connection.execute(query)
        if row.record_key in keys
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCheckout:
    """A check-out in the register of the source database.

    Attributes:
        settled: The revision of each record of the file that was handled at check-in.
    """

    number: str
    taken_by: str
    taken_at: datetime
    until: date | None
    cases: tuple[str, ...]
    returned_at: datetime | None
    settled: Mapping[str, Mapping[str, int]]


def register_checkout(tx: Transaction, checkout: Checkout) -> None:
    """Register a check-out."""
    tx.connection.execute(
        insert(tables.take_away).values(
            number=checkout.number,
            taken_by=checkout.by,
            taken_at=checkout.at,
            until=checkout.until,
            reason=checkout.reason,
            cases=list(checkout.cases),
        )
    )


def record_file_hash(tx: Transaction, number: str, file_hash: str) -> None:
    """Record the hash of the file as handed over."""
    table = tables.take_away
    tx.connection.execute(update(table).where(table.c.number == number).values(file_hash=file_hash))


def record_return(tx: Transaction, number: str, handled_revisions: Mapping[str, Mapping[str, int]]) -> None:
    """Record that a file was checked in, and which revisions were handled."""
    table = tables.take_away
    values = {"returned_at": tx.command.at, "settled": handled_revisions}
    tx.connection.execute(update(table).where(table.c.number == number).values(**values))


def list_checkouts(reading: Reading, number: str = "") -> list[RegisteredCheckout]:
    """List the check-outs that the user may know of, the newest last; or only the one with a number."""
    table = tables.take_away
    query = select(*(table.c[name] for name in RegisteredCheckout.__dataclass_fields__)).order_by(
        table.c.taken_at, table.c.number
    )
    if number:
        query = query.where(table.c.number == number)
    rows = (RegisteredCheckout(**row._asdict()) for row in reading.connection.execute(query))
    return [replace(row, cases=tuple(row.cases), settled=row.settled or {}) for row in rows]
