"""The template of a letter: its wording as data, with the day from which it is in force, and what is refused in one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Any

from ioms_desktop.domain.errors import InvalidReferenceData, MalformedValue, MissingValue
from ioms_desktop.domain.letters.checks import fields_of, say_forbidden, text_problems
from ioms_desktop.domain.letters.fields import LETTER_FIELDS, FieldKind, LetterField
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.wording import forbidden_in, mentions_enforcement
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.printing.papers import LETTER_DETAIL, WORDING_DETAIL
from ioms_desktop.domain.text_format import join_words, plain_day

MAX_FIELD_CHARS = 600
NOT_LOADED = "The template was not loaded"


def describe_paper(detail: Mapping[str, Any]) -> str:
    """Say which letter an entry of the register is, and the number of its wording where that is the office's."""
    kind = str(detail.get(LETTER_DETAIL, ""))
    if kind not in set(LetterKind):
        return ""
    _, _, number = str(detail.get(WORDING_DETAIL, "")).partition("/")
    return f"Letter: {LetterKind(kind).label}" + (f", wording {number}" if number else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate:
    """The wording of a letter, as it is in force from a day on.

    Attributes:
        kind: Which letter it is.
        valid_from: The first day on which it is used.
        title: The heading of the letter.
        paragraphs: What it says, in order, with fields between braces.
        enforcement: Whether it speaks of enforcement, so that the line that the offer stays open is due.
        to_parent: Whether it is written to a parent or carer.
        signatures: Whether those it concerns sign it too.
        step: The step of the ladder that must be authorised before it is written; empty for none.
        programmes: The programmes whose cases have such a letter.
        version: The number of the office's own wording; 0 as it is shipped.
    """

    kind: LetterKind
    valid_from: date
    title: str
    paragraphs: tuple[str, ...]
    enforcement: bool
    to_parent: bool = False
    signatures: bool = False
    step: str = ""
    programmes: tuple[str, ...] = ("IOM", "PHOENIX")
    version: int = 0

    @property
    def name(self) -> str:
        """How the register says which wording a letter has: its day, and its number where it is the office's."""
        return f"{self.valid_from.isoformat()}/{self.version}" if self.version else self.valid_from.isoformat()

    @property
    def fields(self) -> tuple[LetterField, ...]:
        """The fields of it, in the order in which it first names them; whoever signs it is always one."""
        names = dict.fromkeys(name for text in (self.title, *self.paragraphs) for name in fields_of(text))
        return tuple(LETTER_FIELDS[name] for name in dict.fromkeys(("name", *names, "om", "phone")))

    @property
    def is_read_by_parents(self) -> bool:
        """Whether the parent or carer of a child receives it, has a copy of it, or signs it."""
        return self.to_parent or self.signatures or bool(self.step)

    def fill(self, values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """Return the title and the paragraphs with their fields filled in; days and times are ISO.

        The line that the offer stays open follows the last paragraph that speaks of enforcement.

        Raises:
            MissingValue: A field is empty; the refusal names it.
            MalformedValue: A value is not of its kind, or says what no letter may say.
        """
        words = {each.name: _value_of(each, values) for each in self.fields}
        paragraphs = [_filled(text, words) for text in self.paragraphs]
        spoken = [number for number, text in enumerate(paragraphs) if mentions_enforcement(text)]
        if self.enforcement or spoken:
            paragraphs.insert(max(spoken, default=len(paragraphs) - 1) + 1, OFFER_STAYS_OPEN_NOTICE)
        return _filled(self.title, words), tuple(paragraphs)


def read_template(document: Mapping[str, Any]) -> LetterTemplate:
    """Return a template as it is written down, checked.

    Raises:
        InvalidReferenceData: Something is missing, not known, or not to be said in a letter; nothing is loaded.
    """
    known = set(LetterTemplate.__dataclass_fields__)
    unknown = sorted(set(document) - known)
    if unknown:
        raise _refused(f"it has {join_words(unknown)}, which no template has")
    try:
        kind = LetterKind(document["kind"])
        valid_from, title = document["valid_from"], document["title"]
        paragraphs, enforcement = tuple(document["paragraphs"]), document["enforcement"]
    except KeyError as missing:
        raise _refused(f"it has no {missing.args[0]}") from missing
    except ValueError as other:
        raise _refused(f"{document['kind']} is no kind of letter") from other
    texts = (title, *paragraphs)
    if (
        type(valid_from) is not date
        or type(enforcement) is not bool
        or not all(isinstance(each, str) for each in texts)
    ):
        raise _refused("its day, its texts or whether it speaks of enforcement is not written as such")
    for problem in text_problems(texts):
        raise _refused(problem.what)
    unsaid = next((text for text in texts if mentions_enforcement(text)), "")
    if unsaid and not enforcement:
        raise _refused(f"this speaks of enforcement, and the template says that it does not: {unsaid}")
    return LetterTemplate(
        kind=kind,
        valid_from=valid_from,
        title=title,
        paragraphs=paragraphs,
        enforcement=enforcement,
        to_parent=document.get("to_parent") is True,
        signatures=document.get("signatures") is True,
        step=str(document.get("step", "")),
        programmes=tuple(document.get("programmes", ("IOM", "PHOENIX"))),
    )


def in_force(templates: Iterable[LetterTemplate], kind: LetterKind, on: date) -> LetterTemplate | None:
    """Return the template of a kind that is in force on a day, or None.

    What the office words itself stays in force when another wording is shipped; of one day the last counts.
    """
    begun = [each for each in templates if each.kind is kind and each.valid_from <= on]
    return max(begun, key=lambda each: (each.version > 0, each.valid_from, each.version), default=None)


def comes_into_force(templates: Iterable[LetterTemplate], template: LetterTemplate) -> bool:
    """Whether a template counts on its own first day; one that does not then never does."""
    return in_force(templates, template.kind, template.valid_from) == template


def _filled(text: str, words: Mapping[str, str]) -> str:
    """Put words in their fields; a brace in a word stays as it is."""
    return "".join(said + (words[name] if name else "") for said, name, _, _ in Formatter().parse(text))


def _value_of(field: LetterField, values: Mapping[str, str]) -> str:
    text = values.get(field.name, "").strip()
    if not text:
        raise MissingValue(f"{field.label}: the letter needs it. Nothing was written; fill it in.", field=field.name)
    if len(text) > MAX_FIELD_CHARS:
        raise MalformedValue(
            f"{field.label} has more than {MAX_FIELD_CHARS} characters. Nothing was written; shorten it.",
            field=field.name,
        )
    found = forbidden_in(text)
    if found:
        raise MalformedValue(
            f"{field.label}: {say_forbidden(*found)}. Nothing was written; say it in another way.",
            field=field.name,
        )
    if field.kind is FieldKind.DAY:
        return _day(field, text)
    if field.kind is FieldKind.TIME and not re.fullmatch(r"(?:[01]?\d|2[0-3]):[0-5]\d", text):
        raise MalformedValue(f"{text} is not a time. Nothing was written; write it as 14:30.", field=field.name)
    return text if field.kind is FieldKind.LINES else " ".join(text.split())


def _day(field: LetterField, text: str) -> str:
    try:
        return plain_day(date.fromisoformat(text), date.min)
    except ValueError as error:
        raise MalformedValue(
            f"{text} is not a date. Nothing was written; write it as 2026-11-30.", field=field.name
        ) from error


def _refused(what: str) -> InvalidReferenceData:
    return InvalidReferenceData(f"{NOT_LOADED}: {what}.")
