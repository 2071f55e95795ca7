"""What the pages of every document must keep, read from the finished PDF."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pypdfium2  # type: ignore[import-untyped]  # it carries no types

from ioms_desktop.reports.layout.band import BAND_LEFT
from ioms_desktop.reports.layout.page import RIGHT
from ioms_desktop.reports.layout.styles import BODY_SIZE_PT
from reports.pdf_structure import Structure

CANNOT_END_A_PAGE = {"H1", "H2", "H3", "H4", "Caption", "TH", "Lbl"}
SIZE = re.compile(r"/F\S+ ([\d.]+) Tf")
BASELINE = re.compile(r"1 0 0 1 [-\d.]+ ([-\d.]+) Tm")
ROUNDING_PT = 1.5


def faults_of(document: bytes) -> list[str]:
    """Return what is wrong with the pages of a document, in words."""
    structure = Structure(document)
    kinds = [[kind for kind, _ in structure.marked(page)] for page in range(len(structure.pages))]
    return [
        *parted_headings(kinds),
        *lone_rows(structure),
        *(fault for page in range(len(structure.pages)) for fault in small_texts(structure.content(page))),
        *outside(document),
    ]


def parted_headings(pages: Sequence[Sequence[str]]) -> list[str]:
    """Name the pages that end with a heading of what stands on the next."""
    return [
        f"Page {number} ends with {kinds[-1]}."
        for number, (kinds, following) in enumerate(pairwise(pages), 1)
        if kinds and following and kinds[-1] in CANNOT_END_A_PAGE and not (kinds[-1] == "TH" and "TD" in kinds[-2:])
    ]


def lone_rows(structure: Structure) -> list[str]:
    """Name the tables of which one row stands alone on a page, which is not a part of a longer row."""
    faults = []
    for table in (node for node in structure.nodes.values() if node.kind == "Table"):
        rows = [structure.nodes[kid] for kid in table.kids if structure.nodes[kid].kind == "TR"]
        pages_of_row = [{page for cell in row.kids for page, _ in structure.nodes[cell].content} for row in rows]
        shown = set[int]().union(*pages_of_row)
        if len(shown) < 2:
            continue
        for page in shown:
            there = [pages for pages in pages_of_row if page in pages]
            if (
                len(there) == 1
                and len(there[0]) == 1
                and lines_of(structure, rows[pages_of_row.index(there[0])].number) < 2
            ):
                faults.append(f"A row stands alone on page {page + 1}.")
    return faults


def lines_of(structure: Structure, row: int) -> int:
    """Return the most lines of a cell in a row."""
    lines = [0]
    for cell in structure.nodes[row].kids:
        for page, number in structure.nodes[cell].content:
            content = structure.content(page).decode("latin-1")
            text = content.split(f"<</MCID {number}>> BDC", 1)[1].split("EMC", 1)[0]
            lines.append(max(text.count("T*"), len(set(BASELINE.findall(text)))))
    return max(lines)


def small_texts(content: bytes) -> list[str]:
    """Name the texts of a page that are smaller than the body, outside figures and artefacts."""
    faults, kind = [], ""
    for line in content.decode("latin-1").splitlines():
        if line.endswith("BDC"):
            kind = line[1:].split(" ", 1)[0]
        elif line.endswith("BMC") or line == "EMC":
            kind = ""
        elif kind not in {"", "Artifact", "Figure"}:
            faults += [f"{kind} in {size} pt." for size in SIZE.findall(line) if float(size) < BODY_SIZE_PT]
    return faults


def outside(document: bytes) -> list[str]:
    """Name the pages with letters outside the content and its band."""
    faults = []
    pdf = pypdfium2.PdfDocument(document)
    try:
        for number, page in enumerate(pdf, 1):
            text = page.get_textpage()
            width, height = page.get_size()
            for which in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(which)
                if left < BAND_LEFT or right > RIGHT + ROUNDING_PT or bottom < 0 or top > height:
                    faults.append(f"Page {number}: letters at {left:.0f} to {right:.0f} of {width:.0f}.")
    finally:
        pdf.close()
    return faults
