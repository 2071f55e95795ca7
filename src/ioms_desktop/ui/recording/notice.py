"""The dialog for the date on which the notice was served."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.notices import ServeNotice, serve_notice
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

DISCARD_LABEL = "&Discard this entry"


class NoticeServedDialog(SimpleCommandDialog):
    """Asks for the day on which the notice was served."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        case, adopted = view.case, view.case.adopted_on
        said = "Not adopted yet." if adopted is None else f"Adopted on {format_day(adopted)}."
        help_text = "The IOM letter says why, what is shared and how to complain."
        on = past_day_field(session, "on", "Served &on", help_text)

        def command() -> Callable[[], Outcome]:
            entry = ServeNotice(request=self.request, case_ref=case.case_ref, revision=self.revision, on=on.filled())
            return PendingEdit(serve_notice, session, entry)

        spec = SimpleCommand(
            title="IOM letter served",
            discard=DISCARD_LABEL,
            intro=f"{subject_of(session, view).summary} {said}",
            origin=Origin("notice_served", case.case_ref, revision=case.revision),
            fields=(on,),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
