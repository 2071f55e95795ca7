"""A field for when something happened, day and time in one line: `1430-1515`, `yesterday 9.30`, `fri 2pm 45m`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QSizePolicy
from typing_extensions import Unpack, override

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.ui.forms.date_parsing import Lean, clock, parse_date, parse_time, short, words
from ioms_desktop.ui.forms.form import Field, FieldOptions
from ioms_desktop.ui.widgets.widgets import label

WIDTH = 176
_LENGTH = re.compile(r"(\d{1,3}) ?(?:m|min|mins|minutes)$", re.IGNORECASE)
_LONGEST_CLOCK = 2


@dataclass(frozen=True, slots=True)
class When:
    """When something happened, and for how long where that was typed."""

    moment: DayTime
    minutes: int | None = None

    @property
    def said(self) -> str:
        """Say it back so that a slip is seen."""
        parts = [words(self.moment.on)]
        if self.moment.local_time is not None:
            parts.append(clock(self.moment.local_time))
        if self.minutes is not None:
            parts.append(f"{self.minutes} minutes")
        return ", ".join(parts)


def parse_when(text: str, today: date) -> When | None:
    """Read a day, a time, or both, with an end or a length after them.

    Args:
        text: Such as `1430`, `1430-1515`, `yesterday 9.30`, `fri 2pm 45m`, `3/11 0930-1000`. A time alone is today's.
        today: The day it was typed on.

    Returns:
        What was meant, or None where the text is neither.
    """
    rest = " ".join(text.split())
    minutes: int | None = None
    length = _LENGTH.search(rest)
    if length is not None and rest[: length.start()].strip():
        minutes, rest = int(length[1]), rest[: length.start()].strip()
    parts = rest.split(" ")
    # A day alone is tried first, so that the 2026 of 3 Nov 2026 is not taken for a quarter past eight.
    for count in range(min(_LONGEST_CLOCK, len(parts)) + 1):
        day_text, clock_text = " ".join(parts[: len(parts) - count]), " ".join(parts[len(parts) - count :])
        on = today if not day_text else parse_date(day_text, today, Lean.BACK)
        span = _span(clock_text) if count else (None, None)
        if on is not None and span is not None and rest:
            return _when(on, span, minutes)
    return None


def _span(text: str) -> tuple[time | None, time | None] | None:
    first, dash, last = text.replace("\N{EN DASH}", "-").partition("-")
    begins, ends = parse_time(first), parse_time(last) if dash else None
    return None if begins is None or (dash and ends is None) else (begins, ends)


def _when(on: date, span: tuple[time | None, time | None], minutes: int | None) -> When | None:
    begins, ends = span
    if begins is not None and ends is not None:
        if ends <= begins:
            return None
        gone: timedelta = datetime.combine(on, ends) - datetime.combine(on, begins)
        minutes = int(gone.total_seconds()) // 60
    return When(DayTime(on, begins), minutes)


def _written(value: When) -> str:
    length = "" if value.minutes is None else f"{value.minutes}m"
    return " ".join(filter(None, [short(value.moment.on), clock(value.moment.local_time), length]))


class WhenField(Field[When]):
    """When something happened, typed as people type it and said back in words."""

    def __init__(self, name: str, title: str, *, today: date, **options: Unpack[FieldOptions[When]]) -> None:
        """Make a field that says today.

        Args:
            name: Its key.
            title: Its label with mnemonic.
            today: What "today" means.
            options: As for every field.
        """
        super().__init__(name, title, **options)
        self._today = today
        self.edit = QLineEdit()
        self.edit.setFixedWidth(WIDTH)
        self.edit.setPlaceholderText("today 1430-1515")
        self.echo = label("", "quiet", wrap=True)
        self.echo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.edit.textChanged.connect(self._read)
        self.place(self.edit)
        self._layout.addWidget(self.echo, 1)

    @Slot()
    def _read(self) -> None:
        found = self.value()
        self.echo.setText(found.said if found is not None else "")
        self.changed.emit()

    @override
    def unreadable(self) -> str:
        text = self.edit.text().strip()
        if not text or self.value() is not None:
            return ""
        return f"“{text}” is not a day or a time. Type it like 1430, 1430-1515, yesterday 9.30 or 3 Nov 2pm 45m."

    @override
    def value(self) -> When | None:
        return parse_when(self.edit.text(), self._today)

    @override
    def set_value(self, value: When | None) -> None:
        if value is None:
            self.edit.clear()
            return
        self.edit.setText(_written(value))

    @override
    def typed(self) -> str:
        return self.edit.text()

    @override
    def kept(self) -> str:
        # Tomorrow "1430" is another day's.
        found = self.value()
        return self.typed() if found is None else _written(found)

    @override
    def retype(self, text: str) -> None:
        self.edit.setText(text)
