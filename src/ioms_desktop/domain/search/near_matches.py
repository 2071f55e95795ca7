"""Names that are nearly what was typed, and why somebody was found.

A typing error is one letter left out, added or changed, or two neighbours that changed places. What to look up follows
from the typed word alone, so that nothing has to be stored for it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from string import ascii_lowercase

from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.domain.search.search_terms import SOUND_MARK, name_sounds, name_words, spelt_otherwise
from ioms_desktop.domain.search.sounds import sound_keys
from ioms_desktop.domain.search.spelling import contract, other_spellings

MIN_TYPED_LETTERS = 4
MAX_TYPED_LETTERS = 20
_ALIAS_BREAKS = re.compile(r"\s*[;,/|]\s*")


class Likeness(IntEnum):
    """How well a name fits what was typed, the best first."""

    EXACT = 0
    ALIAS = 1
    SPELLING = 2
    LETTER = 3
    SOUND = 4


@dataclass(frozen=True, slots=True)
class Match:
    """Why somebody was found.

    Attributes:
        likeness: How well the worst of the words typed fits.
        reason: The same in words; empty where a name, a number or a date is what was typed.
    """

    likeness: Likeness = Likeness.EXACT
    reason: str = ""


EXACT_MATCH = Match()
REASONS = {
    Likeness.SPELLING: ("another spelling", "another spelling of {}"),
    Likeness.LETTER: ("one letter different", "one letter different from {}"),
    Likeness.SOUND: ("sounds like {}", "sounds like {}"),
}
"""What is said of a hit: for the one word typed, and for one of several."""


def is_word_long_enough(word: str) -> bool:
    """Whether a typed word may have a typing error: letters only, enough of them and not too many."""
    return MIN_TYPED_LETTERS <= len(word) <= MAX_TYPED_LETTERS and word.isascii() and word.isalpha()


@lru_cache(maxsize=200)
def one_letter_away(word: str) -> frozenset[str]:
    """Return every word of Latin letters that one typing error makes of a word, or the word of it."""
    splits = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in splits if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    found |= {left + letter + right for left, right in splits for letter in ascii_lowercase}
    found |= {left + letter + right[1:] for left, right in splits if right for letter in ascii_lowercase}
    return frozenset(found - {word})


def near_words(term: SearchTerm) -> frozenset[str]:
    """Return the stored words that are one typing error or another way of spelling away from a term."""
    found: set[str] = set()
    for word in _single_words(term):
        found |= {*other_spellings(word), *one_letter_away(word), *one_letter_away(contract(word))}
    return frozenset(found)


def like_sounding_words(term: SearchTerm) -> frozenset[str]:
    """Return the stored words of what sounds like a term."""
    return frozenset(SOUND_MARK + key for word in _single_words(term) for key in sound_keys(word))


def _single_words(term: SearchTerm) -> Iterator[str]:
    return (way[0] for way in term if len(way) == 1 and is_word_long_enough(way[0]))


class Explainer:
    """Says why people fit the terms of a search, from their names alone."""

    def __init__(self, terms: Sequence[SearchTerm]) -> None:
        """Prepare for the terms of one search."""
        self._terms = [_SearchTerm(term, is_alone=len(terms) == 1) for term in terms]

    def explain(
        self, own: Iterable[str], known_as: str | None, references: Iterable[str] = (), former: Iterable[str] = ()
    ) -> Match | None:
        """Say why a person fits.

        Args:
            own: Their family name and given names.
            known_as: What else they are known as.
            references: The words of their references, which count as exact.
            former: Names that they had before.

        Returns:
            None where a word of letters is in no name and no reference: they fit by chance.
        """
        names = [
            _Names(own),
            *(_Names((each,), said=f"alias: {each}") for each in _split_aliases(known_as)),
            *(_Names((each,), said=f"formerly {each}") for each in former),
        ]
        known = frozenset(references)
        worst, reasons = Likeness.EXACT, []
        for term in self._terms:
            found = EXACT_MATCH if _begins(term.term, known) else term.explain(names)
            if found is None:
                return None
            worst = max(worst, found.likeness)
            reasons.append(found.reason)
        return Match(worst, ", ".join(dict.fromkeys(reason for reason in reasons if reason)))


class _Names:
    """The words of some names of one person: their own, or one alias or former name, and how it is said."""

    def __init__(self, names: Iterable[str], said: str = "") -> None:
        self.said = said
        self._listed = [name for name in names if name]
        self.words = frozenset().union(*map(name_words, self._listed))

    @cached_property
    def others(self) -> frozenset[str]:
        return frozenset().union(*map(_other_words, self._listed))

    @cached_property
    def sounds(self) -> frozenset[str]:
        return frozenset().union(*map(_sounds_of, self._listed))


@lru_cache(maxsize=5_000)
def _other_words(name: str) -> frozenset[str]:
    return frozenset(spelt_otherwise(name_words(name)))


@lru_cache(maxsize=5_000)
def _sounds_of(name: str) -> frozenset[str]:
    return frozenset(SOUND_MARK + key for word in name_sounds(name) for key in sound_keys(word))


class _SearchTerm:
    """A term, and everything that would be nearly it, which is worked out once a name does not begin with it."""

    def __init__(self, term: SearchTerm, *, is_alone: bool) -> None:
        self.term = term
        self._is_alone = is_alone
        self._typed = max((way[0] for way in term if len(way) == 1), key=len, default="")
        self._is_name = all(word.isalpha() for way in term for word in way)

    @cached_property
    def _respelt(self) -> set[str]:
        return spelt_otherwise(_single_words(self.term))

    @cached_property
    def _near(self) -> frozenset[str]:
        return near_words(self.term)

    @cached_property
    def _sounds(self) -> frozenset[str]:
        return like_sounding_words(self.term)

    def explain(self, names: Sequence[_Names]) -> Match | None:
        """Say which of somebody's names fits best; None where none does, although the term is a name."""
        found = [
            Match(likeness, self._reason(likeness, each.said))
            for each in names
            if (likeness := self._likeness(each)) is not None
        ]
        if not found:
            return None if self._is_name else EXACT_MATCH
        return min(found, key=lambda match: match.likeness)

    def _reason(self, likeness: Likeness, said: str) -> str:
        words = "" if likeness not in REASONS else REASONS[likeness][0 if self._is_alone else 1].format(self._typed)
        return ", ".join(filter(None, (said, words)))

    def _likeness(self, names: _Names) -> Likeness | None:
        if _begins(self.term, names.words):
            return Likeness.ALIAS if names.said else Likeness.EXACT
        if _begins(self.term, names.others) or not self._respelt.isdisjoint(names.words):
            return Likeness.SPELLING
        if not self._near.isdisjoint(names.words) or not self._near.isdisjoint(names.others):
            return Likeness.LETTER
        return None if self._sounds.isdisjoint(names.sounds) else Likeness.SOUND


def _begins(term: SearchTerm, words: Iterable[str]) -> bool:
    """Whether in one of the ways of a term every word begins one of these words."""
    listed = list(words)
    return any(all(any(word.startswith(begun) for word in listed) for begun in way) for way in term)


def _split_aliases(known_as: str | None) -> list[str]:
    return [each for each in _ALIAS_BREAKS.split((known_as or "").strip()) if each]
