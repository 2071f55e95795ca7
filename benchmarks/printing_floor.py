"""Printing: a summary from command to file against drawing alone, and many on every core against the ideal."""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from books import ON, open_book
from floors import Figure
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.services.printing.drawing import draw_summary
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.summaries import check_wanted, read_summary
from ioms_desktop.services.process_isolation import cores
from ioms_desktop.services.session import Session

CASES, CONTACTS = 600, 20
SUMMARIES = 500
SINGLE = 40
ROUNDS = 3
ASKED: dict[str, Any] = {
    "audience": Audience.FULL,
    "reason_code": "CASE_CONFERENCE",
    "as_of": ON,
    "given_to": Recipient(name="Jo Reid", role="officer", organisation="Leicestershire Police"),
    "power": "CDA_1998_S115",
}


def measure(_size: int, summaries: int = SUMMARIES, rounds: int = ROUNDS, single: int = SINGLE) -> list[Figure]:
    """Measure on a book of its own; each round draws, prints by one process and prints by all, in turns."""
    with TemporaryDirectory() as place:
        session = open_book(Path(place) / "ours.ioms", min(CASES, 2 * summaries), CONTACTS)
        try:
            return list(_figures(session, Path(place), summaries, rounds, single))
        finally:
            session.store.close()


def _figures(session: Session, place: Path, summaries: int, rounds: int, few_of: int) -> Iterator[Figure]:
    refs = [f"C{n:07}" for n in range(min(CASES, 2 * summaries)) if n % 5 != 4][:summaries]
    refs = (refs * -(-summaries // len(refs)))[:summaries]
    few = refs[:few_of]
    ways: dict[str, Callable[[int], object]] = {
        "drawn": lambda _: _draw(session, few),
        "one by one": lambda turn: _print(session, few, place / f"one-{turn}", processes=0),
        "on all cores": lambda turn: _print(session, refs, place / f"all-{turn}", processes=None),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            began = time.perf_counter()
            found = way(turn)
            took = found if isinstance(found, float) else time.perf_counter() - began
            if turn:  # the first round warms the caches
                taken[name].append(took)
    drawn, single, every = (statistics.median(each) for each in taken.values())
    yield Figure(
        name="A case summary, from command to file with rights and audit",
        floor_name="drawing alone",
        ours=single / few_of,
        floor=drawn / few_of,
        target=1.5,
    )
    yield Figure(
        name=f"{summaries} case summaries on {cores()} cores",
        floor_name="one by one, divided by the cores",
        ours=every,
        floor=single / few_of * summaries / cores(),
        target=1.15,
    )


def _draw(session: Session, refs: list[str]) -> float:
    """Return the seconds that drawing takes, without reading."""
    wanted = check_wanted(session, **ASKED)
    took = 0.0
    for ref in refs:
        with session.store.read() as reading:
            _, summary = read_summary(session, reading, ref, wanted)
        began = time.perf_counter()
        draw_summary(summary)
        took += time.perf_counter() - began
    return took


def _print(session: Session, refs: list[str], folder: Path, processes: int | None) -> None:
    folder.mkdir()
    wanted = [SummaryTarget(case_ref=ref, paths=(folder / f"{n}.pdf",)) for n, ref in enumerate(refs)]
    for done in print_summaries(session, wanted, processes=processes, **ASKED):
        if done.error is not None:
            raise done.error
