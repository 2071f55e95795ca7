"""The only table model of the application: ids first, rows by windows, nothing fetched on the interface thread."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal, Slot
from typing_extensions import override

from ioms_desktop.ui.lists.register import Column, Identified, Register, Row, Sought, Style
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.chips import Chip

Kind = TypeVar("Kind")
AnyIndex = QModelIndex | QPersistentModelIndex
WINDOW = 200
KEPT_WINDOWS = 64  # 12,800 rows; more is fetched again when it comes into sight
AT_ONCE = 2
WAITING = 4  # windows that were passed over quickly are not fetched
PENDING = "…"
REMOVED = "removed"
CHIP_ROLE = Qt.ItemDataRole.UserRole + 1
ID_ROLE = Qt.ItemDataRole.UserRole + 2
STATE_ROLE = Qt.ItemDataRole.UserRole + 3

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class _Found(Generic[Row]):
    """What a worker brings back: ids, and the rows of the first window where they were fetched too."""

    ids: "array[int]"
    rows: dict[int, Row] | None


class RegisterModel(QAbstractTableModel, Generic[Row]):
    """Shows a register.

    Signals:
        answered: A new answer stands; with True when it is complete and counted, False when only its head is here.
        refused: The question was refused; with the sentence.
        failed: The question failed inside; with the reference. What was shown before stays.
    """

    answered = Signal(bool)
    refused = Signal(str)
    failed = Signal(str)

    def __init__(self, register: Register[Row], tasks: Tasks, parent: QObject | None = None) -> None:
        """Begin empty; ``seek`` asks."""
        super().__init__(parent)
        self.register = register
        self._tasks = tasks
        self._ids: array[int] = array("q")
        self._windows: OrderedDict[int, dict[int, Row]] = OrderedDict()
        self._former: dict[int, Row] = {}
        self._wanted: list[int] = []
        self._asked: set[int] = set()
        self._turn = 0
        self._under_way = 0
        self._fetching = False
        self.sought = register.first
        self.complete = False

    # What the view asks -------------------------------------------------------------------------

    def seek(self, sought: Sought) -> None:
        """Ask anew; what is shown stays until the answer is here, and answers to former questions are dropped.

        Args:
            sought: Words, order and filters.
        """
        former, self.sought = self.sought, sought
        register = self.register
        # A refresh takes no head: rows far down that are in sight or selected would leave for a moment.
        if register.head is not None and not (self.complete and sought == former):
            work = partial(_first_screen, register, register.head, sought)
            then: Callable[[_Found[Row]], None] = partial(self._take_head, sought)
        else:
            work = partial(_first_screen, register, register.index, sought)
            then = self._take_all
        self._tasks.latest(self, "index", work, then, self.refused.emit, self.failed.emit)

    def refresh(self) -> None:
        """Ask the same question again: records have changed."""
        self.seek(self.sought)

    @property
    def ids(self) -> Sequence[int]:
        """The ids in the order shown; not to be changed."""
        return self._ids

    def row_of(self, record: int) -> int | None:
        """Say in which row a record stands, or None."""
        try:
            return self._ids.index(record)
        except ValueError:
            return None

    def rows_of(self, records: Iterable[int]) -> list[int]:
        """Say in which rows records stand; those no longer here are left out."""
        sought = set(records)
        if not sought:
            return []
        return [row for row, record in enumerate(self._ids) if record in sought]

    def record(self, row: int) -> Row | None:
        """Give a row that has been fetched; None while it is pending, or when it has been removed."""
        window = self._windows.get(row // WINDOW)
        found = window.get(self._ids[row]) if window is not None else None
        return found or self._former.get(self._ids[row])

    def records(self, ids: Iterable[int], kind: type[Kind]) -> list[Kind]:
        """Give the rows of some records, in the order shown; those not fetched or no longer here are left out.

        Args:
            ids: Which.
            kind: What the rows are.
        """
        rows = (self.record(row) for row in self.rows_of(ids))
        return [row for row in rows if isinstance(row, kind)]

    # What Qt asks -------------------------------------------------------------------------------

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
            return _RIGHT if column.style is Style.NUMBER else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole and column.sort is not None:
            return f"Sort by {column.title}"
        return None

    @override
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in _ANSWERED:
            return None
        column = self.register.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.style is Style.NUMBER else _LEFT
        record = self._ids[index.row()]
        if role == ID_ROLE:
            return record
        number = index.row() // WINDOW
        window = self._windows.get(number)
        if window is None:
            self._want(number)
        row = window.get(record) if window is not None else self._former.get(record)
        if row is None:
            return _absent(index.column(), role, PENDING if window is None else REMOVED)
        return self._said(column, row, index.column(), role)

    def _said(self, column: Column[Row], row: Row, place: int, role: int) -> str | Chip | None:
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == CHIP_ROLE:
            return column.chip(row) if column.chip is not None else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tooltip(row) if column.tooltip is not None else None
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.summary(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.summary(row) if place == 0 else f"{column.title}: {column.text(row) or 'empty'}"
        return None

    def summary(self, row: Row) -> str:
        """Say a whole row in one breath, as a screen reader reads it: each filled column with its title."""
        said = ((column.title, column.text(row)) for column in self.register.columns)
        return "; ".join(f"{title}: {text}" for title, text in said if text)

    # Answers ------------------------------------------------------------------------------------

    def _take_head(self, sought: Sought, found: _Found[Row]) -> None:
        self._replace(found)
        self.complete = False
        self.answered.emit(False)
        work = partial(_all_ids, self.register, sought)
        self._tasks.latest(self, "index", work, self._take_rest, self.refused.emit, self.failed.emit)

    def _take_rest(self, found: _Found[Row]) -> None:
        begun = len(self._ids)
        if found.ids[:begun] != self._ids or begun % WINDOW:
            if found.ids != self._ids:
                self._replace(found)
        elif len(found.ids) > begun:
            self.beginInsertRows(QModelIndex(), begun, len(found.ids) - 1)
            self._ids = found.ids
            self.endInsertRows()
        self.complete = True
        self.answered.emit(True)

    def _take_all(self, found: _Found[Row]) -> None:
        self._replace(found)
        self.complete = True
        self.answered.emit(True)

    def _replace(self, found: _Found[Row]) -> None:
        self.beginResetModel()
        self._turn += 1
        # Rows already read stay in sight until their window is here again, so that a refresh does not flicker.
        self._former = {key: row for window in self._windows.values() for key, row in window.items()}
        self._windows.clear()
        if found.rows is not None:
            self._windows[0] = found.rows
        self._ids = found.ids
        self._wanted.clear()
        self._asked.clear()
        self._under_way = 0
        self.endResetModel()

    # Windows ------------------------------------------------------------------------------------

    def _want(self, number: int) -> None:
        if number in self._asked or number in self._wanted:
            return
        self._wanted.append(number)
        del self._wanted[:-WAITING]
        if not self._fetching:
            self._fetching = True
            QTimer.singleShot(0, self, self._fetch)

    @Slot()
    def _fetch(self) -> None:
        self._fetching = False
        while self._wanted and self._under_way < AT_ONCE:
            number = self._wanted.pop()
            self._asked.add(number)
            self._under_way += 1
            ids = self._ids[number * WINDOW : (number + 1) * WINDOW]
            self._tasks.run(
                self,
                partial(_rows, self.register, ids),
                partial(self._take_window, self._turn, number),
                partial(self._lose_window, self._turn, self.refused.emit),
                partial(self._lose_window, self._turn, self.failed.emit),
            )

    def _take_window(self, turn: int, number: int, rows: dict[int, Row]) -> None:
        if turn != self._turn:
            return
        self._asked.discard(number)
        self._under_way -= 1
        self._windows[number] = rows
        while len(self._windows) > KEPT_WINDOWS:
            self._windows.popitem(last=False)
        last = min((number + 1) * WINDOW, len(self._ids)) - 1
        self.dataChanged.emit(self.index(number * WINDOW, 0), self.index(last, self.columnCount() - 1))
        if self._wanted:
            self._fetch()

    def _lose_window(self, turn: int, told: Callable[[str], None], words: str) -> None:
        if turn == self._turn:
            # It stays among the asked: a window that failed is not asked for again at every repaint.
            self._under_way -= 1
            told(words)


_ANSWERED = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )
) | {CHIP_ROLE, ID_ROLE, STATE_ROLE}


def _absent(place: int, role: int, word: str) -> str | None:
    if role == STATE_ROLE:
        return word
    if role == Qt.ItemDataRole.DisplayRole:
        return word if word == PENDING or place == 0 else ""
    if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole):
        return "loading" if word == PENDING else "removed since the list was read"
    return None


def _rows(register: Register[Row], ids: Sequence[int]) -> dict[int, Row]:
    return {row.id: row for row in register.window(ids)}


def _first_screen(register: Register[Row], index: Any, sought: Sought) -> _Found[Row]:  # noqa: ANN401 - index or head
    ids = _array(index(sought))
    return _Found(ids, _rows(register, ids[:WINDOW]) if ids else None)


def _all_ids(register: Register[Row], sought: Sought) -> _Found[Row]:
    return _Found(_array(register.index(sought)), None)


def _array(ids: Sequence[int]) -> "array[int]":
    return ids if isinstance(ids, array) else array("q", ids)


__all__ = ["AnyIndex", "Identified", "RegisterModel"]
