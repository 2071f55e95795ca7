"""Reads XLSX workbooks, one sheet a table, row by row; and refuses those that are unsafe to open."""

import hashlib
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.domain.errors import FileUnreadable, Refused, TooLargeForSheet, UnsafeFile
from ioms_desktop.exchange.sources import RawRow, is_blank

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

MAX_UNPACKED_BYTES = 400_000_000
MAX_SHARED_STRINGS_BYTES = 100_000_000
MAX_ARCHIVE_PARTS = 1_000
MAX_COMPRESSION_RATIO = 100
SMALL_PART_BYTES = 1_000_000  # a part below this size may have any compression ratio
MAX_SHEET_ROWS = 1_048_576
READ_CHUNK_BYTES = 1 << 20

MIDNIGHT = time(0)
HALF_SECOND = timedelta(microseconds=500_000)
_ESCAPE_PATTERN = re.compile("_x([0-9A-Fa-f]{4})_")


class SheetSource:
    """One sheet of a workbook as a table of rows."""

    notices: Sequence[str] = ()

    def __init__(self, path: Path, table: str) -> None:
        """Read a sheet's header.

        Args:
            path: The workbook, which was checked to be safe.
            table: The sheet, which is the table's name.

        Raises:
            Refused: The sheet cannot be read.
        """
        self.path = path
        self.table = table
        first = next(self._rows(), RawRow(1, []))
        self.header: Sequence[str] = first.cells
        self.header_line = first.line

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
        rows = self._rows()
        next(rows, None)
        yield from rows

    def _rows(self) -> Iterator[RawRow]:
        with _open_workbook(self.path) as book:
            sheet = book[next(name for name in book.sheetnames if name.strip().lower() == self.table)]
            # The size that a sheet states is often wrong, and would cut rows off.
            sheet.reset_dimensions()
            for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                if line > MAX_SHEET_ROWS:
                    raise TooLargeForSheet(
                        f"The sheet {self.table} of {self.path.name} has more than {MAX_SHEET_ROWS:,} "
                        "rows. Nothing was "
                        "read; send it as CSV."
                    )
                cells = [cell_text(value) for value in values]
                if not is_blank(cells):
                    yield RawRow(line, cells)


def sheet_names(path: Path) -> list[str]:
    """Name the sheets of a workbook, in order, after checking that it is safe to open.

    Raises:
        Refused: It is damaged, encrypted, or unpacks to an unreasonable size.
        OSError: It cannot be read.
    """
    _check_is_safe(path)
    with _open_workbook(path) as book:
        return [name.strip() for name in book.sheetnames]


def file_digest(path: Path) -> str:
    """Give a file's SHA-256, to detect changes."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(READ_CHUNK_BYTES):
            found.update(part)
    return found.hexdigest()


def cell_text(value: Any) -> str:  # noqa: ANN401 - a cell may hold anything
    """Write a cell's value as a CSV file would have it."""
    written = _TEXT_WRITERS.get(type(value), str)
    return written(value)


def _unescape(value: str) -> str:
    return _ESCAPE_PATTERN.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value


def _format_datetime(value: datetime) -> str:
    # Spreadsheets store times as fractions of a day, so that seconds are slightly off.
    near = (value + HALF_SECOND).replace(microsecond=0)
    if near.time() == MIDNIGHT:
        return near.date().isoformat()
    return near.isoformat(timespec="minutes" if near.second == 0 else "seconds")


_TEXT_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    str: _unescape,
    bool: lambda value: "yes" if value else "no",
    datetime: _format_datetime,
    date: date.isoformat,
    time: lambda value: value.isoformat("minutes" if value.second == 0 else "seconds"),
    float: lambda value: str(int(value)) if value.is_integer() else str(value),
}


def _check_is_safe(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as damaged:
        raise _damaged_error(path) from damaged
    total = sum(part.file_size for part in parts)
    dense = any(part.file_size > max(SMALL_PART_BYTES, MAX_COMPRESSION_RATIO * part.compress_size) for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    nested = any(part.filename.lower().endswith((".zip", ".xlsx", ".xlsm")) for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise UnsafeFile(f"{path.name} is protected by a password. Nothing was read; save it without one.")
    if (
        total > MAX_UNPACKED_BYTES
        or strings > MAX_SHARED_STRINGS_BYTES
        or dense
        or nested
        or len(parts) > MAX_ARCHIVE_PARTS
    ):
        raise UnsafeFile(
            f"{path.name} unpacks to far more than its size, which no caseload does. Nothing was read; save the sheets "
            "as CSV files and send those."
        )


@contextmanager
def _open_workbook(path: Path) -> Iterator["Workbook"]:
    import defusedxml  # noqa: PLC0415 - slow to import: loads when first needed
    import openpyxl  # noqa: PLC0415 - slow to import: loads when first needed

    if not openpyxl.DEFUSEDXML:
        raise UnsafeFile("Workbooks cannot be read safely on this installation. Send CSV files, or install it again.")
    # What openpyxl warns that it leaves out (validations, charts) is not part of a table.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except (OSError, Refused):
        raise
    # openpyxl documents no exception of its own: a damaged workbook may raise almost anything.
    except (
        defusedxml.DefusedXmlException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
        EOFError,
        OverflowError,
        RuntimeError,
        zlib.error,
    ) as damaged:
        raise _damaged_error(path) from damaged


def _damaged_error(path: Path) -> Refused:
    return FileUnreadable(f"{path.name} is damaged or no workbook. Nothing was read; save it again as .xlsx or as CSV.")
