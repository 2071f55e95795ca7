"""Another process that works on shares of the cases: it reads them itself, and gives back no more than the results.

It is told through its pipe how the database is opened, with the key or the password, and keeps that as long as it
works; it has no memory that others may read. It writes nothing, and says nothing to anybody but the process that began
it. Whatever goes wrong in it ends it. It also ends when that process does, in the middle of a share too: the pipe is
closed then.
"""

from __future__ import annotations

import pickle
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

from typing_extensions import override

from ioms_desktop.garbage_collection import garbage_collection_paused
from ioms_desktop.services.process_isolation import ServingProcess, begin_as_child

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from ioms_desktop.domain.policy.case_facts import CaseFacts
    from ioms_desktop.storage.records.read import Reading
    from ioms_desktop.storage.same_view import SameView

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
MESSAGE_WAIT_S = 5
"""How long a message may take that has begun to come or to go; what this process makes of it does not count."""
LOOK_EVERY_CASES = 200
"""After how many cases either process looks up from its share: ten milliseconds; to look takes as long as a case."""


class ReadHistories(Protocol):
    """Reads histories of cases: a `partial` of a function of a module, so that it can be sent."""

    def __call__(self, reading: Reading, /, *, among: Sequence[str] | None) -> Iterator[Sequence[CaseFacts]]:
        """Read them.

        Args:
            reading: The view in which every share is read.
            among: Only these cases, every one from the first to the last of them; None for all.
        """


class ShareWork(Protocol[R_co]):
    """Work on the histories of a share of the cases, which can be sent as well; what it gives, too."""

    def __call__(self, histories: Iterable[Sequence[CaseFacts]], /) -> R_co:
        """Do it."""


class OtherProcess(ServingProcess, Generic[R]):
    """One process, used in a `with` block, which begins and ends it; one that fails has no more to give."""

    def __init__(self, view: SameView, read: ReadHistories, work: ShareWork[R]) -> None:
        """Begin nothing yet.

        Args:
            view: The view in which it shall read.
            read: How it shall read a share.
            work: What it shall do with that.
        """
        super().__init__(_serve)
        self._task = view, read, work
        self._is_told = self._is_ready = False
        self._sent: int | None = None
        self.has_ended = True

    @override
    def __enter__(self) -> Self:
        """Begin the process."""
        with suppress(OSError):
            self.begin()
            self.has_ended = False
        return self

    @property
    def is_busy(self) -> bool:
        """Whether it is to give the result of a share."""
        return self._sent is not None and not self.has_ended

    @property
    def is_free(self) -> bool:
        """Whether it may be sent a share."""
        return self._is_ready and self._sent is None and not self.has_ended

    def send(self, number: int, share: Sequence[str]) -> None:
        """Send it a share."""
        self._sent = number
        with self._ended_by_failure():
            self._put(share)

    def take(self) -> list[tuple[int, R]]:
        """Take the results that it gives, each with the number of its share."""
        found: list[tuple[int, R]] = []
        with self._ended_by_failure():
            while not self.has_ended and self.has_given():
                with self.in_time(MESSAGE_WAIT_S):
                    message = self.pipe.recv_bytes()
                given = pickle.loads(message)  # noqa: S301 - from a process that this one began, of its own program
                if not self._is_told:
                    self._is_told = True
                    self._put(self._task)
                elif self._sent is None:
                    self._is_ready = True
                else:
                    found.append((self._sent, given))
                    self._sent = None
        return found

    def lost(self) -> list[int]:
        """Name the share that it will not give back, if there is one."""
        if not self.has_ended or self._sent is None:
            return []
        lost, self._sent = self._sent, None
        return [lost]

    @override
    def end(self) -> None:
        """End it: the share that it was sent is lost."""
        self.has_ended = True
        super().end()

    def _put(self, message: object) -> None:
        sent = pickle.dumps(message)
        with self.in_time(MESSAGE_WAIT_S):
            self.pipe.send_bytes(sent)

    @contextmanager
    def _ended_by_failure(self) -> Iterator[None]:
        """End the process where something cannot be sent or taken: it has ended, or is of no use."""
        try:
            yield
        except Exception:  # noqa: BLE001 - whatever it was: this process does the work instead
            self.end()


def _serve(pipe: Connection) -> None:
    """Work, in the new process, until the other end closes."""
    begin_as_child()
    # Nobody is told what goes wrong: whoever began it does the work instead, and meets it. Collection is paused before
    # the rest is imported, too.
    with suppress(Exception), garbage_collection_paused():
        pipe.send("begun")
        view, read, work = pipe.recv()
        from ioms_desktop.storage.same_view import open_view  # noqa: PLC0415 - see above

        with open_view(view) as reading:
            pipe.send("ready")
            while True:
                pipe.send(work(_while_wanted(pipe, read(reading, among=pipe.recv()))))


def _while_wanted(pipe: Connection, histories: Iterable[Sequence[CaseFacts]]) -> Iterator[Sequence[CaseFacts]]:
    """Pass histories on as long as the pipe is open: nothing comes through it in the middle of a share."""
    for number, history in enumerate(histories):
        if number % LOOK_EVERY_CASES == 0 and pipe.poll():
            raise EOFError
        yield history
