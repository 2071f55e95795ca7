"""The colours, sizes and fonts of the themes, read from one file of tokens."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self

from PySide6.QtGui import QColor, QFont, QPalette

from ioms_desktop.paths import resource


class Tone(StrEnum):
    """The meaning of a coloured sign; it is never shown by colour alone."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    NEUTRAL = "neutral"


_TONES = {tone.value: tone for tone in Tone}


@dataclass(frozen=True, slots=True)
class ToneColours:
    """The three colours of one tone: background, shape and text."""

    fill: str
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths in pixels at 100 %, and the width of a text column in characters."""

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
    """A set of colours, with the sizes common to all themes; each colour as ``#RRGGBB``."""

    name: str
    family: str
    sizes: Sizes
    tones: Mapping[Tone, ToneColours]
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
        """Return the light theme."""
        return cls._from_tokens("light")

    @classmethod
    def dark(cls) -> Self:
        """Return the dark theme."""
        return cls._from_tokens("dark")

    @classmethod
    def high_contrast(cls, system: QPalette | None = None) -> Self:
        """Return the high-contrast theme.

        Args:
            system: The high-contrast palette of the desktop, which replaces our own colours; None to use ours.
        """
        own = cls._from_tokens("high_contrast")
        return own if system is None else own.with_palette(system)

    @classmethod
    def _from_tokens(cls, name: str) -> Self:
        tokens = _tokens()
        colours = {key: value for key, value in tokens[name].items() if key != "tone"}
        tones = {Tone(tone): ToneColours(**colour) for tone, colour in tokens[name]["tone"].items()}
        shared = {key: value for key, value in tokens["type"].items() if key != "family"}
        sizes = Sizes(**shared, **tokens["space"], **tokens["motion"])
        return cls(name=name, family=tokens["type"]["family"], sizes=sizes, tones=tones, **colours)

    def with_palette(self, system: QPalette) -> Self:
        """Return this theme in the colours of a desktop palette; tones are then shown by text and shape alone."""

        def of(role: QPalette.ColorRole) -> str:
            return system.color(QPalette.ColorGroup.Active, role).name()

        role = QPalette.ColorRole
        tones = {tone: ToneColours(of(role.Base), of(role.Text), of(role.Text)) for tone in Tone}
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
        """Return the colour of a token by name, or of a tone's sign (``"red"``)."""
        if role in _TONES:
            return QColor(self.tones[_TONES[role]].sign)
        return QColor(getattr(self, role))

    def font(self, *, size: float | None = None, bold: bool = False) -> QFont:
        """Return the font of the application.

        Args:
            size: Pixels at 100 %; the body size when None.
            bold: Whether the font is bold.
        """
        font = QFont(self.family)
        # QFont takes whole pixels only; points at 96 dpi keep the half pixel of 12.5.
        font.setPointSizeF((self.sizes.body if size is None else size) * 0.75)
        font.setBold(bold)
        return font

    def palette(self) -> QPalette:
        """Return Qt's palette for these colours, enabled and disabled."""
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


@cache
def _tokens() -> dict[str, Any]:
    return tomllib.loads(resource("themes", "tokens.toml").read_text(encoding="utf-8"))
