"""The section of the documents of a case: their descriptions, never their content."""

from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.record import plural_label
from ioms_desktop.domain.text_format import format_size
from ioms_desktop.ui.cases.case_section import CaseSection, field_column, text_column

DOCUMENTS: CaseSection[Document] = CaseSection(
    plural_label(Document),
    records=lambda case: case.view.of(Document),
    order=lambda document: (document.dated_on, document.id),
    record_type=Document,
    holds_intelligence=True,
    columns=(
        field_column(Document, "dated_on", "Day"),
        field_column(Document, "title", "What it is", 230),
        field_column(Document, "kind", "Kind", 150),
        field_column(Document, "source", "Comes from", 130),
        field_column(Document, "handling", "Who may read it", 170),
        text_column(
            "Size", lambda row: format_size(row.record.size_bytes), 80, sort_value=lambda row: row.record.size_bytes
        ),
    ),
)
