"""Writes lines of text into the content of a page: plain ones as ReportLab encodes them, others by their glyphs."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from reportlab.pdfbase import pdfmetrics

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.reports.layout.fonts import BOLD_FONT, REGULAR_FONT
from ioms_desktop.reports.layout.palette import PAPER_COLOURS
from ioms_desktop.reports.layout.styles import TextStyle
from ioms_desktop.reports.layout.text_lines import Line, Piece, line_width
from ioms_desktop.reports.shaping.embedding import EmbeddedTypeface
from ioms_desktop.reports.shaping.typefaces import NO_BOLD, Typeface

LAST_IN_PART = 255
BOLD_STROKE = 0.022  # of the size, around the glyphs of a typeface that has no bold of its own


class _OtherSubsetError(Exception):
    """A character is in a second part of a typeface, which plain encoding does not reach."""


class _Codes(dict[int, str]):
    """The codes of characters in the first part of a typeface, filled as they are met; `name` is its name."""

    def __init__(self, font: Any, document: Any) -> None:  # noqa: ANN401 - ReportLab's own untyped objects
        super().__init__()
        self._font, self._document = font, document
        font.splitString(" ", document)  # begins its first part, in which letters of ASCII have their places
        given = font.state[document].assignments
        self.update({code: chr(place) for code, place in given.items() if place <= LAST_IN_PART})
        self.name: str = font.getSubsetInternalName(0, document)

    def __missing__(self, code: int) -> str:
        ((subset, encoded),) = self._font.splitString(chr(code), self._document)
        if subset:
            raise _OtherSubsetError
        made: str = encoded.decode("latin-1")
        self[code] = made
        return made


class TextWriter:
    """Writes the text of one document."""

    def __init__(self, canvas: Any) -> None:  # noqa: ANN401 - ReportLab's canvas, of which private parts are needed
        """Begin with the typefaces of a document that has none yet."""
        self._canvas, self._document = canvas, canvas._doc  # noqa: SLF001 - ReportLab has no public door to it
        self._escape = canvas._escape  # noqa: SLF001 - as above
        self._codes: dict[str, _Codes] = {}
        self._embedded: dict[str, EmbeddedTypeface] = {}

    def write(self, x: float, y: float, lines: Sequence[Line], style: TextStyle, right: float | None = None) -> None:
        """Write lines one below the other.

        Args:
            x: Their left end.
            y: The baseline of the first.
            lines: The lines.
            style: The style of plain lines, and the leading of all.
            right: Their right end, where they end there.
        """
        code = [f"BT {fill_operator(style.fill)} {style.leading:g} TL 1 0 0 1 {x:.2f} {y:.2f} Tm"]
        is_plain = right is None and all(isinstance(line, str) for line in lines)
        for number, line in enumerate(lines):
            if not is_plain:
                start = x if right is None else right - line_width(line, style)
                code.append(f"1 0 0 1 {start:.2f} {y - number * style.leading:.2f} Tm")
            if isinstance(line, str):
                code.append(f"{self._plain(line, style)} T*")
            else:
                self._pieces(code, line, x if right is None else start, y - number * style.leading)
        code.append("ET")
        self._canvas._code.append(" ".join(code))  # noqa: SLF001 - ReportLab's text objects take four times as long

    def _pieces(self, code: list[str], pieces: Sequence[Piece], x: float, y: float) -> None:
        for piece in pieces:
            code.append(f"1 0 0 1 {x + piece.left:.2f} {y:.2f} Tm {fill_operator(piece.style.fill)}")
            shown = self._plain(piece.text, piece.style) if piece.run is None else self._shaped(piece)
            code.append(shown if piece.narrowed == 1 else f"{piece.narrowed * 100:.2f} Tz {shown} 100 Tz")

    def _plain(self, text: str, style: TextStyle) -> str:
        name = BOLD_FONT if style.bold else REGULAR_FONT
        codes = self._codes.get(name)
        if codes is None:
            codes = self._codes[name] = _Codes(pdfmetrics.getFont(name), self._document)
        try:
            encoded = text.translate(codes).encode("latin-1")
        except _OtherSubsetError:
            return self._in_parts(text, pdfmetrics.getFont(name), style)
        return f"{codes.name} {style.size:g} Tf ({self._escape(encoded)}) Tj"

    def _in_parts(self, text: str, font: Any, style: TextStyle) -> str:  # noqa: ANN401 - ReportLab's untyped font
        return " ".join(
            f"{font.getSubsetInternalName(part, self._document)} {style.size:g} Tf ({self._escape(encoded)}) Tj"
            for part, encoded in font.splitString(text, self._document)
        )

    def _shaped(self, piece: Piece) -> str:
        assert piece.run is not None  # noqa: S101 - the caller has looked
        typeface = self._typeface(piece.run.typeface)
        shown = f"/{typeface.name} {piece.style.size:g} Tf {typeface.show(piece.run, piece.style.size)}"
        if not piece.style.bold or piece.run.typeface.name in NO_BOLD:
            return shown
        stroke = stroke_operator(piece.style.fill)
        return f"{stroke} {piece.style.size * BOLD_STROKE:.3f} w 2 Tr {shown} 0 Tr"

    def _typeface(self, typeface: Typeface) -> EmbeddedTypeface:
        made = self._embedded.get(typeface.name)
        if made is None:
            made = self._embedded[typeface.name] = EmbeddedTypeface(typeface, f"S{len(self._embedded) + 1}")
            self._document.delayedFonts.append(made)
        return made


@cache
def fill_operator(role: ColourRole) -> str:
    """Return the operator that fills in a role's colour."""
    return f"{_components(role)} rg"


@cache
def stroke_operator(role: ColourRole) -> str:
    """Return the operator that strokes in a role's colour."""
    return f"{_components(role)} RG"


def _components(role: ColourRole) -> str:
    colour = PAPER_COLOURS[role].removeprefix("#")
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (0, 2, 4))
