"""Draws summaries in processes of their own, one a core, while this one reads the next facts and keeps the record.

A drawing process is given the facts that are to be on the paper and gives back its bytes: it has no key, no connection
and no file. What goes wrong in one, or ends it, is the matter of the one summary that it was drawing.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
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

    def __init__(self, summaries: int, processes: int | None = None) -> None:
        """Start no process yet; each starts with the first summary that it draws.

        Args:
            summaries: How many are to be drawn; too few are drawn in this process.
            processes: How many processes; None for one a core.
        """
        wanted = cores() if processes is None else processes
        self.count = min(wanted, summaries // WORTH_A_PROCESS) if processes is None else wanted
        self._threads = ThreadPoolExecutor(self.count) if self.count > 0 else None
        self._free: SimpleQueue[_Drawer] = SimpleQueue()
        self._drawers = [_Drawer() for _ in range(self.count)]
        for each in self._drawers:
            self._free.put(each)

    def __enter__(self) -> Self:
        """Use the processes."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them, whatever they are doing."""
        for each in self._drawers:
            each.close()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    def draw(self, summary: DrawnFacts) -> Callable[[], bytes]:
        """Begin to draw a summary.

        Returns:
            Waits for the PDF and returns it.

        Raises:
            NotDrawn: On waiting: it could not be drawn.
        """
        if self._threads is None:
            return lambda: _drawn_here(summary)
        waiting: Future[bytes] = self._threads.submit(self._draw_apart, summary)
        return waiting.result

    def _draw_apart(self, summary: DrawnFacts) -> bytes:
        drawer = self._free.get()
        try:
            return drawer.draw(summary)
        finally:
            self._free.put(drawer)


class _Drawer:
    """One process, started when it is first needed and again after it ended."""

    def __init__(self) -> None:
        self._pipe: Connection | None = None
        self._process: Any = None
        self._is_closed = False

    def draw(self, summary: DrawnFacts) -> bytes:
        pipe = self._started()
        try:
            pipe.send(summary)
            is_drawn, answer = pipe.recv()
        except (EOFError, OSError) as ended:
            self._end()
            raise NotDrawn(NOT_DRAWN.format(why="a process that ended")) from ended
        if not is_drawn:
            raise NotDrawn(NOT_DRAWN.format(why=answer))
        return bytes(answer)

    def close(self) -> None:
        self._is_closed = True
        self._end()

    def _started(self) -> Connection:
        if self._is_closed:
            raise NotDrawn(NOT_DRAWN.format(why="the end of the work"))
        if self._pipe is None:
            context = get_context("spawn")  # a fork would have the keys of this process in its memory
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    def _end(self) -> None:
        if self._process is not None:
            if self._process.is_alive():
                self._process.kill()
            self._process.join(STOP_WAIT_S)
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.close()
        self._pipe = self._process = None


def _drawn_here(summary: DrawnFacts) -> bytes:
    try:
        return draw_summary(summary)
    except Exception as fault:
        # Of one summary, whatever it is: the others are drawn. What it was says no more than its kind.
        raise NotDrawn(NOT_DRAWN.format(why=type(fault).__name__)) from fault


def _serve(pipe: Connection) -> None:
    """Draw, in the new process, until the other end closes."""
    keep_memory_private()
    with suppress(EOFError, OSError):
        while True:
            summary = pipe.recv()
            try:
                answer: tuple[bool, object] = True, draw_summary(summary)
            except Exception as fault:  # noqa: BLE001 - as above; its words could repeat what the summary says
                answer = False, type(fault).__name__
            pipe.send(answer)
