"""Stored instants compared with the clock in SQL, and what is recorded where the clock moved back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, between, func, literal, select, text

from ioms_desktop.domain.dates.instants import is_ahead
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.schema.types import Instant
from ioms_desktop.storage.transaction import Transaction

CLOCK_OBJECT_TYPE = "clock"
"""The object type of the audit entry that records a clock that moved back; on a server `seal_audit` writes it."""


def recently(column: ColumnElement[datetime], now: datetime, period: timedelta) -> ColumnElement[bool]:
    """The condition of `domain.dates.instants.is_recent` in SQL."""
    return between(column, literal(now - period, Instant()), literal(now, Instant()))


def instant_ahead(reading: Reading, now: datetime) -> datetime | None:
    """Return the latest instant of the audit where no clock that is right can have been there yet; else None.

    Args:
        reading: Where to read. A server compares with its own clock, by which it dates what is recorded.
        now: The time on this computer, for a local file.
    """
    if reading.server_enforces_access:
        found: datetime | None = reading.connection.scalar(text("SELECT instant_ahead()"))
        return None if found is None else found.astimezone(UTC)
    latest = reading.connection.scalar(select(func.max(audit.c.at, type_=Instant())))
    return latest if is_ahead(latest, now) else None


def log_clock_moved_back(tx: Transaction, latest: datetime) -> None:
    """Record in a local file that its newest entries are dated later than now."""
    detail = {"moved_back": True, "from": latest.isoformat(), "to": tx.command.at.isoformat()}
    tx.log("ALTERATION", object_type=CLOCK_OBJECT_TYPE, object_ref="moved back", subject_ref=None, detail=detail)
