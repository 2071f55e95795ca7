"""Many records at once, looked up by their keys or owners, or all of a kind in the order of their keys."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    Select,
    select,
)

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_names, reader
from ioms_desktop.storage.schema import tables

R = TypeVar("R", bound=Record)
AT_ONCE = 2_000


def is_empty(reading: Reading, noun: type[Record]) -> bool:
    """Whether no record of a kind is stored."""
    return reading.connection.execute(select(tables.table_of(noun).c.id).limit(1)).first() is None


def stored(reading: Reading, noun: type[R], keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], R]:
    """Look records up by key.

    Returns:
        Those that are stored, under their keys.
    """
    wanted = set(keys)
    table = tables.table_of(noun)
    first = table.c[noun.key[0]]
    read = reader(noun)
    found: dict[tuple[Any, ...], R] = {}
    for part in parts(sorted({key[0] for key in wanted})):
        query: Select[Any] = select(*reading.sight.columns(noun)).where(first.in_(part))
        for row in reading.connection.execute(query):
            record = read(row)
            if record.identity in wanted:
                found[record.identity] = record
    return found


def owned(reading: Reading, noun: type[R], owner: str, refs: Iterable[str]) -> list[R]:
    """List the records of many owners, in no particular order.

    Args:
        reading: Where to read.
        noun: What kind.
        owner: The column that names the owner.
        refs: The owners.
    """
    table = tables.table_of(noun)
    read = reader(noun)
    return [
        read(row)
        for part in parts(sorted(set(refs)))
        for row in reading.connection.execute(select(*reading.sight.columns(noun)).where(table.c[owner].in_(part)))
    ]


def in_key_order(
    reading: Reading, noun: type[Record], owner: str = "", refs: Iterable[str] = ()
) -> Generator[tuple[Any, ...], None, None]:
    """Give the values of every record of a kind, in the order of its exchange columns, sorted by key.

    Args:
        reading: Where to read.
        noun: What kind.
        owner: The column that must name one of `refs`; empty for every record.
        refs: The owners asked for.
    """
    table = tables.table_of(noun)
    fields = [table.c[name] for name in field_names(noun)]
    query: Select[Any] = select(*fields).order_by(*(table.c[name] for name in noun.key))
    if not owner:
        with reading.connection.execute(query, execution_options={"yield_per": AT_ONCE}) as result:
            for row in result:
                yield tuple(row)
        return
    rows = [
        tuple(row)
        for part in parts(sorted(set(refs)))
        for row in reading.connection.execute(query.where(table.c[owner].in_(part)))
    ]
    places = [field_names(noun).index(name) for name in noun.key]
    yield from sorted(rows, key=lambda row: tuple("" if row[place] is None else row[place] for place in places))


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Part values into as many as one question takes."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
