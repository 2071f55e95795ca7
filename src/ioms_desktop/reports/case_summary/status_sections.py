"""Who the person is, who is responsible, and how things are now."""

from ioms_desktop.domain.printing.redaction import shares_field
from ioms_desktop.domain.printing.summary import Basis, CaseSummary, Identity, StatutoryFacts
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.phrases import describe_review, end_sentence, format_optional_day
from ioms_desktop.reports.case_summary.summary_section import SummarySection
from ioms_desktop.reports.document.description import TextTone


def add_identity(summary: CaseSummary, section: SummarySection) -> None:
    """Say who the person is."""
    who = summary.identity
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
        known = shares_field(summary.about, Identity, "parent_or_carer")
        adult = who.parent_or_carer or f"parent or carer{' not recorded' if known else ''}"
        section.add_labelled("Appropriate adult", f"Needed for any interview or custody; ask first: {adult}.")


def add_responsible(summary: CaseSummary, section: SummarySection) -> None:
    """Say who works with the person."""
    section.add_pairs([(each.role, each.name) for each in summary.responsible or ()])


def add_statutory(summary: CaseSummary, section: SummarySection) -> None:
    """Say what the courts and prisons say."""
    statutory = summary.statutory or StatutoryFacts()
    condition = {True: "Yes", False: "No", None: ""}[statutory.iom_licence_condition]
    final = statutory.final_third_from
    section.add_pairs(
        [
            ("Status", statutory.status),
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


def add_rag(summary: CaseSummary, section: SummarySection) -> None:
    """Say the present colour, since when and why, and when it is reviewed."""
    rag = summary.rag
    if rag is None or not (rag.rag or rag.review_due):
        return
    since = f" since {format_day(rag.since)}" if rag.since else ""
    by = f", set by {rag.set_by}" if rag.set_by else ""
    reason = f" {end_sentence(rag.reason)}" if rag.reason else ""
    basis = (
        " This rests on intelligence, not on established fact." if reason and rag.basis is Basis.INTELLIGENCE else ""
    )
    review = f" {describe_review(rag.review_due, rag.review_clock)}" if rag.review_due else ""
    section.add_paragraph((f"{rag.rag}{since}{by}.{reason}{basis}" if rag.rag else "") + review)


def add_engagement(summary: CaseSummary, section: SummarySection) -> None:
    """Say how the person engages, by the latest weekly rating."""
    engagement = summary.engagement
    if engagement is None or engagement.level is None:
        return
    words = f" ({engagement.words})" if engagement.words else ""
    week = f", week of {format_day(engagement.week)}" if engagement.week else ""
    by = f", rated by {engagement.rated_by}" if engagement.rated_by else ""
    section.add_paragraph(f"{engagement.level} of 5{words}{week}{by}.")
