"""Read a time of day, or from when to when, as people type it: ``2-3pm``, ``11-1``, ``2330-0030``. Uses no clock.

What can be meant in several ways is read in the most plausible one, and whoever asks repeats it in words: a visit takes
the shortest time that fits, up to eight hours, and lies by day rather than by night.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from ioms_desktop.domain.dates.local_time import NIGHT_ENDS, minutes_between, utc_offsets
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.ui.forms.date_parsing import format_time, parse_time

LONG_VISIT_MINUTES = 8 * 60
HOURS_ON_A_CLOCK_FACE = 12
_TWELVE_HOURS = re.compile(r"[1-9](?:[:. ]?\d{2})?|1[0-2](?:[:. ]\d{2})?")
_SEASON = re.compile(r" ?(bst|gmt)$", re.IGNORECASE)
SUMMER_TIME, WINTER_TIME = timedelta(hours=1), timedelta()


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From when to when, as it was read.

    Attributes:
        begins: When it begins.
        ends: When it ends; None where only a beginning was typed.
        season: The offset from UTC that was typed with it; None where none was.
    """

    begins: time
    ends: time | None = None
    season: timedelta | None = None

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the next day, apart from the hour that comes twice."""
        return self.ends is not None and self.ends <= self.begins


@dataclass(frozen=True, slots=True)
class PlacedSpan:
    """A span on its day.

    Attributes:
        offset: The offset from UTC of its beginning.
        minutes: How long it lasts; None where only a beginning was typed.
        ends_on: The day on which it ends.
        problem: Why there is no such time on that day; empty where there is.
    """

    offset: timedelta = WINTER_TIME
    minutes: int | None = None
    ends_on: date | None = None
    problem: str = ""


def parse_time_span(text: str) -> TimeSpan | None:
    """Read a time of day, or two with a hyphen between them; None if the text is neither."""
    season = _SEASON.search(text)
    meant = None if season is None else (SUMMER_TIME if season[1].lower() == "bst" else WINTER_TIME)
    first, dash, last = (text if season is None else text[: season.start()]).partition("-")
    begins = _possible_times(first)
    if not begins:
        return None
    if not dash:
        return TimeSpan(next((each for each in begins if each >= NIGHT_ENDS), begins[0]), season=meant)
    ends = _possible_times(last)
    found = [TimeSpan(begin, end, meant) for begin in begins for end in ends if begin != end]
    return min(found, key=_implausibility, default=None)


def _possible_times(text: str) -> tuple[time, ...]:
    """Return the times of day that a text may mean, as typed first: two for ``2``, one for ``02`` and ``1430``."""
    typed = text.strip()
    read = parse_time(typed)
    if read is None:
        return ()
    if _TWELVE_HOURS.fullmatch(typed) is None or read.hour == HOURS_ON_A_CLOCK_FACE:
        return (read,)
    return (read, read.replace(hour=read.hour + HOURS_ON_A_CLOCK_FACE))


def _implausibility(span: TimeSpan) -> tuple[bool, bool, bool, int]:
    begins, ends = span.begins, span.ends or span.begins
    minutes = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
    lasts = minutes if minutes > 0 else minutes + 24 * 60
    return lasts > LONG_VISIT_MINUTES, begins < NIGHT_ENDS, span.crosses_midnight, lasts


def place_span(on: date, span: TimeSpan) -> PlacedSpan:
    """Place a span on the day on which it begins, and count its minutes, the night of a change of clocks included."""
    begins = [offset for offset in utc_offsets(on, span.begins) if span.season in (None, offset)]
    if not begins:
        return PlacedSpan(problem=_no_such_time(on, span.begins))
    if span.ends is None:
        return PlacedSpan(begins[0])
    ends_on = [on, on + timedelta(days=1)]
    if not any(utc_offsets(day, span.ends) for day in (ends_on if span.crosses_midnight else ends_on[:1])):
        return PlacedSpan(problem=_no_such_time(on, span.ends))
    return min(_placements(on, span, begins, span.ends), key=lambda placed: placed.minutes or 0)


def _placements(on: date, span: TimeSpan, begins: list[timedelta], ends: time) -> Iterator[PlacedSpan]:
    for begin in begins[:1]:
        for day in (on, on + timedelta(days=1)):
            for end in utc_offsets(day, ends):
                minutes = minutes_between((on, span.begins, begin), (day, ends, end))
                if minutes > 0:
                    yield PlacedSpan(begin, minutes, day)


def _no_such_time(on: date, local_time: time) -> str:
    return (
        f"There was no {format_time(local_time)} on {format_day(on)}: the clocks went forward from 01:00 to 02:00. "
        "Correct the time."
        if not utc_offsets(on, local_time)
        else f"{format_time(local_time)} on {format_day(on)} was not in that time. Leave out BST or GMT."
    )
