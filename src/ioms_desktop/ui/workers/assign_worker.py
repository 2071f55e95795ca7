"""Name who works on a case in a role, or who takes over."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.workers.case_workers import PROGRAMME_ROLES, CaseWorker
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import CodeField, code_options
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.workers.worker_field import WorkerField

NAME_HELP = "A user, or somebody of another agency by their name. Empty where nobody takes over."
NOT_YOURS = "A supervisor or a co-ordinator decides who takes over."


class AssignWorkerDialog(AutoHeightDialog):
    """Asks who holds a role of a case from a day on, and shows who holds it now."""

    def __init__(
        self, session: Session, tasks: Tasks, view: CaseView, known: Sequence[str], parent: QWidget | None = None
    ) -> None:
        """Create the form for the first role that nobody holds.

        Args:
            session: The session of who assigns.
            tasks: Runs the command.
            view: The case.
            known: The names suggested.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Say who is responsible",
            verb="&Assign",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            parent=parent,
        )
        self.session, self.view = session, view
        self.enable_autosave(session, Origin("assign_worker", view.case.case_ref))
        self._holders = {each.worker_role: each for each in view.workers if each.is_current}
        add, roles = self.form.add, session.lists.of("worker_role")
        self.role = add(CodeField("worker_role", "&Role", code_options(roles, session.today()), required=True))
        self.holder_card = Card("Now", ("",))
        self.form.place(self.holder_card)
        self.worker = add(WorkerField("worker", "&Who", known, help=NAME_HELP))
        self.on = add(past_day_field(session, "on", "&From"))
        self.reason = add(TextField("reason", "Wh&y", limit=1000, required=True))
        self.agency = add(CodeField("agency", "A&gency", code_options(session.lists.of("agency"), session.today())))
        self.phone = add(TextField("phone", "&Phone", limit=60, width=220))
        self.email = add(TextField("email", "&Email", limit=200, width=280))
        self.role.changed.connect(self._show_holder)
        wanted = PROGRAMME_ROLES.get(view.case.programme, "POLICE_OM")
        order = (wanted, *(code.code for code in roles))
        self.role.set_value(next((role for role in order if role not in self._holders), wanted))
        self.finish_layout()
        self.worker.setFocus()

    @Slot()
    def _show_holder(self) -> None:
        holder = self._holders.get(self.role.value() or "")
        words = "Nobody" if holder is None else _describe(self.session, holder)
        if holder is not None and not may(self.session.role, Right.ASSIGN_WORKERS):
            words = f"{words}. {NOT_YOURS}"
        self.holder_card.set_lines((words,))
        self.form.set_field_visible("reason", holder is not None)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        entry = AssignWorker(
            request=self.request,
            case_ref=self.view.case.case_ref,
            worker_role=self.role.filled(),
            worker=WorkerDetails(
                name=self.worker.value() or "",
                agency=self.agency.value() or "",
                phone=self.phone.value() or "",
                email=self.email.value() or "",
            ),
            on=self.on.filled(),
            reason=self.reason.value() or "",
        )
        return partial(assign_worker, self.session, entry)


def _describe(session: Session, holder: CaseWorker) -> str:
    since = "" if holder.started_on is None else f", from {format_day(holder.started_on)}"
    return f"{session.names.of(holder.worker)}{since}"
