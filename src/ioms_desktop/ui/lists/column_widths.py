"""Shares the room of a table among its columns, none of which is narrower than can be read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QTableView

from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn

DATE_WIDTH_PX = 104
"""The width of a date."""
REFERENCE_WIDTH_PX = 112
"""The width of a reference; a column that is declared no wider never gives way.

Nor does one of dates: what is left of either once its end is cut off says something else, or nothing."""
LEAST_TEXT_PX = 80
"""The narrowest that a column of text becomes: some nine letters."""
LEAST_TEXT_SHARE = 0.4
"""The narrowest that a column of text becomes, as a share of the width it should have, where that is more."""


class ColumnWidths(QObject):
    """Sets the widths of the columns of one table whenever its room changes.

    Where there is more room than the columns should have, the one that stretches takes it. Where there is less, columns
    of text give way; where even that is not enough, the table is wider than its room, and scrolls.

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
        self._room: int | None = None
        self._is_fitting = False
        self.fit()
        self._header.sectionResized.connect(self._take_width)

    def wanted(self, number: int) -> int:
        """Return the width that a column has where there is room enough."""
        return self._wanted[number]

    def want(self, number: int, width: int) -> None:
        """Set the width that a column has where there is room enough."""
        self._wanted[number] = width
        self.fit()

    def least(self, number: int) -> int:
        """Return the narrowest that a column becomes: its heading, and some of a text, can be read."""
        wanted, column = self._wanted[number], self._columns[number]
        if wanted <= REFERENCE_WIDTH_PX or column.style is ColumnStyle.DATE or column.chip is not None:
            return wanted
        heading = self._header.sectionSizeHint(number)
        return min(wanted, max(LEAST_TEXT_PX, heading, round(wanted * LEAST_TEXT_SHARE)))

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
        widths = {number: self._wanted[number] for number in shown}
        lacking = 0 if self._room is None else sum(widths.values()) - self._room
        if lacking > 0:
            spare = {number: widths[number] - self.least(number) for number in shown}
            share = min(1.0, lacking / max(sum(spare.values()), 1))
            widths = {number: width - int(spare[number] * share) for number, width in widths.items()}
        with self._fitting():
            for number, width in widths.items():
                self._table.setColumnWidth(number, width)
            self._stretch()
        self.fitted.emit()

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
        yield
        self._is_fitting = False

    @Slot(int, int, int)
    def _take_width(self, number: int, before: int, width: int) -> None:
        """Take a width that the user has set; a column that is hidden has none, and keeps what it should have."""
        if self._is_fitting or not before or not width:
            return
        self._wanted[number] = width
        with self._fitting():
            self._stretch()
        self.fitted.emit()
