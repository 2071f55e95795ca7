"""Papers keep PDF/UA-1: every document of the list by the machine checkpoints of the Matterhorn Protocol."""

import io
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
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
from ioms_desktop.services.printing.protection import make_passphrase, protect_pdf
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
        return failed_in(pdf, with_typefaces=number[:2] in {"10", "17", "31"})


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
        tabs, language = entries.pop("Tabs", None), entries.pop("Lang", None)
        if language is not None:
            pdf.Root.Lang = String(str(language))
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


def both(one: Break, other: Break) -> Break:
    """Change two things."""

    def apply(pdf: pikepdf.Pdf) -> None:
        one(pdf)
        other(pdf)

    return apply


def played(**clip: Any) -> Break:  # noqa: ANN401 - pikepdf's objects
    """Put something that is played on the first page."""
    return annotation("Screen", StructParent=9, Contents=String("x"), A=Dictionary(R=Dictionary(C=Dictionary(**clip))))


def drawn_twice(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.obj.Resources.XObject = Dictionary(X=pdf.make_stream(b"/P <</MCID 0>> BDC EMC", Subtype=Name("/Form")))
    page.Contents = pdf.make_stream(page.Contents.read_bytes() + b" /Artifact BMC /X Do /X Do EMC")


def embedded_map(**entries: object) -> Break:
    """Give shaped text a map from codes to characters of its own."""
    return font(lambda each, pdf: setattr(each, "Encoding", pdf.make_stream(b"/WMode 0 def", **entries)))


def with_maps(each: Any, pdf: pikepdf.Pdf, places: set[tuple[int, int]], *, empty: bool = False) -> None:  # noqa: ANN401 - as above
    """Give plain text a typeface whose maps are at other places, or say nothing."""
    program = TTFont(io.BytesIO(each.FontDescriptor.FontFile2.read_bytes()))
    (known,) = program["cmap"].tables
    program["cmap"].tables = []
    for platform, encoding in sorted(places):
        made = CmapSubtable.newSubtable(4)
        made.platformID, made.platEncID, made.language = platform, encoding, 0
        made.cmap = {} if empty else dict(known.cmap)
        program["cmap"].tables.append(made)
    if not places:
        del program["cmap"]
    out = io.BytesIO()
    program.save(out)
    each.FontDescriptor.FontFile2 = pdf.make_stream(out.getvalue())


def plain(
    encoding: object = Name("/WinAnsiEncoding"),
    maps: set[tuple[int, int]] | None = None,
    *,
    empty: bool = False,
) -> Break:
    """Say of the typeface of plain text that its codes are those of a known encoding."""

    def change(each: Any, pdf: pikepdf.Pdf) -> None:  # noqa: ANN401 - as above
        each.FontDescriptor.Flags = 32
        if encoding is not None:
            each.Encoding = encoding
        if maps is not None:
            with_maps(each, pdf, maps, empty=empty)

    return font(change, composite=False)


def listed(characters: bytes) -> Break:
    """List the characters that the typeface of shaped text is said to have."""

    def change(each: Any, pdf: pikepdf.Pdf) -> None:  # noqa: ANN401 - as above
        each.DescendantFonts[0].FontDescriptor.CIDSet = pdf.make_stream(characters)

    return font(change)


def of_type_1(pdf: pikepdf.Pdf) -> None:
    each = next(each for name, each in pdf.pages[0].obj.Resources.Font.items() if name.startswith("/F"))
    each.Subtype = Name("/Type1")
    each.FontDescriptor.CharSet = String("/A")


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
    "11-004": annotation("Text", Contents=String("x"), StructParent=9, Lang=""),
    "11-005": annotation("Widget", TU=String("x"), StructParent=9, Lang=""),
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
    "17-003": both(renamed("P", "Formula"), mapped(b"")),
    "19-003": lambda pdf: note(pdf, ""),
    "19-004": lambda pdf: note(pdf, "same", "same"),
    "20-001": given("OCProperties", Dictionary(D=Dictionary(Name=String("x")), Configs=Array([Dictionary()]))),
    "20-002": given("OCProperties", Dictionary(D=Dictionary(Name=String("")))),
    "20-003": given("OCProperties", Dictionary(D=Dictionary(Name=String("x"), AS=Array()))),
    "21-001": attached,
    "25-001": given("AcroForm", Dictionary(XFA=String("x"))),
    "26-001": lambda pdf: setattr(pdf.trailer, "Encrypt", Dictionary(R=6)),
    "26-002": lambda pdf: setattr(pdf.trailer, "Encrypt", Dictionary(R=6, P=~(1 << 9))),
    "28-002": annotation("Text", Contents=String("x")),
    "28-004": annotation("Text", StructParent=9),
    "28-005": annotation("Widget", StructParent=9),
    "28-006": annotation("Of2030"),
    "28-007": annotation("TrapNet", StructParent=9, Contents=String("x")),
    "28-008": annotation("Link", StructParent=9, Contents=String("x"), Tabs="none"),
    "28-009": annotation("Link", StructParent=9, Contents=String("x"), Tabs="R"),
    "28-010": annotation("Widget", TU=String("x")),
    "28-011": annotation("Link", Contents=String("x")),
    "28-012": annotation("Link", StructParent=9),
    "28-014": played(Alt=Array([])),
    "28-015": played(CT=String("video/mp4")),
    "28-016": annotation("FileAttachment", StructParent=9, Contents=String("x"), FS=Dictionary(F=String("x"))),
    "28-017": annotation("PrinterMark", StructParent=9),
    "28-018": annotation("PrinterMark"),
    "30-001": lambda pdf: setattr(
        pdf.pages[0].obj.Resources, "XObject", Dictionary(X=pdf.make_stream(b"", Ref=Dictionary()))
    ),
    "30-002": drawn_twice,
    "31-001": font(lambda each, _: setattr(each.DescendantFonts[0].CIDSystemInfo, "Registry", String("Else"))),
    "31-002": font(lambda each, _: setattr(each.DescendantFonts[0].CIDSystemInfo, "Ordering", String("Japan1"))),
    "31-003": embedded_map(CIDSystemInfo=Dictionary(Supplement=7)),
    "31-004": font(lambda each, _: setattr(each.DescendantFonts[0], "CIDToGIDMap", Name("/Other"))),
    "31-005": font(lambda each, _: each.DescendantFonts[0].__delitem__("/CIDToGIDMap")),
    "31-006": font(lambda each, _: setattr(each, "Encoding", Name("/UniGB-UTF16-H"))),
    "31-007": embedded_map(WMode=1),
    "31-008": embedded_map(UseCMap=Name("/Other")),
    "31-009": font(lambda each, _: each.FontDescriptor.__delitem__("/FontFile2"), composite=False),
    "31-011": font(beyond),
    "31-012": of_type_1,
    "31-013": of_type_1,
    "31-014": listed(b"\x80"),
    "31-015": listed(b"\xff" * 9_000),
    "31-016": font(lambda each, _: setattr(each, "Widths", Array([1] * len(each.Widths))), composite=False),
    "31-017": plain(maps={(3, 0)}),
    "31-018": plain(maps={(1, 0)}, empty=True),
    "31-019": plain(None),
    "31-020": plain(Dictionary()),
    "31-021": plain(Name("/StandardEncoding")),
    "31-022": plain(Dictionary(BaseEncoding=Name("/WinAnsiEncoding"), Differences=Array([65, Name("/nobody.knows")]))),
    "31-023": plain(Dictionary(BaseEncoding=Name("/WinAnsiEncoding"), Differences=Array([65, Name("/A")]))),
    "31-024": font(lambda each, _: setattr(each, "Encoding", Name("/WinAnsiEncoding")), composite=False),
    "31-025": font(partial(with_maps, places=set()), composite=False),
    "31-026": font(partial(with_maps, places={(1, 0), (0, 3)}), composite=False),
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


def test_an_encrypted_paper_may_be_read_out() -> None:
    words = make_passphrase()
    locked = protect_pdf(good(), words)
    assert failed_checkpoints(locked, words) == set()
    with pikepdf.open(io.BytesIO(locked), password=words) as pdf:
        assert pdf.is_encrypted, "the control"
        pdf.trailer.Encrypt.P = int(pdf.trailer.Encrypt.P) & ~(1 << 9)
        assert failed_in(pdf, with_typefaces=False) == {"26-002"}


def test_each_checkpoint_finds_a_document_that_fails_it() -> None:
    assert failed_checkpoints(good()) == set()
    found = {number: failed_when(number, how) for number, how in BROKEN.items()}
    assert {number: failed for number, failed in found.items() if number not in failed} == {}
