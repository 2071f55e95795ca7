"""Reads XLSX workbooks, one sheet a table, row by row."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from ioms_desktop.domain.errors import TooLargeForSheet
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.exchange.sources import CellNote, CellType, RawRow, is_blank
from ioms_desktop.exchange.workbook.parts import Sheet, WorkbookParts, open_archive
from ioms_desktop.exchange.workbook.sheet_cells import CellConverter
from ioms_desktop.exchange.workbook.sheet_xml import Merge, SheetReader, SheetRow, UnsafeXmlError, read_merges

MAX_SHEET_ROWS = 1_048_576
MAX_TABLE_COLUMNS = 200  # no table has nearly as many
MAX_MERGES_OF_ROW = 200
READ_CHUNK_BYTES = 1 << 20
HIDDEN_ROW_MESSAGE = "This row is hidden or filtered away in the workbook; it is read all the same."


class Workbook:
    """A workbook on disk.

    Attributes:
        path: Where it lies.
        sheets: Its sheets with cells, in their order.
    """

    def __init__(self, path: Path) -> None:
        """Read what it says beside its sheets' cells.

        Raises:
            Refused: It is damaged, encrypted, or unpacks to an unreasonable size.
            OSError: It cannot be read.
        """
        self.path = path
        with open_archive(path) as archive:
            parts = WorkbookParts(archive)
        self.sheets = parts.sheets
        self._converter = CellConverter(parts)

    def rows(self, sheet: Sheet, merges: Sequence[Merge]) -> Iterator[RawRow]:
        """Iterate over the rows of a sheet, without blank ones.

        Raises:
            Refused: It is damaged.
        """
        merged = _MergedCells(merges)
        with open_archive(self.path) as archive, archive.open(sheet.part) as stream:
            for row in SheetReader(stream).rows():
                if row.line > MAX_SHEET_ROWS:
                    raise TooLargeForSheet(
                        f"The sheet {sheet.name} of {self.path.name} has more than {MAX_SHEET_ROWS:,} rows. Nothing "
                        "was read; send it as CSV."
                    )
                found = self._raw_row(row, merged)
                if not is_blank(found.cells):
                    yield found

    def merges(self, sheet: Sheet) -> list[Merge]:
        """Find the merged cells of a sheet."""
        with open_archive(self.path) as archive, archive.open(sheet.part) as stream:
            return read_merges(stream)

    def hidden_columns(self, sheet: Sheet) -> set[int]:
        """Find the hidden columns of a sheet, from 0."""
        with open_archive(self.path) as archive, archive.open(sheet.part) as stream:
            reader = SheetReader(stream)
            next(reader.rows(), None)
            return {column for first, last in reader.hidden_columns for column in range(first, last + 1)}

    def _raw_row(self, row: SheetRow, merged: "_MergedCells") -> RawRow:
        texts = [""] * (max((cell.column for cell in row.cells), default=-1) + 1)
        notes: dict[int, CellNote] = {}
        for cell in row.cells:
            texts[cell.column], note = self._converter.read(cell)
            if note is not None:
                notes[cell.column] = note
        notes.update(merged.notes(row.line))
        return RawRow(row.line, texts, warnings=(HIDDEN_ROW_MESSAGE,) if row.is_hidden else (), notes=notes)


class SheetSource:
    """One sheet of a workbook as a table of rows."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        """Read a sheet's header.

        Args:
            workbook: The workbook.
            sheet: The sheet, which has the name of its table.

        Raises:
            Refused: The sheet cannot be read.
        """
        self.path = workbook.path
        self.table = sheet.name.lower()
        self._workbook = workbook
        self._sheet = sheet
        self._merges = workbook.merges(sheet)
        first = next(self._workbook.rows(sheet, self._merges), RawRow(1, []))
        self.header: Sequence[str] = first.cells
        self.header_line = first.line
        self.notices: Sequence[str] = tuple(self._notices())

    @property
    def file(self) -> str:
        """The workbook's name."""
        return self.path.name

    @property
    def format_label(self) -> str:
        """The sheet, in words."""
        return f"sheet {self.table}"

    def rows(self) -> Iterator[RawRow]:
        """Iterate over the rows below the header, without blank ones."""
        rows = self._workbook.rows(self._sheet, self._merges)
        next(rows, None)
        yield from rows

    def _notices(self) -> Iterator[str]:
        if self._sheet.is_hidden:
            yield f"The sheet {self._sheet.name} is hidden in the workbook; its rows are read all the same."
        hidden = self._workbook.hidden_columns(self._sheet)
        names = [name.strip() for place, name in enumerate(self.header) if place in hidden and name.strip()]
        if names:
            yield f"Hidden in the workbook and read all the same: {join_words(names)}."


class _MergedCells:
    """The merged cells of a sheet, asked for row by row."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        self._merges = merges
        self._begun = 0
        self._current: list[Merge] = []
        self._line = 0

    def notes(self, line: int) -> dict[int, CellNote]:
        """Return the cells of a row that are merged into another, by column.

        Raises:
            UnsafeXmlError: More cells are merged in one row than it has.
        """
        if not self._merges:
            return {}
        if line < self._line:  # rows usually come in their order
            self._begun, self._current = 0, []
        self._line = line
        while self._begun < len(self._merges) and self._merges[self._begun].first_row <= line:
            self._current.append(self._merges[self._begun])
            self._begun += 1
        self._current = [merge for merge in self._current if line <= merge.last_row]
        if len(self._current) > MAX_MERGES_OF_ROW:
            raise UnsafeXmlError
        return {
            column: CellNote(CellType.MERGED, detail=merge.name)
            for merge in self._current
            for column in range(merge.first_column, min(merge.last_column, MAX_TABLE_COLUMNS) + 1)
            if (line, column) != (merge.first_row, merge.first_column)
        }


def file_digest(path: Path) -> str:
    """Return a file's SHA-256, to detect changes."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(READ_CHUNK_BYTES):
            found.update(part)
    return found.hexdigest()
