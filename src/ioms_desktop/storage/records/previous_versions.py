"""Previous versions of single records: at a revision, and the last one of a deleted record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import select

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.storage.records.read import Reading, read_former_version
from ioms_desktop.storage.records.row_mapping import from_json_fields
from ioms_desktop.storage.schema.views import FACT_VIEWS

R = TypeVar("R", bound=Record)
OWNER_COLUMNS = ("case_ref", "person_ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal(Generic[R]):
    """The deletion of a record: its last version, who deleted it, when and why."""

    record: R
    by: str
    at: datetime
    reason: str


def version_at_revision(reading: Reading, present: R, revision: int) -> R | None:
    """Return a record at an earlier revision; None where that version was not kept, or is not for this user.

    Args:
        reading: Where to read.
        present: The record as it is now.
        revision: The revision.
    """
    names = {column.name for column in columns_of(type(present))}
    # Columns with an index, by which its versions can be found.
    owners = {owner: getattr(present, owner) for owner in OWNER_COLUMNS if owner in names}
    asked = {"owners": [ref for ref in owners.values() if ref]} if any(owners.values()) else {}
    former = reading.scope.former_version_table(**asked, of_table=present.table)
    query = select(former.c.data).where(
        former.c.table_name == present.table, former.c.record_id == present.id, former.c.revision == revision
    )
    query = query.where(*(former.c[owner] == ref for owner, ref in owners.items()))
    data = reading.connection.scalar(query)
    return None if data is None else from_json_fields(type(present), data, id=present.id, revision=revision)


def case_histories(reading: Reading, cases: Mapping[str, Case]) -> dict[str, list[Case]]:
    """Return the versions of each of some cases, oldest first and the present one last, without people's words.

    Args:
        reading: Where to read.
        cases: The cases as they are now, by their references.
    """
    if not cases:
        return {}
    former = FACT_VIEWS["former_version"]
    query = select(former).where(former.c.table_name == Case.table, former.c.case_ref.in_(cases)).order_by(former.c.id)
    histories: dict[str, list[Case]] = {ref: [] for ref in cases}
    for row in reading.connection.execute(query):
        histories[row.case_ref].append(read_former_version(Case, row).record)
    return {ref: [*history, cases[ref]] for ref, history in histories.items()}


def find_removal(reading: Reading, record_type: type[R], ref: str) -> Removal[R] | None:
    """Find the deletion of a record by its reference; None where there was none.

    No index supports this query, which runs only where a record on a screen no longer exists.
    """
    former = reading.scope.former_version_table(keys=[ref], of_table=record_type.table)
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
