"""The sections above the timeline: who the person is, who is responsible, and how things are now."""

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.redaction import shares_field
from ioms_desktop.domain.printing.summary import (
    Basis,
    CaseSummary,
    CurrentEngagement,
    CurrentRag,
    Identity,
    ResponsiblePerson,
    StatutoryFacts,
)
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.phrases import end_sentence, format_optional_day, sharing_of
from ioms_desktop.reports.case_summary.summary_section import NONE_RECORDED, Sharing, SummarySection
from ioms_desktop.reports.document.description import Block, TextTone


def sections_before_timeline(summary: CaseSummary) -> list[Block]:
    """Return the sections above the timeline: identity, responsible people, current status."""
    audience = summary.about.audience
    made = [_identity(summary.identity, audience)]
    if summary.responsible is not None:
        section = SummarySection("Responsible", sharing_of(audience, ResponsiblePerson))
        section.add_pairs([(each.role, each.name) for each in summary.responsible])
        made.append(section)
    if summary.statutory is not None:
        made.append(_statutory(summary.statutory, audience))
    if summary.rag is not None:
        made.append(_rag(summary.rag, audience))
    if summary.engagement is not None:
        made.append(_engagement(summary.engagement, audience))
    return [piece for section in made for piece in section.blocks()]


def _identity(who: Identity, audience: Audience) -> SummarySection:
    section = SummarySection("Identity", sharing_of(audience, Identity))
    if who.warning_markers:
        section.add_paragraph(f"Warning: {'; '.join(who.warning_markers)}.", TextTone.STRONG)
    if who.child:
        section.add_paragraph(
            "A child: identity restricted. Do not name or describe so as to identify.", TextTone.STRONG
        )
    section.add_pairs(
        [
            ("Also known as", who.known_as),
            ("Sex", who.sex),
            ("PNC ID", who.pnc_id),
            ("CRO number", who.cro_number),
            ("CRN", who.crn),
            ("Prison number", who.prison_number),
            ("Niche ID", who.niche_id),
            ("Telephone", who.phone),
            ("Languages", who.languages),
            ("Communication", who.communication_needs),
            ("Address", who.address),
            ("Parent or carer", who.parent_or_carer),
            *((detail.label, detail.text) for detail in who.details),
        ]
    )
    if who.child:
        known = shares_field(audience, Identity, "parent_or_carer")
        adult = who.parent_or_carer or f"parent or carer{' not recorded' if known else ''}"
        section.add_labelled("Appropriate adult", f"Needed for any interview or custody; ask first: {adult}.")
    return section


def _statutory(statutory: StatutoryFacts, audience: Audience) -> SummarySection:
    section = SummarySection("Statutory status", sharing_of(audience, StatutoryFacts))
    unknown = NONE_RECORDED if shares_field(audience, StatutoryFacts, "status") else ""
    condition = {True: "Yes", False: "No", None: ""}[statutory.iom_licence_condition]
    final = statutory.final_third_from
    section.add_pairs(
        [
            ("Status", statutory.status or unknown),
            ("IOM condition", condition),
            ("Custody", statutory.custody),
            ("Expected release", format_optional_day(statutory.expected_release_on)),
            ("Final third", f"from {format_day(final)}: probation contact ends" if final else ""),
        ]
    )
    for order in statutory.orders:
        ends = f" to {format_day(order.ends_on)}" if order.ends_on else ", no end recorded"
        early = f", {order.ended[0].lower()}{order.ended[1:]}" if order.ended else ""
        made = f"from {format_day(order.made_on)}{ends}{early}" if order.made_on else ""
        court = f" ({order.court})" if order.court else ""
        conditions = f". Conditions: {order.conditions}" if order.conditions else ""
        section.add_labelled(order.label, f"{made}{court}{conditions}")
    return section


def _rag(rag: CurrentRag, audience: Audience) -> SummarySection:
    section = SummarySection("RAG now", _sharing_of_state(audience, CurrentRag, "rag"))
    if not rag.rag:
        return section
    since = f" since {format_day(rag.since)}" if rag.since else ""
    by = f", set by {rag.set_by}" if rag.set_by else ""
    reason = f" {end_sentence(rag.reason)}" if rag.reason else ""
    basis = (
        " This rests on intelligence, not on established fact." if reason and rag.basis is Basis.INTELLIGENCE else ""
    )
    review = f" Next review due {format_day(rag.review_due)}." if rag.review_due else ""
    section.add_paragraph(f"{rag.rag}{since}{by}.{reason}{basis}{review}")
    return section


def _engagement(engagement: CurrentEngagement, audience: Audience) -> SummarySection:
    section = SummarySection("Engagement now", _sharing_of_state(audience, CurrentEngagement, "level"))
    if engagement.level is None:
        return section
    words = f" ({engagement.words})" if engagement.words else ""
    week = f", week of {format_day(engagement.week)}" if engagement.week else ""
    by = f", rated by {engagement.rated_by}" if engagement.rated_by else ""
    section.add_paragraph(f"{engagement.level} of 5{words}{week}{by}.")
    return section


def _sharing_of_state(audience: Audience, kind: type, name: str) -> Sharing:
    """How much an audience may have of a state, which is recorded where its main field is: the others belong to it."""
    return Sharing.WHOLE if shares_field(audience, kind, name) else Sharing.SOME_FIELDS
