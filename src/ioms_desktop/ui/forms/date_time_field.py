"""A field for the day and time of an event, in one line: `1430-1515`, `yesterday 9.30`, `fri 2pm 45m`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QSizePolicy
from typing_extensions import Unpack, override

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.ui.forms.date_parsing import (
    DateBias,
    format_date,
    format_long_date,
    format_time,
    parse_date,
    parse_time,
)
from ioms_desktop.ui.forms.form import Field, FieldOptions
from ioms_desktop.ui.widgets.widgets import label

FIELD_WIDTH_PX = 176
_DURATION = re.compile(r"(\d{1,3}) ?(?:m|min|mins|minutes)$", re.IGNORECASE)
_MAX_TIME_WORDS = 2


@dataclass(frozen=True, slots=True)
class DayTimeSpan:
    """When an event happened, and its duration where one was typed."""

    moment: DayTime
    minutes: int | None = None

    @property
    def description(self) -> str:
        """Describe it in words, so that a typing error is noticed."""
        parts = [format_long_date(self.moment.on)]
        if self.moment.local_time is not None:
            parts.append(format_time(self.moment.local_time))
        if self.minutes is not None:
            parts.append(f"{self.minutes} minutes")
        return ", ".join(parts)


def parse_day_time(text: str, today: date) -> DayTimeSpan | None:
    """Parse a day, a time, or both, optionally followed by an end time or a duration.

    Args:
        text: For example `1430`, `1430-1515`, `yesterday 9.30`, `fri 2pm 45m`, `3/11 0930-1000`. A time without a day
            is today's.
        today: The day on which the text was typed.

    Returns:
        The day and time; None if the text is neither.
    """
    rest = " ".join(text.split())
    minutes: int | None = None
    length = _DURATION.search(rest)
    if length is not None and rest[: length.start()].strip():
        minutes, rest = int(length[1]), rest[: length.start()].strip()
    parts = rest.split(" ")
    # Try the text as a day alone first, so that the 2026 of 3 Nov 2026 is not read as 20:26.
    for count in range(min(_MAX_TIME_WORDS, len(parts)) + 1):
        day_text, clock_text = " ".join(parts[: len(parts) - count]), " ".join(parts[len(parts) - count :])
        on = today if not day_text else parse_date(day_text, today, DateBias.BACK)
        span = _parse_time_span(clock_text) if count else (None, None)
        if on is not None and span is not None and rest:
            return _span_on(on, span, minutes)
    return None


def _parse_time_span(text: str) -> tuple[time | None, time | None] | None:
    first, dash, last = text.replace("\N{EN DASH}", "-").partition("-")
    begins, ends = parse_time(first), parse_time(last) if dash else None
    return None if begins is None or (dash and ends is None) else (begins, ends)


def _span_on(on: date, span: tuple[time | None, time | None], minutes: int | None) -> DayTimeSpan | None:
    begins, ends = span
    if begins is not None and ends is not None:
        if ends <= begins:
            return None
        gone: timedelta = datetime.combine(on, ends) - datetime.combine(on, begins)
        minutes = int(gone.total_seconds()) // 60
    return DayTimeSpan(DayTime(on, begins), minutes)


def _as_typed(value: DayTimeSpan) -> str:
    length = "" if value.minutes is None else f"{value.minutes}m"
    return " ".join(filter(None, [format_date(value.moment.on), format_time(value.moment.local_time), length]))


class DateTimeField(Field[DayTimeSpan]):
    """The day and time of an event, typed in any usual form and repeated in words."""

    def __init__(self, name: str, title: str, *, today: date, **options: Unpack[FieldOptions[DayTimeSpan]]) -> None:
        """Create a field that contains today.

        Args:
            today: The day that "today" refers to.
        """
        super().__init__(name, title, **options)
        self._today = today
        self.edit = QLineEdit()
        self.edit.setFixedWidth(FIELD_WIDTH_PX)
        self.edit.setPlaceholderText("today 1430-1515")
        self.echo = label("", "quiet", wrap=True)
        self.echo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.edit.textChanged.connect(self._update_echo)
        self.add_control(self.edit)
        self._layout.addWidget(self.echo, 1)

    @Slot()
    def _update_echo(self) -> None:
        found = self.value()
        self.echo.setText(found.description if found is not None else "")
        self.changed.emit()

    @override
    def parse_problem(self) -> str:
        text = self.edit.text().strip()
        if not text or self.value() is not None:
            return ""
        return f"“{text}” is not a day or a time. Type it like 1430, 1430-1515, yesterday 9.30 or 3 Nov 2pm 45m."

    @override
    def value(self) -> DayTimeSpan | None:
        return parse_day_time(self.edit.text(), self._today)

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
