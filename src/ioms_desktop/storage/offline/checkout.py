"""Cases in a file of their own: gathered from where they are kept, put into the file, and what is out."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Table, delete, insert, select, update

from ioms_desktop.domain.checkout import TakenAway
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns
from ioms_desktop.domain.records.record_types import BY_TABLE, NOUNS, WORKING
from ioms_desktop.storage.records import search_index
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import derived, from_plain, key_text, plain, plain_values, values
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
Seen = Callable[[Record], Record | None]
Revisions = dict[str, dict[str, int]]
"""Revisions by table and key."""

MARK = "taken_away"
KINDS: tuple[type[Record], ...] = (*NOUNS, *WORKING)
RULEBOOK = (tables.reference_list, tables.reference_code, tables.policy)


@dataclass(frozen=True, slots=True)
class Luggage:
    """What a file of cases taken away is filled with.

    Attributes:
        records: The records, owners before what belongs to them.
        former: The rows of their former versions, in the order in which these ended.
        rulebook: The rows of code lists and policy versions, by table.
    """

    records: list[Record] = field(default_factory=list)
    former: list[dict[str, Any]] = field(default_factory=list)
    rulebook: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def gather(reading: Reading, cases: Sequence[Case], seen: Seen) -> Luggage:
    """Read opened cases with their people and everything that belongs to either.

    Args:
        reading: Where they are kept.
        cases: The cases, opened.
        seen: Gives a record as whoever takes it may read it; None where they may not know of it.
    """
    found = Luggage()
    refs = [case.case_ref for case in cases]
    persons = sorted({case.person_ref for case in cases})
    for noun in KINDS:
        names = {column.name for column in columns(noun)}
        owner, owners = ("person_ref", persons) if noun is Person or "case_ref" not in names else ("case_ref", refs)
        for ref in owners:
            kept = (seen(record) for record in reading.of(noun, **{owner: ref}))
            found.records.extend(record for record in kept if record is not None)
    wanted = {(record.table, record.id) for record in found.records}
    for owner, owners in (("case_ref", refs), ("person_ref", persons)):
        for ref in owners:
            found.former.extend(_former(reading, owner, ref, seen, wanted))
    for table in RULEBOOK:
        found.rulebook[table.name] = rows_of(reading, table)
    return found


def _former(
    reading: Reading, owner: str, ref: str, seen: Seen, wanted: set[tuple[str, int]]
) -> Iterable[dict[str, Any]]:
    former = reading.sight.former()
    query = select(former).where(former.c[owner] == ref).order_by(former.c.id)
    for row in reading.connection.execute(query):
        fields = {name: value for name, value in row._asdict().items() if name != "id"}
        if owner == "person_ref" and fields["case_ref"] is not None:
            continue  # a case itself belongs to both, and comes with the case
        if fields["ended"] != "DELETED" and (fields["table_name"], fields["record_id"]) not in wanted:
            continue
        record = seen(from_plain(BY_TABLE[fields["table_name"]], fields["data"]))
        if record is not None:
            yield fields | {"data": plain_values(record)}


def rows_of(reading: Reading, table: Table) -> list[dict[str, Any]]:
    """Read every row of a small table."""
    return [row._asdict() for row in reading.connection.execute(select(table).order_by(*table.primary_key))]


def fill(tx: Transaction, luggage: Luggage, mark: TakenAway) -> None:
    """Put what was gathered into a new file, numbers, revisions and times as they are, and say what the file is.

    The file's own audit begins with it: one entry, for nobody recorded these records here.
    """
    connection = tx.connection
    for table in reversed(RULEBOOK):
        connection.execute(delete(table))
    for table in RULEBOOK:
        _insert(tx, table, luggage.rulebook[table.name])
    by_noun: dict[type[Record], list[Record]] = {}
    for record in luggage.records:
        by_noun.setdefault(type(record), []).append(record)
    for noun in KINDS:
        _insert(tx, tables.table_of(noun), [_row(record) for record in by_noun.get(noun, ())])
    _insert(tx, tables.former_version, luggage.former)
    for record in luggage.records:
        if isinstance(record, Person | Case):
            connection.execute(insert(tables.search_key), search_index.words_of(record))
    _insert(
        tx,
        tables.taken_record,
        [
            {"table_name": each.table, "record_key": key_text(each), "revision": each.revision}
            for each in luggage.records
        ],
    )
    connection.execute(insert(tables.meta).values(name=MARK, value=_written(mark)))
    detail = {"taken_from": mark.database_id, "cases": list(mark.cases), "records": len(luggage.records)}
    tx.log("COLLECTION", object_type="take_away", object_ref=mark.number, subject_ref=None, detail=detail)


def _row(record: Record) -> dict[str, Any]:
    own = {name: getattr(record, name) for name in ("id", "revision", "recorded_at", "recorded_by")}
    fields = values(record)
    return {**fields, **derived(type(record), fields), **own}


def _insert(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        tx.connection.execute(insert(table), list(rows))


# What the file says of itself ---------------------------------------------------------------


def _written(mark: TakenAway) -> str:
    fields = {name: plain(getattr(mark, name)) for name in TakenAway.__dataclass_fields__ if name != "cases"}
    return json.dumps(fields | {"cases": list(mark.cases)})


def mark_of(reading: Reading) -> TakenAway | None:
    """Say what a file of cases taken away is; None for every other database."""
    text = reading.connection.scalar(select(tables.meta.c.value).where(tables.meta.c.name == MARK))
    if text is None:
        return None
    said = json.loads(text)
    until = said["until"]
    return TakenAway(
        **{
            **said,
            "at": datetime.fromisoformat(said["at"]),
            "until": None if until is None else date.fromisoformat(until),
            "cases": tuple(said["cases"]),
        }
    )


def taken_revisions(reading: Reading) -> Revisions:
    """Give the revision at which each record of the file was taken."""
    found: Revisions = {noun.table: {} for noun in KINDS}
    for row in reading.connection.execute(select(tables.taken_record)):
        found[row.table_name][row.record_key] = row.revision
    return found


def removed_from(reading: Reading, noun: type[R], keys: set[str]) -> dict[str, tuple[R, str, str]]:
    """Give how those records of a file ended that are there no longer: what they last said, who removed them, why."""
    former = tables.former_version
    query = select(former).where(former.c.table_name == noun.table, former.c.ended == "DELETED").order_by(former.c.id)
    return {
        row.record_key: (
            from_plain(noun, row.data, id=row.record_id, revision=row.revision),
            row.changed_by,
            row.reason or "",
        )
        for row in reading.connection.execute(query)
        if row.record_key in keys
    }


# What is out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """A take-away as the database knows it that it was taken from.

    Attributes:
        settled: Which revision of each record of the file was dealt with when it came back.
    """

    number: str
    taken_by: str
    taken_at: datetime
    until: date | None
    cases: tuple[str, ...]
    returned_at: datetime | None
    settled: Mapping[str, Mapping[str, int]]


def register(tx: Transaction, taken: TakenAway) -> None:
    """Put on the register that cases are taken away."""
    tx.connection.execute(
        insert(tables.take_away).values(
            number=taken.number,
            taken_by=taken.by,
            taken_at=taken.at,
            until=taken.until,
            reason=taken.reason,
            cases=list(taken.cases),
        )
    )


def note_hash(tx: Transaction, number: str, file_hash: str) -> None:
    """Note the hash of the file as it was handed over."""
    table = tables.take_away
    tx.connection.execute(update(table).where(table.c.number == number).values(file_hash=file_hash))


def note_return(tx: Transaction, number: str, settled: Mapping[str, Mapping[str, int]]) -> None:
    """Note that a file came back, and what of it was dealt with."""
    table = tables.take_away
    values = {"returned_at": tx.act.at, "settled": settled}
    tx.connection.execute(update(table).where(table.c.number == number).values(**values))


def out(reading: Reading, number: str = "") -> list[Out]:
    """List the take-aways that whoever asks may know of, the newest last; or the one of a number."""
    table = tables.take_away
    query = select(*(table.c[name] for name in Out.__dataclass_fields__)).order_by(table.c.taken_at, table.c.number)
    if number:
        query = query.where(table.c.number == number)
    rows = (Out(**row._asdict()) for row in reading.connection.execute(query))
    return [replace(row, cases=tuple(row.cases), settled=row.settled or {}) for row in rows]
