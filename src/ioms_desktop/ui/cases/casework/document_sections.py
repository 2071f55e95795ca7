"""The sections of documents, their descriptions and never their content, and of letters delivered."""

from dataclasses import replace

from ioms_desktop.domain.records.documents.delivery import LETTER, LetterDelivery, latest_delivery
from ioms_desktop.domain.records.documents.document import OF_PERSON, Document
from ioms_desktop.domain.records.record import plural_label
from ioms_desktop.domain.text_format import format_size
from ioms_desktop.services.letters.deliveries import delivered_letter, describe_delivery
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, field_column, text_column
from ioms_desktop.ui.lists.register import ListColumn


def _delivered(row: SectionRow[Document]) -> str:
    if row.record.kind != LETTER:
        return ""
    found = latest_delivery(row.case.view.of(LetterDelivery), row.record.document_ref)
    if found is None:
        return ""
    return f"{describe_delivery(row.case.session.lists, found)}, {found.attempted_at.words}"


def _about(row: SectionRow[Document]) -> str:
    """Say whose it is and, where it was added on another case, that it is, by name where the user may know of it."""
    if row.record.belongs_to != OF_PERSON:
        return "This case"
    if row.record.case_ref == row.case_ref:
        return "Person"
    return f"Person (from {row.record.case_ref or 'another case'})"


SIZE: ListColumn[SectionRow[Document]] = text_column(
    "Size", lambda row: format_size(row.record.size_bytes), 80, sort_value=lambda row: row.record.size_bytes
)
DOCUMENTS: CaseSection[Document] = CaseSection(
    plural_label(Document),
    records=lambda case: case.view.documents,
    order=lambda document: (document.dated_on, document.id),
    record_type=Document,
    holds_intelligence=True,
    columns=(
        field_column(Document, "dated_on", "Day"),
        field_column(Document, "title", "What it is", 230),
        field_column(Document, "kind", "Kind", 150),
        text_column("About", _about, 180),
        text_column("Delivered", _delivered, 180),
        replace(field_column(Document, "source", "Comes from", 130), shown_by_default=False),
        replace(SIZE, shown_by_default=False),
        field_column(Document, "handling", "Who may read it", 150),
    ),
)
DELIVERIES: CaseSection[LetterDelivery] = CaseSection(
    plural_label(LetterDelivery),
    records=lambda case: case.view.of(LetterDelivery),
    order=lambda delivery: (delivery.attempted_at.iso_text, delivery.id),
    record_type=LetterDelivery,
    columns=(
        field_column(LetterDelivery, "attempted_at", "When", 150),
        text_column("Letter", lambda row: delivered_letter(row.case.view, row.record), 230),
        text_column("How", lambda row: describe_delivery(row.case.session.lists, row.record), 230),
        field_column(LetterDelivery, "delivered_by", "By", 130),
        field_column(LetterDelivery, "witnessed_by", "Witnessed by", 130),
    ),
)
