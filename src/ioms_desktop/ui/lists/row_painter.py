"""Paints the rows of a register that are in sight."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QTableView

from ioms_desktop.ui.lists.cell_width import CELL_PADDING_PX
from ioms_desktop.ui.lists.register import ColumnStyle
from ioms_desktop.ui.lists.register_model import RegisterModel
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.widgets.chips import Chip, chip_font, paint_chip

_ON_THE_LEFT, _ON_THE_RIGHT = (
    (side | Qt.AlignmentFlag.AlignVCenter).value | Qt.TextFlag.TextSingleLine.value
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)
"""Numbers, because flags are put together anew for each cell."""
MARK_WIDTH_PX = 4
"""The width of the bar at the beginning of a row that is marked."""


class _CellWords(NamedTuple):
    """The text of a cell, and where it stands."""

    text: str
    room: QRect
    style: ColumnStyle


class RowPainter:
    """Paints backgrounds and hairlines, then the texts of each colour together, then the chips.

    Cell by cell, as a delegate would, a screenful takes more than twice as long: the painter is set up for a line, a
    text and a chip in turn, two hundred times.

    Attributes:
        hovered_row: The row under the pointer; -1 for none.
        metrics: Measures a text.
        bold_metrics: Measures the text that begins a row that is marked.
        chip_font: The typeface of chips.
    """

    def __init__(self, table: QTableView, model: RegisterModel[Any]) -> None:
        self._table, self._model = table, model
        self.hovered_row = -1
        self.update_fonts()

    def update_fonts(self) -> None:
        """Take the fonts of the current theme."""
        self._font, self._bold_font = active_theme().font(), active_theme().font(bold=True)
        self.metrics, self.bold_metrics = QFontMetrics(self._font), QFontMetrics(self._bold_font)
        self.chip_font = chip_font()

    def rows_in(self, room: QRect) -> range:
        """Return the rows of which something is in a part of the viewport."""
        number = self._model.rowCount()  # while a list is replaced, the table may still have more
        first, last = self._table.rowAt(room.top()), self._table.rowAt(room.bottom())
        return range(number)[first : number if last < 0 else last + 1] if first >= 0 else range(0)

    def paint(self, painter: QPainter, room: QRect) -> None:
        """Paint what is in a part of the viewport."""
        words: dict[tuple[str, bool], list[_CellWords]] = defaultdict(list)
        chips: list[tuple[Chip, QRect]] = []
        columns = list(self._columns_in(room))
        for row in self.rows_in(room):
            is_selected = self._paint_background(painter, row)
            for number, style, column in columns:
                place = QRect(column)
                place.moveTop(self._table.rowViewportPosition(row))
                cell = self._model.shown(row, number)
                if cell.is_marked:
                    self._paint_mark(painter, place)
                if cell.chip is not None:
                    chips.append((cell.chip, place))
                elif cell.text:
                    faint = style is ColumnStyle.QUIET or cell.is_placeholder
                    role = "selected_text" if is_selected else "quiet" if faint else "text"
                    words[role, cell.is_marked].append(_CellWords(cell.text, place, style))
        for (role, is_bold), alike in words.items():
            self._paint_words(painter, role, alike, is_bold=is_bold)
        for chip, place in chips:
            paint_chip(painter, place, chip, self.chip_font)

    def _columns_in(self, room: QRect) -> Iterator[tuple[int, ColumnStyle, QRect]]:
        """Give the columns in a part of the viewport: number, style, and the inside of a cell, in the first row."""
        height = self._table.verticalHeader().defaultSectionSize() - 1
        for number, column in enumerate(self._model.register.columns):
            left, width = self._table.columnViewportPosition(number), self._table.columnWidth(number)
            if width and left <= room.right() and left + width > room.left():
                yield number, column.style, QRect(left + CELL_PADDING_PX, 0, width - 2 * CELL_PADDING_PX, height)

    def _paint_background(self, painter: QPainter, row: int) -> bool:
        """Paint a row without its cells, and return whether it is selected."""
        now = active_theme()
        top, height = self._table.rowViewportPosition(row), self._table.rowHeight(row)
        head = self._table.horizontalHeader()
        whole = QRect(-head.offset(), top, head.length(), height)
        is_selected = self._table.selectionModel().isSelected(self._model.index(row, 0))
        if is_selected or row == self.hovered_row:
            painter.fillRect(whole, now.colour("selected" if is_selected else "hover"))
        painter.setPen(QPen(now.colour("line"), 1))
        painter.drawLine(whole.bottomLeft(), whole.bottomRight())
        return is_selected

    def _paint_mark(self, painter: QPainter, place: QRect) -> None:
        bar = QRect(place.left() - CELL_PADDING_PX, place.top() + 3, MARK_WIDTH_PX, place.height() - 6)
        painter.fillRect(bar, active_theme().colour("accent"))

    def _paint_words(self, painter: QPainter, role: str, alike: list[_CellWords], *, is_bold: bool) -> None:
        """Paint texts of one colour, and of one font."""
        metrics = self.bold_metrics if is_bold else self.metrics
        painter.setPen(active_theme().colour(role))
        painter.setFont(self._bold_font if is_bold else self._font)
        for words in alike:
            shown = metrics.elidedText(words.text, Qt.TextElideMode.ElideRight, words.room.width())
            painter.drawText(words.room, _ON_THE_RIGHT if words.style is ColumnStyle.NUMBER else _ON_THE_LEFT, shown)
