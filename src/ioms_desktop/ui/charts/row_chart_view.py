"""A chart of rows on screen, with tooltips; the arrow keys read it row by row."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from typing_extensions import override

from ioms_desktop.charts.shapes import Picture, ShapeGroup
from ioms_desktop.ui.charts.drawing_view import ChartView
from ioms_desktop.ui.widgets.widgets import announce

MIN_WIDTH_PX = 320


class RowChartView(ChartView):
    """Shows rows, each of which says what it is; a subclass lays them out."""

    def __init__(self, name: str) -> None:
        """Make an empty chart.

        Args:
            name: Its accessible name.
        """
        super().__init__(MIN_WIDTH_PX)
        self._focused = -1
        self.setAccessibleName(name)

    def show_again(self) -> None:
        """Show the rows from the first, after they were replaced."""
        self._focused = -1
        self._invalidate_picture()

    @override
    def _describe(self, picture: Picture) -> str:
        rows = self._rows()
        return rows[self._focused].title if 0 <= self._focused < len(rows) else picture.description

    @override
    def group_at(self, place: QPoint) -> ShapeGroup | None:
        return next((row for row in self._rows() if row.box.top <= place.y() <= row.box.bottom), None)

    def _rows(self) -> list[ShapeGroup]:
        return sorted(self.picture.targets, key=lambda each: each.box.top)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        rows = self._rows()
        if step is None or not rows:
            super().keyPressEvent(event)
            return
        self._focused = min(max(self._focused + step, 0), len(rows) - 1)
        said = rows[self._focused].title
        self.setAccessibleDescription(said)
        announce(said, self)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_chart(painter)
        rows = self._rows()
        if self.hasFocus() and 0 <= self._focused < len(rows):
            box = rows[self._focused].box
            self._paint_focus_ring(painter, box._replace(left=6.0, right=self.width() - 6.0))
        painter.end()
