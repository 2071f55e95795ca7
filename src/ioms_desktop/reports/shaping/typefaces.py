"""The typefaces for scripts that Noto Sans lacks, and which of them has a character. Each is loaded when it is needed.

`tools/script_fonts.py` makes the files. What none of them has cannot be printed, and is shown as missing.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import uharfbuzz

from ioms_desktop.paths import resource

UNITS = 1000  # of an em, in which all widths are given
JOINERS = frozenset("\u200c\u200d")
VARIATION_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
EMOJI_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
INVISIBLE_BUT_KEPT = JOINERS | VARIATION_SELECTORS | EMOJI_TAGS
"""What changes the shape of its neighbours and has none of its own."""
NO_BOLD = frozenset({"NotoEmoji", "NotoSans-Bold"})
"""Typefaces that are not drawn heavier: of pictures, or bold already."""

_BLOCKS = (
    # first character, last, the typefaces that may have it
    (0x0000, 0x024F, ("NotoSans-Regular", "NotoEmoji", "NotoSansSymbols")),
    (0x0250, 0x052F, ("NotoSans-Regular",)),
    (0x0530, 0x058F, ("NotoSansArmenian",)),
    (0x0590, 0x05FF, ("NotoSansHebrew",)),
    (0x0600, 0x06FF, ("NotoSansArabic",)),
    (0x0750, 0x077F, ("NotoSansArabic",)),
    (0x0870, 0x08FF, ("NotoSansArabic",)),
    (0x0900, 0x097F, ("NotoSansDevanagari",)),
    (0x0980, 0x09FF, ("NotoSansBengali",)),
    (0x0A00, 0x0A7F, ("NotoSansGurmukhi",)),
    (0x0A80, 0x0AFF, ("NotoSansGujarati",)),
    (0x0B00, 0x0B7F, ("NotoSansOriya",)),
    (0x0B80, 0x0BFF, ("NotoSansTamil",)),
    (0x0C00, 0x0C7F, ("NotoSansTelugu",)),
    (0x0C80, 0x0CFF, ("NotoSansKannada",)),
    (0x0D00, 0x0D7F, ("NotoSansMalayalam",)),
    (0x0D80, 0x0DFF, ("NotoSansSinhala",)),
    (0x0E00, 0x0E7F, ("NotoSansThai",)),
    (0x0E80, 0x0EFF, ("NotoSansLao",)),
    (0x1000, 0x109F, ("NotoSansMyanmar",)),
    (0x10A0, 0x10FF, ("NotoSansGeorgian",)),
    (0x1100, 0x11FF, ("NotoSansKR",)),
    (0x1200, 0x139F, ("NotoSansEthiopic",)),
    (0x1780, 0x17FF, ("NotoSansKhmer",)),
    (0x19E0, 0x19FF, ("NotoSansKhmer",)),
    (0x1C80, 0x1C8F, ("NotoSans-Regular",)),
    (0x1C90, 0x1CBF, ("NotoSansGeorgian",)),
    (0x1CD0, 0x1CFF, ("NotoSansDevanagari",)),
    (0x1D00, 0x1FFF, ("NotoSans-Regular",)),
    (0x2000, 0x2BFF, ("NotoSans-Regular", "NotoEmoji", "NotoSansSymbols", "NotoSansSC")),
    (0x2C60, 0x2C7F, ("NotoSans-Regular",)),
    (0x2D00, 0x2D2F, ("NotoSansGeorgian",)),
    (0x2D80, 0x2DDF, ("NotoSansEthiopic",)),
    (0x2DE0, 0x2E5F, ("NotoSans-Regular",)),
    (0x2E80, 0x312F, ("NotoSansSC", "NotoEmoji")),
    (0x3130, 0x318F, ("NotoSansKR",)),
    (0x3190, 0x9FFF, ("NotoSansSC", "NotoEmoji")),
    (0xA8E0, 0xA8FF, ("NotoSansDevanagari",)),
    (0xA9E0, 0xA9FF, ("NotoSansMyanmar",)),
    (0xAA60, 0xAA7F, ("NotoSansMyanmar",)),
    (0xA640, 0xA82F, ("NotoSans-Regular",)),
    (0xAB00, 0xAB2F, ("NotoSansEthiopic",)),
    (0xAB30, 0xAB6F, ("NotoSans-Regular",)),
    (0xAC00, 0xD7FF, ("NotoSansKR",)),
    (0xF900, 0xFAFF, ("NotoSansSC",)),
    (0xFB00, 0xFB06, ("NotoSans-Regular",)),
    (0xFB13, 0xFB17, ("NotoSansArmenian",)),
    (0xFB1D, 0xFB4F, ("NotoSansHebrew",)),
    (0xFB50, 0xFDFF, ("NotoSansArabic",)),
    (0xFE00, 0xFE0F, ("NotoEmoji",)),
    (0xFE20, 0xFE2F, ("NotoSans-Regular",)),
    (0xFE30, 0xFE4F, ("NotoSansSC",)),
    (0xFE70, 0xFEFF, ("NotoSansArabic",)),
    (0xFF00, 0xFFEF, ("NotoSansSC", "NotoSansKR")),
    (0x1F000, 0x1FAFF, ("NotoEmoji", "NotoSansSymbols")),
    (0x20000, 0x3FFFF, ("NotoSansSC",)),
    (0xE0000, 0xE01EF, ("NotoEmoji",)),
)
_STARTS = tuple(first for first, _, _ in sorted(_BLOCKS))
_SORTED = tuple(sorted(_BLOCKS))


@dataclass(frozen=True, eq=False)
class Typeface:
    """A typeface as HarfBuzz knows it.

    Attributes:
        name: Its name, which is that of its file.
        face: Its data.
        font: It, ready to shape.
        characters: The characters that it has.
    """

    name: str
    face: Any
    font: Any
    characters: frozenset[int] = field(repr=False)

    @cached_property
    def blank(self) -> int | None:
        """The glyph of the space, which stands for what is not seen too."""
        glyph: int | None = self.font.get_nominal_glyph(ord(" "))
        return glyph

    def width_of(self, glyph: int) -> float:
        """Return the width of a glyph as the PDF is told of it, in thousandths of an em."""
        width: float = self.font.get_glyph_h_advance(glyph) * UNITS / self.face.upem
        return width

    def depth_of(self, glyph: int) -> float:
        """Return how far a glyph reaches below the baseline, in thousandths of an em."""
        extents = self.font.get_glyph_extents(glyph)
        if extents is None:
            return 0.0
        depth: float = -(extents.y_bearing + extents.height) * UNITS / self.face.upem
        return depth


@cache
def load_typeface(name: str) -> Typeface:
    """Load a typeface, once.

    Raises:
        FileNotFoundError: Its file is missing from the installation.
    """
    folder = ("fonts",) if name.startswith("NotoSans-") else ("fonts", "scripts")
    path = resource(*folder, f"{name}.ttf")
    if not path.is_file():
        raise FileNotFoundError(path)
    face = uharfbuzz.Face(uharfbuzz.Blob(path.read_bytes()))
    return Typeface(name, face, uharfbuzz.Font(face), frozenset(face.unicodes))


@cache
def typeface_of(character: str) -> Typeface | None:
    """Return the typeface that has a character; None where none has."""
    code = ord(character)
    place = bisect_right(_STARTS, code) - 1
    _, last, names = _SORTED[place]
    if code > last:
        return None
    return next((face for face in map(load_typeface, names) if code in face.characters), None)


def is_printable(character: str) -> bool:
    """Whether a character has a shape in any typeface, or changes that of its neighbours."""
    return character in INVISIBLE_BUT_KEPT or typeface_of(character) is not None
