"""The filter of a list in memory: whether a row's text has what was typed, by the same spellings as the search."""

from collections.abc import Sequence
from functools import lru_cache

from ioms_desktop.domain.search.spelling import (
    WORD_PATTERN,
    contract,
    count_particles,
    other_beginnings,
    prepare,
    spell,
    spell_out,
    spellings,
)

_Ways = tuple[tuple[str, ...], ...]
"""The spellings of a name written together; where it has particles, also those of each of its words."""


class TextFilter:
    """What was typed into the filter of a list: words in any order, all of which a row's text must have.

    A comma, an apostrophe, an accent, or whether a name is written in one word makes no difference.
    """

    def __init__(self, typed: str, *, anywhere: bool = False) -> None:
        """Prepare what was typed.

        Args:
            typed: As typed; nothing matches every text.
            anywhere: Whether what is typed may stand inside a word as well as begin one.
        """
        plain = prepare(typed)
        chunks = [chunk for chunk in plain.split() if WORD_PATTERN.search(chunk)]
        self._signs = [each for each in plain.split() if not WORD_PATTERN.search(each)]
        self._words: list[_Ways] = []
        while chunks:
            led = count_particles(chunks) + 1
            apart, chunks = chunks[:led], chunks[led:]
            self._words.append(tuple(map(_spelt_ways, ("".join(apart),) if led == 1 else ("".join(apart), *apart))))
        self._anywhere = anywhere

    def matches(self, text: str) -> bool:
        """Whether a text has everything typed."""
        readings = _readings(text) if self._words else ()
        return all(sign in text for sign in self._signs) and all(
            self._has(readings, together) or (apart and all(self._has(readings, word) for word in apart))
            for together, *apart in self._words
        )

    def _has(self, readings: Sequence["_Reading"], spelt: tuple[str, ...]) -> bool:
        return any(reading.has(spelt, anywhere=self._anywhere) for reading in readings)


def _spelt_ways(chunk: str) -> tuple[str, ...]:
    usual = spellings("".join(WORD_PATTERN.findall(chunk)))
    return (*usual, *(other for word in usual for other in other_beginnings(word)))


class _Reading:
    """A text in one spelling: its words, and the same without anything between them."""

    __slots__ = ("_contracts", "_joined", "_starts", "_words")

    def __init__(self, text: str, *, contracts: bool = False) -> None:
        self._words = WORD_PATTERN.findall(text)
        self._joined = "".join(self._words)
        self._contracts = contracts
        starts = [0]
        for word in self._words:
            starts.append(starts[-1] + len(word))
        self._starts = tuple(starts[:-1])

    def has(self, spelt: tuple[str, ...], *, anywhere: bool) -> bool:
        typed = {*spelt, *map(contract, spelt)} if self._contracts else spelt
        if any(self._joined.startswith(each, start) for each in typed for start in self._starts):
            return True
        return anywhere and any(each in word for each in typed for word in self._words)


@lru_cache(maxsize=5_000)
def _readings(text: str) -> tuple[_Reading, ...]:
    plain = prepare(text)
    usual = spell(plain)
    contracted = contract(usual)
    if plain.isascii():
        return (_Reading(usual),) if contracted == usual else (_Reading(usual), _Reading(contracted))
    return _Reading(usual), _Reading(spell_out(plain)), _Reading(contracted, contracts=True)
