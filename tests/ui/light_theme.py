"""The light theme for tests: to apply one takes longer than most of them, the more so the more windows there were."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.apply import CLASSES_WITH_FONTS, apply_theme
from ioms_desktop.ui.theme.stylesheet import stylesheet
from ioms_desktop.ui.theme.tokens import Theme


def light_theme(qapp: QApplication) -> Theme:
    """Apply the light theme unless all of it is there already, and return it."""
    if not _is_applied(qapp, Theme.light()):
        apply_theme(qapp, Theme.light())
    return active_theme()


def _is_applied(qapp: QApplication, theme: Theme) -> bool:
    return (
        active_theme() == theme
        and QLocale().name() == "en_GB"
        and qapp.styleSheet() == stylesheet(theme)
        and qapp.palette() == theme.palette()
        and all(qapp.font(name) == theme.font() for name in ("", *CLASSES_WITH_FONTS))  # type: ignore[call-overload]  # as in apply.py
    )
