"""A dialog that collects one command, sends it, and stays open with every keystroke if it is refused.

    class RecordContactDialog(CommandDialog):
        def __init__(self, desk: Desk, tasks: Tasks, case: CaseHeader, parent: QWidget | None = None) -> None:
            super().__init__(tasks, title="Record contact", verb="&Record contact", parent=parent)
            self.on = self.form.add(DateField("on", "&Date", today=desk.today(), required=True))
            ...
            self.ready()

        @override
        def work(self) -> Callable[[], Outcome]:
            return partial(record_contact, self._desk, RecordContact(on=self.on.value(), ...))

    dialog.sent.connect(main_window.take)
    dialog.open()

``work`` reads the form on the interface thread and returns what is to run off it; the frozen command is what crosses.
Ctrl+Enter sends from anywhere. Escape closes; if anything was typed, it asks first, in a bar of
its own, and names what would be discarded.

A dialog that says with ``keeps`` what it was opened on is kept while one types, and offered again (``draft_keeper``).
Its command carries ``self.request``. Where the connection is lost while that is sent, the dialog finds out whether it
was done before anything can be typed or sent again (``landing``). Where somebody else saved the record meanwhile, a
command sent as an ``Edit`` opens the page that compares (``settling``).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import Refused, Unreachable
from ioms_desktop.services.edit_conflicts import EditConflict, RecordRemoved
from ioms_desktop.services.session import Desk, Outcome
from ioms_desktop.ui.dialogs.autosave import DraftKeeper, Origin
from ioms_desktop.ui.dialogs.edit_conflict import SendsCommands, Settling
from ioms_desktop.ui.dialogs.restore_prompt import DraftOffer
from ioms_desktop.ui.dialogs.save_check import Landing
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, announce, button, label

WIDTH = 620
ROOM = 0.9  # of the screen's height


class CommandDialog(SendsCommands):
    """A form and the button that does it.

    Signals:
        sent: The command was done; with what the service returned.
    """

    sent = Signal(object)

    def __init__(
        self,
        tasks: Tasks,
        *,
        title: str,
        verb: str,
        discard: str = "&Discard what was typed",
        intro: str = "",
        danger: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Build an empty dialog; add fields to ``form``, then call ``ready``.

        Args:
            tasks: Where the command runs.
            title: What is being done.
            verb: On the primary button, with its mnemonic.
            discard: On the button that closes without doing it.
            intro: One or two sentences above the form.
            danger: Whether the act destroys something; its button is then marked so.
            parent: The window it belongs to.
        """
        super().__init__(parent)
        self._tasks = tasks
        self._sending = False
        self.keeper: DraftKeeper | None = None
        self.landing: Landing | None = None
        self.settling = Settling(self)
        self._request = str(uuid4())
        self._focused: QWidget | None = None  # where the keyboard was when the form was disabled
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.form = Form()
        self.banner = MessageBar()
        self.banner.closing.hide()
        self.primary = button(verb, self.accept, kind="danger" if danger else "primary")
        self.primary.setDefault(not danger)
        self.secondary = button("Cancel", self.reject)
        self.busy = BusyIndicator("Saving…")
        self.kept_line = label("", "small")
        self.question = QFrame()
        self._keep = button("Keep &editing", self.keep_editing)
        self.later = button("Keep it for &later", self.keep_for_later)
        self._ask_in_words(discard)
        self._lay_out(title, intro)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.accept)

    def _ask_in_words(self, discard: str) -> None:
        # Asked inside the dialog, not by a second one: nothing runs a loop of its own, and nothing is covered.
        self.question.setProperty("kind", "bar-caution")
        self.question.setAccessibleName(_UNSAVED)
        row = QHBoxLayout(self.question)
        row.setContentsMargins(24, 8, 24, 8)
        row.addWidget(label(_UNSAVED), 1)
        row.addWidget(button(discard, self.discard, kind="danger"))
        row.addWidget(self.later)
        row.addWidget(self._keep)
        self.question.hide()

    def _lay_out(self, title: str, intro: str) -> None:
        inside = self._inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 8, 24, 12)
        column.setSpacing(12)
        if intro:
            column.addWidget(label(intro, "quiet", wrap=True))
        column.addWidget(self.form)
        column.addStretch(1)
        self.pane = QScrollArea()
        self.pane.setWidget(inside)
        self.pane.setWidgetResizable(True)
        self.pane.setFrameShape(QFrame.Shape.NoFrame)
        self.pane.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pane.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.head = label(title, "title")
        self.head.setContentsMargins(24, 16, 24, 4)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(8)
        foot.addWidget(label("Ctrl+Enter", "small"))
        foot.addWidget(self.kept_line)
        foot.addWidget(self.busy)
        foot.addStretch(1)
        foot.addWidget(self.secondary)
        foot.addWidget(self.primary)
        rule = QFrame()
        rule.setProperty("kind", "rule")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.head, self.banner, self.question, self.pane, rule):
            layout.addWidget(part)
        layout.addLayout(foot)

    def ready(self) -> None:
        """Take the form as it stands as untouched, and size the dialog to it, within the screen."""
        self.form.mark_clean()
        room = QGuiApplication.primaryScreen().availableSize()
        inside = self._inside.sizeHint().height()
        around = self.head.sizeHint().height() + self.primary.sizeHint().height() + 40
        self.resize(min(WIDTH, int(room.width() * ROOM)), min(inside + around, int(room.height() * ROOM)))
        fields = self.form.fields
        if fields:
            fields[0].setFocus()

    def work(self) -> Callable[[], Any]:
        """Read the form and return what is to run off the interface thread.

        Raises:
            Refused: The form can already tell that it will be refused.
        """
        raise NotImplementedError

    # Kept while typed ---------------------------------------------------------------------------

    def keeps(self, desk: Desk, origin: Origin) -> None:
        """Say whose entry it is and what it was opened on, so that it can be kept and asked after.

        Args:
            desk: Whose entry it is.
            origin: What the form was opened on.
        """
        self.keeper = keeper = DraftKeeper(desk, self._tasks, self.form, origin, self)
        keeper.kept.connect(self._say_kept)
        keeper.not_kept.connect(self.banner.caution)
        if not keeper.able:
            self.kept_line.setText("Kept only while this window is open")
        DraftOffer(self, keeper, self._tasks)

    @property
    def request(self) -> str:
        """The number of the command this dialog sends: fixed when it opens, so that sending twice does it once."""
        return self._request if self.keeper is None else self.keeper.request

    @property
    def revision(self) -> int:
        """The revision of the record that what is typed was typed on."""
        return 0 if self.keeper is None else self.keeper.origin.revision

    def restore(self, draft: Draft) -> None:
        """Put an entry back that was kept before, with the keyboard where it was."""
        if self.keeper is not None:
            self.keeper.adopt(draft)
        self.form.restore(draft.fields)
        focused = next((field for field in self.form.fields if field.name == draft.focus), None)
        if focused is not None:
            focused.setFocus()

    @Slot()
    def _say_kept(self) -> None:
        self.kept_line.setText("Draft kept")

    @override
    @Slot()
    def accept(self) -> None:
        if self._sending:
            return
        if self.landing is not None:
            self.landing.look()
            return
        self.banner.clear()
        if not self.form.check():
            return
        try:
            work = self.work()
        except Refused as refused:
            self.explain(refused.sentence)
            return
        self.send(work)

    @override
    def send(self, work: Callable[[], Any]) -> None:
        """Run a command off the interface thread, what was typed kept first."""
        keep = None if self.keeper is None else self.keeper.due()
        self._set_sending(True)
        self.settling.sending(work)
        self._tasks.run(self, partial(_sent, keep, work), self._answered, self.explain, self._failed)

    @override
    def explain(self, sentence: str) -> None:
        """Say above the form why it was not done; everything typed stays."""
        self._set_sending(False)
        self.banner.problem(sentence)
        self.banner.closing.hide()
        self.settling.explain(sentence)

    def _failed(self, reference: str) -> None:
        self.explain(f"Nothing was saved, and everything you typed is still here. The reference is {reference}.")

    def _answered(self, answer: object) -> None:
        if isinstance(answer, Unreachable) and self.keeper is not None:
            self.doubt(answer.sentence)
        elif isinstance(answer, Unreachable):
            self.explain(answer.sentence)
        elif isinstance(answer, EditConflict | RecordRemoved):
            self._set_sending(False)
            self.settling.met(answer)
        else:
            self._done(answer)

    def doubt(self, sentence: str) -> None:
        """Nobody knows yet whether it was done; until that is known nothing is typed and nothing sent again."""
        if self.keeper is None:
            return
        self._set_sending(False)
        self.settling.close()
        self.form.setEnabled(False)
        self.primary.setEnabled(False)
        self.landing = Landing(self.keeper.desk, self._tasks, self.request, self)
        self.landing.found.connect(self._landed)
        self.landing.absent.connect(self._not_landed)
        self.landing.away.connect(self._say_away)
        self._say_away(sentence)
        self.landing.start()

    @Slot(str)
    def _say_away(self, sentence: str) -> None:
        if self.landing is not None:
            unknown = "Whether this was saved is asked as soon as the database answers."
            self.banner.problem(f"{sentence} {unknown}", "Try again", self.landing.look)
            self.banner.closing.hide()

    @Slot(object)
    def _landed(self, outcome: Outcome) -> None:
        self.landing = None
        self._done(replace(outcome, notice=f"It was saved. {outcome.notice}"))

    @Slot()
    def _not_landed(self) -> None:
        self.landing = None
        verb = self.primary.text().replace("&", "")
        self.explain(f"Not saved. The database answers again, and everything you typed is still here; press {verb}.")

    def _done(self, outcome: object) -> None:
        self._set_sending(False)
        self.settling.close()
        if self.keeper is not None:
            self.keeper.drop()
        self.form.mark_clean()
        self.sent.emit(outcome)
        super().accept()

    def _set_sending(self, sending: bool) -> None:
        self._sending = sending
        if sending:
            self._focused = self.focusWidget()
        self.primary.setEnabled(not sending)
        self.form.setEnabled(not sending)
        if sending:
            self.busy.start()
        else:
            self.busy.stop()
            if self._focused is not None:
                self._focused.setFocus()

    @override
    @Slot()
    def reject(self) -> None:
        if self.question.isVisible():
            self.keep_editing()
        elif self._may_close():
            super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close():
            event.accept()
        else:
            event.ignore()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a line of text is no wish to save a long form; Ctrl+Enter and the button are.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.primary.hasFocus():
            event.accept()
            return
        super().keyPressEvent(event)

    def _may_close(self) -> bool:
        if self._sending:
            return False
        able = self.keeper is not None and self.keeper.able
        if self.landing is not None and self.keeper is not None and able:
            self.keeper.leave()  # whether it was saved is asked again before it is offered
            return True
        if not self.form.dirty:
            if self.keeper is not None:
                self.keeper.drop()
            return True
        self.later.setVisible(able)
        self._focused = self.focusWidget()
        self.form.setEnabled(False)  # its mnemonics are not to answer the question
        self.question.show()
        self._keep.setFocus()
        announce(_UNSAVED, self)
        return False

    @Slot()
    def keep_editing(self) -> None:
        """Take the question away and go back to where the keyboard was."""
        self.question.hide()
        self.form.setEnabled(self.landing is None)
        if self._focused is not None:
            self._focused.setFocus()

    @Slot()
    def keep_for_later(self) -> None:
        """Close without doing it; what was typed is offered again."""
        if self.keeper is not None:
            self.keeper.leave()
        super().reject()

    @Slot()
    def discard(self) -> None:
        """Close without doing it; what was typed is lost, as the button says."""
        if self.keeper is not None:
            self.keeper.drop()
        super().reject()


_UNSAVED = "What you typed has not been saved."


def _sent(keep: Callable[[], None] | None, work: Callable[[], object]) -> object:
    """Keep what was typed, then do it; a lost connection, or somebody else's save, is an answer of its own."""
    if keep is not None:
        with suppress(Refused):
            keep()
    try:
        return work()
    except (Unreachable, EditConflict, RecordRemoved) as answer:
        return answer
