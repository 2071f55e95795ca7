"""Complete an action: done on a date, or cancelled with a reason."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.case_access import BreakGlassUse
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.access.labels import describe_break_glass_reads, describe_break_glass_use
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.labels import describe_action_moves, describe_action_owner
from ioms_desktop.services.recording.actions import FinishAction, finish_action
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 1000
REVIEW_HELP = "Whether it was right to open the case, what you looked at, what follows. Kept with the case."
DONE, CANCELLED = "done", "cancelled"
END_CHOICES = (Choice(DONE, "Done", "d"), Choice(CANCELLED, "Cancelled", "c"))


class FinishActionDialog(AutoHeightDialog):
    """Asks how an action ended. By default Ctrl+Enter records it as done today; a review must say what it came to."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject | None,
        action: Action,
        parent: QWidget | None = None,
        *,
        use: BreakGlassUse | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records it.
            tasks: Runs the command.
            subject: The case; None for an action without a case.
            action: The action as it was read.
            parent: The Qt parent.
            use: The break-glass access, where the action reviews one.
        """
        self._is_review = action.is_access_review
        super().__init__(
            tasks,
            title="Review restricted record access" if self._is_review else "Finish an action",
            verb="&Save",
            discard="&Discard this entry",
            about="An action that belongs to no case." if subject is None else subject.summary,
            parent=parent,
        )
        self.session, self.action = session, action
        case_ref = "" if subject is None else subject.case_ref
        self.enable_autosave(session, Origin("finish_action", case_ref, action.action_ref, action.revision))
        moved = describe_action_moves(action.first_due_on, action.due_moves)
        promised = ", ".join(
            filter(
                None,
                (
                    describe_action_owner(session, action.owner, action.agency),
                    action.owner_contact,
                    f"due on {format_day(action.due_on)}",
                    moved,
                ),
            )
        )
        self.form.place(Card("What was promised", (session.names.in_text(action.text), promised)))
        if use is not None:
            self.form.place(Card("Who opened the record, and why", describe_break_glass_use(session, use)))
            self.form.place(Card("What was read", describe_break_glass_reads(use)))
        self.end = self.form.add(ChoiceField("end", "&It is", END_CHOICES, required=True))
        self.end.set_value(DONE)
        self.on = self.form.add(past_day_field(session, "on", "&On"))
        self.reason = self.form.add(LongTextField("reason", "&Why", lines=2, limit=MAX_REASON_CHARS, required=True))
        self.outcome = self.form.add(
            LongTextField(
                "outcome",
                "What it &came to",
                lines=3,
                limit=MAX_REASON_CHARS,
                required=self._is_review,
                help=REVIEW_HELP if self._is_review else "",
            )
        )
        self.form.set_field_visible("end", not self._is_review)
        self._show_what_applies()
        self.end.changed.connect(self._show_what_applies)
        self.finish_layout()

    @Slot()
    def _show_what_applies(self) -> None:
        self.form.set_field_visible("reason", self.end.value() == CANCELLED)
        self.form.set_field_visible("outcome", self.end.value() != CANCELLED)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        on, cancelled = self.on.value(), self.end.value() == CANCELLED
        reason = (self.reason.value() or "") if cancelled else ""
        outcome = "" if cancelled else (self.outcome.value() or "")
        if on is None or (cancelled and not reason):
            raise MissingValue("Say on which day, and why where it is cancelled. Your entry is kept.")
        entry = FinishAction(
            request=self.request,
            action_ref=self.action.action_ref,
            revision=self.revision,
            on=on,
            cancel_reason=reason,
            outcome=outcome,
        )
        return PendingEdit(finish_action, self.session, entry)
