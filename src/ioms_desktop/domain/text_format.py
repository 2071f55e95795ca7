"""Formats dates, names, counts and lists, in the same way on every screen and page."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

KIB = 1024
PLAIN_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
LEFT_TO_RIGHT_MARK = "\u200e"
NUMBER_NAMES = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@lru_cache(maxsize=4096)
def format_day(on: date) -> str:
    """Format a date as `3 Nov 2026`; a page names the same few days hundreds of times."""
    return f"{on.day} {on:%b %Y}"


def plain_day(on: date, beside: date) -> str:
    """Format a day as people say it, `13 October`; with its year where that is another than that of `beside`."""
    return f"{on.day} {PLAIN_MONTHS[on.month - 1]}" + (f" {on.year}" if on.year != beside.year else "")


def number_in_words(count: int) -> str:
    """Format a count in words up to ten, and in figures above."""
    return NUMBER_NAMES[count] if 0 <= count < len(NUMBER_NAMES) else f"{count:,}"


def begin_at_left(sentence: str) -> str:
    """Return an English sentence that begins with a name so that it runs from left to right in any script of the name.

    A reader takes the direction of a line from its first letter: after an Arabic name a date would be torn apart.
    """
    kinds = (unicodedata.bidirectional(each) for each in sentence)
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return sentence if first == "L" else f"{LEFT_TO_RIGHT_MARK}{sentence}"


def titled(title: str, words: str) -> str:
    """Write words after their title: `Note: seen at home`, but after a question `Did it take place? Yes`."""
    return f"{title} {capitalise(words)}" if title.endswith("?") else f"{title}: {words}"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Join words as `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004 - one word needs no joining
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def pluralise(count: int, one: str, many: str | None = None) -> str:
    """Format a count with its noun: `one day`, `three days`."""
    return f"{number_in_words(count)} {one if count == 1 else many or one + 's'}"


def describe_due(due: date, today: date) -> str:
    """Describe a due date relative to today: `due today`, `due in 3 days`, `2 days late`."""
    days = (due - today).days
    if days == 0:
        return "due today"
    return f"due in {format_days(days)}" if days > 0 else f"{format_days(-days)} late"


def describe_wanted(since: date) -> str:
    """Return the line that heads a case, on screen and on paper."""
    return f"WANTED: unlawfully at large since {format_day(since)}"


def format_days(days: int) -> str:
    """Format a number of days in figures: `1 day`, `12 days`."""
    return f"{days} day" if days == 1 else f"{days} days"


def format_name(family_name: str, given_names: str) -> str:
    """Format a name as lists show it: `HARKER, Dean`."""
    return f"{family_name.upper()}, {given_names}"


def capitalise(sentence: str) -> str:
    """Make the first letter of a sentence a capital, and leave all others unchanged."""
    return sentence[:1].upper() + sentence[1:]


def iso_date(on: date | None) -> str | None:
    """Format a date or an instant in ISO 8601; None stays None."""
    return None if on is None else on.isoformat()


def format_size(size: int) -> str:
    """Return a number of bytes as people read it: `120 KiB`, `2.4 MiB`."""
    if size < KIB:
        return f"{size} bytes"
    return f"{size / KIB:.0f} KiB" if size < KIB * KIB else f"{size / KIB / KIB:.1f} MiB"
