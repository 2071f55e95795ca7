"""When a user last looked at a case, by the audit of openings."""

from datetime import datetime

from sqlalchemy import select, text

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import audit

SERVER_SQL = text("SELECT my_last_look(:ref)")
"""Nobody who works on cases reads the audit of a server; this function tells each only their own looks."""
RECENT_ROWS = 50


def find_last_look(reading: Reading, user: str, case_ref: str) -> datetime | None:
    """Return when a user last opened a case; None where they never did. An attempt that was refused is none.

    Args:
        reading: Where to read.
        user: The user; on a server always whoever is connected.
        case_ref: The case.
    """
    if reading.server_enforces_access:
        told: datetime | None = reading.connection.scalar(SERVER_SQL, {"ref": case_ref})
        return told
    query = (
        select(audit.c.at, audit.c.after)
        .where(
            audit.c.kind == "CONSULTATION",
            audit.c.object_type == "cases",
            audit.c.object_ref == case_ref,
            audit.c.actor == user,
        )
        .order_by(audit.c.id.desc())
        .limit(RECENT_ROWS)
    )
    looks = (row.at for row in reading.connection.execute(query) if not (row.after or {}).get("denied"))
    return next(looks, None)
