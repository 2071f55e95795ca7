"""What was struck out on a case or of its person, and who recorded a record first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, text

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import from_json_fields
from ioms_desktop.storage.schema.tables import audit, former_version

RECORDED_BY_ME_SQL = text("SELECT recorded_by_me(:table_name, :record_key)")
STRUCK_OUT_OF = text("SELECT * FROM struck_out_of(:case_ref)").columns(*former_version.columns)
"""A server leaves out what the user may not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StruckOutVersion:
    """The last version of a record that was struck out.

    Attributes:
        number: The number of the version.
        record: What the record said, with the number it had.
        by: Who struck it out.
        at: When it ended here (UTC).
        on: When, as the file it was imported from has it; empty for one struck out here.
        reason: Why.
    """

    number: int
    record: Record
    by: str
    at: datetime
    on: str
    reason: str


def struck_out_of(reading: Reading, case: Case) -> Iterator[StruckOutVersion]:
    """List what was struck out on a case or of its person, the newest first; on a server, what the user may read."""
    former = former_version
    if reading.server_enforces_access:
        rows = reading.connection.execute(STRUCK_OUT_OF, {"case_ref": case.case_ref})
    else:
        of_person = and_(former.c.case_ref.is_(None), former.c.person_ref == case.person_ref)
        query = select(former).where(
            former.c.struck_out_by.is_not(None), or_(former.c.case_ref == case.case_ref, of_person)
        )
        rows = reading.connection.execute(query.order_by(former.c.id.desc()))
    return (_read(row) for row in rows)


def was_recorded_first_by(reading: Reading, record: Record, user: str) -> bool:
    """Whether a user recorded the first revision of a record."""
    if record.revision == 1 and record.recorded_by:
        return record.recorded_by == user
    if reading.server_enforces_access:
        values = {"table_name": record.table, "record_key": record.key_text}
        return bool(reading.connection.scalar(RECORDED_BY_ME_SQL, values))
    first = select(audit.c.actor).where(
        audit.c.object_type == record.table, audit.c.object_ref == record.key_text, audit.c.kind == "COLLECTION"
    )
    return reading.connection.scalar(first.order_by(audit.c.id.desc()).limit(1)) == user


def _read(row: Row[Any]) -> StruckOutVersion:
    return StruckOutVersion(
        number=row.id,
        record=from_json_fields(
            RECORD_TYPE_BY_TABLE[row.table_name], row.data, id=row.record_id, revision=row.revision
        ),
        by=row.struck_out_by,
        at=row.current_to,
        on=row.struck_out_on or "",
        reason=row.reason or "",
    )
