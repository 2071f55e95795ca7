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
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import Refused
from ioms_desktop.ui.form import Form
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets import BusyIndicator, MessageBar, announce, button, label

WIDTH = 620
ROOM = 0.9  # of the screen's height


class CommandDialog(QDialog):
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
        self.question = QFrame()
        self._keep = button("Keep &editing", self.keep_editing)
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

    def draft_kept(self) -> bool:
        """Say whether what was typed is kept elsewhere, so that closing need not ask."""
        return False

    @override
    @Slot()
    def accept(self) -> None:
        if self._sending:
            return
        self.banner.clear()
        if not self.form.check():
            return
        try:
            work = self.work()
        except Refused as refused:
            self.explain(refused.sentence)
            return
        self._set_sending(True)
        self._tasks.run(self, work, self._done, self.explain, self._failed)

    def explain(self, sentence: str) -> None:
        """Say above the form why it was not done; everything typed stays."""
        self._set_sending(False)
        self.banner.problem(sentence)
        self.banner.closing.hide()

    def _failed(self, reference: str) -> None:
        self.explain(f"Nothing was saved, and everything you typed is still here. The reference is {reference}.")

    def _done(self, outcome: object) -> None:
        self._set_sending(False)
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
        if not self.form.dirty or self.draft_kept():
            return True
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
        self.form.setEnabled(True)
        if self._focused is not None:
            self._focused.setFocus()

    @Slot()
    def discard(self) -> None:
        """Close without doing it; what was typed is lost, as the button says."""
        self.question.hide()
        self.form.setEnabled(True)
        super().reject()


_UNSAVED = "What you typed has not been saved."
