"""The actions on documents of a case and its person: adding one, opening one, saving a copy."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.documents.delivery import DELIVERED, LETTER, LetterDelivery, latest_delivery
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    OPEN_KEY,
    DialogAction,
    DialogContext,
    Gathered,
    Loader,
    Menu,
    RecordButton,
    SectionButton,
    TargetGone,
    is_of_case,
)
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.actions.loaders import SUBJECT, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView
    from ioms_desktop.services.documents.documents import OpenedDocument

DOCUMENT_GONE = "This document is no longer there. Reload the case; someone may have removed it."


def _document(gathered: Gathered) -> Document:
    for document in gathered[VIEW].documents:
        if document.document_ref == gathered.target.about:
            return document
    raise TargetGone(DOCUMENT_GONE)


def _opened(gathered: Gathered) -> "OpenedDocument":
    from ioms_desktop.services.documents.documents import open_document

    return open_document(gathered.session, gathered.target.case_ref, gathered[DOCUMENT].document_ref)


DOCUMENT = Loader[Document](_document, lambda gathered: VIEW in gathered)
OPENED_DOCUMENT = Loader["OpenedDocument"](_opened)
"""A document with its content. Reading it is recorded."""
CHOSEN_FILE = Loader[str](lambda _: "", lambda _: True)
"""A file that was dropped or pasted; none unless the caller gives it."""


def _add(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.documents.add_document import AddDocumentDialog

    return AddDocumentDialog(
        context.session, context.tasks, gathered[SUBJECT], gathered[CHOSEN_FILE], parent=context.parent
    )


def _open(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.documents.viewer import DocumentDialog

    opened, case_ref = gathered[OPENED_DOCUMENT], gathered.target.case_ref
    can_copy = may(context.session.role, Right.PRINT) and gathered[VIEW].break_glass_access is None
    dialog = DocumentDialog(context.session, context.tasks, opened, context.parent, may_copy=can_copy)

    def save_copy() -> None:
        DialogLauncher(context).show(_copy_dialog(context, case_ref, opened.document))

    dialog.copy_requested.connect(save_copy)
    return dialog


def _save_copy(context: DialogContext, gathered: Gathered) -> "QDialog":
    return _copy_dialog(context, gathered.target.case_ref, gathered[DOCUMENT])


def _copy_dialog(context: DialogContext, case_ref: str, document: Document) -> "QDialog":
    from ioms_desktop.ui.documents.save_copy import SaveCopyDialog

    return SaveCopyDialog(context.session, context.tasks, case_ref, document, context.parent)


def _deliver(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.documents.deliver_letter import DeliveryDialog

    letter = gathered[DOCUMENT]
    return DeliveryDialog(context.session, context.tasks, gathered[SUBJECT], letter, context.parent)


def _is_undelivered(document: Document, view: "CaseView") -> bool:
    found = latest_delivery(view.of(LetterDelivery), document.document_ref)
    return is_of_case(document, view) and document.kind == LETTER and (found is None or found.outcome != DELIVERED)


def _always(_document: Document, _view: "CaseView") -> bool:
    return True


ADD_DOCUMENT = DialogAction(
    name="documents.add",
    title="Add doc&ument…",
    right=Document.rights.add,
    offered_in=(Menu(CASE_MENU), SectionButton(Document, "Add document…")),
    make=_add,
    needs=(SUBJECT, CHOSEN_FILE),
    drafts={"add_documents": "Document"},
    icon="file-text",
    keywords="file attach attachment scan upload letter photograph pdf e-mail drop paste",
    help="A PDF, picture, Word or Excel file, text or e-mail, kept encrypted with the case.",
)
OPEN_DOCUMENT = DialogAction(
    name="documents.open",
    title="Open document",
    right=Document.rights.read,
    offered_in=(RecordButton(Document, DOCUMENT, "&Open the document…", _always, OPEN_KEY),),
    make=_open,
    needs=(VIEW, DOCUMENT, OPENED_DOCUMENT),
    on_past_day=True,
    under_break_glass=True,
)
SAVE_COPY = DialogAction(
    name="documents.copy",
    title="Save a copy of a document",
    right=Right.PRINT,
    offered_in=(RecordButton(Document, DOCUMENT, "&Save a copy…", _always),),
    make=_save_copy,
    needs=(DOCUMENT,),
)
DELIVER_LETTER = DialogAction(
    name="letter.deliver",
    title="Record how a letter was delivered",
    right=LetterDelivery.rights.add,
    offered_in=(RecordButton(Document, DOCUMENT, "Record &delivery…", _is_undelivered),),
    make=_deliver,
    needs=(SUBJECT, DOCUMENT),
    help="How, when, by whom and before whom it was handed over, or that it was refused.",
)
"""Drafts of its form are those of the form in the section of deliveries, which restores them."""
DOCUMENT_ACTIONS = (ADD_DOCUMENT, OPEN_DOCUMENT, SAVE_COPY, DELIVER_LETTER)
