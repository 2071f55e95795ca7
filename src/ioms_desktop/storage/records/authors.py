"""Who recorded a record first, and when, as the audit has it; by the clock of whoever keeps the record."""

from datetime import datetime

from sqlalchemy import func, literal_column, select, text

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.schema.types import text_parameter

FIRST_RECORDING_SQL = text("SELECT is_own, recorded_at FROM first_recording(:table_name, :record_id)")
"""A server tells a user of themselves alone whether they recorded it."""
_OF_RECORD = (
    audit.c.object_type == text_parameter("of_type"),
    audit.c.object_ref == text_parameter("of_ref"),
    audit.c.kind == literal_column("'COLLECTION'"),
)
_FIRST_TIME = select(func.min(audit.c.at)).where(*_OF_RECORD)
_LAST_ACTOR = select(audit.c.actor).where(*_OF_RECORD).order_by(audit.c.id.desc()).limit(1)


def first_recording(reading: Reading, record: Record, user: str) -> tuple[str, datetime | None]:
    """Return who recorded a record and when it was recorded first (UTC).

    A record that was taken out and put back is its restorer's, and as old as it was before. A file of cases taken away
    has no audit of what was recorded elsewhere; there the first revision says it of itself, and of a later one nothing
    is known.

    Returns:
        The name, empty if it is not known or a server does not tell; and the time, None if it is not known.
    """
    own = record.recorded_by if record.revision == 1 else ""
    at = record.recorded_at if record.revision == 1 else None
    if reading.server_enforces_access:
        found = reading.connection.execute(
            FIRST_RECORDING_SQL, {"table_name": record.table, "record_id": record.id}
        ).first()
        return (own, at) if found is None else (user if found.is_own else own, found.recorded_at)
    of_record = {"of_type": record.table, "of_ref": record.key_text}
    first = reading.connection.scalar(_FIRST_TIME, of_record)
    known = [each for each in (at, first) if each is not None]
    return own or reading.connection.scalar(_LAST_ACTOR, of_record) or "", min(known, default=None)
