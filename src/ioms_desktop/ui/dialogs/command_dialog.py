"""A dialog that collects one command, sends it, and stays open with every keystroke if it is refused.

    class RecordContactDialog(CommandDialog):
        def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
            super().__init__(tasks, title="Record contact", verb="&Record contact", parent=parent)
            self.on = self.form.add(DateField("on", "&Date", today=session.today, required=True))
            self.finish_layout()

``build_command`` reads the form on the interface thread and returns what is to run off it; the frozen command is what
crosses. Ctrl+Enter sends from anywhere. Escape closes; if anything was typed, it asks first, in a bar of
its own, and names what would be discarded.

A dialog that says with ``enable_autosave`` what it was opened on is kept while one types, and offered again
(``draft_keeper``). Its command carries ``self.request``. Where the connection is lost while that is sent, the dialog
finds out whether it was done before anything can be typed or sent again (``save_check``). Where somebody else saved the
record meanwhile, a command sent as an ``Edit`` opens the page that compares (``conflict_handler``).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import Refused, Unreachable
from ioms_desktop.domain.text_format import begin_at_left
from ioms_desktop.services.edit_conflicts import EditConflict, RecordRemoved
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.change_reason import ChangeReason
from ioms_desktop.ui.dialogs.doubts import DoubtQuestion
from ioms_desktop.ui.dialogs.edit_conflict import ConflictHandler, SendsCommands
from ioms_desktop.ui.dialogs.save_check import SaveOutcomeCheck
from ioms_desktop.ui.dialogs.send_keys import SendKeys
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.layouts import FocusScrollArea, fit_to_screen, horizontal_rule
from ioms_desktop.ui.widgets.unsaved_prompt import UnsavedPrompt
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, button, label

DIALOG_WIDTH_PX = 620
LEAST_FORM_HEIGHT_PX = 136
"""The form gives room to a message of three lines below it, and can still be read."""


class CommandDialog(SendsCommands):
    """A form and the button that does it.

    Signals:
        completed: The command was done; with what the service returned.
        refused: The command was not done; what was typed is still there.
    """

    completed = Signal(object)
    refused = Signal()
    _was_shown = False

    def __init__(
        self,
        tasks: Tasks,
        *,
        title: str,
        verb: str,
        discard: str = "&Discard what was typed",
        about: str = "",
        intro: str = "",
        danger: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Build an empty dialog; add fields to ``form``, then call ``finish_layout``.

        Args:
            tasks: Where the command runs.
            title: What is being done.
            verb: On the primary button, with its mnemonic.
            discard: On the button that closes without doing it.
            about: Whom or what it is about, in one line; it stays in sight however the form is scrolled.
            intro: One or two sentences above the form, which scroll with it.
            danger: Whether the act destroys something; its button is then marked so.
            parent: The window it belongs to.
        """
        super().__init__(parent)
        self._tasks = tasks
        self._is_sending = False
        self.save_check: SaveOutcomeCheck | None = None
        self.conflict_handler = ConflictHandler(self)
        self._doubts = DoubtQuestion(tasks, self.accept)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.about_label = label("", wrap=True)
        self.about_label.setContentsMargins(24, 0, 24, 4)
        self.form = Form()
        self.change_reason = ChangeReason(self.form, tasks)
        self.banner = MessageBar()
        self.banner.close_button.hide()
        self.primary = button(verb, self.accept, kind="danger" if danger else "primary")
        self.primary.setDefault(not danger)
        self.secondary = button("Cancel", self.reject)
        self.busy = BusyIndicator("Saving…")
        self.draft_status = label("", "small", wrap=True)
        self.unsaved_prompt = UnsavedPrompt(
            discard, discard=self.discard, keep_for_later=self.keep_for_later, keep_editing=self.keep_editing
        )
        self._lay_out(title, intro)
        self.show_about(about)
        SendKeys(self, self.accept, lambda: self.form.is_dirty)

    def _lay_out(self, title: str, intro: str) -> None:
        inside = self._page = QWidget()
        inside.setProperty("kind", "page")
        self.scroll_area = FocusScrollArea()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 8, 24 - self.scroll_area.bar_width, 12)
        column.setSpacing(12)
        if intro:
            column.addWidget(label(intro, "quiet", wrap=True))
        column.addWidget(self.form)
        column.addStretch(1)
        self.scroll_area.setWidget(inside)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title_label = label(title, "title")
        self.title_label.setContentsMargins(24, 16, 24, 4)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(label("Ctrl+Enter", "small"))
        foot.addWidget(self.draft_status, 1)
        foot.addWidget(self.busy)
        foot.addWidget(self.secondary)
        foot.addWidget(self.primary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        # What is said comes below the form, which takes up the room: neither a field nor a button moves under a click.
        head = (self.title_label, self.about_label)
        for part in (*head, self.scroll_area, self.banner, self.unsaved_prompt, horizontal_rule()):
            layout.addWidget(part)
        layout.addLayout(foot)

    @property
    @override
    def about(self) -> str:
        return self.about_label.text()

    def show_about(self, words: str) -> None:
        """Say whom or what it is about, above the form and in sight however that is scrolled."""
        self.about_label.setText(begin_at_left(words))
        self.about_label.setVisible(bool(words))
        self.setAccessibleDescription(words)  # read out with the title as the dialog opens

    def finish_layout(self) -> None:
        """Take the form as it stands as untouched, and size the dialog to it, within the screen."""
        self.form.mark_clean()
        self._fit_to_form()
        # Where nothing is asked, the focus is on what does nothing: Space must not do what the dialog only asks about.
        next((field for field in self.form.fields if not field.isHidden()), self.secondary).setFocus()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:  # whoever comes back to it was answering already
            self._was_shown = True
            self._begin_at_evidence()
            QTimer.singleShot(0, self, self._begin_at_evidence)  # once lines that wrap have their height

    @Slot()
    def _begin_at_evidence(self) -> None:
        """Begin with what must be read first, where not all down to the first question is in sight: Tab leads there.

        What is scrolled past as the form opens is decided on unread.
        """
        first = self.focusWidget()
        if first is None or not self.form.isAncestorOf(first):
            return
        top = first.mapTo(self._page, QPoint()).y()
        frames = self.form.findChildren(QFrame, options=Qt.FindChildOption.FindDirectChildrenOnly)
        above = (each for each in frames if each.isVisible() and each.mapTo(self._page, QPoint()).y() < top)
        cards = [each for each in above if each.accessibleName() and not isinstance(each, QLabel)]
        if cards and top + first.height() > self.scroll_area.viewport().height():
            self.scroll_area.setAccessibleName(" ".join(each.accessibleName() for each in cards))
            self.scroll_area.read_first(first)

    def _fit_to_form(self) -> None:
        inside = max(self._page.sizeHint().height(), LEAST_FORM_HEIGHT_PX)
        head = self.title_label.sizeHint().height() + self.about_label.sizeHint().height()
        around = head + self.primary.sizeHint().height() + 40
        fit_to_screen(self, DIALOG_WIDTH_PX, inside + around)

    def build_command(self) -> Callable[[], Any]:
        """Read the form and return what is to run off the interface thread.

        Raises:
            Refused: The form can already tell that it will be refused.
        """
        raise NotImplementedError

    def enable_autosave(self, session: Session, origin: Origin) -> None:
        """Say whose entry it is and what it was opened on, so that it can be kept and asked after.

        Args:
            session: Whose entry it is.
            origin: What the form was opened on.
        """
        keeper = self.keep_drafts(session, self._tasks, origin)
        keeper.draft_saved.connect(self._show_draft_saved)
        if origin.is_note:
            self.draft_status.setText("Your answer is kept once you put it on record")
        elif not keeper.can_save:
            self.draft_status.setText("Kept only while this window is open")

    @override
    def restore(self, draft: Draft) -> None:
        self.change_reason.restore(draft.fields)
        super().restore(draft)

    @Slot()
    def _show_draft_saved(self) -> None:
        self.draft_status.setText("Draft kept")

    @override
    @Slot()
    def accept(self) -> None:
        if self._is_sending:
            return
        if self.save_check is not None:
            self.save_check.check()
            return
        self.banner.clear()
        # What the button does not offer, Ctrl+Enter does not do either.
        if not self.primary.isEnabled() or not self.form.validate():
            return
        try:
            work = self.build_command()
        except Refused as refused:
            self.show_refusal(refused.sentence)
            return
        self.send(work)

    @override
    def send(self, work: Callable[[], Any]) -> None:
        """Run a command off the interface thread, what was typed kept first."""
        keep = None if self.autosave is None else self.autosave.pending_write()
        self._set_sending(True)
        self.conflict_handler.command_sending(work)
        asked = self._doubts.with_confirmed(self.change_reason.with_reason(work))
        asking = partial(_keep_draft_and_run, keep, asked)
        self._tasks.run(self, asking, self.handle_answer, self.show_refusal, self._failed)

    @override
    def show_refusal(self, sentence: str) -> None:
        """Say above the form why it was not done; everything typed stays."""
        self._set_sending(False)
        if self.change_reason.show():
            self.conflict_handler.close_page()
        elif not self._doubts.show(self.banner, is_covered=self.conflict_handler.page is not None):
            self.banner.problem(sentence)
        self.banner.close_button.hide()
        self.conflict_handler.show_refusal(sentence)
        self.refused.emit()

    def _failed(self, reference: str) -> None:
        self.show_refusal(f"Nothing was saved, and everything you typed is still here. The reference is {reference}.")

    def handle_answer(self, answer: object) -> None:
        """Take what the command returned, or why nothing is known of it yet."""
        if isinstance(answer, Unreachable) and self.autosave is not None:
            self.begin_save_check(answer.sentence)
        elif isinstance(answer, Unreachable):
            self.show_refusal(answer.sentence)
        elif isinstance(answer, EditConflict | RecordRemoved):
            self._set_sending(False)
            self.conflict_handler.show_conflict(answer)
        else:
            self._finish(answer)

    def begin_save_check(self, sentence: str) -> None:
        """Nobody knows yet whether it was done; until that is known nothing is typed and nothing sent again."""
        if self.autosave is None:
            return
        self._set_sending(False)
        self.conflict_handler.close_page()
        self.form.setEnabled(False)
        self.primary.setEnabled(False)
        self.save_check = SaveOutcomeCheck(self.autosave.session, self._tasks, self.request, self)
        self.save_check.confirmed.connect(self._save_confirmed)
        self.save_check.not_saved.connect(self._save_not_done)
        self.save_check.still_unreachable.connect(self._show_unreachable)
        self._show_unreachable(sentence)
        self.save_check.start()

    @Slot(str)
    def _show_unreachable(self, sentence: str) -> None:
        if self.save_check is not None:
            unknown = "Whether this was saved is asked as soon as the database answers."
            self.banner.problem(f"{sentence} {unknown}", "Try again", self.save_check.check)
            self.banner.close_button.hide()

    @Slot(object)
    def _save_confirmed(self, outcome: Outcome) -> None:
        self.save_check = None
        self._finish(replace(outcome, notice=f"It was saved. {outcome.notice}"))

    @Slot()
    def _save_not_done(self) -> None:
        self.save_check = None
        verb = self.primary.text().replace("&", "")
        self.show_refusal(
            f"Not saved. The database answers again, and everything you typed is still here; press {verb}."
        )

    def _finish(self, outcome: object) -> None:
        self._set_sending(False)
        self.conflict_handler.close_page()
        if self.autosave is not None:
            self.autosave.delete_draft()
        self.form.mark_clean()
        self.completed.emit(outcome)
        super().accept()

    def _set_sending(self, sending: bool) -> None:
        self._is_sending = sending
        if sending:
            self._focus_before_disable = self.focusWidget()
        self.primary.setEnabled(not sending)
        self.form.setEnabled(not sending)
        if sending:
            self.busy.start()
        else:
            self.busy.stop()
            if self._focus_before_disable is not None:
                self._focus_before_disable.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a line of text is no wish to save a long form; Ctrl+Enter and the button are.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.primary.hasFocus():
            event.accept()
            return
        super().keyPressEvent(event)

    @property
    @override
    def is_working(self) -> bool:
        return self._is_sending

    @property
    @override
    def must_be_kept(self) -> bool:
        return self.save_check is not None  # whether it was saved is asked again before it is offered

    @override
    def withdraw(self, show_words: Callable[[str], None]) -> bool:
        self.conflict_handler.close_page()
        return super().withdraw(show_words)


def _keep_draft_and_run(keep: Callable[[], None] | None, work: Callable[[], object]) -> object:
    """Keep what was typed, then do it; a lost connection, or somebody else's save, is an answer of its own."""
    if keep is not None:
        with suppress(Refused):
            keep()
    try:
        return work()
    except (Unreachable, EditConflict, RecordRemoved) as answer:
        return answer
