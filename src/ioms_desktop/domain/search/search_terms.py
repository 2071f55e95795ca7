"""Search words of names and numbers, normalised in Python so that both databases give the same results."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

LETTER_FOLDING = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "\u0131": "i", "ħ": "h"}
)
WORD_PATTERN = re.compile(r"[^\W_]+")
PREFIX_END = "\U0010ffff"
MAX_WORD_CHARS = 64  # well below the limits of both databases' indexes, and longer than any real word


def fold(text: str) -> str:
    """Reduce text to plain lower-case letters, without accents or special letters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain.translate(LETTER_FOLDING)


def name_words(text: str | None) -> set[str]:
    """Return the words of a name; one with an apostrophe or hyphen is returned in its parts and as a whole."""
    found: set[str] = set()
    for chunk in fold(text or "").split():
        if chunk.isalnum():
            found.add(chunk[:MAX_WORD_CHARS])
            continue
        parts = WORD_PATTERN.findall(chunk)
        found.update(part[:MAX_WORD_CHARS] for part in parts)
        if len(parts) > 1:
            found.add("".join(parts)[:MAX_WORD_CHARS])
    return found


def name_sort_key(family_name: str, given_names: str) -> str:
    """Return the sort key of a name, folded and family name first, so that both databases sort alike."""
    return f"{fold(family_name)}, {fold(given_names)}"


def reference_words(text: str | None) -> set[str]:
    """Return a reference number as a single word, without separators."""
    joined = fold(text or "")
    if not joined.isalnum():
        joined = "".join(WORD_PATTERN.findall(joined))
    return {joined[:MAX_WORD_CHARS]} if joined else set()


def birth_date_words(on: date) -> set[str]:
    """Return the search words of a date of birth: DDMMYYYY and YYYYMMDD."""
    day, month, year = f"{on.day:02}", f"{on.month:02}", f"{on.year:04}"
    return {day + month + year, year + month + day}


def person_search_words(
    names: Iterable[str | None], born_on: date, numbers: Iterable[str | None], postcode: str | None
) -> set[str]:
    """Return every word by which a person can be found."""
    found = birth_date_words(born_on) | reference_words(postcode)
    for name in names:
        found |= name_words(name)
    for each in numbers:
        if each:
            found |= reference_words(each) | name_words(each)
    return found


def matches_prefixes(text: str, prefixes: Iterable[str]) -> bool:
    """Whether each prefix begins some word of a text, in any order; without prefixes every text matches.

    The prefixes must have been folded already.
    """
    words = fold(text).split()
    return all(any(word.startswith(prefix) for word in words) for prefix in prefixes)
