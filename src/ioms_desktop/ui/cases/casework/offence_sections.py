"""The sections of offences, each with its weight, and of the weights added up by the person's part in them."""

from ioms_desktop.domain.figures.harm import HarmSum, HarmTable, harm_by_part
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.services.cases.concern_labels import offence_outcome
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, field_column, text_column


def _weight(row: SectionRow[Offence]) -> str:
    found = HarmTable(row.case.session.lists).weigh(row.record)
    return "" if found is None else found.words


OFFENDING: CaseSection[Offence] = CaseSection(
    "Recorded offences",
    key="K",
    records=lambda case: case.view.offences,
    order=lambda offence: offence.offence_on,
    record_type=Offence,
    columns=(
        field_column(Offence, "offence_on", "Date"),
        field_column(Offence, "offence_group", "Group", 170),
        field_column(Offence, "offence", "Offence", 260),
        field_column(Offence, "role", "Part in it", 120),
        text_column("Weight", _weight, 130),
        text_column("Outcome", lambda row: offence_outcome(row.case.session.lists, row.case.view, row.record), 180),
    ),
)
HARM: CaseSection[HarmSum] = CaseSection(
    "Harm weights",
    adds=Offence,
    empty_message=(
        "None to add up: no offence has a weight. A supervisor or an administrator loads a published table "
        "(Administration, Load harm weights)."
    ),
    records=lambda case: harm_by_part(case.view.offences, HarmTable(case.session.lists)),
    columns=(
        text_column("Part", lambda row: row.record.part.value, 200),
        text_column("Offences", lambda row: str(row.record.offences), 90, sort_value=lambda row: row.record.offences),
        text_column("Harm weight", lambda row: f"{row.record.weight:,}", 110, sort_value=lambda row: row.record.weight),
        text_column(
            "Without a weight",
            lambda row: str(row.record.unweighted),
            130,
            sort_value=lambda row: row.record.unweighted,
        ),
    ),
)
