"""A day, with a local time where one is known."""

from datetime import date, datetime, time
from typing import NamedTuple


class Moment(NamedTuple):
    """When a contact happened: a day, and the local time (Europe/London) where it was recorded.

    Attributes:
        on: The day.
        at: The local time to the minute; None where only the day is known.
    """

    on: date
    at: time | None = None

    @property
    def text(self) -> str:
        """The ISO form: `2026-10-06` or `2026-10-06T14:30`."""
        return self.on.isoformat() if self.at is None else f"{self.on.isoformat()}T{self.at.isoformat('minutes')}"

    @classmethod
    def parse(cls, text: str) -> "Moment":
        """Read the ISO form.

        Raises:
            ValueError: The text is neither a day nor a day with a time.
        """
        if len(text) == len("2026-10-06"):
            return cls(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            raise ValueError(text)
        return cls(moment.date(), moment.time().replace(second=0, microsecond=0))
