"""The spans that a reviewer marks in a text, and the text without them."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ioms_desktop.domain.errors import OutOfRange

REMOVED = "[removed]"
"""What stands in the place of a span, however long it was."""
NOT_REVIEWED = "[not yet reviewed]"
"""What stands for a text that nobody has looked at yet, on pages that are only shown."""
LEFT_OUT = "[text left out]"

Span = tuple[int, int]
"""The number of the first character of a span, and of the one after its last."""


class TextsState(StrEnum):
    """What became of the texts of a copy: there were none, each was reviewed, all were left out, or some wait."""

    NONE = "NONE"
    REVIEWED = "REVIEWED"
    LEFT_OUT = "LEFT_OUT"
    PENDING = "PENDING"


@dataclass(frozen=True, slots=True)
class RemovedText:
    """Which spans were removed from which text, without its words.

    Attributes:
        text: The text: `contacts:17:2:note` is the note of row 17 of the contacts in its second version.
        on: The day of its record, where it has one.
    """

    text: str
    on: date | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TextsOnCopy:
    """What became of the texts of a copy."""

    state: TextsState = TextsState.NONE
    removed: tuple[RemovedText, ...] = ()


@dataclass(frozen=True, slots=True)
class TextReview:
    """What a reviewer decided for one reader.

    Attributes:
        marks: The spans to be removed, by text; a text that is not in it was not reviewed.
        left_out: Whether every text is left out instead.
    """

    marks: Mapping[str, tuple[Span, ...]]
    left_out: bool = False


NOBODY_REVIEWED = TextReview({})


def joined_spans(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that touch or have only blanks between them as one, and no letter cut in half.

    Raises:
        OutOfRange: One is not in the text.
    """
    joined: list[Span] = []
    for first, end in sorted(spans):
        if not 0 <= first < end <= len(text):
            raise OutOfRange(
                f"A text of {len(text)} characters has no part from {first} to {end}. Nothing was printed; review it "
                "again.",
                field="marks",
            )
        whole_first, whole_end = first, end
        while whole_first > 0 and unicodedata.combining(text[whole_first]):
            whole_first -= 1
        while whole_end < len(text) and unicodedata.combining(text[whole_end]):
            whole_end += 1
        if joined and not text[joined[-1][1] : whole_first].strip():
            joined[-1] = (joined[-1][0], max(joined[-1][1], whole_end))
        else:
            joined.append((whole_first, whole_end))
    return tuple(joined)


def without_spans(text: str, spans: Sequence[Span]) -> str:
    """Return a text with a mark of one length in the place of each span.

    Raises:
        OutOfRange: A span is not in the text.
    """
    kept, at = [], 0
    for first, end in joined_spans(text, spans):
        kept += [text[at:first], REMOVED]
        at = end
    return "".join([*kept, text[at:]])
