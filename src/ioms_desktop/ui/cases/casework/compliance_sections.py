"""The sections of conditions and requirements, and of warnings, breach and recall."""

from ioms_desktop.domain.compliance.recall_terms import recall_days
from ioms_desktop.domain.records.compliance.conditions import OrderCondition
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.record import plural_label
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, date_column, field_column, text_column
from ioms_desktop.ui.recording.case_subject import describe_order


def _order(row: SectionRow[OrderCondition] | SectionRow[ComplianceStep]) -> str:
    """Describe the order that a record names; its reference where that is not on record."""
    ref, view = row.record.order_ref, row.case.view
    found = next((each for each in view.orders if each.order_ref == ref), None)
    return (ref or "") if found is None else describe_order(row.case.session, found)


def _holds(row: SectionRow[OrderCondition]) -> str:
    return "In force" if row.record.holds_on(row.case.view.as_of) else "Not in force"


def _which(row: SectionRow[ComplianceStep]) -> str:
    """Say which warning it is, or of which kind a recall is and how long its term lasts."""
    step = row.record
    kind = row.label("recall_type", step.recall_type)
    days = recall_days(row.case.session.lists.of("recall_type"), step.recall_type, step.taken_on)
    term = f", {join_words([str(each) for each in days], 'or')} days" if days else ""
    return row.label("warning_level", step.warning_level) or f"{kind}{term}"


CONDITIONS: CaseSection[OrderCondition] = CaseSection(
    plural_label(OrderCondition),
    records=lambda case: case.view.of(OrderCondition),
    order=lambda condition: condition.from_on,
    record_type=OrderCondition,
    columns=(
        field_column(OrderCondition, "category", "What", 260),
        text_column("State", _holds, 100),
        field_column(OrderCondition, "from_on", "From"),
        date_column("To", lambda row: row.record.to_on, missing="No end date"),
        field_column(OrderCondition, "em_type", "Tag", 140),
        text_column("Of", _order, 200),
        field_column(OrderCondition, "wording", "Wording", 240),
    ),
)
COMPLIANCE: CaseSection[ComplianceStep] = CaseSection(
    plural_label(ComplianceStep),
    records=lambda case: case.view.of(ComplianceStep),
    order=lambda step: step.taken_on,
    record_type=ComplianceStep,
    columns=(
        field_column(ComplianceStep, "taken_on", "Day"),
        field_column(ComplianceStep, "step", "Step", 200),
        text_column("Which", _which, 190),
        field_column(ComplianceStep, "taken_by", "By", 150),
        text_column("Of", _order, 180),
        field_column(ComplianceStep, "reason", "Why", 260),
    ),
)
