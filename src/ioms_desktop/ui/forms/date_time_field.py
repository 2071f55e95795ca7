"""A field for the day and time of an event, in one line: `1430-1515`, `yesterday 9.30`, `fri 2pm 45m`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QLabel, QLineEdit
from typing_extensions import Unpack, override

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.local_time import format_offset, utc_offsets
from ioms_desktop.ui.forms.date_parsing import DateBias, format_date, format_long_date, format_time, parse_date
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.time_reading import SUMMER_TIME, TimeSpan, parse_time_span, place_span

FIELD_WIDTH_PX = 176
_DURATION = re.compile(r"(\d{1,3}) ?(?:m|min|mins|minutes)$", re.IGNORECASE)
_TO = re.compile(r" ?- ?| (?:to|until|till) ", re.IGNORECASE)
_HALF_OF_DAY = re.compile(r"(\d) (am|pm)\b", re.IGNORECASE)
_MAX_TIME_WORDS = 3
SUMMER_OFFSET = format_offset(SUMMER_TIME)
EARLY_MORNING_ENDS = time(6)
"""Until when a time that has not come today is yesterday's, of whoever records after midnight."""


@dataclass(frozen=True, slots=True)
class DayTimeSpan:
    """When an event happened, and its duration where one was typed.

    Attributes:
        moment: When it began.
        minutes: How long it lasted; None where that was not typed.
        utc_offset: What London was ahead of UTC then, as it is stored; None where no time was typed.
        ends: When it ended; None where no end was typed.
        problem: Why there is no such time on that day; empty where there is.
    """

    moment: DayTime
    minutes: int | None = None
    utc_offset: str | None = None
    ends: DayTime | None = field(default=None, compare=False)
    problem: str = field(default="", compare=False)

    @property
    def description(self) -> str:
        """Describe it in words, so that a typing error or another reading is noticed."""
        on, begins = self.moment
        parts = [format_long_date(on)]
        if begins is not None:
            twice = len(utc_offsets(on, begins)) > 1
            season = f" ({'summer' if self.utc_offset == SUMMER_OFFSET else 'winter'} time)" if twice else ""
            parts.append(f"{format_time(begins)}{season}{self._end_words}")
        if self.minutes is not None:
            parts.append(f"{self.minutes} minutes")
        return ", ".join(parts)

    @property
    def _end_words(self) -> str:
        if self.ends is None:
            return ""
        day = "" if self.ends.on == self.moment.on else f" on {format_long_date(self.ends.on)}"
        return f" to {format_time(self.ends.local_time)}{day}"


def parse_day_time(text: str, now: datetime, bias: DateBias = DateBias.BACK) -> DayTimeSpan | None:
    """Parse a day, a time, or both, optionally followed by an end time or a duration.

    Args:
        text: For example `1430`, `1430-1515`, `yesterday 9.30`, `fri 2pm 45m`, `3/11 0930-1000`, `2330-0030`. A time
            without a day is today's; after midnight, and over midnight, it is yesterday's where today's has not come.
        now: The local time at which the text was typed.
        bias: How to complete a weekday or a date without a year. With `DateBias.AHEAD`, a time alone is the next one.

    Returns:
        The day and time; None if the text is neither.
    """
    rest = _with_plain_hyphens(text)
    today = now.date()
    minutes: int | None = None
    length = _DURATION.search(rest)
    if length is not None and rest[: length.start()].strip():
        minutes, rest = int(length[1]), rest[: length.start()].strip()
    parts = rest.split(" ")
    # Try the text as a day alone first, so that the 2026 of 3 Nov 2026 is not read as 20:26.
    for count in range(min(_MAX_TIME_WORDS, len(parts)) + 1):
        day_text, clock_text = " ".join(parts[: len(parts) - count]), " ".join(parts[len(parts) - count :])
        on = None if not day_text else parse_date(day_text, today, bias)
        if not count and on is not None:
            return DayTimeSpan(DayTime(on), minutes)
        span = parse_time_span(clock_text) if count and (on is not None or not day_text) else None
        if span is not None:
            return _span_on(_day_without_date(span, now, bias) if on is None else on, span, minutes)
    return None


def _with_plain_hyphens(text: str) -> str:
    words = " ".join(text.replace("\N{EN DASH}", "-").split())
    joined = _TO.sub("-", words)
    return _HALF_OF_DAY.sub(r"\1\2", joined)


def _day_without_date(span: TimeSpan, now: datetime, bias: DateBias) -> date:
    """Return the day of a time that was typed alone: the latest one on which it can have begun, just after midnight."""
    has_come = span.begins <= now.time()
    if bias is DateBias.AHEAD:
        return now.date() + timedelta(days=1) if has_come else now.date()
    if has_come or not (span.crosses_midnight or now.time() < EARLY_MORNING_ENDS):
        return now.date()
    return now.date() - timedelta(days=1)


def _span_on(on: date, span: TimeSpan, minutes: int | None) -> DayTimeSpan:
    placed = place_span(on, span)
    ends = None if placed.ends_on is None else DayTime(placed.ends_on, span.ends)
    offset = None if placed.problem else format_offset(placed.offset)
    lasts = minutes if placed.minutes is None else placed.minutes
    return DayTimeSpan(DayTime(on, span.begins), lasts, offset, ends, placed.problem)


def _as_typed(value: DayTimeSpan) -> str:
    on, begins = value.moment
    length = "" if value.minutes is None else f"{value.minutes}m"
    twice = begins is not None and len(utc_offsets(on, begins)) > 1
    season = ("BST" if value.utc_offset == SUMMER_OFFSET else "GMT") if twice else ""
    return " ".join(filter(None, [format_date(on), format_time(begins), season, length]))


class _Echo(QLabel):
    """What was understood, in one line wherever there is room for one: beside what was typed, or else below it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "quiet")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    @override
    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.lineSpacing())


class DateTimeField(Field[DayTimeSpan]):
    """The day and time of an event, typed in any usual form and repeated in words."""

    def __init__(
        self,
        name: str,
        title: str,
        *,
        now: Callable[[], datetime],
        bias: DateBias = DateBias.BACK,
        **options: Unpack[FieldOptions[DayTimeSpan]],
    ) -> None:
        """Create an empty field.

        Args:
            now: Gives the local time, asked whenever the text changes: a form may be open over midnight, and what was
                typed keeps the meaning that was repeated beside it.
            bias: Whether a weekday, or a time alone, is the last one or the next one.
        """
        super().__init__(name, title, **options)
        self._now, self._bias = now, bias
        self._reading: DayTimeSpan | None = None
        self.edit = QLineEdit()
        self.edit.setFixedWidth(FIELD_WIDTH_PX)
        self._day_example = "fri" if bias is DateBias.AHEAD else "yesterday"
        self.edit.setPlaceholderText("fri 1430-1515" if bias is DateBias.AHEAD else "today 1430-1515")
        self.echo = _Echo()
        self.edit.textChanged.connect(self._update_echo)
        self.add_control(self.edit, self.echo, wraps=True)

    @Slot()
    def _update_echo(self) -> None:
        self._reading = found = parse_day_time(self.edit.text(), self._now(), self._bias)
        self.echo.setText("" if found is None else found.problem or found.description)
        self.changed.emit()

    @override
    def parse_problem(self) -> str:
        text = self.edit.text().strip()
        if self._reading is not None and self._reading.problem:
            return self._reading.problem
        if not text or self.value() is not None:
            return ""
        return (
            f"“{text}” is not a day or a time. Type it like 1430, 1430-1515, {self._day_example} 9.30 or 3 Nov 2pm 45m."
        )

    @override
    def value(self) -> DayTimeSpan | None:
        return self._reading if self._reading is None or not self._reading.problem else None

    @override
    def set_value(self, value: DayTimeSpan | None) -> None:
        if value is None:
            self.edit.clear()
            return
        self.edit.setText(_as_typed(value))

    @override
    def raw_text(self) -> str:
        return self.edit.text()

    @override
    def draft_text(self) -> str:
        # A draft may be restored on another day, when "1430" would mean that day.
        found = self.value()
        return self.raw_text() if found is None else _as_typed(found)

    @override
    def set_raw_text(self, text: str) -> None:
        self.edit.setText(text)
