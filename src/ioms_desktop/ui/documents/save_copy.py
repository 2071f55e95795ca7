"""The dialog that saves a copy of a document outside of the program: why, for whom, and where to."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.documents.documents import SaveDocumentCopy, save_document_copy
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.forms.fields import CheckBoxField, TextField
from ioms_desktop.ui.forms.path_field import PathField
from ioms_desktop.ui.printing.recipient_fields import RecipientFields
from ioms_desktop.ui.tasks import Tasks

INTRO = (
    "The copy is not encrypted, and this program cannot take it back: whoever opens the folder can read it. "
    "Who saved it, why and for whom goes on record."
)


class SaveCopyDialog(AutoHeightDialog):
    """Asks for the reason of a copy and for its place; a file that is there is replaced only where that is ticked."""

    def __init__(
        self, session: Session, tasks: Tasks, case_ref: str, document: Document, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            tasks,
            title="Save a copy",
            verb="&Save the copy",
            about=f"Case {case_ref}. {document.title}.",
            intro=INTRO,
            parent=parent,
        )
        self.session, self.case_ref, self.document = session, case_ref, document
        add = self.form.add
        self.reason = add(CodeField("reason", "&Why", labels.reason_options(session.lists), required=True))
        self.reason_text = add(TextField("reason_text", "&In words", limit=300))
        self.recipient = RecipientFields(session, self.form)
        self.folder = add(PathField("path", "F&older", picks_folder=True, required=True))
        self.file_name = add(TextField("file_name", "&Name", limit=200, required=True))
        self.overwrite = add(CheckBoxField("overwrite", "", "&Replace a file of this name"))
        self.folder.set_value(str(Path.home()))
        self.file_name.set_value(document.file_name)
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        entry = SaveDocumentCopy(
            case_ref=self.case_ref,
            document_ref=self.document.document_ref,
            path=self.folder.path() / Path(self.file_name.filled()).name,
            reason=self.reason.filled(),
            reason_text=self.reason_text.value() or "",
            overwrite=bool(self.overwrite.value()),
            **self.recipient.answered(),
        )
        return partial(_save, self.session, entry)


def _save(session: Session, entry: SaveDocumentCopy) -> Outcome:
    written = save_document_copy(session, entry)
    return Outcome(notice=f"A copy was saved as {written}, and put on record.")
