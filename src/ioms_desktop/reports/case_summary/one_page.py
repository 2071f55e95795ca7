"""A case summary on one page: a fixed set of fields, each list cut, and everything that is to be decided."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.case_sections import add_to_decide, lines_of_changes
from ioms_desktop.reports.case_summary.composition import (
    AFTER_TIMELINE,
    BEFORE_TIMELINE,
    NOTHING_TO_DECIDE,
    SectionKind,
    closing,
    is_whole,
)
from ioms_desktop.reports.case_summary.phrases import describe_review, format_optional_day
from ioms_desktop.reports.case_summary.status_sections import add_engagement, add_rag
from ioms_desktop.reports.case_summary.summary_section import SummarySection
from ioms_desktop.reports.document.description import Block, TextTone

MAX_CHANGES = 3
MAX_WORDS = 90
"""The most letters of one item of a list: a longer one is cut, and says so."""
CUT = "…"
FIELDS = (
    *("to_decide", "responsible", "statutory", "why_on", "rag", "engagement", "changes", "scores", "safeguarding"),
    *("offending", "pathways", "contacts", "offers", "enforcement", "actions", "plan"),
)
"""The fields of a summary that are on the page, whatever is in them."""


def compose_one_page(summary: CaseSummary, timeline: Sequence[Block]) -> list[Block]:
    """Return everything below the masthead on one page."""
    sections = [_to_decide(summary), _who_and_why(summary), _standing(summary), _changes(summary)]
    blocks = [piece for section in sections if not section.is_empty for piece in section.blocks()]
    return [*blocks, *timeline, *_in_short(summary), *closing(summary, _kinds(), said=False)]


def _kinds() -> list[SectionKind]:
    return [each for each in (*BEFORE_TIMELINE, *AFTER_TIMELINE) if each.field in FIELDS]


def shorten(items: Iterable[str], most: int) -> str:
    """Join items with semicolons, at most so many; the rest are counted, and a long one is cut."""
    given = [item for item in items if item]
    shown = [item if len(item) <= MAX_WORDS else item[: MAX_WORDS - 1].rstrip() + CUT for item in given[:most]]
    more = len(given) - len(shown)
    return "; ".join((*shown, *([f"and {more} more"] if more else [])))


def _to_decide(summary: CaseSummary) -> SummarySection:
    section = SummarySection(BEFORE_TIMELINE[0].name)
    add_to_decide(summary, section)
    if not summary.to_decide and summary.to_decide is not None and is_whole(BEFORE_TIMELINE[0], summary):
        section.add_paragraph(NOTHING_TO_DECIDE, TextTone.QUIET)
    return section


def _who_and_why(summary: CaseSummary) -> SummarySection:
    section = SummarySection("Who it is about")
    who, law = summary.identity, summary.statutory
    if who.child:
        section.add_paragraph("A child: identity restricted.", TextTone.STRONG)
    people = [f"{each.role}: {each.name}" for each in summary.responsible or ()]
    status = "" if law is None else shorten(dict.fromkeys((law.status, *(each.label for each in law.orders))), 3)
    release = "" if law is None or law.expected_release_on is None else format_day(law.expected_release_on)
    section.add_pairs(
        [
            ("Warning", shorten(who.warning_markers, 4)),
            ("Responsible", shorten(people, 4)),
            ("Status", status),
            ("Custody", "" if law is None else law.custody),
            ("Expected release", release),
            ("Communication", shorten((who.communication_needs,), 1)),
            ("Reason for selection", shorten((row.text for row in summary.why_on or ()), 2)),
        ]
    )
    return section


def _standing(summary: CaseSummary) -> SummarySection:
    section = SummarySection("Where it stands")
    add_rag(summary, section)
    add_engagement(summary, section)
    return section


def _changes(summary: CaseSummary) -> SummarySection:
    since = f" of {format_day(summary.last_review)}" if summary.last_review else ""
    section = SummarySection(f"Changed since the last review{since}")
    lines = lines_of_changes(summary)
    shown = lines[-MAX_CHANGES:]
    more = len(lines) - len(shown)
    section.add_list([*shown, *([f"And {more} more before these."] if more else [])])
    return section


def _in_short(summary: CaseSummary) -> list[Block]:
    section = SummarySection("In short")
    made: tuple[tuple[str, Callable[[CaseSummary], str]], ...] = (
        ("Risk scores", _scores),
        ("Safeguarding", lambda given: shorten((row.text for row in given.safeguarding or ()), 2)),
        ("Offences", _offences),
        ("Needs", lambda given: shorten((f"{row.pathway} {row.need}" for row in given.pathways or ()), 3)),
        ("Last contacts", _contacts),
        ("Offers", _offers),
        ("Enforcement", _enforcement),
        ("Open actions", _actions),
        ("Review", _review),
    )
    for label, words in made:
        text = words(summary)
        if text:
            section.add_labelled(label, text)
    return [] if section.is_empty else section.blocks()


def _scores(summary: CaseSummary) -> str:
    return shorten(
        (
            f"{row.tool} {', '.join(filter(None, (row.value, row.band)))} ({format_optional_day(row.assessed_on)})"
            for row in summary.scores or ()
        ),
        2,
    )


def _offences(summary: CaseSummary) -> str:
    return shorten(
        (
            " ".join(filter(None, (format_optional_day(row.offence_on), row.offence, f"({row.part.lower()})")))
            for row in summary.offending or ()
        ),
        2,
    )


def _contacts(summary: CaseSummary) -> str:
    rows = summary.contacts or ()
    return shorten((f"{'' if row.at is None else row.at.words} {row.contact_type}, {row.outcome}" for row in rows), 2)


def _offers(summary: CaseSummary) -> str:
    return shorten(
        (
            f"{row.label}: {(row.response or 'no answer yet').lower()}{'' if row.open else ', ended'}"
            for row in sorted(summary.offers or (), key=lambda each: not each.open)
        ),
        3,
    )


def _enforcement(summary: CaseSummary) -> str:
    rows = sorted(summary.enforcement or (), key=lambda row: row.decided_on or date.min, reverse=True)
    return shorten(
        (
            f"{format_optional_day(row.decided_on)} {row.decision}"
            + (f", served {format_day(row.actioned_on)}" if row.actioned_on else "")
            for row in rows
        ),
        2,
    )


def _actions(summary: CaseSummary) -> str:
    """Name what is still to be done; what is late or due stands with what is to be decided."""
    late = {row.due_on for row in summary.to_decide or () if row.what == "Action"}
    return shorten(
        (
            _describe_action(row.text, row.owner, format_optional_day(row.due_on))
            for row in summary.actions or ()
            if row.due_on not in late
        ),
        2,
    )


def _describe_action(text: str, owner: str, due: str) -> str:
    """Name an action by what its reader has of it; a copy without names has neither its words nor its owner."""
    if not text:
        return " ".join(filter(None, (owner, f"due {due}" if due else "")))
    more = ", ".join(filter(None, (owner, due)))
    return f"{text} ({more})" if more else text


def _review(summary: CaseSummary) -> str:
    plan = summary.plan
    return "" if plan is None or plan.review_on is None else describe_review(plan.review_on, plan.review_clock)
