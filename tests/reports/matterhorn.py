"""The checkpoints of the Matterhorn Protocol 1.1 for PDF/UA-1 that a machine can check, by their numbers.

Each function reads a document with pikepdf, which is no hand of ours, and gives the numbers of what fails. What cannot
be in our papers (forms, scripts, media, other files) is looked for too: that it is there at all is the failure.
"""

import io
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pikepdf

from reports.matterhorn_content import failed_content
from reports.matterhorn_fonts import failed_fonts

STANDARD = frozenset(
    [
        "Document",
        "Part",
        "Art",
        "Sect",
        "Div",
        "BlockQuote",
        "Caption",
        "TOC",
        "TOCI",
        "Index",
        "NonStruct",
        "Private",
        "H",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "P",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
        "Quote",
        "Note",
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "RB",
        "RT",
        "RP",
        "Warichu",
        "WT",
        "WP",
        "Figure",
        "Formula",
        "Form",
    ]
)
MAY_HOLD = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"},
    "TR": {"TH", "TD"}, "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody", "Caption"},
}  # fmt: skip
ONLY_IN = {
    "TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"},
    "TFoot": {"Table"}, "LI": {"L"}, "LBody": {"LI"},
}  # fmt: skip
TABLES = frozenset({"Table", "TR", "TH", "TD", "THead", "TBody", "TFoot"})
TENTH_BIT = 1 << 9
ANNOTATIONS = frozenset({
    "Text", "Link", "FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly",
    "StrikeOut", "Stamp", "Caret", "Ink", "Popup", "FileAttachment", "Sound", "Movie", "Widget", "Screen",
    "PrinterMark", "TrapNet", "Watermark", "3D", "Redact",
})  # fmt: skip
UNTOLD = {"Figure": "13-004", "Formula": "17-002"}
HEADING = re.compile(r"H([1-6])$")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
NAMES = {"dc": "http://purl.org/dc/elements/1.1/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/"}


def failed_checkpoints(document: bytes, passphrase: str = "") -> set[str]:
    """Return the numbers of the failure conditions that a document meets; none where it keeps them all."""
    with pikepdf.open(io.BytesIO(document), password=passphrase) as pdf:
        return failed_in(pdf)


def failed_in(pdf: pikepdf.Pdf, *, with_typefaces: bool = True) -> set[str]:
    """As `failed_checkpoints`, of a document that is open; to look at its typefaces takes longest."""
    checks = CHECKS if with_typefaces else [check for check in CHECKS if check is not failed_fonts]
    found = {number for check in checks for number in check(pdf)}
    return found | (
        {"17-003"} if "10-001" in found and any(kind_of(each) == "Formula" for each, _ in elements(pdf)) else set()
    )


def elements(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, str]]:
    """Walk the structure from its root, as a screen reader does; each element with the kind of its parent."""
    waiting = [(kid, "") for kid in reversed(_kids(pdf.Root.get("/StructTreeRoot", pikepdf.Dictionary())))]
    while waiting:
        element, parent = waiting.pop()
        yield element, parent
        waiting += [(kid, kind_of(element)) for kid in reversed(_kids(element))]


def kind_of(element: Any) -> str:  # noqa: ANN401 - pikepdf's objects
    return str(element.get("/S", "")).removeprefix("/")


def _kids(element: Any) -> list[Any]:  # noqa: ANN401 - as above
    kids = element.get("/K", [])
    listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in listed if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def failed_catalogue(pdf: pikepdf.Pdf) -> Iterator[str]:
    """01, 02, 06, 07, 11: what the catalogue says of the whole."""
    root: Any = pdf.Root
    if root.get("/MarkInfo", {}).get("/Suspects", False):
        yield "01-007"
    if not root.get("/MarkInfo", {}).get("/Marked", False) or "/StructTreeRoot" not in root:
        yield "01-005"
    if "/DisplayDocTitle" not in root.get("/ViewerPreferences", {}):
        yield "07-001"
    elif not root.ViewerPreferences.DisplayDocTitle:
        yield "07-002"
    if not LANGUAGE.fullmatch(str(root.get("/Lang", ""))):
        yield from ("11-001", "11-002", "11-003", "11-006")
        notes = [note for page in pdf.pages for note in page.obj.get("/Annots", [])]
        if any("/Contents" in note for note in notes):
            yield "11-004"
        if any("/TU" in note for note in notes):
            yield "11-005"


def failed_encryption(pdf: pikepdf.Pdf) -> Iterator[str]:
    """26: of an encrypted file, whether a screen reader may read it."""
    if "/Encrypt" not in pdf.trailer:
        return
    if "/P" not in pdf.trailer.Encrypt:
        yield "26-001"
    elif not int(pdf.trailer.Encrypt.P) & TENTH_BIT:
        yield "26-002"


def failed_metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    """06: the metadata."""
    if "/Metadata" not in pdf.Root:
        yield "06-001"
        return
    packet = pdf.Root.Metadata.read_bytes().decode("utf-8")
    if not re.search(r"<pdfuaid:part>1</pdfuaid:part>", packet) or NAMES["pdfuaid"] not in packet:
        yield "06-002"
    if not re.search(r"<dc:title>.*<rdf:li[^>]*>[^<]+</rdf:li>", packet, re.DOTALL) or NAMES["dc"] not in packet:
        yield "06-003"


def failed_roles(pdf: pikepdf.Pdf) -> Iterator[str]:
    """02: the kinds of elements."""
    root: Any = pdf.Root
    roles = {str(name)[1:]: str(role)[1:] for name, role in root.get("/StructTreeRoot", {}).get("/RoleMap", {}).items()}
    for kind in {kind_of(element) for element, _ in elements(pdf)} - STANDARD:
        seen = {kind}
        role = roles.get(kind)
        while role is not None and role not in STANDARD and role not in seen:
            seen.add(role)
            role = roles.get(role)
        if role in seen:
            yield "02-003"
        elif role not in STANDARD:
            yield "02-001"
    if STANDARD & roles.keys():
        yield "02-004"


def failed_nesting(pdf: pikepdf.Pdf) -> Iterator[str]:
    """09: which elements may stand in which."""
    for element, parent in elements(pdf):
        kind = kind_of(element)
        number = "09-004" if kind in TABLES or parent in TABLES else "09-005"
        if parent in MAY_HOLD and kind not in MAY_HOLD[parent]:
            yield number
        if kind in ONLY_IN and parent not in ONLY_IN[kind]:
            yield number
        if kind == "TOCI" and parent != "TOC":
            yield "09-006"
        if kind in {"RB", "RT", "RP"} and parent != "Ruby":
            yield "09-007"
        if kind in {"WT", "WP"} and parent != "Warichu":
            yield "09-008"


def failed_elements(pdf: pikepdf.Pdf) -> Iterator[str]:
    """13, 15, 17, 19: figures, tables, formulae and notes."""
    notes: list[str] = []
    for element, _ in elements(pdf):
        kind = kind_of(element)
        told = str(element.get("/Alt", "")).strip() or str(element.get("/ActualText", "")).strip()
        if kind in UNTOLD and not told:
            yield UNTOLD[kind]
        if kind == "Note":
            notes.append(str(element.get("/ID", "")))
        if kind == "Table":
            yield from _failed_table(element)
    if "" in notes:
        yield "19-003"
    if len(set(notes)) < len(notes):
        yield "19-004"


def failed_headings(pdf: pikepdf.Pdf) -> Iterator[str]:
    """14: headings."""
    found = [(element, kind_of(element)) for element, _ in elements(pdf)]
    levels = [int(match[1]) for _, kind in found if (match := HEADING.match(kind)) is not None]
    if levels and levels[0] != 1:
        yield "14-002"
    if any(later > earlier + 1 for earlier, later in pairwise(levels)):
        yield "14-003"
    if any([kind_of(kid) for kid in _kids(element)].count("H") > 1 for element, _ in found):
        yield "14-006"
    if levels and any(kind == "H" for _, kind in found):
        yield "14-007"


def _failed_table(table: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    rows = [kid for kid in _kids(table) if kind_of(kid) == "TR"]
    rows += [row for part in _kids(table) if kind_of(part) in {"THead", "TBody", "TFoot"} for row in _kids(part)]
    counts = {sum(int(_attribute(cell, "/ColSpan") or 1) for cell in _kids(row)) for row in rows}
    if len(counts) > 1:
        yield "15-ragged"
    headings = [cell for row in rows for cell in _kids(row) if kind_of(cell) == "TH"]
    if any(str(_attribute(cell, "/Scope")) not in {"/Row", "/Column", "/Both"} for cell in headings):
        yield "15-003"
    if not headings:
        yield "15-001"


def _attribute(element: Any, name: str) -> Any:  # noqa: ANN401 - as above
    given = element.get("/A", pikepdf.Array())
    for each in list(given) if isinstance(given, pikepdf.Array) else [given]:
        if name in each:
            return each[name]
    return None


def failed_outline(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Not in the protocol: a paper has its headings as bookmarks, in their order."""
    headings = [element for element, _ in elements(pdf) if HEADING.match(kind_of(element))]
    with pdf.open_outline() as outline:
        waiting, found = list(outline.root), 0
        while waiting:
            item = waiting.pop()
            found += 1
            waiting += list(item.children)
    if found != len(headings):
        yield "bookmarks"


def failed_extras(pdf: pikepdf.Pdf) -> Iterator[str]:
    """20, 21, 25, 28, 30: layers, files, forms and annotations, of which there are none."""
    root = pdf.Root
    if "/OCProperties" in root:
        yield from _failed_layers(root.OCProperties)
    for file in pdf.attachments.values():
        if not {"/F", "/UF"} <= set(file.obj.keys()):
            yield "21-001"
    if "/XFA" in root.get("/AcroForm", {}):
        yield "25-001"
    for page in pdf.pages:
        yield from _failed_page(page)


def _failed_layers(layers: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    named = (("20-002", [layers.get("/D", {})]), ("20-001", list(layers.get("/Configs", []))))
    for number, listed in named:
        for settings in listed:
            if not str(settings.get("/Name", "")):
                yield number
            if "/AS" in settings:
                yield "20-003"


def _failed_page(page: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    notes = list(page.obj.get("/Annots", []))
    if notes and "/Tabs" not in page.obj:
        yield "28-008"
    if notes and str(page.obj.get("/Tabs", "/S")) != "/S":
        yield "28-009"
    for note in notes:
        yield from _failed_annotation(note)
    if any("/Ref" in thing for thing in page.obj.get("/Resources", {}).get("/XObject", {}).values()):
        yield "30-001"


def _failed_annotation(note: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    kind = str(note.get("/Subtype", ""))
    is_known = kind.removeprefix("/") in ANNOTATIONS
    if kind == "/PrinterMark":
        yield from _failed_mark(note)
        return
    if "/StructParent" not in note:
        yield {"/Widget": "28-010", "/Link": "28-011"}.get(kind, "28-002" if is_known else "28-006")
    if "/Contents" not in note and kind not in {"/Widget", "/Popup"}:
        yield "28-012" if kind == "/Link" else "28-004" if is_known else "28-006"
    if kind == "/TrapNet":
        yield "28-007"
    if kind == "/Widget" and "/TU" not in note:
        yield "28-005"
    if kind == "/FileAttachment" and not {"/F", "/UF"} <= set(note.get("/FS", pikepdf.Dictionary()).keys()):
        yield "28-016"
    clip = note.get("/A", {}).get("/R", {}).get("/C", None)
    if clip is not None:
        yield from (number for key, number in (("/CT", "28-014"), ("/Alt", "28-015")) if key not in clip)


def _failed_mark(note: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    if "/StructParent" in note:
        yield "28-017"
    drawn = note.get("/AP", {}).get("/N", None)
    if drawn is None or not drawn.read_bytes().lstrip().startswith(b"/Artifact"):
        yield "28-018"


CHECKS: tuple[Callable[[pikepdf.Pdf], Iterator[str]], ...] = (
    failed_catalogue,
    failed_encryption,
    failed_metadata,
    failed_roles,
    failed_nesting,
    failed_elements,
    failed_headings,
    failed_outline,
    failed_extras,
    failed_content,
    failed_fonts,
)
