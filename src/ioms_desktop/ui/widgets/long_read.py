"""A read that takes long: it shows how far it is, can be cancelled, and only the newest counts."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from ioms_desktop.ui.tasks import ProgressStep, Task, TaskProgress, Tasks
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip

T = TypeVar("T")


class LongRead(QObject):
    """Runs the long read of a screen, with its progress strip.

    Signals:
        interrupted: It was cancelled, refused or failed, so there is nothing new to show; the strip says why.
    """

    interrupted = Signal()

    def __init__(self, tasks: Tasks, strip: ProgressStrip, *, stopped: str, failed: str, parent: QObject) -> None:
        """Stand by.

        Args:
            tasks: Runs the read.
            strip: Shows its progress.
            stopped: The sentence for a read that was cancelled.
            failed: The sentence for a read that failed; its reference is added.
            parent: The screen.
        """
        super().__init__(parent)
        self._tasks, self._strip, self._stopped, self._failed = tasks, strip, stopped, failed
        self._task: Task[Any] | None = None
        self._number = 0
        strip.cancel_requested.connect(self.stop)

    @property
    def is_running(self) -> bool:
        """Whether something is being read."""
        return self._task is not None

    def start(self, work: Callable[[TaskProgress], T], then: Callable[[T], None]) -> None:
        """Read; an earlier read that is not complete is cancelled and shown no more.

        Args:
            work: Reads on another thread, and reports its progress.
            then: Shows what was read.
        """
        self.forget()
        self._number += 1
        self._strip.begin()
        number = self._number
        self._task = self._tasks.run_long(
            self,
            work,
            partial(self._show, number, then),
            partial(self._show_step, number),
            partial(self._end, number),
            partial(self._show_message, number),
            partial(self._show_failure, number),
            then_failed=partial(self._show_failure, number),
        )

    @Slot()
    def stop(self) -> None:
        """Cancel what is being read."""
        if self._task is not None:
            number = self._number
            self._task.cancel()
            self._show_message(number, self._stopped)
            self._task = None

    def forget(self) -> None:
        """Cancel what is being read without a word, because something else is shown instead."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._strip.end()

    def _is_newest(self, number: int) -> bool:
        return number == self._number and self._task is not None

    def _show(self, number: int, then: Callable[[Any], None], found: Any) -> None:  # noqa: ANN401 - what the work read
        if self._is_newest(number):
            self._strip.end()
            then(found)

    def _show_step(self, number: int, step: ProgressStep) -> None:
        if self._is_newest(number):
            self._strip.show_step(step)

    def _show_message(self, number: int, sentence: str) -> None:
        if self._is_newest(number):
            self._strip.show_message(sentence)
            self.interrupted.emit()

    def _show_failure(self, number: int, reference: str) -> None:
        self._show_message(number, f"{self._failed} The reference is {reference}.")

    def _end(self, number: int) -> None:
        if number == self._number:
            self._task = None
