"""Quarters of the year: the only periods for which figures are published.

Fixed periods never overlap, so subtracting the figures of one from another cannot reveal those of a few days.
"""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from ioms_desktop.domain.errors import MalformedValue
from ioms_desktop.domain.text_format import format_day

QUARTERS_PER_YEAR = 4
MONTHS_PER_QUARTER = 3
_NAME = re.compile(r"(\d{4})-?[Qq]([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """The three months from the first of January, April, July or October.

    Attributes:
        year: The calendar year.
        number: 1 to 4; 1 begins in January.
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Parse `2026-Q3`.

        Raises:
            Refused: The text is not a quarter.
        """
        found = _NAME.fullmatch(text.strip())
        if found is None or not MINYEAR < int(found[1]) < MAXYEAR:  # else a neighbouring quarter does not exist
            raise MalformedValue(f"{text or 'Nothing'} is not a quarter. Nothing was done; write it like 2026-Q3.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def containing(cls, on: date) -> "Quarter":
        """Return the quarter that contains a day."""
        return cls(on.year, (on.month - 1) // MONTHS_PER_QUARTER + 1)

    @classmethod
    def from_period(cls, first: date, last: date) -> "Quarter | None":
        """Return the quarter with exactly this first and last day, both included; None if there is none."""
        found = cls.containing(first)
        return found if (found.first, found.last) == (first, last) else None

    @property
    def first(self) -> date:
        """Its first day, included."""
        return date(self.year, (self.number - 1) * MONTHS_PER_QUARTER + 1, 1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + 1, 1) if self.number == QUARTERS_PER_YEAR else Quarter(self.year, self.number + 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - 1, QUARTERS_PER_YEAR) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def last(self) -> date:
        """Its last day, included."""
        return self.next.first - timedelta(days=1)

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.last < today

    @property
    def period_text(self) -> str:
        """Its first and last day in words: `1 Jul 2026 to 30 Sep 2026`."""
        return f"{format_day(self.first)} to {format_day(self.last)}"

    @property
    def name(self) -> str:
        """Its name: `2026-Q3`."""
        return f"{self.year}-Q{self.number}"
