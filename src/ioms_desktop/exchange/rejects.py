"""Rejected rows, unchanged, each with the reason in a last column, to be corrected and imported again."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.errors import FileExists, WrongFile
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.exchange.folders import XLSX_SUFFIX
from ioms_desktop.exchange.sources import RawRow, TableSource
from ioms_desktop.exchange.tables import REJECT_REASON
from ioms_desktop.exchange.writing import XlsxSheet, create_workbook, save_workbook

MAX_REASON_CHARS = 2_000


class _RowWriter(Protocol):
    def add(self, row: Sequence[str]) -> None:
        """Write a row."""


class RejectsWriter:
    """Writes rejected rows into one file, or into a folder under the names of the files they came from."""

    def __init__(self, path: Path, *, folder: bool) -> None:
        """Prepare to write; no file is made before the first rejected row.

        Args:
            path: The file, or the folder.
            folder: Whether it is a folder.
        """
        self._path = path
        self._folder = folder
        self._open = ExitStack()
        self._new = NewFiles()
        self._books: dict[Path, _RejectsWorkbook] = {}
        self._sheets: dict[tuple[str, str], _RowWriter] = {}

    def add(self, source: TableSource, row: RawRow, findings: Sequence[Finding]) -> None:
        """Write a row with the reasons.

        Raises:
            OSError: The file cannot be written.
        """
        rows = self._sheets.get((source.file, source.table)) or self._start_table(source)
        rows.add(_with_reason(source.header, row.cells, join_reasons(findings)))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the files and replace former ones; after an error, keep the former ones."""
        with self._new:
            self._open.__exit__(kind, error, trace)
            if kind is None:
                self._new.put_in_place()

    def _start_table(self, source: TableSource) -> _RowWriter:
        path = self._path / source.file if self._folder else self._path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == XLSX_SUFFIX:
            if path not in self._books:
                self._books[path] = _RejectsWorkbook(self._new, path, self._open)
            rows: _RowWriter = self._books[path].add_sheet(source.table)
        else:
            rows = _CsvRowWriter(self._new.add(path), self._open)
        header = [name for name in source.header if name.strip().lower() != REJECT_REASON]
        rows.add([*header, REJECT_REASON])
        self._sheets[source.file, source.table] = rows
        return rows


def check_rejects_path(path: Path, imported_from: Path, tables: Sequence[str]) -> None:
    """Refuse a path for rejected rows that would overwrite the imported files, or cannot hold them.

    Raises:
        Refused: Another place must be named.
    """
    if path.resolve() == imported_from.resolve():
        raise FileExists("The rejects would overwrite what is imported. Nothing was read; name another place for them.")
    if not imported_from.is_dir() and path.suffix.lower() != XLSX_SUFFIX and len(tables) > 1:
        raise WrongFile(
            "The rejects of a workbook with several sheets need a workbook. Nothing was read; name a file that ends in "
            ".xlsx."
        )


def join_reasons(findings: Sequence[Finding]) -> str:
    """Join all findings about a row into one text."""
    parts = [f"{finding.column}: {finding.reason}" if finding.column else finding.reason for finding in findings]
    return " ".join(parts)[:MAX_REASON_CHARS]


def _with_reason(header: Sequence[str], cells: Sequence[str], reason: str) -> list[str]:
    width = len(header)
    padded = [*cells[:width], *[""] * (width - len(cells))]
    kept = [cell for name, cell in zip(header, padded, strict=True) if name.strip().lower() != REJECT_REASON]
    return [*kept, reason, *cells[width:]]


class _CsvRowWriter:
    def __init__(self, part: Path, stack: ExitStack) -> None:
        stream = stack.enter_context(part.open("w", encoding="utf-8", newline=""))
        self._writer = csv.writer(stream)

    def add(self, row: Sequence[str]) -> None:
        self._writer.writerow(row)


class _RejectsWorkbook:
    def __init__(self, new: NewFiles, path: Path, stack: ExitStack) -> None:
        self._workbook = create_workbook(new, path)
        stack.callback(save_workbook, self._workbook)

    def add_sheet(self, table: str) -> "_SheetRowWriter":
        return _SheetRowWriter(self._workbook.add_worksheet(table))


class _SheetRowWriter:
    def __init__(self, sheet: XlsxSheet) -> None:
        self._sheet = sheet
        self._line = 0

    def add(self, row: Sequence[str]) -> None:
        for place, text in enumerate(row):
            if text:
                self._sheet.write_string(self._line, place, text)
        self._line += 1
