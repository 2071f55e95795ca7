"""The sections of a case summary, in their fixed order. A section that is None is not for this reader."""

from collections.abc import Sequence
from datetime import date

from ioms_desktop.domain.printing.summary import (
    NO_SANCTION,
    OFFER_STAYS_OPEN,
    Basis,
    CaseSummary,
    EngagementNow,
    Identity,
    NoteLine,
    RagNow,
    Statutory,
)
from ioms_desktop.domain.text_format import day_words
from ioms_desktop.reports.layout.rows import QUIET, STRONG, Column, Piece
from ioms_desktop.reports.layout.sections import NONE_RECORDED, Section
from ioms_desktop.reports.layout.tags import Element

NEED = ("no need", "some need", "considerable need", "severe need")
BASES = (
    (Basis.FACT, "Facts"),
    (Basis.OPINION, "Assessment: the writer's opinion"),
    (Basis.PARTICIPANT_SAYS, "What the participant says"),
    (Basis.INTELLIGENCE, "Intelligence: not established as fact"),
)


def sections_before(summary: CaseSummary, root: Element) -> list[Piece]:
    """Lay out what stands above the timeline: who it is, who is responsible, where things stand."""
    made = [_identity(summary.identity, root)]
    if summary.responsible is not None:
        section = Section(root, "Responsible")
        section.pairs([(each.role, each.name) for each in summary.responsible])
        made.append(section)
    if summary.statutory is not None:
        made.append(_statutory(summary.statutory, root))
    if summary.rag is not None:
        made.append(_rag(summary.rag, root))
    if summary.engagement is not None:
        made.append(_engagement(summary.engagement, root))
    return [piece for section in made for piece in section.pieces()]


def sections_after(summary: CaseSummary, root: Element) -> list[Piece]:
    """Lay out what stands below the timeline."""
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
    return [piece for section in made if section is not None for piece in section.pieces()]


def _identity(who: Identity, root: Element) -> Section:
    section = Section(root, "Identity")
    if who.warning_markers:
        section.say(f"Warning: {'; '.join(who.warning_markers)}.", STRONG)
    if who.child:
        section.say("A child: identity restricted. Do not name or describe so as to identify.", STRONG)
    section.pairs(
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
        ]
    )
    if who.child:
        adult = f"{who.parent_or_carer or 'parent or carer not recorded'}"
        section.labelled("Appropriate adult", f"Needed for any interview or custody; ask first: {adult}.")
    return section


def _statutory(statutory: Statutory, root: Element) -> Section:
    section = Section(root, "Statutory status")
    condition = {True: "Yes", False: "No", None: ""}[statutory.iom_licence_condition]
    final = statutory.final_third_from
    section.pairs(
        [
            ("Status", statutory.status or "None recorded"),
            ("IOM condition", condition),
            ("Custody", statutory.custody),
            ("Expected release", _day(statutory.expected_release_on)),
            ("Final third", f"from {day_words(final)}: probation contact ends" if final else ""),
        ]
    )
    for order in statutory.orders:
        ends = f" to {day_words(order.ends_on)}" if order.ends_on else ", no end recorded"
        made = f"from {day_words(order.made_on)}{ends}" if order.made_on else ""
        court = f" ({order.court})" if order.court else ""
        conditions = f". Conditions: {order.conditions}" if order.conditions else ""
        section.labelled(order.label, f"{made}{court}{conditions}")
    return section


def _rag(rag: RagNow, root: Element) -> Section:
    section = Section(root, "RAG now")
    if not rag.rag:
        return section
    since = f" since {day_words(rag.since)}" if rag.since else ""
    by = f", set by {rag.set_by}" if rag.set_by else ""
    reason = f" {_sentence(rag.reason)}" if rag.reason else ""
    basis = (
        " This rests on intelligence, not on established fact." if reason and rag.basis is Basis.INTELLIGENCE else ""
    )
    review = f" Next review due {day_words(rag.review_due)}." if rag.review_due else ""
    section.say(f"{rag.rag}{since}{by}.{reason}{basis}{review}")
    return section


def _engagement(engagement: EngagementNow, root: Element) -> Section:
    section = Section(root, "Engagement now")
    if engagement.level is None:
        return section
    words = f" ({engagement.words})" if engagement.words else ""
    week = f", week of {day_words(engagement.week)}" if engagement.week else ""
    by = f", rated by {engagement.rated_by}" if engagement.rated_by else ""
    section.say(f"{engagement.level} of 5{words}{week}{by}.")
    return section


def _why_on(summary: CaseSummary, root: Element) -> Section | None:
    if summary.why_on is None:
        return None
    section = Section(root, "Why on")
    section.listed(
        [
            _sentence(row.text)
            + (f" Source: {row.source}." if row.source else "")
            + (" Intelligence, not established as fact." if row.basis is Basis.INTELLIGENCE else "")
            for row in summary.why_on
        ]
    )
    return section


def _scores(summary: CaseSummary, root: Element) -> Section | None:
    if summary.scores is None:
        return None
    section = Section(root, "Risk scores")
    columns = (
        Column("Tool", 3),
        Column("Version", 2, optional=True),
        Column("Date", 2),
        Column("Value", 1.5),
        Column("Band", 2),
    )
    rows = [(row.tool, row.version, _day(row.assessed_on), row.value, row.band) for row in summary.scores]
    section.table(columns, rows)
    return section


def _safeguarding(summary: CaseSummary, root: Element) -> Section | None:
    if summary.safeguarding is None:
        return None
    section = Section(root, "Safeguarding")
    for row in summary.safeguarding:
        section.labelled(row.subject, row.text)
    return section


def _offending(summary: CaseSummary, root: Element) -> Section | None:
    if summary.offending is None:
        return None
    section = Section(root, "Offending, last 12 months")
    columns = (Column("Date", 1.6), Column("Offence", 4), Column("Part", 1.8), Column("Outcome", 2.6))
    section.table(columns, [(_day(row.offence_on), row.offence, row.part, row.outcome) for row in summary.offending])
    return section


def _pathways(summary: CaseSummary, root: Element) -> Section | None:
    if summary.pathways is None:
        return None
    section = Section(root, "Pathways")
    columns = (
        Column("Pathway", 3.4),
        Column("Need", 2.7),
        Column("Status", 2.2),
        Column("Owner", 2.4, optional=True),
        Column("Assessed", 1.7),
    )
    rows = [(row.pathway, _need(row.level), row.status, row.owner, _day(row.assessed_on)) for row in summary.pathways]
    section.table(columns, rows)
    return section


def _contacts(summary: CaseSummary, root: Element) -> Section | None:
    if summary.contacts is None:
        return None
    section = Section(root, "Last contacts")
    columns = (
        Column("When", 2.3),
        Column("Contact", 3.2),
        Column("Outcome", 3),
        Column("Minutes", 1.1),
        Column("Worker", 2.6),
    )
    rows = []
    for row in summary.contacts:
        at = "" if row.at is None else day_words(row.at.on) + (f", {row.at.at:%H:%M}" if row.at.at else "")
        rows.append((at, row.contact_type, row.outcome, "" if row.minutes is None else str(row.minutes), row.worker))
    section.table(columns, rows)
    return section


def _offers(summary: CaseSummary, root: Element) -> Section | None:
    if summary.offers is None:
        return None
    section = Section(root, "Support offers")
    columns = (Column("Offer", 3), Column("By", 3), Column("Made", 1.8), Column("Response", 3), Column("State", 1.2))
    rows = []
    for row in summary.offers:
        on = f", {day_words(row.responded_on)}" if row.responded_on else ""
        state = "open" if row.open else "ended"
        rows.append((row.label, row.provider, _day(row.offered_on), f"{row.response or 'no answer yet'}{on}", state))
    section.table(columns, rows)
    return section


def _concerns(summary: CaseSummary, root: Element) -> Section | None:
    if summary.concerns is None:
        return None
    section = Section(root, "Concerns")
    columns = (
        Column("Date", 1.6),
        Column("Concern", 3),
        Column("Summary", 4.2, optional=True),
        Column("Grade", 1.4, optional=True),
    )
    section.table(columns, [(_day(row.occurred_on), row.label, row.summary, row.grade) for row in summary.concerns])
    return section


def _triggers(summary: CaseSummary, root: Element) -> Section | None:
    if summary.triggers is None:
        return None
    section = Section(root, "Triggers")
    columns = (Column("Raised", 1.6), Column("What was seen, and why it counts", 5.6), Column("Clock", 2.8))
    section.table(columns, [(_day(row.raised_on), row.explanation or row.label, row.clock) for row in summary.triggers])
    if summary.triggers:
        section.say(f"{OFFER_STAYS_OPEN} {NO_SANCTION}", QUIET)
    return section


def _enforcement(summary: CaseSummary, root: Element) -> Section | None:
    if summary.enforcement is None:
        return None
    section = Section(root, "Enforcement to date")
    columns = (
        Column("Decided", 1.6),
        Column("Decision", 2.5),
        Column("Why, and what was told", 4.7),
        Column("Served", 1.6),
    )
    rows = []
    for row in summary.enforcement:
        told = f"Told: {_sentence(row.told)}" if row.told else ""
        by = f"Authorised by {row.authorised_by}." if row.authorised_by else ""
        why = " ".join(part for part in (_sentence(row.reason), told, by) if part)
        rows.append((_day(row.decided_on), row.decision, why, _day(row.actioned_on) or "not yet"))
    section.table(columns, rows)
    section.say(f"{OFFER_STAYS_OPEN} {NO_SANCTION}", QUIET)
    return section


def _meeting(summary: CaseSummary, root: Element) -> Section | None:
    if summary.meeting is None and summary.actions is None:
        return None
    section = Section(root, "Last meeting and open actions")
    meeting = summary.meeting
    if meeting is not None and (meeting.name or meeting.held_on):
        held = f" of {day_words(meeting.held_on)}" if meeting.held_on else ""
        outcome = f" {_sentence(meeting.outcome)}" if meeting.outcome else ""
        section.say(f"{meeting.name or 'Meeting'}{held}.{outcome}")
    else:
        section.say("No meeting recorded.", QUIET)
    if not summary.actions:
        section.labelled("Open actions", NONE_RECORDED)
        return section
    columns = (Column("Action", 4.4), Column("Owner", 2.2), Column("Due", 1.6), Column("State", 2.2))
    section.table(columns, [(row.text, row.owner, _day(row.due_on), row.state) for row in summary.actions])
    return section


def _plan(summary: CaseSummary, root: Element) -> Section | None:
    if summary.plan is None:
        return None
    section = Section(root, "Plan and review")
    section.say(summary.plan.text or "No plan recorded.")
    review = summary.plan.review_on
    section.say(f"Next review {day_words(review)}." if review else "No review date recorded.")
    return section


def _changes(summary: CaseSummary, root: Element) -> Section | None:
    if summary.changes is None:
        return None
    since = f" of {day_words(summary.last_review)}" if summary.last_review else ""
    section = Section(root, f"Changed since the last review{since}")
    section.listed(
        [f"{_day(row.on)}: {_sentence(row.text)}" if row.on else _sentence(row.text) for row in summary.changes]
    )
    return section


def _notes(summary: CaseSummary, root: Element) -> Section | None:
    if summary.notes is None:
        return None
    section = Section(root, "Notes: facts and assessments apart")
    for basis, heading in BASES:
        notes = [note for note in summary.notes if note.basis is basis]
        if notes:
            section.subheading(heading)
            _written(section, notes)
    return section


def _written(section: Section, notes: Sequence[NoteLine]) -> None:
    for note in notes:
        section.labelled("\n".join(part for part in (_day(note.on), note.author) if part), note.text)


def _disclosures(summary: CaseSummary, root: Element) -> Section | None:
    if summary.disclosures is None:
        return None
    section = Section(root, "Disclosed to")
    columns = (Column("Date", 1.6), Column("To", 3), Column("What", 4), Column("Power", 2.6))
    section.table(columns, [(_day(row.on), row.recipient, row.what, row.power) for row in summary.disclosures])
    return section


def _need(level: int | None) -> str:
    return "" if level is None else f"{level}, {NEED[level]}"


def _day(on: date | None) -> str:
    return "" if on is None else day_words(on)


def _sentence(words: str) -> str:
    """End a text as a sentence."""
    words = words.strip()
    return words if not words or words[-1] in ".!?" else f"{words}."
