"""The dialog that writes one's own appointments as a file for another calendar program."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.appointments.calendar_export import SUFFIX, export_calendar
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import expand_path, new_file_problem
from ioms_desktop.ui.tasks import Tasks

FIRST_DAYS = 28
INTRO = (
    "Your own appointments for another calendar program, with initials in place of names and without places. The file "
    "is OFFICIAL-SENSITIVE and goes on record as disclosed; delete it when your calendar has it."
)


class ExportCalendarDialog(SimpleCommandDialog):
    """Asks for the days, the reason and the file."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        today = session.today()
        self.first = DateField("first", "&From", today=session.today, bias=DateBias.NEAR, required=True)
        self.first.set_value(today)
        self.last = DateField("last", "&To", today=session.today, bias=DateBias.AHEAD, required=True)
        self.last.set_value(today + timedelta(days=FIRST_DAYS - 1))
        self.reason = CodeField("reason", "&Why", labels.reason_options(session.lists), required=True)
        self.target = TextField("where", "F&ile", required=True, rule=_path_problem, help="A new file, ending in .ics.")
        self.target.set_value(str(Path.home() / f"appointments-{today.isoformat()}{SUFFIX}"))

        def command() -> Callable[[], Outcome]:
            path, reason = expand_path(self.target.filled()), self.reason.filled()
            first, last = self.first.filled(), self.last.filled()

            def write() -> Outcome:
                report = export_calendar(session, path, first, last, reason=reason)
                what = pluralise(report.appointments, "appointment")
                return Outcome(notice=f"Wrote {what} to {report.path}.", changed=frozenset(), ref="")

            return write

        spec = SimpleCommand(
            title="Save my appointments as a file",
            verb="&Save file",
            intro=INTRO,
            origin=Origin("export_calendar"),
            fields=(self.first, self.last, self.reason, self.target),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def _path_problem(text: str) -> str:
    if expand_path(text).suffix.lower() != SUFFIX:
        return f"This is not a calendar file. Give a name that ends in {SUFFIX}."
    return new_file_problem(text, server_problem="This is the address of a server. Name a file.")
