"""The dialog for break-glass access to a case, which first explains its consequences."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.access.case_access import MIN_REASON_CHARS
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000
CONSEQUENCES = (
    "The case opens for 60 minutes, to you alone and for reading: nothing can be recorded, printed or exported.",
    "Supervisors and auditors are told at once that you did it. Your reason goes on record.",
    "A supervisor reviews it within two working days.",
    "It is for when somebody may come to harm, or something cannot wait, and nobody can be reached who may open it.",
)


class BreakGlassDialog(SimpleCommandDialog):
    """Asks for the reference of the case and the reason."""

    def __init__(self, session: Session, tasks: Tasks, case_ref: str = "", parent: QWidget | None = None) -> None:
        """Create the form.

        Args:
            session: The session of the user who needs access.
            tasks: Runs the command.
            case_ref: The case; empty if its reference is still to be typed.
            parent: The Qt parent.
        """
        self.case_ref = TextField("case_ref", "&Case", required=True, width=220, placeholder="PHX-1234")
        self.case_ref.set_value(case_ref)
        self.reason = LongTextField(
            "reason",
            "&Why now",
            lines=3,
            limit=MAX_REASON_CHARS,
            required=True,
            rule=check_length,
            help=f"At least {MIN_REASON_CHARS} characters: what you know, and why it cannot wait.",
        )

        def command() -> Callable[[], Outcome]:
            reference, reason = self.case_ref.filled(), self.reason.filled()
            entry = BreakGlass(request=self.request, case_ref=reference, reason=reason)
            return partial(break_glass, session, entry)

        spec = SimpleCommand(
            title="Restricted record access",
            verb="&Open the record",
            intro="Opens a case that is kept from you. Its reference must be known; nothing is searched.",
            danger=True,
            origin=Origin("break_glass"),
            cards=(Card("What happens", CONSEQUENCES),),
            fields=(self.case_ref, self.reason),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
        (self.reason if case_ref else self.case_ref).setFocus()


def check_length(reason: str) -> str:
    """Say how many characters a reason still lacks; empty where it is long enough."""
    left = MIN_REASON_CHARS - len(reason.strip())
    return f"{left} more characters are needed." if left > 0 else ""
