"""Reads CSV files as other programs write them: detects encoding and separator, and reads row by row."""

import codecs
import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ioms_desktop.domain.errors import FileUnreadable
from ioms_desktop.exchange.sources import RawRow, is_blank

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MAX_CELL_CHARS = 1_000_000
MAX_LINE_CHARS = 4_000_000
READ_CHUNK_BYTES = 1 << 20
CELL_TOO_LONG_MESSAGE = (
    f"A cell in this row is longer than {MAX_CELL_CHARS:,} characters, or its quotation mark is never closed."
)

WINDOWS_ENCODING = "cp1252"
UNDEFINED_BYTE_HANDLER = "ioms-undefined"


def _decode_undefined_byte(error: UnicodeError) -> tuple[str, int]:
    """Decode a byte that Windows-1252 leaves undefined as a control character, so that the cell is refused later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error(UNDEFINED_BYTE_HANDLER, _decode_undefined_byte)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFileInfo:
    """The results of one pass over a file's bytes.

    Attributes:
        encoding: UTF-8, with or without a byte order mark, or Windows-1252.
        digest: The file's SHA-256, to detect changes.
        longest_line_bytes: The length of its longest line, in bytes.
    """

    encoding: str
    digest: str
    longest_line_bytes: int


def inspect_file(path: Path) -> CsvFileInfo:
    """Inspect a file in parts, whatever its size.

    Raises:
        Refused: It is in UTF-16, or empty.
        OSError: It cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    digest = hashlib.sha256()
    encoding, longest, tail, start = "utf-8", 0, 0, b""
    with path.open("rb") as stream:
        while part := stream.read(READ_CHUNK_BYTES):
            start = start or part
            digest.update(part)
            lines = part.split(b"\n")
            lengths = [len(line) for line in lines]
            lengths[0] += tail
            longest, tail = max(longest, *lengths), lengths[-1]
            if encoding == "utf-8":
                try:
                    decoder.decode(part)
                except UnicodeDecodeError:
                    encoding = WINDOWS_ENCODING
    if encoding == "utf-8":
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = WINDOWS_ENCODING
    if not start.strip():
        raise FileUnreadable(f"{path.name} is empty. Nothing was read; add a header row with the names of its columns.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnreadable(f"{path.name} is written in UTF-16. Nothing was read; save it as CSV in UTF-8.")
    if encoding == "utf-8" and start.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    return CsvFileInfo(encoding=encoding, digest=digest.hexdigest(), longest_line_bytes=longest)


class CsvSource:
    """One CSV file as a table of rows."""

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
        self._separator = self._sniff_separator(known)
        with self._open() as stream:
            first = next(self._rows(stream), RawRow(1, []))
        self.header: Sequence[str] = first.cells
        self.header_line = first.line

    @property
    def file(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def format_label(self) -> str:
        """The encoding and separator, in words."""
        encoding = "Windows-1252" if self.file_info.encoding == WINDOWS_ENCODING else "UTF-8"
        return f"{encoding}, {SEPARATORS[self._separator]}"

    def rows(self) -> Iterator[RawRow]:
        """Iterate over the rows below the header, without blank ones."""
        with self._open() as stream:
            rows = self._rows(stream)
            next(rows, None)
            yield from rows

    def _open(self) -> io.TextIOWrapper:
        # newline="" keeps the line ends inside quoted cells as they are.
        return self.path.open(encoding=self.file_info.encoding, errors=UNDEFINED_BYTE_HANDLER, newline="")

    def _sniff_separator(self, known: Collection[str]) -> str:
        """Choose the separator that finds the most known column names in the first line."""
        with self._open() as stream:
            line = stream.readline(MAX_LINE_CHARS)

        def found(separator: str) -> int:
            names = [name.strip().lower() for name in next(csv.reader([line], delimiter=separator), [])]
            return sum(name in known for name in names)

        return max(SEPARATORS, key=found)

    def _rows(self, stream: io.TextIOWrapper) -> Iterator[RawRow]:
        lines = _LineReader(stream, careful=self.file_info.longest_line_bytes > MAX_LINE_CHARS)
        # The limit is process-wide. Cells longer than a record takes still pass, to be reported later.
        csv.field_size_limit(MAX_CELL_CHARS)
        reader = csv.reader(iter(lines), delimiter=self._separator)
        more = True
        while more:
            line = reader.line_num + 1
            try:
                for cells in reader:
                    if lines.at_end:
                        yield RawRow(line, cells, "A quotation mark opened in this row is never closed.")
                    elif lines.was_truncated:
                        lines.was_truncated = False
                        yield RawRow(line, [], f"This line is longer than {MAX_LINE_CHARS:,} characters.")
                    elif not is_blank(cells):
                        yield RawRow(line, cells)
                    line = reader.line_num + 1
                more = False
            except csv.Error:
                yield RawRow(line, [], CELL_TOO_LONG_MESSAGE)


class _LineReader:
    """The lines of a stream, with a limit on the length of a line in memory.

    Attributes:
        at_end: Whether the stream has no more lines.
        was_truncated: Whether the last line was longer, and was cut.
    """

    def __init__(self, stream: io.TextIOWrapper, *, careful: bool) -> None:
        self._stream = stream
        self._limit_lines = careful
        self.at_end = False
        self.was_truncated = False

    def __iter__(self) -> Iterator[str]:
        if self._limit_lines:
            yield from self._limited_lines()
        else:
            yield from self._stream
        self.at_end = True

    def _limited_lines(self) -> Iterator[str]:
        while line := self._stream.readline(MAX_LINE_CHARS):
            if len(line) < MAX_LINE_CHARS or line.endswith(("\n", "\r")):
                yield line
                continue
            while rest := self._stream.readline(MAX_LINE_CHARS):
                if rest.endswith(("\n", "\r")):
                    break
            self.was_truncated = True
            yield "cut\n"
