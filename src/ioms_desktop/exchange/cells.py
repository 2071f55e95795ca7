"""Cells of one column, from text to values: what each kind of column accepts, and in one sentence why not."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.day_time import Moment
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.domain.records.identifiers import cro_number, pnc_id
from ioms_desktop.domain.records.record import Column, Kind
from ioms_desktop.domain.text_format import day_words, listed
from ioms_desktop.exchange.text import LONG_TEXT_LIMIT, TEXT_LIMIT, WrongCell, clean

FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_REMEMBERED = 50_000
LONGEST_NUMBER = 30
LONGEST_CODE = 60

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_UK_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::[0-9]{2})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_YES_NO = {"yes": True, "no": False}

# The days that are meant to lie ahead; every other day is one on which something happened.
STILL_TO_COME = frozenset({"due_on", "ends_on", "expected_release_on", "final_third_from"})

# A reference stands in the indexes of every table that refers to it, and those hold no more.
LONGEST_REFERENCE = 200
_LIMITS = {Kind.LONG_TEXT: LONG_TEXT_LIMIT, Kind.REF: LONGEST_REFERENCE}

Parse = Callable[[str], Any]


class Wrong(NamedTuple):
    """Why a cell is not accepted."""

    reason: str


class ReadColumn(NamedTuple):
    """One column of a chunk of rows, read.

    Attributes:
        values: The values; None where the cell is empty or wrong.
        wrong: Why cells are not accepted, by their place in the chunk.
        odd: What is taken with a warning, by place.
    """

    values: list[Any]
    wrong: dict[int, str]
    odd: dict[int, str]


class ColumnReader:
    """Reads the cells of one column, remembering what it has read: most cells of a file are like earlier ones."""

    def __init__(self, column: Column, lists: CodeLists, today: date) -> None:
        """Prepare for a column.

        Args:
            column: What the record says of it.
            lists: The code lists.
            today: The present day: what lies after it is taken with a warning, a birth is not.
        """
        self.column = column
        self._today = today
        self._event = column.kind in {Kind.DATE, Kind.MOMENT} and column.name not in STILL_TO_COME
        self._limit = _LIMITS.get(column.kind, TEXT_LIMIT)
        self._parse = _parser(column, lists, today)
        self._codes = lists.of(column.codes) if column.kind is Kind.CODE and lists.of(column.codes).open else None
        self._remembered: dict[str, Any] = {}

    def read(self, cells: Sequence[str]) -> ReadColumn:
        """Read the cells of a chunk of rows."""
        texts, wrong = self._cleaned(cells)
        values: list[Any] = texts if self._parse is None else self._parsed(texts, wrong)
        if self._parse is None:
            values = [text or None for text in texts] if "" in texts else texts
        if self.column.required and None in values:
            empty = f"{self.column.name} is empty and must have a value."
            for place, value in enumerate(values):
                if value is None and place not in wrong:
                    wrong[place] = empty
        return ReadColumn(values, wrong, self._odd(values))

    def _cleaned(self, cells: Sequence[str]) -> tuple[list[str], dict[int, str]]:
        together = "".join(cells)
        wrong: dict[int, str] = {}
        if together.isascii() and together.isprintable() and "'" not in together:
            texts = list(map(str.strip, cells))
            if len(together) <= self._limit or max(map(len, texts)) <= self._limit:
                return texts, wrong
        texts = []
        for place, cell in enumerate(cells):
            try:
                texts.append(clean(cell, self._limit))
            except WrongCell as reason:
                texts.append("")
                wrong[place] = str(reason)
        return texts, wrong

    def _parsed(self, texts: Sequence[str], wrong: dict[int, str]) -> list[Any]:
        known = self._remembered
        if len(known) > MOST_REMEMBERED:
            known.clear()
        for text in set(texts).difference(known):
            known[text] = self._read_one(text)
        values = [known[text] for text in texts]
        for place, value in enumerate(values):
            if type(value) is Wrong:
                wrong[place] = value.reason
                values[place] = None
        return values

    def _read_one(self, text: str) -> Any:  # noqa: ANN401 - of the column's own type
        if not text or self._parse is None:
            return None
        try:
            return self._parse(text)
        except WrongCell as reason:
            return Wrong(str(reason))

    def _odd(self, values: Sequence[Any]) -> dict[int, str]:
        codes = self._codes
        if self._event:
            return self._future(values)
        if codes is None:
            return {}
        return {
            place: f"{value} is not in the list {codes.title}; it is kept as it was sent."
            for place, value in enumerate(values)
            if value is not None and value not in codes
        }

    def _future(self, values: Sequence[Any]) -> dict[int, str]:
        days = [value.on if isinstance(value, Moment) else value for value in values]
        if max(filter(None, days), default=self._today) <= self._today:
            return {}
        return {
            place: f"{day_words(day)} is still to come; it is kept as it was sent."
            for place, day in enumerate(days)
            if day is not None and day > self._today
        }


def _parser(column: Column, lists: CodeLists, today: date) -> Parse | None:
    special: Mapping[str, Parse] = {
        "pnc_id": _refusing(lambda text: pnc_id(text, today.year)),
        "cro_number": _refusing(cro_number),
        "date_of_birth": lambda text: parse_birth(text, today),
    }
    if column.name in special:
        return special[column.name]
    if column.kind is Kind.CODE:
        return _code_parser(lists.of(column.codes))
    if column.kind is Kind.WHOLE:
        return _whole_parser(column)
    return {
        Kind.DATE: parse_day,
        Kind.MOMENT: parse_moment,
        Kind.YES_NO: parse_yes_no,
        Kind.NUMBER: parse_number,
    }.get(column.kind)


def parse_day(text: str) -> date:
    """Read `YYYY-MM-DD` or `DD/MM/YYYY`.

    Raises:
        WrongCell: It is neither, or there is no such day.
    """
    found = _ISO_DAY.fullmatch(text)
    parts = found.groups() if found is not None else ()
    if found is None:
        found = _UK_DAY.fullmatch(text)
        parts = tuple(reversed(found.groups())) if found is not None else ()
    if not parts:
        raise WrongCell("This is no date; write it as YYYY-MM-DD or DD/MM/YYYY.")
    try:
        day = date(*map(int, parts))
    except ValueError:
        raise WrongCell("There is no such day; write it as YYYY-MM-DD or DD/MM/YYYY.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise WrongCell(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def parse_birth(text: str, today: date) -> date:
    """Read a date of birth.

    Raises:
        WrongCell: It is no date, or lies in the future.
    """
    day = parse_day(text)
    if day > today:
        raise WrongCell(f"A date of birth cannot lie in the future, and {day_words(day)} is still to come.")
    return day


def parse_moment(text: str) -> Moment:
    """Read a day, or a day with a local time: `YYYY-MM-DDTHH:MM`, also with a space, also as `DD/MM/YYYY HH:MM`.

    Raises:
        WrongCell: It is neither.
    """
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    if not clock:
        return Moment(parse_day(day))
    found = _TIME.fullmatch(clock.strip())
    if found is None:
        raise WrongCell("This is no date or date-time; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM.")
    try:
        return Moment(parse_day(day), time(int(found[1]), int(found[2])))
    except WrongCell:
        raise
    except ValueError:
        raise WrongCell("There is no such time of day; write it from 00:00 to 23:59.") from None


def parse_yes_no(text: str) -> bool:
    """Read yes or no, in any case.

    Raises:
        WrongCell: It is neither.
    """
    answer = _YES_NO.get(text.lower())
    if answer is None:
        raise WrongCell("This is neither yes nor no; write yes or no.")
    return answer


def parse_number(text: str) -> str:
    """Read a decimal number, kept as it was written.

    Raises:
        WrongCell: It is none.
    """
    if len(text) > LONGEST_NUMBER or _NUMBER.fullmatch(text) is None:
        raise WrongCell("This is no number; write it with digits and one decimal point, for example 12.5.")
    return text


def _whole_parser(column: Column) -> Parse:
    low, high = column.low or 0, column.high or 0

    def parse(text: str) -> int:
        if _WHOLE.fullmatch(text) is None or not low <= int(text) <= high:
            raise WrongCell(f"This must be a whole number from {low} to {high}.")
        return int(text)

    return parse


def _code_parser(codes: CodeList) -> Parse:
    offered = [code.code for code in codes.offered()]

    def parse(text: str) -> str:
        if text in codes or codes.open:
            return text
        near = difflib.get_close_matches(text[:LONGEST_CODE].upper(), offered, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise WrongCell(f"This is no code of the list {codes.title}; accepted are {listed(offered, 'or')}.{hint}")

    return parse


def _refusing(canonical: Callable[[str], str]) -> Parse:
    def parse(text: str) -> str:
        try:
            return canonical(text)
        except Refused as refusal:
            raise WrongCell(refusal.sentence) from refusal

    return parse
