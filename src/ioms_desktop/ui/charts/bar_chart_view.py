"""A bar chart on screen, which can be saved as a picture."""

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageWriter, QPainter
from typing_extensions import override

from ioms_desktop.charts.bars import Bar, layout_bars
from ioms_desktop.charts.shapes import Picture
from ioms_desktop.ui.charts.row_chart_view import MIN_WIDTH_PX, RowChartView

SAVED_IMAGE_SCALE = 2  # pixels of a saved picture per pixel on screen


class BarChartView(RowChartView):
    """Shows the figures of one table as bars."""

    def __init__(self, name: str) -> None:
        """Make an empty chart.

        Args:
            name: Its accessible name.
        """
        super().__init__(name)
        self._title = ""
        self._bars: tuple[Bar, ...] = ()

    def show_bars(self, title: str, bars: Sequence[Bar]) -> None:
        """Replace the figures."""
        self._title, self._bars = title, tuple(bars)
        self.show_again()

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
