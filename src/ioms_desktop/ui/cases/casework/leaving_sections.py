"""The section of what a case left its programme for, when, and what follows."""

from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.record import plural_label
from ioms_desktop.ui.cases.case_section import CaseSection, date_column, field_column

LEAVING: CaseSection[CaseExit] = CaseSection(
    plural_label(CaseExit),
    records=lambda case: case.view.of(CaseExit),
    order=lambda left: left.left_on,
    record_type=CaseExit,
    columns=(
        field_column(CaseExit, "kind", "What", 140),
        field_column(CaseExit, "left_on", "From"),
        date_column("Until", lambda row: row.record.resumed_on, missing="", width=96),
        field_column(CaseExit, "goes_to", "Passed on to", 150),
        field_column(CaseExit, "person_told_on", "Person told"),
        field_column(CaseExit, "reason", "Why", 200),
        field_column(CaseExit, "plan", "Exit plan", 260),
    ),
)
