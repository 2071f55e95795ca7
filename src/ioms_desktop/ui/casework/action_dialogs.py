"""Dialogs that give an action to anyone, from a case or from a contact, and move the day by which it is due."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import working_days_after
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.record import Column
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.labels import describe_action_moves, describe_action_owner
from ioms_desktop.services.recording.actions import MoveAction, move_action
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.field import Field, FieldOptions
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.record_form import Clock, FieldMaker
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.workers.worker_field import WorkerField

MAX_REASON_CHARS = 1000


class GiveActionDialog(RecordDialog):
    """Asks for an action; the names of users and of everybody who works on a case are completed."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        workers: Sequence[str],
        contact: Contact | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who gives it.
            tasks: Runs the command.
            subject: The case to which it belongs.
            workers: The names that are completed.
            contact: The contact that it follows from; the form then opens with it, for the user themselves.
            parent: The Qt parent.
        """
        self._workers = workers
        super().__init__(session, tasks, subject, Action, parent=parent)
        if contact is not None:
            self.form.field("contact_ref").set_value(contact.contact_ref)
            self.form.field("owner").set_value(session.names.of(session.user))
            self.form.field("due_on").set_value(working_days_after(session.today(), 1))
            self.form.mark_clean()  # nobody typed it, so it is not asked about on closing

    @override
    def field_makers(self) -> Mapping[str, FieldMaker]:
        return {"owner": self._owner_field}

    def _owner_field(self, column: Column, _lists: CodeLists, _now: Clock, options: "FieldOptions[Any]") -> Field[Any]:
        return WorkerField(column.name, column.label, self._workers, **options)


class MoveActionDialog(SimpleCommandDialog):
    """Asks for another day for an action, and why."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject | None,
        action: Action,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who moves it.
            tasks: Runs the command.
            subject: The case; None for an action without a case.
            action: The action as it was read.
            parent: The Qt parent.
        """
        self.due = DateField("due_on", "Due &on", today=session.today, bias=DateBias.AHEAD, required=True)
        self.reason = LongTextField("reason", "&Why", lines=2, limit=MAX_REASON_CHARS, required=True)

        def command() -> Callable[[], Outcome]:
            entry = MoveAction(
                request=self.request,
                action_ref=action.action_ref,
                revision=self.revision,
                due_on=self.due.filled(),
                reason=self.reason.filled(),
            )
            return PendingEdit(move_action, session, entry)

        who = "An action that belongs to no case." if subject is None else subject.summary
        owner = describe_action_owner(session, action.owner, action.agency)
        moved = describe_action_moves(action.first_due_on, action.due_moves)
        due = ", ".join(filter(None, (f"due on {format_day(action.due_on)}", moved)))
        spec = SimpleCommand(
            title="Move the day of an action",
            verb="&Save",
            discard="&Discard this entry",
            about=who,
            intro=f"{session.names.in_text(action.text)} ({owner}): {due}.",
            origin=Origin(
                "action_day", "" if subject is None else subject.case_ref, action.action_ref, action.revision
            ),
            fields=(self.due, self.reason),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
