"""Stored instants compared with the clock, which may have been wrong when they were stored.

Whatever asks whether something stored was recent, or still runs, asks here: an instant that the clock has not reached
was stored while a clock was ahead, and neither counts as recent nor goes on until then.
"""

from datetime import datetime, timedelta

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far two readings of a clock may differ without a clock being wrong: workstations and servers are never equal."""


def is_recent(at: datetime, now: datetime, period: timedelta) -> bool:
    """Whether an instant lies in the period that ends now, both ends included; a future one does not."""
    return now - period <= at <= now


def is_running(until: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether something that lasts at most `longest` runs now, `until` excluded.

    An end further off than that was set by a clock that was ahead, and counts as over.
    """
    return until is not None and now < until <= now + longest


def is_ahead(at: datetime | None, now: datetime) -> bool:
    """Whether an instant can only have been stored while a clock was ahead."""
    return at is not None and at > now + CLOCK_TOLERANCE
