"""Set or confirm a RAG: the colour, the day it holds from, and why."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import NO_BASE_REVISION, PendingEdit
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import Choice
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.scale_field import ScaleField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000


class RagDialog(AutoHeightDialog):
    """Collects one RAG decision; confirming the colour counts as a review."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        """Fill the form.

        Args:
            session: Whose decision it is.
            tasks: Where it is saved.
            view: The case as it stands.
            parent: The window it belongs to.
        """
        super().__init__(
            tasks,
            title="Set RAG",
            verb="&Set RAG",
            discard="&Discard this RAG",
            intro=f"{subject_of(session, view).summary} {describe_current_rag(view)}",
            parent=parent,
        )
        self.session, self.case_ref, self.entries = session, view.case.case_ref, view.rag
        self.enable_autosave(session, Origin("rag", self.case_ref))
        colours = [Choice(code.code, f"{code.label}: {code.description}") for code in session.lists.of("rag")]
        self.rag = self.form.add(
            ScaleField("rag", "&Colour", colours, required=True, help="R, A, G or B. Confirming it is a review.")
        )
        self.reason = self.form.add(
            LongTextField(
                "reason",
                "&Why",
                lines=3,
                limit=MAX_REASON_CHARS,
                required=True,
                help="What is known, and what is judged from it. Name nobody else.",
            )
        )
        self.on = self.form.add(DateField("on", "&From", today=session.today(), bias=DateBias.BACK, required=True))
        self.on.set_value(session.today())
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        rag, on, reason = self.rag.value(), self.on.value(), self.reason.value()
        if rag is None or on is None or not reason:
            raise MissingValue("A RAG needs its colour, its day and its reason. Your entry is kept.")
        read = next((each.revision for each in self.entries if each.set_on == on), NO_BASE_REVISION)
        entry = SetRag(request=self.request, case_ref=self.case_ref, rag=rag, set_on=on, reason=reason, revision=read)
        return PendingEdit(set_rag, self.session, entry)


def describe_current_rag(view: CaseView) -> str:
    """Say how the RAG stands."""
    rag = view.figures.rag
    return "No RAG is set yet." if rag is None else f"Now {rag.rag} since {format_day(rag.set_on)}: {rag.reason}"
