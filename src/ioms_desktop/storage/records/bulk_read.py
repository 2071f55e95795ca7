"""Reads many records at once: by keys, by owners, or all of a type in order of their keys."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    Select,
    select,
)

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import FormerVersion, Reading, read_former_version
from ioms_desktop.storage.records.row_mapping import field_names, row_mapper
from ioms_desktop.storage.schema import tables

R = TypeVar("R", bound=Record)
ROWS_PER_BATCH = 2_000


class StagedChange(NamedTuple):
    """A record as it is stored, and as it will be."""

    before: Record
    after: Record


def has_no_records(reading: Reading, record_type: type[Record]) -> bool:
    """Whether no record of a type is stored."""
    return reading.connection.execute(select(tables.table_of(record_type).c.id).limit(1)).first() is None


def find_by_keys(reading: Reading, record_type: type[R], keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], R]:
    """Look records up by key.

    Returns:
        The records found, by key.
    """
    wanted = set(keys)
    first = record_type.key[0]
    read = row_mapper(record_type)
    found: dict[tuple[Any, ...], R] = {}
    for part in batches(sorted({key[0] for key in wanted})):
        source = reading.scope.source_among(record_type, first, part)
        query: Select[Any] = select(*reading.scope.columns(record_type, source)).where(source.c[first].in_(part))
        for row in reading.connection.execute(query):
            record = read(row)
            if record.identity in wanted:
                found[record.identity] = record
    return found


def list_by_owners(reading: Reading, record_type: type[R], owner: str, refs: Iterable[str]) -> list[R]:
    """List the records of many owners, in no particular order.

    Args:
        reading: Where to read.
        record_type: The record type.
        owner: The column that names the owner.
        refs: The owners.
    """
    read = row_mapper(record_type)
    found: list[R] = []
    for part in batches(sorted(set(refs))):
        source = reading.scope.source_among(record_type, owner, part)
        query: Select[Any] = select(*reading.scope.columns(record_type, source)).where(source.c[owner].in_(part))
        found += map(read, reading.connection.execute(query))
    return found


def list_former_by_owners(
    reading: Reading, record_types: Iterable[type[Record]], owner: str, refs: Iterable[str]
) -> Iterator[tuple[str, FormerVersion[Record]]]:
    """Iterate over the previous versions of the records of many owners, each with its owner, in the order of their end.

    Args:
        reading: Where to read.
        record_types: The record types.
        owner: The column that names the owner.
        refs: The owners.
    """
    types = {record_type.table: record_type for record_type in record_types}
    for part in batches(sorted(set(refs))):
        former = reading.scope.former_version_table(owners=list(part))
        owned = former.c[owner].in_(part), former.c.table_name.in_(types)
        for row in reading.connection.execute(select(former).where(*owned).order_by(former.c.id)):
            yield getattr(row, owner), read_former_version(types[row.table_name], row)


def values_in_key_order(
    reading: Reading, record_type: type[Record], owner: str = "", refs: Iterable[str] = ()
) -> Generator[tuple[Any, ...], None, None]:
    """Iterate over the values of every record of a type, in the order of its exchange columns, sorted by key.

    Args:
        reading: Where to read.
        record_type: The record type.
        owner: The column that must name one of `refs`; empty for every record.
        refs: The owners.
    """
    names = field_names(record_type)
    if not owner:
        source = reading.scope.source_table(record_type)
        query = select(*(source.c[name] for name in names)).order_by(*(source.c[name] for name in record_type.key))
        with reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_BATCH}) as result:
            for row in result:
                yield tuple(row)
        return
    rows: list[tuple[Any, ...]] = []
    for part in batches(sorted(set(refs))):
        source = reading.scope.source_among(record_type, owner, part)
        query = select(*(source.c[name] for name in names)).where(source.c[owner].in_(part))
        rows += map(tuple, reading.connection.execute(query))
    places = [names.index(name) for name in record_type.key]
    yield from sorted(rows, key=lambda row: tuple("" if row[place] is None else row[place] for place in places))


def stream_columns(
    reading: Reading, record_type: type[Record], names: Sequence[str]
) -> Generator[tuple[Any, ...], None, None]:
    """Iterate over some columns of every record of a type, in no particular order."""
    source = reading.scope.source_table(record_type)
    query = select(*(source.c[name] for name in names))
    with reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_BATCH}) as result:
        for row in result:
            yield tuple(row)


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Split values into batches that fit into one query."""
    for start in range(0, len(values), ROWS_PER_BATCH):
        yield values[start : start + ROWS_PER_BATCH]
