"""The only table model of the application: it reads ids first and rows in windows, always on a worker thread."""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from functools import partial
from itertools import chain
from typing import Any, Generic, NamedTuple, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from typing_extensions import override

from ioms_desktop.domain.errors import Stopped
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.lists.kept_selection import Chosen, Kept, Runs, places_of
from ioms_desktop.ui.lists.register import ColumnStyle, Identified, ListColumn, Register, Row
from ioms_desktop.ui.lists.register_loading import (
    WINDOW_ROWS,
    LoadedIds,
    fetch_row_map,
    load_all_ids,
    load_first_rows,
    load_first_window,
)
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.chips import Chip
from ioms_desktop.ui.widgets.page_area import AnyIndex

RowType = TypeVar("RowType")
MAX_CACHED_WINDOWS = 64  # 12,800 rows; others are read again when they become visible
MAX_CONCURRENT_FETCHES = 2
MAX_QUEUED_WINDOWS = 4  # windows scrolled past quickly are not read
PENDING_TEXT = "…"
REMOVED_TEXT = "removed"
CHIP_ROLE = Qt.ItemDataRole.UserRole + 1
ID_ROLE = Qt.ItemDataRole.UserRole + 2
STATE_ROLE = Qt.ItemDataRole.UserRole + 3
MARK_ROLE = Qt.ItemDataRole.UserRole + 4

_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ShownCell(NamedTuple):
    """What a cell shows.

    Attributes:
        text: Its text, where no chip stands for it.
        is_placeholder: Whether its row is not read yet, or gone.
        is_marked: Whether it begins a row that is marked.
    """

    text: str
    chip: Chip | None
    is_placeholder: bool
    is_marked: bool


class RegisterModel(QAbstractTableModel, Generic[Row]):
    """The Qt model of a register.

    Attributes:
        chosen: Says which rows are to be found again in a list that is read anew; set by the table.
        kept: Where they are in the list that is shown, as it was found while that was read.

    Signals:
        loaded: New ids were read; with True if they are complete, False if they are only the first ones.
        refused: The query was refused; with the message.
        failed: The query failed unexpectedly; with the reference of the fault. The rows shown before remain.
    """

    loaded = Signal(bool)
    refused = Signal(str)
    failed = Signal(str)

    def __init__(self, register: Register[Row], tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.register = register
        self.tasks = tasks
        self._ids: array[int] = array("q")
        self._windows: OrderedDict[int, dict[int, Row]] = OrderedDict()
        self._previous_rows: dict[int, Row] = {}
        self._queued_windows: list[int] = []
        self._requested_windows: set[int] = set()
        self._generation = 0
        self._fetches_in_flight = 0
        self._fetch_scheduled = False
        self._read_again: Collection[int] = ()  # the rows that were last read again
        self.query = register.initial_query
        self.is_complete = False
        self.chosen: Callable[[], Chosen | None] = lambda: None
        self.kept: Kept | None = None

    def run_query(self, query: ListQuery) -> None:
        """Run a query; the rows shown remain until it is answered, and answers to earlier queries are dropped."""
        former, self.query = self.query, query
        register = self.register
        # A refresh does not read the first rows alone: visible or selected rows far down would vanish for a moment.
        is_known = self.is_complete and query == former
        then: Callable[[LoadedIds[Row]], None] = partial(self._first_rows_loaded, query)
        if register.query_first_rows is not None and not is_known:
            work = partial(load_first_rows, register.query_first_rows, query, self.chosen())
        else:
            work = partial(load_first_window, register, query, self.chosen())
            then = self._all_ids_loaded
        self.tasks.latest(self, "index", work, then, self._refused, self.failed.emit)

    def _refused(self, sentence: str) -> None:
        """Tell why the newest query was not answered; one that took an older, begun late, for newer is run again."""
        if isinstance(self.tasks.refusal, Stopped):
            self.refresh()
        else:
            self.refused.emit(sentence)

    def refresh(self) -> None:
        """Run the same query again, because records have changed."""
        self.run_query(self.query)

    def loaded_rows(self, row_type: type[RowType]) -> list[RowType]:
        """Return the rows that have been read, in no particular order."""
        rows = (row for window in self._windows.values() for row in window.values())
        return [row for row in rows if isinstance(row, row_type)]

    def read_again(self, ids: Collection[int], stays: Callable[[Row, Row], bool]) -> None:
        """Read a few of the loaded rows again; the whole list where one of them may have come to another place.

        The whole list too where something of it is being read, which may have been read before they changed.

        Args:
            ids: The rows.
            stays: Whether a row, as it was and as it is, is still listed at its place.
        """
        if self._fetches_in_flight or self.tasks.awaits(self, "index"):
            self.refresh()
            return
        self._read_again = ids = {*ids, *(self._read_again if self.tasks.awaits(self, "rows") else ())}
        work, then = partial(fetch_row_map, self.register, [*ids]), partial(self._rows_read_again, ids, stays)
        self.tasks.latest(self, "rows", work, partial(then, self._generation), self.refused.emit, self.failed.emit)

    def _rows_read_again(
        self, ids: Collection[int], stays: Callable[[Row, Row], bool], generation: int, rows: dict[int, Row]
    ) -> None:
        former = {number: row for number in ids if (row := self._loaded(number)) is not None}
        if generation != self._generation:
            return  # all were read since
        if any(number not in rows or not stays(row, rows[number]) for number, row in former.items()):
            self.refresh()
            return
        for window in self._windows.values():
            window.update({number: rows[number] for number in former if number in window})
        for place in self.places_read(former):
            self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))

    def _loaded(self, record: int) -> Row | None:
        return next((window[record] for window in self._windows.values() if record in window), None)

    @property
    def ids(self) -> "array[int]":
        """The ids in the order shown; do not modify."""
        return self._ids

    def rows_of(self, records: Iterable[int]) -> list[int]:
        """Return the row numbers of records; those no longer listed are left out."""
        return places_of(self._ids, set(records))

    def record(self, row: int) -> Row | None:
        """Return a row that has been read; None while it is pending, or if its record has been removed."""
        return self._windows.get(row // WINDOW_ROWS, self._previous_rows).get(self._ids[row])

    def records(self, ids: Iterable[int], row_type: type[RowType]) -> list[RowType]:
        """Return the rows of some records, in the order shown; those not read yet or no longer listed are left out."""
        rows = (self.record(place) for place in self.places_read(set(ids)))
        return [row for row in rows if isinstance(row, row_type)]

    def rows_read(self, runs: Runs) -> list[Row]:
        """Return the rows of some runs as far as they have been read, in order."""
        known = {*self._previous_rows, *chain.from_iterable(self._windows.values())}
        places = places_of(self._ids, known)
        chosen = (places[bisect_left(places, top) : bisect_right(places, bottom)] for top, bottom in runs)
        return [row for place in chain.from_iterable(chosen) if (row := self.record(place)) is not None]

    def places_read(self, records: Collection[int]) -> list[int]:
        """Return the row numbers of some records as far as their rows have been read."""
        found = [
            number * WINDOW_ROWS + place
            for number in sorted(self._windows)
            for place, each in enumerate(self._ids[number * WINDOW_ROWS : (number + 1) * WINDOW_ROWS])
            if each in records
        ]
        listed = {self._ids[place] for place in found}
        waiting = [each for each in self._previous_rows if each in records and each not in listed]
        return sorted((*found, *places_of(self._ids, waiting))) if waiting else found

    @override
    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._ids)

    @override
    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.register.columns)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.register.columns):
            return None
        column = self.register.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_RIGHT if column.style is ColumnStyle.NUMBER else _ALIGN_LEFT
        if role == Qt.ItemDataRole.ToolTipRole and column.sort_key is not None:
            return f"Sort by {column.title}"
        return None

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in _SUPPORTED_ROLES:
            return None
        column = self.register.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_RIGHT if column.style is ColumnStyle.NUMBER else _ALIGN_LEFT
        if role == ID_ROLE:
            return self._ids[index.row()]
        row, instead = self._row_at(index.row())
        if row is None:
            return _placeholder_data(index.column(), role, instead)
        return self.register.mark(row) if role == MARK_ROLE else self._cell_data(column, row, index.column(), role)

    def shown(self, number: int, place: int) -> ShownCell:
        """Return what a cell shows, all at once: asked through `data`, role by role, it takes longer than to paint it.

        Args:
            number: The row.
            place: The column.
        """
        row, instead = self._row_at(number)
        if row is None:
            return ShownCell(_placeholder_data(place, _DISPLAY, instead) or "", None, True, False)
        column = self.register.columns[place]
        chip = column.chip(row) if column.chip is not None else None
        marked = place == 0 and bool(self.register.mark(row))
        return ShownCell("" if chip is not None else column.text(row), chip, False, marked)

    def _row_at(self, place: int) -> tuple[Row | None, str]:
        """Return a row, or what stands for it: one that was not read yet is asked for."""
        number, record = place // WINDOW_ROWS, self._ids[place]
        window = self._windows.get(number)
        if window is None:
            self._queue_window(number)
            return self._previous_rows.get(record), PENDING_TEXT
        return window.get(record), REMOVED_TEXT

    def _cell_data(self, column: ListColumn[Row], row: Row, place: int, role: int) -> str | Chip | None:
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == CHIP_ROLE:
            return column.chip(row) if column.chip is not None else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip(row) if column.tooltip is not None else None
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.describe_row(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.describe_row(row) if place == 0 else f"{column.title}: {column.text(row) or 'empty'}"
        return None

    def describe_row(self, row: Row) -> str:
        """Describe a whole row for a screen reader: every filled column with its title."""
        said = ((column.title, column.text(row)) for column in self.register.columns)
        words = "; ".join(f"{title}: {text}" for title, text in said if text)
        mark = self.register.mark(row)
        return f"{mark}; {words}" if mark else words

    def _first_rows_loaded(self, query: ListQuery, found: LoadedIds[Row]) -> None:
        self._replace_ids(found)
        self.is_complete = False
        self.loaded.emit(False)
        work = partial(load_all_ids, self.register, query, self.chosen())
        self.tasks.latest(self, "index", work, self._remaining_ids_loaded, self._refused, self.failed.emit)

    def _remaining_ids_loaded(self, found: LoadedIds[Row]) -> None:
        begun = len(self._ids)
        if found.ids[:begun] != self._ids or begun % WINDOW_ROWS:
            if found.ids != self._ids:
                self._replace_ids(found)
        elif len(found.ids) > begun:
            self.kept = found.kept
            self.beginInsertRows(QModelIndex(), begun, len(found.ids) - 1)
            self._ids = found.ids
            self.endInsertRows()
        self.is_complete = True
        self.loaded.emit(True)

    def _all_ids_loaded(self, found: LoadedIds[Row]) -> None:
        self._replace_ids(found)
        self.is_complete = True
        self.loaded.emit(True)

    def _replace_ids(self, found: LoadedIds[Row]) -> None:
        self.beginResetModel()
        self.kept = found.kept
        self._generation += 1
        # Rows already read remain visible until their window has been read again, so that a refresh does not flicker.
        self._previous_rows = {key: row for window in self._windows.values() for key, row in window.items()}
        self._windows.clear()
        if found.rows is not None:
            self._windows[0] = found.rows
        self._ids = found.ids
        self._queued_windows.clear()
        self._requested_windows.clear()
        self._fetches_in_flight = 0
        self.endResetModel()

    def _queue_window(self, number: int) -> None:
        if number in self._requested_windows or number in self._queued_windows:
            return
        self._queued_windows.append(number)
        del self._queued_windows[:-MAX_QUEUED_WINDOWS]
        if not self._fetch_scheduled:
            self._fetch_scheduled = True
            QTimer.singleShot(0, self, self._fetch_queued_windows)

    @Slot()
    def _fetch_queued_windows(self) -> None:
        self._fetch_scheduled = False
        while self._queued_windows and self._fetches_in_flight < MAX_CONCURRENT_FETCHES:
            number = self._queued_windows.pop()
            self._requested_windows.add(number)
            self._fetches_in_flight += 1
            ids = self._ids[number * WINDOW_ROWS : (number + 1) * WINDOW_ROWS]
            self.tasks.run(
                self,
                partial(fetch_row_map, self.register, ids),
                partial(self._window_loaded, self._generation, number),
                partial(self._window_failed, self._generation, self.refused.emit),
                partial(self._window_failed, self._generation, self.failed.emit),
            )

    def _window_loaded(self, generation: int, number: int, rows: dict[int, Row]) -> None:
        if generation != self._generation:
            return
        self._requested_windows.discard(number)
        self._fetches_in_flight -= 1
        self._windows[number] = rows
        while len(self._windows) > MAX_CACHED_WINDOWS:
            self._windows.popitem(last=False)
        last = min((number + 1) * WINDOW_ROWS, len(self._ids)) - 1
        self.dataChanged.emit(self.index(number * WINDOW_ROWS, 0), self.index(last, self.columnCount() - 1))
        if self._queued_windows:
            self._fetch_queued_windows()

    def _window_failed(self, generation: int, report: Callable[[str], None], message: str) -> None:
        if generation == self._generation:
            # It remains marked as requested, so that a failed window is not requested again at every repaint.
            self._fetches_in_flight -= 1
            report(message)


_SUPPORTED_ROLES = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )
) | {CHIP_ROLE, ID_ROLE, STATE_ROLE, MARK_ROLE}


def _placeholder_data(place: int, role: int, word: str) -> str | None:
    if role == STATE_ROLE:
        return word
    if role == Qt.ItemDataRole.DisplayRole:
        return word if word == PENDING_TEXT or place == 0 else ""
    if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
        return "loading" if word == PENDING_TEXT else "removed since the list was read"
    return None


__all__ = ["AnyIndex", "Identified", "RegisterModel"]
