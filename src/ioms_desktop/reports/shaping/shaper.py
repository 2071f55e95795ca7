"""Shapes words of any script into glyphs: joined letters, marks in their places, conjuncts, ligatures."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import uharfbuzz

from ioms_desktop.reports.shaping.typefaces import INVISIBLE_BUT_KEPT, UNITS, Typeface, load_typeface, typeface_of

CACHE_SIZE = 5_000
SPACE_WIDTH = 260  # in Noto Sans; that of a typeface of pictures is far wider
LANGUAGE = "en"
FALLBACK = "NotoSans-Regular"
BOLD = "NotoSans-Bold"
FIRST_BEYOND = "\U00010000"  # readers lose the halves of such a character where it is told to them apart
LAM_ALEF = {"\u0644\u0627": "\ufefb", "\u0644\u0623": "\ufef7", "\u0644\u0622": "\ufef5", "\u0644\u0625": "\ufef9"}
"""Two letters in one glyph as one character, which readers turn into the two in their order."""


@dataclass(frozen=True, slots=True)
class ShapedGlyph:
    """A glyph in its place; lengths are thousandths of an em.

    Attributes:
        number: Its number in the typeface.
        advance: How far the next one is.
        right: How far it is moved to the right.
        up: How far it is raised.
        text: The characters it stands for, where it is the first of them.
    """

    number: int
    advance: float
    right: float
    up: float
    text: str


@dataclass(frozen=True, slots=True)
class ShapedRun:
    """Glyphs of one typeface and direction, from left to right.

    Attributes:
        typeface: The typeface.
        glyphs: The glyphs.
        text: What they say, in the order in which it is read.
        level: Even from left to right, odd from right to left.
        clusters: Where the text may be divided without tearing a shape, from its start.
    """

    typeface: Typeface
    glyphs: tuple[ShapedGlyph, ...]
    text: str
    level: int
    clusters: tuple[int, ...]

    @property
    def is_told_by_its_glyphs(self) -> bool:
        """Whether its glyphs, one after the other, say its text, so that nothing more need be told to a reader.

        Readers turn around what is written from right to left, also where it is told to them in the right order.
        """
        if self.level % 2 or max(self.text) >= FIRST_BEYOND:
            return True
        said = "".join(glyph.text for glyph in self.glyphs)
        return said == self.text and all(glyph.text and glyph.advance and not glyph.right for glyph in self.glyphs)

    @property
    def width(self) -> float:
        """Its width in thousandths of an em."""
        return sum(glyph.advance for glyph in self.glyphs)

    @property
    def depth(self) -> float:
        """How far it reaches below the baseline, in thousandths of an em."""
        return max((self.typeface.depth_of(glyph.number) - glyph.up for glyph in self.glyphs), default=0.0)


@lru_cache(CACHE_SIZE)
def shape_word(text: str, levels: tuple[int, ...], *, bold: bool = False) -> tuple[ShapedRun, ...]:
    """Shape a word, in the order in which it is read.

    Args:
        text: The word; every character is one that some typeface has.
        levels: The level of each character (`bidi`).
        bold: Whether Noto Sans is taken in bold, the only one that has it.

    Returns:
        Its runs.
    """
    faces = _typefaces(text)
    if bold:
        faces = [load_typeface(BOLD) if face.name == FALLBACK else face for face in faces]
    runs: list[ShapedRun] = []
    for (face, level), places in groupby(range(len(text)), key=lambda place: (faces[place], levels[place])):
        part = "".join(text[place] for place in places)
        runs.append(_shape(part, face, level))
    return tuple(runs)


def divide_word(text: str, levels: Sequence[int], *, bold: bool = False) -> list[int]:
    """Return where a word may be divided without tearing a shape, from its start."""
    found: list[int] = []
    at = 0
    for run in shape_word(text, tuple(levels), bold=bold):
        found += [at + place for place in run.clusters]
        at += len(run.text)
    return found


def _typefaces(text: str) -> list[Typeface]:
    """Choose the typeface of each character; a mark or joiner goes with the letter before it where it can."""
    chosen: list[Typeface] = []
    for place, character in enumerate(text):
        before = chosen[-1] if chosen else None
        joins = character == " " or unicodedata.category(character)[0] == "M" or character in INVISIBLE_BUT_KEPT
        emoji = before is None and text[place + 1 : place + 2] in {"\ufe0f", "\u20e3"}
        if joins and before is not None and (character in INVISIBLE_BUT_KEPT or ord(character) in before.characters):
            chosen.append(before)
        elif emoji and ord(character) in load_typeface("NotoEmoji").characters:
            chosen.append(load_typeface("NotoEmoji"))
        else:
            chosen.append(typeface_of(character) or load_typeface(FALLBACK))
    return chosen


def _shape(text: str, face: Typeface, level: int) -> ShapedRun:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.language = LANGUAGE  # not that of the computer: the same facts give the same bytes everywhere
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    uharfbuzz.shape(face.font, buffer, {})
    scale = UNITS / face.face.upem
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    told: set[int] = set()
    glyphs: list[ShapedGlyph] = []
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        said = "" if info.cluster in told else text[info.cluster : ends[info.cluster]]
        told.add(info.cluster)
        said = LAM_ALEF.get(said, said)
        if not said and not place.x_advance and info.codepoint == face.blank:
            continue  # a variation selector and the like, whose letter says it too
        advance = SPACE_WIDTH if said == " " else place.x_advance * scale
        glyphs.append(ShapedGlyph(info.codepoint, advance, place.x_offset * scale, place.y_offset * scale, said))
    return ShapedRun(face, tuple(glyphs), text, level, tuple(starts))
