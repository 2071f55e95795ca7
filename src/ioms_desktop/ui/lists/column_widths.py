"""Shares the room of a table among its columns by what they show; none is narrower than can be read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QTableView

from ioms_desktop.ui.lists.cell_width import CELL_PADDING_PX, ROUNDING_PX
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn
from ioms_desktop.ui.widgets.chips import chip_font

DATE_WIDTH_PX = 104
"""The width of a date."""
REFERENCE_WIDTH_PX = 112
"""The width of a reference; a column that is declared no wider gives way only beyond what it shows."""
LEAST_TEXT_PX = 80
"""The narrowest that a column of text becomes: some nine letters."""
LEAST_NAME_PX = 260
"""A name is not cut below this: some thirty letters, so that one person is not taken for another."""
LEAST_TEXT_SHARE = 0.4
"""The narrowest that a column of text becomes, as a share of the width it should have, where that is more."""
WHOLE_TEXT_PX = 160
"""So much of a text is not cut in a table that scrolls sideways anyway: most names, and what a sentence is about."""
ARROW_PX = 18
"""What the arrow takes beside the heading by which a list is sorted."""
MOST_CONTENTS_PX = 420
"""The widest that a column becomes for what it shows; of a longer text the rest is in its tooltip."""


def share_room(room: int, least: Sequence[int], most: Sequence[int]) -> list[int]:
    """Share a room that is too small for the most that columns would take: the widest give way first.

    Returns:
        A width for each column, from its least to its most: all that lie between have the same. They take more than the
        room only where the least do.
    """
    low, high = 0, max(most, default=0)
    while low < high:
        level = (low + high + 1) // 2
        if sum(_between(level, least, most)) <= room:
            low = level
        else:
            high = level - 1
    return _between(low, least, most)


def _between(level: int, least: Sequence[int], most: Sequence[int]) -> list[int]:
    return [min(max(level, low), high) for low, high in zip(least, most, strict=True)]


class ColumnWidths(QObject):
    """Sets the widths of the columns of one table whenever its room or what it lists changes.

    Where there is room, each column has the width that it declares, or what its contents need where that is more; the
    one that stretches takes the rest. Where there is less, columns with room to spare give that up first, and then the
    widest columns of text give way, so that names and references stay whole beside long notes. Where even that is
    not enough, the table is wider than its room, and scrolls.

    Signals:
        fitted: The widths were set anew.
    """

    fitted = Signal()

    def __init__(self, table: QTableView, columns: Sequence[ListColumn[Any]]) -> None:
        """Give each column the width it declares, as far as there is room.

        Args:
            table: Shows the columns already.
        """
        super().__init__(table)
        self._table, self._columns = table, tuple(columns)
        self._header = table.horizontalHeader()
        self._wanted = [column.width for column in columns]
        self._contents = [0] * len(columns)
        self._chosen = set[int]()
        self._room: int | None = None
        self._is_fitting = False
        self.fit()
        self._header.sectionResized.connect(self._take_width)
        self._header.sortIndicatorChanged.connect(self.fit)

    def wanted(self, number: int) -> int:
        """Return the width that a column declares, or that the user gave it."""
        return self._wanted[number]

    def want(self, number: int, width: int) -> None:
        """Set the width that a column has where there is room enough, from the next `fit`.

        One of the user's own is kept whatever the column shows.

        Widths are saved for every column, so one that is as declared is taken as nobody's own.
        """
        if width == self._columns[number].width:
            self._chosen.discard(number)
        else:
            self._chosen.add(number)
        self._wanted[number] = width

    def take_contents(self, widths: Sequence[int]) -> None:
        """Take what the contents of each column need; a column that had more keeps it, so that typing moves nothing."""
        needed = [min(max(pair), MOST_CONTENTS_PX) for pair in zip(self._contents, widths, strict=True)]
        if needed != self._contents:
            self._contents = needed
            self.fit()

    def needed(self, number: int) -> int:
        """Return the width in which a column shows its heading and its contents, unless they are very wide."""
        if number in self._chosen or not self._contents[number]:
            return self._wanted[number]
        return max(self._contents[number], self._heading_width(number), self._header.minimumSectionSize())

    def least(self, number: int) -> int:
        """Return the narrowest that a column becomes: its heading, and some of a text, can be read."""
        wanted, needed, column = self._wanted[number], self.needed(number), self._columns[number]
        if column.is_never_cut:
            return needed
        if column.style is ColumnStyle.NAME:
            return min(needed, LEAST_NAME_PX)
        if wanted <= REFERENCE_WIDTH_PX or column.chip is not None:
            return min(needed, wanted)
        return min(needed, max(LEAST_TEXT_PX, self._heading_width(number), round(wanted * LEAST_TEXT_SHARE)))

    def _heading_width(self, number: int) -> int:
        """Return the width in which the heading of a column is read, with the arrow where the list is sorted by it."""
        arrow = ARROW_PX if self._header.sortIndicatorSection() == number else 0
        words = QFontMetrics(chip_font()).horizontalAdvance(self._columns[number].title)
        return words + arrow + 2 * CELL_PADDING_PX + ROUNDING_PX

    @property
    def exceeds_room(self) -> bool:
        """Whether the columns take more than the room there is, so that the table scrolls sideways."""
        return self._room is not None and self._header.length() > self._room

    def set_room(self, width: int) -> None:
        """Share another room; until it is known, each column has the width that it should have."""
        if width != self._room:
            self._room = width
            self.fit()

    @Slot()
    def fit(self) -> None:
        """Share the room that there is now."""
        shown = [number for number in range(len(self._columns)) if not self._header.isSectionHidden(number)]
        needed = [self.needed(number) for number in shown]
        wanted = [max(self._wanted[number], need) for number, need in zip(shown, needed, strict=True)]
        least = [self.least(number) for number in shown]
        widths = wanted
        if self._room is not None and sum(wanted) > self._room:
            widths = self._shared(self._room, least, needed, wanted)
        with self._fitting():
            for number, width in zip(shown, widths, strict=True):
                self._table.setColumnWidth(number, width)
            if self._room is None or sum(widths) < self._room:
                self._stretch()
        self.fitted.emit()

    def _shared(self, room: int, least: list[int], needed: list[int], wanted: list[int]) -> list[int]:
        if sum(needed) <= room:
            return share_room(room, needed, wanted)
        if sum(least) <= room:
            return share_room(room, least, needed)
        # It scrolls whatever is cut: then so much of each text is not, so that one row can be told from another.
        return [min(need, max(low, WHOLE_TEXT_PX)) for low, need in zip(least, needed, strict=True)]

    def _stretch(self) -> None:
        """Give the column that stretches what the others leave, or take from it what they lack."""
        if self._room is None:
            return
        for number, column in enumerate(self._columns):
            if column.stretch and not self._header.isSectionHidden(number):
                others = self._header.length() - self._header.sectionSize(number)
                self._table.setColumnWidth(number, max(self._room - others, self.least(number)))
                return

    @contextmanager
    def _fitting(self) -> Iterator[None]:
        """Tell the widths that are set here from those that the user sets."""
        self._is_fitting = True
        try:
            yield
        finally:
            self._is_fitting = False

    @Slot(int, int, int)
    def _take_width(self, number: int, before: int, width: int) -> None:
        """Take a width that the user has set; a column that is hidden has none, and keeps what it should have."""
        if self._is_fitting or not before or not width:
            return
        self._wanted[number] = width
        self._chosen.add(number)
        with self._fitting():
            self._stretch()
        self.fitted.emit()
