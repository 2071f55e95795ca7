"""Typefaces of shaped text in a PDF: a subset of each by its glyphs, with what they say for who copies or listens."""

from hashlib import sha256
from typing import Any

import uharfbuzz
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)

from ioms_desktop.reports.shaping.shaper import ShapedRun
from ioms_desktop.reports.shaping.typefaces import UNITS, Typeface

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SYMBOLIC = 4
NOT_EMBEDDED = (b"GSUB", b"GPOS", b"GDEF", b"name", b"OS/2", b"post", b"STAT")
MAX_MAPPINGS = 100  # in one list of a map to Unicode
NOT_SAID = "\u200b"  # a glyph that says nothing of its own: the one before it says it all


class EmbeddedTypeface:
    """A typeface in one document; ReportLab asks it for its objects when the document is written."""

    def __init__(self, typeface: Typeface, name: str) -> None:
        """Begin with no glyph.

        Args:
            typeface: The typeface.
            name: Its name in the document.
        """
        self.name = name
        self._typeface = typeface
        # A glyph that stands for different characters, as an Arabic letter without its dots does, has several codes.
        self._codes: dict[tuple[int, str], int] = {(0, NOT_SAID): 0}

    def show(self, run: ShapedRun, size: float) -> str:
        """Return the operators that show a run in a size, and remember its glyphs."""
        made: list[str] = []
        shown: list[str] = []
        raised = 0.0
        for glyph in run.glyphs:
            code = self._codes.setdefault((glyph.number, glyph.text or NOT_SAID), len(self._codes))
            if glyph.up != raised:
                if shown:
                    made.append(f"[{''.join(shown)}] TJ")
                    shown = []
                raised = glyph.up
                made.append(f"{raised * size / UNITS:.3f} Ts")
            width = self._typeface.width_of(glyph.number)
            shown.append(f"{_moved(glyph.right)}<{code:04x}>{_moved(glyph.advance - glyph.right - width)}")
        if shown:
            made.append(f"[{''.join(shown)}] TJ")
        if raised:
            made.append("0 Ts")
        if run.is_told_by_its_glyphs:
            return " ".join(made)
        said = run.text.encode("utf-16-be", "replace").hex()
        return f"/Span <</ActualText <feff{said}>>> BDC {' '.join(made)} EMC"

    def addObjects(self, doc: Any) -> None:  # noqa: ANN401, N802 - ReportLab's own name and its untyped document
        """Write the typeface into a document."""
        glyphs = [glyph for glyph, _ in self._codes]
        digest = sha256(repr((self._typeface.name, glyphs)).encode()).digest()
        base = "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:6]) + "+" + self._typeface.name.replace("-", "")
        descriptor = doc.Reference(self._descriptor(doc, base, glyphs), f"descriptor:{self.name}")
        system = PDFDictionary({"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0})
        widths = [0, PDFArray([round(self._typeface.width_of(glyph)) for glyph in glyphs])]
        numbers = b"".join(glyph.to_bytes(2, "big") for glyph in glyphs)
        descendant = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("CIDFontType2"),
                "BaseFont": PDFName(base),
                "CIDSystemInfo": system,
                "FontDescriptor": descriptor,
                "W": PDFArray(widths),
                "DW": UNITS,
                "CIDToGIDMap": doc.Reference(_stream(numbers), f"glyphs:{self.name}"),
            }
        )
        font = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": PDFName(base),
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([doc.Reference(descendant, f"descendant:{self.name}")]),
                "ToUnicode": doc.Reference(_stream(self._to_unicode()), f"unicode:{self.name}"),
            }
        )
        doc.idToObject["BasicFonts"].dict[self.name] = doc.Reference(font, f"font:{self.name}")

    def _descriptor(self, doc: Any, base: str, glyphs: list[int]) -> PDFDictionary:  # noqa: ANN401 - untyped
        face = self._typeface.face
        scale = UNITS / face.upem
        extents = self._typeface.font.get_font_extents("ltr")
        ascent, descent = round(extents.ascender * scale), round(extents.descender * scale)
        file = _stream(_subset(self._typeface, glyphs))
        return PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": PDFName(base),
                "Flags": SYMBOLIC,
                "FontBBox": PDFArray(
                    [-UNITS, round(extents.descender * scale), 2 * UNITS, round(extents.ascender * scale)]
                ),
                "ItalicAngle": 0,
                "Ascent": ascent,
                "Descent": descent,
                "CapHeight": ascent,
                "StemV": 80,
                "FontFile2": doc.Reference(file, f"file:{self.name}"),
            }
        )

    def _to_unicode(self) -> bytes:
        lines = [f"<{code:04x}> <{said.encode('utf-16-be').hex()}>" for (_, said), code in self._codes.items()]
        parts = [lines[first : first + MAX_MAPPINGS] for first in range(0, len(lines), MAX_MAPPINGS)]
        body = "\n".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
            "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")


def _moved(units: float) -> str:
    """Return a move to the right inside a TJ array; nothing where it is too small to see."""
    return "" if abs(units) < 0.5 else f" {-units:.0f} "  # noqa: PLR2004 - half of a thousandth


def _stream(content: bytes) -> PDFStream:
    made = PDFStream(content=content)
    made.filters = [PDFZCompress]
    return made


def _subset(typeface: Typeface, glyphs: list[int]) -> bytes:
    """Return the typeface with these glyphs alone, under their numbers, without what only shaping needs."""
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(set(glyphs))
    wanted.flags = (
        uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    )
    wanted.drop_table_tag_set.update(int.from_bytes(tag, "big") for tag in NOT_EMBEDDED)
    return bytes(wanted.subset(typeface.face).blob.data)
