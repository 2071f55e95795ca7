"""Help with laying out windows: their size on the screen, hairlines, and emptying a layout."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QLayout, QWidget

MAX_SCREEN_SHARE = 0.92
"""The largest share of the screen's width and height that a dialog takes."""


def largest_size(window: QWidget, share: float = MAX_SCREEN_SHARE) -> QSize:
    """Give the largest size of a window: a share of the available width and height of its screen."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    room = screen.availableSize()
    return QSize(int(room.width() * share), int(room.height() * share))


def fit_to_screen(window: QWidget, width: int, height: int, share: float = MAX_SCREEN_SHARE) -> None:
    """Resize a window to a width and height in pixels, or to what the screen allows."""
    window.resize(QSize(width, height).boundedTo(largest_size(window, share)))


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
