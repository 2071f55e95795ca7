"""The printed case summary: one to two pages for a meeting, longer where there are many facts, in a fixed order."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from ioms_desktop.charts.timeline import layout_timeline, whole_period
from ioms_desktop.domain.printing.allow_lists import allow_list_of
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.text_format import describe_wanted, format_day
from ioms_desktop.reports.case_summary.composition import compose
from ioms_desktop.reports.case_summary.one_page import BREVITIES, compose_one_page
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.case_summary.phrases import describe_stage
from ioms_desktop.reports.document.description import (
    Block,
    Figure,
    Heading,
    Masthead,
    MastheadStanding,
    Notice,
    PaperDocument,
)
from ioms_desktop.reports.layout.page import CONTENT_WIDTH_PT
from ioms_desktop.reports.layout.pdf import render_pdf
from ioms_desktop.reports.layout.text_lines import PaperMetrics

NO_NAME = "Name withheld"
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
    render_pdf(describe_case_summary(summary), out)


def describe_case_summary(summary: CaseSummary) -> PaperDocument:
    """Return a case summary as a document, in the form that it is asked for."""
    timeline = _timeline_blocks(summary)
    head = (*_wanted_blocks(summary), masthead_of(summary))
    if summary.about.form is PaperForm.ONE_PAGE:
        blocks, *shorter = ((*head, *compose_one_page(summary, timeline, each)) for each in BREVITIES)
    else:
        blocks, shorter = (*head, *compose(summary, timeline)), []
    return PaperDocument(
        title=f"Case summary: {_running_name(summary) or 'no names'}",
        frame=page_frame(summary.about, _running_name(summary), summary.as_of, child=summary.identity.child),
        blocks=blocks,
        shorter=tuple(shorter),
    )


def _running_name(summary: CaseSummary) -> str:
    return ", ".join(filter(None, (summary.identity.name, summary.programme.case_ref)))


def _wanted_blocks(summary: CaseSummary) -> list[Block]:
    """Return the line that comes before everything else where the person is unlawfully at large."""
    since = None if summary.statutory is None else summary.statutory.wanted_since
    return [] if since is None else [Notice(describe_wanted(since), urgent=True)]


def masthead_of(summary: CaseSummary) -> Masthead:
    """Return who and what a summary is about, as its reader may know it."""
    standing, since = _headline(summary)
    rag = summary.rag.rag if summary.rag is not None else ""
    return Masthead(
        summary.identity.name or NO_NAME,
        _describe_person(summary),
        _describe_case(summary),
        MastheadStanding(standing, rag, since) if standing else None,
    )


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
    short = " on one page" if summary.about.form is PaperForm.ONE_PAGE else ""
    audience = f"{summary.about.audience} summary{short}"
    if summary.about.audience is Audience.PARTNER:
        audience += f" for {summary.about.agency_name}" if summary.about.agency_name else ", agency not named"
    parts = [programme.case_ref, programme.name, programme.cohort, describe_stage(programme), audience, as_of]
    return " · ".join(part for part in parts if part)


def _timeline_blocks(summary: CaseSummary) -> list[Block]:
    facts = summary.timeline
    if facts is None or (facts.is_empty and facts.partly_shown):  # nobody is told that there is nothing
        return []
    facts = replace(facts, left_out=allow_list_of(summary.about).left_out_lanes)
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
    return [Heading("Timeline"), Figure(picture, picture.description)]
