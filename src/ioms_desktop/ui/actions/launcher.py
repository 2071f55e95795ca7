"""Runs the actions that open a dialog: check the right, read what is needed, build, show, pass on what was done."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer

from ioms_desktop.domain.access.roles import Right, may, require
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.session import Outcome, RaisedTrigger
from ioms_desktop.ui.actions.dialog_action import DialogAction, DialogContext, Gathered, Loader, Target, TargetGone
from ioms_desktop.ui.actions.recording_actions import PROPOSE_DECISION
from ioms_desktop.ui.keys_ahead import KeysAhead, drop_former

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.ui.dialogs.drafting_dialog import DraftingDialog

FORM_UNAVAILABLE_MESSAGE = (
    "What this entry was about has changed meanwhile, so its form cannot be opened again. Your words are kept: read "
    "and copy them under File, Unsaved entries."
)
Given = Mapping[Loader[Any], object]


class DialogLauncher:
    """Opens dialogs over one window, screen or dialog."""

    def __init__(self, context: DialogContext, *, takes_keys: bool = True) -> None:
        """Open dialogs over what the context describes.

        Args:
            context: What they open over.
            takes_keys: Whether what is typed once a dialog is asked for is typed into it; not where it opens by itself.
        """
        self.context = context
        self._takes_keys = takes_keys

    def at_hand(self, target: Target) -> Given:
        """Return what has been read already of what an action is started on."""
        del target
        return {}

    def launch(self, action: DialogAction, target: Target | None = None, *, given: Given | None = None) -> None:
        """Open the dialog of an action, in place of one that was asked for before and is not there yet.

        Args:
            action: The action.
            target: What it is started on; None for nothing in particular.
            given: What the caller has read already.
        """
        context, target = self.context, target or Target()
        gathered = Gathered(context.session, target, {**self.at_hand(target), **(given or {})})
        try:
            require(context.session.role, action.right)
        except Refused as refused:
            context.show_problem(refused.sentence)
            return
        drop_former(context.parent)
        keys = KeysAhead(context.parent) if self._takes_keys else None
        if all(need in gathered for need in action.needs):
            self._open_read(action, keys, gathered)
            return
        work = partial(gathered.load, action.needs)
        then, not_read = partial(self._open_read, action, keys), partial(self._refused, keys)
        # Keyed by the action: pressed twice before the first answer is here, it opens one dialog.
        task = context.tasks.latest(context.parent, action.name, work, then, not_read, partial(_end, keys))
        if keys is not None:
            keys.request = task

    def _open_read(self, action: DialogAction, keys: KeysAhead | None, gathered: Gathered) -> None:
        try:
            self.open_gathered(action, gathered, keys)
        finally:
            if keys is not None and keys.dialog is None:
                keys.end()

    def _refused(self, keys: KeysAhead | None, sentence: str) -> None:
        _end(keys)
        self.context.show_problem(sentence)

    def open_gathered(self, action: DialogAction, gathered: Gathered, keys: KeysAhead | None = None) -> None:
        """Build the dialog from what was read, and show it."""
        try:
            dialog = action.make(self.context, gathered)
        except Refused as refused:
            self.context.show_problem(refused.sentence)
            return
        self.show(dialog, action.completed, keys)

    def show(
        self,
        dialog: "QDialog",
        completed: Callable[[DialogContext, Any], None] | None = None,
        keys: KeysAhead | None = None,
    ) -> None:
        """Show a dialog, and handle what its command did.

        Args:
            dialog: Deleted once it closes.
            completed: Called with the answer of the command first.
            keys: Keeps what is typed for it.
        """
        from ioms_desktop.ui.dialogs.command_dialog import CommandDialog  # noqa: PLC0415 - imported with the dialog

        def handle(answer: object) -> None:
            if completed is not None:
                completed(self.context, answer)
            if isinstance(answer, Outcome):
                self.context.handle_outcome(answer)
                if answer.raised:
                    tell = partial(self._show_raised, answer)
                    QTimer.singleShot(0, self.context.parent, tell)  # in a turn of its own, after the form has closed

        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if isinstance(dialog, CommandDialog):
            dialog.completed.connect(handle)
        if keys is None:
            dialog.open()
        else:
            keys.open(dialog)

    def _show_raised(self, outcome: Outcome) -> None:
        """Show which triggers a record raised; who may decide on them can do so at once."""
        from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog  # noqa: PLC0415 - most records raise none

        session = self.context.session
        may_decide = may(session.role, Right.PROPOSE)
        dialog = TriggersRaisedDialog(session, outcome.raised, may_decide=may_decide, parent=self.context.parent)
        dialog.decision_requested.connect(self._propose_decision)
        dialog.open()

    def _propose_decision(self, raised: RaisedTrigger) -> None:
        self.launch(PROPOSE_DECISION, Target(case_ref=raised.case_ref, about=raised.rule))

    def restore(self, draft: Draft, action: DialogAction | None) -> None:
        """Open the form of an unsaved entry with everything that was typed; where it cannot be opened, say so.

        Args:
            draft: The entry.
            action: The action whose dialog restores it; None where there is none any more.
        """
        context = self.context
        if action is None:
            context.show_problem(FORM_UNAVAILABLE_MESSAGE)
            return
        gathered = Gathered(context.session, Target(case_ref=draft.case_ref, about=draft.about))

        def work() -> Gathered | None:
            try:
                return gathered.load(action.needs)
            except TargetGone:
                return None

        context.tasks.run(context.parent, work, partial(self._open_restored, draft, action), context.show_problem)

    def _open_restored(self, draft: Draft, action: DialogAction, gathered: Gathered | None) -> None:
        dialog = None if gathered is None else self.make_for_draft(draft, action, gathered)
        if dialog is None:
            self.context.show_problem(FORM_UNAVAILABLE_MESSAGE)
            return
        dialog.restore(draft)
        self.show(dialog, action.completed)

    def make_for_draft(self, draft: Draft, action: DialogAction, gathered: Gathered) -> "DraftingDialog | None":
        """Build the dialog for an unsaved entry; None where that would be another form than it was typed into."""
        from ioms_desktop.ui.dialogs.drafting_dialog import DraftingDialog  # noqa: PLC0415 - imported with the dialog

        try:
            dialog = action.make(self.context, gathered)
        except TargetGone:
            return None
        if not isinstance(dialog, DraftingDialog):
            return None
        if dialog.autosave is None or dialog.autosave.origin.form != draft.form:
            dialog.deleteLater()
            return None
        return dialog


def _end(keys: KeysAhead | None, _reference: str = "") -> None:
    if keys is not None:
        keys.end()
