"""A backup as it is remembered, and which backups stay: all of the last days, then one a week, then one a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A proved backup.

    Attributes:
        at: When it was made (UTC).
        path: Where it was put.
        bytes: How large its database is.
        records: How many records of people and cases it holds.
    """

    at: datetime
    path: str
    bytes: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRetention:
    """How many copies stay; the same figures as the server's own copies have (deploy/backup.sh).

    Attributes:
        days: On how many days with copies, the newest first, all copies stay.
        weeks: Beyond them, of how many weeks with copies the newest stays.
        months: Beyond them, of how many months with copies the newest stays.
    """

    days: int = 7
    weeks: int = 4
    months: int = 6


def backups_to_keep(made: Iterable[datetime], retention: BackupRetention) -> frozenset[datetime]:
    """Say which copies stay; the newest always does.

    Args:
        made: When each copy was made, all in one time zone, whose days, weeks (from Monday) and months are meant.
        retention: How many.
    """
    stay: set[datetime] = set()
    days: set[object] = set()
    weeks: set[object] = set()
    months: set[object] = set()
    last_week: object = None
    last_month: object = None
    for at in sorted(made, reverse=True):
        week, month = at.isocalendar()[:2], (at.year, at.month)
        if at.date() in days or len(days) < max(retention.days, 1):
            days.add(at.date())
            stay.add(at)
        elif week != last_week and len(weeks) < retention.weeks:
            weeks.add(week)
            stay.add(at)
        elif month != last_month and len(weeks) >= retention.weeks and len(months) < retention.months:
            months.add(month)
            stay.add(at)
        last_week, last_month = week, month
    return frozenset(stay)


def has_shrunk(now: int, before: int) -> bool:
    """Whether a copy holds less than half of what the one before it held: nobody lets older ones go then."""
    return now * 2 < before
