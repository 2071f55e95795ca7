"""A form that is opened where an unsaved entry was left says so, until one types."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.services.drafts import find_draft_of_form
from ioms_desktop.services.labels import format_instant
from ioms_desktop.ui.dialogs.autosave import DraftAutosave, open_draft_ids
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.widgets import MessageBar


class RestoresDrafts(Protocol):
    """A dialog in which an unsaved entry can be restored."""

    form: Form
    banner: MessageBar

    def restore(self, draft: Draft) -> None:
        """Fill the form with the entry."""


class DraftRestorePrompt(QObject):
    """Looks for an entry left in the same form, and offers it in the dialog's banner."""

    def __init__(self, dialog: RestoresDrafts, autosave: DraftAutosave, tasks: Tasks) -> None:
        """Look once the dialog stands.

        Args:
            dialog: Where it is offered.
            autosave: What the dialog was opened on.
            tasks: Where it is looked for.
        """
        super().__init__(autosave)
        self._dialog, self._autosave, self._tasks = dialog, autosave, tasks
        self._offered_draft: Draft | None = None
        if autosave.can_save:
            QTimer.singleShot(0, self, self._find_draft)

    @Slot()
    def _find_draft(self) -> None:
        keeper, origin = self._autosave, self._autosave.origin
        if self._dialog.form.is_dirty:
            return
        session = keeper.session
        work = partial(find_draft_of_form, session, origin.form, origin.case_ref, origin.about, open_draft_ids(session))
        # On a refusal the window says what is wrong with the database; the list of unsaved entries offers it again.
        self._tasks.run(self, work, self._show_prompt, ignore)

    def _show_prompt(self, draft: Draft | None) -> None:
        dialog = self._dialog
        if draft is None or dialog.form.is_dirty or dialog.banner.isVisible():
            return
        self._offered_draft = draft
        dialog.banner.caution(describe_left_draft(draft), "Restore it", self._restore)
        dialog.form.changed.connect(self._hide_prompt)

    @Slot()
    def _hide_prompt(self) -> None:
        # Restored now, it would take the place of what is being typed; it stays in the list of unsaved entries.
        if self._offered_draft is not None and self._dialog.form.is_dirty:
            self._offered_draft = None
            self._dialog.banner.clear()

    @Slot()
    def _restore(self) -> None:
        draft, self._offered_draft = self._offered_draft, None
        if draft is not None:
            self._dialog.restore(draft)


def describe_left_draft(draft: Draft) -> str:
    """Say that an entry was left in this form."""
    return f"An unsaved entry of yours from {format_instant(draft.saved_at)} was left here."
