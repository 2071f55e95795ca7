"""A dialog for work that takes a while: a form, how far it is, a way to stop it, and what it did."""

from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.ui.dialogs.send_keys import SendKeys
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.tasks import Task, TaskProgress, Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.scrolling_dialog import MARGIN_PX, ScrollingDialog
from ioms_desktop.ui.widgets.widgets import MessageBar, announce, button, label

T = TypeVar("T")
DIALOG_WIDTH_PX = 620


class LongTaskDialog(ScrollingDialog, Generic[T]):
    """Collects what is needed, does it, and stays to say what was done.

    Refused or stopped, it keeps everything that was typed; Escape stops what is under way, and else closes.
    """

    def __init__(
        self, tasks: Tasks, *, title: str, intro: str, verb: str, noun: str = "pages", parent: QWidget | None = None
    ) -> None:
        """Build it without fields; add them to ``form``, then call ``finish_layout``.

        Args:
            tasks: Where the work is done.
            title: What is being done.
            intro: What that is for, in one or two sentences.
            verb: On the button that begins, with its mnemonic.
            noun: What its progress counts, in the plural.
            parent: The window it belongs to.
        """
        super().__init__(DIALOG_WIDTH_PX, parent)
        self._tasks = tasks
        self._running: Task[T] | None = None
        self._is_closing = False
        self._focus_before_disable: QWidget | None = (
            None  # where it was when the form was disabled, and where it goes back to
        )
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.banner = MessageBar()
        self.form = Form()
        self.note = label("", "quiet", wrap=True)
        self.result_label = label("", wrap=True)
        self.result_label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.result_frame = QFrame()
        self.result_frame.setProperty("kind", "bar-notice")
        self.progress = ProgressStrip(noun)
        self.progress.cancel_requested.connect(self.stop)
        self.secondary = button("&Close", self.reject)
        self.primary = button(verb, self.start, kind="primary")
        self.primary.setDefault(True)
        self._lay_out(title, intro)
        SendKeys(self, self.start, lambda: self.form.is_dirty)

    def _lay_out(self, title: str, intro: str) -> None:
        inside = QVBoxLayout(self.result_frame)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(self.result_label)
        self.result_frame.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.progress)
        foot.addStretch(1)
        foot.addWidget(self.secondary)
        foot.addWidget(self.primary)
        heading = label(title, "title")
        heading.setContentsMargins(MARGIN_PX, 16, MARGIN_PX, 4)
        self.add_head(heading, FloatingArea(self.banner))
        for part in (label(intro, "quiet", wrap=True), self.form, self.note, self.result_frame):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.add_foot(foot)

    def show_note(self, words: str) -> None:
        """Say something below the form."""
        self.note.setText(words)

    def finish_layout(self) -> None:
        """Put the keyboard into the first field, and the buttons after the last one."""
        fields = self.form.fields
        *_, last = (each for field in fields for each in field.focusable())  # a field that is not shown has none yet
        self.setTabOrder(last, self.secondary)
        self.setTabOrder(self.secondary, self.primary)
        fields[0].setFocus()

    def run_task(self, progress: TaskProgress) -> T:
        """Do it, off the interface thread; ``read_form`` has read the form before."""
        raise NotImplementedError

    def read_form(self) -> None:
        """Read the form, on the interface thread."""

    def describe_result(self, answer: T) -> tuple[str, str]:
        """Say what was done, and what is strange about it, where anything is."""
        raise NotImplementedError

    @property
    def is_working(self) -> bool:
        """Whether it is under way."""
        return self._running is not None

    @Slot()
    def start(self) -> None:
        """Do it, where the form is complete."""
        if self.is_working or self.primary.isHidden() or not self.primary.isEnabled() or not self.form.validate():
            return
        self.banner.clear()
        self.result_frame.hide()
        self.read_form()
        self._set_working(True)
        self.progress.begin()
        self._running = self._tasks.run_long(
            self, self.run_task, self.show_result, self.progress.show_step, self._ended, self._refused, self._failed
        )

    @Slot()
    def stop(self) -> None:
        """Stop it; nothing of it is left."""
        if self._running is not None:
            self._running.cancel()

    def show_result(self, answer: T) -> None:
        """Say what was done in place of the form."""
        words, strange = self.describe_result(answer)
        self.result_label.setText(words)
        self.result_label.setAccessibleName(words)
        self.result_frame.show()
        if strange:
            self.banner.caution(strange)
        self.primary.hide()
        self.form.hide()
        self.note.hide()
        self.secondary.setDefault(True)
        self._focus_before_disable = self.secondary
        self.secondary.setFocus()
        announce(words, self)

    def _refused(self, sentence: str) -> None:
        self.banner.problem(sentence)

    def _failed(self, reference: str) -> None:
        self._refused(f"It was not done, and nothing was left behind. The reference is {reference}.")

    def _ended(self) -> None:
        stopped = self._running is not None and self._running.was_cancelled
        self._running = None
        self.progress.end()
        self._set_working(False)
        if self._is_closing and self.result_frame.isHidden():
            super().reject()
            return
        self._is_closing = False  # it was done before it could be stopped, and says so
        if stopped:
            self.banner.caution("Stopped. Nothing was left behind, and everything is unchanged.")

    def _set_working(self, working: bool) -> None:
        if working:
            self._focus_before_disable = self.focusWidget()
        for part in (self.form, self.primary, self.secondary):
            part.setEnabled(not working)
        if not working and self._focus_before_disable is not None:
            self._focus_before_disable.setFocus()

    @override
    def reject(self) -> None:
        if self.is_working:
            self.stop()
        else:
            super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_working:
            self._is_closing = True
            self.stop()
            event.ignore()
        else:
            super().closeEvent(event)
