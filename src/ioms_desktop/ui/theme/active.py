"""The theme in use.

A widget that paints itself reads ``active_theme()`` when it paints: applying a theme repaints everything. What must be
made again (icons, for instance) listens to ``theme_notifier().changed``.
"""

from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QPalette
from PySide6.QtWidgets import QApplication

from ioms_desktop.ui.theme.tokens import Theme


class ThemePreference(StrEnum):
    """What the user asked for; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


class ThemeNotifier(QObject):
    """Tells whoever keeps something coloured that the theme has changed."""

    changed = Signal()

    def __init__(self) -> None:
        """Begin with the light theme and no wish of the user's."""
        super().__init__()
        self.theme = Theme.light()
        self.preference = ThemePreference.SYSTEM
        self.system_palette: QPalette | None = None  # the desktop's own colours, once we follow it


@cache
def theme_notifier() -> ThemeNotifier:
    """Give the one place that knows the theme in use."""
    return ThemeNotifier()


def active_theme() -> Theme:
    """Give the theme in use; the light one before any was applied."""
    return theme_notifier().theme


def animation_ms() -> int:
    """Say how long a movement may last, in milliseconds; 0 where the desktop asks for none."""
    calm = not QApplication.isEffectEnabled(Qt.UIEffect.UI_General) or QAccessible.isActive()
    return 0 if calm else active_theme().sizes.milliseconds
