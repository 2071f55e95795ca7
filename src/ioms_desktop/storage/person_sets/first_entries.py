"""Makes the entries of dated sets that columns of people ask for, those of a former schema too."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import CURRENT_VALUES, FIRST_SOURCE, CurrentValue
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.storage.records.row_mapping import field_values, record_columns, row_mapper
from ioms_desktop.storage.schema.tables import table_of

PEOPLE_AT_ONCE = 500
REF_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
REF_PLACES = tuple(len(REF_ALPHABET) ** place for place in range(10))


def new_entry(current: CurrentValue, person_ref: str, entries: Iterable[Any], fields: dict[str, Any]) -> Any:  # noqa: ANN401 - of any set
    """Make an entry, with a reference that is the same wherever the same file is imported first.

    Args:
        current: Which set.
        person_ref: Whose it is.
        entries: The entries that the person has, whose references are taken.
        fields: Its other fields.
    """
    record_type = current.record_type
    own = record_type.key[0]
    prefix = next(column.prefix for column in columns_of(record_type) if column.name == own)
    taken = {getattr(entry, own) for entry in entries if isinstance(entry, record_type)}
    number, made = 0, ""
    while not made or made in taken:
        said = "\x1f".join(map(str, (person_ref, record_type.table, sorted(fields.items()), number)))
        made = f"{prefix}-{_short(said)}"
        number += 1
    return record_type(**{own: made, "person_ref": person_ref, **fields})


def _short(text: str) -> str:
    number = int.from_bytes(sha256(text.encode()).digest()[:8], "big")
    return "".join([REF_ALPHABET[number // each % len(REF_ALPHABET)] for each in REF_PLACES])


def begin_sets(connection: Connection) -> None:
    """Make an entry of every column of a person that has a value and whose set has none, as in a former schema.

    It is as old as the person's record and by the same hand; on which day it began, nobody recorded.
    """
    people, read, last = table_of(Person), row_mapper(Person), 0
    while True:
        query = select(*record_columns(Person)).where(people.c.id > last).order_by(people.c.id).limit(PEOPLE_AT_ONCE)
        batch = [read(row) for row in connection.execute(query)]
        if not batch:
            return
        last = batch[-1].id
        for current in CURRENT_VALUES:
            _begin(connection, current, batch)


def _begin(connection: Connection, current: CurrentValue, batch: list[Person]) -> None:
    table, read = table_of(current.record_type), row_mapper(current.record_type)
    refs = [person.person_ref for person in batch if current.said_by(person)]
    stored = [
        read(row)
        for row in connection.execute(
            select(*record_columns(current.record_type, table)).where(table.c.person_ref.in_(refs))
        )
    ]
    known = {entry.person_ref for entry in stored if current.counts(entry)}  # type: ignore[attr-defined]  # of a set
    rows = []
    for person in batch:
        own = {"revision": 1, "recorded_at": person.recorded_at, "recorded_by": person.recorded_by}
        for value in current.said_by(person) if person.person_ref not in known else ():
            fields = {**current.fields_of(value), "source": FIRST_SOURCE}
            rows.append({**field_values(new_entry(current, person.person_ref, stored, fields)), **own})
    if rows:
        connection.execute(insert(table), rows)
