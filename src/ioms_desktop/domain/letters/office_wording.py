"""The wording of a letter as an office decides it: a title and paragraphs, from a day on, by whom and why.

Which letter is whose, of which step, and that the offer stays open, is the program's and not the office's to word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ioms_desktop.domain.errors import InvalidEntry, MalformedValue, MissingValue
from ioms_desktop.domain.letters.checks import text_problems
from ioms_desktop.domain.letters.fields import SAMPLE_NAMES, SAMPLE_VALUES
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.reading_age import (
    MAX_READING_AGE,
    MAX_SENTENCE_AGE,
    hardest_sentence,
    reading_age,
)
from ioms_desktop.domain.letters.template import LetterTemplate
from ioms_desktop.domain.letters.wording import mentions_enforcement

NOT_SAVED = "Nothing was saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeWording:
    """A wording as it was decided.

    Attributes:
        number: Its number among all of the office's, from 1; a later one of the same letter and day counts.
        kind: The name of the letter.
        valid_from: The first day on which it is used.
        title: The heading of the letter.
        paragraphs: What it says, in order, with fields between braces.
        reason: Why it was changed.
        decided_by: Who decided it, by login.
        decided_at: When (UTC).
    """

    number: int
    kind: str
    valid_from: date
    title: str
    paragraphs: tuple[str, ...]
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Readability:
    """How hard a letter is to read.

    Attributes:
        age: How old its reader has to be, in years.
        hardest: The sentence that needs the oldest reader.
        hardest_age: How old a reader of that sentence has to be: easy ones beside it do not help.
    """

    age: float
    hardest: str
    hardest_age: float

    @property
    def is_plain(self) -> bool:
        """Whether it is plain enough for a letter."""
        return self.age <= MAX_READING_AGE and self.hardest_age <= MAX_SENTENCE_AGE


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text that has one a line; spaces around one are nobody's intention."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def word_template(base: LetterTemplate, title: str, paragraphs: Sequence[str]) -> LetterTemplate:
    """Return the template of a letter in other words.

    Raises:
        MissingValue: The title or the paragraphs are empty.
        MalformedValue: A text says what no letter may say, in words or in formatting; the refusal names the field.
    """
    for field, said in (("title", title.strip()), ("paragraphs", "".join(paragraphs))):
        if not said:
            raise MissingValue(f"The letter needs its {field}. {NOT_SAVED}; fill it in.", field=field)
    texts = (title, *paragraphs)
    for problem in text_problems(texts):
        where, field = (f"Paragraph {problem.number}", "paragraphs") if problem.number else ("The title", "title")
        raise MalformedValue(f"{where}: {problem.what}. {NOT_SAVED}; say it in another way.", field=field)
    spoken = any(mentions_enforcement(text) for text in texts)
    return replace(base, title=title, paragraphs=tuple(paragraphs), enforcement=base.enforcement or spoken)


def measure(template: LetterTemplate) -> Readability:
    """Return how old a reader of a letter has to be, its fields filled with what is easy to read."""
    title, paragraphs = template.fill(SAMPLE_VALUES)
    text = "\n".join((f"{title}.", *paragraphs))
    hardest = hardest_sentence("\n".join(paragraphs), SAMPLE_NAMES)
    age = reading_age(text, SAMPLE_NAMES)
    return Readability(age, hardest, reading_age(hardest, SAMPLE_NAMES) if hardest else age)


def refuse_hard_words(template: LetterTemplate) -> None:
    """Refuse a wording that needs an older reader than a letter may.

    Raises:
        InvalidEntry: It does; the refusal names the sentence that needs the oldest.
    """
    found = measure(template)
    if not found.is_plain:
        raise InvalidEntry(
            f"This needs a reading age of {found.age:.0f}, and the hardest sentence {found.hardest_age:.0f}: "
            f"{found.hardest} The limit for a letter is {MAX_READING_AGE:.0f}, and for any one sentence "
            f"{MAX_SENTENCE_AGE:.0f}. {NOT_SAVED}; use shorter sentences and words.",
            field="paragraphs",
        )


def with_office_wordings(
    shipped: Sequence[LetterTemplate], decided: Iterable[OfficeWording]
) -> tuple[LetterTemplate, ...]:
    """Return the shipped templates and those of the office that pass the checks.

    A wording is checked again whenever it is read: one that was brought into the database in another way is never used.
    """
    return (*shipped, *_usable(shipped, decided))


def _usable(shipped: Sequence[LetterTemplate], decided: Iterable[OfficeWording]) -> Iterator[LetterTemplate]:
    for wording in decided:
        base = base_of(shipped, wording.kind)
        if base is not None and not problem_of(base, wording):
            worded = word_template(base, wording.title, wording.paragraphs)
            yield replace(worded, valid_from=wording.valid_from, version=wording.number)


def base_of(shipped: Iterable[LetterTemplate], kind: str) -> LetterTemplate | None:
    """Return the newest shipped template of a letter, which says all of it but its words; None for no letter."""
    known = [each for each in shipped if each.kind.value == kind]
    return max(known, key=lambda each: each.valid_from, default=None)


def problem_of(base: LetterTemplate, wording: OfficeWording) -> str:
    """Say why a wording is not used; empty where it is."""
    try:
        refuse_hard_words(word_template(base, wording.title, wording.paragraphs))
    except InvalidEntry as refused:
        return refused.sentence.partition(f" {NOT_SAVED};")[0]  # it was saved, in another way
    return ""


def label_of(kind: str) -> str:
    """Return the name of a letter for people; one that this program does not know keeps its own."""
    return LetterKind(kind).label if kind in set(LetterKind) else kind
