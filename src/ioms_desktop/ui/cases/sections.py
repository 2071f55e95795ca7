"""The sections of a case: what each lists, in which columns and in which order."""

from collections.abc import Iterator
from typing import Any

from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer, establishment_on
from ioms_desktop.domain.records.engagement import Contact, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Order
from ioms_desktop.domain.records.record_types import PLAIN_RECORD_TYPES
from ioms_desktop.domain.validation.score_rules import describe_band
from ioms_desktop.services.cases.cases import ExplainedTrigger
from ioms_desktop.services.cases.concern_labels import describe_concern
from ioms_desktop.services.cases.timelines import describe_trigger_status
from ioms_desktop.services.labels import describe_custody_kind
from ioms_desktop.ui.cases.case_section import (
    CaseSection,
    SectionRow,
    ShownCase,
    date_column,
    field_column,
    go_keys,
    plain_section,
    text_column,
)
from ioms_desktop.ui.cases.casework.action_sections import ACTIONS
from ioms_desktop.ui.cases.casework.compliance_sections import COMPLIANCE, CONDITIONS
from ioms_desktop.ui.cases.casework.document_sections import DELIVERIES, DOCUMENTS
from ioms_desktop.ui.cases.casework.leaving_sections import LEAVING
from ioms_desktop.ui.cases.casework.need_sections import NEEDS
from ioms_desktop.ui.cases.casework.network_sections import ASSOCIATES, GROUPS, NETWORK
from ioms_desktop.ui.cases.casework.offence_sections import HARM, OFFENDING
from ioms_desktop.ui.cases.casework.plan_sections import PLAN
from ioms_desktop.ui.cases.header_facts import Fact, about_facts
from ioms_desktop.ui.cases.message_sections import ELIGIBILITY, NOTIFICATIONS, REFERRALS, WORKERS
from ioms_desktop.ui.cases.support_sections import APPOINTMENTS, CONTACTS_BY_AGENCY, OFFERS
from ioms_desktop.ui.recording.decision_facts import describe_step
from ioms_desktop.ui.widgets.chips import rag_chip

WITHHELD = "Rests on what your role does not see"


def _contact_time(row: SectionRow[Contact]) -> str:
    return row.record.occurred_at.clock_text


def _contact_length(row: SectionRow[Contact]) -> str:
    return "" if row.record.minutes is None else f"{row.record.minutes} min"


CONTACTS: CaseSection[Contact] = CaseSection(
    "Contacts",
    key="C",
    stays_listed=True,
    records=lambda case: case.view.contacts,
    order=lambda contact: contact.occurred_at.iso_text,
    record_type=Contact,
    columns=(
        date_column("Date", lambda row: row.record.occurred_at.on),
        text_column("Time", _contact_time, 60),
        field_column(Contact, "contact_type", "How", 190),
        field_column(Contact, "outcome", "Outcome", 190),
        text_column("Length", _contact_length, 72, sort_value=lambda row: row.record.minutes or 0),
        field_column(Contact, "worker", "By", 150),
        field_column(Contact, "note", "Note", 200),
    ),
)
ENGAGEMENT: CaseSection[Rating] = CaseSection(
    "Engagement",
    key="E",
    records=lambda case: case.view.ratings,
    order=lambda rating: (rating.week_commencing, rating.role),
    record_type=Rating,
    columns=(
        field_column(Rating, "week_commencing", "Week from"),
        text_column(
            "Level",
            lambda row: f"{row.record.level} {row.label('engagement_level', str(row.record.level))}",
            320,
        ),
        field_column(Rating, "role", "Whose", 96),
        field_column(Rating, "rated_on", "Rated on"),
        field_column(Rating, "rated_by", "Rated by", 120),
    ),
)
TRIGGERS: CaseSection[ExplainedTrigger] = CaseSection(
    "Alerts",
    key="L",
    records=lambda case: case.view.triggers,
    order=lambda explained: explained.trigger.raised_on,
    columns=(
        date_column("Raised", lambda row: row.record.trigger.raised_on),
        text_column("Rule", lambda row: row.label("rule", row.record.trigger.rule), 180),
        text_column(
            "State",
            lambda row: describe_trigger_status(row.record, row.case.view, row.case.session.lists),
            240,
        ),
        text_column("Explanation", lambda row: row.record.account, 300),
    ),
    empty_message="None raised.",
    holds_intelligence=True,
)


def _is_withheld(row: SectionRow[Decision]) -> bool:
    """Whether a decision rests on intelligence that this role does not see."""
    return row.record.rule == INTELLIGENCE_RULE and not row.case.view.sees_intelligence


def _decision_rule(row: SectionRow[Decision]) -> str:
    return WITHHELD if _is_withheld(row) else row.label("rule", row.record.rule)


def _step(row: SectionRow[Decision] | SectionRow[Proposal]) -> str:
    return describe_step(row.case.session, row.record.step) if row.record.step else ""


ENFORCEMENT: CaseSection[Decision] = CaseSection(
    "Enforcement",
    key="F",
    records=lambda case: case.view.decisions,
    order=lambda decision: decision.decided_on,
    record_type=Decision,
    columns=(
        field_column(Decision, "decided_on", "Decided"),
        field_column(Decision, "decision", "Decision", 170),
        text_column("Step", _step, 220),
        text_column("On", _decision_rule, 150),
        text_column(
            "Proposed; authorised",
            lambda row: "; ".join(
                row.case.session.names.of(name)
                for name in (row.record.proposed_by, row.record.authorised_by or "nobody yet")
            ),
            220,
        ),
        date_column("Served", lambda row: row.record.actioned_on, missing="Not served"),
        text_column("Reason", lambda row: WITHHELD if _is_withheld(row) else row.record.reason, 200),
    ),
    openable=lambda row: not _is_withheld(row),
    holds_intelligence=True,
)


def _visible_proposals(case: ShownCase) -> Iterator[Proposal]:
    return (each for each in case.view.proposals if case.view.sees_intelligence or each.rule != INTELLIGENCE_RULE)


PROPOSALS: CaseSection[Proposal] = CaseSection(
    "Proposals",
    key="P",
    records=_visible_proposals,
    order=lambda proposal: proposal.proposed_on,
    record_type=Proposal,
    holds_intelligence=True,
    columns=(
        field_column(Proposal, "proposed_on", "Proposed"),
        field_column(Proposal, "decision", "Decision", 170),
        text_column("Step", _step, 220),
        field_column(Proposal, "status", "State", 190),
        field_column(Proposal, "proposed_by", "By", 150),
        field_column(Proposal, "answered_by", "Answered by", 150),
        field_column(Proposal, "answer_reason", "Answer", 150),
    ),
)


def _grade(row: SectionRow[Concern]) -> str:
    concern = row.record
    return f"{concern.source_grade or ''}{concern.information_grade or ''}{concern.handling or ''}"


CONCERNS: CaseSection[Concern] = CaseSection(
    "Concerns",
    key="N",
    records=lambda case: case.view.concerns,
    order=lambda concern: concern.occurred_on,
    record_type=Concern,
    holds_intelligence=True,
    columns=(
        field_column(Concern, "occurred_on", "Date"),
        text_column("What", lambda row: describe_concern(row.case.session.lists, row.case.view, row.record), 230),
        field_column(Concern, "offence_group", "Offence group", 170),
        text_column("Grade", _grade, 72),
        field_column(Concern, "summary", "Summary", 300),
    ),
)
RAG: CaseSection[RagEntry] = CaseSection(
    "RAG",
    key="R",
    records=lambda case: case.view.rag,
    order=lambda entry: entry.set_on,
    record_type=RagEntry,
    columns=(
        text_column("RAG", lambda row: row.record.rag, 96, chip=lambda row: rag_chip(row.record.rag)),
        field_column(RagEntry, "set_on", "From"),
        field_column(RagEntry, "set_by", "Set by", 160),
        field_column(RagEntry, "reason", "Why", 300),
    ),
)


ASSESSMENTS: CaseSection[Assessment] = CaseSection(
    "Assessments",
    key="S",
    records=lambda case: case.view.assessments,
    order=lambda assessment: assessment.assessed_on,
    record_type=Assessment,
    columns=(
        text_column("Tool", lambda row: row.label("risk_tool", row.record.tool, row.record.assessed_on), 220),
        field_column(Assessment, "version", "Version", 100),
        field_column(Assessment, "assessed_on", "Date"),
        field_column(Assessment, "value", "Value", 90),
        text_column("Band", lambda row: describe_band(row.case.session.lists, row.record), 170),
        field_column(Assessment, "scorer", "Scorer", 140),
    ),
)
ORDERS: CaseSection[Order] = CaseSection(
    "Orders and licence",
    key="X",
    records=lambda case: case.view.orders,
    order=lambda order: order.made_on,
    record_type=Order,
    columns=(
        field_column(Order, "order_type", "What", 220),
        field_column(Order, "made_on", "From"),
        date_column("To", lambda row: row.record.ends_on, missing="No end date"),
        field_column(Order, "ended_on", "Ended on"),
        field_column(Order, "end_reason", "Why", 140),
        field_column(Order, "court", "Court", 180),
        field_column(Order, "conditions", "Conditions", 240),
    ),
)


def _held_at(row: SectionRow[CustodySpell]) -> str:
    return establishment_on(row.record, row.case.view.of(CustodyTransfer), row.case.view.as_of)


CUSTODY: CaseSection[CustodySpell] = CaseSection(
    "Custody",
    key="U",
    records=lambda case: case.view.custody,
    order=lambda spell: spell.received_on,
    record_type=CustodySpell,
    columns=(
        field_column(CustodySpell, "received_on", "Received"),
        date_column("Released", lambda row: row.record.released_on, missing="Still in custody", width=130),
        text_column("Kind", lambda row: describe_custody_kind(row.case.session.lists, row.record), 190),
        text_column("Where", _held_at, 200),
    ),
)
ABOUT: CaseSection[Fact] = CaseSection(
    "About",
    key="B",
    records=lambda case: about_facts(case.session, case.view),
    also=lambda case: (case.view.case, case.view.person),
    columns=(
        text_column("What", lambda row: row.record.title, 180),
        text_column("On record", lambda row: row.record.text, 400),
    ),
)
DECLARED_SECTIONS: tuple[CaseSection[Any], ...] = (
    CONTACTS,
    APPOINTMENTS,
    CONTACTS_BY_AGENCY,
    OFFERS,
    ENGAGEMENT,
    TRIGGERS,
    ENFORCEMENT,
    PROPOSALS,
    CONCERNS,
    RAG,
    NEEDS,
    PLAN,
    ACTIONS,
    ASSESSMENTS,
    ORDERS,
    CONDITIONS,
    COMPLIANCE,
    CUSTODY,
    OFFENDING,
    HARM,
    NETWORK,
    ASSOCIATES,
    GROUPS,
    ELIGIBILITY,
    WORKERS,
    NOTIFICATIONS,
    REFERRALS,
    LEAVING,
    DOCUMENTS,
    DELIVERIES,
)
SECTIONS: tuple[CaseSection[Any], ...] = (
    *DECLARED_SECTIONS,
    *(
        plain_section(record_type)
        for record_type in PLAIN_RECORD_TYPES
        if record_type not in {section.record_type for section in DECLARED_SECTIONS}
    ),
    ABOUT,
)
"""Every section, in the order in which they are listed. A plain record type without one of its own gets one."""
SECTION_KEYS = go_keys(SECTIONS)
"""The key that shows each section, in the same order."""
