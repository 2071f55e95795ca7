"""The sections of a case summary that follow who the person is and how things are now."""

from collections.abc import Iterator, Sequence

from ioms_desktop.domain.printing import summary as facts
from ioms_desktop.domain.printing.summary import WITHDRAWN_CLOCK, Basis, CaseSummary, NoteLine, TriggerLine
from ioms_desktop.domain.text_format import capitalise, format_day, join_words, pluralise
from ioms_desktop.reports.case_summary.phrases import describe_review, end_sentence, format_optional_day
from ioms_desktop.reports.case_summary.summary_section import SummarySection
from ioms_desktop.reports.document.description import Run, TableColumn, TextTone, Words

LATE = "late"
NOT_SERVED, NOTHING_TO_SERVE = "not yet", "nothing to serve"
MANY_WITHDRAWN = 3  # withdrawn alerts of one rule, from which on they share a row
EACH_WITHDRAWN = "Each was withdrawn because of what was recorded, corrected or deleted later."
BASIS_HEADINGS = (
    (Basis.FACT, "Facts"),
    (Basis.OPINION, "Assessment: the writer's opinion"),
    (Basis.PARTICIPANT_SAYS, "What the participant says"),
    (Basis.INTELLIGENCE, "Intelligence: not established as fact"),
)


def add_to_decide(summary: CaseSummary, section: SummarySection) -> None:
    """List what is to be decided, how late it is first."""
    about, on = summary.about, summary.as_of
    if on is not None and (about.printed_at is None or about.printed_at.date() != on):
        section.name = f"To decide on {format_day(on)}"
    columns = (
        TableColumn("Clock", 1.7),
        TableColumn("What", 1.5),
        TableColumn("To be decided, or late", 5.4),
        TableColumn("Due", 1.6),
    )
    rows: list[tuple[Words, ...]] = [
        (
            (Run(row.clock, TextTone.STRONG),) if row.clock.endswith(LATE) else row.clock,
            (Run(row.what, TextTone.STRONG),),
            row.text,
            format_optional_day(row.due_on),
        )
        for row in summary.to_decide or ()
    ]
    section.add_table(columns, rows)


def add_why_on(summary: CaseSummary, section: SummarySection) -> None:
    """Say why they are on the programme."""
    section.add_list(
        [
            end_sentence(": ".join(filter(None, (row.text, row.detail))))
            + (f" Source: {end_sentence(row.source)}" if row.source else "")
            + (" The writer's opinion." if row.basis is Basis.OPINION else "")
            + (" Intelligence, not established as fact." if row.basis is Basis.INTELLIGENCE else "")
            for row in summary.why_on or ()
        ]
    )


def add_scores(summary: CaseSummary, section: SummarySection) -> None:
    """List the scores as they were given."""
    columns = (
        TableColumn("Tool", 3),
        TableColumn("Version", 2),
        TableColumn("Date", 2),
        TableColumn("Value", 1.2),
        TableColumn("Band", 1.8),
        TableColumn("By", 2),
    )
    rows = [
        (row.tool, row.version, format_optional_day(row.assessed_on), row.value, row.band, row.scorer)
        for row in summary.scores or ()
    ]
    section.add_table(columns, rows)


def add_safeguarding(summary: CaseSummary, section: SummarySection) -> None:
    """Say what is known of safeguarding."""
    for row in summary.safeguarding or ():
        section.add_labelled(row.subject, row.text)


def add_protection(summary: CaseSummary, section: SummarySection) -> None:
    """Say what is known of MAPPA, victims and groups."""
    for row in summary.protection or ():
        section.add_labelled(row.subject, row.text)


def add_offending(summary: CaseSummary, section: SummarySection) -> None:
    """List the offences of the last twelve months."""
    columns = (
        TableColumn("Date", 1.6),
        TableColumn("Offence", 4),
        TableColumn("Part", 1.8),
        TableColumn("Outcome", 2.6),
    )
    section.add_table(
        columns,
        [(format_optional_day(row.offence_on), row.offence, row.part, row.outcome) for row in summary.offending or ()],
    )


def add_pathways(summary: CaseSummary, section: SummarySection) -> None:
    """List the latest assessment of each pathway."""
    columns = (
        TableColumn("Pathway", 3.4),
        TableColumn("Need", 2.7),
        TableColumn("Status", 2.2),
        TableColumn("Owner", 2.4),
        TableColumn("Assessed", 1.7),
    )
    rows = [
        (row.pathway, row.need, row.status, row.owner, format_optional_day(row.assessed_on))
        for row in summary.pathways or ()
    ]
    section.add_table(columns, rows)


def add_contacts(summary: CaseSummary, section: SummarySection) -> None:
    """List the last contacts."""
    columns = (
        TableColumn("When", 2.3),
        TableColumn("Contact", 3.2),
        TableColumn("Outcome", 3),
        TableColumn("Minutes", 1.1, is_number=True),
        TableColumn("OM, navigator or PP", 2.6),
    )
    rows = []
    for row in summary.contacts or ():
        at = "" if row.at is None else row.at.words
        rows.append((at, row.contact_type, row.outcome, "" if row.minutes is None else str(row.minutes), row.worker))
    section.add_table(columns, rows)


def add_contact_counts(summary: CaseSummary, section: SummarySection) -> None:
    """Count the contacts by agency and purpose."""
    columns = (
        TableColumn("Agency", 3.4),
        TableColumn("Purpose", 3.6),
        TableColumn("Contacts", 1.4, is_number=True),
        TableColumn("Completed", 1.6, is_number=True),
        TableColumn("Minutes", 1.4, is_number=True),
    )
    rows = [
        (row.agency, row.purpose, str(row.contacts), str(row.completed), str(row.minutes))
        for row in summary.contact_counts or ()
    ]
    section.add_table(columns, rows)


def add_offers(summary: CaseSummary, section: SummarySection) -> None:
    """List the support offers with their answers."""
    columns = (
        TableColumn("Offer", 3),
        TableColumn("By", 3),
        TableColumn("Made", 1.8),
        TableColumn("Response", 3),
        TableColumn("State", 1.2),
    )
    rows = []
    for row in summary.offers or ():
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


def add_concerns(summary: CaseSummary, section: SummarySection) -> None:
    """List the concerns."""
    columns = (
        TableColumn("Date", 1.6),
        TableColumn("Concern", 3),
        TableColumn("Summary", 4.2),
        TableColumn("Grade", 1.4),
    )
    section.add_table(
        columns,
        [(format_optional_day(row.occurred_on), row.label, row.summary, row.grade) for row in summary.concerns or ()],
    )


def add_triggers(summary: CaseSummary, section: SummarySection) -> None:
    """List the alerts with why they were raised."""
    columns = (
        TableColumn("Raised", 1.6),
        TableColumn("What was seen, and why it counts", 5.6),
        TableColumn("Clock", 2.8),
    )
    section.add_table(columns, list(_alert_rows(summary.triggers or ())))


def _alert_rows(alerts: Sequence[TriggerLine]) -> Iterator[tuple[str, str, str]]:
    """Give a row for each alert, or one for many of a rule that were withdrawn: they are read for what still counts."""
    withdrawn: dict[str, list[str]] = {}
    for row in alerts:
        if row.clock == WITHDRAWN_CLOCK:
            withdrawn.setdefault(row.label, []).append(format_optional_day(row.raised_on))
    many = {label: days for label, days in withdrawn.items() if len(days) >= MANY_WITHDRAWN}
    for row in alerts:
        if row.label not in many or row.clock != WITHDRAWN_CLOCK:
            text = f"{row.explanation or row.label} {row.withdrawn_reason}".strip()
            yield format_optional_day(row.raised_on), text, row.clock
    for label, days in many.items():
        told = f"{label}, raised on {join_words(days)}. {EACH_WITHDRAWN}"
        yield capitalise(pluralise(len(days), "alert")), told, WITHDRAWN_CLOCK


def add_enforcement(summary: CaseSummary, section: SummarySection) -> None:
    """List the decisions with their steps."""
    columns = (
        TableColumn("Decided", 1.6),
        TableColumn("Decision", 2.5),
        TableColumn("Why, and the message given", 4.7),
        TableColumn("Served", 1.6),
    )
    rows = []
    for row in summary.enforcement or ():
        told = f"Message given: {end_sentence(row.told)}" if row.told else ""
        by = _who(row)
        why = " ".join(part for part in (end_sentence(row.reason), *_weighed(row), told, by) if part)
        rows.append(
            (
                format_optional_day(row.decided_on),
                row.decision,
                why,
                format_optional_day(row.actioned_on) or (NOT_SERVED if row.to_serve else NOTHING_TO_SERVE),
            )
        )
    section.add_table(columns, rows)


def _who(row: facts.EnforcementLine) -> str:
    """Say who proposed a decision and who authorised it, for whoever may have that."""
    proposed = f"Proposed by {row.proposed_by}" if row.proposed_by else ""
    authorised = f"authorised by {row.authorised_by}" if row.authorised_by else ""
    return end_sentence(capitalise(", ".join(filter(None, (proposed, authorised)))))


def _weighed(row: facts.EnforcementLine) -> tuple[str, ...]:
    """Say what stands beside a decision, for whoever may have it."""
    return (
        f"Alternatives considered: {end_sentence(row.alternatives)}" if row.alternatives else "",
        f"Disagreed: {end_sentence(row.dissent)}" if row.dissent else "",
        f"Also told: {end_sentence(row.others_told)}" if row.others_told else "",
        f"To be reviewed on {format_optional_day(row.review_on)}." if row.review_on else "",
    )


def add_meeting(summary: CaseSummary, section: SummarySection) -> None:
    """Say which meeting was the last."""
    meeting = summary.meeting
    if meeting is not None and (meeting.name or meeting.held_on):
        held = f" of {format_day(meeting.held_on)}" if meeting.held_on else ""
        outcome = f" {end_sentence(meeting.outcome)}" if meeting.outcome else ""
        section.add_paragraph(f"{meeting.name or 'Meeting'}{held}.{outcome}")


def add_actions(summary: CaseSummary, section: SummarySection) -> None:
    """List the actions that are neither done nor cancelled."""
    columns = (
        TableColumn("Action", 4.4),
        TableColumn("Owner", 2.2),
        TableColumn("Due", 1.6),
        TableColumn("State", 2.2),
    )
    rows = [
        (row.text, row.owner, format_optional_day(row.due_on), _strong_if(row.state, "OVERDUE"))
        for row in summary.actions or ()
    ]
    section.add_table(columns, rows)


def _strong_if(words: str, beginning: str) -> Words:
    return (Run(words, TextTone.STRONG),) if words.startswith(beginning) else words


def add_plan(summary: CaseSummary, section: SummarySection) -> None:
    """Say what may be considered, and when the case is reviewed."""
    plan = summary.plan
    if plan is None:
        return
    section.add_paragraph(plan.text)
    if plan.review_on:
        section.add_paragraph(describe_review(plan.review_on, plan.review_clock))


def add_oversight(summary: CaseSummary, section: SummarySection) -> None:
    """Say what inspections ask of a case."""
    for row in summary.oversight or ():
        section.add_labelled(row.subject, end_sentence(row.text))


def add_changes(summary: CaseSummary, section: SummarySection) -> None:
    """List what changed since the last review."""
    if summary.last_review:
        section.name = f"Changes since the last review of {format_day(summary.last_review)}"
    section.add_list(lines_of_changes(summary))


def lines_of_changes(summary: CaseSummary) -> list[str]:
    """Return what changed, a line for each day."""
    changes = summary.changes or ()
    told = {
        on: [row.text.rstrip(".") for row in changes if row.on == on] for on in dict.fromkeys(r.on for r in changes)
    }
    return [
        f"{format_optional_day(on)}: {end_sentence('; '.join(texts))}" if on else end_sentence("; ".join(texts))
        for on, texts in told.items()
    ]


def add_notes(summary: CaseSummary, section: SummarySection) -> None:
    """Give the notes, facts and assessments apart."""
    for basis, heading in BASIS_HEADINGS:
        notes = [note for note in summary.notes or () if note.basis is basis]
        if notes:
            section.add_subheading(heading)
            _add_notes(section, notes)


def _add_notes(section: SummarySection, notes: Sequence[NoteLine]) -> None:
    for note in notes:
        by = ", ".join(part for part in (format_optional_day(note.on), note.author) if part)
        section.add_runs(Run(f"{by}: " if by else "", TextTone.QUIET), Run(note.text))


def add_disclosures(summary: CaseSummary, section: SummarySection) -> None:
    """List what was given to whom."""
    columns = (TableColumn("Date", 1.6), TableColumn("To", 3), TableColumn("What", 4), TableColumn("Power", 2.6))
    section.add_table(
        columns,
        [(format_optional_day(row.on), row.recipient, row.what, row.power) for row in summary.disclosures or ()],
    )


def add_deliveries(summary: CaseSummary, section: SummarySection) -> None:
    """List how letters were delivered, and in a line those of which that is not recorded."""
    columns = (
        TableColumn("When", 2.2),
        TableColumn("Letter", 3.6),
        TableColumn("How", 3),
        TableColumn("By", 2),
        TableColumn("Witnessed by", 2),
    )
    rows = [
        (row.at.words, row.letter, row.outcome, row.delivered_by, row.witnessed_by)
        for row in summary.deliveries or ()
        if row.at is not None
    ]
    section.add_table(columns, rows)
    others = [row.letter for row in summary.deliveries or () if row.at is None]
    section.add_paragraph(f"Letters without a recorded delivery: {'; '.join(others)}." if others else "")
