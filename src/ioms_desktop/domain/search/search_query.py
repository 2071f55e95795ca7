"""What is typed into a search box, read as words to look for: names in any order, dates of birth, reference numbers."""

import re
from contextlib import suppress
from datetime import date

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.identifiers import cro_number, pnc_id
from ioms_desktop.domain.search.search_terms import LETTERS, fold

Piece = tuple[tuple[str, ...], ...]
"""One thing sought: ways of meeting it, each a group of beginnings of words that must all be there."""

LONGEST = 200
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CENTURY = 100
SHORT_DATE = 6

_FIGURES = re.compile(r"(?<!\w)(\d{1,2})\s*[./\- ]\s*(\d{1,2})\s*[./\- ]\s*(\d{4}|\d{2})(?!\w)")
_NAMED = re.compile(
    r"(?<!\w)(\d{1,2})(?:st|nd|rd|th)?[\s.\-]*(" + "|".join(MONTHS) + r")[a-z]*[\s.\-]*(\d{4}|\d{2})(?!\w)"
)
_POSTCODE = re.compile(r"(?<!\w)([a-z]{1,2}\d[a-z\d]?)\s+(\d[a-z]{2})(?!\w)")


def pieces(text: str, this_year: int) -> tuple[Piece, ...]:
    """Read what was typed.

    A date of birth is understood as `3/11/2008`, `3.11.08`, `3 Nov 2008`, `03112008` or `2008-11-03`; a PNC ID or CRO
    number with or without slash, century and leading noughts; everything else as beginnings of words in any order.

    Args:
        text: As typed; only its first 200 characters count.
        this_year: The present year; two-digit years up to it are of this century.

    Returns:
        What must be met, one piece for each thing typed; nothing for nothing.
    """
    plain = fold(text[:LONGEST])
    found: list[Piece] = []
    for pattern in (_FIGURES, _NAMED):
        for match in pattern.finditer(plain):
            on = _date(match[1], match[2], match[3], this_year)
            if on is not None:
                found.append(((f"{on:%d%m%Y}",),))
                plain = plain.replace(match[0], " ", 1)
    plain = _POSTCODE.sub(r"\1\2", plain)
    found.extend(piece for chunk in plain.split() if (piece := _piece(chunk, this_year)))
    return tuple(dict.fromkeys(found))


def _piece(chunk: str, this_year: int) -> Piece:
    parts = tuple(LETTERS.findall(chunk))
    joined = "".join(parts)
    if not joined:
        return ()
    ways: list[tuple[str, ...]] = [(joined,)]
    if len(parts) > 1:
        ways.append(parts)
    ways.extend(("".join(LETTERS.findall(fold(canonical))),) for canonical in _numbers(chunk, this_year))
    if len(joined) == SHORT_DATE and joined.isdecimal():
        on = _date(joined[:2], joined[2:4], joined[4:], this_year)
        if on is not None:
            ways.append((f"{on:%d%m%Y}",))
    return tuple(dict.fromkeys(ways))


def _numbers(chunk: str, this_year: int) -> list[str]:
    found: list[str] = []
    with suppress(Refused):
        found.append(pnc_id(chunk, this_year))
    with suppress(Refused):
        found.append(cro_number(chunk))
    return found


def _date(day: str, month: str, year: str, this_year: int) -> date | None:
    whole = int(year)
    if whole < CENTURY:
        whole += 2000 if whole <= this_year % CENTURY else 1900
    number = MONTHS.index(month) + 1 if month in MONTHS else int(month)
    try:
        return date(whole, number, int(day))
    except ValueError:
        return None
