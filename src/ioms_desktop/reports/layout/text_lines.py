"""Wraps text to a width: at spaces where possible, within a word where necessary."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ioms_desktop.reports.document.description import TextTone, Words
from ioms_desktop.reports.layout.fonts import text_width, to_printable
from ioms_desktop.reports.layout.styles import BY_TONE, TextStyle


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line in one style."""

    text: str
    style: TextStyle


Line = str | tuple[Piece, ...]
"""A line in the style of its cell, or in several."""


def wrap_words(words: Words, room: float, style: TextStyle) -> Sequence[Line]:
    """Wrap a text in one tone, then in the style given, or in several tones.

    Args:
        words: The text; characters without a glyph are replaced, line ends are kept.
        room: The width of a line in points.
        style: The style of what has no tone of its own.

    Returns:
        The lines; none for a text without a letter.
    """
    if isinstance(words, str):
        return wrap_text(words, room, style.size, bold=style.bold)
    lines: list[Line] = []
    for paragraph in _paragraphs([Piece(run.text, _style(run.tone, style)) for run in words]):
        lines += _wrap_pieces(paragraph, room)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def wrap_text(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Wrap a text in one style, as `wrap_words`."""
    lines: list[str] = []
    for paragraph in to_printable(text).split("\n"):
        lines += _wrap_paragraph(paragraph, room / size, bold=bold)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def cut_to_width(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text in one line, ended by an ellipsis where it is longer than the room."""
    shown = to_printable(text).replace("\n", " ")
    if text_width(shown, size, bold=bold) <= room:
        return shown
    first = _break_word(shown, (room / size) - text_width("…", 1, bold=bold), bold=bold)[0]
    return f"{first.rstrip()}…"


def _style(tone: TextTone, style: TextStyle) -> TextStyle:
    return style if tone is TextTone.PLAIN else BY_TONE[tone]


def _wrap_paragraph(text: str, room: float, *, bold: bool) -> list[str]:
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
            *full, word = _break_word(word, room, bold=bold)  # noqa: PLW2901 - the rest of the word goes on
            lines += full
            needed = text_width(word, 1, bold=bold)
        used += needed + (space if words else 0.0)
        words.append(word)
    lines.append(" ".join(words))
    return lines


def _break_word(word: str, room: float, *, bold: bool) -> list[str]:
    pieces: list[str] = []
    start, used = 0, 0.0
    for place, character in enumerate(word):
        step = text_width(character, 1, bold=bold)
        if used + step > room and place > start:
            pieces.append(word[start:place])
            start, used = place, 0.0
        used += step
    return [*pieces, word[start:]]


def _paragraphs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Divide pieces at line ends."""
    paragraph: list[Piece] = []
    for piece in pieces:
        first, *others = to_printable(piece.text).split("\n")
        paragraph.append(Piece(first, piece.style))
        for other in others:
            yield paragraph
            paragraph = [Piece(other, piece.style)]
    yield paragraph


def _wrap_pieces(paragraph: Sequence[Piece], room: float) -> Iterator[tuple[Piece, ...]]:
    """Fill lines with the words of a paragraph; a word may have parts in several styles."""
    line: list[Piece] = []
    used = 0.0
    for word, space in _words(paragraph):
        needed = sum(_width(part) for part in word)
        gap = _width(space) if line else 0.0
        if line and used + gap + needed > room:
            yield _joined(line)
            line, used, gap = [], 0.0, 0.0
        parts = word if needed <= room else [part for piece in word for part in _broken(piece, room)]
        for number, part in enumerate(parts):
            width = _width(part)
            if number and used + width > room:
                yield _joined(line)
                line, used = [], 0.0
            elif not number and line:
                line.append(space)
            line.append(part)
            used += width + (gap if not number else 0.0)
    yield _joined(line)


def _broken(piece: Piece, room: float) -> list[Piece]:
    return [
        Piece(text, piece.style) for text in _break_word(piece.text, room / piece.style.size, bold=piece.style.bold)
    ]


def _words(paragraph: Sequence[Piece]) -> Iterator[tuple[list[Piece], Piece]]:
    """Give each word, as its parts, with the space before it."""
    word: list[Piece] = []
    space = Piece(" ", paragraph[0].style)
    for piece in paragraph:
        for number, text in enumerate(piece.text.split(" ")):
            if number:
                if word:
                    yield word, space
                word, space = [], Piece(" ", piece.style)
            if text:
                word.append(Piece(text, piece.style))
    if word:
        yield word, space


def _joined(line: Sequence[Piece]) -> tuple[Piece, ...]:
    """Join neighbours of one style."""
    return tuple(
        Piece("".join(piece.text for piece in same), style) for style, same in groupby(line, lambda piece: piece.style)
    )


def _width(piece: Piece) -> float:
    return text_width(piece.text, piece.style.size, bold=piece.style.bold)
