"""Former versions one by one: the version somebody read, and how a record ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select

from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import from_json_fields
from ioms_desktop.storage.schema.tables import former_version

R = TypeVar("R", bound=Record)
OWNER_COLUMNS = ("case_ref", "person_ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(Generic[R]):
    """How a record was taken out of the present: what it last said, who removed it, when and why."""

    record: R
    by: str
    at: datetime
    reason: str


def version_at_revision(reading: Reading, present: R, revision: int) -> R | None:
    """Give a record as it stood at one of its earlier revisions; None where that version was not kept.

    Args:
        reading: Where to read.
        present: The record as it stands now.
        revision: The revision asked for.
    """
    former = former_version
    query = select(former.c.data).where(
        former.c.table_name == present.table, former.c.record_id == present.id, former.c.revision == revision
    )
    names = {column.name for column in columns_of(type(present))}
    for owner in OWNER_COLUMNS:  # by which the versions can be found without reading all of them
        if owner in names:
            query = query.where(former.c[owner] == getattr(present, owner))
    data = reading.connection.scalar(query)
    return None if data is None else from_json_fields(type(present), data, id=present.id, revision=revision)


def find_removal(reading: Reading, record_type: type[R], ref: str) -> Removal[R] | None:
    """Say how the record of a reference was removed; None where none of that reference ever was.

    No index leads there: it is asked only where a record that was on a screen is there no longer.
    """
    former = former_version
    row = reading.connection.execute(
        select(former)
        .where(former.c.table_name == record_type.table, former.c.record_key == ref, former.c.ended == "DELETED")
        .order_by(former.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    record = from_json_fields(record_type, row.data, id=row.record_id, revision=row.revision)
    return Removal(record=record, by=row.changed_by, at=row.current_to, reason=row.reason or "")
