"""The sections of a case summary, in their fixed order. One that is None is not for this reader."""

from collections.abc import Sequence
from datetime import date

from ioms_desktop.domain.printing.summary import (
    NO_SANCTION_NOTICE,
    OFFER_STAYS_OPEN_NOTICE,
    Basis,
    CaseSummary,
    CurrentEngagement,
    CurrentRag,
    Identity,
    NoteLine,
    StatutoryFacts,
)
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.layout.rows import QUIET_STYLE, STRONG_STYLE, Block, TableColumn
from ioms_desktop.reports.layout.sections import NONE_RECORDED, PageSection
from ioms_desktop.reports.layout.tags import StructureElement

NEED_LABELS = ("no need", "some need", "considerable need", "severe need")
BASIS_HEADINGS = (
    (Basis.FACT, "Facts"),
    (Basis.OPINION, "Assessment: the writer's opinion"),
    (Basis.PARTICIPANT_SAYS, "What the participant says"),
    (Basis.INTELLIGENCE, "Intelligence: not established as fact"),
)


def sections_before_timeline(summary: CaseSummary, root: StructureElement) -> list[Block]:
    """Lay out the sections above the timeline: identity, responsible people, current status."""
    made = [_identity(summary.identity, root)]
    if summary.responsible is not None:
        section = PageSection(root, "Responsible")
        section.add_pairs([(each.role, each.name) for each in summary.responsible])
        made.append(section)
    if summary.statutory is not None:
        made.append(_statutory(summary.statutory, root))
    if summary.rag is not None:
        made.append(_rag(summary.rag, root))
    if summary.engagement is not None:
        made.append(_engagement(summary.engagement, root))
    return [piece for section in made for piece in section.blocks()]


def sections_after_timeline(summary: CaseSummary, root: StructureElement) -> list[Block]:
    """Lay out the sections below the timeline."""
    makers = (
        _why_on,
        _scores,
        _safeguarding,
        _offending,
        _pathways,
        _contacts,
        _offers,
        _concerns,
        _triggers,
        _enforcement,
        _meeting,
        _plan,
        _changes,
        _notes,
        _disclosures,
    )
    made = [maker(summary, root) for maker in makers]
    return [piece for section in made if section is not None for piece in section.blocks()]


def _identity(who: Identity, root: StructureElement) -> PageSection:
    section = PageSection(root, "Identity")
    if who.warning_markers:
        section.add_paragraph(f"Warning: {'; '.join(who.warning_markers)}.", STRONG_STYLE)
    if who.child:
        section.add_paragraph("A child: identity restricted. Do not name or describe so as to identify.", STRONG_STYLE)
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
        adult = f"{who.parent_or_carer or 'parent or carer not recorded'}"
        section.add_labelled("Appropriate adult", f"Needed for any interview or custody; ask first: {adult}.")
    return section


def _statutory(statutory: StatutoryFacts, root: StructureElement) -> PageSection:
    section = PageSection(root, "Statutory status")
    condition = {True: "Yes", False: "No", None: ""}[statutory.iom_licence_condition]
    final = statutory.final_third_from
    section.add_pairs(
        [
            ("Status", statutory.status or "None recorded"),
            ("IOM condition", condition),
            ("Custody", statutory.custody),
            ("Expected release", _format_optional_day(statutory.expected_release_on)),
            ("Final third", f"from {format_day(final)}: probation contact ends" if final else ""),
        ]
    )
    for order in statutory.orders:
        ends = f" to {format_day(order.ends_on)}" if order.ends_on else ", no end recorded"
        made = f"from {format_day(order.made_on)}{ends}" if order.made_on else ""
        court = f" ({order.court})" if order.court else ""
        conditions = f". Conditions: {order.conditions}" if order.conditions else ""
        section.add_labelled(order.label, f"{made}{court}{conditions}")
    return section


def _rag(rag: CurrentRag, root: StructureElement) -> PageSection:
    section = PageSection(root, "RAG now")
    if not rag.rag:
        return section
    since = f" since {format_day(rag.since)}" if rag.since else ""
    by = f", set by {rag.set_by}" if rag.set_by else ""
    reason = f" {_end_sentence(rag.reason)}" if rag.reason else ""
    basis = (
        " This rests on intelligence, not on established fact." if reason and rag.basis is Basis.INTELLIGENCE else ""
    )
    review = f" Next review due {format_day(rag.review_due)}." if rag.review_due else ""
    section.add_paragraph(f"{rag.rag}{since}{by}.{reason}{basis}{review}")
    return section


def _engagement(engagement: CurrentEngagement, root: StructureElement) -> PageSection:
    section = PageSection(root, "Engagement now")
    if engagement.level is None:
        return section
    words = f" ({engagement.words})" if engagement.words else ""
    week = f", week of {format_day(engagement.week)}" if engagement.week else ""
    by = f", rated by {engagement.rated_by}" if engagement.rated_by else ""
    section.add_paragraph(f"{engagement.level} of 5{words}{week}{by}.")
    return section


def _why_on(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.why_on is None:
        return None
    section = PageSection(root, "Why on")
    section.add_list(
        [
            _end_sentence(row.text)
            + (f" Source: {row.source}." if row.source else "")
            + (" Intelligence, not established as fact." if row.basis is Basis.INTELLIGENCE else "")
            for row in summary.why_on
        ]
    )
    return section


def _scores(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.scores is None:
        return None
    section = PageSection(root, "Risk scores")
    columns = (
        TableColumn("Tool", 3),
        TableColumn("Version", 2, optional=True),
        TableColumn("Date", 2),
        TableColumn("Value", 1.5),
        TableColumn("Band", 2),
    )
    rows = [
        (row.tool, row.version, _format_optional_day(row.assessed_on), row.value, row.band) for row in summary.scores
    ]
    section.add_table(columns, rows)
    return section


def _safeguarding(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.safeguarding is None:
        return None
    section = PageSection(root, "Safeguarding")
    for row in summary.safeguarding:
        section.add_labelled(row.subject, row.text)
    return section


def _offending(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.offending is None:
        return None
    section = PageSection(root, "Offending, last 12 months")
    columns = (
        TableColumn("Date", 1.6),
        TableColumn("Offence", 4),
        TableColumn("Part", 1.8),
        TableColumn("Outcome", 2.6),
    )
    section.add_table(
        columns,
        [(_format_optional_day(row.offence_on), row.offence, row.part, row.outcome) for row in summary.offending],
    )
    return section


def _pathways(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.pathways is None:
        return None
    section = PageSection(root, "Pathways")
    columns = (
        TableColumn("Pathway", 3.4),
        TableColumn("Need", 2.7),
        TableColumn("Status", 2.2),
        TableColumn("Owner", 2.4, optional=True),
        TableColumn("Assessed", 1.7),
    )
    rows = [
        (row.pathway, _need_label(row.level), row.status, row.owner, _format_optional_day(row.assessed_on))
        for row in summary.pathways
    ]
    section.add_table(columns, rows)
    return section


def _contacts(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.contacts is None:
        return None
    section = PageSection(root, "Last contacts")
    columns = (
        TableColumn("When", 2.3),
        TableColumn("Contact", 3.2),
        TableColumn("Outcome", 3),
        TableColumn("Minutes", 1.1),
        TableColumn("Worker", 2.6),
    )
    rows = []
    for row in summary.contacts:
        at = (
            ""
            if row.at is None
            else format_day(row.at.on) + (f", {row.at.local_time:%H:%M}" if row.at.local_time else "")
        )
        rows.append((at, row.contact_type, row.outcome, "" if row.minutes is None else str(row.minutes), row.worker))
    section.add_table(columns, rows)
    return section


def _offers(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.offers is None:
        return None
    section = PageSection(root, "Support offers")
    columns = (
        TableColumn("Offer", 3),
        TableColumn("By", 3),
        TableColumn("Made", 1.8),
        TableColumn("Response", 3),
        TableColumn("State", 1.2),
    )
    rows = []
    for row in summary.offers:
        on = f", {format_day(row.responded_on)}" if row.responded_on else ""
        state = "open" if row.open else "ended"
        rows.append(
            (
                row.label,
                row.provider,
                _format_optional_day(row.offered_on),
                f"{row.response or 'no answer yet'}{on}",
                state,
            )
        )
    section.add_table(columns, rows)
    return section


def _concerns(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.concerns is None:
        return None
    section = PageSection(root, "Concerns")
    columns = (
        TableColumn("Date", 1.6),
        TableColumn("Concern", 3),
        TableColumn("Summary", 4.2, optional=True),
        TableColumn("Grade", 1.4, optional=True),
    )
    section.add_table(
        columns,
        [(_format_optional_day(row.occurred_on), row.label, row.summary, row.grade) for row in summary.concerns],
    )
    return section


def _triggers(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.triggers is None:
        return None
    section = PageSection(root, "Triggers")
    columns = (
        TableColumn("Raised", 1.6),
        TableColumn("What was seen, and why it counts", 5.6),
        TableColumn("Clock", 2.8),
    )
    section.add_table(
        columns,
        [(_format_optional_day(row.raised_on), row.explanation or row.label, row.clock) for row in summary.triggers],
    )
    if summary.triggers:
        section.add_paragraph(f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}", QUIET_STYLE)
    return section


def _enforcement(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.enforcement is None:
        return None
    section = PageSection(root, "Enforcement to date")
    columns = (
        TableColumn("Decided", 1.6),
        TableColumn("Decision", 2.5),
        TableColumn("Why, and what was told", 4.7),
        TableColumn("Served", 1.6),
    )
    rows = []
    for row in summary.enforcement:
        told = f"Told: {_end_sentence(row.told)}" if row.told else ""
        by = f"Authorised by {row.authorised_by}." if row.authorised_by else ""
        why = " ".join(part for part in (_end_sentence(row.reason), told, by) if part)
        rows.append(
            (
                _format_optional_day(row.decided_on),
                row.decision,
                why,
                _format_optional_day(row.actioned_on) or "not yet",
            )
        )
    section.add_table(columns, rows)
    section.add_paragraph(f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}", QUIET_STYLE)
    return section


def _meeting(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.meeting is None and summary.actions is None:
        return None
    section = PageSection(root, "Last meeting and open actions")
    meeting = summary.meeting
    if meeting is not None and (meeting.name or meeting.held_on):
        held = f" of {format_day(meeting.held_on)}" if meeting.held_on else ""
        outcome = f" {_end_sentence(meeting.outcome)}" if meeting.outcome else ""
        section.add_paragraph(f"{meeting.name or 'Meeting'}{held}.{outcome}")
    else:
        section.add_paragraph("No meeting recorded.", QUIET_STYLE)
    if not summary.actions:
        section.add_labelled("Open actions", NONE_RECORDED)
        return section
    columns = (
        TableColumn("Action", 4.4),
        TableColumn("Owner", 2.2),
        TableColumn("Due", 1.6),
        TableColumn("State", 2.2),
    )
    section.add_table(
        columns, [(row.text, row.owner, _format_optional_day(row.due_on), row.state) for row in summary.actions]
    )
    return section


def _plan(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.plan is None:
        return None
    section = PageSection(root, "Plan and review")
    section.add_paragraph(summary.plan.text or "No plan recorded.")
    review = summary.plan.review_on
    section.add_paragraph(f"Next review {format_day(review)}." if review else "No review date recorded.")
    return section


def _changes(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.changes is None:
        return None
    since = f" of {format_day(summary.last_review)}" if summary.last_review else ""
    section = PageSection(root, f"Changed since the last review{since}")
    section.add_list(
        [
            f"{_format_optional_day(row.on)}: {_end_sentence(row.text)}" if row.on else _end_sentence(row.text)
            for row in summary.changes
        ]
    )
    return section


def _notes(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.notes is None:
        return None
    section = PageSection(root, "Notes: facts and assessments apart")
    for basis, heading in BASIS_HEADINGS:
        notes = [note for note in summary.notes if note.basis is basis]
        if notes:
            section.add_subheading(heading)
            _add_notes(section, notes)
    return section


def _add_notes(section: PageSection, notes: Sequence[NoteLine]) -> None:
    for note in notes:
        section.add_labelled(
            "\n".join(part for part in (_format_optional_day(note.on), note.author) if part), note.text
        )


def _disclosures(summary: CaseSummary, root: StructureElement) -> PageSection | None:
    if summary.disclosures is None:
        return None
    section = PageSection(root, "Disclosed to")
    columns = (TableColumn("Date", 1.6), TableColumn("To", 3), TableColumn("What", 4), TableColumn("Power", 2.6))
    section.add_table(
        columns, [(_format_optional_day(row.on), row.recipient, row.what, row.power) for row in summary.disclosures]
    )
    return section


def _need_label(level: int | None) -> str:
    return "" if level is None else f"{level}, {NEED_LABELS[level]}"


def _format_optional_day(on: date | None) -> str:
    return "" if on is None else format_day(on)


def _end_sentence(words: str) -> str:
    """End a text as a sentence."""
    words = words.strip()
    return words if not words or words[-1] in ".!?" else f"{words}."
