"""A document as data: its frame, its band and its blocks in reading order. Nothing here knows how it is drawn.

Whoever makes a document returns one `PaperDocument`; `reports.layout.pdf` turns it into pages. Headings are at levels
2 and 3 below the masthead, which is the first; sections follow from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ioms_desktop.charts.shapes import ColourRole, Picture

LANGUAGE = "en-GB"
MASTHEAD_LEVEL = 1
LOWEST_LEVEL = 3


class TextTone(StrEnum):
    """The weight of a piece of text."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one tone."""

    text: str
    tone: TextTone = TextTone.PLAIN


Words = str | tuple[Run, ...]
"""A text in the plain tone, or in several."""


def runs_of(words: Words, tone: TextTone = TextTone.PLAIN) -> tuple[Run, ...]:
    """Return a text as runs, in a tone where it has none of its own."""
    return (Run(words, tone),) if isinstance(words, str) else words


def plain_text(words: Words) -> str:
    """Return a text without its tones."""
    return words if isinstance(words, str) else "".join(run.text for run in words)


@dataclass(frozen=True, slots=True)
class MastheadStanding:
    """The one word that stands beside the title: a RAG rating with its sign, or the like.

    Attributes:
        word: The word.
        sign: The RAG code whose sign stands before it; empty for none.
        note: A few words beneath: since when.
    """

    word: str
    sign: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Masthead:
    """The title of the document with what is said beneath it, first on its first page."""

    title: str
    subtitle: str = ""
    line: str = ""
    standing: MastheadStanding | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; it stays on a page with what follows."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. Line ends within it are kept."""

    words: Words
    tone: TextTone = TextTone.PLAIN


@dataclass(frozen=True, slots=True)
class LabelledValues:
    """Labels with their values.

    Attributes:
        pairs: Label and value.
        side_by_side: Whether two short pairs may share a line.
    """

    pairs: tuple[tuple[str, Words], ...]
    side_by_side: bool = True


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table.

    Attributes:
        heading: Its heading.
        share: Its share of the width.
        is_written_in: Whether it is filled in by hand; another is left out where none of its cells has a text.
        is_number: Whether its cells end at the right.
    """

    heading: str
    share: float
    is_written_in: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one heading row, which is repeated on each page.

    Attributes:
        columns: From left to right.
        rows: One text for each column.
        caption: What it is a table of, where its heading does not say so.
        room: How many lines high each row is at least, where it is written in by hand.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Words, ...], ...]
    caption: str = ""
    room: int = 0

    def __post_init__(self) -> None:
        """Refuse a ragged table.

        Raises:
            ValueError: A row has not one text for each column.
        """
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("Every row of a table has one text for each column.")

    def shown(self) -> tuple[tuple[TableColumn, ...], tuple[tuple[Words, ...], ...]]:
        """Return the columns and rows without the columns that say nothing; one stays where all of them are empty."""
        used = [
            number
            for number, column in enumerate(self.columns)
            if column.is_written_in or any(row[number] for row in self.rows)
        ] or [0]
        if len(used) == len(self.columns):
            return self.columns, self.rows
        return tuple(self.columns[number] for number in used), tuple(
            tuple(row[number] for number in used) for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """What the parts of a document are, in a table with a row for each; on paper its last column is the page.

    Attributes:
        columns: From left to right, without the page.
        rows: One text for each column, a row for each part in their order.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class BulletList:
    """A list of items without an order."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart across the page, with what it shows in words.

    Raises:
        ValueError: It has no words for who cannot see it.
    """

    picture: Picture
    alt: str

    def __post_init__(self) -> None:
        """Refuse a figure without words."""
        if not self.alt.strip():
            raise ValueError("A figure needs its words.")


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence in a box; an urgent one is larger and in red."""

    words: Words
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


Block = Masthead | Heading | Paragraph | LabelledValues | Table | Contents | BulletList | Figure | Notice | PageBreak


class BandShape(StrEnum):
    """The sign in a band."""

    OCTAGON = "octagon"
    TRIANGLE = "triangle"
    CIRCLE = "circle"
    DIAMOND = "diamond"
    SQUARE = "square"
    WEDGE = "wedge"


class BandPattern(StrEnum):
    """How a band is filled, which tells bands apart without colour."""

    SOLID = "solid"
    STRIPES = "stripes"
    FALLING = "falling"
    CROSSED = "crossed"
    BARS = "bars"
    OUTLINE = "outline"


@dataclass(frozen=True, slots=True)
class Band:
    """The band in the margin of every page, by which a copy is known at arm's length."""

    word: str
    shape: BandShape
    role: ColourRole
    pattern: BandPattern


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What is printed on every page.

    Attributes:
        marking: At the top and bottom.
        running_head: At the top of every page after the first.
        warning: Beside the marking, where there is one: "Identity restricted".
        foot_lines: At the foot, from top to bottom: who printed it, how to handle it. Each is wrapped.
        copy_label: "copy 1 of 2" and the like, beside the page number.
        print_id: The number of this print.
        printed_at: Local time of printing.
        author: The user who printed it, in the document's properties.
        band: The band in the margin; None for none.
    """

    marking: str
    running_head: str
    warning: str = ""
    foot_lines: tuple[str, ...] = ()
    copy_label: str = ""
    print_id: str = ""
    printed_at: datetime | None = None
    author: str = ""
    band: Band | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDocument:
    """A whole document.

    Attributes:
        title: Its title, in its properties.
        frame: What is on every page.
        blocks: What it says, in reading order.
        shorter: The same in fewer words, each shorter than the one before, for what is to be on one page: it says the
            first that fits, the last where none does.
        parts: Documents that follow it in the same file, each on pages of its own with its own frame and page numbers;
            a level below it among the headings and bookmarks. They have no parts themselves.
        language: The language it is written in.
    """

    title: str
    frame: PageFrame
    blocks: tuple[Block, ...]
    shorter: tuple[tuple[Block, ...], ...] = ()
    parts: "tuple[PaperDocument, ...]" = ()
    language: str = LANGUAGE

    def __post_init__(self) -> None:
        """Refuse an outline with a gap.

        Raises:
            ValueError: A heading is more than one level below the one before it, or the masthead is not first or is
                not the only one; or the contents have not one row for each part, or a part has parts.
        """
        if any(isinstance(block, Contents) and len(block.rows) != len(self.parts) for block in self.blocks):
            raise ValueError("Contents have one row for each part.")
        if any(part.parts for part in self.parts):
            raise ValueError("A part has no parts.")
        before = 0
        for level in self._levels():
            if not 1 <= level <= LOWEST_LEVEL or level > before + 1:
                raise ValueError(f"A heading at level {level} cannot follow one at level {before}.")
            if level == MASTHEAD_LEVEL and before:
                raise ValueError("A document has one masthead, before its headings.")
            before = level

    def _levels(self) -> Iterator[int]:
        for block in self.blocks:
            if isinstance(block, Masthead):
                yield MASTHEAD_LEVEL
            elif isinstance(block, Heading):
                yield block.level
