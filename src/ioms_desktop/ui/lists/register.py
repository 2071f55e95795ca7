"""A register: what a list is, and the one table model that shows any of them.

A screen writes down a ``Register``: its columns, and two functions of a service. ``query_ids(sought)`` filters and
sorts in the database and returns ids alone (``array('q')``); ``fetch_rows(ids)`` returns finished rows, each with
``.id``,
for at most 200 ids, in any order, leaving out what is no longer there. Both run off the interface thread. Rows are
frozen.

``RegisterModel`` never waits: a cell whose row is not here yet shows "…", and its window of rows is asked for once, at
the end of the turn of the event loop. Where ``query_first_ids`` is given it returns the first ids alone and quickly
(``LIMIT``), so that the first screen stands before all ids are counted. ``register_view.RegisterView`` puts a register
on screen.

    Register(
        title="Caseload",
        noun=("case", "cases"),
        columns=(
            Column("Surname", text=lambda row: row.surname, sort="surname", width=160),
            Column("RAG", text=lambda row: row.rag, sort="rag", chip=lambda row: rag_chip(row.rag), width=96),
            Column("Next contact", text=lambda row: day(row.next_on), sort="next_on", style=Style.DATE),
        ),
        index=partial(registers.case_index, session),
        window=partial(registers.case_window, session),
        open=self.open_case,
        empty="No case yet. Adopt one from a referral, or import a caseload.",
    )
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from ioms_desktop.ui.widgets.chips import Chip


class Identified(Protocol):
    """A row that knows which record it is."""

    @property
    def id(self) -> int:
        """The record's id."""
        ...


Row = TypeVar("Row", bound=Identified)


class ColumnStyle(StrEnum):
    """How a column is set: numbers and dates in figures of one width, references in their own."""

    TEXT = "text"
    NUMBER = "number"  # at the right
    DATE = "date"
    QUIET = "quiet"  # text that explains another column


@dataclass(frozen=True, slots=True)
class ListColumn(Generic[Row]):
    """One column of a register.

    Attributes:
        title: The word at its head; also the name under which its place and width are kept.
        text: The cell's words; also what a screen reader says and an export writes.
        sort_key: The name the service sorts by; None where it cannot.
        width: Pixels at 100 %.
        style: How the words are set.
        stretch: Whether it takes the room that is left; one column should.
        tooltip: More than the cell has room for.
        chip: A word with shape and colour in place of the text; None for a row without one.
        shown_by_default: Whether it is there before the user chose columns.
    """

    title: str
    text: Callable[[Row], str]
    sort_key: str | None = None
    width: int = 140
    style: ColumnStyle = ColumnStyle.TEXT
    stretch: bool = False
    tooltip: Callable[[Row], str] | None = None
    chip: Callable[[Row], Chip | None] | None = None
    shown_by_default: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice by which a register is narrowed; the view shows it as a chip.

    Attributes:
        name: What the service knows it by.
        title: The word on the chip.
        choices: Codes and their words. A filter with one choice is switched on and off.
        allows_several: Whether several choices may hold at once.
    """

    name: str
    title: str
    choices: tuple[tuple[str, str], ...]
    allows_several: bool = True


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked of a register: words, order, filters; a plain value that crosses to the worker.

    Attributes:
        text: What was typed, as typed.
        sort: The ``sort_key`` of a column, or None for the service's own order.
        descending: Whether the order is turned round.
        filters: Pairs of a filter's name and a chosen code, in order; an absent name does not narrow.
    """

    text: str = ""
    sort: str | None = None
    descending: bool = False
    filters: tuple[tuple[str, str], ...] = ()

    def chosen(self, name: str) -> frozenset[str]:
        """Give the codes chosen of a filter; none means that it does not narrow."""
        return frozenset(code for known, code in self.filters if known == name)

    @property
    def narrowed(self) -> bool:
        """Whether anything was typed or chosen."""
        return bool(self.text.strip() or self.filters)


@dataclass(frozen=True, slots=True)
class RowAction(Generic[Row]):
    """Something to do with the selected rows, offered by context menu and shortcut.

    Attributes:
        title: The verb on it, with its mnemonic ("&Record contact").
        callback: Takes the ids of the selected rows, in the order shown.
        icon: A Lucide name.
        shortcut: A key sequence as Qt writes it; acts while the table has the focus.
        allows_several: Whether several rows may be selected.
        enabled_for: Whether it applies to a row that is selected; True for all when None.
    """

    title: str
    callback: Callable[[tuple[int, ...]], None]
    icon: str = ""
    shortcut: str = ""
    allows_several: bool = False
    enabled_for: Callable[[Row], bool] | None = None


@dataclass(frozen=True, slots=True)
class Register(Generic[Row]):
    """A list of records: what it shows and where it comes from.

    Attributes:
        title: Its name, also its accessible name.
        columns: In their first order.
        query_ids: Ids that answer what is sought, sorted.
        fetch_rows: Rows of some ids.
        query_first_ids: The first ids that answer, quickly; see the module's first words.
        noun: One and many, for the count ("1,234 people").
        open_row: Called with an id on Enter or double click.
        actions: What may be done with selected rows.
        filters: Choices by which it is narrowed.
        placeholder: What the search box says while it is empty.
        empty_message: What to say, and what to do next, where there is no record at all.
        initial_query: What is sought before the user asks for anything.
        export: Called with what is sought and the shown columns' titles; None where it may not be exported.
        print: Called with the selected ids, or all shown when none is; None where it may not be printed.
    """

    title: str
    columns: tuple[ListColumn[Row], ...]
    query_ids: Callable[[Sought], Sequence[int]]
    fetch_rows: Callable[[Sequence[int]], Sequence[Row]]
    query_first_ids: Callable[[Sought], Sequence[int]] | None = None
    noun: tuple[str, str] = ("record", "records")
    open_row: Callable[[int], None] | None = None
    actions: tuple[RowAction[Row], ...] = ()
    filters: tuple[Filter, ...] = ()
    placeholder: str = "Search"
    empty_message: str = "Nothing is recorded here yet."
    initial_query: Sought = field(default_factory=Sought)
    export: Callable[[Sought, tuple[str, ...]], None] | None = None
    print: Callable[[tuple[int, ...]], None] | None = None

    def describe_count(self, number: int) -> str:
        """Say a number of its records in words, as "1 person" or "1,234 people"."""
        return f"{number:,} {self.noun[0] if number == 1 else self.noun[1]}"
