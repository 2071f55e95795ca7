"""The printed case summary: one to two pages for a meeting, whole on many facts, in a fixed order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from reportlab.pdfgen.canvas import Canvas
from typing_extensions import override

from ioms_desktop.charts.marks import rag_sign
from ioms_desktop.charts.shapes import Picture
from ioms_desktop.charts.timeline import layout, whole_period
from ioms_desktop.domain.printing.summary import OFFER_STAYS_OPEN, Audience, CaseSummary
from ioms_desktop.domain.text_format import day_words
from ioms_desktop.reports.case_summary.case_sections import sections_after, sections_before
from ioms_desktop.reports.layout.drawing import draw_picture
from ioms_desktop.reports.layout.fonts import PaperMetrics, width
from ioms_desktop.reports.layout.page import CONTENT, Frame, Paper, note_lines
from ioms_desktop.reports.layout.rows import QUIET, SECTION, TITLE, Cell, Figure, Piece, Row, Style, cell
from ioms_desktop.reports.layout.tags import Element, Tags

AUDIENCES = {
    Audience.FULL: "full",
    Audience.PARTNER: "partner",
    Audience.PARTICIPANT: "participant",
    Audience.PANEL: "panel",
}
RAG_WORD = Style(13.0, 20.0, bold=True)
SIGN = 6.0
LEAST_PERIOD = timedelta(days=27)  # a timeline of a few days would be all margin


def render_case_summary(summary: CaseSummary, out: BinaryIO | Path) -> None:
    """Write a case summary as PDF.

    The same summary gives the same bytes: nothing but it decides what is written, the time of printing included.

    Args:
        summary: What the audience is given; see `domain.audiences`.
        out: Where the PDF goes.

    Raises:
        OSError: The file cannot be written.
    """
    paper = Paper(out, _frame(summary))
    paper.write(pieces_of(summary, paper.root))


def pieces_of(summary: CaseSummary, root: Element) -> list[Piece]:
    """Lay out a summary's rows and its picture, hung below an element, ready to be set on pages."""
    return [
        *_banner(summary, root),
        *sections_before(summary, root),
        *_timeline(summary, root),
        *sections_after(summary, root),
    ]


def _frame(summary: CaseSummary) -> Frame:
    about, who = summary.about, summary.identity
    name, case_ref = who.name, summary.programme.case_ref
    when = f"{day_words(about.printed_at.date())}, {about.printed_at:%H:%M}" if about.printed_at else "no time given"
    by = f"{about.printed_by} ({about.role})" if about.role else about.printed_by
    whom = f" for {about.recipient}" if about.recipient else ""
    printed = f"Printed by {by}, {when}{whom}. Reason: {about.reason}."
    return Frame(
        title=f"Case summary: {name}, {case_ref}",
        marking=about.marking,
        running=f"{name}, {case_ref}" + (f", as of {day_words(summary.as_of)}" if summary.as_of else ""),
        warning="Identity restricted" if who.child else "",
        lines=(*note_lines(printed), *note_lines(about.handling), OFFER_STAYS_OPEN),
        copy=f"copy {about.copy_number} of {about.copies}",
        print_id=f"Print {about.print_id}" if about.print_id else "",
        printed_at=about.printed_at,
        author=about.printed_by,
    )


@dataclass(slots=True)
class _Banner(Row):
    """The name, and at the right the RAG by shape and word."""

    sign: str = ""

    @override
    def draw(self, canvas: Canvas, tags: Tags, left: float, top: float, right: float, lines: range) -> None:
        Row.draw(self, canvas, tags, left, top, right, lines)
        if self.sign:
            words = width(self.sign, RAG_WORD.size, bold=True)
            shapes = tuple(rag_sign(self.sign, SIGN, SIGN, SIGN))
            picture = Picture(2 * SIGN, 2 * SIGN, shapes, "")
            tags.begin_artefact()
            draw_picture(canvas, picture, right - words - 2 * SIGN - 6, top - 5.2)
            tags.end()


def _banner(summary: CaseSummary, root: Element) -> list[Piece]:
    who = summary.identity
    heading = root.add("H1")
    cells = [cell(who.name, 0.0, CONTENT - 140, TITLE, heading)]
    rag = summary.rag.rag if summary.rag is not None else ""
    standing, since = _standing(summary)
    if standing:
        alt = f"RAG {rag}" if rag else ""
        cells.append(Cell(CONTENT - 130, [standing], RAG_WORD, root.add("P", alt=alt), 130.0))
    beneath = [cell(_who(summary), 0.0, CONTENT - 140, SECTION, root.add("P"))]
    if since:
        beneath.append(Cell(CONTENT - 130, [since], QUIET, root.add("P"), 130.0))
    return [
        _Banner(cells, keep=True, sign=rag, pad=0.0),
        Row(beneath, keep=True, pad=0.0),
        Row([cell(_place(summary), 0.0, CONTENT, QUIET, root.add("P"))], keep=True, pad=6.0),
    ]


def _standing(summary: CaseSummary) -> tuple[str, str]:
    """Say at the top how things stand: the RAG, or engagement where there is none; and since when."""
    rag, engagement = summary.rag, summary.engagement
    if rag is not None and rag.rag:
        return rag.rag, f"since {day_words(rag.since)}" if rag.since else ""
    if engagement is not None and engagement.level is not None:
        week = f"week of {day_words(engagement.week)}" if engagement.week else ""
        return f"Engagement {engagement.level} of 5", week
    return "", ""


def _who(summary: CaseSummary) -> str:
    who = summary.identity
    called = "Participant" if summary.programme.code == "PHOENIX" or who.child else "Nominal"
    age = "" if who.age is None else f", aged {who.age}"
    return called + (f", born {day_words(who.date_of_birth)}{age}" if who.date_of_birth is not None else age)


def _place(summary: CaseSummary) -> str:
    programme = summary.programme
    as_of = f"as of {day_words(summary.as_of)}" if summary.as_of else ""
    audience = f"{AUDIENCES[summary.about.audience]} summary"
    parts = [programme.case_ref, programme.name, programme.cohort, programme.status, audience, as_of]
    return " · ".join(part for part in parts if part)


def _timeline(summary: CaseSummary, root: Element) -> Sequence[Piece]:
    facts = summary.timeline
    if facts is None:
        return []
    today = summary.as_of or summary.to_on or date.min
    first, last = whole_period(facts, today)
    last = summary.to_on or last
    picture = layout(
        facts,
        CONTENT,
        from_on=min(summary.from_on or first, last - LEAST_PERIOD),
        to_on=last,
        today=today,
        metrics=PaperMetrics(),
        today_words="as of",
    )
    section = root.add("Sect")
    heading = Row([cell("Timeline", 0.0, CONTENT, SECTION, section.add("H2"))], rule=2, keep=True, above=3.0)
    return [heading, Figure(picture, section.add("Figure", alt=picture.description), above=0.0)]
