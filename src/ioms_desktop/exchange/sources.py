"""A table of rows on its way in, whatever kind of file it stands in."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

ROWS_AT_ONCE = 2_000
CHARACTERS_AT_ONCE = 8_000_000


class RowText(NamedTuple):
    """One row as it was sent.

    Attributes:
        line: The physical line on which it starts, the header being line 1.
        cells: Its cells, unchanged.
        reason: Why it cannot be read at all; empty where it can.
    """

    line: int
    cells: Sequence[str]
    reason: str = ""


class Source(Protocol):
    """A table of rows in a file.

    Attributes:
        file: The file's name.
        table: The table its rows belong to.
        header: The cells of its header row, unchanged; empty where it has none.
        header_line: The line on which the header stands.
        form: How it was read, in words: encoding and separator, or the sheet.
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
    def form(self) -> str: ...  # noqa: D102 - said above

    def rows(self) -> Iterator[RowText]:
        """Read the rows below the header, one after another, blank ones left out."""


def blank(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing: spreadsheets leave such rows below their tables."""
    return not any(cells) or not any(map(str.strip, cells))


def chunks(rows: Iterator[RowText]) -> Iterator[list[RowText]]:
    """Gather rows into lists small enough to hold, however long the rows are."""
    gathered: list[RowText] = []
    characters = 0
    for row in rows:
        gathered.append(row)
        characters += sum(map(len, row.cells))
        if len(gathered) == ROWS_AT_ONCE or characters > CHARACTERS_AT_ONCE:
            yield gathered
            gathered, characters = [], 0
    if gathered:
        yield gathered
