"""Finds rows of an import that are probably about somebody or something known under another reference."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ioms_desktop.domain.records.people import IDENTIFIER_COLUMNS, Person
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of, record_label
from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.storage.records.bulk_read import stream_columns
from ioms_desktop.storage.records.read import Reading


class RowPlace(NamedTuple):
    """A row of the import."""

    report: FileReport
    place: int

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return f"line {self.report.lines[self.place]} of {self.report.file}"


class _OddRow(NamedTuple):
    """A new row whose reference is written unusually."""

    ref: str
    at: RowPlace


class TwinCheck:
    """The check of one table whose rows have references of their own."""

    def __init__(self, record_type: type[Record]) -> None:
        """Begin without a row."""
        names = [column.name for column in columns_of(record_type)]
        self._record_type = record_type
        self._ref_column = record_type.key[0]
        self._ref_place = names.index(self._ref_column)
        identifiers = IDENTIFIER_COLUMNS if record_type is Person else ()
        self._identifiers = [(name, names.index(name)) for name in identifiers]
        self._odd: dict[str, list[_OddRow]] = {}
        # Many rows have several identifiers, so only a number stands here for each, and one for its row.
        self._rows_by_identifier: dict[int, int] = {}
        self._starts: list[tuple[int, FileReport]] = []
        self._warned: set[int] = set()
        self._has_new_rows = self._has_changes = False

    def note(self, report: FileReport, place: int, values: Sequence[Any], absent: Sequence[int]) -> None:
        """Note an accepted row; of columns that are absent from its file nothing is said."""
        outcome = report.outcomes[place]
        if outcome == RowOutcome.CREATED:
            self._has_new_rows = True
            ref = values[self._ref_place]
            likeness = reference_likeness(ref)
            if likeness != ref:
                self._odd.setdefault(likeness, []).append(_OddRow(ref, RowPlace(report, place)))
        for name, position in self._identifiers:
            value = values[position]
            if value is not None and position not in absent:
                self._has_changes = self._has_changes or outcome != RowOutcome.UNCHANGED
                self._note_identifier(name, value, report, place)

    def finish(self, reading: Reading, row_of: Callable[[str], RowPlace | None], *, is_empty: bool) -> None:
        """Warn of what was noted.

        Args:
            reading: The database.
            row_of: Finds the first row of the import with a reference.
            is_empty: Whether no record of the type is stored.
        """
        self._compare_rows(row_of)
        if is_empty or not (self._has_new_rows or self._has_changes):
            return
        names = (self._ref_column, *(name for name, _ in self._identifiers))
        for ref, *identifiers in stream_columns(reading, self._record_type, names):
            self._compare_stored_reference(ref, row_of)
            if self._rows_by_identifier and row_of(ref) is None:
                self._compare_stored_identifiers(ref, identifiers)

    def _note_identifier(self, name: str, value: str, report: FileReport, place: int) -> None:
        number = self._number(report, place)
        mark = _identifier_mark(name, value)
        first = self._rows_by_identifier.setdefault(mark, number)
        if first == number:
            return
        other = self._row(first)
        self._warn_of_identifier(RowPlace(report, place), name, value, other.words)
        if mark not in self._warned:
            self._warned.add(mark)
            self._warn_of_identifier(other, name, value, RowPlace(report, place).words)

    def _number(self, report: FileReport, place: int) -> int:
        """Number the rows of all files through."""
        if not self._starts or self._starts[-1][1] is not report:
            before = self._starts[-1] if self._starts else None
            self._starts.append((0 if before is None else before[0] + before[1].read, report))
        return self._starts[-1][0] + place

    def _row(self, number: int) -> RowPlace:
        start, report = next(each for each in reversed(self._starts) if each[0] <= number)
        return RowPlace(report, number - start)

    def _compare_rows(self, row_of: Callable[[str], RowPlace | None]) -> None:
        for likeness, rows in self._odd.items():
            usual = row_of(likeness)
            for row in rows:
                if usual is not None:
                    self._warn_of_reference(row.at, row.ref, f"{likeness} ({usual.words})")
                elif row.ref != rows[0].ref:
                    self._warn_of_reference(row.at, row.ref, f"{rows[0].ref} ({rows[0].at.words})")

    def _compare_stored_reference(self, ref: str, row_of: Callable[[str], RowPlace | None]) -> None:
        likeness = reference_likeness(ref)
        for row in self._odd.get(likeness, ()):
            if row.ref != ref:
                self._warn_of_reference(row.at, row.ref, f"{ref} (on record)")
        if likeness != ref:
            usual = row_of(likeness)
            if usual is not None and usual.report.outcomes[usual.place] == RowOutcome.CREATED:
                self._warn_of_reference(usual, likeness, f"{ref} (on record)")

    def _compare_stored_identifiers(self, ref: str, identifiers: Sequence[str | None]) -> None:
        for (name, _), value in zip(self._identifiers, identifiers, strict=True):
            number = None if value is None else self._rows_by_identifier.get(_identifier_mark(name, value))
            if value is not None and number is not None:
                self._warn_of_identifier(self._row(number), name, value, f"{ref} (on record)")

    def _warn_of_reference(self, at: RowPlace, ref: str, other: str) -> None:
        noun = record_label(self._record_type)
        reason = (
            f"{ref} differs from {other} only by case, blanks or the kind of hyphen; it is taken as another {noun}. "
            "Compare the two."
        )
        at.report.warn(at.place, Finding(self._ref_column, ref, reason))

    @staticmethod
    def _warn_of_identifier(at: RowPlace, name: str, value: str, other: str) -> None:
        reason = f"{other} has the same {name}; two people with one may be one person. Compare the two."
        at.report.warn(at.place, Finding(name, value, reason[0].upper() + reason[1:]))


def _identifier_mark(name: str, value: str) -> int:
    return hash((name, reference_likeness(value)))


def twin_check(record_type: type[Record]) -> TwinCheck | None:
    """Give the check of a table; None where its rows have no references of their own."""
    own = {column.name for column in columns_of(record_type) if column.kind is ColumnKind.REF and not column.owner}
    return TwinCheck(record_type) if record_type.key[0] in own else None
