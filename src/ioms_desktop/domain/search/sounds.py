"""Sound keys: names that sound alike have one in common, however they were written down.

The usual codes (Soundex, Metaphone) follow English, and set South Asian and Arabic names apart that are one name heard
by two people: Choudhury and Chowdhry, Shaikh and Sheikh, Qureshi and Kureishi. This one keeps the consonants that are
heard, and the kind of the first vowel where there are few.
"""

import re
from functools import lru_cache

MIN_LETTERS = 3
FEW_SOUNDS = 3
MAX_KEY_CHARS = 12

# In this order. A capital is a sound by now and no letter: C as in church, J as in judge, S as in ship; K, V.
_SOUNDS = (
    *((r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^x", "s"), (r"^wh", "w"), (r"^g(?=eo|i[ao])", "J")),
    *((r"tsch|tch|cz", "C"), (r"sch|sh", "S"), (r"chr", "Kr"), (r"ch", "C"), (r"ck|kh|qu|q", "K")),
    *((r"c(?=[eiy])", "s"), (r"dg(?=[eiy])|dj|jh|zh", "J"), (r"ph", "f")),
    *(
        (r"(?:au|ei|i|ou)gh(?=t|$)", "i"),
        (r"^gh|(?<=n)gh|gh(?=[aeiouy])", "g"),
        (r"gh", ""),
        (r"([bdrt])h|d(?=t)", r"\1"),
    ),
    *((r"(?<=.)a[iy]", "i"), (r"a[uw](?=[^aeiou]|$)", "u")),
    *((r"[cs]?z|ts|tz", "s"), (r"x", "Ks"), (r"[ck]", "K"), (r"j", "J")),
    *((r"(?<=.)(?:f+|v+|w(?=[aeiouy]))", "V"), (r"^[vw]", "V"), (r"(?<=.)w", ""), (r"mb$|mn$", "m")),
    *((r"(?<=[^aeiouy])y(?=[aeiou])", ""),),
    (r"(.)\1+", r"\1"),
)
_PATTERNS = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)
_HEARD = re.compile(r"[A-Zbdfglmnprst]|^h|^y(?=[aeiou])|[aeiouy]")
_VOWELS = {"a": "a", "e": "i", "i": "i", "y": "i", "o": "u", "u": "u"}


@lru_cache(maxsize=20_000)
def sound_keys(word: str) -> frozenset[str]:
    """Return the sound keys of a Latin word; none for one that is too short or holds anything but letters.

    A name with ch has two, because it is heard in both ways: Michael and Rachel, Chaudhry and Christian.
    """
    if len(word) < MIN_LETTERS or not (word.isascii() and word.isalpha()):
        return frozenset()
    return frozenset(map(_key_of, {word, word.replace("ch", "kh")}))


def _key_of(word: str) -> str:
    for pattern, sound in _PATTERNS:
        word = pattern.sub(sound, word)
    first, *others = _HEARD.findall(word) or [""]
    consonants = [each for each in others if each not in _VOWELS]
    vowel = ""
    if len(consonants) + 1 < FEW_SOUNDS:
        vowel = next((_VOWELS[each] for each in others if each in _VOWELS), "")
    if first in _VOWELS:
        return "".join((_VOWELS[first], *consonants, vowel))[:MAX_KEY_CHARS]
    return "".join((first, vowel, *consonants))[:MAX_KEY_CHARS]
