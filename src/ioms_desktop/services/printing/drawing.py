"""Draws summaries in processes of their own, while this one reads the next facts, keeps the record and draws too.

A drawing process is given the facts that are to be on the paper and gives back its bytes: it has no key, no connection
and no file. What goes wrong in one, or ends it, is the matter of the one summary that it was drawing. Which that was,
nobody can say of a process that ended with several: what it had drawn may have been lost with it. Each of those is then
drawn in a process that has nothing else, and fails if that one ends too.

A process that gives no answer is ended like one that fails: it may have been stopped, and would never answer.

This process has a core as well: it draws itself while it would only wait, as while the others start. It takes and sends
between its other work, in one thread: another would wait for this one's Python at every step. A second thread only
looks, now and then, whether that one waits in vain.
"""

import gc
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from ioms_desktop.domain.errors import NotPossibleNow
from ioms_desktop.domain.printing.packs.office_papers import OfficeFacts
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.plain_copy import PlainCopy
from ioms_desktop.domain.printing.seen_paper import SeenPaper
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.services.process_isolation import ServingProcess, begin_as_child, cores

PaperFacts = CaseSummary | PlainCopy
"""What a paper about a case is drawn from."""
DrawnFacts = PaperFacts | Pack | OfficeFacts
"""What is drawn, of one case or of several."""
WORTH_A_PROCESS = 30
"""Summaries from which a process is worth the time that it takes to start."""
MOST_PROCESSES = 3
"""More would wait: to read a case and put its paper on record, one by one, takes half as long as to draw it."""
SENT_AHEAD = 10
"""How many summaries a process has been sent at most, so that it need not wait while this one puts ten on record."""
ANSWER_WAIT_S = 60
"""How long this process waits for another at most, which draws a hundred summaries in a second."""
LOOK_EVERY_S = 0.2
LET_BE = 500_000
"""Objects that a drawing process lets be before it looks for those that could go: what 400 summaries leave, in 100 MB.
Most runs end before. To look for them takes a twelfth of the drawing."""
NOT_DRAWN = "It could not be drawn, because of {why}. Nothing of it left the application; tell an administrator."


class NotDrawn(NotPossibleNow):
    """A summary could not be drawn."""


class NoLongerWanted(Exception):  # noqa: N818 - the user's own request, not an error
    """Whoever wanted the summaries has stopped the work."""


def never() -> bool:
    """Return that nobody has stopped the work."""
    return False


def draw_summary(summary: DrawnFacts) -> bytes:
    """Draw a summary in this process."""
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - slow to import: loads when first needed

    return document_pdf(summary)


def draw_to_be_seen(facts: DrawnFacts) -> SeenPaper:
    """Draw a paper that is looked at."""
    from ioms_desktop.reports.documents import see_document  # noqa: PLC0415 - as above

    return see_document(facts)


class DrawingProcesses:
    """Draws many summaries at once; used in a `with` block of one thread, which begins and ends the processes."""

    def __init__(
        self,
        summaries: int,
        processes: int | None = None,
        *,
        draws_here: bool = True,
        is_stopped: Callable[[], bool] = never,
    ) -> None:
        """Begin no process yet.

        Args:
            summaries: How many are to be drawn; too few are drawn in this process.
            processes: How many processes besides this one; None for as many as are worth it.
            draws_here: Whether this process draws too while it waits for a summary.
            is_stopped: Whether the summaries are no longer wanted; asked in another thread too.
        """
        useful = min(cores() - 1, MOST_PROCESSES, summaries // WORTH_A_PROCESS)
        self.count = useful if processes is None else processes
        self.draws_here = draws_here
        self.is_stopped = is_stopped
        self.answer_wait_s: float = ANSWER_WAIT_S
        self._waiting: deque[_Wanted] = deque()
        self._drawers: list[_Drawer] = []
        self._looks = 0  # how often the second thread has looked, by which it is told how long this one waits
        self._waits_since: int | None = None  # the look before it; None while this process does something else
        self._is_over = Event()
        self._looking = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin the processes: they start while the first summaries are read."""
        self._drawers = [each for each in (_Drawer() for _ in range(self.count)) if each.could_begin()]
        if self._drawers:
            self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them, whatever they are doing."""
        self._is_over.set()
        if self._looking.is_alive():
            self._looking.join()
        for each in self._drawers:
            each.end()

    def draw(self, summary: DrawnFacts) -> Callable[[], bytes]:
        """Have a summary drawn.

        Returns:
            Waits for the PDF and returns it.

        Raises:
            NotDrawn: On waiting: it could not be drawn.
            NoLongerWanted: On waiting: the work was stopped.
        """
        wanted = _Wanted(summary)
        self._waiting.append(wanted)
        self._exchange()
        return partial(self._result, wanted)

    def _result(self, wanted: "_Wanted") -> bytes:
        while not wanted.pdf.done():
            self._raise_if_stopped()
            if (here := self._next_here()) is not None:
                self._waiting.remove(here)
                here.draw_here()
                self._exchange()
            else:
                self._exchange(waits=True)
        if wanted.pdf.exception() is not None:
            self._raise_if_stopped()  # which may be why its process was ended
        return wanted.pdf.result()

    def _raise_if_stopped(self) -> None:
        if self.is_stopped():
            raise NoLongerWanted

    def _next_here(self) -> "_Wanted | None":
        """Return what this process may draw: while there are others, nothing that may have ended one of them."""
        if not self._drawers:
            return self._waiting[0]
        return next((each for each in self._waiting if not each.is_suspect), None) if self.draws_here else None

    def _exchange(self, *, waits: bool = False) -> None:
        """Take what the processes have drawn and send them what waits; those that can draw no more are left out."""
        self._waits_since = self._looks
        if waits:
            wait([each for drawer in self._drawers for each in (drawer.pipe, drawer.process.sentinel)])
            self._waits_since = self._looks  # or what is sent now would seem to wait as long
        self._drawers = [each for each in self._drawers if each.exchange(self._waiting)]
        self._waits_since = None

    def _look(self) -> None:
        """End processes for which this one waits too long, or at all once the work is stopped: it goes on then.

        How long is counted by looks: a clock goes on while the machine sleeps, and nothing is drawn then.
        """
        while not self._is_over.wait(LOOK_EVERY_S):
            self._looks += 1
            if (since := self._waits_since) is None:
                continue
            if (self._looks - since) * LOOK_EVERY_S > self.answer_wait_s or self.is_stopped():
                for each in self._drawers:
                    if each.is_busy:
                        each.process.kill()


class _Wanted:
    """A summary that is to be drawn, and its pages once they are."""

    def __init__(self, summary: DrawnFacts) -> None:
        self.summary = summary
        self.is_suspect = False  # whether a process ended that had been sent this and others
        self.pdf: Future[bytes] = Future()

    def draw_here(self) -> None:
        try:
            self.pdf.set_result(_drawn_here(self.summary))
        except NotDrawn as failed:
            self.pdf.set_exception(failed)

    def fail(self, why: str) -> None:
        self.pdf.set_exception(NotDrawn(NOT_DRAWN.format(why=why)))


class _Drawer(ServingProcess):
    """One process, begun anew after a summary ended it, and what it was sent and has not given back."""

    def __init__(self) -> None:
        super().__init__(_serve)
        self._is_ready = False
        self._sent: deque[_Wanted] = deque()

    def could_begin(self) -> bool:
        """Begin the process; False where none can be had."""
        self._is_ready = False
        with suppress(OSError):
            self.begin()
            return True
        return False

    @property
    def is_busy(self) -> bool:
        """Whether the process is to give something: what it draws, or word that it is ready."""
        return bool(self._sent) or not self._is_ready

    def exchange(self, waiting: "deque[_Wanted]") -> bool:
        """Take what is drawn, and send it what it needs not to stand idle, but no more than is left for the others.

        Returns:
            Whether there is a process still.
        """
        try:
            while self.has_given():
                self._take(self.pipe.recv())
            while self._may_send(waiting):
                self._send(waiting)
        except Exception:  # noqa: BLE001 - whatever it was: nobody may wait for what is not drawn
            return self._begin_anew(waiting)
        return True

    def _take(self, answer: tuple[bool, Any]) -> None:
        if not self._is_ready:
            self._is_ready = True
            return
        is_drawn, drawn = answer
        wanted = self._sent.popleft()
        if is_drawn:
            wanted.pdf.set_result(drawn)
        else:
            wanted.fail(drawn)

    def _may_send(self, waiting: "deque[_Wanted]") -> bool:
        """Whether the process is to have the next; what may have ended another is alone in it."""
        if not self._is_ready or len(self._sent) >= min(SENT_AHEAD, len(waiting)):
            return False
        return not self._sent or not (self._sent[0].is_suspect or waiting[0].is_suspect)

    def _send(self, waiting: "deque[_Wanted]") -> None:
        wanted = waiting.popleft()
        self._sent.append(wanted)  # before it is sent: a process that takes nothing is ended like one that gives none
        try:
            self.pipe.send(wanted.summary)
        except OSError:
            waiting.appendleft(self._sent.pop())  # the process ended before it had this
            raise
        except Exception as fault:  # noqa: BLE001 - of one summary, whatever it is: the others are drawn
            self._sent.pop().fail(type(fault).__name__)

    def _begin_anew(self, waiting: "deque[_Wanted]") -> bool:
        """Begin another process where a summary ended this one; one that ends by itself would do so again."""
        self.end()
        if not self._sent:
            return False
        if len(self._sent) == 1:
            self._sent.pop().fail("a process that ended or gave no answer")
        for each in self._sent:
            each.is_suspect = True
        waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        return self.could_begin()


def _drawn_here(summary: DrawnFacts) -> bytes:
    try:
        return draw_summary(summary)
    except Exception as fault:
        # Of one summary, whatever it is: the others are drawn. What it was says no more than its kind.
        raise NotDrawn(NOT_DRAWN.format(why=type(fault).__name__)) from fault


def _serve(pipe: Connection) -> None:
    """Draw, in the new process, until the other end closes.

    What is drawn is given while another is drawn, so that neither end waits for the other.
    """
    begin_as_child()
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - as above

    gc.freeze()  # what was imported stays: it is not looked through again and again for what could go
    gc.set_threshold(LET_BE)
    answers: SimpleQueue[tuple[bool, object]] = SimpleQueue()
    answers.put((True, "ready"))
    Thread(target=_give, args=(pipe, answers), daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            summary = pipe.recv()
            try:
                answers.put((True, document_pdf(summary)))
            except Exception as fault:  # noqa: BLE001 - as above; its words could repeat what the summary says
                answers.put((False, type(fault).__name__))


def _give(pipe: Connection, answers: "SimpleQueue[tuple[bool, object]]") -> None:
    with suppress(OSError):
        while True:
            pipe.send(answers.get())
