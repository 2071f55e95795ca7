"""Instants with their offset from UTC, as the exchange files write them: ``2026-10-25T01:30+01:00``.

The offset is written only where a time is given twice that night; it is read wherever it is written.
"""

import re

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.local_time import format_offset, utc_offsets

FIRST_HOUR_GIVEN_TWICE = 1
_WITH_OFFSET = re.compile(r"(.*\d\d:\d\d) ?(Z|[+-]\d\d:\d\d)", re.DOTALL)


def with_offset(moment: DayTime, stored_offset: str | None) -> str:
    """Write a day with its local time, and the stored offset where that time comes twice on the day."""
    local_time = moment.local_time
    if stored_offset is None or local_time is None or local_time.hour != FIRST_HOUR_GIVEN_TWICE:
        return moment.iso_text
    twice = len(utc_offsets(moment.on, local_time)) > 1
    return f"{moment.iso_text}{stored_offset.removeprefix('UTC')}" if twice else moment.iso_text


def split_offset(text: str) -> tuple[str, str | None]:
    """Part an offset from the text of a date-time.

    Returns:
        The text without it, and the offset as it is stored; None where there is none.
    """
    found = _WITH_OFFSET.fullmatch(text.strip())
    if found is None:
        return text, None
    return found[1], "UTC+00:00" if found[2] == "Z" else f"UTC{found[2]}"


def offset_problem(moment: DayTime, stored_offset: str) -> str:
    """Word why an offset is not one of a local time in London; empty if it is."""
    if moment.local_time is None:
        return ""
    possible = [format_offset(each) for each in utc_offsets(moment.on, moment.local_time)]
    if stored_offset in possible:
        return ""
    if not possible:
        return "There was no such time in London: the clocks went forward that night. Correct the time."
    return f"London was not {stored_offset} at that time, but {' or '.join(possible)}. Write the local time in London."
