"""Widgets every screen needs: buttons, labels, headings, message bar, empty state, cards, busy indicator."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.ui.theme.active import active_theme, animation_ms, theme_notifier
from ioms_desktop.ui.theme.icons import pixmap, set_icon
from ioms_desktop.ui.widgets.layouts import clear_layout


def announce(text: str, source: QWidget | None = None) -> None:
    """Have a screen reader announce something that happened while the focus did not move.

    Args:
        text: A short sentence.
        source: The widget it concerns; the active window when None.
    """
    where = source or QApplication.activeWindow()
    if where is not None and text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(where, text))


def button(text: str, clicked: Callable[[], object] | None = None, *, kind: str = "", icon: str = "") -> QPushButton:
    """Make a push button.

    Args:
        text: Its label with a mnemonic.
        clicked: Called when it is pressed.
        kind: ``"primary"``, ``"danger"``, ``"plain"`` or empty.
        icon: The name of a Lucide icon.
    """
    made = QPushButton(f" {text}" if icon else text)  # Qt leaves no space between icon and text
    if icon:
        made.setAccessibleName(text.replace("&", ""))
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    if icon:
        set_icon(made, icon, {"primary": "on_accent", "danger": "danger", "plain": "accent"}.get(kind, "text"))
        _icon_size(made)
    if clicked is not None:
        made.clicked.connect(lambda _checked: clicked())
    return made


def icon_button(icon: str, name: str, clicked: Callable[[], object] | None = None) -> QToolButton:
    """Make a button with an icon only; its name is its tooltip and its accessible name."""
    made = QToolButton()
    made.setProperty("kind", "plain")
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_icon(made, icon, "quiet")
    _icon_size(made)
    made.setToolTip(name)
    made.setAccessibleName(name)
    if clicked is not None:
        made.clicked.connect(lambda _checked: clicked())
    return made


def label(text: str, kind: str = "", *, wrap: bool = False) -> QLabel:
    """Make a label of plain text.

    Args:
        text: Shown literally, never as markup.
        kind: ``"display"``, ``"title"``, ``"quiet"``, ``"small"``, ``"problem"`` or empty.
        wrap: Whether it may wrap over several lines.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if kind:
        made.setProperty("kind", kind)
    made.setWordWrap(wrap)
    return made


def _icon_size(owner: QPushButton | QToolButton) -> None:
    edge = active_theme().sizes.icon
    owner.setIconSize(QSize(edge, edge))


class SectionHeading(QWidget):
    """A heading with a subdued note beside it, and an optional widget at the right."""

    def __init__(self, title: str, note: str = "", action: QWidget | None = None) -> None:
        super().__init__()
        self.title = label(title, "title")
        self.note = label(note, "quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(self.note, 1, Qt.AlignmentFlag.AlignVCenter)
        if action is not None:
            layout.addWidget(action)
        self.setAccessibleName(title)


class MessageKind(StrEnum):
    """The kind of message in a message bar."""

    NOTICE = "notice"
    CAUTION = "caution"
    PROBLEM = "problem"


_MESSAGE_ICONS = {
    MessageKind.NOTICE: ("circle-check", "notice"),
    MessageKind.CAUTION: ("triangle-alert", "caution"),
    MessageKind.PROBLEM: ("octagon-alert", "danger"),
}
NOTICE_SHOWN_MS = 8000
EMPTY_TEXT_WIDTH_PX = 440


class MessageBar(QFrame):
    """A message above a screen: what was done, with an optional action such as Undo, or what could not be done.

    A notice disappears by itself; a problem stays until it is closed or replaced.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_label = QLabel()
        self.text_label = label("", wrap=True)
        self.text_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.action_button = button("&Undo", kind="plain")
        self.action_button.clicked.connect(self._run_action)
        self.close_button = icon_button("x", "Close this message", self.clear)
        self._action_callback: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._hide_unless_in_use)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 4, 4)
        layout.setSpacing(8)
        layout.addWidget(self._icon_label)
        layout.addWidget(self.text_label, 1)
        layout.addWidget(self.action_button)
        layout.addWidget(self.close_button)
        self.kind = MessageKind.NOTICE
        theme_notifier().changed.connect(self._draw_icon)
        self.hide()

    @property
    def is_transient(self) -> bool:
        """Whether it will disappear by itself."""
        return self._timer.isActive()

    def notice(self, text: str, action: str = "", then: Callable[[], object] | None = None) -> None:
        """Say what was done, with an optional button: its label and what it does."""
        self._show_message(MessageKind.NOTICE, text, action, then)

    def caution(self, text: str, action: str = "", then: Callable[[], object] | None = None) -> None:
        """Show a warning; it stays."""
        self._show_message(MessageKind.CAUTION, text, action, then)

    def problem(self, text: str, action: str = "", then: Callable[[], object] | None = None) -> None:
        """Say what could not be done, what was kept and what to do; it stays."""
        self._show_message(MessageKind.PROBLEM, text, action, then)

    @Slot()
    def clear(self) -> None:
        """Hide the message."""
        self._timer.stop()
        self.hide()

    def clear_problem(self) -> None:
        """Hide what could not be done, because something has been done since; a notice and a warning stay."""
        if self.kind is MessageKind.PROBLEM:
            self.clear()

    def _show_message(self, kind: MessageKind, text: str, action: str, then: Callable[[], object] | None) -> None:
        self.kind, self._action_callback = kind, then
        self.text_label.setText(text)
        self.action_button.setText(action or self.action_button.text())
        self.action_button.setVisible(bool(action))
        self.setProperty("kind", f"bar-{kind}")
        self.setAccessibleName(text)
        self.style().unpolish(self)
        self.style().polish(self)
        self._draw_icon()
        self.show()
        self._timer.stop()
        if kind is MessageKind.NOTICE:
            self._timer.start(NOTICE_SHOWN_MS)
        announce(text, self)

    @Slot()
    def _draw_icon(self) -> None:
        name, colour = _MESSAGE_ICONS[self.kind]
        self._icon_label.setPixmap(pixmap(name, colour, 18, self.devicePixelRatioF()))

    @Slot()
    def _run_action(self) -> None:
        then, self._action_callback = self._action_callback, None
        self.clear()
        if then is not None:
            then()

    @Slot()
    def _hide_unless_in_use(self) -> None:
        # It stays while the pointer or the focus is on it: the user may be reading it or about to press Undo.
        if self.underMouse() or self.isAncestorOf(QApplication.focusWidget() or self):
            self._timer.start(NOTICE_SHOWN_MS)
        else:
            self.hide()


class EmptyState(QWidget):
    """A message where there is nothing to show, with a button for the next useful step."""

    action_triggered = Signal()

    def __init__(self, text: str = "", action: str = "", icon: str = "") -> None:
        super().__init__()
        self._icon = icon
        self._icon_label = QLabel()
        self._icon_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text_label = label("", "quiet", wrap=True)
        self.text_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action_button = button("&Try again")
        self.action_button.clicked.connect(self.action_triggered)
        layout = self._column = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addStretch(2)
        for part in (self._icon_label, self.text_label, self.action_button):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        theme_notifier().changed.connect(self._draw_icon)
        self.show_message(text, action, icon)

    def show_message(self, text: str, action: str = "", icon: str = "") -> None:
        """Show another message.

        Args:
            text: One or two sentences.
            action: The label of the button; empty for no button.
            icon: The name of a Lucide icon; empty for no icon.
        """
        self._icon = icon
        self.text_label.setText(text)
        self.action_button.setText(action or self.action_button.text())
        self.action_button.setVisible(bool(action))
        self.setAccessibleName(text)
        self._draw_icon()

    @Slot()
    def _draw_icon(self) -> None:
        self._icon_label.setVisible(bool(self._icon))
        if self._icon:
            self._icon_label.setPixmap(pixmap(self._icon, "quiet", 28, self.devicePixelRatioF()))
        self._fit_text()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_text()

    def _fit_text(self) -> None:
        # A label that wraps needs a fixed width, or Qt computes its height for another width.
        inside = self.rect().marginsRemoved(self._column.contentsMargins()).width()
        self.text_label.setFixedWidth(width := min(EMPTY_TEXT_WIDTH_PX, max(inside, 1)))
        # In a centred column Qt otherwise gives three lines the height of two.
        self.text_label.ensurePolished()
        self.text_label.setMinimumHeight(max(0, self.text_label.heightForWidth(width)))


class CardStrip(QFrame):
    """Facts in a row, each a small title above its text; it does not wrap, so at most six fit."""

    def __init__(self, facts: Sequence[tuple[str, str | QWidget]] = ()) -> None:
        """Show facts: pairs of a title and a text or a widget such as a chip."""
        super().__init__()
        self.setProperty("kind", "card")
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(16, 10, 16, 10)
        self._layout.setSpacing(28)
        self.show_facts(facts)

    def show_facts(self, facts: Sequence[tuple[str, str | QWidget]]) -> None:
        """Replace the facts."""
        clear_layout(self._layout)
        for title, what in facts:
            cell = QVBoxLayout()
            cell.setSpacing(2)
            cell.addWidget(label(title, "small"))
            cell.addWidget(label(what) if isinstance(what, str) else what)
            cell.addStretch(1)
            self._layout.addLayout(cell)
        self._layout.addStretch(1)
        self.setAccessibleName("; ".join(f"{title}: {what}" for title, what in facts if isinstance(what, str)))


class BusyIndicator(QWidget):
    """Shows that something is in progress; it does not turn if the desktop asks for reduced motion."""

    def __init__(self, text: str = "Loading…") -> None:
        super().__init__()
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(80)
        self._timer.timeout.connect(self._advance)
        self.text_label = label(text, "quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(22, 0, 0, 0)
        layout.addWidget(self.text_label)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self.hide()

    @property
    def is_animating(self) -> bool:
        """Whether it is turning."""
        return self._timer.isActive()

    def start(self, text: str = "") -> None:
        """Show it, with another text if one is given."""
        if text:
            self.text_label.setText(text)
            self.setAccessibleName(text)
        self.show()
        if animation_ms():
            self._timer.start()

    def stop(self) -> None:
        """Hide it."""
        self._timer.stop()
        self.hide()

    @Slot()
    def _advance(self) -> None:
        self._angle = (self._angle + 30) % 360
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(active_theme().colour("line"), 2))
        top = self.height() // 2 - 7
        painter.drawEllipse(2, top, 14, 14)
        painter.setPen(QPen(active_theme().colour("accent"), 2))
        painter.drawArc(2, top, 14, 14, -self._angle * 16, 100 * 16)
        painter.end()


class ElidedLabel(QLabel):
    """A label of one line that elides its text; the full text is its tooltip and accessible name."""

    def __init__(self, text: str = "", kind: str = "") -> None:
        super().__init__()
        self._full_text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        if kind:
            self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Replace the text."""
        self._full_text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()

    def _elide(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._full_text, Qt.TextElideMode.ElideRight, self.width()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._elide()
