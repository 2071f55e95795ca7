"""Shares every case out among this process and others, which read the same view of the database.

There is one way through: every case is worked on in shares of some hundred, and the results are given in order. Where
the cases are few, or there is one core, this process works on all of them. Otherwise it works on one share after the
other too, and gives each other process its next ones in between. What another process does not give back, whatever the
reason, this one works on itself: nobody notices more than the time.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import wait
from typing import Generic, Protocol, TypeVar

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.every_case.other_process import OtherProcess
from ioms_desktop.services.process_isolation import cores
from ioms_desktop.storage.cases.every_case import list_case_refs
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.same_view import describe_view
from ioms_desktop.storage.store import Store

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
WORTH_A_PROCESS = 10_000
"""Cases from which another process is worth the half second that it takes to start; one process takes a second then."""
MOST_FOR_FILE, MOST_FOR_SERVER = 3, 1
"""Other processes at most. Each needs one more of the connections that a login has on a server."""
SHARES, LEAST_SHARE = 40, 500
"""Into how many shares a book is parted, and of how many cases at least: each costs ten statements."""
WAIT_S = 0.2
LOOKS_FOR_AN_ANSWER = 300
"""How often this process waits for another in vain, a minute, before it ends that and works on its shares itself."""


class ShareWork(Protocol[R_co]):
    """Work on a share of the cases: a function of a module, or a `partial` of one, so that it can be sent."""

    def __call__(self, reading: Reading, share: Sequence[str], /) -> R_co:
        """Work on a share.

        Args:
            reading: The view in which every share is read.
            share: The references of its cases: every case from the first to the last of them.
        """


def for_every_case(
    store: Store,
    reading: Reading,
    work: ShareWork[R],
    *,
    programme: str | None = None,
    progress: ProgressCallback = no_progress,
    processes: int | None = None,
) -> Iterator[R]:
    """Do some work on every case the user may know of, and give the result of each share in order of the cases.

    Args:
        store: The database.
        reading: The view in which everything is read; of facts.
        work: The work. It writes nothing.
        programme: Only cases of this programme; None for both.
        progress: Called with the number of cases worked on and how many there are; may raise to stop the work.
        processes: How many processes besides this one at most; None for as many as are worth it.
    """
    reading.extend_timeouts()
    refs = list_case_refs(reading, programme)
    size = max(LEAST_SHARE, -(-len(refs) // SHARES))
    shares = [refs[first : first + size] for first in range(0, len(refs), size)]
    if processes is None:
        most = MOST_FOR_SERVER if is_shared(store.location) else MOST_FOR_FILE
        processes = min(cores() - 1, most, len(refs) // WORTH_A_PROCESS)
    view = describe_view(store, reading) if processes > 0 else None
    with ExitStack() as begun:
        tasks = [] if view is None else [OtherProcess(view, work) for _ in range(processes)]
        others = [begun.enter_context(each) for each in tasks]
        yield from _SharedOut(partial(work, reading), shares, others, progress).results()


class _SharedOut(Generic[R]):
    """What is to be done, and what was done and is not given yet."""

    def __init__(
        self,
        work: Callable[[Sequence[str]], R],
        shares: Sequence[Sequence[str]],
        others: Sequence[OtherProcess[R]],
        progress: ProgressCallback = no_progress,
    ) -> None:
        self._work, self._shares, self._others, self._progress = work, shares, others, progress
        self._waiting = deque(range(len(shares)))
        self._results: dict[int, R] = {}
        self._done, self._total = 0, sum(map(len, shares))

    def results(self) -> Iterator[R]:
        """Work, and give the result of each share in order."""
        for number in range(len(self._shares)):
            looks = 0
            while number not in self._results:
                self._progress(self._done, self._total)
                self._exchange()
                if self._waiting:
                    own = self._waiting.popleft()
                    self._keep(own, self._work(self._shares[own]))
                elif number not in self._results:
                    looks += 1
                    self._wait(looks)
            yield self._results.pop(number)

    def _keep(self, number: int, result: R) -> None:
        self._results[number] = result
        self._done += len(self._shares[number])

    def _exchange(self) -> None:
        for other in self._others:
            for number, result in other.take():
                self._keep(number, result)
            while other.may_have_more(len(self._waiting)):
                next_one = self._waiting.popleft()
                other.send(next_one, self._shares[next_one])
            self._waiting.extendleft(reversed(other.lost()))

    def _wait(self, looks: int) -> None:
        """Wait for another process to give something, and not for ever for one that may have been stopped."""
        busy = [other for other in self._others if other.is_busy]
        if not wait([other.pipe for other in busy], WAIT_S) and looks >= LOOKS_FOR_AN_ANSWER:
            for other in busy:
                other.end()
