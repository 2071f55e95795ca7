"""A dialog with a form whose unsaved entries are kept while one types, and asked after when it closes."""

from collections.abc import Callable
from uuid import uuid4

from PySide6.QtCore import Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QWidget
from typing_extensions import override

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.autosave import DraftAutosave, Origin
from ioms_desktop.ui.dialogs.restore_prompt import DraftRestorePrompt
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.unsaved_prompt import UnsavedPrompt
from ioms_desktop.ui.widgets.widgets import MessageBar


class DraftingDialog(QDialog):
    """Keeps what is typed into its form; closed with something typed, it asks what becomes of it.

    Attributes:
        form: What is filled in.
        banner: Where something is said beside it.
        unsaved_prompt: Asks what becomes of what was typed.
        autosave: Keeps what is typed; None where nothing is kept.
    """

    form: Form
    banner: MessageBar
    unsaved_prompt: UnsavedPrompt
    autosave: DraftAutosave | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request = str(uuid4())
        self._focus_before_disable: QWidget | None = None  # where the keyboard was when the form was disabled

    def keep_drafts(self, session: Session, tasks: Tasks, origin: Origin) -> DraftAutosave:
        """Say whose entry it is and what it was opened on, so that it can be kept; one that was left is offered.

        Args:
            session: Whose entry it is.
            tasks: Where it is written.
            origin: What the form was opened on.
        """
        self.autosave = keeper = DraftAutosave(session, tasks, self.form, origin, self)
        keeper.save_failed.connect(self.banner.caution)
        DraftRestorePrompt(self, keeper, tasks)
        return keeper

    @property
    def request(self) -> str:
        """The number of the command this dialog sends: fixed when it opens, so that sending twice does it once."""
        return self._request if self.autosave is None else self.autosave.request

    @property
    def revision(self) -> int:
        """The revision of the record that what is typed was typed on."""
        return 0 if self.autosave is None else self.autosave.origin.revision

    def restore(self, draft: Draft) -> None:
        """Put an entry back that was kept before, with the keyboard where it was."""
        if self.autosave is not None:
            self.autosave.adopt(draft)
        self.form.restore(draft.fields)
        focused = next((field for field in self.form.fields if field.name == draft.focus), None)
        if focused is not None:
            focused.setFocus()

    @property
    def is_working(self) -> bool:
        """Whether something is being done that closing would leave half done."""
        return False

    @property
    def must_be_kept(self) -> bool:
        """Whether what was typed is kept without asking, because nobody knows yet whether it was done."""
        return False

    @override
    @Slot()
    def reject(self) -> None:
        if self.unsaved_prompt.isVisible():
            self.keep_editing()
        elif self._confirm_close():
            super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._confirm_close():
            event.accept()
        else:
            event.ignore()

    def _confirm_close(self) -> bool:
        if self.is_working:
            return False
        able = self.autosave is not None and self.autosave.can_save
        if self.must_be_kept and able:
            self.keep_for_later()
            return False
        if not self.form.is_dirty:
            if self.autosave is not None:
                self.autosave.delete_draft()
            return True
        self._focus_before_disable = self.focusWidget()
        self.form.setEnabled(False)  # its mnemonics are not to answer the question
        self.unsaved_prompt.ask(can_keep=able)
        return False

    @Slot()
    def keep_editing(self) -> None:
        """Take the question away and go back to where the keyboard was."""
        self.unsaved_prompt.hide()
        self.form.setEnabled(not self.must_be_kept)
        if self._focus_before_disable is not None:
            self._focus_before_disable.setFocus()

    @Slot()
    def keep_for_later(self) -> None:
        """Close without doing it, once what was typed is on the disk; it is offered again."""
        if self.autosave is not None:
            self.unsaved_prompt.setEnabled(False)
            self.autosave.save_for_later(super().reject, self._show_not_kept)
            self.form.setEnabled(False)  # what would be typed now is not among what is kept

    def _show_not_kept(self, sentence: str) -> None:
        self.unsaved_prompt.setEnabled(True)
        self.keep_editing()
        self.banner.problem(sentence)

    def withdraw(self, show_words: Callable[[str], None]) -> bool:
        """Close at once, because the case may no longer be seen; what was typed is kept.

        Args:
            show_words: Called with what was typed where it cannot be kept on this computer.

        Returns:
            Whether anything had been typed.
        """
        words, keeper = self.form.describe_changes(), self.autosave
        if words and keeper is not None and keeper.can_save:
            keeper.save_and_stop(lambda _: show_words(words))
        elif words:
            show_words(words)
        super().reject()
        return bool(words)

    @Slot()
    def discard(self) -> None:
        """Close without doing it; what was typed is lost, as the button says."""
        if self.autosave is not None:
            self.autosave.delete_draft()
        super().reject()
