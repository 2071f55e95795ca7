"""Spellings of a name in plain Latin letters: without accents, as written where a letter is missing, and joined up.

The same functions make the search words that are stored and the words that are looked for. They know languages, not
people: nothing here depends on which names are on record.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ioms_desktop.domain.search.letters import APOSTROPHES, COMMAS, LETTER_SPELLINGS

WORD_PATTERN = re.compile(r"[^\W_]+")
MAX_WORD_CHARS = 64  # well below the limits of both databases' indexes, and longer than any real word
MAX_SPELLINGS = 8
MAX_PARTS = 12  # parts of one name; more are found by these

_APOSTROPHES = dict.fromkeys(map(ord, APOSTROPHES), "'")
_BREAKS = dict.fromkeys(map(ord, COMMAS), " ")
_TRANSLATED = _APOSTROPHES | _BREAKS

_PARTICLES = (
    "a abd abdel abdul abou abu ad af al ap ar as at av az bar ben bet bin bint d da das de deb del dela della den der "
    "des di do dos du e el er es fitz ibn in l la las le les li lo los m mac mc mhic mic n na nan ni nic nig o of os "
    "san santa st s t te ten ter u ud ui ul ur van vande vander vanden von vom y yr z zu zum zur"
)
PARTICLES = frozenset(_PARTICLES.split())
"""Words that people write together with the name that follows, or apart from it."""

_DOUBLED = re.compile(r"([aou])e|aa")


def prepare(text: str) -> str:
    """Bring text into small composed letters with plain apostrophes, commas as blanks and no invisible characters."""
    if text.isascii():
        return text.lower().translate(_TRANSLATED)
    plain = unicodedata.normalize("NFC", text.translate(_TRANSLATED).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each) and unicodedata.category(each) != "Cf")


def spell(prepared: str) -> str:
    """Return the usual Latin spelling of prepared text."""
    return prepared if prepared.isascii() else "".join(_letter(each)[0] for each in prepared)


def spell_out(prepared: str) -> str:
    """Return prepared text with every missing letter written out: `oedegaard`."""
    return prepared if prepared.isascii() else "".join(_letter(each)[-1] for each in prepared)


@lru_cache(maxsize=20_000)
def spellings(prepared: str) -> tuple[str, ...]:
    """Return the Latin spellings of a prepared word, the usual one first and no more than `MAX_SPELLINGS`."""
    if prepared.isascii():
        return (prepared[:MAX_WORD_CHARS],)
    forms = [""]
    for options in map(_letter, prepared):
        if len(forms) * len(options) <= MAX_SPELLINGS:
            forms = [form + each for each in options for form in forms]
        else:
            *most, last = forms
            forms = [*(form + options[0] for form in most), last + options[-1]]
    return tuple(dict.fromkeys(form[:MAX_WORD_CHARS] for form in forms))


@lru_cache(maxsize=2_000)
def _letter(letter: str) -> tuple[str, ...]:
    known = LETTER_SPELLINGS.get(letter)
    if known is not None:
        return known
    bare = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
    return LETTER_SPELLINGS.get(bare, (bare,))


def contract(word: str) -> str:
    """Return the spelling of somebody who leaves the dots off: `muller` for `mueller`, `odegard` for `oedegaard`."""
    return _DOUBLED.sub(lambda found: found[1] or "a", word)


@lru_cache(maxsize=20_000)
def other_spellings(word: str) -> tuple[str, ...]:
    """Return what else a Latin word is written as: without doubled letters, Mc for Mac, St for Saint."""
    return tuple(sorted({contract(word), *other_beginnings(word)} - {word}))


def other_beginnings(word: str) -> tuple[str, ...]:
    """Return a word with Mc for Mac and St for Saint, and the other way round."""
    found = {
        other + word[len(mine) :]
        for mine, other, at_least in (("mac", "mc", 6), ("mc", "mac", 3), ("saint", "st", 5))
        if word.startswith(mine) and len(word) >= at_least
    }
    return tuple(found | ({"saint"} if word == "st" else set()))


def split_words(prepared: str) -> list[list[str]]:
    """Split prepared text into its chunks, and each into its parts: `o'brien smith` into `[[o, brien], [smith]]`."""
    return [parts for chunk in prepared.split() if (parts := WORD_PATTERN.findall(chunk))]


def count_particles(chunks: Sequence[str]) -> int:
    """Count the particles with which chunks of prepared text begin; none where no name follows them."""
    number = next((place for place, chunk in enumerate(chunks) if spell(chunk) not in PARTICLES), 0)
    return 0 if any(letter.isdecimal() for letter in chunks[number]) else number


def joined_words(chunks: Iterable[list[str]]) -> list[str]:
    """Return what the parts of a name make when they are written together, from each part onwards and each chunk alone.

    The beginning of one of these is any run of parts written together.
    """
    listed = [parts for parts in chunks if parts]
    flat = [part for parts in listed for part in parts][:MAX_PARTS]
    runs = ["".join(flat[first:]) for first in range(len(flat) - 1)]
    return list(dict.fromkeys([*runs, *("".join(parts) for parts in listed[:MAX_PARTS] if len(parts) > 1)]))
