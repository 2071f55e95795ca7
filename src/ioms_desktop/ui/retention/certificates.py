"""The dialog that prints the certificate of a disposal again, into a file."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.retention import Disposal
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.printing.packs.certificate import print_certificate
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import CodeField, Option
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import expand_path, new_pdf_problem
from ioms_desktop.ui.tasks import Tasks

INTRO = "What was removed, by kind and number, who decided it, and where copies may remain. It names nobody."


class PrintCertificateDialog(SimpleCommandDialog):
    """Asks for the disposal and the file."""

    def __init__(
        self, session: Session, tasks: Tasks, disposals: Sequence[Disposal], parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            disposals: Those that were carried out, the latest first; at least one.
        """
        known = [Option(each.disposal_ref, _describe(each)) for each in disposals]
        self.disposal = CodeField("disposal", "&Disposal", known, required=True)
        self.disposal.set_value(known[0].code)
        self.target = TextField(
            "where", "F&ile", required=True, rule=new_pdf_problem, help="A new file, ending in .pdf."
        )
        self.target.set_value(str(Path.home() / f"certificate-{known[0].code}.pdf"))

        def command() -> Callable[[], Outcome]:
            return partial(print_certificate, session, self.disposal.filled(), expand_path(self.target.filled()))

        spec = SimpleCommand(
            title="Certificate of disposal",
            verb="&Save certificate",
            intro=INTRO,
            origin=Origin("print_certificate"),
            fields=(self.disposal, self.target),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def _describe(disposal: Disposal) -> str:
    """Name a disposal by its number and its day."""
    at = disposal.answered_at
    return (
        disposal.disposal_ref if at is None else f"{disposal.disposal_ref} · {format_day(at.astimezone(LONDON).date())}"
    )
