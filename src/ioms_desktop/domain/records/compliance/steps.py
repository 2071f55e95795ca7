"""What was done when an order or licence was not kept: warnings, the breach reported, the recall asked for and made."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text, worker_name

WARNING, BREACH_REPORTED, RECALL_REQUESTED, RECALLED = "WARNING", "BREACH_REPORTED", "RECALL_REQUESTED", "RECALLED"
RECALL_STEPS = frozenset({RECALL_REQUESTED, RECALLED})
CONCERN_OF_STEP = {BREACH_REPORTED: "BREACH", RECALLED: "RECALL"}
"""The concern that a step is as well, where somebody says so; the rules read that and not the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceStep(Record):
    """One step towards compliance with an order or licence, or towards a recall, by whoever took it.

    A step raises no alert: a warning is probation's to give, and what calls for a decision is the concern beside it.
    """

    table: ClassVar[str] = "compliance_steps"
    key: ClassVar[tuple[str, ...]] = ("compliance_ref",)
    label: ClassVar[str] = "Compliance step"
    plural: ClassVar[str] = "Warnings, breach and recall"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_BACKGROUND, free_text=("taken_by", "reason", "outcome")
    )

    compliance_ref: str = ref(prefix="CP")
    case_ref: str = ref("cases")
    taken_on: date = day(required=True, label="Day")
    step: str = code("compliance_step", required=True)
    warning_level: str | None = code("warning_level", label="Which warning")
    recall_type: str | None = code("recall_type", label="Kind of recall")
    taken_by: str | None = worker_name(label="By whom")
    agency: str | None = code("agency")
    reason: str = short_text(required=True, label="Why")
    failed_on: date | None = day(label="Day of the failure")
    order_ref: str | None = short_text(names="orders", label="Order or licence")
    outcome: str | None = short_text(label="What came of it")
