"""Reads the XML of a workbook's sheets and shared texts as a stream: what cells hold, what is hidden or merged."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.parsers import expat

from typing_extensions import override

READ_CHUNK_BYTES = 1 << 16
MAX_COLUMNS = 16_384
MAX_MERGES = 20_000
MAX_CELL_CHARS = 1_000_000
MAX_STRINGS = 2_000_000

# The same elements under the names of the first edition and of Strict Open XML.
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_ELEMENTS = ("row", "c", "v", "f", "t", "rPh", "si", "col", "mergeCell")
_TAGS: Mapping[str, str] = {f"{space} {name}": name for space in _NAMESPACES for name in _ELEMENTS}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MERGE_BYTES = re.compile(
    rb"<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([A-Za-z$]+[0-9$]+:[A-Za-z$]+[0-9$]+)[\"']"
)
_CELL_NAME = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LETTERS = 26


class UnsafeXmlError(Exception):
    """A part declares entities, or is written in a way that no spreadsheet program writes."""


class StringsTooLongError(Exception):
    """A workbook holds more text than is held in memory."""


class Merge(NamedTuple):
    """Cells that are shown as one; rows count from 1, columns from 0, the last included.

    Attributes:
        name: The first cell, whose value is shown.
    """

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    name: str


@dataclass(slots=True)
class SheetCell:
    """A cell as the workbook stores it.

    Attributes:
        column: Its column, from 0.
        type: The type it is stored with: n, s, str, inlineStr, b, e or d.
        style: The number of its style.
        value: Its text or stored result; empty where it has none.
        formula: The formula with that result; empty where it has none but shares another cell's.
        has_formula: Whether the value is the result of a formula.
    """

    column: int
    type: str = "n"
    style: int = 0
    value: str = ""
    formula: str = ""
    has_formula: bool = False


@dataclass(slots=True)
class SheetRow:
    """A row of a sheet.

    Attributes:
        line: Its number, from 1.
        is_hidden: Whether it is hidden or filtered away.
        cells: Its cells.
    """

    line: int
    is_hidden: bool
    cells: list[SheetCell] = field(default_factory=list)


class _Parser:
    """The common part: an expat parser that accepts no document type."""

    def __init__(self) -> None:
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = _refuse_doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text
        self._collected: list[str] | None = None
        self._chars = 0
        self._in_phonetic = False

    def parse(self, stream: IO[bytes]) -> Iterator[None]:
        """Parse a stream; pauses after each part of it."""
        while part := stream.read(READ_CHUNK_BYTES):
            self._expat.Parse(part, False)
            yield
        self._expat.Parse(b"", True)
        yield

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def _end(self, name: str) -> None:
        raise NotImplementedError

    def _text(self, text: str) -> None:
        if self._collected is not None:
            self._collected.append(text)
            self._chars += len(text)
            if self._chars > MAX_CELL_CHARS:
                raise StringsTooLongError

    def _take(self) -> str:
        found = "".join(self._collected or ())
        self._collected, self._chars = None, 0
        return found


class _SheetParser(_Parser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[SheetRow] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self._row = SheetRow(0, is_hidden=False)
        self._cell = SheetCell(-1)

    @override
    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _TAGS.get(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v" or (tag == "t" and not self._in_phonetic):
            self._collected = []
        elif tag == "f":
            self._cell.has_formula = True
            self._collected = []
        elif tag == "row":
            line = int(attributes.get("r", self._row.line + 1))
            if line < 1:
                raise UnsafeXmlError
            self._row = SheetRow(line, is_hidden=_is_true(attributes.get("hidden")))
            self._cell = SheetCell(-1)
        elif tag == "rPh":
            self._in_phonetic = True
        elif tag == "col" and _is_true(attributes.get("hidden")):
            self.hidden_columns.append((int(attributes["min"]) - 1, min(int(attributes["max"]), MAX_COLUMNS) - 1))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self._cell.column + 1 if reference is None else column_of(reference)
        if column >= MAX_COLUMNS or len(self._row.cells) >= MAX_COLUMNS:
            raise UnsafeXmlError
        self._cell = SheetCell(column, attributes.get("t", "n"), int(attributes.get("s", 0)))
        self._row.cells.append(self._cell)

    @override
    def _end(self, name: str) -> None:
        tag = _TAGS.get(name)
        if tag in {"v", "t"}:
            self._cell.value += self._take()
        elif tag == "f":
            self._cell.formula = self._take()
        elif tag == "row":
            self.rows.append(self._row)
        elif tag == "rPh":
            self._in_phonetic = False


class _StringsParser(_Parser):
    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._parts: list[str] = []

    @override
    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        tag = _TAGS.get(name)
        if tag == "t" and not self._in_phonetic:
            self._collected = []
        elif tag == "rPh":
            self._in_phonetic = True

    @override
    def _end(self, name: str) -> None:
        tag = _TAGS.get(name)
        if tag == "t":
            self._parts.append(self._take())
        elif tag == "rPh":
            self._in_phonetic = False
        elif tag == "si":
            self.strings.append(unescaped("".join(self._parts)))
            self._parts.clear()
            if len(self.strings) > MAX_STRINGS:
                raise StringsTooLongError


class SheetReader:
    """The rows of one sheet, as a stream.

    Attributes:
        hidden_columns: The first and last of columns that are hidden, from 0; known once the first row is.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        """Begin with a sheet's XML."""
        self._stream = stream
        self._parser = _SheetParser()
        self.hidden_columns = self._parser.hidden_columns

    def rows(self) -> Iterator[SheetRow]:
        """Iterate over the rows that the sheet stores."""
        for _ in self._parser.parse(self._stream):
            yield from self._parser.rows
            self._parser.rows.clear()


def read_strings(stream: IO[bytes]) -> list[str]:
    """Read the shared texts of a workbook."""
    parser = _StringsParser()
    for _ in parser.parse(stream):
        pass
    return parser.strings


def read_merges(stream: IO[bytes]) -> list[Merge]:
    """Find the merged cells of a sheet, by their first row.

    They stand behind the rows, so they are looked for in the bytes, which takes a fraction of parsing them.
    """
    found: list[Merge] = []
    rest = b""
    while part := stream.read(READ_CHUNK_BYTES):
        text = rest + part
        if not found and not rest and b"\0" in text[:100]:
            raise UnsafeXmlError  # UTF-16, in which nothing would be found
        for match in _MERGE_BYTES.finditer(text):
            found.append(_merge(match[1].decode("ascii")))
            if len(found) > MAX_MERGES:
                raise StringsTooLongError
        # An element that the end of this part cuts is found in the next.
        cut = text.rfind(b"<")
        rest = text[cut:] if cut >= 0 and b">" not in text[cut:] else b""
        if len(rest) > READ_CHUNK_BYTES:
            raise UnsafeXmlError
    return sorted(found)


def _merge(text: str) -> Merge:
    first, _, last = text.replace("$", "").partition(":")
    return Merge(_line_of(first), _line_of(last), column_of(first), column_of(last), first)


def column_of(reference: str) -> int:
    """Return the column of a cell by its name, from 0: A1 is in 0."""
    found = _CELL_NAME.fullmatch(reference)
    if found is None:
        raise UnsafeXmlError
    number = 0
    for letter in found[1].upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _line_of(reference: str) -> int:
    found = _CELL_NAME.fullmatch(reference)
    if found is None:
        raise UnsafeXmlError
    return int(found[2])


def unescaped(text: str) -> str:
    """Take back the form in which a workbook writes characters that XML cannot hold: `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _is_true(text: str | None) -> bool:
    return text in {"1", "true"}


def _refuse_doctype(*_: object) -> None:
    raise UnsafeXmlError
