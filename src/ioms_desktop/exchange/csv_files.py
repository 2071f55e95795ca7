"""Reads CSV files as other programs write them: detects encoding and separator, and reads row by row."""

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

from ioms_desktop.domain.errors import FileUnreadable
from ioms_desktop.exchange.csv_lines import (
    ENCODING_NAMES,
    BadLine,
    LineBuffer,
    RowTooLongError,
    inspect_file,
    text_lines,
)
from ioms_desktop.exchange.sources import RawRow, is_blank

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MAX_CELL_CHARS = 1_000_000
MAX_SWALLOWED_LINES = 50
CELL_TOO_LONG_MESSAGE = (
    f"A cell in this row is longer than {MAX_CELL_CHARS:,} characters, or its quotation mark is never closed."
)
NEVER_CLOSED_MESSAGE = "A quotation mark opened in this row is never closed."
TEXT_AFTER_QUOTE_MESSAGE = (
    "Text follows a closing quotation mark in this row, or a quotation mark is opened and not closed; double the "
    "quotation marks inside a cell."
)
QUOTE_INSIDE_MESSAGE = "A quotation mark stands inside a cell; it is kept as it was sent."

# Spreadsheets write and read a first line that names the separator; it belongs to no table.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


class CsvSource:
    """One CSV file as a table of rows."""

    notices: Sequence[str] = ()

    def __init__(self, path: Path, table: str, known: Collection[str]) -> None:
        """Detect a file's encoding, separator and header.

        Args:
            path: The file.
            table: The table its rows belong to; empty where the header decides that.
            known: The column names that its header may have.

        Raises:
            Refused: It cannot be read as a table.
            OSError: It cannot be read.
        """
        self.path = path
        self.table = table
        self.file_info = inspect_file(path)
        first_line = next(text_lines(path, self.file_info), "")
        declared = _SEPARATOR_LINE.fullmatch(first_line)
        self._lines_before = 0 if declared is None else 1
        self._separator = _sniff_separator(first_line, known) if declared is None else declared[1]
        self._cell_of_row = _cell_pattern(self._separator)
        self.header: Sequence[str] = ()
        first = next(self._rows(), RawRow(1 + self._lines_before, []))
        if first.reason:
            raise FileUnreadable(f"The header of {path.name} cannot be read. {first.reason} Nothing was read.")
        self.header = first.cells
        self.header_line = first.line

    @property
    def file(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def format_label(self) -> str:
        """The encoding and separator, in words."""
        separator = SEPARATORS.get(self._separator, f"separator {self._separator}")
        return f"{ENCODING_NAMES[self.file_info.encoding]}, {separator}"

    def rows(self) -> Iterator[RawRow]:
        """Iterate over the rows below the header, without blank ones."""
        rows = self._rows()
        next(rows, None)
        yield from rows

    def _rows(self) -> Iterator[RawRow]:
        lines = text_lines(self.path, self.file_info)
        buffer = LineBuffer(islice(lines, self._lines_before, None))
        # The limit is process-wide. Cells longer than a record takes still pass, to be reported later.
        csv.field_size_limit(MAX_CELL_CHARS)
        # Without `strict`, text after a closing quotation mark would be taken, and the rows up to the next one with it.
        reader = csv.reader(buffer, delimiter=self._separator, strict=True)
        line, uncertain_until, opened_on = 1 + self._lines_before, 0, 0
        while True:
            try:
                for cells in reader:
                    row = RawRow(line, cells)
                    if len(buffer.taken) > 1 or '"' in buffer.taken[0] or type(buffer.taken[0]) is not str:
                        row = self._examined(row, buffer.taken)
                    if line < uncertain_until:
                        row = row.with_warning(_after_open_quote(opened_on))
                    line += buffer.start_row()
                    if row.reason or not is_blank(cells):
                        yield row
            except (csv.Error, RowTooLongError) as error:
                # The row is refused, and what it had taken up to here is read again: those lines may be other rows.
                uncertain_until, opened_on = max(uncertain_until, line + len(buffer.taken)), line
                yield self._broken(line, buffer.reread(), error)
                line += 1
            else:
                return

    def _broken(self, line: int, text: str, error: Exception) -> RawRow:
        reason = CELL_TOO_LONG_MESSAGE
        if isinstance(text, BadLine):
            reason = text.reason
        elif "expected after" in str(error):
            reason = TEXT_AFTER_QUOTE_MESSAGE
        elif "end of data" in str(error):
            reason = NEVER_CLOSED_MESSAGE
        cells = text.rstrip("\r\n").split(self._separator) if len(text) <= MAX_CELL_CHARS else []
        return RawRow(line, cells, reason)

    def _examined(self, row: RawRow, taken: Sequence[str]) -> RawRow:
        """Look closer at a row with quotation marks, of several lines, or with a line that cannot be read."""
        bad = next((each for each in taken if isinstance(each, BadLine)), None)
        if bad is not None:
            return row._replace(reason=bad.reason)
        if is_blank(row.cells):
            return row
        if any('"' in cell for cell in row.cells) and any(self._cell_of_row.findall("".join(taken))):
            row = row.with_warning(QUOTE_INSIDE_MESSAGE)
        if len(taken) == 1 or not self.header:
            return row
        width = len(self.header)
        continued = enumerate(taken[1 : MAX_SWALLOWED_LINES + 1], start=row.line + 1)
        alike = ((line, _split(text, self._separator)) for line, text in continued)
        return row._replace(swallowed=tuple((line, cells) for line, cells in alike if len(cells) == width))


def _sniff_separator(line: str, known: Collection[str]) -> str:
    """Choose the separator that finds the most known column names in the first line."""

    def found(separator: str) -> int:
        names = [name.strip().lower() for name in _split(line, separator)]
        return sum(name in known for name in names)

    return max(SEPARATORS, key=found)


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _cell_pattern(separator: str) -> re.Pattern[str]:
    """Match a cell with the separator before it; the group is a cell that holds, but is not within, quotation marks."""
    other = re.escape(separator)
    plain = rf'[^{other}"\r\n]*'
    return re.compile(rf'(?:^|{other})(?:"(?:[^"]|"")*"|({plain}"[^{other}\r\n]*)|{plain})')


def _after_open_quote(line: int) -> str:
    return (
        f"This row follows a quotation mark that was opened on line {line} and not closed properly; it was read as a "
        "separate row. Compare it with the file."
    )
