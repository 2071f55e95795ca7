"""Wraps text to a width: at spaces where possible, between characters where a script has no spaces, else in a word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from ioms_desktop.reports.document.description import TextTone, Words
from ioms_desktop.reports.layout.fonts import is_plain, text_width, to_one_line, to_printable
from ioms_desktop.reports.layout.styles import BY_TONE, TextStyle
from ioms_desktop.reports.shaping.bidi import base_level, embedding_levels, visual_order
from ioms_desktop.reports.shaping.shaper import ShapedRun, divide_word, shape_word
from ioms_desktop.reports.shaping.typefaces import UNITS

CACHE_SIZE = 5_000
OFTEN_CHARS = 80  # a text up to this length is likely to come again
BREAKS_ANYWHERE = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFF60), (0x20000, 0x3FFFF))
"""Chinese and Japanese, which are wrapped between any two characters."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line in one style and direction.

    Attributes:
        text: What it says.
        style: Its style.
        left: Where it begins, from the left end of the line, in points.
        run: Its glyphs where it needs shaping; None for plain text.
        narrowed: By which share its width is set, where letters of different words come out wider side by side.
    """

    text: str
    style: TextStyle
    left: float = 0.0
    run: ShapedRun | None = None
    narrowed: float = 1.0


Line = str | tuple[Piece, ...]
"""A plain line in the style of its cell, or pieces in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a word, or a space, before it has its place."""

    text: str
    style: TextStyle
    levels: tuple[int, ...]

    @property
    def is_plain(self) -> bool:
        return is_plain(self.text) and not any(level % 2 for level in self.levels)

    def width(self) -> float:
        if self.is_plain or self.text == " ":
            return text_width(self.text, self.style.size, bold=self.style.bold)
        return sum(run.width for run in self.runs()) * self.style.size / UNITS

    def runs(self) -> tuple[ShapedRun, ...]:
        return shape_word(self.text, self.levels, bold=self.style.bold)


@dataclass(frozen=True, slots=True)
class _Word:
    """What is not divided where it fits into a line, with the space before it."""

    parts: tuple[_Part, ...]
    space: _Part | None


def wrap_words(words: Words, room: float, style: TextStyle) -> Sequence[Line]:
    """Wrap a text in one tone, then in the style given, or in several tones.

    Args:
        words: The text; characters that no typeface has are replaced, line ends are kept.
        room: The width of a line in points.
        style: The style of what has no tone of its own.

    Returns:
        The lines; none for a text without a letter.
    """
    length = len(words) if isinstance(words, str) else sum(len(run.text) for run in words)
    return _wrap_often(words, room, style) if length <= OFTEN_CHARS else _wrap(words, room, style)


def _wrap(words: Words, room: float, style: TextStyle) -> Sequence[Line]:
    lines: list[Line] = []
    if isinstance(words, str):
        for paragraph in to_printable(words).split("\n"):
            lines += _wrap_one_style(paragraph, room, style)
    else:
        for pieces in _paragraphs([(to_printable(run.text), _style(run.tone, style)) for run in words]):
            lines += _wrap_pieces(pieces, room)
    return _without_empty_end(lines)


_wrap_often = lru_cache(CACHE_SIZE)(_wrap)
"""Labels, days and states come back in every document."""


def _without_empty_end(lines: list[Line]) -> Sequence[Line]:
    while lines and not lines[-1]:
        lines.pop()
    return lines


def goes_from_right_to_left(line: Line) -> bool:
    """Whether a part of a line is read from right to left."""
    return not isinstance(line, str) and any(piece.run is not None and piece.run.level % 2 for piece in line)


def set_line(text: str, style: TextStyle) -> Line:
    """Set a text in one line, however long it is."""
    shown = to_one_line(text)
    if is_plain(shown):
        return shown
    return next(_wrap_pieces([(shown, style)], float("inf")))


def line_width(line: Line, style: TextStyle) -> float:
    """Return the width of a line in points."""
    if isinstance(line, str):
        return text_width(line, style.size, bold=style.bold)
    return max((piece.left + _piece_width(piece) for piece in line), default=0.0)


def line_depth(line: Line) -> float:
    """Return how far shaped letters reach below the baseline in points; nothing where a line has none."""
    if isinstance(line, str):
        return 0.0
    return max((piece.run.depth * piece.style.size / UNITS for piece in line if piece.run is not None), default=0.0)


def cut_to_width(text: str, room: float, style: TextStyle) -> Line:
    """Set a text in one line, ended by an ellipsis where it is longer than the room."""
    line = set_line(text, style)
    if line_width(line, style) <= room:
        return line
    shown = to_one_line(text)
    ellipsis = text_width("…", style.size, bold=style.bold)
    first = _wrap_one_style(shown, room - ellipsis, style)[0]
    kept = first if isinstance(first, str) else "".join(piece.text for piece in first)
    return set_line(f"{kept.rstrip()}…", style)


class PaperMetrics:
    """Measures text for charts in PDFs."""

    def width(self, text: str, size: float, *, bold: bool) -> float:
        """Return the advance width of a text at a size, in points."""
        if is_plain(text):
            return text_width(text, size, bold=bold)
        style = TextStyle(size, size, bold=bold)
        return line_width(set_line(text, style), style)


def _style(tone: TextTone, style: TextStyle) -> TextStyle:
    return style if tone is TextTone.PLAIN else BY_TONE[tone]


def _wrap_one_style(text: str, room: float, style: TextStyle) -> Sequence[Line]:
    if is_plain(text):
        return _wrap_plain(text, room / style.size, bold=style.bold)
    return list(_wrap_pieces([(text, style)], room))


def _wrap_plain(text: str, room: float, *, bold: bool) -> list[str]:
    if len(text) < room and text_width(text, 1, bold=bold) <= room:
        return [text.strip()]
    space = text_width(" ", 1, bold=bold)
    lines: list[str] = []
    words: list[str] = []
    used = 0.0
    for word in text.split():
        needed = text_width(word, 1, bold=bold)
        if words and used + space + needed > room:
            lines.append(" ".join(words))
            words, used = [], 0.0
        if needed > room:
            *full, word = _divide_plain(word, room, bold=bold)  # noqa: PLW2901 - the rest of the word goes on
            lines += full
            needed = text_width(word, 1, bold=bold)
        used += needed + (space if words else 0.0)
        words.append(word)
    lines.append(" ".join(words))
    return lines


def _divide_plain(word: str, room: float, *, bold: bool) -> list[str]:
    """Divide a word that is longer than a line: after a slash, as of a reference, where there is one."""
    pieces: list[str] = []
    start, used = 0, 0.0
    for place, character in enumerate(word):
        step = text_width(character, 1, bold=bold)
        while used + step > room and place > start:
            cut = word.rfind("/", start, place) + 1 or place
            pieces.append(word[start:cut])
            start, used = cut, text_width(word[cut:place], 1, bold=bold)
        used += step
    return [*pieces, word[start:]]


def _paragraphs(pieces: Sequence[tuple[str, TextStyle]]) -> Iterator[list[tuple[str, TextStyle]]]:
    """Divide pieces at line ends."""
    paragraph: list[tuple[str, TextStyle]] = []
    for text, style in pieces:
        first, *others = text.split("\n")
        paragraph.append((first, style))
        for other in others:
            yield paragraph
            paragraph = [(other, style)]
    yield paragraph


def _wrap_pieces(pieces: Sequence[tuple[str, TextStyle]], room: float) -> Iterator[tuple[Piece, ...]]:
    """Fill lines with the words of a paragraph; several lines from right to left end at the right."""
    text = "".join(part for part, _ in pieces)
    base = 0 if text.isascii() else base_level(text)
    levels = [0] * len(text) if is_plain(text) else embedding_levels(text, base)
    lines = list(_fill(_words(pieces, levels), room))
    for line in lines:
        placed = _place(line)
        width = max((piece.left + _piece_width(piece) for piece in placed), default=0.0)
        if width > room > 0:
            share = room / width
            placed = tuple(replace(each, left=each.left * share, narrowed=share) for each in placed)
        elif base and len(lines) > 1:
            placed = tuple(replace(each, left=each.left + room - width) for each in placed)
        yield placed


def _words(pieces: Sequence[tuple[str, TextStyle]], levels: Sequence[int]) -> Iterator[_Word]:
    """Divide a paragraph into words; a word may have parts in several styles."""
    parts: list[_Part] = []
    space: _Part | None = None
    at = 0
    for text, style in pieces:
        start = 0
        for place in range(len(text) + 1):
            ends = place == len(text)
            character = "" if ends else text[place]
            if not ends and character != " " and not (place > start and _breaks_between(text[place - 1], character)):
                continue
            if place > start:
                parts.append(_Part(text[start:place], style, tuple(levels[at + start : at + place])))
            start = place
            if ends:
                break
            if parts:
                yield _Word(tuple(parts), space)
                parts, space = [], None
            if character == " ":
                space, start = _Part(" ", style, (levels[at + place],)), place + 1
        at += len(text)
    if parts:
        yield _Word(tuple(parts), space)


def _breaks_between(before: str, character: str) -> bool:
    return _breaks_anywhere(before) or _breaks_anywhere(character)


def _breaks_anywhere(character: str) -> bool:
    code = ord(character)
    return code >= BREAKS_ANYWHERE[0][0] and any(first <= code <= last for first, last in BREAKS_ANYWHERE)


def _fill(words: Iterator[_Word], room: float) -> Iterator[list[_Part]]:
    line: list[_Part] = []
    used = 0.0
    for word in words:
        needed = sum(part.width() for part in word.parts)
        gap = word.space.width() if line and word.space is not None else 0.0
        if line and used + gap + needed > room:
            yield line
            line, used, gap = [], 0.0, 0.0
        if gap and word.space is not None:
            line.append(word.space)
        used += gap
        parts = word.parts if needed <= room else [each for part in word.parts for each in _divided(part, room)]
        for number, part in enumerate(parts):
            width = part.width()
            if number and used + width > room:
                yield line
                line, used = [], 0.0
            line.append(part)
            used += width
    yield line


def _divided(part: _Part, room: float) -> Iterator[_Part]:
    """Divide a part that is wider than a line, without tearing a shape."""
    if part.is_plain:
        for text in _divide_plain(part.text, room / part.style.size, bold=part.style.bold):
            yield _Part(text, part.style, part.levels[: len(text)])
        return
    places = [*divide_word(part.text, part.levels, bold=part.style.bold), len(part.text)]
    start, used = 0, 0.0
    for first, last in pairwise(places):
        step = _Part(part.text[first:last], part.style, part.levels[first:last]).width()
        if used + step > room and first > start:
            yield _Part(part.text[start:first], part.style, part.levels[start:first])
            start, used = first, 0.0
        used += step
    yield _Part(part.text[start:], part.style, part.levels[start:])


def _place(line: Sequence[_Part]) -> tuple[Piece, ...]:
    """Give each piece of a line its place. They are in the order of reading, but for those of one direction."""
    pieces = [piece for part in _with_spaces(line) for piece in _pieces(part)]
    levels = [level for _, level in pieces]
    if not any(levels):
        return tuple(_joined([piece for piece, _ in pieces]))
    lefts: dict[int, float] = {}
    left = 0.0
    for number in visual_order(levels):
        lefts[number] = left
        left += _piece_width(pieces[number][0])
    made: list[Piece] = []
    start = 0
    for end in range(1, len(pieces) + 1):
        if end < len(pieces) and levels[end] == levels[start]:
            continue
        for number in sorted(range(start, end), key=lefts.__getitem__):
            piece = pieces[number][0]
            made.append(Piece(piece.text, piece.style, lefts[number], piece.run))
        start = end
    return tuple(made)


def _with_spaces(line: Sequence[_Part]) -> Iterator[_Part]:
    """Join the shaped words of a line with the spaces between them, which readers would lose between two pieces."""
    waiting: list[_Part] = []
    for part in line:
        shaped = not part.is_plain and part.text != " "
        if waiting and (part.style != waiting[0].style or not (shaped or part.text == " ")):
            yield from _joined_parts(waiting)
            waiting = []
        if waiting or shaped:
            waiting.append(part)
        else:
            yield part
    yield from _joined_parts(waiting)


def _joined_parts(parts: list[_Part]) -> Iterator[_Part]:
    """Give words as one part, and spaces after them each as it is."""
    end = len(parts)
    while end and parts[end - 1].text == " ":
        end -= 1
    if end:
        words = parts[:end]
        levels = tuple(level for part in words for level in part.levels)
        yield _Part("".join(part.text for part in words), words[0].style, levels)
    yield from parts[end:]


def _pieces(part: _Part) -> list[tuple[Piece, int]]:
    if part.is_plain or part.text == " ":
        return [(Piece(part.text, part.style), part.levels[0])]
    return [(Piece(run.text, part.style, 0.0, run), run.level) for run in part.runs()]


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Join neighbours of one style from left to right, and give them their places."""
    left = 0.0
    waiting: list[Piece] = []
    for piece in pieces:
        if waiting and (piece.run is not None or waiting[-1].run is not None or piece.style != waiting[0].style):
            whole = Piece("".join(each.text for each in waiting), waiting[0].style, left, waiting[0].run)
            left += _piece_width(whole)
            waiting = []
            yield whole
        waiting.append(piece)
    if waiting:
        yield Piece("".join(each.text for each in waiting), waiting[0].style, left, waiting[0].run)


@lru_cache(CACHE_SIZE)
def _piece_width(piece: Piece) -> float:
    if piece.run is not None:
        return piece.run.width * piece.style.size / UNITS * piece.narrowed
    return text_width(piece.text, piece.style.size, bold=piece.style.bold) * piece.narrowed
