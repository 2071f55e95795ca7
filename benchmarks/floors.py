"""How a benchmark is taken: ours and its floor in turns, the medians of both, and their ratio."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]
Unit = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured.

    Attributes:
        name: What was done, in words.
        floor_name: What it is held against, in words.
        ours: Median seconds.
        floor: Median seconds of the floor; None where the target is a time.
        target: The ratio not to be passed, or seconds where there is no floor; None where none was set.
    """

    name: str
    floor_name: str
    ours: float
    floor: float | None
    target: float | None

    @property
    def ratio(self) -> float | None:
        """How often the floor goes into ours."""
        return None if self.floor is None else self.ours / self.floor

    @property
    def kept(self) -> bool:
        """Whether the target was reached."""
        reached = self.ours if self.ratio is None else self.ratio
        return self.target is None or reached <= self.target

    def row(self) -> str:
        """Write it as a row of a table."""
        floor = "" if self.floor is None else seconds(self.floor)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        target = "" if self.target is None else seconds(self.target) if self.floor is None else f"{self.target:g}"
        told = target if self.kept else f"{target} (not reached)"
        return f"| {self.name} | {seconds(self.ours)} | {self.floor_name} | {floor} | {ratio} | {told} |"


def seconds(took: float) -> str:
    """Write a time with the unit it is read in."""
    if took >= 1:
        return f"{took:.2f} s"
    return f"{took * 1e3:.1f} ms" if took >= 1e-3 else f"{took * 1e3:.2f} ms"


def in_turns(
    works: Sequence[Work], rounds: int, warm: int = 1, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Return the median seconds of each work, done in turns so that the machine's moods fall on all alike."""
    taken: list[list[float]] = [[] for _ in works]
    was_frozen = gc.get_freeze_count() > 0
    gc.collect()
    gc.freeze()  # what was there before is not looked through again before every round
    try:
        for number in range(rounds + warm):
            for work, times in zip(works, taken, strict=True):
                gc.collect()
                start = clock()
                work()
                took = clock() - start
                if number >= warm:
                    times.append(took)
    finally:
        if not was_frozen:
            gc.unfreeze()
    return [statistics.median(times) for times in taken]
