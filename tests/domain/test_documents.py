"""Files are what their content says, and nothing that acts, hides or grows without end is kept."""

from itertools import permutations, product
from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from document_samples import BESIDE_WORDS, HOSTILE, docx, eml, forwarding, harmless, packed, pdf, png, related, xlsx
from ioms_desktop.domain.documents.file_types import FileType
from ioms_desktop.domain.documents.inspection import document_text, inspect_file
from ioms_desktop.domain.documents.office import xlsx_text
from ioms_desktop.domain.errors import FileRefused
from ioms_desktop.domain.file_names import readable_file_name

FILES = harmless()
END = ". Nothing was added; "


def test_each_kind_is_known_by_its_content(subtests: pytest.Subtests) -> None:
    for name, content in harmless().items():
        with subtests.test(name):
            found = inspect_file(name, content)
            assert found == {"JPG": "JPEG"}.get(PurePath(name).suffix[1:].upper(), PurePath(name).suffix[1:].upper())


def test_a_hostile_or_disguised_file_is_refused_in_one_sentence_beside_its_field(subtests: pytest.Subtests) -> None:
    for why, (name, content, words) in HOSTILE.items():
        with subtests.test(why):
            with pytest.raises(FileRefused) as refused:
                inspect_file(name, content)
            assert words in refused.value.sentence
            assert refused.value.sentence.startswith(name)
            assert END in refused.value.sentence
            assert refused.value.field == "file"


def test_no_kind_is_taken_for_another() -> None:
    for (name, _), (_, content) in permutations(harmless().items(), 2):
        kind = FileType({"JPG": "JPEG"}.get(PurePath(name).suffix[1:].upper(), PurePath(name).suffix[1:].upper()))
        try:
            found = inspect_file(name, content)
        except FileRefused:
            continue
        assert found is kind
        assert kind in {FileType.TXT, FileType.JPEG}  # an e-mail may be kept as the text that it is


def test_a_link_that_has_to_be_clicked_is_only_words() -> None:
    for target in ("https://www.example.org/", "mailto:a@example.org"):
        assert inspect_file("a.docx", docx(related("hyperlink", target))) is FileType.DOCX


@pytest.mark.parametrize(
    "text", ["<table of contents>", "one\vtwo", "MZ 4 was met", "#!important", "BZh", "MSCF meeting"]
)
def test_a_text_that_begins_like_something_else_is_a_text(text: str) -> None:
    assert inspect_file("a.txt", text.encode()) is FileType.TXT
    assert inspect_file("a.eml", eml(("a.txt", text.encode()))) is FileType.EML


def test_an_e_mail_may_have_what_e_mails_have_beside_their_words() -> None:
    content = forwarding()
    shown = document_text("a.eml", inspect_file("a.eml", content), content)
    assert all(name in shown for name in BESIDE_WORDS)
    assert "Forwarded inside, and not shown here: 1 e-mail" in shown


def test_an_e_mail_with_headers_that_cannot_be_read_is_shown_or_refused(subtests: pytest.Subtests) -> None:
    wrong = ('"a" <@', "[]", "=?utf-8?q?=", "=?x?q?=FF?=", "<", '"', "(", "@", ":;", "\udcff")
    for name, said in product(("From", "To", "Date", "Subject", "Content-Type", "Content-Disposition"), wrong):
        with subtests.test(name=name, said=said):
            content = eml().replace(b"\n", f"\n{name}: {said}\n".encode("utf-8", "surrogateescape"), 1)
            shown = document_text("a.eml", inspect_file("a.eml", content), content)
            assert "Hello" in shown
            shown.encode()
    assert 'From: "a" <@' in document_text("a.eml", FileType.EML, b'From: "a" <@\nTo: c@d\n\nhi')


def test_a_link_in_a_pdf_that_has_to_be_clicked_is_harmless() -> None:
    link, opened = b"<< /Subtype /Link /A << /S /URI /URI (http://x.example/) >> >>", b"<< /S /GoTo /D [3 0 R /Fit] >>"
    for begins in (b"[3 0 R /Fit]", b"8 0 R", opened):
        assert inspect_file("a.pdf", pdf(b"<< /OpenAction %b >>" % begins, opened, link)) is FileType.PDF
        inside = b"<</OpenAction %b >> " % begins.replace(b"8", b"21")
        objects = b"20 0 21 %d 22 %d " % (len(inside), len(inside + opened)) + inside + opened + link
        assert inspect_file("a.pdf", pdf(packed(objects))) is FileType.PDF


def test_words_about_scripts_are_no_script() -> None:
    assert inspect_file("a.pdf", pdf(words="About JavaScript and Launch")) is FileType.PDF


def test_a_packed_picture_or_page_is_no_hidden_script() -> None:
    for drawn in (b"\0" * 200_000 + b"/JS /XFA", b"q BT (HTML/JavaScript) Tj ET", b"1 0 0 1 72 720 cm /F1 12 Tf", b""):
        picture = packed(drawn).replace(b"/ObjStm", b"/XObject")
        assert inspect_file("a.pdf", pdf(picture, packed(b"9 0 << /Type /Page >>"))) is FileType.PDF


def test_the_text_of_a_document_is_shown_without_what_acts() -> None:
    files = harmless("Café visit")
    shown = {name: document_text(name, inspect_file(name, content), content) for name, content in files.items()}
    assert shown["report.docx"] == "Café visit"
    assert shown["list.xlsx"] == "Café visit\t42"
    assert shown["note.txt"].startswith("Café visit: £5")
    mail = shown["mail.eml"]
    assert "Subject: Visit" in mail
    assert "not shown here: map.png" in mail
    assert "Café visit" in mail
    assert "bad()" not in mail
    assert shown["letter.pdf"] == shown["scan.png"] == ""


def test_a_cell_of_a_workbook_stands_in_its_column_and_a_day_is_written_as_one() -> None:
    numbers = ("0", "14", "22", "20", "164", "165", "166", "167")
    named = ("[$-809]dd mmmm yyyy;@", "[Magenta]0.00&quot; days&quot;", "mm", "[h]:mm")
    formats = "".join(f'<numFmt numFmtId="{at}" formatCode="{code}"/>' for at, code in enumerate(named, 164))
    of_cells = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    styles = (
        f'<styleSheet xmlns="s"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f"<cellXfs>{of_cells}</cellXfs></styleSheet>"
    )

    def shown(*cells: tuple[str, int, str], base: str = "") -> str:
        row = "".join(f'<c r="{place}" s="{style}"><v>{value}</v></c>' for place, style, value in cells)
        sheet = f'<worksheet xmlns="s"><sheetData><row>{row}<c r="ZZ1"/></row></sheetData></worksheet>'
        book = f'<workbook xmlns="s"><workbookPr {base}/></workbook>'
        parts: dict[str, bytes | str] = {"xl/styles.xml": styles, "xl/worksheets/sheet1.xml": sheet}
        return xlsx_text(xlsx({**parts, "xl/workbook.xml": book}))

    day, written = "46350.604166666664", "24 Nov 2026"
    plain, timed = ((0, day), (5, day), (7, day)), ((2, f"{written} 14:30"),)
    for style, told in (*plain, *timed, (1, written), (4, written), (6, written)):
        assert shown(("B1", 0, "x"), ("D1", style, day)) == f"x\t\t{told}"
    assert shown(("A1", 3, "0.5"), ("C1", 7, "0.25")) == "12:00\t\t06:00"
    assert shown(("A1", 1, "44888"), base='date1904="1"') == shown(("A1", 1, "46350")) == "24 Nov 2026"
    assert shown(("A1", 1, "59"), ("B1", 1, "61")) == "28 Feb 1900\t1 Mar 1900"
    assert shown(("A1", 1, "-3"), ("B1", 1, "1e300"), ("C1", 99, "7"), ("D1", 1, "nan")) == "-3\t1e300\t7\tnan"
    assert shown(("A1", 0, "x"), ("XFD1", 0, "far")) == "x\tXFD1: far"


@settings(max_examples=25)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_is_refused_or_read_and_nothing_else(name: str, data: st.DataObject) -> None:
    content = bytearray(FILES[name])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
        content[at] = data.draw(st.integers(0, 255))
    cut = bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        found = inspect_file(name, cut)
    except FileRefused:
        return
    assert isinstance(document_text(name, found, cut), str)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Letter of 3 May.pdf", "Letter of 3 May.pdf"),
        ("C:\\Users\\x\\letter.pdf", "letter.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("inv\u202efdp.exe.pdf", "invfdp.exe.pdf"),
        ("con.pdf", "_con.pdf"),
        ('a<b>:"c|?*.pdf', "a_b___c___.pdf"),
        ("letter.pdf. .", "letter.pdf"),
        ("\u200b.pdf", "file.pdf"),
        ("x" * 300 + ".docx", "x" * 80 + ".docx"),
        ("", "file"),
    ],
)
def test_the_name_of_a_file_is_shown_without_what_hides_in_it(given_name: str, shown: str) -> None:
    assert readable_file_name(given_name) == shown


def test_a_picture_of_just_as_many_pixels_as_are_shown_is_taken() -> None:
    assert inspect_file("a.png", png(claimed=(8_000, 5_000))) is FileType.PNG
