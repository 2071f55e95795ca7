"""The current theme.

A widget that paints itself reads ``active_theme()`` when it paints, since applying a theme repaints everything. What
must be made again, such as icons, listens to ``theme_notifier().changed``.
"""

from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QPalette
from PySide6.QtWidgets import QApplication

from ioms_desktop.ui.theme.tokens import Theme


class ThemePreference(StrEnum):
    """The user's choice of theme; SYSTEM follows the desktop environment."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


class ThemeNotifier(QObject):
    """Signals that the theme has changed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = Theme.light()
        self.preference = ThemePreference.SYSTEM
        self.system_palette: QPalette | None = None  # the palette of the desktop, once the theme follows it


@cache
def theme_notifier() -> ThemeNotifier:
    """Return the one object that holds the current theme."""
    return ThemeNotifier()


def active_theme() -> Theme:
    """Return the current theme; the light one until a theme is applied."""
    return theme_notifier().theme


def animation_ms() -> int:
    """Return the longest duration of an animation in milliseconds; 0 if the desktop disables animations."""
    calm = not QApplication.isEffectEnabled(Qt.UIEffect.UI_General) or QAccessible.isActive()
    return 0 if calm else active_theme().sizes.milliseconds
