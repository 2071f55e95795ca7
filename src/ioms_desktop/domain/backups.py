"""Recorded backups, and which of them to keep: all from the latest days, then one a week, then one a month."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A verified backup.

    Attributes:
        at: When it was made (UTC).
        path: The path of the copy.
        bytes: The size of its database file in bytes.
        records: The number of people and cases in it.
    """

    at: datetime
    path: str
    bytes: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRetention:
    """How many copies to keep; the same figures as on the server (deploy/backup.sh).

    Attributes:
        days: Days with copies, the newest first, of which all copies are kept.
        weeks: Weeks with copies before those days, of which the newest copy is kept.
        months: Months with copies before those weeks, of which the newest copy is kept.
    """

    days: int = 7
    weeks: int = 4
    months: int = 6


def backups_to_keep(made: Collection[datetime], retention: BackupRetention, now: datetime) -> frozenset[datetime]:
    """Choose the copies to keep; the newest is always among them.

    A copy dated later than now was made while a clock was ahead: it stays, and covers no day, week or month, so that it
    displaces no other.

    Args:
        made: When each copy was made, all in one time zone, which defines days, weeks (from Monday) and months.
        retention: How many days, weeks and months to cover.
        now: The time, in that zone.
    """
    ahead = frozenset(at for at in made if at > now)
    stay: set[datetime] = set(ahead)
    days: set[object] = set()
    weeks: set[object] = set()
    months: set[object] = set()
    last_week: object = None
    last_month: object = None
    for at in sorted(set(made) - ahead, reverse=True):
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
    """Whether a copy is less than half the size of the previous one; older copies must then not be deleted."""
    return now * 2 < before
