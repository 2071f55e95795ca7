"""The dialog that sets or confirms a RAG: the colour, the date from which it applies, and the reason."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import NO_BASE_REVISION, PendingEdit
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.scale_field import ScaleField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000


class RagDialog(SimpleCommandDialog):
    """Asks for the RAG of a case; confirming the colour counts as a review."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        view: CaseView,
        parent: QWidget | None = None,
        *,
        entry: RagEntry | None = None,
    ) -> None:
        """Ask for a colour.

        Args:
            session: The session of the user who sets it.
            tasks: Runs the command.
            view: The case.
            parent: The Qt parent.
            entry: An entry to correct; None to set the colour as of now.
        """
        case_ref = view.case.case_ref
        colours = [Choice(code.code, f"{code.label}: {code.description}") for code in session.lists.of("rag")]
        help_text = "R, A, G or B. Confirming it is a review."
        self.rag = ScaleField("rag", "&Colour", colours, required=True, help=help_text)
        reason = LongTextField(
            "reason",
            "&Why",
            lines=3,
            limit=MAX_REASON_CHARS,
            required=True,
            help="What is known, and what is judged from it. Name nobody else.",
        )
        on = past_day_field(session, "on", "&From")

        def command() -> Callable[[], Outcome]:
            # A second entry for the same date corrects the first, so it carries the revision that was read.
            read = next((each.revision for each in view.rag if each.set_on == on.value()), NO_BASE_REVISION)
            entry = SetRag(
                request=self.request,
                case_ref=case_ref,
                rag=self.rag.filled(),
                set_on=on.filled(),
                reason=reason.filled(),
                revision=read,
            )
            return PendingEdit(set_rag, session, entry)

        spec = SimpleCommand(
            title="Set RAG",
            verb="&Set RAG",
            discard="&Discard this RAG",
            about=subject_of(session, view).summary,
            intro=describe_current_rag(view),
            origin=Origin("rag", case_ref),
            fields=(self.rag, reason, on),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
        if entry is not None:
            self.rag.set_value(entry.rag)
            reason.set_value(entry.reason)
            on.set_value(entry.set_on)
            self.form.mark_clean()


def describe_current_rag(view: CaseView) -> str:
    """Describe the current RAG in one sentence."""
    rag = view.rag_in_force
    return "No RAG is set yet." if rag is None else f"Now {rag.rag} since {format_day(rag.set_on)}: {rag.reason}"
