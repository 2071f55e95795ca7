"""One quiet line in the window: there are unsaved entries."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.drafts import UnsavedEntries, can_keep_drafts, list_drafts
from ioms_desktop.ui.dialogs.autosave import open_ids, watch
from ioms_desktop.ui.screen import Shell
from ioms_desktop.ui.widgets.widgets import announce, button, icon_button, label


class UnsavedStrip(QFrame):
    """Says how many unsaved entries there are, and shows them."""

    def __init__(self, shell: Shell) -> None:
        """Say nothing yet; ``look`` finds out."""
        super().__init__()
        self._shell = shell
        self.waiting = UnsavedEntries()
        self.setProperty("kind", "bar-notice")
        self.words = label("", wrap=True)
        self.showing = button("Show them", self.show_list)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 4, 4, 4)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.showing)
        row.addWidget(icon_button("x", "Put this line away", self.hide))
        self.hide()
        watch().changed.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Find out what is unsaved, off the interface thread."""
        desk = self._shell.desk
        if can_keep_drafts(desk):
            work = partial(list_drafts, desk, open_ids(desk))
            self._shell.tasks.latest(self, "unsaved", work, self.tell, self._shell.trouble)

    def tell(self, waiting: UnsavedEntries) -> None:
        """Say what is unsaved; the same as before is not said again."""
        former, self.waiting = self.waiting, waiting
        number = len(waiting.entries)
        count = (f"You have {pluralise(number, 'unsaved entry', 'unsaved entries')}.",) if number else ()
        said = " ".join((*count, *waiting.notes))
        self.words.setText(said)
        self.setAccessibleName(said)
        self.showing.setVisible(bool(number))
        if not said:
            self.hide()
        elif waiting != former:
            self.show()
            announce(said, self)

    @Slot()
    def show_list(self) -> None:
        """List the entries; one that is chosen opens in its form."""
        from ioms_desktop.ui.main_window.draft_dialog import UnsavedDialog  # noqa: PLC0415 - loads when one is first opened

        dialog = UnsavedDialog(self._shell, self.waiting.entries)
        dialog.wanted.connect(self.reopen)
        dialog.open()

    @Slot(object)
    def reopen(self, draft: Draft) -> None:
        """Open an entry in its form."""
        from ioms_desktop.ui.actions.reopen_draft import reopen  # noqa: PLC0415 - as above

        reopen(self._shell, draft)
