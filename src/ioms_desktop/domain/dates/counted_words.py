"""Sentences with a number of days in them that differs with each day, so that they can be kept while the days pass."""

from datetime import date
from typing import NamedTuple

from ioms_desktop.domain.text_format import pluralise

IN_FIGURES, IN_WORDS = "{n}", "{days}"
"""Where the number stands: alone, in figures; or with its noun, in words up to ten."""


class CountedWords(NamedTuple):
    """A sentence with at most one such number.

    Attributes:
        text: The sentence, with `IN_FIGURES` or `IN_WORDS` where the number stands.
        counted_from: The day on which the number is nought, before or after those it is shown on; None where it has
            none.
    """

    text: str
    counted_from: date | None = None

    def on(self, day: date) -> str:
        """Return the sentence as it reads on a day."""
        if self.counted_from is None:
            return self.text
        days = abs((day - self.counted_from).days)
        return self.text.replace(IN_FIGURES, str(days)).replace(IN_WORDS, pluralise(days, "day"))
