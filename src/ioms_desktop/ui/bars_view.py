"""Bars on screen: the picture with words on hovering, read row by row with the arrow keys, saved with its numbers."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ioms_desktop.pictures.bars import Bar, layout
from ioms_desktop.pictures.shapes import Group, Picture, Role
from ioms_desktop.ui import theme
from ioms_desktop.ui.timeline_view import ScreenMetrics, paint_picture, plain, theme_colour
from ioms_desktop.ui.widgets import announce

LEAST_WIDTH = 320
SHARP = 2  # pixels of a saved picture for one of the screen


class BarsView(QWidget):
    """The figures of one table as bars."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._title = ""
        self._bars: tuple[Bar, ...] = ()
        self._picture: Picture | None = None
        self._focused = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Picture of the figures")

    def show_bars(self, title: str, bars: Sequence[Bar]) -> None:
        """Show other figures."""
        self._title, self._bars, self._focused = title, tuple(bars), -1
        self._arrange()
        self.setAccessibleDescription(self.picture.description)

    @property
    def picture(self) -> Picture:
        """The picture as it is painted now."""
        if self._picture is None:
            self._arrange()
        assert self._picture is not None  # noqa: S101 - arranging makes it
        return self._picture

    def save(self, path: Path) -> bool:
        """Write the picture as a PNG file; answers whether it could be written."""
        picture = self.picture
        image = QImage(ceil(picture.width) * SHARP, ceil(picture.height) * SHARP, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(SHARP)
        painter = QPainter(image)
        self._paint(painter)
        painter.end()
        return image.save(str(path))

    def _arrange(self) -> None:
        width = float(max(self.width(), LEAST_WIDTH))
        self._picture = layout(self._title, self._bars, width, metrics=ScreenMetrics(theme.current().family))
        self.setFixedHeight(ceil(self._picture.height))
        self.update()

    def _rows(self) -> list[Group]:
        return sorted(self.picture.events, key=lambda each: each.box.top)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 0, self.picture.width, self.picture.height), theme_colour(Role.SURFACE))
        paint_picture(painter, self.picture, theme_colour, theme.current().family)

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
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = next((row for row in self._rows() if row.box.top <= event.pos().y() <= row.box.bottom), None)
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain(found.title), self)
            return True
        return super().event(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._arrange()

    @override
    def sizeHint(self) -> QSize:
        return QSize(520, ceil(self.picture.height))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint(painter)
        rows = self._rows()
        if self.hasFocus() and 0 <= self._focused < len(rows):
            box = rows[self._focused].box
            painter.setPen(QPen(theme_colour(Role.ACCENT), theme.current().sizes.focus))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(QPointF(2, box.top - 3), QPointF(self.width() - 2, box.bottom + 3))
            painter.drawRoundedRect(ring, 3, 3)
        painter.end()
