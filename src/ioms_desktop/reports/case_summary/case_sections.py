"""The sections below the timeline, in their fixed order. One that is None is not for this reader."""

from collections.abc import Sequence

from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.oversight_lines import ContactCountLine, OversightLine
from ioms_desktop.domain.printing.redaction import shares_field
from ioms_desktop.domain.printing.summary import (
    NO_SANCTION_NOTICE,
    OFFER_STAYS_OPEN_NOTICE,
    Basis,
    CaseSummary,
    NoteLine,
)
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.phrases import end_sentence, format_optional_day, sharing_of
from ioms_desktop.reports.case_summary.summary_section import (
    NONE_RECORDED,
    NOT_SHARED_FIELD,
    Sharing,
    SummarySection,
)
from ioms_desktop.reports.document.description import Block, Run, TableColumn, TextTone

BASIS_HEADINGS = (
    (Basis.FACT, "Facts"),
    (Basis.OPINION, "Assessment: the writer's opinion"),
    (Basis.PARTICIPANT_SAYS, "What the participant says"),
    (Basis.INTELLIGENCE, "Intelligence: not established as fact"),
)


def sections_after_timeline(summary: CaseSummary) -> list[Block]:
    """Return the sections below the timeline."""
    makers = (
        _why_on,
        _scores,
        _safeguarding,
        _protection,
        _offending,
        _pathways,
        _contacts,
        _contact_counts,
        _offers,
        _concerns,
        _triggers,
        _enforcement,
        _meeting,
        _plan,
        _oversight,
        _changes,
        _notes,
        _disclosures,
    )
    made = [maker(summary) for maker in makers]
    return [piece for section in made if section is not None for piece in section.blocks()]


def _why_on(summary: CaseSummary) -> SummarySection | None:
    if summary.why_on is None:
        return None
    section = SummarySection("Reason for selection", _sharing(summary, facts.ProgrammeReason))
    section.add_list(
        [
            end_sentence(row.text)
            + (f" Source: {row.source}." if row.source else "")
            + (" Intelligence, not established as fact." if row.basis is Basis.INTELLIGENCE else "")
            for row in summary.why_on
        ]
    )
    return section


def _scores(summary: CaseSummary) -> SummarySection | None:
    if summary.scores is None:
        return None
    section = SummarySection("Risk scores", _sharing(summary, facts.ScoreLine))
    columns = (
        TableColumn("Tool", 3),
        TableColumn("Version", 2, optional=True),
        TableColumn("Date", 2),
        TableColumn("Value", 1.5),
        TableColumn("Band", 2),
    )
    rows = [
        (row.tool, row.version, format_optional_day(row.assessed_on), row.value, row.band) for row in summary.scores
    ]
    section.add_table(columns, rows)
    return section


def _safeguarding(summary: CaseSummary) -> SummarySection | None:
    if summary.safeguarding is None:
        return None
    section = SummarySection("Safeguarding", _sharing(summary, facts.SafeguardingLine))
    for row in summary.safeguarding:
        section.add_labelled(row.subject, row.text)
    return section


def _protection(summary: CaseSummary) -> SummarySection | None:
    if summary.protection is None:
        return None
    section = SummarySection("MAPPA, victim contact and group responses", _sharing(summary, facts.ProtectionLine))
    for row in summary.protection:
        section.add_labelled(row.subject, row.text)
    return section


def _offending(summary: CaseSummary) -> SummarySection | None:
    if summary.offending is None:
        return None
    section = SummarySection("Recorded offences, last 12 months", _sharing(summary, facts.OffenceLine))
    columns = (
        TableColumn("Date", 1.6),
        TableColumn("Offence", 4),
        TableColumn("Part", 1.8),
        TableColumn("Outcome", 2.6),
    )
    section.add_table(
        columns,
        [(format_optional_day(row.offence_on), row.offence, row.part, row.outcome) for row in summary.offending],
    )
    return section


def _pathways(summary: CaseSummary) -> SummarySection | None:
    if summary.pathways is None:
        return None
    section = SummarySection("Pathways", _sharing(summary, facts.PathwayLine))
    columns = (
        TableColumn("Pathway", 3.4),
        TableColumn("Need", 2.7),
        TableColumn("Status", 2.2),
        TableColumn("Owner", 2.4, optional=True),
        TableColumn("Assessed", 1.7),
    )
    rows = [
        (row.pathway, row.need, row.status, row.owner, format_optional_day(row.assessed_on)) for row in summary.pathways
    ]
    section.add_table(columns, rows)
    return section


def _contacts(summary: CaseSummary) -> SummarySection | None:
    if summary.contacts is None:
        return None
    section = SummarySection("Last contacts", _sharing(summary, facts.ContactLine))
    columns = (
        TableColumn("When", 2.3),
        TableColumn("Contact", 3.2),
        TableColumn("Outcome", 3),
        TableColumn("Minutes", 1.1, is_number=True),
        TableColumn("OM, navigator or PP", 2.6),
    )
    rows = []
    for row in summary.contacts:
        at = "" if row.at is None else row.at.words
        rows.append((at, row.contact_type, row.outcome, "" if row.minutes is None else str(row.minutes), row.worker))
    section.add_table(columns, rows)
    return section


def _contact_counts(summary: CaseSummary) -> SummarySection | None:
    if not summary.contact_counts:
        return None
    section = SummarySection("Contacts by agency and purpose", _sharing(summary, ContactCountLine))
    columns = (
        TableColumn("Agency", 3.4),
        TableColumn("Purpose", 3.6),
        TableColumn("Contacts", 1.4, is_number=True),
        TableColumn("Completed", 1.6, is_number=True),
        TableColumn("Minutes", 1.4, is_number=True),
    )
    rows = [
        (row.agency, row.purpose, str(row.contacts), str(row.completed), str(row.minutes))
        for row in summary.contact_counts
    ]
    section.add_table(columns, rows)
    return section


def _offers(summary: CaseSummary) -> SummarySection | None:
    if summary.offers is None:
        return None
    section = SummarySection("Support offers", _sharing(summary, facts.OfferLine))
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
                format_optional_day(row.offered_on),
                f"{row.response or 'no answer yet'}{on}",
                state,
            )
        )
    section.add_table(columns, rows)
    return section


def _concerns(summary: CaseSummary) -> SummarySection | None:
    if summary.concerns is None:
        return None
    section = SummarySection("Concerns", _sharing(summary, facts.ConcernLine))
    columns = (
        TableColumn("Date", 1.6),
        TableColumn("Concern", 3),
        TableColumn("Summary", 4.2, optional=True),
        TableColumn("Grade", 1.4, optional=True),
    )
    section.add_table(
        columns,
        [(format_optional_day(row.occurred_on), row.label, row.summary, row.grade) for row in summary.concerns],
    )
    return section


def _triggers(summary: CaseSummary) -> SummarySection | None:
    if summary.triggers is None:
        return None
    section = SummarySection("Alerts", _sharing(summary, facts.TriggerLine))
    columns = (
        TableColumn("Raised", 1.6),
        TableColumn("What was seen, and why it counts", 5.6),
        TableColumn("Clock", 2.8),
    )
    section.add_table(
        columns,
        [
            (
                format_optional_day(row.raised_on),
                f"{row.explanation or row.label} {row.withdrawn_reason}".strip(),
                row.clock,
            )
            for row in summary.triggers
        ],
    )
    if summary.triggers:
        section.add_paragraph(f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}", TextTone.QUIET)
    return section


def _enforcement(summary: CaseSummary) -> SummarySection | None:
    if summary.enforcement is None:
        return None
    section = SummarySection("Enforcement to date", _sharing(summary, facts.EnforcementLine))
    columns = (
        TableColumn("Decided", 1.6),
        TableColumn("Decision", 2.5),
        TableColumn("Why, and the message given", 4.7),
        TableColumn("Served", 1.6),
    )
    rows = []
    for row in summary.enforcement:
        told = f"Message given: {end_sentence(row.told)}" if row.told else ""
        by = f"Authorised by {row.authorised_by}." if row.authorised_by else ""
        why = " ".join(part for part in (end_sentence(row.reason), *_weighed(row), told, by) if part)
        rows.append(
            (
                format_optional_day(row.decided_on),
                row.decision,
                why,
                format_optional_day(row.actioned_on) or "not yet",
            )
        )
    section.add_table(columns, rows)
    section.add_paragraph(f"{OFFER_STAYS_OPEN_NOTICE} {NO_SANCTION_NOTICE}", TextTone.QUIET)
    return section


def _weighed(row: facts.EnforcementLine) -> tuple[str, ...]:
    """Say what stands beside a decision, for whoever may have it."""
    return (
        f"Alternatives considered: {end_sentence(row.alternatives)}" if row.alternatives else "",
        f"Disagreed: {end_sentence(row.dissent)}" if row.dissent else "",
        f"Also told: {end_sentence(row.others_told)}" if row.others_told else "",
        f"To be reviewed on {format_optional_day(row.review_on)}." if row.review_on else "",
    )


def _meeting(summary: CaseSummary) -> SummarySection | None:
    has_meeting, has_actions = _shares(summary, "meeting"), _shares(summary, "actions")
    if not (has_meeting or has_actions) or (summary.meeting is None and summary.actions is None):
        return None
    section = SummarySection("Last meeting and open actions")
    meeting = summary.meeting
    if not has_meeting:
        section.add_paragraph(f"Last meeting: {NOT_SHARED_FIELD}", TextTone.QUIET)
    elif meeting is not None and (meeting.name or meeting.held_on):
        held = f" of {format_day(meeting.held_on)}" if meeting.held_on else ""
        outcome = f" {end_sentence(meeting.outcome)}" if meeting.outcome else ""
        section.add_paragraph(f"{meeting.name or 'Meeting'}{held}.{outcome}")
    else:
        section.add_paragraph("No meeting recorded.", TextTone.QUIET)
    if not summary.actions:
        section.add_labelled("Open actions", NONE_RECORDED if has_actions else NOT_SHARED_FIELD)
        return section
    columns = (
        TableColumn("Action", 4.4),
        TableColumn("Owner", 2.2),
        TableColumn("Due", 1.6),
        TableColumn("State", 2.2),
    )
    section.add_table(
        columns, [(row.text, row.owner, format_optional_day(row.due_on), row.state) for row in summary.actions]
    )
    return section


def _plan(summary: CaseSummary) -> SummarySection | None:
    if summary.plan is None:
        return None
    section = SummarySection("Plan and review", _sharing(summary, facts.PlanLine))
    if summary.plan.text:
        section.add_paragraph(summary.plan.text)
    else:
        section.add_absence("No plan recorded.")
    if summary.plan.review_on:
        section.add_paragraph(f"Next review {format_day(summary.plan.review_on)}.")
    else:
        section.add_absence("No review date recorded.")
    return section


def _oversight(summary: CaseSummary) -> SummarySection | None:
    if not summary.oversight:
        return None
    section = SummarySection("Oversight", _sharing(summary, OversightLine))
    for row in summary.oversight:
        section.add_labelled(row.subject, end_sentence(row.text))
    return section


def _changes(summary: CaseSummary) -> SummarySection | None:
    if summary.changes is None:
        return None
    since = f" of {format_day(summary.last_review)}" if summary.last_review else ""
    section = SummarySection(f"Changed since the last review{since}", _sharing(summary, facts.ChangeLine))
    section.add_list(
        [
            f"{format_optional_day(row.on)}: {end_sentence(row.text)}" if row.on else end_sentence(row.text)
            for row in summary.changes
        ]
    )
    return section


def _notes(summary: CaseSummary) -> SummarySection | None:
    if summary.notes is None:
        return None
    section = SummarySection("Notes: facts and assessments apart", _sharing(summary, facts.NoteLine))
    for basis, heading in BASIS_HEADINGS:
        notes = [note for note in summary.notes if note.basis is basis]
        if notes:
            section.add_subheading(heading)
            _add_notes(section, notes)
    return section


def _add_notes(section: SummarySection, notes: Sequence[NoteLine]) -> None:
    for note in notes:
        by = ", ".join(part for part in (format_optional_day(note.on), note.author) if part)
        section.add_runs(Run(f"{by}: " if by else "", TextTone.QUIET), Run(note.text))


def _disclosures(summary: CaseSummary) -> SummarySection | None:
    if summary.disclosures is None:
        return None
    section = SummarySection("Disclosed to", _sharing(summary, facts.DisclosureLine))
    columns = (TableColumn("Date", 1.6), TableColumn("To", 3), TableColumn("What", 4), TableColumn("Power", 2.6))
    section.add_table(
        columns, [(format_optional_day(row.on), row.recipient, row.what, row.power) for row in summary.disclosures]
    )
    return section


def _sharing(summary: CaseSummary, kind: type) -> Sharing:
    return sharing_of(summary.about.audience, kind)


def _shares(summary: CaseSummary, name: str) -> bool:
    return shares_field(summary.about.audience, CaseSummary, name)
