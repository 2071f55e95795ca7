"""The card in the middle of a window before anybody has signed in; on a small screen it is narrower, and scrolls."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.widgets.layouts import FocusScrollArea, fit_to_screen, reveal
from ioms_desktop.ui.widgets.widgets import label

AROUND_PX = 12
"""Pixels that are free at least on each side of the card."""
LEAST_SIZE_PX = (360, 240)
"""The least size of a window with a card, which scrolls inside it."""
WHOLE_SCREEN = 1.0


class CardPage(FocusScrollArea):
    """A card and what stands below it.

    Attributes:
        column: What is in the card, from top to bottom; the name of the program is in it.
    """

    def __init__(self, width: int, *told: QWidget) -> None:
        """Create it with the name of the program.

        Args:
            width: The width of the card in a window that is wide enough.
            told: Bars with messages inside; one that is shown comes into sight.
        """
        super().__init__()
        self._width, self._told = width, told
        page, card = QWidget(), QFrame()
        page.setProperty("kind", "page")
        card.setProperty("kind", "card")
        self._parts: list[QWidget] = [card]
        self.column = QVBoxLayout(card)
        self.column.setContentsMargins(28, 24, 28, 20)
        self.column.setSpacing(12)
        self.column.addWidget(label("IOMS Desktop", "display"))
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(AROUND_PX, AROUND_PX, AROUND_PX - self.bar_width, AROUND_PX)
        self._page.addStretch(2)
        self._page.addLayout(_in_the_middle(card))
        self._page.addStretch(3)
        self.setWidget(page)
        for bar in told:
            bar.installEventFilter(self)

    def add_below(self, part: QWidget, least_height: int = 0) -> None:
        """Put a widget below the card, and as wide.

        Args:
            part: The widget.
            least_height: The room that is kept for it, in pixels.
        """
        middle = _in_the_middle(part)
        if least_height:
            middle.addStrut(least_height)
            middle.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        self._parts.append(part)
        self._page.insertLayout(self._page.count() - 1, middle)

    def fill(self, window: QWidget, width: int, height: int) -> None:
        """Make it the content of a window of a size, or of a screen that is smaller."""
        around = QVBoxLayout(window)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self)
        window.setMinimumSize(*LEAST_SIZE_PX)
        fit_to_screen(window, width, height, WHOLE_SCREEN)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched in self._told and isinstance(watched, QWidget):
            reveal(watched)
        return super().eventFilter(watched, event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = min(self._width, self.width() - 2 * AROUND_PX)
        for part in self._parts:
            part.setFixedWidth(width)


def _in_the_middle(part: QWidget) -> QHBoxLayout:
    middle = QHBoxLayout()  # stretches, not an alignment: only then do wrapped labels get the height they need
    middle.addStretch(1)
    middle.addWidget(part)
    middle.addStretch(1)
    return middle
