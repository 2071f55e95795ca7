"""What is refused in the texts of a letter: formatting, fields that nobody fills, and what no letter says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import Formatter

from ioms_desktop.domain.letters.fields import LETTER_FIELDS
from ioms_desktop.domain.letters.wording import forbidden_in
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.text_format import join_words

MAX_PARAGRAPHS = 14
MAX_PARAGRAPH_CHARS = 700
_FORMATTED = re.compile(r"[<>*_#`\\\[\]]|&\w+;|&#|^\s|\s$|\s\s|[^\S ]")


@dataclass(frozen=True, slots=True)
class TextProblem:
    """Something that a template may not say.

    Attributes:
        number: The paragraph, from 1; 0 for the title.
        what: What is wrong, as the end of a sentence.
    """

    number: int
    what: str


def text_problems(texts: Sequence[str]) -> Iterator[TextProblem]:
    """Yield what is wrong in a title and the paragraphs after it."""
    if not 1 < len(texts) <= MAX_PARAGRAPHS + 1:
        yield TextProblem(1, f"it has no paragraph, or more than {MAX_PARAGRAPHS}")
    for number, text in enumerate(texts):
        what = _problem(text)
        if what:
            yield TextProblem(number, what)
    found = forbidden_in(" ".join(texts))
    if found:
        number = next((number for number, text in enumerate(texts) if forbidden_in(text)), 1)
        yield TextProblem(number, say_forbidden(*found))


def say_forbidden(said: str, why: str) -> str:
    """Say what no letter says, and why, as the end of a sentence."""
    return f"no letter says \N{LEFT DOUBLE QUOTATION MARK}{said}\N{RIGHT DOUBLE QUOTATION MARK}: {why}"


def _problem(text: str) -> str:
    if not text.strip() or len(text) > MAX_PARAGRAPH_CHARS:
        return f"a text of it is empty or has more than {MAX_PARAGRAPH_CHARS} characters"
    if _FORMATTED.search(text) or not text.isprintable():
        return f"this has formatting, and a letter has plain sentences only: {text}"
    if OFFER_STAYS_OPEN_NOTICE.rstrip(".").casefold() in text.casefold():
        return "the program adds by itself that the offer of support remains open, where it is needed; leave it out"
    return _field_problem(text)


def _field_problem(text: str) -> str:
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return f"a brace is not closed: {text}"
    for _, name, form, conversion in parts:
        if name not in LETTER_FIELDS or form or conversion:
            return f"{{{name}}} is not a field of a letter; the fields are {join_words(sorted(LETTER_FIELDS))}"
    if "{{" in text or "}}" in text:
        return f"doubled braces are not allowed: {text}"
    return ""


def fields_of(text: str) -> tuple[str, ...]:
    """Return the names of the fields in a text that was checked."""
    return tuple(name for _, name, _, _ in Formatter().parse(text) if name)
