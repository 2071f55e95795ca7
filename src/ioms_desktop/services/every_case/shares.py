"""Shares every case out among this process and others, which read the same view of the database.

There is one way through: some work is done on the histories of every case, in shares, and the result of each share is
given in order. Where the cases are few, or there is one core, there is one share, and this process works on it.
Otherwise it works on one share after the other too, and gives each other process its next one in between. What another
process does not give back, whatever the reason, this one works on itself: nobody notices more than the time.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import wait
from typing import Generic, NamedTuple, TypeVar

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.garbage_collection import garbage_collection_paused
from ioms_desktop.services.every_case.other_process import LOOK_EVERY_CASES, OtherProcess, ReadHistories, ShareWork
from ioms_desktop.services.process_isolation import cores
from ioms_desktop.storage.cases.every_case import list_case_refs
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.same_view import describe_view
from ioms_desktop.storage.store import Store

R = TypeVar("R")


class Worth(NamedTuple):
    """How many other processes are worth their start, and which shares are worth their statements.

    Attributes:
        cases: One process for so many cases.
        most: At most so many.
        share: Of how many cases a share is at least.
    """

    cases: int
    most: int
    share: int


IN_FILE, ON_SERVER = Worth(20_000, 3, 500), Worth(50_000, 1, 2_000)
"""On a server a process takes longer to start, and one more of the connections that a login has. The ten statements of
a share take as long as 600 cases there, and in a file as long as 80."""
WAIT_S = 0.2
LOOKS_FOR_AN_ANSWER = 300
"""How often this process waits for another in vain, a minute, before it ends that and works on its shares itself."""


def for_every_case(
    store: Store,
    reading: Reading,
    read: ReadHistories,
    work: ShareWork[R],
    *,
    progress: ProgressCallback = no_progress,
    processes: int | None = None,
) -> Iterator[R]:
    """Do some work on the history of every case, and give the result of each share in order of the cases.

    Args:
        store: The database.
        reading: The view in which everything is read; of facts.
        read: Reads the histories of a share.
        work: The work on them. It writes nothing.
        progress: Called with the number of cases worked on and how many there are; may raise to stop the work.
        processes: How many processes besides this one; None for as many as are worth it.
    """
    reading.extend_timeouts()
    refs = list_case_refs(reading)
    worth = ON_SERVER if is_shared(store.location) else IN_FILE
    if processes is None:
        processes = min(cores() - 1, worth.most, len(refs) // worth.cases)
    view = describe_view(store, reading) if processes > 0 else None
    shares = [refs] if view is None else parted(refs, 1 + processes, worth.share)
    with ExitStack() as begun:
        tasks = [] if view is None else [OtherProcess(view, read, work) for _ in range(processes)]
        others = [begun.enter_context(each) for each in tasks]
        yield from SharedOut(partial(read, reading), work, shares, others, progress).results()


def parted(refs: Sequence[str], processes: int, least: int) -> list[Sequence[str]]:
    """Part cases into shares, large ones first: each costs something, and the last ones are to end at one time.

    Args:
        refs: The references of the cases, in their order.
        processes: How many processes there are.
        least: Of how many cases a share is at least.
    """
    shares, first = [], 0
    while first < len(refs):
        size = max(least, (len(refs) - first) // (2 * processes))
        shares.append(refs[first : first + size])
        first += size
    return shares


class SharedOut(Generic[R]):
    """What is to be done, and what was done and is not given yet."""

    def __init__(
        self,
        read: Callable[..., Iterator[Sequence[CaseFacts]]],
        work: ShareWork[R],
        shares: Sequence[Sequence[str]],
        others: Sequence[OtherProcess[R]],
        progress: ProgressCallback = no_progress,
    ) -> None:
        """Begin nothing yet; the arguments are those of `for_every_case`, and the processes have begun."""
        self._read, self._work, self._shares, self._others, self._progress = read, work, shares, others, progress
        self._waiting = deque(range(len(shares)))
        self._results: dict[int, R] = {}
        self._done, self._total = 0, sum(map(len, shares))

    def results(self) -> Iterator[R]:
        """Work, and give the result of each share in order."""
        for number in range(len(self._shares)):
            looks = 0
            while number not in self._results:
                self._look_up(0)
                if self._waiting:
                    self._work_here(self._waiting.popleft())
                elif number not in self._results:
                    looks += 1
                    self._wait(looks)
            yield self._results.pop(number)

    def _work_here(self, number: int) -> None:
        share = self._shares[number]
        histories = self._read(among=share if len(self._shares) > 1 else None)
        with garbage_collection_paused():
            result = self._work(self._looking_up(histories))
        self._keep(number, result)

    def _looking_up(self, histories: Iterable[Sequence[CaseFacts]]) -> Iterator[Sequence[CaseFacts]]:
        """Pass histories on, and look up from them now and then."""
        for number, history in enumerate(histories):
            if number % LOOK_EVERY_CASES == 0:
                self._look_up(number)
            yield history

    def _look_up(self, begun: int) -> None:
        """Say how many cases are done, so many of a share that has begun, and see to the other processes."""
        self._progress(self._done + begun, self._total)
        for other in self._others:
            for number, result in other.take():
                self._keep(number, result)
            self._waiting.extendleft(other.lost())
            if self._waiting and other.is_free:
                number = self._waiting.popleft()
                other.send(number, self._shares[number])

    def _keep(self, number: int, result: R) -> None:
        self._results[number] = result
        self._done += len(self._shares[number])

    def _wait(self, looks: int) -> None:
        """Wait for another process to give something, and not for ever for one that may have been stopped."""
        busy = [other for other in self._others if other.is_busy]
        if not wait([other.pipe for other in busy], WAIT_S) and looks >= LOOKS_FOR_AN_ANSWER:
            for other in busy:
                other.end()
