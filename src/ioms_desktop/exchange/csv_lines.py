"""The physical lines of a CSV file: their encoding, and how many of them one row takes."""

import codecs
import hashlib
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ioms_desktop.domain.errors import FileUnreadable

MAX_LINE_CHARS = 4_000_000
MAX_ROW_CHARS = 2_000_000
READ_CHUNK_BYTES = 1 << 20

UTF_8, UTF_8_WITH_MARK, WINDOWS_ENCODING = "utf-8", "utf-8-sig", "cp1252"
ENCODING_NAMES = {UTF_8: "UTF-8", UTF_8_WITH_MARK: "UTF-8", WINDOWS_ENCODING: "Windows-1252"}
_BYTE_ORDER_MARK = "\ufeff"
UNDEFINED_BYTE_HANDLER = "ioms-undefined"


def _decode_undefined_byte(error: UnicodeError) -> tuple[str, int]:
    """Decode a byte that Windows-1252 leaves undefined as a control character, so that the cell is refused later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(map(chr, error.object[error.start : error.end])), error.end


codecs.register_error(UNDEFINED_BYTE_HANDLER, _decode_undefined_byte)


class BadLine(str):
    """A line that cannot be read as its writer meant it.

    Attributes:
        reason: Why, in one sentence.
    """

    __slots__ = ("reason",)
    reason: str


class CutLine(BadLine):
    """A line that is longer than is held in memory; what it held is not read."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFileInfo:
    """The results of one pass over a file's bytes.

    Attributes:
        encoding: UTF-8, with or without a byte order mark, or Windows-1252.
        is_mixed: Whether some lines are in another encoding than the file.
        digest: The file's SHA-256, to detect changes.
        longest_line_bytes: The length of its longest line, in bytes.
    """

    encoding: str
    is_mixed: bool
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
    is_utf8, longest, tail, start = True, 0, 0, b""
    with path.open("rb") as stream:
        while part := stream.read(READ_CHUNK_BYTES):
            start = start or part
            digest.update(part)
            lengths = [len(line) for line in part.split(b"\n")]
            lengths[0] += tail
            longest, tail = max(longest, *lengths), lengths[-1]
            is_utf8 = is_utf8 and _decodes(decoder, part)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    if not start.strip():
        raise FileUnreadable(f"{path.name} is empty. Nothing was read; add a header row with the names of its columns.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FileUnreadable(f"{path.name} is written in UTF-16. Nothing was read; save it as CSV in UTF-8.")
    encoding, is_mixed = (UTF_8, False) if is_utf8 else _prevailing_encoding(path)
    if encoding == UTF_8 and start.startswith(codecs.BOM_UTF8):
        encoding = UTF_8_WITH_MARK
    return CsvFileInfo(encoding=encoding, is_mixed=is_mixed, digest=digest.hexdigest(), longest_line_bytes=longest)


def _decodes(decoder: codecs.IncrementalDecoder, part: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(part, final=final)
    except UnicodeDecodeError:
        return False
    return True


def _prevailing_encoding(path: Path) -> tuple[str, bool]:
    """Find the encoding of most lines that tell, and whether others are in another.

    One damaged byte must not turn every other name of a file into something else, so lines are counted, not bytes.
    """
    in_utf8 = in_windows = 0
    with path.open("rb") as stream:
        while line := stream.readline(MAX_LINE_CHARS):
            if not line.isascii():
                if _has_utf8_letters(line):
                    in_utf8 += 1
                else:
                    in_windows += 1
    if in_utf8 >= in_windows:
        return UTF_8, True
    return WINDOWS_ENCODING, in_utf8 > 0


def _has_utf8_letters(line: bytes) -> bool:
    """Whether a line holds letters of several bytes as UTF-8 writes them, damaged bytes beside them or not."""
    return not line.decode("utf-8", "ignore").isascii()


def text_lines(path: Path, info: CsvFileInfo) -> Iterator[str]:
    """Iterate over the lines of a file with their line ends.

    A line that is too long, or in another encoding than the file, comes as a `BadLine`.
    """
    if info.is_mixed:
        yield from _lines_one_by_one(path, info.encoding)
        return
    # newline="" keeps the line ends inside quoted cells as they are.
    with path.open(encoding=info.encoding, errors=UNDEFINED_BYTE_HANDLER, newline="") as stream:
        yield from stream if info.longest_line_bytes <= MAX_LINE_CHARS else _limited_lines(stream)


def _limited_lines(stream: io.TextIOWrapper) -> Iterator[str]:
    while line := stream.readline(MAX_LINE_CHARS):
        if len(line) < MAX_LINE_CHARS or line.endswith(("\n", "\r")):
            yield line
            continue
        while rest := stream.readline(MAX_LINE_CHARS):
            if rest.endswith(("\n", "\r")):
                break
        yield _bad(CutLine("\n"), f"This line is longer than {MAX_LINE_CHARS:,} characters.")


def _lines_one_by_one(path: Path, encoding: str) -> Iterator[str]:
    with path.open("rb") as stream:
        if encoding == UTF_8_WITH_MARK:
            stream.seek(len(codecs.BOM_UTF8))
        while line := stream.readline(MAX_LINE_CHARS):
            if len(line) < MAX_LINE_CHARS or line.endswith(b"\n"):
                yield from _decoded(line, encoding)
                continue
            while rest := stream.readline(MAX_LINE_CHARS):
                if rest.endswith(b"\n"):
                    break
            yield _bad(CutLine("\n"), f"This line is longer than {MAX_LINE_CHARS:,} bytes.")


def _decoded(line: bytes, encoding: str) -> Iterator[str]:
    """Decode what ends with a newline, which may be several lines that end with carriage returns."""
    in_windows = line.decode(WINDOWS_ENCODING, UNDEFINED_BYTE_HANDLER)
    if line.isascii():
        yield from io.StringIO(in_windows, newline="")
        return
    name = ENCODING_NAMES[encoding]
    try:
        in_utf8 = line.decode("utf-8")
    except UnicodeDecodeError:
        in_utf8 = ""
    if in_utf8 and encoding != WINDOWS_ENCODING:
        yield from io.StringIO(in_utf8, newline="")
    elif not in_utf8 and encoding == WINDOWS_ENCODING:
        yield from io.StringIO(in_windows, newline="")
    else:
        for each in io.StringIO(in_utf8 or in_windows, newline=""):
            yield _bad(
                BadLine(each),
                f"This line is not written in {name} like the rest of the file, so its letters are uncertain; save the "
                "whole file in UTF-8.",
            )


def _bad(line: BadLine, reason: str) -> BadLine:
    line.reason = reason
    return line


class RowTooLongError(Exception):
    """A row has taken more lines than a row may."""


class LineBuffer:
    """The lines of a file as the rows take them; lines that a broken row took can be read again.

    Attributes:
        taken: The lines of the row being read.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        """Begin with the first of the lines."""
        self.taken: list[str] = []
        self._lines = lines
        self._put_back: deque[str] = deque()
        self._chars = 0

    def __iter__(self) -> "LineBuffer":
        """Iterate over the lines."""
        return self

    def __next__(self) -> str:
        """Give the next line to the row being read.

        Raises:
            RowTooLongError: The row has taken too many lines, or the next of its lines cannot be held.
        """
        line = self._put_back.popleft() if self._put_back else next(self._lines)
        if line.startswith(_BYTE_ORDER_MARK) and type(line) is str:
            line = line.removeprefix(_BYTE_ORDER_MARK)  # files that were put together have one in the middle
        if self.taken:
            self._chars += len(line)
            if self._chars > MAX_ROW_CHARS or type(line) is CutLine:
                self._put_back.appendleft(line)
                raise RowTooLongError
        self.taken.append(line)
        return line

    def start_row(self) -> int:
        """Forget the lines of a finished row; return how many it took."""
        taken = len(self.taken)
        self.taken.clear()
        self._chars = 0
        return taken

    def reread(self) -> str:
        """Put the lines of a broken row back, except its first, which is returned."""
        first, *others = self.taken
        self._put_back.extendleft(reversed(others))
        self.start_row()
        return first
