"""Search queries, parsed into the words to look for: names in any order, dates of birth, reference numbers."""

import re
from collections.abc import Sequence
from contextlib import suppress

from ioms_desktop.domain.dates.date_text import MONTHS, day_month_year
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.identifiers import canonical_cro_number, canonical_pnc_id
from ioms_desktop.domain.search.search_terms import fold, whole_reference
from ioms_desktop.domain.search.spelling import (
    MAX_WORD_CHARS,
    WORD_PATTERN,
    count_particles,
    prepare,
    spell,
    spellings,
)

SearchTerm = tuple[tuple[str, ...], ...]
"""One search term: its alternatives, each a group of word prefixes that must all be found."""

MAX_QUERY_CHARS = 200
SHORT_DATE_DIGITS = 6
MONTH_PATTERN = "|".join(name[:3].lower() for name in MONTHS)

_NUMERIC_DATE = re.compile(r"(?<!\w)(\d{1,2})\s*[./\- ]\s*(\d{1,2})\s*[./\- ]\s*(\d{4}|\d{2})(?!\w)")
_NAMED_MONTH_DATE = re.compile(
    r"(?<!\w)(\d{1,2})(?:st|nd|rd|th)?[\s.\-]*(" + MONTH_PATTERN + r")[a-z]*[\s.\-]*(\d{4}|\d{2})(?!\w)"
)
_BLANK = re.compile(r"\s")
_POSTCODE = re.compile(r"(?<!\w)([a-z]{1,2}\d[a-z\d]?)\s+(\d[a-z]{2})(?!\w)")


def parse_search(text: str, this_year: int) -> tuple[SearchTerm, ...]:
    """Parse a search query.

    A date of birth is recognised as `3/11/2008`, `3.11.08`, `3 Nov 2008`, `03112008` or `2008-11-03`; a PNC ID or CRO
    number with or without slash, century and leading zeros; everything else as word prefixes in any order. Whatever is
    recognised may be part of a reference, and is tried as one too.

    Args:
        text: The text typed; only its first 200 characters are used.
        this_year: The current year; two-digit years mean this year or one of the 99 before it.

    Returns:
        The terms, all of which must match; none for an empty text.
    """
    plain = prepare(text[:MAX_QUERY_CHARS])
    found: list[SearchTerm] = []
    for pattern in (_NUMERIC_DATE, _NAMED_MONTH_DATE):
        for match in pattern.finditer(plain):
            on = day_month_year(match[1], match[2], match[3], latest_short_year=this_year)
            if on is not None:
                before, after = _chunk_around(match)
                found.append(_parse_date(before, match[0], after, f"{on:%d%m%Y}"))
                plain = plain.replace(before + match[0] + after, " ", 1)
    chunks = _POSTCODE.sub(r"\1\2", plain).split()
    while chunks:
        led = count_particles(chunks)
        found.append(_parse_led(chunks[:led], _parse_term(chunks[led], this_year)))
        del chunks[: led + 1]
    return tuple(dict.fromkeys(term for term in found if term))


def _chunk_around(match: re.Match[str]) -> tuple[str, str]:
    """Return what touches a date on either side, without a blank between: `iom-` of `iom-12-03-2024`."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return _BLANK.split(before)[-1], _BLANK.split(after)[0]


def _parse_date(before: str, written: str, after: str, day: str) -> SearchTerm:
    others = WORD_PATTERN.findall(spell(f"{before} {after}"))
    return (day, *others), (whole_reference(before + written + after),)


def _parse_led(particles: Sequence[str], name: SearchTerm) -> SearchTerm:
    """Parse a name with the particles before it, written apart or in one word."""
    if not particles or not name:
        return name
    spelt = [spell(each) for each in particles]
    apart = [(*spelt, *way) for way in name]
    together = [("".join((*spelt, *way))[:MAX_WORD_CHARS],) for way in name if len(way) == 1]
    return tuple(dict.fromkeys((*together, *apart)))


def _parse_term(chunk: str, this_year: int) -> SearchTerm:
    parts = WORD_PATTERN.findall(chunk)
    joined = "".join(parts)
    if not joined:
        return ()
    ways: list[tuple[str, ...]] = [(form,) for form in spellings(joined)]
    if len(parts) > 1:
        ways.append(tuple(map(spell, parts)))
    ways.extend(("".join(WORD_PATTERN.findall(fold(canonical))),) for canonical in _canonical_numbers(chunk, this_year))
    if len(joined) == SHORT_DATE_DIGITS and joined.isdecimal():
        on = day_month_year(joined[:2], joined[2:4], joined[4:], latest_short_year=this_year)
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
