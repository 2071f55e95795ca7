"""How old a reader has to be for a text, by the Flesch-Kincaid grade level (Kincaid and others, 1975) plus five years.

Grade = 0.39 x words a sentence + 11.8 x syllables a word - 15.59. A pupil of grade n is some n + 5 years old.
"""

import re

MAX_READING_AGE = 11.0
MAX_SENTENCE_AGE = 15.0
"""Of a single sentence, which a day or a name in it makes harder than it is."""
GRADE_TO_AGE = 5.0
WORDS_A_SENTENCE, SYLLABLES_A_WORD, BASE = 0.39, 11.8, 15.59
SYLLABLES_OF_A_NUMBER = 2  # as `thirteen`, which is what most days are
TWO_SYLLABLES = {"being", "going", "seeing", "doing", "quiet", "science"}  # two vowels side by side, sounded apart
FEW_WORDS = 4
"""A sentence of fewer is not measured alone: one long word in it would tell too much."""
_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|\d+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")


def hardest_sentence(text: str, names: tuple[str, ...] = ()) -> str:
    """Return the sentence of a text that needs the oldest reader; empty where each has only a word or two."""
    said = [
        part.strip() for part in _SENTENCE_END.split(text) if len(_WORD.findall(_without(part, names))) >= FEW_WORDS
    ]
    return max(said, key=lambda part: reading_age(part, names), default="")


def reading_age(text: str, names: tuple[str, ...] = ()) -> float:
    """Return the reading age of a text in years; names of people and of orders are left out.

    Raises:
        ValueError: It has no words.
    """
    text = _without(text, names)
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", text) if re.search(r"\w", part)]
    words = _WORD.findall(text)
    if not words or not sentences:
        raise ValueError(text)
    syllables = sum(count_syllables(word) for word in words)
    grade = WORDS_A_SENTENCE * len(words) / len(sentences) + SYLLABLES_A_WORD * syllables / len(words) - BASE
    return grade + GRADE_TO_AGE


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}(?:'s)?", " ", text)
    return text


def count_syllables(word: str) -> int:
    """Count the syllables of an English word by its groups of vowels."""
    if word.isdigit():
        return SYLLABLES_OF_A_NUMBER
    lower = re.sub(r"[^a-z]", "", word.lower())
    if lower in TWO_SYLLABLES:
        return 2
    groups = len(re.findall(r"[aeiouy]+", lower))
    # A silent e at the end: decide, missed, rules; but not little, arrested, voices.
    if re.search(r"(?<![aeiouy])e$(?<![^aeiouy]le)|(?<![aeioutyd])ed$|(?<![aeiousxzcgyh])es$", lower):
        groups -= 1
    return max(groups, 1)
