"""The timeline on screen: the same picture as on paper, with zoom, tooltips, mouse and keyboard."""

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.charts.shapes import Picture, ShapeGroup
from ioms_desktop.charts.timeline import SCREEN_TEXT_SIZE_PT, layout_timeline
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.ui.charts.drawing_view import ChartView, ColourLookup, pixels_of, theme_colour
from ioms_desktop.ui.widgets.layouts import reveal
from ioms_desktop.ui.widgets.widgets import announce

if TYPE_CHECKING:
    from collections.abc import Callable

MIN_VISIBLE_DAYS = 14
ZOOM_FACTOR = 1.25
MIN_WIDTH_PX = 360
PAN_SHARE = 0.15  # of the visible period, for panning by key
DRAG_THRESHOLD_PX = 4  # pixels moved from which a press counts as a drag


class TimelineView(ChartView):
    """Shows the timeline of one case.

    Ctrl with the wheel, or + and -, zooms; 0 shows the whole period; dragging, or Ctrl with the arrow keys, pans. The
    arrow keys go from event to event, and Enter opens the focused one.
    """

    event_opened = Signal(str, str)

    def __init__(self, colours: ColourLookup = theme_colour, parent: QWidget | None = None) -> None:
        """Make an empty timeline.

        Args:
            colours: Gives the colour of a role; called at every repaint.
        """
        super().__init__(MIN_WIDTH_PX, colours, parent)
        self._facts = TimelineFacts()
        self._today = self._period_first = self._period_last = date(2026, 1, 1)
        self._visible_from = self._visible_to = self._period_first
        self._full_picture: Picture | None = None
        self._focused_number = -1
        self._press_position: QPointF | None = None
        self._dragged = False
        self.setMouseTracking(True)
        self.setAccessibleName("Timeline")

    def show_facts(self, facts: TimelineFacts, *, from_on: date, to_on: date, today: date) -> None:
        """Show the events of a case.

        Args:
            facts: The events.
            from_on: The first day of the whole period.
            to_on: Its last day, inclusive.
            today: The day marked by a line.
        """
        self._facts, self._today = facts, today
        self._period_first, self._period_last = from_on, max(to_on, from_on)
        self._visible_from, self._visible_to = self._period_first, self._period_last
        self._focused_number = -1
        self._full_picture = None
        self._invalidate_picture()

    @property
    def visible_period(self) -> tuple[date, date]:
        """The first and last visible day, both inclusive."""
        return self._visible_from, self._visible_to

    @property
    def focused_event(self) -> ShapeGroup | None:
        """The focused event; None before the first arrow key."""
        if self._focused_number < 0:
            return None
        events = self._events()
        return events[self._focused_number] if self._focused_number < len(events) else None

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show fewer days (a factor above 1) or more.

        Args:
            factor: How many times wider a day becomes.
            at: The horizontal position in pixels that stays fixed; the middle when None.
        """
        left, right = self.picture.plot
        share = 0.5 if at is None else min(max((at - left) / max(right - left, 1), 0.0), 1.0)
        days = (self._visible_to - self._visible_from).days + 1
        wanted = min(max(round(days / factor), MIN_VISIBLE_DAYS), self._all_days())
        start = self._visible_from + round((days - wanted) * share) * DAY
        self._show_period(start, wanted)

    def pan(self, days: int) -> None:
        """Move the visible period by a number of days; positive for later."""
        self._show_period(self._visible_from + days * DAY, (self._visible_to - self._visible_from).days + 1)

    def _all_days(self) -> int:
        return (self._period_last - self._period_first).days + 1

    def _show_period(self, start: date, days: int) -> None:
        latest = self._period_last - (days - 1) * DAY
        start = min(max(start, self._period_first), max(latest, self._period_first))
        end = min(start + (days - 1) * DAY, self._period_last)
        if (start, end) != (self._visible_from, self._visible_to):
            self._visible_from, self._visible_to = start, end
            self._rebuild_picture()

    @override
    def _describe(self, picture: Picture) -> str:
        focused = self.focused_event
        return picture.description if focused is None else focused.title

    @override
    def build_picture(self) -> Picture:
        width = float(max(self.width(), MIN_WIDTH_PX))
        picture = self._lay_out(width, self._visible_from, self._visible_to)
        if (self._visible_from, self._visible_to) == (self._period_first, self._period_last):
            self._full_picture = picture
        elif self._full_picture is None or self._full_picture.width != width:
            self._full_picture = self._lay_out(width, self._period_first, self._period_last)
        return picture

    def _lay_out(self, width: float, first: date, last: date) -> Picture:
        return layout_timeline(
            self._facts,
            width,
            from_on=first,
            to_on=last,
            today=self._today,
            metrics=self.metrics,
            text=SCREEN_TEXT_SIZE_PT,
        )

    def _events(self) -> tuple[ShapeGroup, ...]:
        # The picture is asked for first: to lay it out lays the full one out too.
        return self._full_picture.targets if self.picture and self._full_picture else ()

    def _focus_event(self, number: int) -> None:
        events = self._events()
        if not events:
            return
        self._focused_number = min(max(number, 0), len(events) - 1)
        event = events[self._focused_number]
        if not any(each.ref == event.ref for each in self.picture.targets):
            self._centre_event(event)
        self.setAccessibleDescription(event.title)
        announce(event.title, self)
        for shown in self.picture.targets:
            if shown.ref == event.ref:
                reveal(self, pixels_of(shown.box))
        self.update()

    def _centre_event(self, event: ShapeGroup) -> None:
        """Pan so that an event is in the middle."""
        assert self._full_picture is not None  # noqa: S101 - the event comes from that picture
        left, right = self._full_picture.plot
        share = (event.box.centre.x - left) / max(right - left, 1)
        days = (self._visible_to - self._visible_from).days + 1
        self._show_period(self._period_first + round(share * self._all_days() - days / 2) * DAY, days)

    def _open(self, event: ShapeGroup | None) -> None:
        if event is not None:
            self.event_opened.emit(event.ref.kind, event.ref.ref)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        step = max(round(((self._visible_to - self._visible_from).days + 1) * PAN_SHARE), 1)
        acts: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Right: (lambda: self.pan(step))
            if control
            else lambda: self._focus_event(self._focused_number + 1),
            Qt.Key.Key_Left: (lambda: self.pan(-step))
            if control
            else lambda: self._focus_event(self._focused_number - 1),
            Qt.Key.Key_Home: lambda: self._focus_event(0),
            Qt.Key.Key_End: lambda: self._focus_event(len(self._events()) - 1),
            Qt.Key.Key_Return: lambda: self._open(self.focused_event),
            Qt.Key.Key_Enter: lambda: self._open(self.focused_event),
            Qt.Key.Key_Space: lambda: self._open(self.focused_event),
            Qt.Key.Key_Plus: lambda: self.zoom(ZOOM_FACTOR),
            Qt.Key.Key_Equal: lambda: self.zoom(ZOOM_FACTOR),
            Qt.Key.Key_Minus: lambda: self.zoom(1 / ZOOM_FACTOR),
            Qt.Key.Key_0: lambda: self._show_period(self._period_first, self._all_days()),
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
            self.zoom(ZOOM_FACTOR if turned.y() > 0 else 1 / ZOOM_FACTOR, event.position().x())
            event.accept()
        elif turned.x():
            self.pan(-round(turned.x() / 120 * 3))
            event.accept()
        else:
            event.ignore()  # so that the page scrolls instead

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._press_position, self._dragged = event.position(), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._press_position is None:
            over = self.picture.target_at(place.x(), place.y()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        left, right = self.picture.plot
        day = (right - left) / ((self._visible_to - self._visible_from).days + 1)
        moved = place.x() - self._press_position.x()
        if abs(moved) >= max(day, DRAG_THRESHOLD_PX):
            self._dragged = True
            self.pan(-round(moved / day))
            self._press_position = place

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press_position is not None and not self._dragged:
            self._open(self.picture.target_at(event.position().x(), event.position().y()))
        self._press_position = None

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange:
            self._full_picture = None
        super().changeEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_chart(painter)
        focused = self.focused_event
        if focused is not None and self.hasFocus():
            for each in self.picture.targets:
                if each.ref == focused.ref:
                    self._paint_focus_ring(painter, each.box)
        painter.end()
