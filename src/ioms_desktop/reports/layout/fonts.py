"""Noto Sans in PDFs: registration, widths, and what stands for characters that no typeface has."""

import unicodedata
from functools import cache, lru_cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ioms_desktop.paths import resource
from ioms_desktop.reports.shaping.typefaces import INVISIBLE_BUT_KEPT, is_printable

REGULAR_FONT = "NotoSans"
BOLD_FONT = "NotoSans-Bold"
FONT_FILES = {REGULAR_FONT: "NotoSans-Regular.ttf", BOLD_FONT: "NotoSans-Bold.ttf"}
REPLACEMENT_CHAR = "\ufffd"
WIDTH_CACHE_SIZE = 20_000
NEVER_PLAIN = INVISIBLE_BUT_KEPT | {"\u200b", "\u00ad"}


@cache
def register_fonts() -> frozenset[str]:
    """Register the typeface with ReportLab, once, and give the characters that it shows one after the other.

    Raises:
        FileNotFoundError: A font file is missing from the installation.
    """
    shown: frozenset[str] | None = None
    for name, file in FONT_FILES.items():
        path = resource("fonts", file)
        if not path.is_file():
            raise FileNotFoundError(path)
        font = TTFont(name, str(path), shapable=False)
        pdfmetrics.registerFont(font)
        own = frozenset(map(chr, font.face.charToGlyph))
        shown = own if shown is None else shown & own
    # Binary streams are a fifth smaller than ReportLab's default ASCII encoding.
    rl_config.useA85 = 0
    assert shown is not None  # noqa: S101 - there are two files
    return frozenset(each for each in shown if unicodedata.category(each)[0] != "M" and each not in NEVER_PLAIN)


def is_plain(text: str) -> bool:
    """Whether a text needs nothing but one glyph of Noto Sans after the other."""
    return register_fonts().issuperset(text)


def font_name(*, bold: bool) -> str:
    """Return the font's name for ReportLab."""
    return BOLD_FONT if bold else REGULAR_FONT


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Measure a plain text in points (`is_plain`); `text_lines.measure` measures any."""
    return _unit_width(text, bold) * size


@lru_cache(maxsize=WIDTH_CACHE_SIZE)
def _unit_width(text: str, bold: bool) -> float:
    register_fonts()
    return pdfmetrics.stringWidth(text, font_name(bold=bold), 1)


def to_printable(text: str) -> str:
    """Reduce a text to what the typefaces can show.

    Composed (NFC); tabs are spaces; line ends are newlines; characters without width and glyph are left out, and so are
    controls of direction; any other character without a glyph becomes the replacement character, so that nobody takes
    the text for complete.
    """
    shown = register_fonts()
    if shown.issuperset(text):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    return "".join(character if character in shown else _substitute(character) for character in text)


def to_one_line(text: str) -> str:
    """As `to_printable`, with line ends as spaces: labels in charts have one line."""
    return to_printable(text).replace("\n", " ")


@cache
def _substitute(character: str) -> str:
    if character == "\n":
        return character
    if character in "\u2028\u2029":
        return "\n"
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if character in INVISIBLE_BUT_KEPT or (category not in {"Cc", "Cf", "Cs", "Co", "Cn"} and is_printable(character)):
        return character
    # Controls, formats, variation selectors and marks have no appearance of their own.
    return "" if category in {"Cc", "Cf", "Mn", "Me"} else REPLACEMENT_CHAR
