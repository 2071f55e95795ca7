"""A day, with a local time where one is known."""

from datetime import date, datetime, time
from typing import NamedTuple

from ioms_desktop.domain.text_format import format_day


class DayTime(NamedTuple):
    """When a contact happened: a day, and the local time (Europe/London) if it was recorded.

    Attributes:
        on: The day.
        local_time: The local time to the minute; None if only the day is known.
    """

    on: date
    local_time: time | None = None

    @property
    def order(self) -> tuple[date, bool, time]:
        """What moments are put in order by, as by their texts but sooner made: of one day, no time comes first."""
        return self.on, self.local_time is not None, self.local_time or time.min

    @property
    def iso_text(self) -> str:
        """The ISO form: `2026-10-06` or `2026-10-06T14:30`."""
        return (
            self.on.isoformat()
            if self.local_time is None
            else f"{self.on.isoformat()}T{self.local_time.isoformat('minutes')}"
        )

    @property
    def clock_text(self) -> str:
        """The time of day as `14:30`; empty if only the day is known."""
        return "" if self.local_time is None else f"{self.local_time:%H:%M}"

    @property
    def words(self) -> str:
        """The form people read: `6 Oct 2026` or `6 Oct 2026, 14:30`."""
        return format_day(self.on) if self.local_time is None else f"{format_day(self.on)}, {self.clock_text}"

    @classmethod
    def parse(cls, text: str) -> "DayTime":
        """Parse the ISO form.

        Raises:
            ValueError: The text is neither a day nor a day with a time.
        """
        if len(text) == len("2026-10-06"):
            return cls(date.fromisoformat(text))
        if len(text) == len("2026-10-06T14:30") and text[10] == "T" and text[13] == ":":
            return cls(date.fromisoformat(text[:10]), time.fromisoformat(text[11:]))
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            raise ValueError(text)
        return cls(moment.date(), moment.time().replace(second=0, microsecond=0))
