"""The rows an import did not take, unchanged, each with its reason in a last column, to be mended and sent again."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.exchange.folders import XLSX
from ioms_desktop.exchange.sources import RowText, Source
from ioms_desktop.exchange.tables import REJECT_REASON
from ioms_desktop.exchange.writing import Sheet, finish, new_book, replacing

LONGEST_REASON = 2_000


class _Rows(Protocol):
    def add(self, row: Sequence[str]) -> None:
        """Write one more row."""


class Rejects:
    """Writes rejects: into one file, or into a folder under the names of the files they came from."""

    def __init__(self, path: Path, *, folder: bool) -> None:
        """Prepare; no file is made before the first reject.

        Args:
            path: The file, or the folder.
            folder: Whether it is a folder.
        """
        self._path = path
        self._folder = folder
        self._open = ExitStack()
        self._books: dict[Path, _Book] = {}
        self._sheets: dict[tuple[str, str], _Rows] = {}

    def add(self, source: Source, row: RowText, findings: Sequence[Finding]) -> None:
        """Write a row with its reasons.

        Raises:
            OSError: The file cannot be written.
        """
        rows = self._sheets.get((source.file, source.table)) or self._begun(source)
        rows.add(_with_reason(source.header, row.cells, reason_of(findings)))

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Finish the files and put them in their place; after an error, leave what was there."""
        return self._open.__exit__(kind, error, trace)

    def _begun(self, source: Source) -> _Rows:
        path = self._path / source.file if self._folder else self._path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == XLSX:
            if path not in self._books:
                self._books[path] = _Book(path, self._open)
            rows: _Rows = self._books[path].sheet(source.table)
        else:
            rows = _CsvSheet(path, self._open)
        header = [name for name in source.header if name.strip().lower() != REJECT_REASON]
        rows.add([*header, REJECT_REASON])
        self._sheets[source.file, source.table] = rows
        return rows


def check_place(path: Path, came_from: Path, tables: Sequence[str]) -> None:
    """Refuse a place for rejects that would overwrite what was sent, or cannot hold them.

    Raises:
        Refused: Another place must be named.
    """
    if path.resolve() == came_from.resolve():
        raise Refused("The rejects would overwrite what is imported. Nothing was read; name another place for them.")
    if not came_from.is_dir() and path.suffix.lower() != XLSX and len(tables) > 1:
        raise Refused(
            "The rejects of a workbook with several sheets need a workbook. Nothing was read; name a file that ends in "
            ".xlsx."
        )


def reason_of(findings: Sequence[Finding]) -> str:
    """Put everything wrong with a row into one text."""
    parts = [f"{finding.column}: {finding.reason}" if finding.column else finding.reason for finding in findings]
    return " ".join(parts)[:LONGEST_REASON]


def _with_reason(header: Sequence[str], cells: Sequence[str], reason: str) -> list[str]:
    width = len(header)
    padded = [*cells[:width], *[""] * (width - len(cells))]
    kept = [cell for name, cell in zip(header, padded, strict=True) if name.strip().lower() != REJECT_REASON]
    return [*kept, reason, *cells[width:]]


class _CsvSheet:
    def __init__(self, path: Path, stack: ExitStack) -> None:
        partial = stack.enter_context(replacing(path))
        stream = stack.enter_context(partial.open("w", encoding="utf-8", newline=""))
        self._writer = csv.writer(stream)

    def add(self, row: Sequence[str]) -> None:
        self._writer.writerow(row)


class _Book:
    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._book = new_book(stack.enter_context(replacing(path)))
        stack.callback(finish, self._book)

    def sheet(self, table: str) -> "_BookSheet":
        return _BookSheet(self._book.add_worksheet(table))


class _BookSheet:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._line = 0

    def add(self, row: Sequence[str]) -> None:
        for place, text in enumerate(row):
            if text:
                self._sheet.write_string(self._line, place, text)
        self._line += 1
