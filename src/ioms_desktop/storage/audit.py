"""Read the audit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from ioms_desktop.storage.store import Reading
from ioms_desktop.storage.tables import audit


def disclosures(reading: Reading, case_ref: str, until: datetime) -> list[Row[Any]]:
    """List what was disclosed of a case before an instant, oldest first: at, recipient, reason_code, after, actor."""
    query = (
        select(audit.c.at, audit.c.recipient, audit.c.reason_code, audit.c.after, audit.c.actor)
        .where(audit.c.kind == "DISCLOSURE", audit.c.object_type == "cases", audit.c.object_ref == case_ref)
        .where(audit.c.at < until)
        .order_by(audit.c.id)
    )
    return list(reading.connection.execute(query))


def looked_since(reading: Reading, actor: str, case_ref: str, subject_ref: str, since: datetime) -> bool:
    """Whether somebody's look at a case is on record since an instant: a screen that refreshes is one look."""
    query = select(audit.c.id).where(
        audit.c.subject_ref == subject_ref,
        audit.c.kind == "CONSULTATION",
        audit.c.object_type == "cases",
        audit.c.object_ref == case_ref,
        audit.c.actor == actor,
        audit.c.at >= since,
    )
    return reading.connection.execute(query.limit(1)).first() is not None
