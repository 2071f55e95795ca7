"""The timeline on screen: the same picture as on paper, with zoom, hover, click and keyboard."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, lru_cache
from html import escape
from math import ceil

from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.pictures.shapes import Circle, Group, Picture, Polygon, Rect, Role, Strokes, Text
from ioms_desktop.pictures.timeline import SCREEN_TEXT, layout
from ioms_desktop.ui import theme
from ioms_desktop.ui.theme import Tone
from ioms_desktop.ui.widgets import announce

Colours = Callable[[Role], QColor]
DAY = timedelta(days=1)
FEWEST_DAYS = 14
ZOOM = 1.25
LEAST_WIDTH = 360
STEP = 0.15  # of what is in sight, for panning by key
DRAGGED = 4  # pixels from which a press is a drag and no click


def theme_colour(role: Role) -> QColor:
    """Give a role's colour in the theme in use."""
    look = theme.current()
    if not role.startswith("rag."):
        return look.colour(role.value)
    _, tone, *part = role.split(".")
    tinge = look.tones[Tone(tone)]
    return QColor({"fill": tinge.fill, "text": tinge.text}.get(part[0] if part else "", tinge.sign))


class TimelineView(QWidget):
    """One case's timeline.

    Ctrl with the wheel, or + and -, zooms; 0 shows everything; dragging, or Ctrl with the arrow keys, moves along the
    axis; the arrow keys go from event to event and Enter opens the one under focus.
    """

    opened = Signal(str, str)

    def __init__(self, colours: Colours = theme_colour, parent: QWidget | None = None) -> None:
        """Begin without facts.

        Args:
            colours: The colour of each role; asked at every painting.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._colours = colours
        self._facts = TimelineFacts()
        self._today = self._first = self._last = date(2026, 1, 1)
        self._from = self._to = self._first
        self._picture: Picture | None = None
        self._whole: Picture | None = None
        self._focused = -1
        self._pressed: QPointF | None = None
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")

    def show_facts(self, facts: TimelineFacts, *, from_on: date, to_on: date, today: date) -> None:
        """Show what happened on a case.

        Args:
            facts: What happened.
            from_on: The first day of the whole period.
            to_on: Its last day, included.
            today: Drawn as a line.
        """
        self._facts, self._today = facts, today
        self._first, self._last = from_on, max(to_on, from_on)
        self._from, self._to = self._first, self._last
        self._focused = -1
        self._arrange()
        self.setAccessibleDescription(self.picture.description)

    @property
    def period(self) -> tuple[date, date]:
        """The first and last day in sight."""
        return self._from, self._to

    @property
    def focused(self) -> Group | None:
        """The event under the keyboard's focus; None before the first arrow key."""
        events = self._events()
        return events[self._focused] if 0 <= self._focused < len(events) else None

    @property
    def picture(self) -> Picture:
        """The picture as it is painted now."""
        if self._picture is None:
            self._arrange()
        assert self._picture is not None  # noqa: S101 - arranging makes it
        return self._picture

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show fewer days (a factor above 1) or more.

        Args:
            factor: How many times larger a day becomes.
            at: The x that stays where it is; the middle when None.
        """
        left, right = self.picture.plot
        share = 0.5 if at is None else min(max((at - left) / max(right - left, 1), 0.0), 1.0)
        days = (self._to - self._from).days + 1
        wanted = min(max(round(days / factor), FEWEST_DAYS), self._all_days())
        start = self._from + round((days - wanted) * share) * DAY
        self._see(start, wanted)

    def pan(self, days: int) -> None:
        """Move along the axis; later for more than 0."""
        self._see(self._from + days * DAY, (self._to - self._from).days + 1)

    def _all_days(self) -> int:
        return (self._last - self._first).days + 1

    def _see(self, start: date, days: int) -> None:
        latest = self._last - (days - 1) * DAY
        start = min(max(start, self._first), max(latest, self._first))
        end = min(start + (days - 1) * DAY, self._last)
        if (start, end) != (self._from, self._to):
            self._from, self._to = start, end
            self._arrange()

    def _arrange(self) -> None:
        width = float(max(self.width(), LEAST_WIDTH))
        self._picture = self._laid_out(width, self._from, self._to)
        if (self._from, self._to) == (self._first, self._last):
            self._whole = self._picture
        elif self._whole is None or self._whole.width != width:
            self._whole = self._laid_out(width, self._first, self._last)
        self.setFixedHeight(ceil(self._picture.height))
        self.updateGeometry()
        self.update()

    def _laid_out(self, width: float, first: date, last: date) -> Picture:
        metrics = ScreenMetrics(theme.current().family)
        return layout(
            self._facts, width, from_on=first, to_on=last, today=self._today, metrics=metrics, text=SCREEN_TEXT
        )

    def _events(self) -> tuple[Group, ...]:
        return () if self._whole is None else self._whole.events

    def _go_to(self, number: int) -> None:
        events = self._events()
        if not events:
            return
        self._focused = min(max(number, 0), len(events) - 1)
        event = events[self._focused]
        if not any(each.ref == event.ref for each in self.picture.events):
            self._bring(event)
        self.setAccessibleDescription(event.title)
        announce(event.title, self)
        self.update()

    def _bring(self, event: Group) -> None:
        """Move along the axis until an event is in the middle."""
        assert self._whole is not None  # noqa: S101 - the event is one of its own
        left, right = self._whole.plot
        share = (event.box.centre.x - left) / max(right - left, 1)
        days = (self._to - self._from).days + 1
        self._see(self._first + round(share * self._all_days() - days / 2) * DAY, days)

    def _open(self, event: Group | None) -> None:
        if event is not None:
            self.opened.emit(event.ref.kind, event.ref.ref)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = max(round(((self._to - self._from).days + 1) * STEP), 1)
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Right: (lambda: self.pan(step)) if control else lambda: self._go_to(self._focused + 1),
            Qt.Key.Key_Left: (lambda: self.pan(-step)) if control else lambda: self._go_to(self._focused - 1),
            Qt.Key.Key_Home: lambda: self._go_to(0),
            Qt.Key.Key_End: lambda: self._go_to(len(self._events()) - 1),
            Qt.Key.Key_Return: lambda: self._open(self.focused),
            Qt.Key.Key_Enter: lambda: self._open(self.focused),
            Qt.Key.Key_Space: lambda: self._open(self.focused),
            Qt.Key.Key_Plus: lambda: self.zoom(ZOOM),
            Qt.Key.Key_Equal: lambda: self.zoom(ZOOM),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / ZOOM),
            Qt.Key.Key_0: lambda: self._see(self._first, self._all_days()),
        }
        act = acts.get(key)
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and turned.y():
            self.zoom(ZOOM if turned.y() > 0 else 1 / ZOOM, event.position().x())
            event.accept()
        elif turned.x():
            self.pan(-round(turned.x() / 120 * 3))
            event.accept()
        else:
            event.ignore()  # the page around it scrolls

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._pressed is None:
            over = self.picture.at(place.x(), place.y()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        left, right = self.picture.plot
        day = (right - left) / ((self._to - self._from).days + 1)
        moved = place.x() - self._pressed.x()
        if abs(moved) >= max(day, DRAGGED):
            self._dragged = True
            self.pan(-round(moved / day))
            self._pressed = place

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged:
            self._open(self.picture.at(event.position().x(), event.position().y()))
        self._pressed = None

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._tell(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _tell(self, place: QPoint, shown_at: QPoint) -> None:
        found = self.picture.at(place.x(), place.y())
        if found is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(shown_at, plain(found.title), self)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange and self._picture is not None:
            self._whole = None
            self._arrange()

    @override
    def sizeHint(self) -> QSize:
        return QSize(800, ceil(self.picture.height))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._colours(Role.SURFACE))
        paint_picture(painter, self.picture, self._colours, theme.current().family)
        focused = self.focused
        if focused is not None and self.hasFocus():
            for each in self.picture.events:
                if each.ref == focused.ref:
                    self._ring(painter, each)
        painter.end()

    def _ring(self, painter: QPainter, event: Group) -> None:
        box = event.box
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._colours(Role.ACCENT), theme.current().sizes.focus))
        ring = QRectF(QPointF(box.left, box.top), QPointF(box.right, box.bottom)).adjusted(-3.5, -3.5, 3.5, 3.5)
        painter.drawRoundedRect(ring, 3, 3)


def paint_picture(painter: QPainter, picture: Picture, colours: Colours, family: str) -> None:
    """Paint plain shapes, in pixels at 100 %.

    Args:
        painter: Where to.
        picture: What.
        colours: The colour of each role.
        family: The typeface of words.
    """
    colours = cache(colours)
    for shape in picture.flat():
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
                _dress(painter, shape, colours)
                painter.drawRoundedRect(QRectF(shape.x, shape.y, shape.width, shape.height), shape.radius, shape.radius)
            case Circle():
                _dress(painter, shape, colours)
                painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)
            case Polygon():
                _dress(painter, shape, colours)
                corners = QPolygonF([QPointF(*point) for point in shape.points])
                painter.drawPolygon(corners) if shape.closed else painter.drawPolyline(corners)


def _dress(painter: QPainter, shape: Rect | Circle | Polygon, colours: Colours) -> None:
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
    """Measures words as Qt will paint them."""

    def __init__(self, family: str) -> None:
        """Measure in a typeface."""
        self._family = family

    def width(self, text: str, size: float, *, bold: bool) -> float:
        """Give the advance width of a text at a size, in pixels at 100 %."""
        return _advance(self._family, text, size, bold)


@lru_cache(maxsize=4000)
def _advance(family: str, text: str, size: float, bold: bool) -> float:
    return QFontMetricsF(_font(family, size, bold)).horizontalAdvance(text)


def plain(words: str) -> str:
    """Have a tooltip show words as they are, wrapped, and never read them as markup."""
    return f"<p>{escape(words)}</p>"
