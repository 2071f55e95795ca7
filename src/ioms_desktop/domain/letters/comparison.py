"""What changes from one wording of a letter to another, paragraph by paragraph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a paragraph; the value is its word for people."""

    STAYS = "unchanged"
    GOES = "removed"
    COMES = "added"


@dataclass(frozen=True, slots=True)
class ComparedText:
    """A paragraph, and what becomes of it."""

    fate: Fate
    text: str


def compare_texts(before: Sequence[str], after: Sequence[str]) -> Iterator[ComparedText]:
    """Yield every paragraph of both in reading order; what goes stands before what comes in its place."""
    for _, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if before[old_from:old_to] == after[new_from:new_to]:
            yield from (ComparedText(Fate.STAYS, text) for text in after[new_from:new_to])
            continue
        yield from (ComparedText(Fate.GOES, text) for text in before[old_from:old_to])
        yield from (ComparedText(Fate.COMES, text) for text in after[new_from:new_to])
