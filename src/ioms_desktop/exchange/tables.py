"""Reads the rows of a table: checks its header, converts its cells, and reports every error with its position."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.offset_text import offset_problem, split_offset
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import NOT_STRUCK_OUT
from ioms_desktop.domain.records.references import without_invisible
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.exchange.cells import ColumnReader
from ioms_desktop.exchange.sources import CellNote, RawRow, TableSource, chunks
from ioms_desktop.exchange.struck_out_cells import STRUCK_OUT_NAMES, StruckOutCells, StruckOutReader
from ioms_desktop.exchange.typed_cells import judge_cell

REJECT_REASON = "reject_reason"
_DATED = frozenset({ColumnKind.DATE, ColumnKind.DAY_TIME})
OFFSET_CODES = "utc_offset"
_OFFSET_ENDS = re.compile(r"\d(?:Z|[+-]\d\d:\d\d)\s*$")


class RowChunk(NamedTuple):
    """A chunk of rows and its values.

    Attributes:
        raw_rows: The rows, unchanged.
        values: The values of each row in the order of the record's columns; None where empty or wrong.
        errors: Findings that reject a row, by the row's position in the chunk.
        warnings: Warnings about accepted rows, by position.
        struck_out: What is said of rows that were struck out, by position.
    """

    raw_rows: Sequence[RawRow]
    values: Sequence[tuple[Any, ...]]
    errors: dict[int, list[Finding]]
    warnings: dict[int, list[Finding]]
    struck_out: dict[int, StruckOutCells]


class TableReader:
    """Reads the rows of one source as records of one type.

    Attributes:
        source: Where the rows come from.
        record_type: Their record type.
        header_findings: Errors in the header; with any of them no row can be imported.
        absent: The positions of the record's columns that the file does not have: it says nothing about them.
    """

    def __init__(
        self,
        source: TableSource,
        record_type: type[Record],
        lists: CodeLists,
        now: DayTime,
    ) -> None:
        """Check the header.

        Args:
            source: Where the rows come from.
            record_type: Their record type.
            lists: The code lists.
            now: The local time.
        """
        self.source = source
        self.record_type = record_type
        # Spreadsheets leave unnamed columns after their tables; a value in one is a cell too many.
        self._names = [without_invisible(name).strip().lower() for name in source.header]
        while self._names and not self._names[-1]:
            self._names.pop()
        self._columns = {column.exchange_name: column for column in columns_of(record_type)}
        self._readers = [ColumnReader(column, lists, now) for column in columns_of(record_type)]
        self._struck_out = StruckOutReader(lists, now) if STRUCK_OUT_NAMES[0] in self._names else None
        self.header_findings = tuple(_header_findings(record_type, self._names, source.header))
        self.absent = tuple(
            place for place, column in enumerate(columns_of(record_type)) if column.exchange_name not in self._names
        )

    def read(self) -> Iterator[RowChunk]:
        """Iterate over the rows in chunks."""
        for texts in chunks(self.source.rows()):
            yield self._read(texts)

    def _read(self, texts: Sequence[RawRow]) -> RowChunk:
        width = len(self._names)
        wrong: dict[int, list[Finding]] = {}
        odd: dict[int, list[Finding]] = {}
        rows = [_fit_to_width(row, width, place, wrong) for place, row in enumerate(texts)]
        for place, row in enumerate(texts):
            if row.notes:
                refused, warned = wrong.setdefault(place, []), odd.setdefault(place, [])
                rows[place] = self._typed(row.notes, rows[place], refused, warned)
        cells: dict[str, Sequence[str]] = dict(zip(self._names, zip(*rows, strict=True), strict=False))
        self._part_offsets(cells, wrong)
        gathered = []
        for reader in self._readers:
            name = reader.column.exchange_name
            if name not in cells:
                gathered.append([None] * len(rows))
                continue
            found = reader.read(cells[name])
            gathered.append(found.values)
            _add_findings(found.errors, wrong, name, cells[name])
            _add_findings(found.warnings, odd, name, cells[name])
        for place, row in enumerate(texts):
            if row.reason or row.warnings or row.swallowed:
                self._add_row_findings(place, row, wrong, odd)
        allowed = self.record_type not in NOT_STRUCK_OUT
        struck_out = {} if self._struck_out is None else self._struck_out.read(cells, wrong, allowed=allowed)
        values = list(zip(*gathered, strict=True))
        return RowChunk(texts, values, _without_empty(wrong), _without_empty(odd), struck_out)

    def _typed(
        self, notes: Mapping[int, CellNote], cells: Sequence[str], wrong: list[Finding], odd: list[Finding]
    ) -> Sequence[str]:
        """Judge the cells of a workbook by what they are; return the texts to read."""
        texts = list(cells)
        for place, note in notes.items():
            column = self._columns.get(self._names[place]) if place < len(self._names) else None
            if column is None:
                continue
            judged = judge_cell(note, texts[place], column)
            if judged.error:
                wrong.append(Finding(column.exchange_name, texts[place], judged.error))
            if judged.warning:
                odd.append(Finding(column.exchange_name, texts[place], judged.warning))
            texts[place] = judged.text
        return texts

    def _add_row_findings(
        self, place: int, row: RawRow, wrong: dict[int, list[Finding]], odd: dict[int, list[Finding]]
    ) -> None:
        if row.reason:
            wrong[place] = [Finding("", "", row.reason)]
            return
        if row.warnings:
            odd.setdefault(place, []).extend(Finding("", "", warning) for warning in row.warnings)
        for line, cells in row.swallowed:
            if self._looks_like_row(cells):
                reason = (
                    f"Line {line} looks like a separate row but is inside a cell of this row: a quotation mark opens "
                    "before it and closes after it. Close the cell where it ends."
                )
                wrong.setdefault(place, []).append(Finding("", "", reason))
                return

    def _looks_like_row(self, cells: Sequence[str]) -> bool:
        """Whether every cell that a row needs is there, and its dates are dates."""
        by_name = dict(zip(self._names, cells, strict=False))
        needed = [reader for reader in self._readers if reader.column.required]
        found = [(reader, by_name.get(reader.column.exchange_name, "").strip()) for reader in needed]
        dated = [(reader, text) for reader, text in found if reader.column.kind in _DATED]
        return all(text for _, text in found) and not any(reader.read([text]).errors for reader, text in dated)

    def _part_offsets(self, cells: dict[str, Sequence[str]], wrong: dict[int, list[Finding]]) -> None:
        """Move the offset of a date-time from its cell into that of the column that keeps it."""
        kept = next((each for each in columns_of(self.record_type) if each.codes == OFFSET_CODES), None)
        moments = next((each for each in self._readers if each.column.kind is ColumnKind.DAY_TIME), None)
        texts = cells.get(moments.column.exchange_name, ()) if moments is not None else ()
        if kept is None or moments is None or not any(map(_OFFSET_ENDS.search, texts)):
            return
        parted = [split_offset(text) for text in texts]
        name, offsets = moments.column.exchange_name, list(cells.get(kept.exchange_name, [""] * len(texts)))
        read = moments.read([text for text, _ in parted]).values
        for place, (moment, (_, offset)) in enumerate(zip(read, parted, strict=True)):
            reason = "" if offset is None or moment is None else offset_problem(moment, offset)
            if reason:
                wrong.setdefault(place, []).append(Finding(name, texts[place], reason))
            elif offset is not None:
                offsets[place] = offset
        cells[name], cells[kept.exchange_name] = [text for text, _ in parted], offsets


def _add_findings(found: Mapping[int, str], noted: dict[int, list[Finding]], column: str, cells: Sequence[str]) -> None:
    for place, reason in found.items():
        findings = noted.setdefault(place, [])
        # What a cell of a workbook is says more than what its text is not.
        if not any(finding.column == column for finding in findings):
            findings.append(Finding(column, cells[place], reason))


def _without_empty(noted: dict[int, list[Finding]]) -> dict[int, list[Finding]]:
    return {place: findings for place, findings in noted.items() if findings}


def _fit_to_width(row: RawRow, width: int, place: int, wrong: dict[int, list[Finding]]) -> Sequence[str]:
    """Pad a row to the width of the header: spreadsheets leave off empty cells at the end."""
    cells = row.cells
    if len(cells) == width:
        return cells
    if len(cells) > width and any(map(str.strip, cells[width:])):
        beyond = next(cell for cell in cells[width:] if cell.strip())
        wrong[place] = [Finding("", beyond, f"This row has {len(cells)} cells where the header names {width} columns.")]
    return [*cells[:width], *[""] * (width - len(cells))]


def _header_findings(record_type: type[Record], names: Sequence[str], sent: Sequence[str]) -> Iterator[Finding]:
    known = {column.exchange_name: column for column in columns_of(record_type)}
    for place, name in enumerate(names):
        if name in names[:place] and name:
            yield Finding(name, sent[place], f"The column {name} is in the header twice; keep one of them.")
        elif not name:
            yield Finding("", "", f"Column {place + 1} of the header has no name; name it or take it out.")
        elif name not in known and name not in {REJECT_REASON, *STRUCK_OUT_NAMES}:
            accepted = join_words(tuple(known))
            yield Finding(
                name,
                sent[place],
                f"There is no column {sent[place].strip()} in {record_type.table}; the columns are {accepted}.",
            )
    if STRUCK_OUT_NAMES[0] not in names and set(STRUCK_OUT_NAMES) & set(names):
        missing = STRUCK_OUT_NAMES[0]
        yield Finding(
            missing, "", f"The column {missing} is missing; the columns that go with it mean nothing without it."
        )
    for name, column in known.items():
        if column.required and name not in names:
            yield Finding(name, "", f"The column {name} is missing; every row of {record_type.table} needs it.")
