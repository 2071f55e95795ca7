"""What is typed into a search box, read as words to look for: names in any order, dates of birth, reference numbers."""

import re
from contextlib import suppress
from datetime import date

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.identifiers import canonical_cro_number, canonical_pnc_id
from ioms_desktop.domain.search.search_terms import WORD_PATTERN, fold

SearchTerm = tuple[tuple[str, ...], ...]
"""One thing sought: ways of meeting it, each a group of beginnings of words that must all be there."""

MAX_QUERY_CHARS = 200
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEARS_PER_CENTURY = 100
SHORT_DATE_DIGITS = 6

_NUMERIC_DATE = re.compile(r"(?<!\w)(\d{1,2})\s*[./\- ]\s*(\d{1,2})\s*[./\- ]\s*(\d{4}|\d{2})(?!\w)")
_NAMED_MONTH_DATE = re.compile(
    r"(?<!\w)(\d{1,2})(?:st|nd|rd|th)?[\s.\-]*(" + "|".join(MONTH_NAMES) + r")[a-z]*[\s.\-]*(\d{4}|\d{2})(?!\w)"
)
_POSTCODE = re.compile(r"(?<!\w)([a-z]{1,2}\d[a-z\d]?)\s+(\d[a-z]{2})(?!\w)")


def parse_search(text: str, this_year: int) -> tuple[SearchTerm, ...]:
    """Read what was typed.

    A date of birth is understood as `3/11/2008`, `3.11.08`, `3 Nov 2008`, `03112008` or `2008-11-03`; a PNC ID or CRO
    number with or without slash, century and leading noughts; everything else as beginnings of words in any order.

    Args:
        text: As typed; only its first 200 characters count.
        this_year: The present year; two-digit years up to it are of this century.

    Returns:
        What must be met, one piece for each thing typed; nothing for nothing.
    """
    plain = fold(text[:MAX_QUERY_CHARS])
    found: list[SearchTerm] = []
    for pattern in (_NUMERIC_DATE, _NAMED_MONTH_DATE):
        for match in pattern.finditer(plain):
            on = _parse_date(match[1], match[2], match[3], this_year)
            if on is not None:
                found.append(((f"{on:%d%m%Y}",),))
                plain = plain.replace(match[0], " ", 1)
    plain = _POSTCODE.sub(r"\1\2", plain)
    found.extend(piece for chunk in plain.split() if (piece := _parse_term(chunk, this_year)))
    return tuple(dict.fromkeys(found))


def _parse_term(chunk: str, this_year: int) -> SearchTerm:
    parts = tuple(WORD_PATTERN.findall(chunk))
    joined = "".join(parts)
    if not joined:
        return ()
    ways: list[tuple[str, ...]] = [(joined,)]
    if len(parts) > 1:
        ways.append(parts)
    ways.extend(("".join(WORD_PATTERN.findall(fold(canonical))),) for canonical in _canonical_numbers(chunk, this_year))
    if len(joined) == SHORT_DATE_DIGITS and joined.isdecimal():
        on = _parse_date(joined[:2], joined[2:4], joined[4:], this_year)
        if on is not None:
            ways.append((f"{on:%d%m%Y}",))
    return tuple(dict.fromkeys(ways))


def _canonical_numbers(chunk: str, this_year: int) -> list[str]:
    found: list[str] = []
    with suppress(Refused):
        found.append(canonical_pnc_id(chunk, this_year))
    with suppress(Refused):
        found.append(canonical_cro_number(chunk))
    return found


def _parse_date(day: str, month: str, year: str, this_year: int) -> date | None:
    whole = int(year)
    if whole < YEARS_PER_CENTURY:
        whole += 2000 if whole <= this_year % YEARS_PER_CENTURY else 1900
    number = MONTH_NAMES.index(month) + 1 if month in MONTH_NAMES else int(month)
    try:
        return date(whole, number, int(day))
    except ValueError:
        return None
