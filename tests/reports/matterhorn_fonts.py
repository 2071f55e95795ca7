"""What the Matterhorn Protocol asks of typefaces: embedded, whole, and each code told as characters."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.agl import AGL2UV
from fontTools.ttLib import TTFont

MAPPED = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
RANGE = re.compile(
    r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\[([^\]]*)\]|<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>"
)
SYMBOLIC = 4
MAX_DIFFERENCE = 1.0  # thousandths of an em between what the PDF says and what the typeface has


def failed_fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    """10 and 31: each typeface that a page shows."""
    shown = shown_codes(pdf)
    for font, codes in shown.values():
        yield from _failed_unicode(font, codes)
        kind = str(font.get("/Subtype", ""))
        if kind == "/Type0":
            yield from _failed_composite(font, codes)
        elif kind == "/Type1" and "/CharSet" in font.get("/FontDescriptor", {}):
            yield from ("31-012", "31-013")  # no paper has one, so that it is not compared
        else:
            yield from _failed_simple(font, codes)


def shown_codes(pdf: pikepdf.Pdf) -> dict[tuple[int, int], tuple[Any, set[int]]]:
    """Return each typeface that is used with the codes it shows."""
    found: dict[tuple[int, int], tuple[Any, set[int]]] = {}
    for page in pdf.pages:
        fonts: Any = page.obj.Resources.get("/Font", {})
        font = None
        instructions: Any = pikepdf.parse_content_stream(page)
        for operands, operator in instructions:
            if str(operator) == "Tf":
                font = fonts.get(str(operands[0]))
                if font is not None:
                    found.setdefault(font.objgen, (font, set()))
            elif str(operator) in {"Tj", "TJ"} and font is not None:
                strings = operands[0] if str(operator) == "TJ" else [operands[0]]
                for each in strings:
                    if isinstance(each, pikepdf.String):
                        found[font.objgen][1].update(_codes(font, bytes(each)))
    return found


def _codes(font: Any, text: bytes) -> list[int]:  # noqa: ANN401 - pikepdf's objects
    if str(font.get("/Subtype", "")) != "/Type0":
        return list(text)
    return [int.from_bytes(text[at : at + 2], "big") for at in range(0, len(text), 2)]


def _failed_unicode(font: Any, codes: set[int]) -> Iterator[str]:  # noqa: ANN401 - as above
    if "/ToUnicode" not in font:
        yield from ("10-001", "31-027")
        return
    told = to_unicode(font.ToUnicode.read_bytes().decode("latin-1"))
    if any(code not in told for code in codes):
        yield "10-001"
    for text in (told.get(code, "-").lower() for code in codes):
        if text == "0000":
            yield "31-028"
        if text in {"feff", "fffe"}:
            yield "31-029"


def to_unicode(cmap: str) -> dict[int, str]:
    """Read a map from codes to characters, these in hexadecimal UTF-16."""
    told: dict[int, str] = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        told |= {int(code, 16): text for code, text in MAPPED.findall(part)}
    for part in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, listed, start, end, text in RANGE.findall(part):
            if listed:
                texts = re.findall(r"<([0-9A-Fa-f]+)>", listed)
                told |= dict(zip(range(int(first, 16), int(last, 16) + 1), texts, strict=False))
            else:
                for code in range(int(start, 16), int(end, 16) + 1):
                    told[code] = f"{int(text, 16) + code - int(start, 16):04x}"
    return told


def _failed_composite(font: Any, codes: set[int]) -> Iterator[str]:  # noqa: ANN401 - as above
    descendant = font.DescendantFonts[0]
    yield from _failed_encoding(font.Encoding, descendant.get("/CIDSystemInfo", {}))
    if "/CIDToGIDMap" not in descendant:
        yield "31-005"
        return
    if not isinstance(descendant.CIDToGIDMap, pikepdf.Stream) and str(descendant.CIDToGIDMap) != "/Identity":
        yield "31-004"
        return
    program = _program(descendant)
    if program is None:
        yield "31-009"
        return
    yield from _failed_glyphs(descendant, program, _glyphs(descendant.CIDToGIDMap, codes))


def _failed_glyphs(descendant: Any, program: TTFont, glyphs: dict[int, int]) -> Iterator[str]:  # noqa: ANN401 - as above
    names = program.getGlyphOrder()
    if any(glyph >= len(names) for glyph in glyphs.values()):
        yield "31-011"
        return
    if any(glyph == 0 for glyph in glyphs.values()):
        yield "31-030"
    if "/CIDSet" in descendant.FontDescriptor:
        yield from _failed_set(descendant.FontDescriptor.CIDSet.read_bytes(), glyphs)
    listed = list(descendant.W[1])
    scale = 1000 / program["head"].unitsPerEm
    for code, glyph in glyphs.items():
        if abs(float(listed[code]) - program["hmtx"][names[glyph]][0] * scale) > MAX_DIFFERENCE:
            yield "31-016"


def _failed_encoding(encoding: Any, system: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    if isinstance(encoding, pikepdf.Stream):
        yield from _failed_map(encoding, system)
    elif str(encoding) not in {"/Identity-H", "/Identity-V"}:
        yield "31-006"
    if (str(system.get("/Registry", "")), str(system.get("/Ordering", ""))) != ("Adobe", "Identity"):
        yield from ("31-001", "31-002")


def _failed_map(given: Any, system: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """31-001 to 31-003, 31-007 and 31-008: a map from codes to characters that is embedded."""
    theirs, told = given.get("/CIDSystemInfo", {}), given.read_bytes()
    for number, name in (("31-001", "/Registry"), ("31-002", "/Ordering")):
        if str(theirs.get(name, "")) != str(system.get(name, "")):
            yield number
    if int(system.get("/Supplement", 0)) < int(theirs.get("/Supplement", 0)):
        yield "31-003"
    mode = re.search(rb"/WMode (\d)", told)
    if int(given.get("/WMode", 0)) != (int(mode[1]) if mode else 0):
        yield "31-007"
    if str(given.get("/UseCMap", "/Identity-H")) not in {"/Identity-H", "/Identity-V"}:
        yield "31-008"


def _failed_set(listed: bytes, glyphs: dict[int, int]) -> Iterator[str]:
    """31-014 and 31-015: a list of the characters that a typeface has."""
    said = {8 * at + bit for at, byte in enumerate(listed) for bit in range(8) if byte & (0x80 >> bit)}
    if set(glyphs) - said:
        yield "31-014"
    if said - set(glyphs) - {0}:
        yield "31-015"


def _glyphs(mapping: Any, codes: set[int]) -> dict[int, int]:  # noqa: ANN401 - as above
    if isinstance(mapping, pikepdf.Name):
        return {code: code for code in codes}
    numbers = mapping.read_bytes()
    return {code: int.from_bytes(numbers[2 * code : 2 * code + 2], "big") for code in codes}


def _failed_simple(font: Any, codes: set[int]) -> Iterator[str]:  # noqa: ANN401 - as above
    program = _program(font)
    if program is None:
        yield "31-009"
        return
    flags = int(font.FontDescriptor.Flags)
    maps = list(program["cmap"].tables) if "cmap" in program else []
    if not flags & SYMBOLIC:
        yield from _failed_plain(font, codes, maps)
        return
    if "/Encoding" in font:
        yield "31-024"
    if not maps:
        yield "31-025"
        return
    tables = [table for table in maps if (table.platformID, table.platEncID) in {(1, 0), (3, 0)}]
    if len(maps) > 1 and not any((table.platformID, table.platEncID) == (3, 0) for table in maps):
        yield "31-026"
        return
    scale = 1000 / program["head"].unitsPerEm
    for code in codes:
        glyph = tables[0].cmap.get(code, ".notdef")
        if glyph == ".notdef":
            yield "31-030"
        elif abs(float(font.Widths[code - int(font.FirstChar)]) - program["hmtx"][glyph][0] * scale) > MAX_DIFFERENCE:
            yield "31-016"


def _failed_plain(font: Any, codes: set[int], maps: list[Any]) -> Iterator[str]:  # noqa: ANN401 - as above
    """31-017 to 31-023: a typeface whose codes are those of a known encoding."""
    known = [table.cmap for table in maps if (table.platformID, table.platEncID) != (3, 0)]
    if not known:
        yield "31-017"
    elif not all(any(code in table for table in known) for code in codes):
        yield "31-018"
    encoding = font.get("/Encoding", None)
    if encoding is None:
        yield "31-019"
        return
    is_list = isinstance(encoding, pikepdf.Dictionary)
    base = encoding.get("/BaseEncoding", None) if is_list else encoding
    if base is None:
        yield "31-020"
    elif str(base) not in {"/MacRomanEncoding", "/WinAnsiEncoding"}:
        yield "31-021"
    if is_list and "/Differences" in encoding:
        names = [str(each)[1:] for each in encoding.Differences if isinstance(each, pikepdf.Name)]
        if any(name not in AGL2UV for name in names):
            yield "31-022"
        if not any((table.platformID, table.platEncID) == (3, 1) for table in maps):
            yield "31-023"


def _program(font: Any) -> TTFont | None:  # noqa: ANN401 - as above
    file = font.get("/FontDescriptor", {}).get("/FontFile2", None)
    return None if file is None else TTFont(io.BytesIO(file.read_bytes()))
