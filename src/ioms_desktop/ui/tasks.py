"""Background work; the only module that uses threads for the interface.

``tasks.run(self, work, then)`` runs ``work`` on another thread and ``then`` on the interface thread, unless ``self``
has been destroyed meanwhile. ``work`` must not use Qt: read the form first and pass a frozen command. What ``work``
returns is used by the interface thread from then on, so it must return complete values, nothing lazy.

There are three outcomes. A result goes to ``then``. The sentence of a ``Refused`` goes to ``refused`` or, without one,
to the signal ``refused``, which the main window shows in its message bar. Any other exception is logged and shown by
``errors``, and then goes to ``failed``, so that a screen can show that it has no data. Where the work was done and
``then`` raises, the fault goes to ``then_failed`` instead: ``failed`` may say that nothing was saved.

Work changes nothing that the interface thread reads, because which of two pieces of work ends last is chance. What it
found is its result, and why it was refused is ``refusal`` while that is told. Where only the newest request counts, ask
with ``latest``; where something else is shown instead of what was asked for, ``drop`` it.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from ioms_desktop.domain.errors import Refused
from ioms_desktop.ui import errors

T = TypeVar("T")
MAX_THREADS = 4


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """Progress of long work: ``done`` of ``total`` units (0 if unknown), and a description of the current step."""

    done: int
    total: int
    text: str


class Cancelled(Exception):  # noqa: N818 - the user's own request, not an error
    """The work was cancelled by the user or by a newer request."""


class TaskProgress:
    """Passed to long work, which reports its steps and checks whether it has been cancelled."""

    def __init__(self, on_step: Callable[[ProgressStep], None]) -> None:
        """Start uncancelled.

        Args:
            on_step: Receives each step on the worker's thread.
        """
        self._on_step = on_step
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether the work has been cancelled."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._stop.set()

    def report(self, done: int, total: int, text: str = "") -> None:
        """Report progress.

        Args:
            done: Units done.
            total: Units in all; 0 if unknown.
            text: A description of the current step.

        Raises:
            Cancelled: The work has been cancelled; undo what must be undone and let the exception propagate.
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
    """One piece of work in progress; keep it only to cancel it."""

    owner: QObject
    work: Callable[[TaskProgress], T]
    then: Callable[[T], None]
    refused: Callable[[str], None] | None
    failed: Callable[[str], None] | None
    stepped: Callable[[ProgressStep], None] | None
    ended: Callable[[], None] | None
    progress: TaskProgress
    then_failed: Callable[[str], None] | None = None
    result: _TaskResult = field(default_factory=_TaskResult)
    delivers_if_cancelled: bool = (
        False  # whether a result that arrives after a cancellation still counts: it may have been written
    )

    @property
    def was_cancelled(self) -> bool:
        """Whether the work stopped because it was cancelled; false if it had already finished."""
        return isinstance(self.result.error, Cancelled)

    def cancel(self) -> None:
        """Ask the work to stop; ``ended`` is still called, and ``was_cancelled`` then shows whether it did stop."""
        self.progress.cancel()


class Tasks(QObject):
    """Runs work on a few threads and delivers the results on the interface thread.

    Attributes:
        refusal: The refusal whose sentence is being told; None at any other time.
    """

    refused = Signal(str)
    busy_changed = Signal(bool)
    _done = Signal(int)
    _stepped = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Initialise without threads; they are started on demand."""
        super().__init__(parent)
        self.refusal: Refused | None = None
        self._pool = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="ioms-work")
        self._tasks: dict[int, Task[Any]] = {}
        self._latest: dict[tuple[int, Hashable], int] = {}
        self._next_number = 0
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._stepped.connect(self._deliver_step, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether any work is running or queued."""
        return bool(self._tasks)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        then: Callable[[T], None],
        refused: Callable[[str], None] | None = None,
        failed: Callable[[str], None] | None = None,
        *,
        then_failed: Callable[[str], None] | None = None,
    ) -> Task[T]:
        """Run work off the interface thread and deliver its result.

        Args:
            owner: The requester; nothing is delivered once it has been destroyed.
            work: Runs on another thread; must not use Qt.
            then: Receives the result on the interface thread.
            refused: Receives the message of a refusal; when None it is shown in the message bar.
            failed: Receives the reference of a fault that has been logged and shown.
            then_failed: Receives that of a fault in `then`. Needed where something is disabled until `then` has ended.
        """
        return self._start(
            Task(owner, lambda _: work(), then, refused, failed, None, None, TaskProgress(ignore), then_failed)
        )

    def run_long(
        self,
        owner: QObject,
        work: Callable[[TaskProgress], T],
        then: Callable[[T], None],
        stepped: Callable[[ProgressStep], None] | None = None,
        ended: Callable[[], None] | None = None,
        refused: Callable[[str], None] | None = None,
        failed: Callable[[str], None] | None = None,
        *,
        then_failed: Callable[[str], None] | None = None,
    ) -> Task[T]:
        """Run long work that reports steps and can be cancelled.

        Args:
            owner: The requester; nothing is delivered once it has been destroyed.
            work: Runs on another thread and receives its ``TaskProgress``.
            then: Receives the result on the interface thread, even if the work finished after it was cancelled.
            stepped: Receives each step on the interface thread.
            ended: Called last on the interface thread, whatever the outcome, for example to hide the progress bar.
            refused: Receives the message of a refusal; when None it is shown in the message bar.
            failed: Receives the reference of a fault that has been logged and shown.
            then_failed: Receives that of a fault in `then`. Needed where something is disabled until `then` has ended.
        """
        number = self._next_number
        progress = TaskProgress(lambda step: self._stepped.emit(number, step))
        return self._start(
            Task(owner, work, then, refused, failed, stepped, ended, progress, then_failed, delivers_if_cancelled=True)
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
        """Run work of which only the newest request counts, such as search while the user types.

        A queued request is skipped when a newer one arrives; the outcome of a running one is ignored, but a fault is
        logged and shown.

        Args:
            owner: The requester; nothing is delivered once it has been destroyed.
            key: Identifies the kind of request; each owner has its own keys.
            work: Runs on another thread; must not use Qt.
            then: Receives the result of the newest request on the interface thread.
            refused: Receives the message of a refusal; when None it is shown in the message bar.
            failed: Receives the reference of a fault that has been logged and shown, of one in `then` too.
        """
        self.drop(owner, key)
        self._latest[id(owner), key] = self._next_number
        return self.run(owner, work, then, refused, failed, then_failed=failed)

    def drop(self, owner: QObject, key: Hashable) -> None:
        """Do without what was last asked for by `latest` or `in_steps`: it is skipped, or its outcome ignored."""
        former = self._tasks.get(self._latest.pop((id(owner), key), -1))
        if former is not None:
            former.cancel()

    def awaits(self, owner: QObject, key: Hashable) -> bool:
        """Whether something that was asked for by `latest` or `in_steps` is still to come."""
        return (id(owner), key) in self._latest

    def in_steps(
        self, owner: QObject, key: Hashable, steps: Sequence[Callable[[], object]], failed: Callable[[str], None]
    ) -> None:
        """Do something on the interface thread, a step at each turn of the event loop, so that no key waits long.

        It is work in progress until the last step. What is left of it is skipped when `latest` or this is asked for
        something newer, by one of the steps too.

        Args:
            owner: The requester; nothing more is done once it has been destroyed.
            key: Identifies the kind of request, as in `latest`.
            steps: At least one; the first is done at once. Where one fails, those after it are not done.
            failed: Receives the reference of a fault that has been logged and shown.
        """
        first, *rest = steps
        self.drop(owner, key)
        try:
            first()
        except Exception as fault:  # noqa: BLE001 - whatever it is, or the owner would wait for ever
            failed(errors.report_fault(fault))
            return
        if rest and not self._closed and not self.awaits(owner, key):
            progress = TaskProgress(ignore)
            go_on = partial(self.in_steps, owner, key, rest, failed)
            task = Task(owner, ignore, lambda _: go_on(), None, None, None, None, progress)
            self._latest[id(owner), key] = number = self._register(task)
            self._done.emit(number)

    def close(self) -> None:
        """Cancel queued work, wait for running work, and deliver nothing more."""
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
        self._pool.submit(self._work, self._register(task))
        return task

    def _register(self, task: Task[Any]) -> int:
        number, self._next_number = self._next_number, self._next_number + 1
        self._tasks[number] = task
        if len(self._tasks) == 1:
            self.busy_changed.emit(True)
        return number

    def _work(self, number: int) -> None:
        """Run on the worker's thread; keeps no references to Qt objects, which must not be destroyed on this thread."""
        task = self._tasks.get(number)
        if task is None:
            return
        work, progress, answer = task.work, task.progress, task.result
        del task
        try:
            if progress.cancelled:
                raise Cancelled  # noqa: TRY301 - handled as if the work itself had stopped
            answer.value = work(progress)
        except BaseException as error:  # noqa: BLE001 - every error is delivered to the interface thread
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
        # A refusal that is told may open a dialog with an event loop of its own: what comes there is not refused by it.
        around, self.refusal = self.refusal, None
        try:
            self._deliver_task(number)
        finally:
            self.refusal = around

    def _deliver_task(self, number: int) -> None:
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
        reference = ""
        if error is not None and not isinstance(error, Refused | Cancelled):
            reference = errors.report_fault(error)
        if task.was_cancelled or (task.progress.cancelled and not task.delivers_if_cancelled):
            return
        if error is None:
            self._deliver_value(task)
        elif isinstance(error, Refused):
            self._deliver_refusal(task, error)
        elif task.failed is not None:
            task.failed(reference)

    def _deliver_refusal(self, task: Task[Any], refusal: Refused) -> None:
        self.refusal = refusal
        try:
            (task.refused or self.refused.emit)(refusal.sentence)
        finally:
            self.refusal = None

    def _deliver_value(self, task: Task[Any]) -> None:
        try:
            task.then(task.result.value)
        except Exception as fault:
            if task.then_failed is not None and shiboken6.isValid(task.owner):
                task.then_failed(errors.report_fault(fault))
            raise  # as from any slot; it is reported once


def ignore(outcome: object) -> None:
    """Ignore a result, a refusal or a progress step; a comment at the call explains why."""
    del outcome
