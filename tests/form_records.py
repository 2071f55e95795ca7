"""A record that the generated form of each type accepts, with every column filled that goes with the others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.documents.delivery import LetterDelivery
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.domain.records.selection.panel import PanelDecision
from plain_samples import sample_record

FITTING: Mapping[type[Record], Mapping[str, Any]] = {
    CustodySpell: {"hours": None},
    PanelDecision: {"decision": "DEFER", "cohort": None, "dissenting": None, "dissent": None},
    PlanGoal: {"agreed": True},
    ComplianceStep: {"step": "NO_ACTION", "warning_level": None, "recall_type": None},
    EligibilityCriterion: {
        "criterion": "WEAPONS",
        "basis": "RECORD",
        **dict.fromkeys(("source_grade", "information_grade", "handling")),
    },
    Associate: {"other_person_ref": None},
    GroupResponse: {"retaliation_until": None},
    LetterDelivery: {"document_ref": None},
    Action: dict.fromkeys(("done_on", "cancelled_on", "cancel_reason", "contact_ref")),
}
"""What a column holds where the invented value would contradict another."""


def form_record(record_type: type[Record], lists: CodeLists, on: date) -> Record:
    """Return a record dated on a day that may be added."""
    made = sample_record(record_type, lists, on)
    several = {
        column.name: lists.of(column.codes).offered(on)[0].code
        for column in columns_of(record_type)
        if column.codes and column.kind is ColumnKind.TEXT
    }
    fitting: Any = {**several, **FITTING.get(record_type, {})}
    return replace(made, **fitting)


def optional_column(record: Record) -> str:
    """Return the name of a column that may be emptied and is not empty."""
    return next(
        column.name
        for column in columns_of(type(record))
        if not column.required
        and column.kind is not ColumnKind.REF
        and column.name not in type(record).key
        and column.value_of(record) is not None
    )
