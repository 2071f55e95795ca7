"""The declaration of a list: its columns, filters and row actions, and the functions that read it.

A list is declared as a ``Register``. Its ``query_ids(query)`` filters and sorts in the database and returns ids only
(``array("q")``); its ``fetch_rows(ids)`` returns frozen rows, each with an ``.id``, for at most 200 ids, in any order,
leaving out those that no longer exist. Both run on a worker thread. A list that is in memory already takes both from a
``ListSource``.

``RegisterModel`` never blocks: a cell whose row has not been read yet shows "…", and the rows around it are requested
once, at the end of the current turn of the event loop. ``query_first_rows`` returns the first rows alone, quickly
(``LIMIT``), so that the first screenful is shown before all ids have been read. ``RegisterView`` displays a register.

    Register(
        title="Caseload",
        noun=("case", "cases"),
        columns=(
            ListColumn("Surname", text=lambda row: row.surname, sort_key="surname", width=160),
            ListColumn("RAG", text=lambda row: row.rag, chip=lambda row: rag_chip(row.rag), width=96),
            ListColumn("Next due", text=lambda row: format_date(row.next_due), style=ColumnStyle.DATE),
        ),
        query_ids=partial(case_ids, session),
        fetch_rows=partial(case_rows, session),
        open_row=self._open_case,
        empty_message="No case is open. Import a caseload, or show closed cases with the filter above.",
    )
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from ioms_desktop.services.exchange.copied_rows import CopyRows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.widgets.chips import Chip


class Identified(Protocol):
    """A row with an id that is unique in its list."""

    @property
    def id(self) -> int:
        """The id."""
        ...


Row = TypeVar("Row", bound=Identified)


class ColumnStyle(StrEnum):
    """How the cells of a column are aligned and coloured, and which give way to which."""

    TEXT = "text"
    NAME = "name"  # whom the row is about: other texts give way before it
    NUMBER = "number"  # aligned right
    DATE = "date"
    QUIET = "quiet"  # subdued, such as a reference


@dataclass(frozen=True, slots=True)
class ListColumn(Generic[Row]):
    """One column of a register.

    Attributes:
        title: Its heading; its position and width are saved under this name.
        text: The text of a cell, which is also read by a screen reader and copied.
        sort_key: The name the source sorts by; None if it cannot.
        width: Pixels at 100 %.
        style: How its cells are displayed.
        stretch: Whether it takes the remaining width; one column should.
        tooltip: The full text, where the cell may be too narrow for it.
        chip: A chip shown in place of the text; None for a row without one.
        shown_by_default: Whether it is shown until the user chooses columns.
        sort_value: The value by which a list in memory is sorted; the text when None.
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
    sort_value: Callable[[Row], Any] | None = None

    @property
    def is_never_cut(self) -> bool:
        """Whether it shows dates or references, of which what is left once the end is cut off says something else."""
        return self.style in {ColumnStyle.DATE, ColumnStyle.QUIET}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a register, shown as a chip.

    Attributes:
        name: Its name in a query.
        title: The text on the chip.
        choices: Codes and their labels. A filter with a single choice is switched on and off.
        allows_several: Whether several choices may be on at once.
    """

    name: str
    title: str
    choices: tuple[tuple[str, str], ...]
    allows_several: bool = True


@dataclass(frozen=True, slots=True)
class RowAction(Generic[Row]):
    """An action on the selected rows, offered as a button, in the context menu and by shortcut.

    Attributes:
        title: Its name with a mnemonic ("&Record contact").
        callback: Takes the ids of the selected rows, in the order shown.
        icon: The name of a Lucide icon.
        shortcut: A key sequence as Qt writes it; it works while the table has the focus.
        allows_several: Whether several rows may be selected.
        enabled_for: Whether it applies to a selected row; None if it applies to every row.
    """

    title: str
    callback: Callable[[tuple[int, ...]], None]
    icon: str = ""
    shortcut: str = ""
    allows_several: bool = False
    enabled_for: Callable[[Row], bool] | None = None


@dataclass(frozen=True, slots=True)
class Register(Generic[Row]):
    """The declaration of a list.

    Attributes:
        title: Its name, also its accessible name.
        columns: In their default order.
        query_ids: Returns the ids that match a query, sorted.
        fetch_rows: Returns the rows of some ids.
        query_first_rows: Returns the first matching rows, in order, quickly; see the module's docstring.
        noun: Singular and plural, for the count ("1,234 people").
        open_row: Called with an id on Enter or double click.
        actions: Actions on selected rows.
        filters: The filters above the list.
        placeholder: The hint in the empty search box.
        empty_message: What is shown when there is no record at all, with what to do next.
        initial_query: The query before the user enters anything.
        export: Called with the query and the titles of the shown columns; None if the list may not be exported.
        print: Called with the selected ids, or with all ids when none is selected; None if the list may not be printed.
        copy: Puts on record that rows are copied, and gives their text; None if the list may not be copied.
        mark: The words of a row that is marked, as one that is new to the user; empty for a row without a mark.
    """

    title: str
    columns: tuple[ListColumn[Row], ...]
    query_ids: Callable[[ListQuery], Sequence[int]]
    fetch_rows: Callable[[Sequence[int]], Sequence[Row]]
    query_first_rows: Callable[[ListQuery], Sequence[Row]] | None = None
    noun: tuple[str, str] = ("record", "records")
    open_row: Callable[[int], None] | None = None
    actions: tuple[RowAction[Row], ...] = ()
    filters: tuple[Filter, ...] = ()
    placeholder: str = "Search"
    empty_message: str = "Nothing is recorded here yet."
    initial_query: ListQuery = field(default_factory=ListQuery)
    export: Callable[[ListQuery, tuple[str, ...]], None] | None = None
    print: Callable[[tuple[int, ...]], None] | None = None
    copy: Callable[[CopyRows], str] | None = None
    mark: Callable[[Row], str] = lambda _: ""

    def describe_count(self, number: int) -> str:
        """Return a number of its records with the noun, as "1 person" or "1,234 people"."""
        return f"{number:,} {self.noun[0] if number == 1 else self.noun[1]}"
