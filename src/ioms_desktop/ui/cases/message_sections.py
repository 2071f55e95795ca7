"""The sections of what leads onto a programme, of who works on the case, and of what goes to the person and others."""

from datetime import date

from ioms_desktop.domain.records.cases import Notification, Referral
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.labels import describe_attempt
from ioms_desktop.ui.cases.case_section import CaseSection, date_column, field_column, text_column

ELIGIBILITY: CaseSection[EligibilityCriterion] = CaseSection(
    "Eligibility",
    records=lambda case: case.view.of(EligibilityCriterion),
    order=lambda found: (found.assessed_on, found.eligibility_ref),
    record_type=EligibilityCriterion,
    holds_intelligence=True,
    read=EligibilityCriterion.rights.read,
    columns=(
        field_column(EligibilityCriterion, "assessed_on", "Date"),
        field_column(EligibilityCriterion, "criterion", "Criterion", 250),
        field_column(EligibilityCriterion, "met", "Met", 56),
        field_column(EligibilityCriterion, "basis", "Rests on", 140),
        field_column(EligibilityCriterion, "score", "Score", 64),
        field_column(EligibilityCriterion, "source", "Source", 140),
        field_column(EligibilityCriterion, "evidence", "Evidence", 200),
    ),
)
WORKERS: CaseSection[CaseWorker] = CaseSection(
    "Responsible",
    records=lambda case: case.view.workers,
    order=lambda worker: (worker.is_current, worker.ended_on or worker.started_on or date.min),
    record_type=CaseWorker,
    columns=(
        field_column(CaseWorker, "worker_role", "Role", 170),
        field_column(CaseWorker, "worker", "Name", 200),
        field_column(CaseWorker, "agency", "Agency", 190),
        date_column("From", lambda row: row.record.started_on, missing="Not recorded", width=110),
        date_column("Until", lambda row: row.record.ended_on, missing="Now", width=96),
        field_column(CaseWorker, "phone", "Phone", 130),
        field_column(CaseWorker, "change_reason", "Why it changed", 180),
    ),
    empty_message="None named. Say who is responsible (Ctrl+Shift+H).",
)
NOTIFICATIONS: CaseSection[Notification] = CaseSection(
    "Notifications",
    key="I",
    records=lambda case: case.view.notifications,
    order=lambda notification: (notification.attempted_on, notification.attempt),
    record_type=Notification,
    columns=(
        field_column(Notification, "attempted_on", "Date"),
        text_column("Attempt", lambda row: describe_attempt(row.record), 240),
        field_column(Notification, "outcome", "Outcome", 220),
        field_column(Notification, "delivered_by", "Delivered by", 240),
        field_column(Notification, "response", "Response", 160),
    ),
)
REFERRALS: CaseSection[Referral] = CaseSection(
    "Referrals",
    key="V",
    records=lambda case: case.view.referrals,
    order=lambda referral: referral.sent_on,
    record_type=Referral,
    columns=(
        field_column(Referral, "sent_on", "Sent"),
        field_column(Referral, "direction", "Direction", 90),
        field_column(Referral, "unit", "Unit", 220),
        field_column(Referral, "status", "Status", 120),
        field_column(Referral, "answered_on", "Answered"),
        field_column(Referral, "answered_by", "Answered by", 140),
        field_column(Referral, "answer_note", "What they said", 200),
        field_column(Referral, "reason", "Reason", 200),
    ),
)
