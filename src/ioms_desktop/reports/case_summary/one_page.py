"""A case summary on one page: a fixed set of fields, each list cut, and everything that is to be decided."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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

CUT = "…"
NO_TIMELINE = "Not drawn: what is to be decided takes its room. The summary that is not on one page has it."
FIELDS = (
    *("to_decide", "responsible", "statutory", "why_on", "rag", "engagement", "changes", "scores", "safeguarding"),
    *("offending", "pathways", "contacts", "offers", "enforcement", "actions", "plan"),
)
"""The fields of a summary that are on the page, whatever is in them."""


@dataclass(frozen=True, slots=True)
class Brevity:
    """How much of a list is on the page.

    Attributes:
        changes: The most changes since the last review.
        items: The most items of any other list, where it does not have fewer anyway.
        letters: The most letters of an item: a longer one is cut, and says so.
        has_timeline: Whether the timeline is drawn.
    """

    changes: int
    items: int
    letters: int
    has_timeline: bool = True

    def shorten(self, items: Iterable[str], most: int) -> str:
        """Join items with semicolons, at most so many; the rest are counted, and a long one is cut."""
        given = [item for item in items if item]
        shown = [
            item if len(item) <= self.letters else item[: self.letters - 1].rstrip() + CUT
            for item in given[: min(most, self.items)]
        ]
        more = len(given) - len(shown)
        return "; ".join((*shown, *([f"and {more} more"] if more else [])))


USUAL = Brevity(3, 4, 90)
BREVITIES = (
    *(USUAL, Brevity(2, 2, 70), Brevity(1, 2, 50), Brevity(1, 1, 50)),
    *(Brevity(2, 3, 70, has_timeline=False), Brevity(1, 1, 50, has_timeline=False)),
    Brevity(2, 3, 70),
)
"""From the usual one to that of a case of which so much is to be decided that little else has room.

The last is of what takes a second page however short the rest is: there the timeline has room again.
"""


def compose_one_page(summary: CaseSummary, timeline: Sequence[Block], brevity: Brevity) -> list[Block]:
    """Return everything below the masthead on one page."""
    sections = [_to_decide(summary), _who_and_why(summary, brevity), _standing(summary), _changes(summary, brevity)]
    blocks = [piece for section in sections if not section.is_empty for piece in section.blocks()]
    # A reader who may not have the timeline is not told of one.
    picture = timeline if brevity.has_timeline or not timeline else _no_timeline()
    return [*blocks, *picture, *_in_short(summary, brevity), *closing(summary, _kinds(), said=False)]


def _kinds() -> list[SectionKind]:
    return [each for each in (*BEFORE_TIMELINE, *AFTER_TIMELINE) if each.field in FIELDS]


def _to_decide(summary: CaseSummary) -> SummarySection:
    section = SummarySection(BEFORE_TIMELINE[0].name)
    add_to_decide(summary, section)
    if not summary.to_decide and summary.to_decide is not None and is_whole(BEFORE_TIMELINE[0], summary):
        section.add_paragraph(NOTHING_TO_DECIDE, TextTone.QUIET)
    return section


def _who_and_why(summary: CaseSummary, brevity: Brevity) -> SummarySection:
    section = SummarySection("Who it is about")
    who, law, shorten = summary.identity, summary.statutory, brevity.shorten
    if who.child:
        section.add_paragraph("A child: identity restricted.", TextTone.STRONG)
    people = [f"{each.role}: {each.name}" for each in summary.responsible or ()]
    status = "" if law is None else shorten(dict.fromkeys((law.status, *(each.label for each in law.orders))), 3)
    release = "" if law is None or law.expected_release_on is None else format_day(law.expected_release_on)
    section.add_pairs(
        [
            # Who is at risk, and whom to ask, is on every page alike.
            ("Warning", USUAL.shorten(who.warning_markers, 4)),
            ("Responsible", USUAL.shorten(people, 4)),
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


def _changes(summary: CaseSummary, brevity: Brevity) -> SummarySection:
    since = f" of {format_day(summary.last_review)}" if summary.last_review else ""
    section = SummarySection(f"Changes since the last review{since}")
    lines = lines_of_changes(summary)
    shown = lines[-brevity.changes :]
    more = len(lines) - len(shown)
    section.add_list([*shown, *([f"And {more} more before these."] if more else [])])
    return section


def _no_timeline() -> list[Block]:
    section = SummarySection("Timeline")
    section.add_paragraph(NO_TIMELINE, TextTone.QUIET)
    return section.blocks()


def _in_short(summary: CaseSummary, brevity: Brevity) -> list[Block]:
    section = SummarySection("In short")
    for label, most, items_of in _LISTS:
        text = brevity.shorten(items_of(summary), most)
        if text:
            section.add_labelled(label, text)
    return [] if section.is_empty else section.blocks()


def _scores(summary: CaseSummary) -> Iterable[str]:
    return (
        f"{row.tool} {', '.join(filter(None, (row.value, row.band)))} ({format_optional_day(row.assessed_on)})"
        for row in summary.scores or ()
    )


def _safeguarding(summary: CaseSummary) -> Iterable[str]:
    return (row.text for row in summary.safeguarding or ())


def _offences(summary: CaseSummary) -> Iterable[str]:
    return (
        " ".join(filter(None, (format_optional_day(row.offence_on), row.offence, f"({row.part.lower()})")))
        for row in summary.offending or ()
    )


def _needs(summary: CaseSummary) -> Iterable[str]:
    return (f"{row.pathway} {row.need}" for row in summary.pathways or ())


def _contacts(summary: CaseSummary) -> Iterable[str]:
    rows = summary.contacts or ()
    return (f"{'' if row.at is None else row.at.words} {row.contact_type}, {row.outcome}" for row in rows)


def _offers(summary: CaseSummary) -> Iterable[str]:
    return (
        f"{row.label}: {(row.response or 'no answer yet').lower()}{'' if row.open else ', ended'}"
        for row in sorted(summary.offers or (), key=lambda each: not each.open)
    )


def _enforcement(summary: CaseSummary) -> Iterable[str]:
    rows = sorted(summary.enforcement or (), key=lambda row: row.decided_on or date.min, reverse=True)
    return (
        f"{format_optional_day(row.decided_on)} {row.decision}"
        + (f", served {format_day(row.actioned_on)}" if row.actioned_on else "")
        for row in rows
    )


def _actions(summary: CaseSummary) -> Iterable[str]:
    """Name what is still to be done; what is late or due stands with what is to be decided."""
    late = {row.due_on for row in summary.to_decide or () if row.what == "Action"}
    return (
        _describe_action(row.text, row.owner, format_optional_day(row.due_on))
        for row in summary.actions or ()
        if row.due_on not in late
    )


def _describe_action(text: str, owner: str, due: str) -> str:
    """Name an action by what its reader has of it; a copy without names has neither its words nor its owner."""
    if not text:
        return " ".join(filter(None, (owner, f"due {due}" if due else "")))
    more = ", ".join(filter(None, (owner, due)))
    return f"{text} ({more})" if more else text


def _review(summary: CaseSummary) -> Iterable[str]:
    plan = summary.plan
    return () if plan is None or plan.review_on is None else (describe_review(plan.review_on, plan.review_clock),)


_LISTS: tuple[tuple[str, int, Callable[[CaseSummary], Iterable[str]]], ...] = (
    ("Risk scores", 2, _scores),
    ("Safeguarding", 2, _safeguarding),
    ("Offences", 2, _offences),
    ("Needs", 3, _needs),
    ("Last contacts", 2, _contacts),
    ("Offers", 3, _offers),
    ("Enforcement", 2, _enforcement),
    ("Open actions", 2, _actions),
    ("Review", 1, _review),
)
"""The lists below the timeline: what each is called, how many of it are named at most, and what it names."""
