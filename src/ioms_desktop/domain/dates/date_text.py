"""The day, month and year of a written date, read as numbers and names: the core of every reader of dates.

Each reader decides for itself how the parts are found in a text, which two-digit years it takes, and what it says of a
text that is no date.
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
    """Read a date from its three parts.

    Args:
        day: One or two digits.
        month: Digits, or three letters or more of its English name in lower case.
        year: Four digits, or two where `latest_short_year` is given.
        latest_short_year: The last year that two digits may mean; they mean one of the hundred years up to it. None
            where two digits are no year.

    Returns:
        The date; None where a part is not as above, or there is no such day.
    """
    number, whole = month_number(month), full_year(year, latest_short_year)
    if number is None or whole is None or not day.isdecimal() or len(day) > MAX_DAY_DIGITS:
        return None
    try:
        return date(whole, number, int(day))
    except ValueError:
        return None


def month_number(text: str) -> int | None:
    """Read a month as digits or a name; 13 is returned as it is, for `date` to refuse."""
    if text.isdecimal() and len(text) <= max(map(len, MONTHS)):
        return int(text)
    return number_of_name(text, MONTHS)


def number_of_name(text: str, names: tuple[str, ...]) -> int | None:
    """Find a name by its first three letters or more, in lower case; the first of the names is 1."""
    if not text.isalpha() or len(text) < MIN_NAME_CHARS:
        return None
    text = _OTHER_SHORT_NAMES.get(text, text)
    return next((number for number, name in enumerate(names, 1) if name.lower().startswith(text)), None)


def full_year(text: str, latest_short_year: int | None) -> int | None:
    """Read a year of four digits, or of two as one of the hundred years up to a latest one."""
    if not text.isdecimal():
        return None
    if len(text) == FULL_YEAR_DIGITS:
        return int(text)
    if len(text) != SHORT_YEAR_DIGITS or latest_short_year is None:
        return None
    year = latest_short_year - latest_short_year % YEARS_PER_CENTURY + int(text)
    return year if year <= latest_short_year else year - YEARS_PER_CENTURY
