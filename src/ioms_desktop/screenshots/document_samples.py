"""A sample document and a sample copy for the pictures of their dialogs."""

from dataclasses import replace
from datetime import timedelta

from ioms_desktop.domain.drafts import PRINTED_PAPERS_FORM, Draft
from ioms_desktop.domain.printing.papers import PrintOfCase, make_print_id
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.documents.documents import OpenedDocument
from ioms_desktop.services.printing.packs.printed_letter import PrintedLetter
from ioms_desktop.services.printing.packs.printed_papers import PrintedPapers
from ioms_desktop.services.records.recalls import CopyToRecall, EntryInError
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions.casework.document_actions import DOCUMENT, OPENED_DOCUMENT
from ioms_desktop.ui.actions.casework.letter_actions import PRINTED_LETTER
from ioms_desktop.ui.actions.file_actions import PRINTED_PAPERS
from ioms_desktop.ui.actions.launcher import Given
from ioms_desktop.ui.actions.loaders import COPY, VIEW

LETTER = """Leicester Youth Court
12 November 2026

The order of 3 September is varied: the curfew ends on 30 November 2026.
All other requirements go on until 12 January 2027.
"""


def sample_document(view: CaseView) -> Document:
    """Return the description of a letter."""
    return Document(
        document_ref="DO-EXAMPLE",
        case_ref=view.case.case_ref,
        title="Curfew ends on 30 November",
        kind="COURT",
        dated_on=view.as_of - timedelta(days=11),
        source="Leicester Youth Court",
        handling="TEAM",
        added_by="okoro",
        file_name="court letter.txt",
        file_type="TXT",
        size_bytes=len(LETTER.encode()),
        digest="0" * 64,
    )


def given_document(_: Session, view: CaseView) -> Given:
    """Give the dialogs a document that is not stored, with its content."""
    document = sample_document(view)
    opened = OpenedDocument(document=document, content=LETTER.encode())
    return {VIEW: view, DOCUMENT: document, OPENED_DOCUMENT: opened}


def given_printed_letter(_: Session, view: CaseView) -> Given:
    """Give the dialog that asks what a printer made of a letter one with a copy for a parent."""
    letter = PrintedLetter(
        case_ref=view.case.case_ref,
        document_ref=sample_document(view).document_ref,
        title="Written warning, letter to the person",
        recipients=("the person it is to", "a parent or carer"),
        reason_code="CASE_WORK",
    )
    return {PRINTED_LETTER: letter}


def given_printed_papers(session: Session, view: CaseView) -> Given:
    """Give the dialog that asks what a printer made of papers three of one case."""
    case_ref = view.case.case_ref
    note = Draft(id="note", form=PRINTED_PAPERS_FORM, request="", saved_at=session.clock(), cases=(case_ref,))
    papers = PrintedPapers(
        note=note,
        copies=tuple((PrintOfCase(case_ref, make_print_id(number)),) for number in "123"),
        recipient="Jo Reid, officer, Leicestershire Police",
        reason_code="CASE_WORK",
    )
    return {PRINTED_PAPERS: papers}


def given_letter(_: Session, view: CaseView) -> Given:
    """Give the dialogs a letter that was written here, which is not stored."""
    letter = replace(
        sample_document(view), title="Offer of support, letter to the person", kind="LETTER", dated_on=view.as_of
    )
    return {VIEW: replace(view, plain_records={**view.plain_records, Document: (letter,)}), DOCUMENT: letter}


def _sample_copy(session: Session, view: CaseView) -> CopyToRecall:
    at = session.clock()
    wrong = EntryInError(
        table="contacts",
        key_text="CT-EXAMPLE",
        what=f"Contact of {format_day(session.today() - timedelta(days=3))}",
        is_moved=True,
        at=at - timedelta(hours=2),
        by="PC 4411 ADEYEMI",
        reason="It was his brother.",
    )
    return CopyToRecall(
        id=1,
        case_ref=view.case.case_ref,
        name=format_name(view.person.family_name, view.person.given_names),
        programme=view.case.programme,
        print_id="P-3F0A91C2D4E7",
        document="",
        audience="partner",
        copy="1 of 1",
        recipient="Turning Point, J. Reid",
        printed_by="PC 4411 ADEYEMI",
        printed_at=at - timedelta(days=1),
        errors=(wrong,),
    )


def given_copy(session: Session, view: CaseView) -> Given:
    """Give the dialog about a copy one that a colleague printed, with something that is in error on it."""
    return {COPY: _sample_copy(session, view)}


def given_own_copy(session: Session, view: CaseView) -> Given:
    """Give the dialog about a copy one that the user printed: they can say that it never was made."""
    return {COPY: replace(_sample_copy(session, view), printed_by=session.user, errors=())}
