"""The order of a case summary, and what is said of sections in which there is nothing, or nothing for this reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ioms_desktop.domain.policy.decisions import NO_SANCTION_NOTICE, OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.allow_lists import SHARED_SECTIONS, allow_list_of
from ioms_desktop.domain.printing.decide_lines import ToDecideLine
from ioms_desktop.domain.printing.oversight_lines import ContactCountLine, DeliveryLine, OversightLine
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.reports.case_summary import case_sections as case
from ioms_desktop.reports.case_summary import status_sections as status
from ioms_desktop.reports.case_summary.summary_section import SummarySection
from ioms_desktop.reports.document.description import Block, Heading, Paragraph, Run, TextTone

NONE_RECORDED = "None recorded"
IN_PART = "Only in part, whether or not there is more"
NOT_SHARED = "Not on this copy, whether or not there is any"
NOTHING_TO_DECIDE = "Nothing is late and nothing waits for a decision."
CLOSING = "What is not in this summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionKind:
    """A section in its place.

    Attributes:
        name: Its heading.
        field: The field of the summary that it prints.
        kind: The kind of fact in that field, of which its reader may have all rows or some.
        fill: Adds what there is.
        main: The fields of the kind any of which alone is printed, so that only who has them all may know that there is
            nothing; empty where the kind is a row of several.
        programme: The programme that has it; empty for both.
        enforces: Whether it mentions enforcement, so that the notices of the policy stand beside it.
        told_when_empty: Whether its absence is told among what is not recorded.
    """

    name: str
    field: str
    kind: type
    fill: Callable[[CaseSummary, SummarySection], None]
    main: str = ""
    programme: str = ""
    enforces: bool = False
    told_when_empty: bool = True


BEFORE_TIMELINE = (
    SectionKind(name="To decide today", field="to_decide", kind=ToDecideLine, fill=case.add_to_decide),
    SectionKind(
        name="Identity", field="identity", kind=facts.Identity, fill=status.add_identity, told_when_empty=False
    ),
    SectionKind(name="Responsible", field="responsible", kind=facts.ResponsiblePerson, fill=status.add_responsible),
    SectionKind(
        name="Statutory status",
        field="statutory",
        kind=facts.StatutoryFacts,
        fill=status.add_statutory,
        main="status iom_licence_condition custody expected_release_on final_third_from orders",
    ),
    SectionKind(name="Reason for selection", field="why_on", kind=facts.ProgrammeReason, fill=case.add_why_on),
    SectionKind(
        name="RAG now", field="rag", kind=facts.CurrentRag, fill=status.add_rag, main="rag review_due", programme="IOM"
    ),
    SectionKind(
        name="Engagement now",
        field="engagement",
        kind=facts.CurrentEngagement,
        fill=status.add_engagement,
        main="level",
        programme="PHOENIX",
    ),
    SectionKind(name="Changes since the last review", field="changes", kind=facts.ChangeLine, fill=case.add_changes),
)
"""What is to be decided, who it is about, why they are on, where things stand and what has changed."""

AFTER_TIMELINE = (
    SectionKind(name="Risk scores", field="scores", kind=facts.ScoreLine, fill=case.add_scores),
    SectionKind(name="Safeguarding", field="safeguarding", kind=facts.SafeguardingLine, fill=case.add_safeguarding),
    SectionKind(
        name="MAPPA, victim contact and groups", field="protection", kind=facts.ProtectionLine, fill=case.add_protection
    ),
    SectionKind(
        name="Recorded offences, last 12 months", field="offending", kind=facts.OffenceLine, fill=case.add_offending
    ),
    SectionKind(name="Pathways", field="pathways", kind=facts.PathwayLine, fill=case.add_pathways),
    SectionKind(name="Last contacts", field="contacts", kind=facts.ContactLine, fill=case.add_contacts),
    SectionKind(
        name="Contacts by agency and purpose",
        field="contact_counts",
        kind=ContactCountLine,
        fill=case.add_contact_counts,
        told_when_empty=False,
    ),
    SectionKind(name="Support offers", field="offers", kind=facts.OfferLine, fill=case.add_offers),
    SectionKind(name="Concerns", field="concerns", kind=facts.ConcernLine, fill=case.add_concerns),
    SectionKind(name="Alerts", field="triggers", kind=facts.TriggerLine, fill=case.add_triggers, enforces=True),
    SectionKind(
        name="Enforcement to date",
        field="enforcement",
        kind=facts.EnforcementLine,
        fill=case.add_enforcement,
        enforces=True,
    ),
    SectionKind(
        name="Letters delivered",
        field="deliveries",
        kind=DeliveryLine,
        fill=case.add_deliveries,
        told_when_empty=False,
        enforces=True,  # a warning is among them
    ),
    SectionKind(name="Last meeting", field="meeting", kind=facts.Meeting, fill=case.add_meeting, main="name held_on"),
    SectionKind(name="Open actions", field="actions", kind=facts.ActionLine, fill=case.add_actions),
    SectionKind(name="Plan and review", field="plan", kind=facts.PlanLine, fill=case.add_plan, main="text review_on"),
    SectionKind(
        name="Oversight", field="oversight", kind=OversightLine, fill=case.add_oversight, told_when_empty=False
    ),
    SectionKind(name="Disclosed to", field="disclosures", kind=facts.DisclosureLine, fill=case.add_disclosures),
    SectionKind(name="Notes: facts and assessments apart", field="notes", kind=facts.NoteLine, fill=case.add_notes),
)
"""What follows the timeline, in the order of the field."""


def compose(summary: CaseSummary, timeline: Sequence[Block]) -> list[Block]:
    """Return everything below the masthead: the sections in order, and in a line each what is not there.

    The notices of the policy are given once, in the last section that mentions enforcement; where there is none, at
    the end.
    """
    filled = [(each, _fill(each, summary)) for each in (*BEFORE_TIMELINE, *AFTER_TIMELINE)]
    enforcing = [each for each, section in filled if each.enforces and not section.is_empty]
    if enforcing:
        last = next(section for each, section in filled if each is enforcing[-1])
        last.add_paragraph(notices(summary), TextTone.QUIET)
    if not summary.to_decide and is_whole(BEFORE_TIMELINE[0], summary):
        filled[0][1].add_paragraph(NOTHING_TO_DECIDE, TextTone.QUIET)
    blocks: list[Block] = []
    for each, section in filled:
        if each is AFTER_TIMELINE[0]:
            blocks += timeline
        if not section.is_empty:
            blocks += section.blocks()
    return [*blocks, *closing(summary, [each for each, _ in filled], said=bool(enforcing))]


def notices(summary: CaseSummary) -> str:
    """Return what is said beside enforcement: to somebody whom the reader knows to be dead nothing is offered."""
    if summary.programme.died or summary.programme.tells_death:
        return NO_SANCTION_NOTICE
    return f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}"


def _fill(each: SectionKind, summary: CaseSummary) -> SummarySection:
    section = SummarySection(each.name)
    if getattr(summary, each.field) is not None:
        each.fill(summary, section)
    return section


def closing(summary: CaseSummary, kinds: Sequence[SectionKind], *, said: bool) -> list[Block]:
    """Name what is not recorded, where the reader may know that, and what its reader may not have, whatever there is.

    Args:
        summary: What is printed.
        kinds: The sections of the form that is printed.
        said: Whether the notices of the policy were given.
    """
    here = [each for each in kinds if each.programme in {"", summary.programme.code}]
    none = [
        each.name
        for each in here
        if each.told_when_empty
        and _fill(each, summary).is_empty
        and getattr(summary, each.field) is not None
        and is_whole(each, summary)
        and each is not BEFORE_TIMELINE[0]
    ]
    given = allow_list_of(summary.about)
    others = [] if given.whole else [each for each in here if each.field in SHARED_SECTIONS]
    in_part = [each.name for each in others if _is_shared(each, summary) and not is_whole(each, summary)]
    withheld = [each.name for each in others if not _is_shared(each, summary)]
    blocks: list[Block] = []
    for said_of, names in ((NONE_RECORDED, none), (IN_PART, in_part), (NOT_SHARED, withheld)):
        if names:
            blocks.append(Paragraph((Run(f"{said_of}: ", TextTone.STRONG), Run(f"{'; '.join(names)}."))))
    if not said:
        blocks.append(Paragraph(notices(summary), TextTone.QUIET))
    return [Heading(CLOSING), *blocks] if blocks else []


def is_whole(each: SectionKind, summary: CaseSummary) -> bool:
    """Whether the reader may have all of a section, so that they may know that there is nothing in it."""
    given = allow_list_of(summary.about)
    if not _is_shared(each, summary) or given.withholds_rows(each.kind):
        return False
    return all(given.shares(each.kind, name) for name in each.main.split())


def _is_shared(each: SectionKind, summary: CaseSummary) -> bool:
    """Whether the reader has a section, or something of it."""
    return allow_list_of(summary.about).shares(CaseSummary, each.field)
