"""The template of a letter: its wording as data, with the day from which it is in force, and what is refused in one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from string import Formatter
from typing import Any

from ioms_desktop.domain.errors import InvalidReferenceData, MalformedValue, MissingValue
from ioms_desktop.domain.letters.wording import forbidden_in, mentions_enforcement
from ioms_desktop.domain.printing.plain_copy import OFFER_STAYS
from ioms_desktop.domain.printing.plain_words import plain_day
from ioms_desktop.domain.text_format import join_words

MAX_PARAGRAPHS = 14
MAX_PARAGRAPH_CHARS = 700
MAX_FIELD_CHARS = 600
NOT_LOADED = "The template was not loaded"


class LetterKind(StrEnum):
    """What a letter is; the value is its name on the command line and in the register."""

    IOM_NOTICE = "iom-notice"
    PHOENIX_NOTIFICATION = "phoenix-notification"
    VERBAL_WARNING = "verbal-warning"
    WRITTEN_WARNING = "written-warning"
    ABC = "abc"
    OFFER = "offer"
    APPOINTMENT = "appointment"
    CLOSING = "closing"
    PARENT = "parent"

    @property
    def label(self) -> str:
        """Its name for people."""
        return KIND_LABELS[self]


KIND_LABELS = {
    LetterKind.IOM_NOTICE: "IOM letter",
    LetterKind.PHOENIX_NOTIFICATION: "Phoenix notification",
    LetterKind.VERBAL_WARNING: "Verbal warning, confirmed",
    LetterKind.WRITTEN_WARNING: "Written warning",
    LetterKind.ABC: "Acceptable behaviour contract",
    LetterKind.OFFER: "Offer of support",
    LetterKind.APPOINTMENT: "Appointment",
    LetterKind.CLOSING: "Closing",
    LetterKind.PARENT: "To a parent or carer",
}


LETTER_DETAIL = "letter"
"""The key by which the register says which letter a paper is."""


def describe_paper(detail: Mapping[str, Any]) -> str:
    """Say which letter an entry of the register is, or nothing where it is none."""
    kind = str(detail.get(LETTER_DETAIL, ""))
    return f"Letter: {LetterKind(kind).label}" if kind in set(LetterKind) else ""


class FieldKind(Enum):
    """How a field of a letter is asked for."""

    LINE = "line"
    LINES = "lines"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class LetterField:
    """A named field of a template.

    Attributes:
        name: Its name between braces.
        label: Its name for people.
        kind: How it is asked for.
        help: What belongs into it.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    help: str = ""


LETTER_FIELDS = {
    each.name: each
    for each in (
        LetterField("name", "Name", help="As the person is called."),
        LetterField("om", "Signed by", help="Who signs it, and is to be called."),
        LetterField("phone", "Telephone", help="The number of who signs it."),
        LetterField("day", "Day", FieldKind.DAY, "The day that the letter speaks of."),
        LetterField("until", "Last day", FieldKind.DAY, "The day on which it ends."),
        LetterField("time", "Time", FieldKind.TIME, "Such as 14:30."),
        LetterField("place", "Place"),
        LetterField("offer", "What is offered", help="In plain words, as the end of: We offer you …"),
        LetterField("conduct", "What it is about", FieldKind.LINES, "What was done, when and where, in plain words."),
        LetterField("promises", "What is agreed", FieldKind.LINES, "What the person agrees to do, a line each."),
        LetterField("support", "What we do", FieldKind.LINES, "The help that goes with it."),
        LetterField("why", "Why", help="In plain words, as a sentence."),
    )
}
"""Every field that a template may use; a template with another one is refused."""


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

    @property
    def fields(self) -> tuple[LetterField, ...]:
        """The fields of it, in the order in which it first names them; whoever signs it is always one."""
        names = dict.fromkeys(name for text in (self.title, *self.paragraphs) for name in _fields_of(text))
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
        if self.enforcement:
            spoken = [number for number, text in enumerate(self.paragraphs) if mentions_enforcement(text)]
            paragraphs.insert(max(spoken, default=len(paragraphs) - 1) + 1, OFFER_STAYS)
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
    _check_texts(texts, enforcement=enforcement)
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
    """Return the template of a kind that is in force on a day, or None."""
    begun = [each for each in templates if each.kind is kind and each.valid_from <= on]
    return max(begun, key=lambda each: each.valid_from, default=None)


def _check_texts(texts: Sequence[str], *, enforcement: bool) -> None:
    if not 1 < len(texts) <= MAX_PARAGRAPHS + 1:
        raise _refused(f"it has no paragraph, or more than {MAX_PARAGRAPHS}")
    for text in texts:
        if not text.strip() or len(text) > MAX_PARAGRAPH_CHARS:
            raise _refused(f"a text of it is empty or has more than {MAX_PARAGRAPH_CHARS} characters")
        if re.search(r"[<>*_#`\\\[\]]|&\w+;|&#|^\s|\s$|\s\s|[^\S ]", text) or not text.isprintable():
            raise _refused(f"this is formatted, and a letter has plain sentences: {text}")
        _fields_of(text)
        if OFFER_STAYS.rstrip(".").casefold() in text.casefold():
            raise _refused("the program itself says once that the offer stays open, where it is due; leave it out")
        if mentions_enforcement(text) and not enforcement:
            raise _refused(f"this speaks of enforcement, and the template says that it does not: {text}")
    found = forbidden_in(" ".join(texts))
    if found:
        raise _refused(
            f"no letter says \N{LEFT DOUBLE QUOTATION MARK}{found[0]}\N{RIGHT DOUBLE QUOTATION MARK}: {found[1]}"
        )


def _fields_of(text: str) -> tuple[str, ...]:
    """Return the names of the fields in a text.

    Raises:
        InvalidReferenceData: A field is not known, or is written in another way than by its name alone.
    """
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as broken:
        raise _refused(f"a brace is not closed: {text}") from broken
    for _, name, form, conversion in parts:
        if name not in LETTER_FIELDS or form or conversion:
            raise _refused(f"{{{name}}} is no field of a letter; there are {join_words(sorted(LETTER_FIELDS))}")
    if "{{" in text or "}}" in text:
        raise _refused(f"a brace stands for itself: {text}")
    return tuple(name for _, name, _, _ in parts if name)


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
            f"No letter says \N{LEFT DOUBLE QUOTATION MARK}{found[0]}\N{RIGHT DOUBLE QUOTATION MARK}: {found[1]}. "
            "Nothing was written; say it in another way.",
            field=field.name,
        )
    if field.kind is FieldKind.DAY:
        return _day(field, text)
    if field.kind is FieldKind.TIME and not re.fullmatch(r"(?:[01]?\d|2[0-3]):[0-5]\d", text):
        raise MalformedValue(f"{text} is no time. Nothing was written; write it as 14:30.", field=field.name)
    return text if field.kind is FieldKind.LINES else " ".join(text.split())


def _day(field: LetterField, text: str) -> str:
    try:
        return plain_day(date.fromisoformat(text), date.min)
    except ValueError as error:
        raise MalformedValue(
            f"{text} is no day. Nothing was written; write it as 2026-11-30.", field=field.name
        ) from error


def _refused(what: str) -> InvalidReferenceData:
    return InvalidReferenceData(f"{NOT_LOADED}: {what}.")
