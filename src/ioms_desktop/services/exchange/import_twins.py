"""Finds rows of an import that are probably about somebody or something known under another reference."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from typing_extensions import override

from ioms_desktop.domain.records.identifiers import number_form
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.numbers import OTHER_NUMBER, PersonNumber
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, record_label
from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.exchange.row_index import RowIndex, RowPlace
from ioms_desktop.storage.records.bulk_read import stream_columns
from ioms_desktop.storage.records.read import Reading


class _OddRow(NamedTuple):
    """A new row whose reference is written unusually, by its number in the index."""

    ref: str
    number: int


class TwinCheck:
    """The check of one table whose rows have references of their own."""

    def __init__(self, record_type: type[Record], index: RowIndex) -> None:
        """Begin without a row.

        Args:
            record_type: The table's record type.
            index: The rows of the import by reference.
        """
        self._index = index
        names = [column.name for column in columns_of(record_type)]
        self._record_type = record_type
        self._ref_column = record_type.key[0]
        self._ref_place = names.index(self._ref_column)
        identifiers = Person.identifiers if record_type is Person else ()
        self._identifiers = [(name, names.index(name)) for name in identifiers]
        # An office may write all its references unusually; few of them are like another.
        self._odd: dict[str, _OddRow] = {}
        self._more_odd: dict[str, list[_OddRow]] = {}
        # Many rows have several identifiers, so only a number stands here for each, and one for its row.
        self._rows_by_identifier: dict[int, int] = {}
        self._warned: set[int] = set()
        self._told: set[int] = set()
        self._has_new_rows = self._has_changes = False

    def note(self, report: FileReport, place: int, values: Sequence[Any], absent: Sequence[int]) -> None:
        """Note an accepted row; of columns that are absent from its file nothing is said."""
        outcome = report.outcomes[place]
        if outcome == RowOutcome.CREATED:
            self._has_new_rows = True
            ref = values[self._ref_place]
            likeness = reference_likeness(ref)
            if likeness != ref:
                self._note_odd(likeness, _OddRow(ref, self._index.number(report, place)))
        for name, position in self._identifiers:
            value = values[position]
            if value is not None and position not in absent:
                self._has_changes = self._has_changes or outcome != RowOutcome.UNCHANGED
                self._note_identifier(name, value, report, place)

    def finish(self, reading: Reading, *, is_empty: bool) -> None:
        """Warn of what was noted.

        Args:
            reading: The database.
            is_empty: Whether no record of the type is stored.
        """
        self._compare_rows()
        if is_empty or not (self._has_new_rows or self._has_changes):
            return
        names = (self._ref_column, *(name for name, _ in self._identifiers))
        for ref, *identifiers in stream_columns(reading, self._record_type, names):
            self._compare_stored_reference(ref)
            if self._rows_by_identifier and self._index.first(ref) is None:
                self._compare_stored_identifiers(ref, identifiers)

    def _note_odd(self, likeness: str, row: _OddRow) -> None:
        if self._odd.setdefault(likeness, row) is not row:
            self._more_odd.setdefault(likeness, []).append(row)

    def _note_identifier(self, name: str, value: str, report: FileReport, place: int) -> None:
        number = self._index.number(report, place)
        mark = _identifier_mark(name, value)
        first = self._rows_by_identifier.setdefault(mark, number)
        if first == number:
            return
        other = self._index.row(first)
        self._warn_of_identifier(RowPlace(report, place), name, value, _words(other))
        if mark not in self._warned:
            self._warned.add(mark)
            self._warn_of_identifier(other, name, value, _words(RowPlace(report, place)))

    def _compare_rows(self) -> None:
        for likeness, first in self._odd.items():
            usual = self._index.first(likeness)
            for row in (first, *self._more_odd.get(likeness, ())):
                if usual is not None:
                    self._warn_of_reference(row, f"{likeness} ({_words(usual)})")
                elif row.ref != first.ref:
                    self._warn_of_reference(row, f"{first.ref} ({_words(self._index.row(first.number))})")

    def _compare_stored_reference(self, ref: str) -> None:
        likeness = reference_likeness(ref)
        first = self._odd.get(likeness)
        for row in () if first is None else (first, *self._more_odd.get(likeness, ())):
            if row.ref != ref:
                self._warn_of_reference(row, f"{ref} (on record)")
        if likeness != ref:
            usual = self._index.first(likeness)
            if usual is not None and usual.outcome == RowOutcome.CREATED:
                row = _OddRow(likeness, self._index.number(usual.report, usual.place))
                self._warn_of_reference(row, f"{ref} (on record)")

    def _compare_stored_identifiers(self, ref: str, identifiers: Sequence[str | None]) -> None:
        for (name, _), value in zip(self._identifiers, identifiers, strict=True):
            number = None if value is None else self._rows_by_identifier.get(_identifier_mark(name, value))
            if value is not None and number is not None:
                self._warn_of_identifier(self._index.row(number), name, value, f"{ref} (on record)")

    def _warn_of_reference(self, row: _OddRow, other: str) -> None:
        if row.number in self._told:
            return
        self._told.add(row.number)
        at, noun = self._index.row(row.number), record_label(self._record_type)
        reason = (
            f"{row.ref} differs from {other} only by case, blanks or the kind of hyphen; it is taken as another "
            f"{noun}. Compare the two."
        )
        at.report.warn(at.place, Finding(self._ref_column, row.ref, reason))

    @staticmethod
    def _warn_of_identifier(at: RowPlace, name: str, value: str, other: str) -> None:
        reason = f"{other} has the same {name}; two people with one may be one person. Compare the two."
        at.report.warn(at.place, Finding(name, value, reason[0].upper() + reason[1:]))


class NumberTwinCheck(TwinCheck):
    """The check of the numbers of other agencies, of which two people may not have one unnoticed."""

    def __init__(self, record_type: type[Record], index: RowIndex) -> None:
        """Begin without a row; as `TwinCheck`."""
        super().__init__(record_type, index)
        names = [column.name for column in columns_of(record_type)]
        self._places = [names.index(name) for name in ("person_ref", "kind", "number")]
        self._first: dict[int, tuple[int, str]] = {}  # by number: the row that has it first, and whose it is there

    @override
    def note(self, report: FileReport, place: int, values: Sequence[Any], absent: Sequence[int]) -> None:
        """Note an accepted row."""
        super().note(report, place, values, absent)
        ref, kind, value = (values[each] for each in self._places)
        if kind is None or value is None or kind == OTHER_NUMBER:
            return
        self._has_changes = self._has_changes or report.outcomes[place] != RowOutcome.UNCHANGED
        row = self._index.number(report, place)
        mark = _number_mark(kind, value)
        first, owner = self._first.setdefault(mark, (row, ref))
        if owner == ref:
            return
        other = self._index.row(first)
        self._warn_of_identifier(RowPlace(report, place), "number", value, _words(other))
        if mark not in self._warned:
            self._warned.add(mark)
            self._warn_of_identifier(other, "number", value, _words(RowPlace(report, place)))

    @override
    def finish(self, reading: Reading, *, is_empty: bool) -> None:
        """Warn of what was noted, as `TwinCheck`."""
        super().finish(reading, is_empty=is_empty)
        if is_empty or not self._has_changes:
            return
        names = (self._ref_column, "person_ref", "kind", "number")
        for key, ref, kind, value in stream_columns(reading, self._record_type, names):
            row, owner = self._first.get(_number_mark(kind, value), (None, ref))
            if row is not None and owner != ref and self._index.first(key) is None:
                self._warn_of_identifier(self._index.row(row), "number", value, f"{ref} (on record)")


def _words(row: RowPlace) -> str:
    return f"line {row.line} of {row.report.file}"


def _identifier_mark(name: str, value: str) -> int:
    return hash((name, reference_likeness(value)))


def _number_mark(kind: str, value: str) -> int:
    return hash((kind, number_form(value)))


def twin_check(record_type: type[Record], index: RowIndex) -> TwinCheck | None:
    """Return the check of a table; None where its rows have no references of their own."""
    own = {column.name for column in columns_of(record_type) if column.kind is ColumnKind.REF and not column.owner}
    if record_type.key[0] not in own:
        return None
    return (NumberTwinCheck if record_type is PersonNumber else TwinCheck)(record_type, index)
