"""The dialog that reopens a case which closed, as a new case that follows it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.leaving.reopening import ReopenCase, reopen_case
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import CodeField, code_options
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks


class ReopenDialog(SimpleCommandDialog):
    """Asks from which day, who asks for it and why."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        unit = CodeField(
            "unit",
            "Referring &unit",
            code_options(session.lists.of("unit"), session.today()),
            required=True,
            help="The unit or partner that asks; an agency outside is Other, and is named below.",
        )
        reason = TextField("reason", "&Reason", required=True)
        by = TextField("referred_by", "Referred &by", help="Rank, number and name, or name and agency.")
        on = past_day_field(session, "reopened_on", "Reopened &on")

        def command() -> Callable[[], Outcome]:
            entry = ReopenCase(
                request=self.request,
                case_ref=view.case.case_ref,
                reopened_on=on.filled(),
                unit=unit.filled(),
                reason=reason.filled(),
                referred_by=by.value(),
            )
            return partial(reopen_case, session, entry)

        closed = "" if view.case.closed_on is None else f"It closed on {format_day(view.case.closed_on)}. "
        spec = SimpleCommand(
            title="Reopen the case",
            verb="&Save and open the new case",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=f"{closed}It stays as it is; the new case follows it.",
            origin=Origin("reopen_case", view.case.case_ref),
            fields=(unit, reason, by, on),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
