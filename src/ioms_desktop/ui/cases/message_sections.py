"""The sections of what goes to the person and to other units: notifications and referrals."""

from ioms_desktop.domain.records.cases import Notification, Referral
from ioms_desktop.services.labels import describe_attempt
from ioms_desktop.ui.cases.case_section import CaseSection, field_column, text_column

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
        field_column(Referral, "reason", "Reason", 200),
    ),
)
