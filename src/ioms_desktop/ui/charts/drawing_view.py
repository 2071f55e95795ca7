"""A picture on screen: plain shapes painted by Qt, with tooltips; it is laid out again when width or font change."""

from collections.abc import Callable
from functools import cache, lru_cache
from html import escape
from math import ceil

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPen, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ioms_desktop.charts.shapes import Box, Circle, ColourRole, Picture, Polygon, Rect, ShapeGroup, Strokes, Text
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.tokens import Tone

ColourLookup = Callable[[ColourRole], QColor]


def theme_colour(role: ColourRole) -> QColor:
    """Return the colour of a role in the current theme."""
    look = active_theme()
    if not role.startswith("rag."):
        return look.colour(role.value)
    _, tone, *part = role.split(".")
    tinge = look.tones[Tone(tone)]
    return QColor({"fill": tinge.fill, "text": tinge.text}.get(part[0] if part else "", tinge.sign))


class ChartView(QWidget):
    """Shows one picture at the width available; a subclass lays it out in ``build_picture``."""

    def __init__(self, min_width: int, colours: ColourLookup = theme_colour, parent: QWidget | None = None) -> None:
        """Make a view without a picture.

        Args:
            min_width: The minimum width, in pixels at 100 %.
            colours: Gives the colour of a role; called at every repaint, so that a change of theme shows.
        """
        super().__init__(parent)
        self._colours = colours
        self._picture: Picture | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(min_width)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def build_picture(self) -> Picture:
        """Lay the picture out for the current width."""
        raise NotImplementedError

    def _describe(self, picture: Picture) -> str:
        """Return what a screen reader says of the picture: a subclass says what the arrow keys have reached."""
        return picture.description

    def group_at(self, place: QPoint) -> ShapeGroup | None:
        """Return the shapes at a position; None if there are none."""
        return self.picture.target_at(place.x(), place.y())

    @property
    def picture(self) -> Picture:
        """The current picture."""
        return self._picture if self._picture is not None else self._rebuild_picture()

    @property
    def metrics(self) -> "ScreenMetrics":
        """The text metrics used for layout."""
        return ScreenMetrics(active_theme().family)

    def _invalidate_picture(self) -> None:
        """Lay the picture out again: at once where it is seen, otherwise when it is first shown or asked for."""
        self._picture = None
        if self.isVisible():
            self._rebuild_picture()

    def _rebuild_picture(self) -> Picture:
        self._picture = picture = self.build_picture()
        self.setAccessibleDescription(self._describe(picture))
        self.setFixedHeight(ceil(picture.height))
        self.updateGeometry()
        self.update()
        return picture

    def _paint_chart(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._colours(ColourRole.SURFACE))
        paint_picture(painter, self.picture, self._colours, active_theme().family)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._colours(ColourRole.ACCENT), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_focus_ring(self, painter: QPainter, box: Box) -> None:
        """Mark the focused shapes."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._colours(ColourRole.ACCENT), active_theme().sizes.focus))
        ring = QRectF(QPointF(box.left, box.top), QPointF(box.right, box.bottom)).adjusted(-3.5, -3.5, 3.5, 3.5)
        painter.drawRoundedRect(ring, 3, 3)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self.group_at(event.pos())
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), _tooltip_html(found.title), self)
            return True
        return super().event(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._invalidate_picture()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._picture is None:
            self._rebuild_picture()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._picture is not None:
            self._invalidate_picture()

    @override
    def sizeHint(self) -> QSize:
        # A page that is being opened asks at widths the picture will never have.
        return QSize(800, self.minimumHeight() if self._picture is None else ceil(self._picture.height))


def pixels_of(box: Box) -> QRect:
    """Return the pixels that shapes lie on."""
    return QRectF(QPointF(box.left, box.top), QPointF(box.right, box.bottom)).toAlignedRect()


def paint_picture(painter: QPainter, picture: Picture, colours: ColourLookup, family: str) -> None:
    """Paint plain shapes, in pixels at 100 %.

    Args:
        colours: Gives the colour of a role.
        family: The font family of text.
    """
    colours = cache(colours)
    for shape in picture.flat_shapes():
        match shape:
            case Text():
                painter.setPen(colours(shape.fill))
                painter.setFont(_font(family, shape.size, shape.bold))
                painter.drawText(QPointF(shape.x, shape.y), shape.text)
            case Strokes():
                pen = QPen(colours(shape.stroke), shape.thickness)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                if shape.dash:
                    pen.setDashPattern([length / max(shape.thickness, 0.1) for length in shape.dash])
                painter.setPen(pen)
                painter.drawLines([QLineF(*segment) for segment in shape.segments])
            case Rect():
                _set_pen_and_brush(painter, shape, colours)
                painter.drawRoundedRect(QRectF(shape.x, shape.y, shape.width, shape.height), shape.radius, shape.radius)
            case Circle():
                _set_pen_and_brush(painter, shape, colours)
                painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)
            case Polygon():
                _set_pen_and_brush(painter, shape, colours)
                corners = QPolygonF([QPointF(*point) for point in shape.points])
                painter.drawPolygon(corners) if shape.closed else painter.drawPolyline(corners)


def _set_pen_and_brush(painter: QPainter, shape: Rect | Circle | Polygon, colours: ColourLookup) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush if shape.fill is None else colours(shape.fill))
    if shape.stroke is None:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.setPen(QPen(colours(shape.stroke), shape.thickness))


@lru_cache(maxsize=32)
def _font(family: str, size: float, bold: bool) -> QFont:
    font = QFont(family)
    # Points at 96 dpi: QFont takes whole pixels only.
    font.setPointSizeF(size * 0.75)
    font.setBold(bold)
    return font


class ScreenMetrics:
    """Measures text as Qt paints it."""

    def __init__(self, family: str) -> None:
        self._family = family

    def width(self, text: str, size: float, *, bold: bool) -> float:
        """Return the advance width of a text at a size, in pixels at 100 %."""
        return _advance(self._family, text, size, bold)


@lru_cache(maxsize=4000)
def _advance(family: str, text: str, size: float, bold: bool) -> float:
    return QFontMetricsF(_font(family, size, bold)).horizontalAdvance(text)


def _tooltip_html(words: str) -> str:
    """Escape text for a tooltip, so that it wraps and is never read as markup."""
    return f"<p>{escape(words)}</p>"
