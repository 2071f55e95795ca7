"""A table of rows on its way in, whatever kind of file it stands in."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

MAX_CHUNK_ROWS = 2_000
MAX_CHUNK_CHARS = 8_000_000


class RawRow(NamedTuple):
    """One row as it was sent.

    Attributes:
        line: The physical line on which it starts, the header being line 1.
        cells: Its cells, unchanged.
        reason: Why it cannot be read at all; empty where it can.
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
        header_line: The line on which the header stands.
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
        """Read the rows below the header, one after another, blank ones left out."""


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing: spreadsheets leave such rows below their tables."""
    return not any(cells) or not any(map(str.strip, cells))


def chunks(rows: Iterator[RawRow]) -> Iterator[list[RawRow]]:
    """Gather rows into lists small enough to hold, however long the rows are."""
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
