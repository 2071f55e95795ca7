"""The section of a case that counts its contacts by agency and purpose."""

from ioms_desktop.domain.figures.oversight import ContactCount
from ioms_desktop.services.cases.oversight import contact_counts
from ioms_desktop.ui.cases.case_section import CaseSection, text_column

CONTACTS_BY_AGENCY: CaseSection[ContactCount] = CaseSection(
    "Contacts by agency",
    records=lambda case: contact_counts(case.session, case.view),
    columns=(
        text_column("Agency", lambda row: row.record.agency, 220),
        text_column("Purpose", lambda row: row.record.purpose, 240),
        text_column("Contacts", lambda row: str(row.record.contacts), 90, sort_value=lambda row: row.record.contacts),
        text_column(
            "Completed", lambda row: str(row.record.completed), 90, sort_value=lambda row: row.record.completed
        ),
        text_column(
            "Completed time", lambda row: f"{row.record.minutes} min", 120, sort_value=lambda row: row.record.minutes
        ),
    ),
    empty_message="None recorded. Record the first contact when it has happened.",
)
