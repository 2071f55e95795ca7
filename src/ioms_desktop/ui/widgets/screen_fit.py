"""The size of a window on the screen it is shown on."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

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
