"""The banner of the window that reports unsaved entries."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ioms_desktop.domain.drafts import PRINTED_LETTER_FORM, Draft
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.drafts import UnsavedEntries, can_keep_drafts, list_drafts
from ioms_desktop.ui.actions.registry import action_for_draft
from ioms_desktop.ui.dialogs.autosave import draft_notifier, open_draft_ids
from ioms_desktop.ui.screen import WindowServices
from ioms_desktop.ui.widgets.widgets import announce, button, icon_button, label

SHOW = "Show them"
USUAL_MARGINS_PX, BUTTON_MARGINS_PX = (20, 4, 4, 4), (8, 0, 0, 0)


class UnsavedBanner(QFrame):
    """Shows the number of unsaved entries and opens their list.

    Attributes:
        shortened: Emitted with True when it becomes no more than a button, and with False when it has a sentence again.
    """

    shortened = Signal(bool)

    def __init__(self, services: WindowServices) -> None:
        """Start hidden; ``refresh`` counts the entries."""
        super().__init__()
        self._services = services
        self.unsaved = UnsavedEntries()
        self._is_narrow = self._is_short = False
        self.setProperty("kind", "bar-notice")
        self.message = label("", wrap=True)
        self.show_button = button(SHOW, self.show_list)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(*USUAL_MARGINS_PX)
        row.setSpacing(8)
        row.addWidget(self.message, 1)
        row.addWidget(self.show_button)
        row.addWidget(icon_button("x", "Hide this line", self.hide))
        self.hide()
        draft_notifier().changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Count the unsaved entries, off the interface thread."""
        session = self._services.session
        if can_keep_drafts(session):
            work = partial(list_drafts, session, open_draft_ids(session))
            self._services.tasks.latest(self, "unsaved", work, self.show_unsaved, self._services.show_problem)

    def show_unsaved(self, waiting: UnsavedEntries) -> None:
        """Show the number of unsaved entries; stay hidden if nothing has changed since the user hid the banner."""
        former, self.unsaved = self.unsaved, waiting
        number, asking = len(waiting.entries), [each for each in waiting.entries if each.asks_of_print]
        typed, letters = number - len(asking), sum(each.draft.form == PRINTED_LETTER_FORM for each in asking)
        unknown = [pluralise(letters, "letter")] if letters else []
        unknown += ["what you printed last"] if len(asking) > letters else []
        count = (
            f"You have {pluralise(typed, 'unsaved entry', 'unsaved entries')}." if typed else "",
            f"It is not known whether {join_words(unknown)} came out of the printer." if unknown else "",
        )
        said = " ".join(filter(None, (*count, *waiting.notes)))
        self.message.setText(said)
        self.setAccessibleName(said)
        self.show_button.setVisible(bool(number))
        self._fit_words()
        if not said:
            self.hide()
        elif waiting != former:
            self.show()
            announce(said, self)

    def set_narrow(self, *, narrow: bool) -> None:
        """Say in a narrow window on the button that shows the entries how many there are, if that is all to be said."""
        self._is_narrow = narrow
        self._fit_words()

    def _fit_words(self) -> None:
        """Leave out the sentence where the button says it all: of entries that were typed, and no more than those."""
        entries = self.unsaved.entries
        all_typed = bool(entries) and not self.unsaved.notes and not any(each.asks_of_print for each in entries)
        is_short = self._is_narrow and all_typed
        self._row.setContentsMargins(*(BUTTON_MARGINS_PX if is_short else USUAL_MARGINS_PX))
        self.message.setVisible(not is_short)
        self.show_button.setText(f"{len(entries)} unsaved" if is_short else SHOW)
        self.show_button.setToolTip(self.message.text() if is_short else "")
        self.show_button.setAccessibleName(f"{self.message.text()} {SHOW}" if is_short else SHOW)
        if is_short != self._is_short:
            self._is_short = is_short
            self.shortened.emit(is_short)

    @Slot()
    def show_list(self) -> None:
        """Open the list of entries."""
        from ioms_desktop.ui.main_window.draft_dialog import UnsavedDialog  # noqa: PLC0415 - imported when first opened

        dialog = UnsavedDialog(self._services, self.unsaved.entries)
        dialog.reopen_requested.connect(self.reopen)
        dialog.open()

    @Slot(object)
    def reopen(self, draft: Draft) -> None:
        """Open an entry in its form."""
        self._services.dialogs.restore(draft, action_for_draft(draft.form))
