"""Tables of rows to import, independent of the kind of file."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

MAX_CHUNK_ROWS = 2_000
MAX_CHUNK_CHARS = 8_000_000


class RawRow(NamedTuple):
    """One row of a file, unchanged.

    Attributes:
        line: The line on which it starts; the header is line 1.
        cells: Its cells, unchanged.
        reason: Why it cannot be read; empty where it can.
    """

    line: int
    cells: Sequence[str]
    reason: str = ""


class TableSource(Protocol):
    """A table of rows in a file.

    Attributes:
        file: The file's name.
        table: The table its rows belong to.
        header: The cells of its header row, unchanged; empty where it has none.
        header_line: The line of the header.
        format_label: How it was read, in words: encoding and separator, or the sheet.
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
        characters += sum(map(len, row.cells))
        if len(gathered) == MAX_CHUNK_ROWS or characters > MAX_CHUNK_CHARS:
            yield gathered
            gathered, characters = [], 0
    if gathered:
        yield gathered
