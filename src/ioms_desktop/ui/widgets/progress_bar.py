"""The progress of a long read, with a button to stop it, or to start it again once stopped."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from ioms_desktop.ui.tasks import ProgressStep
from ioms_desktop.ui.widgets.widgets import announce, button, label

BAR_WIDTH_PX = 140
SHOW_DELAY_MS = 300
"""Milliseconds before it shows itself: what is done sooner needs no sign."""
CANCEL_LABEL, RETRY_LABEL = "Cancel", "Read aga&in"


class ProgressStrip(QWidget):
    """Shown beside a heading during a long read.

    Signals:
        cancel_requested: It is to stop.
        retry_requested: It is to start again.
    """

    cancel_requested = Signal()
    retry_requested = Signal()

    def __init__(self, noun: str) -> None:
        """Make it, hidden.

        Args:
            noun: What is counted, in the plural.
        """
        super().__init__()
        self._noun = noun
        self.bar = QProgressBar()
        self.bar.setFixedWidth(BAR_WIDTH_PX)
        self.bar.setTextVisible(False)
        self.message = label("", "quiet")
        self.action_button = button(CANCEL_LABEL, self._action_clicked)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_DELAY_MS)
        self._timer.timeout.connect(self.show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for part in (self.bar, self.message, self.action_button):
            row.addWidget(part)
        self.hide()

    def begin(self) -> None:
        """Start at zero; it is shown only if the read takes noticeably long."""
        self._set_action_text(CANCEL_LABEL)
        self.bar.show()
        self.show_step(ProgressStep(0, 0, ""))
        if not self.isVisible():
            self._timer.start()

    def show_step(self, step: ProgressStep) -> None:
        """Show the progress, with the text of the step if it has one."""
        self.bar.setRange(0, step.total)
        self.bar.setValue(min(step.done, step.total))
        of = f" of {step.total:,}" if step.total else ""
        if step.done:
            self.message.setText(f"{step.done:,}{of} {step.text or f'{self._noun} read'}")
        else:
            self.message.setText(f"{step.text or f'reading {self._noun}'}…".capitalize())
        self.bar.setAccessibleName(self.message.text())

    @Slot()
    def end(self) -> None:
        """Hide it: the read is complete."""
        self._timer.stop()
        self.hide()

    def show_message(self, words: str) -> None:
        """Show why nothing new was read, with a button to try again."""
        self._timer.stop()
        self.bar.hide()
        self.message.setText(words)
        self._set_action_text(RETRY_LABEL)
        self.show()
        announce(words, self)

    def _set_action_text(self, words: str) -> None:
        self.action_button.setText(words)
        self.action_button.setAccessibleName(words.replace("&", ""))

    @Slot()
    def _action_clicked(self) -> None:
        (self.cancel_requested if self.action_button.text() == CANCEL_LABEL else self.retry_requested).emit()
