"""A form that is opened where an unsaved entry was left says so, until one types."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Slot

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.drafts import find_draft_of_form
from ioms_desktop.ui.dialogs.autosave import DraftKeeper, open_ids
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import MessageBar


class RestoresDrafts(Protocol):
    """A dialog in which an unsaved entry can be restored."""

    form: Form
    banner: MessageBar

    def restore(self, draft: Draft) -> None:
        """Fill the form with the entry."""


class DraftOffer(QObject):
    """Looks for an entry left in the same form, and offers it in the dialog's banner."""

    def __init__(self, dialog: RestoresDrafts, keeper: DraftKeeper, tasks: Tasks) -> None:
        """Look once the dialog stands.

        Args:
            dialog: Where it is offered.
            keeper: What the dialog was opened on.
            tasks: Where it is looked for.
        """
        super().__init__(keeper)
        self._dialog, self._keeper, self._tasks = dialog, keeper, tasks
        self._offered: Draft | None = None
        if keeper.able:
            QTimer.singleShot(0, self, self._look)

    @Slot()
    def _look(self) -> None:
        keeper, origin = self._keeper, self._keeper.origin
        if self._dialog.form.dirty:
            return
        desk = keeper.desk
        work = partial(find_draft_of_form, desk, origin.form, origin.case_ref, origin.about, open_ids(desk))
        self._tasks.run(self, work, self._offer, _silent)

    def _offer(self, draft: Draft | None) -> None:
        dialog = self._dialog
        if draft is None or dialog.form.dirty or dialog.banner.isVisible():
            return
        self._offered = draft
        dialog.banner.caution(left_words(draft), "Restore it", self._restore)
        dialog.form.changed.connect(self._withdraw)

    @Slot()
    def _withdraw(self) -> None:
        # Restored now, it would take the place of what is being typed; it stays in the list of unsaved entries.
        if self._offered is not None and self._dialog.form.dirty:
            self._offered = None
            self._dialog.banner.clear()

    @Slot()
    def _restore(self) -> None:
        draft, self._offered = self._offered, None
        if draft is not None:
            self._dialog.restore(draft)


def left_words(draft: Draft) -> str:
    """Say that an entry was left in this form."""
    return f"An unsaved entry of yours from {kept_words(draft)} was left here."


def kept_words(draft: Draft) -> str:
    """Say when an entry was kept: `23 Nov 2026, 09:30`."""
    at = draft.saved_at.astimezone(LONDON)
    return f"{format_day(at.date())}, {at:%H:%M}"


def _silent(sentence: str) -> None:
    del sentence  # the window says what is wrong with the database; the list of unsaved entries offers it again
