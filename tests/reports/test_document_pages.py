"""Documents of every kind of block, on pages."""

import io
import random
from dataclasses import replace
from itertools import combinations

import pypdfium2  # type: ignore[import-untyped]  # it carries no types
import pytest
from PIL import Image, ImageChops, ImageStat

from ioms_desktop.charts.shapes import Picture, Text
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.reports.case_summary.page_frame import BANDS
from ioms_desktop.reports.document.description import (
    Band,
    Block,
    BulletList,
    Figure,
    Heading,
    LabelledValues,
    Masthead,
    MastheadStanding,
    Notice,
    PageBreak,
    PageFrame,
    PaperDocument,
    Paragraph,
    Run,
    Table,
    TableColumn,
    TextTone,
)
from ioms_desktop.reports.layout.pdf import render_pdf
from reports.names_of_the_world import MIXED, NAMES
from reports.page_checks import faults_of, lone_rows, outside, parted_headings, small_texts
from reports.pdf_structure import Structure
from reports.reading import pages_of

FRAME = PageFrame(marking="MARKING", running_head="Head", foot_lines=("Foot",), copy_label="copy 1 of 1")
WORDS = ("a", "word", "and", "another", "one", "that", "is", "rather longer than most", "others", "are")


def drawn(*blocks: Block, frame: PageFrame = FRAME) -> bytes:
    out = io.BytesIO()
    render_pdf(PaperDocument(title="Title", frame=frame, blocks=blocks), out)
    return out.getvalue()


def text(picker: random.Random, most: int) -> str:
    return " ".join(picker.choices(WORDS, k=picker.randrange(1, most)))


def random_blocks(picker: random.Random) -> list[Block]:
    """Blocks of every kind in any order, with their texts numbered so that each can be found."""
    made: list[Block] = [Masthead("Name", "Subtitle", "Line", MastheadStanding("RED", "RED", "since today"))]
    for number in range(picker.randrange(12, 30)):
        made.append(Heading(f"Heading{number} {text(picker, 4)}"))
        if picker.random() < 0.3:
            made.append(Heading(f"Lower{number}", 3))
        kind = picker.randrange(6)
        if kind == 0:
            columns = tuple(TableColumn(f"Column{number}{letter}", picker.randrange(1, 5)) for letter in "abc")
            rows = tuple(
                tuple(f"cell{number} {text(picker, picker.choice((3, 3, 12, 90)))}" for _ in columns)
                for _ in range(picker.randrange(1, 30))
            )
            made.append(Table(columns, rows, picker.choice(("", f"Caption{number}"))))
        elif kind == 1:
            made.append(BulletList(tuple(text(picker, 30) for _ in range(picker.randrange(1, 12)))))
        elif kind == 2:
            made.append(LabelledValues(tuple((f"Label{k}", text(picker, 20)) for k in range(picker.randrange(1, 9)))))
        elif kind == 3:
            made.append(
                Paragraph((Run("Strong ", TextTone.STRONG), Run(text(picker, 200)), Run(" quiet", TextTone.QUIET)))
            )
        elif kind == 4:
            height = picker.randrange(20, 400)
            made.append(Figure(Picture(400, height, (Text(0, 9, "In a figure", 6, 60),), ""), "A figure"))
        else:
            made += [Notice(text(picker, 40), urgent=picker.random() < 0.5), Paragraph(text(picker, 60))]
    return made


def test_no_document_parts_a_heading_leaves_a_row_alone_or_draws_outside_its_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seed in range(5):
        if seed > 2:  # the last in every script
            names = tuple(name for names in NAMES.values() for name in names)
            monkeypatch.setattr(f"{__name__}.WORDS", (*WORDS, *names, *MIXED))
        blocks = random_blocks(random.Random(seed))  # noqa: S311 - test data
        document = drawn(*blocks)
        assert faults_of(document) == [], seed
        pages = pages_of(document)
        for block in blocks:
            if isinstance(block, Table):
                number = block.columns[0].heading[len("Column") : -1]
                held = [page for page in pages if f"cell{number} " in page]
                assert all(f"Column{number}a" in page for page in held), (seed, number, "headings repeat")


def test_the_checks_of_pages_find_what_they_look_for() -> None:
    assert parted_headings([["P", "H2"], ["TD"]])
    assert parted_headings([["TD", "TH", "TH"], ["TD"]])
    assert not parted_headings([["H2", "P"], ["P", "H2"]]), "the last page may end so"
    assert small_texts(b"/P <</MCID 0>> BDC\nBT /F1+0 9.4 Tf (x) Tj ET\nEMC")
    assert not small_texts(b"/Figure <</MCID 0>> BDC\nBT /F1+0 6 Tf (x) Tj ET\nEMC")
    wide = drawn(Figure(Picture(400, 20, (Text(500, 9, "Far too wide", 9, 60),), ""), "Alt"))
    assert outside(wide)
    table = Table((TableColumn("A", 1),), (("one",), ("two",), ("three",)))
    filled = Structure(drawn(Masthead("M"), Heading("H"), table, PageBreak(), Paragraph("x")))
    assert lone_rows(filled) == []
    (tag,) = (node for node in filled.nodes.values() if node.kind == "Table")
    (cell,) = filled.nodes[tag.kids[-1]].kids
    filled.nodes[cell].content = [(1, 0)]
    assert lone_rows(filled)


def test_every_heading_is_a_bookmark_to_its_page_below_the_title() -> None:
    blocks: list[Block] = [Masthead("Name (a \\ b) é")]
    for number in range(9):
        blocks += [Heading(f"Section {number}"), Heading(f"Lower {number}", 3), Paragraph("word " * 500)]
    document = drawn(*blocks)
    pdf = pypdfium2.PdfDocument(document)
    pages = pages_of(document)
    found = [(each.level, each.get_title(), each.get_dest().get_index()) for each in pdf.get_toc()]
    pdf.close()
    assert [(level, title) for level, title, _ in found] == [
        (
            block.level - 1 if isinstance(block, Heading) else 0,
            block.text if isinstance(block, Heading) else block.title,
        )
        for block in blocks
        if isinstance(block, Heading | Masthead)
    ]
    assert all(title in pages[page] for _, title, page in found)
    assert len(pages) > 3


def test_a_page_that_goes_on_with_a_section_names_it_and_one_that_begins_with_another_does_not() -> None:
    long, short = Paragraph("word " * 3000), Paragraph("word")
    pages = pages_of(drawn(Masthead("M"), Heading("Long one"), long, PageBreak(), Heading("Next one"), short))
    assert all("Long one, continued" in page for page in pages[1:-1])
    assert "continued" not in pages[0]
    assert "continued" not in pages[-1]


def test_a_line_below_a_title_is_broken_between_its_parts_and_not_within_a_date() -> None:
    parts = [f"a long part number {number} as of 30 Nov 2026" for number in range(9)]
    pdf = pypdfium2.PdfDocument(drawn(Masthead("M", "S", " · ".join(parts))))
    lines = pdf[0].get_textpage().get_text_range().splitlines()
    pdf.close()
    told = [part.strip() for line in lines for part in line.split(" · ") if "a long part" in part]
    assert told == parts
    assert any(" · " in line for line in lines), "the control: as many on a line as it has room for"


def test_nothing_is_lost_where_a_text_has_no_room() -> None:
    name = "Wolfeschlegelstein" * 40
    foot = "reason " * 90
    frame = replace(FRAME, running_head=name, foot_lines=(foot,), warning="Identity restricted")
    blocks = (
        Masthead(name, name, name, MastheadStanding("BLUE", "BLUE")),
        Heading(name),
        Table((TableColumn(name, 1),), ((name,),)),
    )
    document = drawn(*blocks, LabelledValues(((name, name),)), frame=frame)
    assert outside(document) == []
    first = pages_of(document)[0].replace(" ", "")
    assert first.count(name) >= 3
    assert first.count("reason") == 90


def test_a_figure_taller_than_a_page_is_drawn_smaller() -> None:
    tall = Figure(Picture(500, 3000, (Text(0, 2990, "At its foot", 40, 300),), ""), "Tall")
    document = drawn(Masthead("M"), Heading("H"), tall)
    assert outside(document) == []
    assert any("At its foot" in page for page in pages_of(document))


@pytest.mark.parametrize(
    "blocks",
    [
        (Masthead("M"), Heading("H", 3)),
        (Heading("H"), Masthead("M")),
        (Masthead("M"), Masthead("M")),
        (Masthead("M"), Heading("H", 4)),
    ],
)
def test_an_outline_with_a_gap_is_refused(blocks: tuple[Block, ...]) -> None:
    with pytest.raises(ValueError, match=r"heading|masthead"):
        PaperDocument(title="T", frame=FRAME, blocks=blocks)


def test_a_ragged_table_and_a_figure_without_words_are_refused() -> None:
    with pytest.raises(ValueError, match="one text for each column"):
        Table((TableColumn("A", 1), TableColumn("B", 1)), (("only one",),))
    with pytest.raises(ValueError, match="needs its words"):
        Figure(Picture(1, 1, (), ""), " ")


def grey_margin(band: Band | None) -> Image.Image:
    pdf = pypdfium2.PdfDocument(drawn(Masthead("M"), frame=replace(FRAME, band=band)))
    image: Image.Image = pdf[0].render(scale=1).to_pil()
    pdf.close()
    return image.convert("L").crop((10, 40, 36, 800))


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


def test_every_audience_has_a_band_of_its_own_in_word_shape_pattern_and_greyscale() -> None:
    assert set(BANDS) == set(Audience)
    assert len({band.word for band in BANDS.values()}) == len(BANDS)
    margins = {audience: grey_margin(band) for audience, band in BANDS.items()}
    for (one, band), (other, another) in combinations(BANDS.items(), 2):
        assert band.shape != another.shape, (one, other)
        assert difference(margins[one], margins[other]) > 20, (one, other)
    assert difference(grey_margin(BANDS[Audience.FULL]), margins[Audience.FULL]) == 0, "the control"
    assert difference(margins[Audience.PANEL], grey_margin(None)) > 20
