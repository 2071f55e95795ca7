"""Another process that works on shares of the cases: it reads them itself, and gives back no more than the results.

It is told through its pipe how the database is opened, with the key or the password, and keeps that as long as it
works; it has no memory that others may read. It writes nothing, and says nothing to anybody but the process that began
it. Whatever goes wrong in it ends it. It also ends when that process does, by the next share at the latest: the pipe is
closed then.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Timer
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from ioms_desktop.services.process_isolation import keep_memory_private
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.same_view import SameView, open_view

R = TypeVar("R")
SENT_AHEAD = 2
"""How many shares it has been sent at most, so that it need not wait for the next."""
MESSAGE_WAIT_S = 5
"""How long a message may take that has begun to come or to go: a process may be stopped in the middle of one."""
STOP_WAIT_S = 5


class OtherProcess(Generic[R]):
    """One process, used in a `with` block, which begins and ends it; one that fails has no more to give.

    Attributes:
        pipe: What leads to it.
    """

    pipe: Connection

    def __init__(self, view: SameView, work: Callable[[Reading, Sequence[str]], R]) -> None:
        """Begin nothing yet.

        Args:
            view: What it shall read.
            work: What it shall do with each share.
        """
        self._task = view, work
        self._is_told = self._is_ready = self._has_ended = False
        self._sent: deque[int] = deque()
        self._process: Any = None

    def __enter__(self) -> Self:
        """Begin the process."""
        context = get_context("spawn")  # a fork would have all that is in the memory of this process
        self.pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with theirs, suppress(OSError):
            process.start()
            self._process = process
        self._has_ended = self._process is None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever it is doing."""
        self.end()
        self.pipe.close()

    @property
    def is_busy(self) -> bool:
        """Whether it has something to give."""
        return bool(self._sent)

    def may_have_more(self, waiting: int) -> bool:
        """Whether it is to be sent one more of the shares that wait, and does not take what is left for the others."""
        return self._is_ready and not self._has_ended and len(self._sent) < min(SENT_AHEAD, waiting)

    def send(self, number: int, share: Sequence[str]) -> None:
        """Send it a share."""
        self._sent.append(number)
        self._guarded(lambda: self.pipe.send(share))

    def take(self) -> list[tuple[int, R]]:
        """Take the results that it gives, each with the number of its share."""
        found: list[tuple[int, R]] = []
        self._guarded(lambda: self._take(found))
        return found

    def lost(self) -> list[int]:
        """Name the shares that it will not give back."""
        if not self._has_ended:
            return []
        lost = [*self._sent]
        self._sent.clear()
        return lost

    def end(self) -> None:
        """End it: what it was sent and has not given is lost."""
        self._has_ended = True
        if self._process is not None:
            self._process.kill()
            self._process.join(STOP_WAIT_S)

    def _take(self, found: list[tuple[int, R]]) -> None:
        while self.pipe.poll():
            given = self.pipe.recv()
            if not self._is_told:
                self._is_told = True
                self.pipe.send(self._task)
            elif not self._is_ready:
                self._is_ready = True
            else:
                found.append((self._sent.popleft(), given))

    def _guarded(self, exchange: Callable[[], None]) -> None:
        """Send or take something: where that fails, the process has ended or is ended."""
        if self._has_ended:
            return
        limit = Timer(MESSAGE_WAIT_S, self._process.kill)
        limit.start()
        try:
            exchange()
        except Exception:  # noqa: BLE001 - whatever it was: this process does the work instead
            self.end()
        finally:
            limit.cancel()


def _serve(pipe: Connection) -> None:
    """Work, in the new process, until the other end closes."""
    keep_memory_private()
    with suppress(Exception):  # nobody is told: whoever began it does the work instead, and meets what went wrong
        pipe.send("begun")
        view, work = pipe.recv()
        with open_view(view) as reading:
            pipe.send("ready")
            while True:
                pipe.send(work(reading, pipe.recv()))
