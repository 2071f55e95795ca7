"""Parses the day, month and year of a written date; every parser of dates is built on it.

Each of them decides how to split a text into parts, which two-digit years to accept, and how to report a text that is
not a date.
"""

from datetime import date

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SHORT_YEAR_DIGITS, FULL_YEAR_DIGITS = 2, 4
MAX_DAY_DIGITS = 2
MIN_NAME_CHARS = 3
YEARS_PER_CENTURY = 100
_OTHER_SHORT_NAMES = {"tues": "tue", "thur": "thu", "thurs": "thu", "sept": "sep"}


def day_month_year(day: str, month: str, year: str, *, latest_short_year: int | None = None) -> date | None:
    """Parse a date from its three parts.

    Args:
        day: One or two digits.
        month: Digits, or the first three or more letters of its English name in lower case.
        year: Four digits, or two if `latest_short_year` is given.
        latest_short_year: The last year that two digits may mean; they mean one of the hundred years that end with it.
            None if a year of two digits is not accepted.

    Returns:
        The date; None if a part is not as above, or there is no such day.
    """
    number, whole = month_number(month), full_year(year, latest_short_year)
    if number is None or whole is None or not day.isdecimal() or len(day) > MAX_DAY_DIGITS:
        return None
    try:
        return date(whole, number, int(day))
    except ValueError:
        return None


def month_number(text: str) -> int | None:
    """Parse a month from digits or a name; a number above 12 is returned unchanged, for `date` to reject."""
    if text.isdecimal() and len(text) <= max(map(len, MONTHS)):
        return int(text)
    return number_of_name(text, MONTHS)


def number_of_name(text: str, names: tuple[str, ...]) -> int | None:
    """Return the position, from 1, of the name that begins with three or more letters given in lower case."""
    if not text.isalpha() or len(text) < MIN_NAME_CHARS:
        return None
    text = _OTHER_SHORT_NAMES.get(text, text)
    return next((number for number, name in enumerate(names, 1) if name.lower().startswith(text)), None)


def full_year(text: str, latest_short_year: int | None) -> int | None:
    """Parse a year of four digits, or of two as one of the hundred years that end with the latest one."""
    if not text.isdecimal():
        return None
    if len(text) == FULL_YEAR_DIGITS:
        return int(text)
    if len(text) != SHORT_YEAR_DIGITS or latest_short_year is None:
        return None
    year = latest_short_year - latest_short_year % YEARS_PER_CENTURY + int(text)
    return year if year <= latest_short_year else year - YEARS_PER_CENTURY
