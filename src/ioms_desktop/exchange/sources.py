"""Tables of rows to import, independent of the kind of file."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple, Protocol

MAX_CHUNK_ROWS = 2_000
MAX_CHUNK_CHARS = 8_000_000
CELL_CHARS = 8  # an empty cell takes memory too


class CellType(Enum):
    """What a cell of a workbook is, other than text."""

    NUMBER = auto()
    DATE = auto()
    TRUE_OR_FALSE = auto()
    ERROR = auto()
    NO_RESULT = auto()
    MERGED = auto()


class CellNote(NamedTuple):
    """What the text of a workbook's cell does not say.

    Attributes:
        type: What the cell is.
        stored: The value behind the text, of a number that is shown otherwise; empty where the text is all there is.
        detail: The cell that it is merged with, or how it cannot be shown; empty where there is nothing to add.
    """

    type: CellType
    stored: str = ""
    detail: str = ""


class RawRow(NamedTuple):
    """One row of a file, unchanged.

    Attributes:
        line: The line on which it starts; the header is line 1.
        cells: Its cells, unchanged.
        reason: Why it cannot be read; empty where it can.
        warnings: What is unusual about it.
        notes: What is known of its cells besides their text, by position.
        swallowed: The lines inside its cells that have as many cells as the header, with their number.
    """

    line: int
    cells: Sequence[str]
    reason: str = ""
    warnings: tuple[str, ...] = ()
    notes: Mapping[int, CellNote] = MappingProxyType({})
    swallowed: tuple[tuple[int, Sequence[str]], ...] = ()

    def with_warning(self, warning: str) -> "RawRow":
        """Add a warning."""
        return self._replace(warnings=(*self.warnings, warning))


class TableSource(Protocol):
    """A table of rows in a file.

    Attributes:
        file: The file's name.
        table: The table its rows belong to.
        header: The cells of its header row, unchanged; empty where it has none.
        header_line: The line of the header.
        format_label: How it was read, in words: encoding and separator, or the sheet.
        notices: What is unusual about the table as a whole, a sentence each.
    """

    @property
    def file(self) -> str: ...  # noqa: D102 - said above
    @property
    def table(self) -> str: ...  # noqa: D102 - said above
    @property
    def header(self) -> Sequence[str]: ...  # noqa: D102 - said above
    @property
    def header_line(self) -> int: ...  # noqa: D102 - said above
    @property
    def format_label(self) -> str: ...  # noqa: D102 - said above
    @property
    def notices(self) -> Sequence[str]: ...  # noqa: D102 - said above

    def rows(self) -> Iterator[RawRow]:
        """Iterate over the rows below the header, without blank ones."""


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row is empty: spreadsheets leave such rows below their tables."""
    return not any(cells) or not any(map(str.strip, cells))


def chunks(rows: Iterator[RawRow]) -> Iterator[list[RawRow]]:
    """Gather rows into chunks of limited size in memory, however long the rows are."""
    gathered: list[RawRow] = []
    characters = 0
    for row in rows:
        gathered.append(row)
        characters += len("".join(row.cells)) + CELL_CHARS * len(row.cells)
        if len(gathered) == MAX_CHUNK_ROWS or characters > MAX_CHUNK_CHARS:
            yield gathered
            gathered, characters = [], 0
    if gathered:
        yield gathered
