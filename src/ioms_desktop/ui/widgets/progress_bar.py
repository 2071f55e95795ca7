"""How far long reading has come, with the button that stops it, or begins it again where it was stopped."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from ioms_desktop.ui.tasks import Step
from ioms_desktop.ui.widgets.widgets import announce, button, label

WIDTH = 140
PATIENCE = 300
"""Milliseconds before it shows itself: what is done sooner needs no sign."""
STOP, AGAIN = "Cancel", "Read aga&in"


class ProgressStrip(QWidget):
    """Stands beside a heading while something is read.

    Signals:
        stopped: The user wants it to stop.
        again: The user wants it to begin again.
    """

    stopped = Signal()
    again = Signal()

    def __init__(self, noun: str) -> None:
        """Begin hidden.

        Args:
            noun: What is counted, in the plural.
        """
        super().__init__()
        self._noun = noun
        self.bar = QProgressBar()
        self.bar.setFixedWidth(WIDTH)
        self.bar.setTextVisible(False)
        self.words = label("", "quiet")
        self.act = button(STOP, self._act)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE)
        self._timer.timeout.connect(self.show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for part in (self.bar, self.words, self.act):
            row.addWidget(part)
        self.hide()

    def begin(self) -> None:
        """Count from nothing; it shows itself when that takes long enough to wonder."""
        self._name_act(STOP)
        self.bar.show()
        self.step(Step(0, 0, ""))
        if not self.isVisible():
            self._timer.start()

    def step(self, step: Step) -> None:
        """Say how far it has come, and what is being done where the step names it."""
        self.bar.setRange(0, step.total)
        self.bar.setValue(min(step.done, step.total))
        of = f" of {step.total:,}" if step.total else ""
        if step.done:
            self.words.setText(f"{step.done:,}{of} {step.text or f'{self._noun} read'}")
        else:
            self.words.setText(f"{step.text or f'reading {self._noun}'}…".capitalize())
        self.bar.setAccessibleName(self.words.text())

    @Slot()
    def end(self) -> None:
        """Put it away: what was read is shown."""
        self._timer.stop()
        self.hide()

    def tell(self, words: str) -> None:
        """Say why there is nothing new, with a button to try again; it stays."""
        self._timer.stop()
        self.bar.hide()
        self.words.setText(words)
        self._name_act(AGAIN)
        self.show()
        announce(words, self)

    def _name_act(self, words: str) -> None:
        self.act.setText(words)
        self.act.setAccessibleName(words.replace("&", ""))

    @Slot()
    def _act(self) -> None:
        (self.stopped if self.act.text() == STOP else self.again).emit()
