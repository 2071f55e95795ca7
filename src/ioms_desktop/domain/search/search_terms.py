"""Search words of names and numbers, made in Python so that both databases give the same results."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from ioms_desktop.domain.search.sounds import sound_keys
from ioms_desktop.domain.search.spelling import (
    MAX_PARTS,
    MAX_WORD_CHARS,
    PARTICLES,
    WORD_PATTERN,
    joined_words,
    other_spellings,
    prepare,
    spell,
    spellings,
    split_words,
)

PREFIX_END = "\U0010ffff"
SOUND_MARK = "~"
"""Begins the search words that are sounds; nothing that is typed begins so."""
REFERENCE_MARK = "#"
"""Begins a reference that is written in groups of figures, as a date is."""
_SEPARATORS = re.compile(r"[\W_]+")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Reduce text to the usual spelling of its words in small Latin letters, for sorting.

    Whatever stands between two words counts as one hyphen, and an apostrophe as one too.
    """
    return "-".join(WORD_PATTERN.findall(spell(prepare(text))))


def name_sort_key(family_name: str, given_names: str) -> str:
    """Return the sort key of a name, folded and family name first, so that both databases sort alike.

    A comma sorts before the hyphen of `fold`, so that every Smith stands before Smith Jones, as on paper.
    """
    return f"{fold(family_name)}, {fold(given_names)}"


def name_words(text: str | None) -> set[str]:
    """Return the words by which a name is found as it is written: each part, and the parts written together."""
    return set(_usual_words(text or ""))


@lru_cache(maxsize=20_000)
def _usual_words(text: str) -> frozenset[str]:
    chunks = split_words(prepare(text))
    parts = [part for chunk in chunks for part in chunk][:MAX_PARTS]
    return frozenset(form for word in (*parts, *joined_words(chunks)) for form in spellings(word))


def spelt_otherwise(words: Iterable[str]) -> set[str]:
    """Return what words of a name are written as by somebody who spells them another way."""
    return {form for word in words for form in other_spellings(word)}


@lru_cache(maxsize=20_000)
def _stored_words(text: str) -> frozenset[str]:
    words = _usual_words(text)
    others = spelt_otherwise(words)
    return words | others | {SOUND_MARK + key for word in name_sounds(text) for key in sound_keys(word)}


def name_sounds(text: str | None) -> set[str]:
    """Return the words of a name that are heard as one: its parts, and what a particle begins."""
    chunks = split_words(prepare(text or ""))
    parts = [part for chunk in chunks for part in chunk][:MAX_PARTS]
    led = ["".join(parts[first:]) for first, part in enumerate(parts[:-1]) if part in PARTICLES]
    wholes = ["".join(chunk) for chunk in chunks[:MAX_PARTS]]
    return {form for word in (*parts, *led, *wholes) for form in spellings(word)}


def reference_words(text: str | None) -> set[str]:
    """Return the words by which a reference is found: its parts, and the parts from each onwards without separators."""
    if not text:
        return set()
    if text.isascii() and text.isalnum():  # as most are, and a file brings five for each person
        return {text.lower()[:MAX_WORD_CHARS]}
    parts = _reference_parts(text)
    runs = ["".join(parts[first:]) for first in range(len(parts))]
    return {word[:MAX_WORD_CHARS] for word in (*parts, *runs, *map(_marked, runs[:-1]))}


def whole_reference(text: str) -> str:
    """Return a reference as one word; one of figures alone is marked, so that no date of birth is taken for it."""
    return _marked("".join(_reference_parts(text))[:MAX_WORD_CHARS])


def _marked(joined: str) -> str:
    return REFERENCE_MARK + joined if joined.isdecimal() else joined


def _reference_parts(text: str) -> list[str]:
    return [part for chunk in split_words(spell(prepare(text))) for part in chunk][:MAX_PARTS]


def birth_date_words(on: date) -> set[str]:
    """Return the search words of a date of birth: DDMMYYYY and YYYYMMDD."""
    day, month, year = f"{on.day:02}", f"{on.month:02}", f"{on.year:04}"
    return {day + month + year, year + month + day}


def person_search_words(
    names: Iterable[str | None], born_on: date, numbers: Iterable[str | None], postcode: str | None
) -> set[str]:
    """Return every word by which a person can be found, sounds and other spellings included."""
    return birth_date_words(born_on) | words_beside(names, numbers, (postcode,))


def words_beside(
    names: Iterable[str | None], numbers: Iterable[str | None], postcodes: Iterable[str | None]
) -> set[str]:
    """Return every word by which names, numbers and postcodes are found, sounds and other spellings included."""
    found = {_SEPARATORS.sub("", fold(postcode))[:MAX_WORD_CHARS] for postcode in postcodes if postcode}
    for name in names:
        if name:
            found |= _stored_words(name)
    for each in numbers:
        if each:
            found |= reference_words(each)
    return found - {""}
