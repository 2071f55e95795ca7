"""Finds names in texts, in any spelling of their apostrophes."""

import re
import unicodedata
from collections.abc import Iterable

from ioms_desktop.domain.printing.texts.marks import Span, joined_spans

MIN_NAME_LENGTH = 2
"""Letters of a name that is looked for, in a script with capitals; of another even one is."""
APOSTROPHES = "'`\u2019\u02bc\u00b4"


def parts_of_names(names: Iterable[str]) -> list[str]:
    """Return names and their parts, the longest first, as they are looked for."""
    parts = {
        part
        for name in names
        for part in (composed(name), *composed(name).split())
        if len(part) >= (MIN_NAME_LENGTH if has_capitals(part) else 1)
    }
    return sorted(parts, key=lambda each: (-len(each), each))


def pattern_of(name: str) -> str:
    """Return the pattern of a name: any apostrophe, and in a script with capitals as a word, of which an s may follow.

    Other scripts part no words, or write "and" and "the" as a part of the word.
    """
    letters = "".join(f"[{APOSTROPHES}]" if each in APOSTROPHES else re.escape(each) for each in name)
    return rf"(?<!\w){letters}s?(?!\w)" if has_capitals(name) else letters


def has_capitals(name: str) -> bool:
    """Whether a name is in a script with capitals."""
    return name.upper() != name.lower()


def composed(text: str) -> str:
    """Return a text with each letter and its accents as one character."""
    return unicodedata.normalize("NFC", text)


def find_names(text: str, names: Iterable[str]) -> tuple[Span, ...]:
    """Return where names, or parts of them, stand in a text; in small letters they are words."""
    parts = [each.strip(".,;:()") for each in parts_of_names(names)]
    parts = [each for each in parts if any(letter.isalpha() for letter in each)]
    if not parts:
        return ()
    found = re.finditer("|".join(pattern_of(each) for each in parts), text, re.IGNORECASE)
    spans = [each.span() for each in found if not each[0][:1].islower()]
    return joined_spans(text, spans)
