"""Wraps text to a width: at spaces where possible, within a word where necessary."""

from ioms_desktop.reports.layout.fonts import text_width, to_printable


def wrap_text(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Wrap a text.

    Args:
        text: The text; characters without a glyph are replaced, line ends are kept.
        room: The width of a line in points.
        size: Letter size.
        bold: Whether it is set in bold.

    Returns:
        The lines; none for a text without a letter.
    """
    lines: list[str] = []
    for paragraph in to_printable(text).split("\n"):
        lines += _wrap_paragraph(paragraph, room / size, bold=bold)
    while lines and not lines[-1]:
        lines.pop()
    return lines


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
