"""Papers keep PDF/UA-1: every document of the list by the machine checkpoints of the Matterhorn Protocol."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from ioms_desktop.charts.shapes import Picture
from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Figure,
    Heading,
    LabelledValues,
    Masthead,
    PageFrame,
    PaperDocument,
    Paragraph,
    Table,
    TableColumn,
)
from ioms_desktop.reports.documents import DOCUMENT_KINDS, document_pdf
from ioms_desktop.reports.layout.pdf import render_pdf
from reports.document_samples import DOCUMENT_SAMPLES
from reports.matterhorn import elements, failed_checkpoints, failed_in, kind_of
from reports.names_of_the_world import MIXED, NAMES

Break = Callable[[pikepdf.Pdf], None]


@cache
def good() -> bytes:
    """A small document with every kind of block, plain and shaped text."""
    picture = Picture(100, 20, (), "")
    blocks = (
        Masthead("Name"),
        Heading("One"),
        Paragraph("Plain words"),
        Paragraph("Words نص 王"),
        LabelledValues((("Label", "Value"),)),
        Heading("Lower", 3),
        Table((TableColumn("A", 1), TableColumn("B", 1)), (("1", "2"), ("3", "4"))),
        BulletList(("item",)),
        Figure(picture, "A figure"),
    )
    out = io.BytesIO()
    frame = PageFrame(marking="M", running_head="R", foot_lines=("Foot",))
    render_pdf(PaperDocument(title="T", frame=frame, blocks=blocks), out)
    return out.getvalue()


def failed_when(number: str, how: Break) -> set[str]:
    with pikepdf.open(io.BytesIO(good())) as pdf:
        how(pdf)
        return failed_in(pdf, with_typefaces=number[:2] in {"10", "31"})


def first(pdf: pikepdf.Pdf, kind: str) -> Any:  # noqa: ANN401 - pikepdf's objects
    return next(element for element, _ in elements(pdf) if kind_of(element) == kind)


def renamed(kind: str, name: str) -> Break:
    """Give the first element of a kind another."""

    def change(pdf: pikepdf.Pdf) -> None:
        first(pdf, kind).S = Name(f"/{name}")

    return change


def without(*path: str) -> Break:
    """Take an entry out of the catalogue."""

    def change(pdf: pikepdf.Pdf) -> None:
        place: Any = pdf.Root
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return change


def given(path: str, value: object) -> Break:
    """Give an entry of the catalogue a value; the path is divided by slashes."""

    def change(pdf: pikepdf.Pdf) -> None:
        *folders, last = path.split("/")
        place: Any = pdf.Root
        for name in folders:
            place = place[f"/{name}"]
        place[f"/{last}"] = value

    return change


def content(change: Callable[[bytes], bytes]) -> Break:
    """Change the drawing instructions of the first page."""

    def apply(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(change(page.Contents.read_bytes()))

    return apply


def packet(old: bytes, new: bytes) -> Break:
    """Change the metadata."""

    def apply(pdf: pikepdf.Pdf) -> None:
        before = pdf.Root.Metadata.read_bytes()
        assert old in before
        pdf.Root.Metadata = pdf.make_stream(before.replace(old, new))

    return apply


def roles(**roles_of: str) -> Break:
    """Give kinds roles, after the first paragraph is given the first of them."""

    def apply(pdf: pikepdf.Pdf) -> None:
        kind = next(iter(roles_of))
        if kind != "P":
            first(pdf, "P").S = Name(f"/{kind}")
        pdf.Root.StructTreeRoot.RoleMap = Dictionary({f"/{key}": Name(f"/{role}") for key, role in roles_of.items()})

    return apply


def annotation(kind: str, **entries: object) -> Break:
    """Put an annotation on the first page."""

    def apply(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0].obj
        tabs = entries.pop("Tabs", None)
        if tabs == "none":
            del page.Tabs
        elif tabs is not None:
            page.Tabs = Name(f"/{tabs}")
        made: dict[str, Any] = {"/Type": Name("/Annot"), "/Subtype": Name(f"/{kind}"), "/Rect": Array([0, 0, 1, 1])}
        made |= {f"/{name}": value for name, value in entries.items()}
        page.Annots = Array([pdf.make_indirect(Dictionary(made))])
        if kind == "Widget":
            pdf.Root.AcroForm = Dictionary(Fields=page.Annots)

    return apply


def font(change: Callable[[Any, pikepdf.Pdf], None], *, composite: bool = True) -> Break:
    """Change a typeface of shaped text, or of plain text."""

    def apply(pdf: pikepdf.Pdf) -> None:
        used = pdf.pages[0].obj.Resources.Font
        wanted = [each for name, each in used.items() if name.startswith("/S") == composite]
        change(wanted[0], pdf)

    return apply


def mapped(text: bytes) -> Break:
    """Tell the first shaped glyph as something else."""

    def change(each: Any, pdf: pikepdf.Pdf) -> None:  # noqa: ANN401 - pikepdf's objects
        lines = each.ToUnicode.read_bytes().split(b"\n")
        lines = [b"<0001> <" + text + b">" if line.startswith(b"<0001>") else line for line in lines]
        each.ToUnicode = pdf.make_stream(b"\n".join(line for line in lines if line != b"<0001> <>"))

    return font(change)


def glyph_zero(each: Any, pdf: pikepdf.Pdf) -> None:  # noqa: ANN401 - as above
    numbers = bytearray(each.DescendantFonts[0].CIDToGIDMap.read_bytes())
    numbers[2:4] = b"\0\0"
    each.DescendantFonts[0].CIDToGIDMap = pdf.make_stream(bytes(numbers))


def beyond(each: Any, pdf: pikepdf.Pdf) -> None:  # noqa: ANN401 - as above
    numbers = bytearray(each.DescendantFonts[0].CIDToGIDMap.read_bytes())
    numbers[2:4] = b"\xff\xff"
    each.DescendantFonts[0].CIDToGIDMap = pdf.make_stream(bytes(numbers))


def note(pdf: pikepdf.Pdf, *identities: str) -> None:
    for element, _ in list(elements(pdf)):
        if kind_of(element) == "P" and identities:
            element.S = Name("/Note")
            if identities[0]:
                element.ID = String(identities[0])
            identities = identities[1:]


def two_of(kind: str) -> Break:
    """Make two paragraphs headings without a number, in one parent."""

    def apply(pdf: pikepdf.Pdf) -> None:
        parent = first(pdf, "Sect")
        parent.K = Array([*parent.K, *(pdf.make_indirect(Dictionary(S=Name(f"/{kind}"), P=parent)) for _ in range(2))])

    return apply


def no_headings(pdf: pikepdf.Pdf) -> None:
    for element, _ in list(elements(pdf)):
        if kind_of(element) == "TH":
            element.S = Name("/TD")


def shorter_row(pdf: pikepdf.Pdf) -> None:
    *_, row = (element for element, _ in elements(pdf) if kind_of(element) == "TR")
    row.K = Array([row.K[0]])


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["x"] = pikepdf.AttachedFileSpec(pdf, b"x", filename="x")
    del pdf.attachments["x"].obj.UF


BROKEN: dict[str, Break] = {
    "01-003": content(lambda code: code.replace(b"EMC", b"/Artifact BMC EMC EMC") if b"MCID" in code else code),
    "01-004": content(lambda code: code.replace(b"/Layout>> BDC", b"/Layout>> BDC /P <</MCID 0>> BDC EMC", 1)),
    "01-005": content(lambda code: code + b" 0 0 m 9 9 l S"),
    "01-007": given("MarkInfo/Suspects", True),
    "02-001": renamed("P", "Paragraph"),
    "02-003": roles(A="B", B="A"),
    "02-004": roles(P="H1"),
    "06-001": without("/Metadata"),
    "06-002": packet(b"<pdfuaid:part>1", b"<pdfuaid:part>2"),
    "06-003": packet(b"dc:title", b"dc:other"),
    "07-001": without("/ViewerPreferences", "/DisplayDocTitle"),
    "07-002": given("ViewerPreferences/DisplayDocTitle", False),
    "09-004": renamed("TR", "P"),
    "09-005": renamed("LI", "P"),
    "09-006": renamed("P", "TOCI"),
    "09-007": renamed("P", "RB"),
    "09-008": renamed("P", "WT"),
    "10-001": mapped(b""),
    "11-001": without("/Lang"),
    "11-002": given("Lang", String("in English")),
    "11-003": without("/Lang"),
    "11-006": given("Lang", String("")),
    "13-004": lambda pdf: first(pdf, "Figure").__delitem__("/Alt"),
    "14-002": renamed("H1", "H2"),
    "14-003": renamed("H2", "H6"),
    "14-006": two_of("H"),
    "14-007": renamed("P", "H"),
    "15-001": no_headings,
    "15-003": lambda pdf: first(pdf, "TH").__delitem__("/A"),
    "15-ragged": shorter_row,
    "17-002": renamed("P", "Formula"),
    "19-003": lambda pdf: note(pdf, ""),
    "19-004": lambda pdf: note(pdf, "same", "same"),
    "20-001": given("OCProperties", Dictionary(D=Dictionary())),
    "20-003": given("OCProperties", Dictionary(D=Dictionary(Name=String("x"), AS=Array()))),
    "21-001": attached,
    "25-001": given("AcroForm", Dictionary(XFA=String("x"))),
    "28-002": annotation("Text", Contents=String("x")),
    "28-004": annotation("Text", StructParent=9),
    "28-005": annotation("Widget", StructParent=9),
    "28-008": annotation("Link", StructParent=9, Contents=String("x"), Tabs="none"),
    "28-009": annotation("Link", StructParent=9, Contents=String("x"), Tabs="R"),
    "28-010": annotation("Widget", TU=String("x")),
    "28-011": annotation("Link", Contents=String("x")),
    "28-012": annotation("Link", StructParent=9),
    "28-015": annotation("TrapNet", StructParent=9, Contents=String("x")),
    "30-001": lambda pdf: setattr(
        pdf.pages[0].obj.Resources, "XObject", Dictionary(X=pdf.make_stream(b"", Ref=Dictionary()))
    ),
    "30-002": content(lambda code: code.replace(b"<</MCID 1>>", b"<</MCID 0>>")),
    "31-001": font(lambda each, _: setattr(each.DescendantFonts[0].CIDSystemInfo, "Registry", String("Else"))),
    "31-002": font(lambda each, _: setattr(each.DescendantFonts[0].CIDSystemInfo, "Ordering", String("Japan1"))),
    "31-004": font(lambda each, _: each.DescendantFonts[0].__delitem__("/CIDToGIDMap")),
    "31-006": font(lambda each, _: setattr(each, "Encoding", Name("/UniGB-UTF16-H"))),
    "31-009": font(lambda each, _: each.FontDescriptor.__delitem__("/FontFile2"), composite=False),
    "31-011": font(beyond),
    "31-016": font(lambda each, _: setattr(each, "Widths", Array([1] * len(each.Widths))), composite=False),
    "31-025": font(lambda each, _: setattr(each, "Encoding", Name("/WinAnsiEncoding")), composite=False),
    "31-027": font(lambda each, _: each.__delitem__("/ToUnicode")),
    "31-028": mapped(b"0000"),
    "31-029": mapped(b"feff"),
    "31-030": font(glyph_zero),
    "bookmarks": without("/Outlines"),
}
"""For each checkpoint a document that fails it, and that without the change keeps them all."""


@pytest.mark.parametrize("number", range(sum(map(len, DOCUMENT_SAMPLES.values()))))
def test_every_document_keeps_every_checkpoint(number: int) -> None:
    facts = [each for kind in DOCUMENT_KINDS for each in DOCUMENT_SAMPLES[kind.facts]][number]
    assert failed_checkpoints(document_pdf(facts)) == set()


def test_a_document_in_every_script_keeps_every_checkpoint() -> None:
    out = io.BytesIO()
    texts = [text for names in NAMES.values() for text in names] + list(MIXED)
    blocks: tuple[Block, ...] = (
        Masthead(texts[-1]),
        Heading(texts[-2]),
        *map(Paragraph, texts),
        BulletList(tuple(texts)),
    )
    render_pdf(PaperDocument(title=texts[-1], frame=PageFrame(marking="M", running_head=texts[-1]), blocks=blocks), out)
    assert failed_checkpoints(out.getvalue()) == set()


def test_each_checkpoint_finds_a_document_that_fails_it() -> None:
    assert failed_checkpoints(good()) == set()
    found = {number: failed_when(number, how) for number, how in BROKEN.items()}
    assert {number: failed for number, failed in found.items() if number not in failed} == {}
