"""The dialog to take over a restricted case to which no supervisor is admitted any more."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.access.case_access import MIN_REASON_CHARS, TAKEOVER_REQUEST_DURATION, OrphanedCase
from ioms_desktop.services.access.take_over import TakeOverCase, take_over_case
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.access.break_glass import MAX_REASON_CHARS, check_length
from ioms_desktop.ui.dialogs.auto_height import Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import CodeField, Option
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.tasks import Tasks

TWO_PEOPLE = (
    f"The first supervisor asks; a second one completes it within {TAKEOVER_REQUEST_DURATION.days} days, in the same "
    "way. Both are then admitted to the case."
)
CONSEQUENCES = (
    TWO_PEOPLE,
    "Until then neither of you sees anything of it but its reference.",
    "Both names and reasons go on record.",
)


class TakeOverCaseDialog(SimpleCommandDialog):
    """Asks which case, and why."""

    def __init__(
        self, session: Session, tasks: Tasks, orphaned: Sequence[OrphanedCase], parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            session: The session of the supervisor.
            tasks: Runs the command.
            orphaned: The cases that can be taken over, each with the request that waits for a second supervisor.
            parent: The Qt parent.
        """
        options = [Option(each.case_ref, _describe(session, each)) for each in orphaned]
        self.case_ref = CodeField("case_ref", "&Case", options, required=True)
        if len(orphaned) == 1:
            self.case_ref.set_value(orphaned[0].case_ref)
        self.reason = LongTextField(
            "reason",
            "&Why",
            lines=3,
            limit=MAX_REASON_CHARS,
            required=True,
            rule=check_length,
            help=f"At least {MIN_REASON_CHARS} characters: who left, and why the case needs a supervisor.",
        )

        def command() -> Callable[[], Outcome]:
            entry = TakeOverCase(request=self.request, case_ref=self.case_ref.filled(), reason=self.reason.filled())
            return partial(take_over_case, session, entry)

        asked = tuple(
            f"{each.case_ref}: {session.names.of(each.asked_by)}, {format_instant(each.asked_at)}. “{each.reason}”"
            for each in orphaned
            if each.asked_by is not None and each.asked_at is not None
        )
        spec = SimpleCommand(
            title="Take over a case",
            verb="&Take it over",
            intro="Restricted cases whose last supervisor has left: nobody can say any more who may know of them.",
            origin=Origin("take_over"),
            cards=(Card("What happens", CONSEQUENCES), *((Card("Asked for already", asked),) if asked else ())),
            fields=(self.case_ref, self.reason),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def _describe(session: Session, case: OrphanedCase) -> str:
    return (
        case.case_ref if case.asked_by is None else f"{case.case_ref}, asked for by {session.names.of(case.asked_by)}"
    )
