"""Converts the cells of a column from text to values, with one sentence for each that is not accepted."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.date_text import day_month_year
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.domain.records.identifiers import canonical_cro_number, canonical_pnc_id
from ioms_desktop.domain.records.record import Column, ColumnKind, parts_of
from ioms_desktop.domain.records.references import clean_reference
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.domain.validation.column_rules import NUMBER_MESSAGE, describe_future, is_future, is_number
from ioms_desktop.exchange.odd_texts import OddTexts
from ioms_desktop.exchange.text import MAX_LONG_TEXT_CHARS, MAX_TEXT_CHARS, InvalidCell, clean_text

FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_CACHED_CELLS = 50_000
MAX_CODE_CHARS = 60

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_UK_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::[0-9]{2})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_YES_NO = {"yes": True, "no": False}

# References are indexed in every table that uses them, and indexes hold no more.
MAX_REFERENCE_CHARS = 200
_CHAR_LIMITS = {ColumnKind.LONG_TEXT: MAX_LONG_TEXT_CHARS, ColumnKind.REF: MAX_REFERENCE_CHARS}

CellParser = Callable[[str], Any]


class InvalidValue(NamedTuple):
    """Why a cell is not accepted."""

    reason: str


class ColumnChunk(NamedTuple):
    """The converted cells of one column, for a chunk of rows.

    Attributes:
        values: The values; None where the cell is empty or wrong.
        errors: Why cells are not accepted, by their position in the chunk.
        warnings: Warnings about accepted cells, by position.
    """

    values: list[Any]
    errors: dict[int, str]
    warnings: dict[int, str]


class ColumnReader:
    """Converts the cells of one column, with a cache: most cells of a file repeat earlier ones."""

    def __init__(self, column: Column, lists: CodeLists, now: DayTime) -> None:
        """Prepare for a column.

        Args:
            column: Its declaration in the record.
            lists: The code lists.
            now: The local time: a later event gets a warning, a later date of birth is refused.
        """
        self.column = column
        self._now = now
        self._is_event_date = column.kind in {ColumnKind.DATE, ColumnKind.DAY_TIME} and not column.future
        self._limit = _CHAR_LIMITS.get(column.kind, MAX_TEXT_CHARS)
        self._parse = _parser_for(column, lists, now.on)
        self._codes = lists.of(column.codes) if column.kind is ColumnKind.CODE and lists.of(column.codes).open else None
        self._odd_texts = OddTexts(column)
        self._cache: dict[str, Any] = {}

    def read(self, cells: Sequence[str]) -> ColumnChunk:
        """Convert the cells of a chunk of rows."""
        if not any(cells) and not self.column.required:  # as many columns of a file are
            return ColumnChunk([None] * len(cells), {}, {})
        texts, wrong = self._clean_cells(cells)
        values: list[Any] = texts if self._parse is None else self._parse_cells(texts, wrong)
        if self._parse is None:
            values = [text or None for text in texts] if "" in texts else texts
        if self.column.required and None in values:
            empty = f"{self.column.exchange_name} is empty and must have a value."
            for place, value in enumerate(values):
                if value is None and place not in wrong:
                    wrong[place] = empty
        return ColumnChunk(values, wrong, self._find_warnings(values))

    def _clean_cells(self, cells: Sequence[str]) -> tuple[list[str], dict[int, str]]:
        together = "".join(cells)
        wrong: dict[int, str] = {}
        if together.isascii() and together.isprintable() and "'" not in together:
            texts = list(map(str.strip, cells))
            if len(together) <= self._limit or max(map(len, texts)) <= self._limit:
                return texts, wrong
        texts = []
        for place, cell in enumerate(cells):
            try:
                text = clean_text(cell, self._limit)
                texts.append(clean_reference(text) if self.column.kind is ColumnKind.REF else text)
            except InvalidCell as reason:
                texts.append("")
                wrong[place] = str(reason)
        return texts, wrong

    def _parse_cells(self, texts: Sequence[str], wrong: dict[int, str]) -> list[Any]:
        known = self._cache
        if len(known) > MAX_CACHED_CELLS:
            known.clear()
        for text in set(texts).difference(known):
            known[text] = self._parse_one(text)
        values = [known[text] for text in texts]
        for place, value in enumerate(values):
            if type(value) is InvalidValue:
                wrong[place] = value.reason
                values[place] = None
        return values

    def _parse_one(self, text: str) -> Any:  # noqa: ANN401 - of the column's own type
        if not text or self._parse is None:
            return None
        try:
            return self._parse(text)
        except InvalidCell as reason:
            return InvalidValue(str(reason))

    def _find_warnings(self, values: Sequence[Any]) -> dict[int, str]:
        codes = self._codes
        if self._odd_texts.is_needed:
            return self._odd_texts.find(values)
        if self._is_event_date:
            return self._future_date_warnings(values)
        if codes is None:
            return {}
        return {
            place: f"{value} is not in the list {codes.title}; it is kept as it was sent."
            for place, value in enumerate(values)
            if value is not None and value not in codes
        }

    def _future_date_warnings(self, values: Sequence[Any]) -> dict[int, str]:
        days = [value.on if isinstance(value, DayTime) else value for value in values]
        if max(filter(None, days), default=self._now.on) < self._now.on:
            return {}
        moments = {value: value if isinstance(value, DayTime) else DayTime(value) for value in set(values) - {None}}
        late = {value: moment for value, moment in moments.items() if is_future(moment, self._now)}
        return {
            place: f"{describe_future(late[value])}; it is kept as it was sent."
            for place, value in enumerate(values)
            if value in late
        }


def _parser_for(column: Column, lists: CodeLists, today: date) -> CellParser | None:
    special: Mapping[str, CellParser] = {
        "pnc_id": _parser_from(lambda text: canonical_pnc_id(text, today.year)),
        "cro_number": _parser_from(canonical_cro_number),
        "date_of_birth": lambda text: parse_date_of_birth(text, today),
    }
    if column.name in special:
        return special[column.name]
    if column.kind is ColumnKind.CODE:
        return _code_parser(lists.of(column.codes))
    if column.codes:
        return _several_codes_parser(lists.of(column.codes))
    if column.kind is ColumnKind.WHOLE:
        return _whole_number_parser(column)
    return {
        ColumnKind.DATE: parse_day,
        ColumnKind.DAY_TIME: parse_day_time,
        ColumnKind.YES_NO: parse_yes_no,
        ColumnKind.NUMBER: parse_number,
    }.get(column.kind)


def parse_day(text: str) -> date:
    """Read `YYYY-MM-DD` or `DD/MM/YYYY`.

    Raises:
        InvalidCell: It is neither, or there is no such day.
    """
    iso, uk = _ISO_DAY.fullmatch(text), _UK_DAY.fullmatch(text)
    if iso is not None:
        day = day_month_year(iso[3], iso[2], iso[1])
    elif uk is not None:
        day = day_month_year(uk[1], uk[2], uk[3])
    else:
        raise InvalidCell("This is not a date; write it as YYYY-MM-DD or DD/MM/YYYY.")
    if day is None:
        raise InvalidCell("There is no such day; write it as YYYY-MM-DD or DD/MM/YYYY.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidCell(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def parse_date_of_birth(text: str, today: date) -> date:
    """Read a date of birth.

    Raises:
        InvalidCell: It is no date, or lies in the future.
    """
    day = parse_day(text)
    if day > today:
        raise InvalidCell(f"A date of birth cannot lie in the future, and {format_day(day)} is still to come.")
    return day


def parse_day_time(text: str) -> DayTime:
    """Read a day, or a day with a local time: `YYYY-MM-DDTHH:MM`, also with a space, also as `DD/MM/YYYY HH:MM`.

    Raises:
        InvalidCell: It is neither.
    """
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    if not clock:
        return DayTime(parse_day(day))
    found = _TIME.fullmatch(clock.strip())
    if found is None:
        raise InvalidCell("This is not a date or date-time; write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM.")
    try:
        return DayTime(parse_day(day), time(int(found[1]), int(found[2])))
    except InvalidCell:
        raise
    except ValueError:
        raise InvalidCell("There is no such time of day; write it from 00:00 to 23:59.") from None


def parse_yes_no(text: str) -> bool:
    """Read yes or no, in any case.

    Raises:
        InvalidCell: It is neither.
    """
    answer = _YES_NO.get(text.lower())
    if answer is None:
        raise InvalidCell("This is neither yes nor no; write yes or no.")
    return answer


def parse_number(text: str) -> str:
    """Read a decimal number, and keep it as it was written.

    Raises:
        InvalidCell: It is none.
    """
    if not is_number(text):
        raise InvalidCell(NUMBER_MESSAGE)
    return text


def _whole_number_parser(column: Column) -> CellParser:
    low, high = column.low or 0, column.high or 0

    def parse(text: str) -> int:
        if _WHOLE.fullmatch(text) is None or not low <= int(text) <= high:
            raise InvalidCell(f"This must be a whole number from {low} to {high}.")
        return int(text)

    return parse


def _code_parser(codes: CodeList) -> CellParser:
    offered = [code.code for code in codes.offered()]

    def parse(text: str) -> str:
        if text in codes or codes.open:
            return text
        near = difflib.get_close_matches(text[:MAX_CODE_CHARS].upper(), offered, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        hint += f" {codes.never}" if codes.never else ""
        raise InvalidCell(
            f"This is not a code of the list {codes.title}; accepted are {join_words(offered, 'or')}.{hint}"
        )

    return parse


def _several_codes_parser(codes: CodeList) -> CellParser:
    of_one = _code_parser(codes)

    def parse(text: str) -> str:
        for part in parts_of(text):
            of_one(part)
        return text

    return parse


def _parser_from(canonical: Callable[[str], str]) -> CellParser:
    def parse(text: str) -> str:
        try:
            return canonical(text)
        except Refused as refusal:
            raise InvalidCell(refusal.sentence) from refusal

    return parse
