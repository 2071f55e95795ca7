"""The one door to a thread.

``tasks.run(self, work, then)`` leaves the interface thread for ``work`` and comes back to it for ``then``, as long as
``self`` is still there. ``work`` must not touch Qt: read the form first, let the frozen command cross over. One danger
more: what ``work`` returns is used by the interface thread from then on, so return finished values, nothing lazy.

Three outcomes, each with one home: a result goes to ``then``; ``Refused`` to ``refused`` (or, without one, to the
signal ``refused``, which the main window shows in its message bar); anything else to the log and the one dialog of
``errors``, and then to ``failed``, so that a screen can say in words that it has nothing to show.
"""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from ioms_desktop.domain.errors import Refused
from ioms_desktop.ui import errors

T = TypeVar("T")
MAX_THREADS = 4


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """How far long work has come: ``done`` of ``total`` (0: not known), and what it is at."""

    done: int
    total: int
    text: str


class Cancelled(Exception):  # noqa: N818 - an answer to the user's own wish, not a fault
    """Work was given up because the user, or a newer question, asked for it."""


class TaskProgress:
    """Given to long work: it reports steps, and asks now and then whether it is still wanted."""

    def __init__(self, on_step: Callable[[ProgressStep], None]) -> None:
        """Begin uncancelled.

        Args:
            on_step: Takes each step; called on the worker's thread.
        """
        self._on_step = on_step
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the work is no longer wanted."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next look."""
        self._stop.set()

    def report(self, done: int, total: int, text: str = "") -> None:
        """Say how far the work is.

        Args:
            done: Units done.
            total: Units in all; 0 where nobody knows.
            text: What it is at, in words.

        Raises:
            Cancelled: The work is no longer wanted; let it rise, after undoing what must be undone.
        """
        if self.cancelled:
            raise Cancelled
        self._on_step(ProgressStep(done, total, text))


@dataclass(slots=True)
class _TaskResult:
    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True, eq=False)
class Task(Generic[T]):
    """One piece of work under way; keep it only to cancel it."""

    owner: QObject
    work: Callable[[TaskProgress], T]
    then: Callable[[T], None]
    refused: Callable[[str], None] | None
    failed: Callable[[str], None] | None
    stepped: Callable[[ProgressStep], None] | None
    ended: Callable[[], None] | None
    progress: TaskProgress
    result: _TaskResult = field(default_factory=_TaskResult)
    delivers_if_cancelled: bool = (
        False  # whether an answer counts although it came too late to be stopped: it may have been written
    )

    @property
    def was_cancelled(self) -> bool:
        """Whether the work gave up because it was cancelled; false where it was done by then."""
        return isinstance(self.result.error, Cancelled)

    def cancel(self) -> None:
        """Ask the work to give up; ``ended`` is told, and ``was_cancelled`` says whether it did."""
        self.progress.cancel()


class Tasks(QObject):
    """Runs work on a few threads and brings the answers back to the interface thread."""

    refused = Signal(str)
    busy_changed = Signal(bool)
    _done = Signal(int)
    _stepped = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start no thread yet; the first work does."""
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="ioms-work")
        self._tasks: dict[int, Task[Any]] = {}
        self._latest: dict[tuple[int, Hashable], int] = {}
        self._next_number = 0
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._stepped.connect(self._deliver_step, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether any work is under way or waiting."""
        return bool(self._tasks)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        then: Callable[[T], None],
        refused: Callable[[str], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> Task[T]:
        """Do work off the interface thread and bring its result back.

        Args:
            owner: Who asked; when it is gone, nobody is told.
            work: Runs on another thread; must not touch Qt.
            then: Takes the result, on the interface thread.
            refused: Takes the sentence of a refusal; the message bar does when None.
            failed: Takes the reference of a fault that has been logged and shown.
        """
        return self._start(Task(owner, lambda _: work(), then, refused, failed, None, None, TaskProgress(ignore)))

    def run_long(
        self,
        owner: QObject,
        work: Callable[[TaskProgress], T],
        then: Callable[[T], None],
        stepped: Callable[[ProgressStep], None] | None = None,
        ended: Callable[[], None] | None = None,
        refused: Callable[[str], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> Task[T]:
        """Do long work that reports steps and can be cancelled.

        Args:
            owner: Who asked; when it is gone, nobody is told.
            work: Runs on another thread and is given its ``TaskProgress``.
            then: Takes the result, on the interface thread; also of work that was done before it could be stopped.
            stepped: Takes each step, on the interface thread.
            ended: Called last, however it went, on the interface thread: to put the progress bar away.
            refused: Takes the sentence of a refusal; the message bar does when None.
            failed: Takes the reference of a fault that has been logged and shown.
        """
        number = self._next_number
        progress = TaskProgress(lambda step: self._stepped.emit(number, step))
        return self._start(
            Task(owner, work, then, refused, failed, stepped, ended, progress, delivers_if_cancelled=True)
        )

    def latest(
        self,
        owner: QObject,
        key: Hashable,
        work: Callable[[], T],
        then: Callable[[T], None],
        refused: Callable[[str], None] | None = None,
        failed: Callable[[str], None] | None = None,
    ) -> Task[T]:
        """Do work whose newest request alone counts: search as one types.

        A request that has not begun is skipped when a newer one comes, and one that runs is not listened to.

        Args:
            owner: Who asked; when it is gone, nobody is told.
            key: What is asked for; each owner has its own keys.
            work: Runs on another thread; must not touch Qt.
            then: Takes the result of the newest request, on the interface thread.
            refused: Takes the sentence of a refusal; the message bar does when None.
            failed: Takes the reference of a fault that has been logged and shown.
        """
        name = (id(owner), key)
        former = self._tasks.get(self._latest.get(name, -1))
        if former is not None:
            former.cancel()
        self._latest[name] = self._next_number
        return self.run(owner, work, then, refused, failed)

    def close(self) -> None:
        """Cancel what waits, wait for what runs, and tell nobody any more."""
        self._closed = True
        for task in self._tasks.values():
            task.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._tasks.clear()
        self._latest.clear()

    def _start(self, task: Task[T]) -> Task[T]:
        if self._closed:
            task.cancel()
            return task
        number, self._next_number = self._next_number, self._next_number + 1
        self._tasks[number] = task
        if len(self._tasks) == 1:
            self.busy_changed.emit(True)
        self._pool.submit(self._work, number)
        return task

    def _work(self, number: int) -> None:
        """Run on the worker's thread; leaves no reference to Qt objects behind, lest they die on this thread."""
        task = self._tasks.get(number)
        if task is None:
            return
        work, progress, answer = task.work, task.progress, task.result
        del task
        try:
            if progress.cancelled:
                raise Cancelled  # noqa: TRY301 - the same end as when the work itself stops
            answer.value = work(progress)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told on the interface thread
            answer.error = error
        del work, answer
        self._done.emit(number)

    @Slot(int, object)
    def _deliver_step(self, number: int, step: ProgressStep) -> None:
        task = self._tasks.get(number)
        if task is not None and task.stepped is not None and shiboken6.isValid(task.owner):
            task.stepped(step)

    @Slot(int)
    def _deliver(self, number: int) -> None:
        task = self._tasks.pop(number, None)
        if task is None:
            return
        for name in [name for name, newest in self._latest.items() if newest == number]:
            del self._latest[name]
        if not self._tasks:
            self.busy_changed.emit(False)
        if not shiboken6.isValid(task.owner):
            return
        try:
            self._deliver_result(task)
        finally:
            if task.ended is not None and shiboken6.isValid(task.owner):
                task.ended()

    def _deliver_result(self, task: Task[Any]) -> None:
        error = task.result.error
        unwanted = task.progress.cancelled and not task.delivers_if_cancelled
        if task.was_cancelled or (unwanted and (error is None or isinstance(error, Refused))):
            return
        if error is None:
            task.then(task.result.value)
        elif isinstance(error, Refused):
            tell = task.refused or self.refused.emit
            tell(error.sentence)
        else:
            reference = errors.report_fault(error)
            if task.failed is not None:
                task.failed(reference)


def ignore(outcome: object) -> None:
    """Do nothing with a result, a refusal or a progress step; the caller says why it needs none."""
    del outcome
