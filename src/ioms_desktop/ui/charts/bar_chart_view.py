"""A bar chart on screen, with tooltips; the arrow keys read it row by row, and it can be saved as a picture."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QBuffer, QByteArray, QPoint, Qt
from PySide6.QtGui import QImage, QImageWriter, QKeyEvent, QPainter, QPaintEvent
from typing_extensions import override

from ioms_desktop.charts.bars import Bar, layout_bars
from ioms_desktop.charts.shapes import Picture, ShapeGroup
from ioms_desktop.ui.charts.drawing_view import ChartView
from ioms_desktop.ui.widgets.widgets import announce

MIN_WIDTH_PX = 320
SAVED_IMAGE_SCALE = 2  # pixels of a saved picture per pixel on screen


class BarChartView(ChartView):
    """Shows the figures of one table as bars."""

    def __init__(self, name: str) -> None:
        """Make an empty chart.

        Args:
            name: Its accessible name.
        """
        super().__init__(MIN_WIDTH_PX)
        self._title = ""
        self._bars: tuple[Bar, ...] = ()
        self._focused = -1
        self.setAccessibleName(name)

    def show_bars(self, title: str, bars: Sequence[Bar]) -> None:
        """Replace the figures."""
        self._title, self._bars, self._focused = title, tuple(bars), -1
        self.setAccessibleDescription(self._rebuild_picture().description)

    def png(self) -> bytes:
        """Return the picture as the content of a PNG file."""
        picture = self.picture
        image = QImage(
            ceil(picture.width) * SAVED_IMAGE_SCALE,
            ceil(picture.height) * SAVED_IMAGE_SCALE,
            QImage.Format.Format_ARGB32,
        )
        image.setDevicePixelRatio(SAVED_IMAGE_SCALE)
        painter = QPainter(image)
        self._paint_chart(painter)
        painter.end()
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(image)
        return bytes(buffer.data().data())

    @override
    def build_picture(self) -> Picture:
        return layout_bars(self._title, self._bars, float(max(self.width(), MIN_WIDTH_PX)), metrics=self.metrics)

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
