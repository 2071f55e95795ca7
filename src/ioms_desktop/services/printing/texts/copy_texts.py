"""Keeps people's own words out of a copy for a reader outside while it is gathered, and puts them back as reviewed.

While a copy is gathered a token stands for each text. Which tokens are left once the copy is reduced to what its reader
may have says which texts it carries, wherever in a sentence they stand; only then the words are put in, without the
spans that a reviewer marked. So whatever quotes a text, quotes it without them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from ioms_desktop.domain.printing.summary_texts import in_words, with_texts
from ioms_desktop.domain.printing.texts.marks import (
    LEFT_OUT,
    NOT_REVIEWED,
    RemovedText,
    TextReview,
    TextsOnCopy,
    TextsState,
    joined_spans,
    without_spans,
)
from ioms_desktop.domain.printing.texts.printed import CODES_IN, OWN_WORDS, SEVERAL
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_of, day_of
from ioms_desktop.services.cases.cases import CaseView

T = TypeVar("T")
TOKEN = re.compile("\ufdd0([0-9]+)\ufdd1")
"""What stands for a text: its number between two characters that no text has, which Unicode keeps for such a use."""


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text in somebody's own words.

    Attributes:
        id: Which it is, in which version of its record.
        what: What it is, in words: `Contact, note`.
        on: The day of its record.
    """

    id: str
    what: str
    on: date | None
    text: str


class CopyTexts:
    """The texts of one copy.

    Attributes:
        carried: The texts that the copy carries, known once they were put back.
    """

    def __init__(self, view: CaseView, lists: CodeLists, review: TextReview, part: str = "") -> None:
        """Take the texts out of a case.

        Args:
            view: The case as who prints may see it.
            lists: Which values are codes.
            review: What was decided of its texts.
            part: The field of what the reader may have that alone is printed; empty for all of it.
        """
        self._texts: list[OwnText] = []
        self._lists, self._review, self._part = lists, review, part
        self._carried: dict[int, OwnText] = {}
        self._whole = view

    @cached_property
    def view(self) -> CaseView:
        """The case with a token in the place of each text."""
        whole = self._whole
        return CaseView(**{each.name: self._masked(getattr(whole, each.name)) for each in fields(whole)})

    @property
    def carried(self) -> tuple[OwnText, ...]:
        """The texts that the copy carries, in the order of the case."""
        return tuple(self._carried[number] for number in sorted(self._carried))

    def put_back(self, facts: T) -> T:
        """Return what a reader may have with the texts in it, as they were reviewed."""
        filled = with_texts(facts, self._filled, kept=frozenset())
        if self._part:
            self._carried.clear()
            with_texts(getattr(facts, self._part), self._filled, kept=frozenset())
        return filled

    def on_copy(self) -> TextsOnCopy:
        """Say what became of those that the copy carries."""
        carried = self.carried
        if not carried:
            return TextsOnCopy()
        if self._review.left_out:
            return TextsOnCopy(TextsState.LEFT_OUT)
        if any(each.id not in self._review.marks for each in carried):
            return TextsOnCopy(TextsState.PENDING)
        marked = ((each, joined_spans(each.text, self._review.marks[each.id])) for each in carried)
        return TextsOnCopy(
            TextsState.REVIEWED, tuple(RemovedText(each.id, each.on, spans) for each, spans in marked if spans)
        )

    def _masked(self, shown: Any) -> Any:  # noqa: ANN401 - of whatever type a field of the view has
        if isinstance(shown, Record):
            return self._without_words(shown)
        if isinstance(shown, tuple) and shown and type(shown[0]) in OWN_WORDS:
            return tuple(self._without_words(each) for each in shown)
        if isinstance(shown, Mapping):
            return {key: self._masked(each) for key, each in shown.items()}
        return shown

    def _without_words(self, record: Record) -> Record:
        names = OWN_WORDS.get(type(record), ())
        masked: dict[str, Any] = {
            name: ";".join(self._tokens(record, name, value)) for name in names if (value := getattr(record, name))
        }
        return replace(record, **masked) if masked else record

    def _tokens(self, record: Record, name: str, value: str) -> Iterator[str]:
        codes = self._lists.of(CODES_IN[name]) if name in CODES_IN else None
        for number, part in enumerate(value.split(";") if name in SEVERAL else [value]):
            if not part.strip() or (codes is not None and codes.get(part.strip()) is not None):
                yield part
                continue
            label = next(each.label for each in columns_of(type(record)) if each.name == name)
            which = f"{name}.{number}" if name in SEVERAL else name
            found = OwnText(
                id=f"{record.table}:{record.id}:{record.revision}:{which}",
                what=f"{record.label}, {label[:1].lower()}{label[1:]}",
                on=None if isinstance(record, Person) else day_of(record),  # a birth would read as the text's day
                text=part.strip(),
            )
            self._texts.append(found)
            yield f"\ufdd0{len(self._texts) - 1}\ufdd1"

    def _filled(self, text: str) -> str:
        if "\ufdd0" not in text and "\ufdd1" not in text:
            return text
        # What is left of a token that was cut off says nothing.
        return in_words(re.sub("[\ufdd0\ufdd1]", "", TOKEN.sub(self._words_of, text)))

    def _words_of(self, found: re.Match[str]) -> str:
        number = int(found[1])
        if number >= len(self._texts):
            return LEFT_OUT
        told = self._carried[number] = self._texts[number]
        if self._review.left_out:
            return LEFT_OUT
        marks = self._review.marks.get(told.id)
        return NOT_REVIEWED if marks is None else without_spans(told.text, marks)
