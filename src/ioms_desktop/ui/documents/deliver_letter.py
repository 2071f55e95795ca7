"""The dialog that records how a letter was delivered: the form of such a record, begun with the letter."""

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.documents.delivery import LetterDelivery
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.session import Session
from ioms_desktop.ui.forms.date_time_field import DayTimeSpan
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.tasks import Tasks


class DeliveryDialog(RecordDialog):
    """Asks how a letter was delivered, or what came of it."""

    def __init__(
        self, session: Session, tasks: Tasks, subject: CaseSubject, letter: Document, parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records it.
            tasks: Runs the command.
            subject: The case.
            letter: The letter, which is chosen already.
            parent: The Qt parent.
        """
        super().__init__(session, tasks, subject, LetterDelivery, parent=parent)
        self.form.field("document_ref").set_value(letter.document_ref)
        self.form.field("delivered_by").set_value(session.names.of(session.user))
        self.form.field("attempted_at").set_value(DayTimeSpan(DayTime(session.today())))
        self.form.mark_clean()
        self.form.field("method").setFocus()
