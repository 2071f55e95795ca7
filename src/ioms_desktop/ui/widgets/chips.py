"""Chips: a word with a shape and a colour, so that nothing is conveyed by colour alone.

``Chip("RED", Tone.RED, Shape.OCTAGON)`` or, for the RAG, ``rag_chip("RED")``. Tables and labels paint chips alike.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from ioms_desktop.domain.text_format import format_days
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.tokens import Tone

CHIP_HEIGHT_PX = 20
SHAPE_SIZE_PX = 11
SHAPE_GAP_PX = 5
CHIP_PADDING_PX = 7


class Shape(StrEnum):
    """The shape shown before the word."""

    OCTAGON = "octagon"
    TRIANGLE = "triangle"
    CIRCLE = "circle"
    LOCK = "lock"  # a square with a padlock
    DIAMOND = "diamond"
    RING = "ring"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Chip:
    """A word, its tone, and the shape that conveys the tone in greyscale."""

    text: str
    tone: Tone = Tone.NEUTRAL
    shape: Shape = Shape.NONE


_RAG = {
    "RED": (Tone.RED, Shape.OCTAGON),
    "AMBER": (Tone.AMBER, Shape.TRIANGLE),
    "GREEN": (Tone.GREEN, Shape.CIRCLE),
    "BLUE": (Tone.BLUE, Shape.LOCK),
}


def rag_chip(rag: str | None) -> Chip | None:
    """Return the chip of a RAG colour by its code; None if there is none."""
    if not rag:
        return None
    tone, shape = _RAG.get(rag, (Tone.NEUTRAL, Shape.RING))
    return Chip(rag, tone, shape)


def deadline_chip(days_left: int, *, done: bool = False) -> Chip:
    """Return the chip of a deadline.

    Args:
        days_left: Days until it is due; 0 for today, negative if it is late.
        done: Whether what was due has been done.
    """
    if done:
        return Chip("done", Tone.GREEN, Shape.CIRCLE)
    if days_left < 0:
        return Chip(f"{format_days(-days_left)} late", Tone.RED, Shape.OCTAGON)
    if days_left == 0:
        return Chip("due today", Tone.AMBER, Shape.TRIANGLE)
    if days_left == 1:
        return Chip("due tomorrow", Tone.AMBER, Shape.TRIANGLE)
    return Chip(f"{format_days(days_left)} left", Tone.NEUTRAL, Shape.RING)


def chip_size(chip: Chip, font: QFont) -> QSize:
    """Return the size of a chip."""
    sign = 0 if chip.shape is Shape.NONE else SHAPE_SIZE_PX + SHAPE_GAP_PX
    return QSize(2 * CHIP_PADDING_PX + sign + QFontMetrics(font).horizontalAdvance(chip.text), CHIP_HEIGHT_PX)


def paint_chip(painter: QPainter, rect: QRect, chip: Chip, font: QFont) -> None:
    """Paint a chip at the left of a rectangle, vertically centred; the word is elided if it does not fit."""
    tinge = active_theme().tones[chip.tone]
    width = min(chip_size(chip, font).width(), rect.width())
    box = QRectF(rect.left(), rect.top() + (rect.height() - CHIP_HEIGHT_PX) / 2, width, CHIP_HEIGHT_PX)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(QColor(tinge.sign), 1) if active_theme().name == "high_contrast" else QPen(Qt.PenStyle.NoPen)
    painter.setPen(edge)
    painter.setBrush(QColor(tinge.fill))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    left = box.left() + CHIP_PADDING_PX
    if chip.shape is not Shape.NONE:
        paint_shape(painter, QRectF(left, box.center().y() - SHAPE_SIZE_PX / 2, SHAPE_SIZE_PX, SHAPE_SIZE_PX), chip)
        left += SHAPE_SIZE_PX + SHAPE_GAP_PX
    painter.setPen(QColor(tinge.text))
    painter.setFont(font)
    words = QRectF(left, box.top(), box.right() - CHIP_PADDING_PX - left + 1, CHIP_HEIGHT_PX)
    shown = QFontMetrics(font).elidedText(chip.text, Qt.TextElideMode.ElideRight, int(words.width()) + 1)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()


def paint_shape(painter: QPainter, box: QRectF, chip: Chip) -> None:
    """Paint the shape of a chip alone, filling a square."""
    tinge = active_theme().tones[chip.tone]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tinge.sign))
    if chip.shape is Shape.CIRCLE:
        painter.drawEllipse(box)
    elif chip.shape is Shape.RING:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tinge.sign), 2))
        painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5))
    elif chip.shape is Shape.LOCK:
        _paint_lock(painter, box, QColor(tinge.fill))
    elif chip.shape in _CORNERS:
        corners = [box.topLeft() + QPointF(x * box.width(), y * box.height()) for x, y in _CORNERS[chip.shape]]
        painter.drawPolygon(QPolygonF(corners))


_CORNERS = {
    Shape.OCTAGON: ((0.3, 0), (0.7, 0), (1, 0.3), (1, 0.7), (0.7, 1), (0.3, 1), (0, 0.7), (0, 0.3)),
    Shape.TRIANGLE: ((0.5, 0), (1, 0.95), (0, 0.95)),
    Shape.DIAMOND: ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
}


def _paint_lock(painter: QPainter, box: QRectF, inside: QColor) -> None:
    painter.drawRoundedRect(box, 1.5, 1.5)
    unit = box.width() / 11
    painter.setBrush(inside)
    painter.drawRect(QRectF(box.left() + 3 * unit, box.top() + 5.2 * unit, 5 * unit, 3.6 * unit))
    shackle = QPainterPath()
    shackle.moveTo(box.left() + 4 * unit, box.top() + 5.4 * unit)
    shackle.lineTo(box.left() + 4 * unit, box.top() + 4 * unit)
    shackle.arcTo(QRectF(box.left() + 4 * unit, box.top() + 2.5 * unit, 3 * unit, 3 * unit), 180, -180)
    shackle.lineTo(box.left() + 7 * unit, box.top() + 5.4 * unit)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(inside, 1.1 * unit))
    painter.drawPath(shackle)


class ChipLabel(QLabel):
    """A chip as a label; a screen reader reads its word."""

    def __init__(self, chip: Chip | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chip: Chip | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)

    @property
    def chip(self) -> Chip | None:
        """The chip shown; None if there is none."""
        return self._chip

    def show_chip(self, chip: Chip | None) -> None:
        """Show another chip, or none."""
        self._chip = chip
        self.setText(chip.text if chip else "")
        self.setAccessibleName(chip.text if chip else "")
        if chip is None or self.parentWidget() is not None:  # without a parent it would open as a window
            self.setVisible(chip is not None)
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return chip_size(self._chip, self._font()) if self._chip else QSize(0, CHIP_HEIGHT_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._chip is None:
            return
        painter = QPainter(self)
        paint_chip(painter, self.rect(), self._chip, self._font())
        painter.end()

    def _font(self) -> QFont:
        return chip_font()


def chip_font() -> QFont:
    """Return the typeface of chips: small and bold."""
    now = active_theme()
    return now.font(size=now.sizes.small, bold=True)
