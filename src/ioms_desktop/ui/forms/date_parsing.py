"""Parse dates and times as people type them, and format them. Uses neither Qt nor a clock."""

import re
from datetime import date, time, timedelta
from enum import StrEnum

from ioms_desktop.domain.dates.date_text import MONTHS, day_month_year, number_of_name

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
MAX_YEARS_AHEAD = 10
MAX_INPUT_CHARS = 40
_DATE_PARTS = 3
_SEPARATED = re.compile(r"[\s/.,\-–]+")  # noqa: RUF001 - people type a dash for a hyphen
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)", re.IGNORECASE)
_RELATIVE = re.compile(r"(?:in )?(\d{1,4}) ?(day|week|d|w)s?(?: (ago))?|([+-]) ?(\d{1,4})")
_TIME = re.compile(r"(\d{1,2})(?:[:. ]?(\d{2}))?\s*(am|pm|a|p|h|hrs)?", re.IGNORECASE)


class DateBias(StrEnum):
    """How to complete a date without a year, or a weekday without a week."""

    BACK = "back"  # "fri" is the last one, a missing year the last one; two-digit years are never in the future
    NEAR = "near"  # "fri" is the last one, a missing year the nearest one
    AHEAD = "ahead"  # "fri" is the next one, a missing year the next one


def parse_date(text: str, today: date, bias: DateBias = DateBias.NEAR) -> date | None:
    """Parse a date as people type it, day before month.

    Accepted forms are ``1/1/26``, ``01.01.2026``, ``1 1 2026``, ``010126``, ``2026-01-01``, ``1 Jan``,
    ``Thu 1 January 2026``, ``today``, ``yesterday``, ``fri``, ``last fri``, ``next fri``, ``3 days ago``,
    ``in 2 weeks``, ``+7``, ``-1``.
    A two-digit year is at most ten years in the future; with ``DateBias.BACK`` it is never in the future.

    Args:
        today: The day on which the text was typed.
        bias: How to complete a date without a year or week. A weekday that is the same as today's means today, whatever
            the bias.

    Returns:
        The date; None if the text is not a date, does not exist, contradicts its own weekday, or lies outside 1900 to
        2100.
    """
    words = " ".join(text.lower().split())
    if not words or len(words) > MAX_INPUT_CHARS:
        return None
    found = _named_day(words, today, bias) or _relative(words, today)
    if found is None:
        found = _parse_written(_ORDINAL.sub(r"\1", words), today, bias)
    return found if found is not None and EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def parse_time(text: str) -> time | None:
    """Parse a time of day as people type it: ``0930``, ``9.30``, ``9:30``, ``930``, ``9``, ``9pm``, ``noon``.

    Hours run from 0 to 23 unless ``am`` or ``pm`` follows.

    Returns:
        The time to the minute; None if the text is not a time.
    """
    words = " ".join(text.lower().split())
    if words in ("noon", "midday"):
        return time(12)
    if words == "midnight":
        return time(0)
    match = _TIME.fullmatch(words) if words.isascii() else None
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    half = (match[3] or "")[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours on a clock face
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:  # noqa: PLR2004 - hours in a day, minutes in an hour
        return None
    return time(hour, minute)


def format_long_date(day: date) -> str:
    """Format a date with its weekday, so that a typing error is noticed: ``Thu 1 January 2026``."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def format_date(day: date | None) -> str:
    """Format a date as on screens and in print, ``3 Nov 2026``; empty for None."""
    return "" if day is None else f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def format_time(moment: time | None) -> str:
    """Format a time of day, ``09:30``; empty for None."""
    return "" if moment is None else f"{moment.hour:02}:{moment.minute:02}"


def _named_day(words: str, today: date, bias: DateBias) -> date | None:
    near = {"today": 0, "tod": 0, "yesterday": -1, "yest": -1, "tomorrow": 1, "tom": 1}
    if words in near:
        return today + timedelta(days=near[words])
    which, _, name = words.rpartition(" ")
    weekday = _weekday(name)
    if weekday is None or which not in ("", "last", "next", "this"):
        return None
    since = (today.weekday() - weekday) % 7
    if which == "last":
        return today - timedelta(days=since or 7)
    ahead = (-since) % 7
    if which == "next":
        return today + timedelta(days=ahead or 7)
    if which == "this":
        return today - timedelta(days=today.weekday()) + timedelta(days=weekday)
    return today + timedelta(days=ahead) if bias is DateBias.AHEAD else today - timedelta(days=since)


def _relative(words: str, today: date) -> date | None:
    match = _RELATIVE.fullmatch(words)
    if match is None:
        return None
    if match[4] is not None:
        days = int(match[5]) * (1 if match[4] == "+" else -1)
    else:
        days = int(match[1]) * (7 if match[2].startswith("w") else 1) * (-1 if match[3] else 1)
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None


def _parse_written(words: str, today: date, bias: DateBias) -> date | None:
    if not words.isascii() and "–" not in words:  # noqa: RUF001 - as above; digits of other scripts are not accepted
        return None
    parts = [part for part in _SEPARATED.split(words) if part]
    named = _weekday(parts[0]) if len(parts) > 1 and parts[0].isalpha() else None
    if named is not None:
        parts = parts[1:]
    found = _from_parts(_split_digits(parts), today, bias)
    return None if found is None or (named is not None and found.weekday() != named) else found


def _split_digits(parts: list[str]) -> list[str]:
    """Split ``010126`` and ``01012026`` into day, month and year."""
    if len(parts) == 1 and parts[0].isdigit() and len(parts[0]) in (6, 8):
        whole = parts[0]
        return [whole[:2], whole[2:4], whole[4:]]
    return parts


def _from_parts(parts: list[str], today: date, bias: DateBias) -> date | None:
    if len(parts) == _DATE_PARTS and parts[0].isdigit() and len(parts[0]) == len("2026"):
        year, month, day = parts
        return day_month_year(day, month, year) if month.isdigit() else None
    if len(parts) not in (2, _DATE_PARTS):
        return None
    if parts[0].isalpha():
        parts = [parts[1], parts[0], *parts[2:]]
    day, month = parts[0], parts[1]
    if len(parts) == 2:  # noqa: PLR2004 - day and month
        return _with_nearest_year(day, month, today, bias)
    latest = today.year + (0 if bias is DateBias.BACK else MAX_YEARS_AHEAD)
    return day_month_year(day, month, parts[2], latest_short_year=latest)


def _with_nearest_year(day: str, month: str, today: date, bias: DateBias) -> date | None:
    years = range(today.year - 8, today.year + 9)  # 29 February occurs at least once in any eight years
    found = [made for year in years if (made := day_month_year(day, month, str(year))) is not None]
    if bias is DateBias.BACK:
        return max((made for made in found if made <= today), default=None)
    if bias is DateBias.AHEAD:
        return min((made for made in found if made >= today), default=None)
    return min(found, key=lambda made: abs((made - today).days), default=None)


def _weekday(text: str) -> int | None:
    number = number_of_name(text, WEEKDAYS)
    return None if number is None else number - 1
