"""What a command dialog does when somebody else saved or removed the record meanwhile."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from ioms_desktop.domain.text_format import titled
from ioms_desktop.services.edit_conflicts import EditConflict, PendingEdit, RecordRemoved
from ioms_desktop.ui.dialogs.drafting_dialog import DraftingDialog
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.forms.choice_fields import SingleChoiceField
from ioms_desktop.ui.forms.field import Field

NOT_SAVED_MESSAGE = "Nothing is saved yet. Save again to compare once more, or close to keep what stands."


class SendsCommands(DraftingDialog):
    """What this needs of the dialog whose command met another's."""

    @property
    def about(self) -> str:
        """Whom or what it is about, in one line; empty where the form asks for that."""
        raise NotImplementedError

    def send(self, work: Callable[[], Any]) -> None:
        """Run a command off the interface thread."""
        raise NotImplementedError

    def show_refusal(self, sentence: str) -> None:
        """Say above the form why it was not done."""
        raise NotImplementedError


class ConflictHandler(QObject):
    """Shows the page that compares, and sends the command again as the user settles it."""

    def __init__(self, dialog: SendsCommands) -> None:
        """Stand by.

        Args:
            dialog: Whose command meets another's.
        """
        super().__init__(dialog)
        self._dialog = dialog
        self._edit: PendingEdit[Any] | None = None
        self.page: MergeDialog | None = None

    def command_sending(self, work: Callable[[], object]) -> None:
        """Note what is being sent, so that it can be sent again with the answers."""
        self._edit = work if isinstance(work, PendingEdit) else None
        if self.page is not None:
            self.page.set_sending(True)

    def show_conflict(self, stale: EditConflict | RecordRemoved) -> None:
        """Show what somebody else did."""
        if isinstance(stale, RecordRemoved):
            self.close_page()
            self._show_removed(stale.sentence)
        elif self._edit is None:
            self._dialog.show_refusal(stale.sentence)
        elif self.page is not None:
            self.page.set_sending(False)
            self.page.show_comparison(stale.comparison)
        else:
            self._open(stale)

    def show_refusal(self, sentence: str) -> None:
        """Say on the page why it was not saved."""
        if self.page is not None:
            self.page.set_sending(False)
            self.page.show_refusal(sentence)

    def close_page(self) -> None:
        """Put the page away; the form stays as it is."""
        page, self.page = self.page, None
        if page is not None:
            page.finished.disconnect(self._page_closed)
            page.set_sending(False)
            page.done(0)

    def _open(self, conflict: EditConflict) -> None:
        self.page = MergeDialog(conflict.comparison, self._dialog, about=self._dialog.about)
        self.page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page.resolved.connect(self._send_resolved)
        self.page.finished.connect(self._page_closed)
        self.page.open()

    @Slot(object)
    def _send_resolved(self, picks: object) -> None:
        if self._edit is not None and self.page is not None and isinstance(picks, dict):
            self._dialog.send(self._edit.with_resolution(self.page.comparison, picks))

    @Slot()
    def _page_closed(self) -> None:
        page, self.page = self.page, None
        if page is None:
            return
        self._dialog.activateWindow()
        closed = page.comparison.refusal
        self._dialog.banner.caution(closed or f"{page.comparison.saved_by} saved this meanwhile. {NOT_SAVED_MESSAGE}")

    def _show_removed(self, sentence: str) -> None:
        self._dialog.banner.problem(sentence, "Copy what was &typed", self._copy_typed_text)

    def _copy_typed_text(self) -> None:
        fields = (field for field in self._dialog.form.fields if field.isVisibleTo(self._dialog.form))
        filled = (titled(field.plain_title, words) for field in fields if (words := _field_text(field)))
        QApplication.clipboard().setText("\n".join(filled))
        self._show_removed("Copied. The record is gone and nothing was saved; paste your words where they belong.")


def _field_text(field: Field[Any]) -> str:
    """Return what stands in a field as its reader sees it."""
    if isinstance(field, SingleChoiceField):
        chosen = field.buttons.get(field.value() or "")
        return "" if chosen is None else chosen.text()
    return field.draft_text()
