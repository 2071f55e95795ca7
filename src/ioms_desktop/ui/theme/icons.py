"""Lucide icons in the colours of the theme.

``icon("search")`` returns a QIcon drawn at every scale that screens use, so that it is sharp at 150 %. An icon keeps
the colours of the theme in which it was made. ``set_icon(button, "search")`` makes it again when the theme changes.
"""

from functools import cache
from typing import Protocol

import shiboken6
from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ioms_desktop.paths import resource
from ioms_desktop.ui.theme.active import active_theme, theme_notifier
from ioms_desktop.ui.theme.memory_files import register_file


class HasIcon(Protocol):
    """A widget or action that shows an icon."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Set the icon."""


def icon(name: str, colour: str = "text", size: int | None = None) -> QIcon:
    """Draw an icon in the colours of the current theme.

    Args:
        name: The Lucide name, for instance ``"calendar-days"``.
        colour: A colour role of the theme (``"text"``, ``"accent"``, ``"danger"``) or a tone (``"red"``).
        size: Edge in pixels at 100 %; the theme's icon size when None.

    Raises:
        KeyError: No icon of that name is bundled.
    """
    now = active_theme()
    scales = tuple(sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()} | {1.0}))
    return _icon(name, now.colour(colour).name(), now.colour("disabled").name(), size or now.sizes.icon, scales)


def pixmap(name: str, colour: str, size: int, scale: float) -> QPixmap:
    """Draw an icon once, for a painter.

    Args:
        name: The Lucide name.
        colour: A colour role of the theme or a tone.
        size: Edge in pixels at 100 %.
        scale: Device pixels per pixel.
    """
    return _pixmap(name, active_theme().colour(colour).name(), size, scale)


def set_icon(owner: HasIcon, name: str, colour: str = "text") -> None:
    """Set the icon of a button or action, and make it again whenever the theme changes.

    Args:
        owner: The button or action.
        name: The Lucide name.
        colour: A colour role of the theme or a tone.
    """
    owner.setIcon(icon(name, colour))
    if not isinstance(owner, QObject):
        return
    if not _themed_icons:
        theme_notifier().changed.connect(_recolour)
    if len(_themed_icons) % _PRUNE_EVERY_ICONS == 0:  # entries of closed windows must not accumulate
        _drop_deleted()
    _themed_icons.append((owner, name, colour))


@cache
def icon_file(name: str, colour: str) -> str:
    """Return the path of a recoloured icon in memory, since a stylesheet can only refer to files.

    Args:
        name: The Lucide name.
        colour: As ``#RRGGBB``.
    """
    return register_file(f"{name}-{colour.lstrip('#')}.svg", _svg(name, colour))


_PRUNE_EVERY_ICONS = 256
_themed_icons: list[tuple[QObject, str, str]] = []


def _drop_deleted() -> None:
    _themed_icons[:] = [entry for entry in _themed_icons if shiboken6.isValid(entry[0])]


def _recolour() -> None:
    _drop_deleted()
    for owner, name, colour in _themed_icons:
        owner.setIcon(icon(name, colour))  # type: ignore[attr-defined]  # set_icon accepts only owners with setIcon


@cache
def _source(name: str) -> str:
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        raise KeyError(name)
    return path.read_text(encoding="utf-8")


def _svg(name: str, colour: str) -> bytes:
    return _source(name).replace("currentColor", colour).encode()


@cache
def _pixmap(name: str, colour: str, size: int, scale: float) -> QPixmap:
    # Read the SVG before the painter starts: an exception during painting would end the process.
    drawing = QSvgRenderer(QByteArray(_svg(name, QColor(colour).name())))
    edge = round(size * scale)
    picture = QPixmap(QSize(edge, edge))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


@cache
def _icon(name: str, colour: str, disabled: str, size: int, scales: tuple[float, ...]) -> QIcon:
    made = QIcon()
    for scale in scales:
        made.addPixmap(_pixmap(name, colour, size, scale))
        made.addPixmap(_pixmap(name, disabled, size, scale), QIcon.Mode.Disabled)
    return made
