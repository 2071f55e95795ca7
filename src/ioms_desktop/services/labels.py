"""Records in words: what a field is called, as the forms name it, and what its value says."""

from datetime import date, datetime
from typing import Any

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Column, ColumnKind, Record
from ioms_desktop.domain.text_format import format_day

RECORD_LABELS = {
    "people": "Person",
    "cases": "Case",
    "contacts": "Contact",
    "offers": "Support offer",
    "concerns": "Concern",
    "ratings": "Weekly rating",
    "decisions": "Decision",
    "proposals": "Proposal",
    "notifications": "Notification",
    "rag": "RAG",
    "custody": "Custody",
    "orders": "Order or licence",
    "assessments": "Assessment",
    "needs": "Need",
    "offences": "Offence",
    "referrals": "Referral",
    "actions": "Action",
}
FIELD_LABELS = {
    "occurred_at": "When",
    "occurred_on": "When it happened",
    "recorded_on": "Put on record",
    "contact_type": "How",
    "offer_type": "What",
    "order_type": "What",
    "concern_type": "What",
    "rule": "On the trigger",
    "actioned_on": "Served on",
    "told_participant": "The person was told",
    "due_on": "Due on",
    "text": "What",
    "case_ref": "Case",
    "offer_ref": "Offer",
    "week_commencing": "Week from",
    "rag": "Colour",
    "received_on": "Received on",
    "statement_basis": "The note is",
    "direction": "Who made contact",
    "responded_on": "Answered on",
    "release_plan_on": "Plan made on",
    "expected_release_on": "Release expected on",
    "answer_reason": "Reason of the answer",
}
FIELD_LABELS_BY_TABLE = {
    ("offers", "response"): "Answer",
    ("offers", "end_reason"): "Why it ended",
    ("actions", "cancel_reason"): "Why it was cancelled",
    ("proposals", "status"): "Answer",
    ("rag", "reason"): "Why",
    ("notifications", "response"): "How it was received",
}
CODES_SHOWN_WITH_LABEL = frozenset({"enforcement_step", "source_grade", "information_grade", "handling"})


def record_type_label(record_type: type[Record]) -> str:
    """Name a noun: `Support offer`."""
    return RECORD_LABELS.get(record_type.table, "Record")


def field_label(record_type: type[Record], column: Column) -> str:
    """Name a field of a noun."""
    if column.name == record_type.key[-1] and column.kind is ColumnKind.REF:
        return "Reference"
    plain = column.name.replace("_", " ").capitalize()
    return FIELD_LABELS_BY_TABLE.get((record_type.table, column.name)) or FIELD_LABELS.get(column.name, plain)


def format_value(lists: CodeLists, column: Column, value: Any) -> str:  # noqa: ANN401 - one of the column's own types
    """Say a value: a date as `3 Nov 2026`, a code by its label; nothing for what is not filled."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, DayTime):
        return format_day(value.on) + ("" if value.local_time is None else f", {value.local_time:%H:%M}")
    if isinstance(value, date):
        return format_day(value)
    codes = "agency" if column.name == "agency" else column.codes
    if not codes:
        return str(value)
    shown = lists.of(codes).label(str(value))
    return f"{value} {shown}" if codes in CODES_SHOWN_WITH_LABEL else shown


def format_instant(at: datetime) -> str:
    """Say when something was saved, in London: `3 Nov 2026, 10:05`."""
    local = at.astimezone(LONDON)
    return f"{format_day(local.date())}, {local:%H:%M}"
