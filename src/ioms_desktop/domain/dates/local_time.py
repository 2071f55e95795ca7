"""Times of day in London, in the two nights when the clocks change as well: offsets from UTC, and what lies between."""

from datetime import UTC, date, datetime, time, timedelta

from ioms_desktop.domain.dates.calendar import LONDON

NIGHT_ENDS = time(5)
"""Until this time of day an entry is more often a mistake than a visit."""
ONE_MINUTE = timedelta(minutes=1)
MINUTES_PER_HOUR = 60


def utc_offsets(on: date, local_time: time) -> tuple[timedelta, ...]:
    """Return what London is ahead of UTC at a local time, in the order in which the time comes.

    Returns:
        One offset; two in the hour that comes twice, summer time first; none in the hour that is left out.
    """
    found: list[timedelta] = []
    for fold in (0, 1):
        local = datetime.combine(on, local_time, LONDON).replace(fold=fold)
        there = local.astimezone(UTC).astimezone(LONDON)
        offset = local.utcoffset()
        if offset is not None and there.replace(tzinfo=None) == local.replace(tzinfo=None) and offset not in found:
            found.append(offset)
    return tuple(found)


def minutes_between(begin: tuple[date, time, timedelta], end: tuple[date, time, timedelta]) -> int:
    """Count the minutes from one local time to another, each with its day and its offset from UTC."""
    return (_in_utc(*end) - _in_utc(*begin)) // ONE_MINUTE


def _in_utc(on: date, local_time: time, offset: timedelta) -> datetime:
    return datetime.combine(on, local_time) - offset


def format_offset(offset: timedelta) -> str:
    """Format an offset from UTC as it is stored: ``UTC+01:00``, which no spreadsheet takes for a sum."""
    minutes = offset // ONE_MINUTE
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // MINUTES_PER_HOUR:02}:{abs(minutes) % MINUTES_PER_HOUR:02}"
