"""Hand a leaver's caseload over: whose, which cases, to whom in each role, from when and why; all in one act."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.workers.assigning import WorkerDetails
from ioms_desktop.services.workers.caseloads import HandOver, HeldRole, hand_over_caseload, list_held_roles
from ioms_desktop.ui.dialogs.progress_dialog import LongTaskDialog
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.tick_field import TickField
from ioms_desktop.ui.tasks import TaskProgress, Tasks
from ioms_desktop.ui.widgets.widgets import announce
from ioms_desktop.ui.workers.worker_field import WorkerField

INTRO = (
    "The cases of one person pass to others from one day on. Untick the cases that stay with them. If you stop, "
    "nothing is changed."
)
NO_CASES = "{name} works on no open case that you may know of. Check the name."
SEPARATOR = "/"


class HandOverDialog(LongTaskDialog[Outcome]):
    """Asks whose cases first, then shows them with the roles held, and who takes each role over."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        known: Sequence[str],
        handle_outcome: Callable[[Outcome], None],
        parent: QWidget | None = None,
        *,
        worker: str = "",
    ) -> None:
        """Create the form.

        Args:
            session: The session of who says who takes over.
            tasks: Runs the work.
            known: The names suggested.
            handle_outcome: Refreshes what the act changed.
            parent: The Qt parent.
            worker: Whose cases, where that is known; empty where it is asked.
        """
        super().__init__(
            tasks, title="Hand over a caseload", intro=INTRO, verb="&Show the cases", noun="roles", parent=parent
        )
        self.session, self._known, self._handle_outcome = session, known, handle_outcome
        self._request = str(uuid4())
        self.worker = self.form.add(WorkerField("worker", "&Whose cases", known, required=True))
        self.worker.set_value(worker)
        self.cases: TickField | None = None
        self.takers: dict[str, WorkerField] = {}
        self.finish_layout()

    @override
    @Slot()
    def start(self) -> None:
        if self.cases is not None:
            super().start()
        elif self.worker.isEnabled() and self.form.validate():
            self.worker.setEnabled(False)  # the cases that are shown are those of whoever is named
            work = partial(list_held_roles, self.session, self.worker.filled())
            unread = self._not_read
            self._tasks.run(self, work, self._show_cases, self._not_shown, unread, then_failed=unread)

    def _not_shown(self, sentence: str) -> None:
        self.banner.problem(sentence)
        self._ask_again()

    def _not_read(self, reference: str) -> None:
        self._not_shown(f"The cases could not be read. The reference is {reference}.")

    def _ask_again(self) -> None:
        self.worker.setEnabled(True)
        self.worker.setFocus()

    def _show_cases(self, held: Sequence[HeldRole]) -> None:
        if not held:
            self.banner.caution(NO_CASES.format(name=self.session.names.of(self.worker.filled())))
            self._ask_again()
            return
        self.banner.clear()
        roles = self.session.lists.of("worker_role")
        options = [
            Option(
                f"{each.worker_role}{SEPARATOR}{each.case_ref}",
                f"{each.name}, {each.case_ref}: {roles.label(each.worker_role)}",
            )
            for each in held
        ]
        self.cases = self.form.add(TickField("cases", "&Cases", options, required=True))
        self.cases.set_value(tuple(option.code for option in options))
        for role in dict.fromkeys(each.worker_role for each in held):
            field = WorkerField(f"taker_{role}", f"{roles.label(role)} from then on", self._known)
            self.takers[role] = self.form.add(field)
        self.on = self.form.add(past_day_field(self.session, "on", "&From"))
        self.reason = self.form.add(TextField("reason", "Wh&y", limit=1000, required=True))
        self.primary.setText("&Hand over")
        next(iter(self.takers.values())).setFocus()
        announce(f"{pluralise(len(held), 'role').capitalize()} of {self.session.names.of(self.worker.filled())}", self)

    @override
    def read_form(self) -> None:
        chosen = (self.cases.value() if self.cases is not None else None) or ()
        pairs = (code.partition(SEPARATOR) for code in chosen)
        self._entry = HandOver(
            request=self._request,
            worker=self.worker.filled(),
            roles=tuple((case_ref, role) for role, _, case_ref in pairs),
            takers={role: WorkerDetails(name=field.value() or "") for role, field in self.takers.items()},
            on=self.on.filled(),
            reason=self.reason.filled(),
        )

    @override
    def run_task(self, progress: TaskProgress) -> Outcome:
        return hand_over_caseload(self.session, self._entry, progress=progress.report)

    @override
    def describe_result(self, answer: Outcome) -> tuple[str, str]:
        self._handle_outcome(answer)
        return answer.notice, ""
