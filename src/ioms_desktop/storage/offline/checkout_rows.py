"""Reads the records of an offline file for check-in: their revisions, their content, and earlier versions."""

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import select

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.bulk_read import ROWS_PER_BATCH
from ioms_desktop.storage.records.previous_versions import version_at_revision
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import key_text, row_mapper, to_json_value
from ioms_desktop.storage.schema import tables

R = TypeVar("R", bound=Record)


def revisions_by_key(reading: Reading, record_type: type[Record]) -> dict[str, int]:
    """Return the revision of every record of a type, by its key as text."""
    table = tables.table_of(record_type)
    query = select(table.c.revision, *(table.c[name] for name in record_type.key))
    return {
        "/".join("" if part is None else str(to_json_value(part)) for part in key): revision
        for revision, *key in reading.connection.execute(query)
    }


def record_batches(reading: Reading, record_type: type[R], keys: set[str] | None = None) -> Iterator[list[R]]:
    """Iterate over the records of a type in batches, in order of their ids.

    Args:
        reading: The file.
        record_type: The record type.
        keys: The keys of the records to read, as text; None for all.
    """
    table, read = tables.table_of(record_type), row_mapper(record_type)
    query = select(*reading.scope.columns(record_type, table)).order_by(table.c.id)
    if keys is not None and not keys:
        return
    with reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_BATCH}) as result:
        for rows in result.partitions():
            records = [read(row) for row in rows]
            wanted = records if keys is None else [each for each in records if key_text(each) in keys]
            if wanted:
                yield wanted


def record_at_revision(reading: Reading, record: R, revision: int) -> R | None:
    """Return a record of the file at a revision; None where that version was not kept."""
    if record.revision == revision:
        return record
    found = version_at_revision(reading, record, revision)
    return found if found is not None and found.identity == record.identity else None


def reasons_of_changes(reading: Reading, record: Record) -> str:
    """Return why a record was changed in the file, each reason once; empty where none was asked."""
    former = tables.former_version
    query = select(former.c.reason).where(
        former.c.table_name == record.table,
        former.c.record_id == record.id,
        former.c.ended == "CHANGED",
        former.c.reason.is_not(None),
    )
    return "; ".join(dict.fromkeys(reading.connection.scalars(query.order_by(former.c.id))))
