"""Colours, sizes and fonts of the window, from one file of tokens.

``apply(app, Theme.light())`` sets font, locale, palette and stylesheet; ``current()`` is what painters ask.
A widget that paints itself reads ``current()`` when it paints and needs no listening: applying a theme repaints all.
What must be made anew (icons, for instance) listens to ``watch().changed``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ioms_desktop.paths import resource

FONT_FILES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf", "NotoSans-BoldItalic.ttf")


class Tone(StrEnum):
    """What a coloured sign means; never shown by colour alone."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    NEUTRAL = "neutral"


class Preference(StrEnum):
    """What the user asked for; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


@dataclass(frozen=True, slots=True)
class Tinge:
    """The three colours of one tone: what lies behind, the shape, the word."""

    fill: str
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in pixels at 100 %, and the text column in characters."""

    small: float
    body: float
    title: float
    display: float
    grid: int
    row: int
    row_compact: int
    control: int
    radius: int
    icon: int
    focus: int
    text_columns: int
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One set of colours with the sizes common to all; each colour as ``#RRGGBB``."""

    name: str
    family: str
    sizes: Sizes
    tones: Mapping[Tone, Tinge]
    background: str
    surface: str
    line: str
    field_line: str
    text: str
    quiet: str
    disabled: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    hover: str
    selected: str
    selected_text: str
    danger: str
    danger_soft: str
    notice: str
    notice_soft: str
    caution: str
    caution_soft: str

    @classmethod
    def light(cls) -> Self:
        """Give the theme for ordinary rooms."""
        return cls._named("light")

    @classmethod
    def dark(cls) -> Self:
        """Give the theme for dim rooms."""
        return cls._named("dark")

    @classmethod
    def high_contrast(cls, system: QPalette | None = None) -> Self:
        """Give the theme of most contrast.

        Args:
            system: The desktop's own high-contrast colours; they win over ours where given.
        """
        own = cls._named("high_contrast")
        return own if system is None else own.coloured_as(system)

    @classmethod
    def _named(cls, name: str) -> Self:
        tokens = _tokens()
        colours = {key: value for key, value in tokens[name].items() if key != "tone"}
        tones = {Tone(tone): Tinge(**colour) for tone, colour in tokens[name]["tone"].items()}
        shared = {key: value for key, value in tokens["type"].items() if key != "family"}
        sizes = Sizes(**shared, **tokens["space"], **tokens["motion"])
        return cls(name=name, family=tokens["type"]["family"], sizes=sizes, tones=tones, **colours)

    def coloured_as(self, system: QPalette) -> Self:
        """Give the same theme in a desktop's own colours, tones by word and shape alone."""

        def of(role: QPalette.ColorRole) -> str:
            return system.color(QPalette.ColorGroup.Active, role).name()

        role = QPalette.ColorRole
        tones = {tone: Tinge(of(role.Base), of(role.Text), of(role.Text)) for tone in Tone}
        changed: dict[str, Any] = {
            "background": of(role.Window),
            "surface": of(role.Base),
            **dict.fromkeys(("text", "quiet", "line", "field_line", "danger", "notice", "caution"), of(role.Text)),
            **dict.fromkeys(("hover", "accent_soft", "danger_soft", "notice_soft", "caution_soft"), of(role.Base)),
            **dict.fromkeys(("accent", "accent_hover", "selected"), of(role.Highlight)),
            **dict.fromkeys(("on_accent", "selected_text"), of(role.HighlightedText)),
            "disabled": system.color(QPalette.ColorGroup.Disabled, role.Text).name(),
            "tones": tones,
        }
        kept = {name: getattr(self, name) for name in self.__slots__ if name not in changed}
        return type(self)(**kept, **changed)

    def colour(self, role: str) -> QColor:
        """Give the colour of a token by name, or of a tone's sign (``"red"``)."""
        if role in {tone.value for tone in Tone}:
            return QColor(self.tones[Tone(role)].sign)
        return QColor(getattr(self, role))

    def font(self, *, size: float | None = None, bold: bool = False) -> QFont:
        """Give the window's typeface.

        Args:
            size: Pixels at 100 %; the body size when None.
            bold: Whether it is to stand out.
        """
        font = QFont(self.family)
        # QFont takes whole pixels; points at 96 dpi keep the half pixel of 12.5.
        font.setPointSizeF((self.sizes.body if size is None else size) * 0.75)
        font.setBold(bold)
        return font

    def palette(self) -> QPalette:
        """Give Qt's palette for these colours, enabled and disabled."""
        role, group = QPalette.ColorRole, QPalette.ColorGroup
        palette = QPalette()
        plain = {
            role.Window: self.background,
            role.WindowText: self.text,
            role.Base: self.surface,
            role.AlternateBase: self.background,
            role.Text: self.text,
            role.Button: self.surface,
            role.ButtonText: self.text,
            role.BrightText: self.danger,
            role.Highlight: self.selected,
            role.HighlightedText: self.selected_text,
            role.Link: self.accent,
            role.LinkVisited: self.accent,
            role.PlaceholderText: self.quiet,
            role.ToolTipBase: self.surface,
            role.ToolTipText: self.text,
            role.Accent: self.accent,
            role.Light: self.surface,
            role.Midlight: self.hover,
            role.Mid: self.line,
            role.Dark: self.field_line,
            role.Shadow: self.line,
        }
        for which, colour in plain.items():
            palette.setColor(which, QColor(colour))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(group.Disabled, which, QColor(self.disabled))
        return palette


class Watch(QObject):
    """Tells whoever keeps something coloured that the theme has changed."""

    changed = Signal()

    def __init__(self) -> None:
        """Begin with the light theme and no wish of the user's."""
        super().__init__()
        self.theme = Theme.light()
        self.preference = Preference.SYSTEM
        self.desktop: QPalette | None = None  # the desktop's own colours, once we follow it


@cache
def watch() -> Watch:
    """Give the one place that knows the theme in use."""
    return Watch()


def current() -> Theme:
    """Give the theme in use; the light one before any was applied."""
    return watch().theme


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application: font, locale, style, palette, stylesheet.

    Args:
        app: The running application.
        theme: What it is to look like from now on.
    """
    from ioms_desktop.ui.theme.stylesheet import stylesheet  # noqa: PLC0415 - it imports this module

    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    load_fonts()
    if app.style().objectName() != "fusion":
        app.setStyle(QStyleFactory.create("fusion"))
    watch().theme = theme
    app.setFont(theme.font())
    app.setPalette(theme.palette())
    app.setStyleSheet(stylesheet(theme))
    watch().changed.emit()


def follow(app: QApplication, preference: Preference) -> None:
    """Dress the application as the user wishes, and keep following the desktop where that is the wish.

    Args:
        app: The running application.
        preference: The user's choice.
    """
    watch().preference = preference
    if watch().desktop is None:
        watch().desktop = app.palette()
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(lambda _: _follow_desktop(app))
        hints.accessibility().contrastPreferenceChanged.connect(lambda _: _follow_desktop(app))
    apply(app, wanted(app, preference))


def wanted(app: QApplication, preference: Preference) -> Theme:
    """Say which theme a preference means on this desktop just now."""
    if preference is Preference.SYSTEM:
        hints = app.styleHints()
        if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
            return Theme.high_contrast(watch().desktop)
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
        return Theme.dark() if dark else Theme.light()
    if preference is Preference.HIGH_CONTRAST:
        return Theme.high_contrast()
    return Theme.dark() if preference is Preference.DARK else Theme.light()


def motion() -> int:
    """Say how long a movement may last, in milliseconds; 0 where the desktop asks for none."""
    calm = not QApplication.isEffectEnabled(Qt.UIEffect.UI_General) or QAccessible.isActive()
    return 0 if calm else current().sizes.milliseconds


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the bundled typeface known to Qt, once, and give its family names.

    Raises:
        FileNotFoundError: A font file is missing from the installation.
    """
    families: list[str] = []
    for name in FONT_FILES:
        path = resource("fonts", name)
        number = QFontDatabase.addApplicationFont(str(path))
        if number < 0:
            raise FileNotFoundError(path)
        families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(families)


def _follow_desktop(app: QApplication) -> None:
    if watch().preference is Preference.SYSTEM and QGuiApplication.instance() is not None:
        apply(app, wanted(app, Preference.SYSTEM))


@cache
def _tokens() -> dict[str, Any]:
    return tomllib.loads(resource("themes", "tokens.toml").read_text(encoding="utf-8"))
