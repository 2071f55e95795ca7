"""A supervisor's review of a case: what is to be decided, which standards are kept, which clocks ran, what lacks."""

from collections.abc import Callable, Iterator

from ioms_desktop.domain.printing.packs.office_papers import CaseReview
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary import case_sections as case
from ioms_desktop.reports.case_summary import status_sections as status
from ioms_desktop.reports.case_summary.case_summary import masthead_of
from ioms_desktop.reports.case_summary.composition import NOTHING_TO_DECIDE, notices
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.case_summary.phrases import describe_stage, format_optional_day
from ioms_desktop.reports.case_summary.summary_section import SummarySection
from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Heading,
    Masthead,
    PaperDocument,
    Paragraph,
    Run,
    Table,
    TableColumn,
    TextTone,
)

TITLE = "Supervisor's review"
NO_STANDARD = "No standard of contact or review applies on this day."
NO_ALERT = "No alert has been raised."
NOTHING_LACKS = "Nothing is missing of what is looked for."
LATE, NOT_LATE = "LATE", "Not late"
STANDARDS = (
    TableColumn("Standard", 2),
    TableColumn("What is on record", 6),
    TableColumn("Due", 2),
    TableColumn("State", 1.4),
)
CLOCKS = (TableColumn("Alert", 4), TableColumn("Raised", 2), TableColumn("Decision", 4), TableColumn("Action", 4))
DIRECTION = (
    TableColumn("Direction", 6, is_written_in=True),
    TableColumn("Who", 2, is_written_in=True),
    TableColumn("By when", 2, is_written_in=True),
)
SIGNED = (
    TableColumn("Reviewed by", 3, is_written_in=True),
    TableColumn("Signed", 4, is_written_in=True),
    TableColumn("Date", 2, is_written_in=True),
    TableColumn("Next review", 2, is_written_in=True),
)
DIRECTIONS, LINES_TO_WRITE = 4, 3
Fill = Callable[[CaseSummary, SummarySection], None]
BEFORE: tuple[tuple[str, Fill], ...] = (
    ("Responsible", status.add_responsible),
    ("Statutory status", status.add_statutory),
    ("RAG now", status.add_rag),
    ("Engagement now", status.add_engagement),
)
AFTER: tuple[tuple[str, Fill], ...] = (
    ("Open actions", case.add_actions),
    ("Pathways", case.add_pathways),
    ("Letters delivered", case.add_deliveries),
    ("Oversight", case.add_oversight),
    ("Contacts by agency and purpose", case.add_contact_counts),
    ("Changes since the last review", case.add_changes),
    ("Plan and review", case.add_plan),
)
"""The sections of the summary that a review prints, before and after its own."""


def describe_case_review(review: CaseReview) -> PaperDocument:
    """Return the review as a document."""
    summary = review.summary
    head = masthead_of(summary)
    name = ", ".join(filter(None, (summary.identity.name, summary.programme.case_ref)))
    return PaperDocument(
        title=f"{TITLE}: {name}" if name else TITLE,
        frame=page_frame(review.about, f"{TITLE}, {name}", summary.as_of, child=summary.identity.child),
        blocks=(
            Masthead(head.title, f"{TITLE} · {head.subtitle}", _describe(summary), head.standing),
            *_sections(review),
            *_to_be_filled_in(),
        ),
    )


def _describe(summary: CaseSummary) -> str:
    programme = summary.programme
    as_of = "" if summary.as_of is None else f"as of {format_day(summary.as_of)}"
    parts = (programme.case_ref, programme.name, programme.cohort, describe_stage(programme), as_of)
    return " · ".join(filter(None, parts))


def _sections(review: CaseReview) -> Iterator[Block]:
    summary = review.summary
    if summary.to_decide:
        yield from _filled("To decide now", case.add_to_decide, summary)
    else:
        yield Heading("To decide now")
        yield Paragraph(NOTHING_TO_DECIDE, TextTone.QUIET)
    for name, fill in BEFORE:
        yield from _filled(name, fill, summary)
    yield Heading("Standards")
    yield _standards(review)
    yield Heading("Decisions and their clocks")
    yield _clocks(review)
    yield Paragraph(notices(summary), TextTone.QUIET)
    yield Heading("What the record lacks")
    yield BulletList(review.lacks) if review.lacks else Paragraph(NOTHING_LACKS)
    for name, fill in AFTER:
        yield from _filled(name, fill, summary)


def _filled(name: str, fill: Fill, summary: CaseSummary) -> Iterator[Block]:
    section = SummarySection(name)
    fill(summary, section)
    if not section.is_empty:
        yield from section.blocks()


def _standards(review: CaseReview) -> Block:
    rows = tuple(
        (
            each.what,
            each.text,
            format_optional_day(each.due_on),
            (Run(LATE, TextTone.STRONG),) if each.is_late else NOT_LATE,
        )
        for each in review.standards
    )
    return Table(STANDARDS, rows) if rows else Paragraph(NO_STANDARD)


def _clocks(review: CaseReview) -> Block:
    rows = tuple(
        (
            each.alert,
            format_optional_day(each.raised_on),
            _strong(each.decision, is_late=each.decision_late),
            _strong(each.action, is_late=each.action_late),
        )
        for each in review.clocks
    )
    return Table(CLOCKS, rows) if rows else Paragraph(NO_ALERT)


def _strong(words: str, *, is_late: bool) -> str | tuple[Run, ...]:
    return (Run(words, TextTone.STRONG),) if is_late else words


def _to_be_filled_in() -> Iterator[Block]:
    yield Heading("Direction of the supervisor")
    yield Table(DIRECTION, (("", "", ""),) * DIRECTIONS, room=LINES_TO_WRITE)
    yield Table(SIGNED, (("", "", "", ""),), room=LINES_TO_WRITE)
