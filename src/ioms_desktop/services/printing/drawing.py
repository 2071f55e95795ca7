"""Draws summaries in processes of their own, while this one reads the next facts, keeps the record and draws too.

A drawing process is given the facts that are to be on the paper and gives back its bytes: it has no key, no connection
and no file. What goes wrong in one, or ends it, is the matter of the one summary that it was drawing. This process has
a core as well: it draws itself while it would only wait, as while the others start.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from ioms_desktop.domain.errors import NotPossibleNow
from ioms_desktop.domain.printing.packs.office_papers import OfficeFacts
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.plain_copy import PlainCopy
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.services.process_isolation import keep_memory_private

PaperFacts = CaseSummary | PlainCopy
"""What a paper about a case is drawn from."""
DrawnFacts = PaperFacts | Pack | OfficeFacts
"""What is drawn, of one case or of several."""
WORTH_A_PROCESS = 30
"""Summaries from which a process is worth the time that it takes to start."""
MOST_PROCESSES = 3
"""More would wait: to read a case and put its paper on record, one by one, takes half as long as to draw it."""
SENT_AHEAD = 2
"""How many summaries a process has been sent, so that it need not wait for this one to take what it has drawn."""
STOP_WAIT_S = 5
NOT_DRAWN = "It could not be drawn, because of {why}. Nothing of it left the application; tell an administrator."


class NotDrawn(NotPossibleNow):
    """A summary could not be drawn."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def draw_summary(summary: DrawnFacts) -> bytes:
    """Draw a summary in this process."""
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - slow to import: loads when first needed

    return document_pdf(summary)


def draw_to_be_seen(facts: DrawnFacts) -> SeenPaper:
    """Draw a paper that is looked at."""
    from ioms_desktop.reports.documents import see_document  # noqa: PLC0415 - as above

    return see_document(facts)


class DrawingProcesses:
    """Draws many summaries at once; used in a `with` block, which ends the processes."""

    def __init__(self, summaries: int, processes: int | None = None, *, draws_here: bool = True) -> None:
        """Start no process yet; they start with the first summary.

        Args:
            summaries: How many are to be drawn; too few are drawn in this process.
            processes: How many processes besides this one; None for as many as are worth it.
            draws_here: Whether this process draws too while it waits for a summary.
        """
        useful = min(cores() - 1, MOST_PROCESSES, summaries // WORTH_A_PROCESS)
        self.count = useful if processes is None else processes
        self._draws_here = draws_here
        self._waiting: SimpleQueue[_Wanted | None] = SimpleQueue()
        self._drawers = [_Drawer(self._waiting) for _ in range(self.count)]
        self._is_begun = False

    def __enter__(self) -> Self:
        """Use the processes."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them, whatever they are doing."""
        for each in self._drawers:
            each.close()
            self._waiting.put(None)
        for each in self._drawers:
            each.join()

    def draw(self, summary: DrawnFacts) -> Callable[[], bytes]:
        """Begin to draw a summary.

        Returns:
            Waits for the PDF and returns it.

        Raises:
            NotDrawn: On waiting: it could not be drawn.
        """
        if not self._drawers:
            return cache(partial(_drawn_here, summary))
        wanted = _Wanted(summary)
        self._waiting.put(wanted)
        if not self._is_begun:
            self._is_begun = True
            for each in self._drawers:
                each.start()
        return partial(self._result, wanted)

    def _result(self, wanted: "_Wanted") -> bytes:
        while self._draws_here and not wanted.pdf.done():
            other = _next_of(self._waiting, is_awaited=False)
            if other is None:
                break
            other.draw_here()
        return wanted.pdf.result()


class _Wanted:
    """A summary that is to be drawn, and its pages once they are."""

    def __init__(self, summary: DrawnFacts) -> None:
        self.summary = summary
        self.pdf: Future[bytes] = Future()

    def draw_here(self) -> None:
        try:
            self.pdf.set_result(_drawn_here(self.summary))
        except NotDrawn as failed:
            self.pdf.set_exception(failed)

    def fail(self, why: str) -> None:
        self.pdf.set_exception(NotDrawn(NOT_DRAWN.format(why=why)))


def _next_of(waiting: "SimpleQueue[_Wanted | None]", *, is_awaited: bool) -> _Wanted | None:
    """Take the next that nobody has begun to draw; None where there is none, or no more will come."""
    with suppress(Empty):
        return waiting.get(block=is_awaited)
    return None


class _Drawer:
    """One process, begun anew after it ended, and the thread that sends it what waits and takes what it has drawn."""

    def __init__(self, waiting: "SimpleQueue[_Wanted | None]") -> None:
        self._waiting = waiting
        self._thread = Thread(target=self._work, daemon=True)
        self._lock = Lock()
        self._process: Any = None
        self._is_closed = False

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def join(self) -> None:
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        """Have drawn what waits until no more comes; in this thread where no process can be had."""
        while not self._is_closed:
            sent: deque[_Wanted] = deque()
            try:
                with self._begun() as pipe:
                    pipe.recv()  # it is ready
                    self._draw_by(pipe, sent)
                    return
            except Exception:  # noqa: BLE001 - whatever it was: nobody may wait for what is not drawn
                if not sent:
                    break
            sent.popleft().fail("a process that ended")  # the first is what it was drawing
            for each in sent:
                self._waiting.put(each)
        while not self._is_closed and (wanted := _next_of(self._waiting, is_awaited=True)) is not None:
            wanted.draw_here()

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """Begin a process, which is ended with the block."""
        context = get_context("spawn")  # a fork would have the keys of this process in its memory
        pipe, theirs = context.Pipe()
        with pipe:
            process: Any = context.Process(target=_serve, args=(theirs,), daemon=True)
            with theirs, self._lock:
                if self._is_closed:
                    raise EOFError
                process.start()
                self._process = process
            try:
                yield pipe
            finally:
                process.kill()
                process.join(STOP_WAIT_S)

    def _draw_by(self, pipe: Connection, sent: "deque[_Wanted]") -> None:
        """Have drawn what waits by a process; what it was sent and has not given back is in the list."""
        while True:
            while len(sent) < SENT_AHEAD:
                wanted = _next_of(self._waiting, is_awaited=not sent)
                if wanted is None:
                    break
                sent.append(wanted)
                try:
                    pipe.send(wanted.summary)
                except OSError:
                    raise
                except Exception as fault:  # noqa: BLE001 - of one summary, whatever it is: the others are drawn
                    sent.pop().fail(type(fault).__name__)
            if not sent:
                return
            is_drawn, answer = pipe.recv()
            if is_drawn:
                sent.popleft().pdf.set_result(answer)
            else:
                sent.popleft().fail(answer)


def _drawn_here(summary: DrawnFacts) -> bytes:
    try:
        return draw_summary(summary)
    except Exception as fault:
        # Of one summary, whatever it is: the others are drawn. What it was says no more than its kind.
        raise NotDrawn(NOT_DRAWN.format(why=type(fault).__name__)) from fault


def _serve(pipe: Connection) -> None:
    """Draw, in the new process, until the other end closes."""
    keep_memory_private()
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - as above

    waiting: SimpleQueue[DrawnFacts | None] = SimpleQueue()
    Thread(target=_receive, args=(pipe, waiting), daemon=True).start()
    with suppress(OSError):
        pipe.send("ready")
        while (summary := waiting.get()) is not None:
            try:
                answer: tuple[bool, object] = True, document_pdf(summary)
            except Exception as fault:  # noqa: BLE001 - as above; its words could repeat what the summary says
                answer = False, type(fault).__name__
            pipe.send(answer)


def _receive(pipe: Connection, waiting: "SimpleQueue[DrawnFacts | None]") -> None:
    """Take what is sent while another is drawn: who sends it need not wait, nor keep the pages from being taken."""
    try:
        while True:
            waiting.put(pipe.recv())
    except (EOFError, OSError):
        pass
    finally:
        waiting.put(None)
