"""The reading age of a text by the Flesch-Kincaid grade level (Kincaid and others, 1975) plus five years.

Grade = 0.39 x words a sentence + 11.8 x syllables a word - 15.59. A pupil of grade n is some n + 5 years old.
"""

import re

MAX_READING_AGE = 11.0
GRADE_TO_AGE = 5.0
WORDS_A_SENTENCE, SYLLABLES_A_WORD, BASE = 0.39, 11.8, 15.59
SYLLABLES_OF_A_NUMBER = 2  # as `thirteen`, which is what most days are
TWO_SYLLABLES = {"being", "going", "seeing", "doing", "quiet", "science"}  # two vowels side by side, sounded apart


def reading_age(text: str, names: tuple[str, ...] = ()) -> float:
    """Return the reading age of a text in years; names of people and of orders are left out."""
    for name in names:
        text = re.sub(rf"\b{re.escape(name)}(?:'s)?", " ", text)
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", text) if re.search(r"\w", part)]
    words = re.findall(r"[A-Za-z]+(?:['-][A-Za-z]+)*|\d+", text)
    if not words or not sentences:
        raise ValueError(text)
    syllables = sum(count_syllables(word) for word in words)
    grade = WORDS_A_SENTENCE * len(words) / len(sentences) + SYLLABLES_A_WORD * syllables / len(words) - BASE
    return grade + GRADE_TO_AGE


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
