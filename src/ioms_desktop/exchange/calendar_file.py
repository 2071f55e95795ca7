"""A calendar file (.ics) as RFC 5545 has it: folded lines, escaped texts, times in the zone of London."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

MAX_LINE_OCTETS = 75
LINE_END = "\r\n"
PRODUCT = "-//IOMS Desktop//Appointments//EN"
ZONE_NAME = "Europe/London"
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
TZNAME:BST
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
TZNAME:GMT
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""
"""The clocks of London since 1996; a program that knows the zone by its name uses its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event of a calendar file.

    Attributes:
        uid: The same in every file, so that a calendar program replaces it.
        sequence: How often it was changed.
        starts: The local time in London without an offset, or the day of an event that has none.
        minutes: How long it takes; nothing for one of a whole day.
        summary: What the calendar shows.
        description: What is said below it.
        is_cancelled: Whether it does not take place.
    """

    uid: str
    sequence: int
    starts: datetime | date
    minutes: int
    summary: str
    description: str
    is_cancelled: bool = False


def write_calendar(part: Path, name: str, events: Iterable[CalendarEvent], written_at: datetime) -> None:
    """Write a calendar file.

    Args:
        part: The temporary name that it is given.
        name: What a calendar program calls it.
        events: In the order in which they are written.
        written_at: The instant of writing.
    """
    part.write_bytes(calendar_text(name, events, written_at).encode())


def calendar_text(name: str, events: Iterable[CalendarEvent], written_at: datetime) -> str:
    """Return the text of a calendar file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escape(name)}", *ZONE.split("\n")]
    stamp = f"{written_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for event in events:
        lines += _event_lines(event, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}{LINE_END}" for line in lines for folded in fold(line))


def _event_lines(event: CalendarEvent, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    yield f"DTSTAMP:{stamp}"
    yield f"SEQUENCE:{event.sequence}"
    if isinstance(event.starts, datetime):
        ends = event.starts + timedelta(minutes=event.minutes)
        yield f"DTSTART;TZID={ZONE_NAME}:{event.starts:%Y%m%dT%H%M%S}"
        yield f"DTEND;TZID={ZONE_NAME}:{ends:%Y%m%dT%H%M%S}"
    else:
        yield f"DTSTART;VALUE=DATE:{event.starts:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.starts + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escape(event.summary)}"
    yield f"DESCRIPTION:{escape(event.description)}"
    yield "CLASS:PRIVATE"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if event.is_cancelled or not isinstance(event.starts, datetime) else 'OPAQUE'}"
    yield "END:VEVENT"


def escape(text: str) -> str:
    """Escape a text: backslash, semicolon, comma and the end of a line; other control characters are left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        lines = lines.replace(plain, escaped)
    return "".join(character for character in lines if character == "\t" or character >= " ")


def fold(line: str) -> Iterator[str]:
    """Fold a line into parts of at most 75 octets; each but the first begins with a blank. No character is cut."""
    part, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > MAX_LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + character, octets + size
    yield part
