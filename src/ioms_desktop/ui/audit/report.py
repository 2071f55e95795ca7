"""The dialog that prints a report from the audit into a file."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ioms_desktop.services.printing.packs.audit_report import WantedReport, print_audit_report
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import expand_path, new_pdf_problem
from ioms_desktop.ui.tasks import Tasks

USUAL_DAYS = 28
INTRO = (
    "Who did what, who looked at what, and what was refused. The report names everyone who received something, gives "
    "reasons as they were written, and holds nothing else that is recorded about a person. Asking for it and saving it "
    "are put on record."
)


class AuditReportDialog(SimpleCommandDialog):
    """Asks for the case or person, the days and the file."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        today = session.today()
        about = "A reference. Leave empty for every entry of these days."
        self.ref = TextField("ref", "&Case or person", limit=60, help=about)
        self.first = DateField("first", "&From", today=session.today, bias=DateBias.BACK, required=True)
        self.first.set_value(today - timedelta(days=USUAL_DAYS - 1))
        self.last = DateField("last", "&To", today=session.today, bias=DateBias.BACK, required=True)
        self.last.set_value(today)
        self.target = TextField(
            "where", "F&ile", required=True, rule=new_pdf_problem, help="A new file, ending in .pdf."
        )
        self.target.set_value(str(Path.home() / f"audit-report-{today.isoformat()}.pdf"))

        def command() -> Callable[[], Outcome]:
            wanted = WantedReport(ref=self.ref.value() or "", first=self.first.filled(), last=self.last.filled())
            return partial(print_audit_report, session, wanted, expand_path(self.target.filled()))

        spec = SimpleCommand(
            title="Audit report",
            verb="&Save report",
            intro=INTRO,
            origin=Origin("audit_report"),
            fields=(self.ref, self.first, self.last, self.target),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
