"""The printed case summary: one to two pages for a meeting, longer where there are many facts, in a fixed order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas
from typing_extensions import override

from ioms_desktop.charts.marks import rag_sign
from ioms_desktop.charts.shapes import ColourRole, Picture
from ioms_desktop.charts.timeline import layout_timeline, whole_period
from ioms_desktop.domain.policy.case_figures import describe_wanted
from ioms_desktop.domain.printing.summary import OFFER_STAYS_OPEN_NOTICE, CaseSummary
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.case_sections import sections_after_timeline
from ioms_desktop.reports.case_summary.status_sections import sections_before_timeline
from ioms_desktop.reports.layout.drawing import draw_picture
from ioms_desktop.reports.layout.fonts import PaperMetrics, text_width
from ioms_desktop.reports.layout.page import CONTENT_WIDTH_PT, PageFrame, PdfDocument, wrap_foot_line
from ioms_desktop.reports.layout.rows import (
    QUIET_STYLE,
    SECTION_STYLE,
    TITLE_STYLE,
    Block,
    PictureBlock,
    Row,
    RowCell,
    TextStyle,
    wrap_cell,
)
from ioms_desktop.reports.layout.tags import StructureElement, TagWriter

RAG_STYLE = TextStyle(13.0, 20.0, bold=True)
WANTED_STYLE = TextStyle(13.0, 20.0, bold=True, fill=ColourRole.RED)
RAG_SIGN_RADIUS_PT = 6.0
MIN_TIMELINE_PERIOD = timedelta(days=27)  # a timeline of fewer days would be mostly margin


def render_case_summary(summary: CaseSummary, out: BinaryIO | Path) -> None:
    """Write a case summary as PDF.

    The same summary gives the same bytes: nothing else is read, and the time of printing is part of it.

    Args:
        summary: What the audience may receive; see `domain.printing.redaction`.
        out: Where the PDF goes.

    Raises:
        OSError: The file cannot be written.
    """
    paper = PdfDocument(out, _page_frame(summary))
    paper.write(summary_blocks(summary, paper.root))


def summary_blocks(summary: CaseSummary, root: StructureElement) -> list[Block]:
    """Lay out a summary's rows and its timeline, tagged below an element, ready for pagination."""
    return [
        *_banner_blocks(summary, root),
        *sections_before_timeline(summary, root),
        *_timeline_blocks(summary, root),
        *sections_after_timeline(summary, root),
    ]


def _page_frame(summary: CaseSummary) -> PageFrame:
    about, who = summary.about, summary.identity
    name, case_ref = who.name, summary.programme.case_ref
    when = f"{format_day(about.printed_at.date())}, {about.printed_at:%H:%M}" if about.printed_at else "no time given"
    by = f"{about.printed_by} ({about.role})" if about.role else about.printed_by
    whom = f" for {about.recipient}" if about.recipient else ""
    printed = f"Printed by {by}, {when}{whom}. Reason: {about.reason}."
    return PageFrame(
        title=f"Case summary: {name}, {case_ref}",
        marking=about.marking,
        running_head=f"{name}, {case_ref}" + (f", as of {format_day(summary.as_of)}" if summary.as_of else ""),
        warning="Identity restricted" if who.child else "",
        foot_lines=(*wrap_foot_line(printed), *wrap_foot_line(about.handling), OFFER_STAYS_OPEN_NOTICE),
        copy_label=f"copy {about.copy_number} of {about.copies}",
        print_id=f"Print {about.print_id}" if about.print_id else "",
        printed_at=about.printed_at,
        author=about.printed_by,
    )


@dataclass(slots=True)
class _Banner(Row):
    """The name, with the RAG rating by shape and word at the right."""

    sign: str = ""

    @override
    def draw(self, canvas: Canvas, tags: TagWriter, left: float, top: float, right: float, lines: range) -> None:
        Row.draw(self, canvas, tags, left, top, right, lines)
        if self.sign:
            words = text_width(self.sign, RAG_STYLE.size, bold=True)
            shapes = tuple(rag_sign(self.sign, RAG_SIGN_RADIUS_PT, RAG_SIGN_RADIUS_PT, RAG_SIGN_RADIUS_PT))
            picture = Picture(2 * RAG_SIGN_RADIUS_PT, 2 * RAG_SIGN_RADIUS_PT, shapes, "")
            tags.begin_artefact()
            draw_picture(canvas, picture, right - words - 2 * RAG_SIGN_RADIUS_PT - 6, top - 5.2)
            tags.end()


def _banner_blocks(summary: CaseSummary, root: StructureElement) -> list[Block]:
    who = summary.identity
    heading = root.add("H1")
    cells = [wrap_cell(who.name, 0.0, CONTENT_WIDTH_PT - 140, TITLE_STYLE, heading)]
    rag = summary.rag.rag if summary.rag is not None else ""
    standing, since = _headline(summary)
    if standing:
        alt = f"RAG {rag}" if rag else ""
        cells.append(RowCell(CONTENT_WIDTH_PT - 130, [standing], RAG_STYLE, root.add("P", alt=alt), 130.0))
    beneath = [wrap_cell(_describe_person(summary), 0.0, CONTENT_WIDTH_PT - 140, SECTION_STYLE, root.add("P"))]
    if since:
        beneath.append(RowCell(CONTENT_WIDTH_PT - 130, [since], QUIET_STYLE, root.add("P"), 130.0))
    return [
        *_wanted_blocks(summary, root),
        _Banner(cells, keep=True, sign=rag, padding=0.0),
        Row(beneath, keep=True, padding=0.0),
        Row(
            [wrap_cell(_describe_case(summary), 0.0, CONTENT_WIDTH_PT, QUIET_STYLE, root.add("P"))],
            keep=True,
            padding=6.0,
        ),
    ]


def _wanted_blocks(summary: CaseSummary, root: StructureElement) -> list[Block]:
    """Lay out the line that comes before everything else where the person is unlawfully at large."""
    since = None if summary.statutory is None else summary.statutory.wanted_since
    if since is None:
        return []
    return [Row([wrap_cell(describe_wanted(since), 0.0, CONTENT_WIDTH_PT, WANTED_STYLE, root.add("P"))], keep=True)]


def _headline(summary: CaseSummary) -> tuple[str, str]:
    """Return the headline: the RAG rating, or engagement where there is none, and since when."""
    rag, engagement = summary.rag, summary.engagement
    if rag is not None and rag.rag:
        return rag.rag, f"since {format_day(rag.since)}" if rag.since else ""
    if engagement is not None and engagement.level is not None:
        week = f"week of {format_day(engagement.week)}" if engagement.week else ""
        return f"Engagement {engagement.level} of 5", week
    return "", ""


def _describe_person(summary: CaseSummary) -> str:
    who = summary.identity
    called = "Participant" if summary.programme.code == "PHOENIX" or who.child else "Nominal"
    age = "" if who.age is None else f", aged {who.age}"
    return called + (f", born {format_day(who.date_of_birth)}{age}" if who.date_of_birth is not None else age)


def _describe_case(summary: CaseSummary) -> str:
    programme = summary.programme
    as_of = f"as of {format_day(summary.as_of)}" if summary.as_of else ""
    audience = f"{summary.about.audience} summary"
    parts = [programme.case_ref, programme.name, programme.cohort, programme.status, audience, as_of]
    return " · ".join(part for part in parts if part)


def _timeline_blocks(summary: CaseSummary, root: StructureElement) -> Sequence[Block]:
    facts = summary.timeline
    if facts is None:
        return []
    today = summary.as_of or summary.to_on or date.min
    first, last = whole_period(facts, today)
    last = summary.to_on or last
    picture = layout_timeline(
        facts,
        CONTENT_WIDTH_PT,
        from_on=min(summary.from_on or first, last - MIN_TIMELINE_PERIOD),
        to_on=last,
        today=today,
        metrics=PaperMetrics(),
        today_label="as of",
    )
    section = root.add("Sect")
    heading = Row(
        [wrap_cell("Timeline", 0.0, CONTENT_WIDTH_PT, SECTION_STYLE, section.add("H2"))], rule=2, keep=True, above=3.0
    )
    return [heading, PictureBlock(picture, section.add("Figure", alt=picture.description), above=0.0)]
