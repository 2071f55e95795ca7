"""A case summary against the same content by bare Platypus, and, as the limit, drawn straight on the canvas.

Run `python benchmarks/paper_floors.py`; it prints the medians and their ratios, measured in turns. Where Typst or
WeasyPrint is installed, they are measured in the same turns on the same content.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, TableStyle

from ioms_desktop.charts.shapes import Picture
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.reports.case_summary.case_summary import describe_case_summary, render_case_summary
from ioms_desktop.reports.layout import fonts
from ioms_desktop.reports.layout.drawing import draw_picture
from ioms_desktop.reports.layout.page import CONTENT_WIDTH_PT, LEFT, PAGE_HEIGHT, TOP
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.pdf import render_pdf
from ioms_desktop.reports.layout.rows import Cell, FigureFlowable, Headed, Rows
from ioms_desktop.reports.layout.story import StoryBuilder
from ioms_desktop.reports.layout.styles import BODY_LEADING_PT, BODY_SIZE_PT, TextStyle
from ioms_desktop.reports.layout.tags import StructureElement
from ioms_desktop.reports.layout.text_lines import Line
from other_typesetters import installed, left_out

BOTTOM = 74.0
ROUNDS = 41
TURNS = 3
TABLE = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("FONT", (0, 0), (-1, -1), fonts.REGULAR_FONT, BODY_SIZE_PT, BODY_LEADING_PT),
        ("LINEABOVE", (0, 0), (-1, -1), 0.4, "#D8DDE4"),
    ]
)


def write_plainly(canvas: Canvas, x: float, y: float, lines: Sequence[Line], style: TextStyle) -> None:
    """Write lines as ReportLab does by itself."""
    canvas.setFillColor(paper_colour(style.fill))
    canvas.setFont(fonts.font_name(bold=style.bold), style.size)
    for number, line in enumerate(lines):
        canvas.drawString(x, y - number * style.leading, str(line))


class Drawn(Flowable):
    """The timeline, already laid out, as Platypus takes it."""

    def __init__(self, picture: Picture) -> None:
        """Wrap a picture."""
        super().__init__()
        self.picture = picture
        self.width, self.height = CONTENT_WIDTH_PT, picture.height

    def draw(self) -> None:
        """Draw it where the frame puts it."""
        draw_picture(self.canv, self.picture, 0, self.height, partial(write_plainly, self.canv))


def parts(summary: CaseSummary) -> Iterator[Rows | FigureFlowable]:
    """Lay out a summary and give its blocks without pages."""
    root = StructureElement("Document")
    waiting: list[Any] = StoryBuilder(root, CONTENT_WIDTH_PT, TOP - BOTTOM).flowables(
        describe_case_summary(summary).blocks
    )
    waiting.reverse()
    while waiting:
        part = waiting.pop()
        if isinstance(part, Headed):
            waiting += [part.body, part.heading]
        else:
            yield part


def words_of(cell: Cell) -> str:
    """Return a cell's text in one line."""
    return " ".join(line if isinstance(line, str) else "".join(piece.text for piece in line) for line in cell.lines)


def content(summary: CaseSummary) -> list[Any]:
    """Take a summary's words out of it: a list of paragraphs, tables (lists of rows) and pictures."""
    found: list[Any] = []
    for part in parts(summary):
        if isinstance(part, FigureFlowable):
            found.append(part.picture)
            continue
        for row in part.rows:
            words = [words_of(cell) for cell in row.cells]
            if len(words) == 1:
                found.append(words[0])
            elif found and isinstance(found[-1], list) and len(found[-1][0]) == len(words):
                found[-1].append(words)
            else:
                found.append([words])
    return found


def by_platypus(found: list[Any], about: list[str], out: io.BytesIO) -> None:
    """Lay the content out with Paragraph and LongTable, the marking at every page."""
    style = ParagraphStyle("body", fontName=fonts.REGULAR_FONT, fontSize=BODY_SIZE_PT, leading=BODY_LEADING_PT)
    story: list[Flowable] = []
    for each in found:
        if isinstance(each, Picture):
            story.append(Drawn(each))
        elif isinstance(each, str):
            story.append(Paragraph(escape(each), style))
        else:
            room = CONTENT_WIDTH_PT / len(each[0])
            rows = [
                [
                    words if fonts.text_width(words, BODY_SIZE_PT) < room - 4 else Paragraph(escape(words), style)
                    for words in row
                ]
                for row in each
            ]
            story.append(LongTable(rows, colWidths=[room] * len(each[0]), style=TABLE))

    def mark(canvas: Canvas, _document: Any) -> None:  # noqa: ANN401 - Platypus passes its template
        canvas.setFont(fonts.BOLD_FONT, 9)
        canvas.drawCentredString(A4[0] / 2, PAGE_HEIGHT - 24, about[0])
        canvas.drawCentredString(A4[0] / 2, 18, about[0])
        canvas.setFont(fonts.REGULAR_FONT, 7)
        for number, line in enumerate(about[1:]):
            canvas.drawString(LEFT, BOTTOM - 18 - 9 * number, line)
        canvas.drawRightString(A4[0] - LEFT, BOTTOM - 18, f"Page {canvas.getPageNumber()}")

    SimpleDocTemplate(
        out, pagesize=A4, leftMargin=LEFT - 6, rightMargin=LEFT - 6, topMargin=40, bottomMargin=BOTTOM - 6, invariant=1
    ).build(story, onFirstPage=mark, onLaterPages=mark)


def on_canvas(summary: CaseSummary) -> Callable[[io.BytesIO], None]:
    """Prepare the same lines at fixed places; what is timed is drawing and writing alone."""
    lines: list[tuple[float, float, Cell, str]] = []
    figures: list[tuple[float, Picture]] = []
    y = TOP
    for part in parts(summary):
        if isinstance(part, FigureFlowable):
            figures.append((y, part.picture))
            y -= part.height
            continue
        for row in part.rows:
            if y - row.height < BOTTOM:
                lines.append((0, 0, Cell(0, []), "\f"))
                y = TOP
            for cell in row.cells:
                lines += [
                    (LEFT + cell.left, y - 8 - number * cell.style.leading, cell, words_of(replace(cell, lines=[line])))
                    for number, line in enumerate(cell.lines)
                ]
            y -= row.height

    def draw(out: io.BytesIO) -> None:
        canvas = Canvas(out, pagesize=A4, invariant=1)
        for top, picture in figures:
            draw_picture(canvas, picture, LEFT, top, partial(write_plainly, canvas))
        for x, baseline, cell, words in lines:
            if words == "\f":
                canvas.showPage()
                continue
            canvas.setFont(fonts.font_name(bold=cell.style.bold), cell.style.size)
            canvas.drawString(x, baseline, words)
        canvas.save()

    return draw


def measure(summary: CaseSummary, rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median seconds of each way, measured in turns so that the machine's moods fall on all alike.

    The summary is made from its facts; drawing is what is left once it is described.
    """
    fonts.register_fonts()
    found = content(summary)
    about = [summary.about.marking, f"Printed by {summary.about.printed_by}", summary.about.handling]
    drawn = on_canvas(summary)
    document = describe_case_summary(summary)
    ways: dict[str, Callable[[io.BytesIO], object]] = {
        "summary": lambda out: render_case_summary(summary, out),
        "drawing": lambda out: render_pdf(document, out),
        "platypus": lambda out: by_platypus(found, about, out),
        "canvas": drawn,
        **{name: prepared(found, about) for name, prepared in installed().items()},
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + TURNS):
        for name, way in ways.items():
            start = time.perf_counter()
            way(io.BytesIO())
            if number >= TURNS:  # the first rounds warm the caches
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(each) for name, each in taken.items()}


def main() -> None:
    """Print the figures for both people of the worked example."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from reports.sample import CALLUM_FULL, JAYDEN_FULL  # noqa: PLC0415 - found once the tests are on the path

    for name, summary in (("IOM nominal", CALLUM_FULL), ("Phoenix participant", JAYDEN_FULL)):
        took = measure(summary)
        print(
            f"{name}: summary {took['summary'] * 1e3:.1f} ms, bare Platypus {took['platypus'] * 1e3:.1f} ms "
            f"(ratio {took['summary'] / took['platypus']:.2f}); drawing alone {took['drawing'] * 1e3:.1f} ms, "
            f"canvas {took['canvas'] * 1e3:.1f} ms (ratio {took['drawing'] / took['canvas']:.2f})"
        )
        for other in installed():
            print(f"  {other}, tagged: {took[other] * 1e3:.1f} ms (ratio {took['summary'] / took[other]:.2f})")
    print(left_out(), end="\n" if left_out() else "")


if __name__ == "__main__":
    main()
