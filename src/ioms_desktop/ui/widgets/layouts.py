"""Help with laying out windows: their size on the screen, hairlines, and emptying a layout."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QScrollArea, QTableView, QWidget
from shiboken6 import isValid
from typing_extensions import override

MAX_SCREEN_SHARE = 0.92
"""The largest share of the screen's width and height that a dialog takes."""
LEAST_WIDTH_PX = 490
"""A form in a narrower dialog scrolls sideways: it takes so much of a small screen, whatever share that is."""


def largest_size(window: QWidget, share: float = MAX_SCREEN_SHARE) -> QSize:
    """Return the largest size of a window: a share of the available width and height of its screen.

    Of a screen that is hardly wide enough for a form, it is as much as the form needs.
    """
    room = _screen_of(window).availableSize()
    width = max(int(room.width() * share), min(room.width(), LEAST_WIDTH_PX))
    return QSize(width, int(room.height() * share))


def _screen_of(window: QWidget) -> QScreen:
    """Return the screen of a window; until Qt has put a dialog over its parent, it says that it is on the first one."""
    parent, handle = window.parentWidget(), window.windowHandle()
    is_placed = handle is not None and handle.isExposed()
    shown = window if parent is None or is_placed else parent.window()
    return shown.screen() or QGuiApplication.primaryScreen()


def fit_to_screen(window: QWidget, width: int, height: int, share: float = MAX_SCREEN_SHARE) -> None:
    """Resize a window to a width and height in pixels, or to what the screen allows."""
    window.resize(QSize(width, height).boundedTo(largest_size(window, share)))


def height_at(layout: QLayout, width: int) -> int:
    """Return the height that a layout needs at a width; where no line in it wraps, Qt knows of no such height."""
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def horizontal_rule() -> QFrame:
    """Make a hairline to separate parts of a window."""
    rule = QFrame()
    rule.setProperty("kind", "rule")
    rule.setFixedHeight(1)
    return rule


def clear_layout(layout: QLayout) -> None:
    """Remove and delete everything in a layout, nested layouts included."""
    while (item := layout.takeAt(0)) is not None:
        nested, held = item.layout(), item.widget()
        if held is not None:
            held.hide()  # deleted at the next turn of the event loop; until then it would still be painted
            held.deleteLater()
        if nested is not None:
            clear_layout(nested)


class FocusScrollArea(QScrollArea):
    """A scroll area that keeps the widget with the focus in sight, however the focus came there.

    Qt's own follows Tab only, not a mnemonic, a shortcut or a problem that was found. A form that shows more is laid
    out in several turns of the event loop: what was brought into sight stays there meanwhile, until somebody scrolls or
    clicks. The room of the scroll bar at its side is kept where there is none, so that nothing is laid out anew when
    one comes.
    """

    _kept_in_sight: tuple[QWidget, QRect | None] | None = None
    _focused: QWidget | None = None  # in its window, last
    _next: QWidget | None = None

    def __init__(self) -> None:
        """Create it without a frame, out of the way of Tab."""
        super().__init__()
        self.verticalScrollBar().installEventFilter(self)
        self.verticalScrollBar().actionTriggered.connect(self._let_go)
        self._keep_bar_room()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def read_first(self, then: QWidget) -> None:
        """Show the beginning and take the keyboard, so that its keys scroll.

        Tab goes on to a widget inside, and so does what is typed.
        """
        self._next = then
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verticalScrollBar().setValue(0)

    @override
    def focusNextPrevChild(self, forwards: bool) -> bool:
        if forwards and self.hasFocus() and self._next is not None and isValid(self._next):
            self._next.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return super().focusNextPrevChild(forwards)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        is_typed = plain and event.text().isprintable() and not event.text().isspace()  # Space may tick a box
        # A key that a child left alone comes here, too: it was for that child.
        if event.text() and is_typed and self.hasFocus() and self._next is not None and isValid(self._next):
            self._next.setFocus(Qt.FocusReason.OtherFocusReason)
            QApplication.sendEvent(self._next, event)
        else:
            super().keyPressEvent(event)

    @property
    def bar_width(self) -> int:
        """The width of the scroll bar at its side."""
        return self.verticalScrollBar().sizeHint().width()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide) and watched is self.verticalScrollBar():
            self._keep_bar_room()
        is_done = super().eventFilter(watched, event)
        # A message that comes makes what is inside no higher, and moves nothing.
        grows = isinstance(event, QResizeEvent) and event.size().height() > event.oldSize().height()
        if grows and watched is self.widget():
            self.keep_in_sight()
        return is_done

    def bring_into_sight(self, widget: QWidget, part: QRect | None) -> None:
        """Scroll to a widget or a part of it, and keep it in sight however the rest is laid out after that."""
        self._kept_in_sight = widget, part
        self.keep_in_sight()

    def keep_in_sight(self) -> None:
        """Scroll back to what was brought into sight, unless somebody has scrolled or clicked since."""
        inside = self.widget()
        if self._kept_in_sight is None or inside is None:
            return
        widget, part = self._kept_in_sight
        if isValid(widget) and inside.isAncestorOf(widget) and widget.isVisible():
            _scroll_in(self, widget, part)

    @Slot()
    def _let_go(self) -> None:
        self._kept_in_sight = None

    def _keep_bar_room(self) -> None:
        is_there = self.verticalScrollBar().isVisible()
        self.setViewportMargins(0, 0, 0 if is_there else self.bar_width, 0)

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        inside = self.widget()
        if now is None or inside is None or now.window() is not self.window():
            return
        if now is self._focused:
            return  # somebody came back to the window, and may have scrolled before that
        self._focused, self._kept_in_sight = now, None
        # What is clicked is in sight, and must not move between the press and the release of the button.
        if inside.isAncestorOf(now) and not QApplication.mouseButtons():
            reveal(now)


def reveal(widget: QWidget, part: QRect | None = None) -> None:
    """Scroll what is around a widget so that all of it, or a part of it, is in sight: now and once laid out."""
    _scroll_to(widget, part)
    QTimer.singleShot(0, widget, partial(_scroll_to, widget, part))


def reveal_top(around: QScrollArea, part: QWidget) -> None:
    """Scroll to a part of a page, now and once it is laid out; where it is higher than the window, to its top."""
    _scroll_to_top(around, part)
    QTimer.singleShot(0, part, partial(_scroll_to_top, around, part))


def _scroll_to_top(around: QScrollArea, part: QWidget) -> None:
    inside, bar = around.widget(), around.verticalScrollBar()
    around.ensureWidgetVisible(part, 0, 12)
    if inside is not None and inside.isAncestorOf(part):
        bar.setValue(min(bar.value(), part.mapTo(inside, QPoint()).y()))


def _scroll_to(widget: QWidget, part: QRect | None) -> None:
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            inside = around.widget()
            layout = None if inside is None else inside.layout()
            if layout is not None:
                layout.activate()
            if isinstance(around, FocusScrollArea):
                around.bring_into_sight(widget, part)
            else:
                _scroll_in(around, widget, part)
        around = around.parentWidget()


def _scroll_in(around: QScrollArea, widget: QWidget, part: QRect | None) -> None:
    inside = around.widget()
    if part is None and isinstance(widget, QTableView) and widget.height() <= around.viewport().height():
        part = widget.rect()  # Qt looks at the current row alone
    if inside is None or part is None:
        around.ensureWidgetVisible(widget, REVEAL_MARGIN_PX, REVEAL_MARGIN_PX)
    else:
        middle = widget.mapTo(inside, part.center())
        beside, above = part.width() // 2 + REVEAL_MARGIN_PX, part.height() // 2 + REVEAL_MARGIN_PX
        around.ensureVisible(middle.x(), middle.y(), beside, above)


REVEAL_MARGIN_PX = 8
