"""The rows of one table by their keys, in little memory: an import may have a million of them."""

from array import array
from collections.abc import Container, Iterator
from itertools import chain
from typing import Any, NamedTuple

from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome


class RowPlace(NamedTuple):
    """A row of an import."""

    report: FileReport
    place: int

    @property
    def outcome(self) -> int:
        """What becomes of it, as `RowOutcome`."""
        return self.report.outcomes[self.place]

    @property
    def line(self) -> int:
        """The line on which it starts."""
        return self.report.lines[self.place]


SLOTS_AT_FIRST = 1 << 10
REFS_A_BLOCK = 4_096
BETWEEN_REFS = "\0"
"""No reference has one: a cell with it is refused."""


class RowIndex:
    """The first row with each key. Rows are numbered through, so that a number stands for a row.

    Of a key its hash is kept, in a table of slots: a dictionary of a million keys takes a hundred megabytes more.
    """

    def __init__(self, *, keeps_refs: bool = False) -> None:
        """Begin without a row.

        Args:
            keeps_refs: Whether references are kept, for `alike`.
        """
        self._marks = array("q")  # the hash of each row's key
        self._values = array("q")
        self._slots = array("I", bytes(array("I").itemsize * SLOTS_AT_FIRST))  # numbers from 1 on; 0 where it is free
        self._held = 0
        self._keeps_refs = keeps_refs
        self._refs: list[str] = []  # of the newest rows; empty for a row that is not the first with its reference
        self._ref_blocks: list[str] = []  # of the rows before them
        self._starts: list[tuple[int, FileReport]] = []

    def add(self, key: Any, report: FileReport, values_hash: int) -> int:  # noqa: ANN401 - a key is text, or parts
        """Add the next row of a report; return the number of the first row with its key."""
        if not self._starts or self._starts[-1][1] is not report:
            self._starts.append((len(self._values), report))
        mark = hash(key)
        self._values.append(values_hash)
        self._marks.append(mark)
        slot = self._slot_of(mark)
        if self._keeps_refs:
            self._keep_ref("" if self._slots[slot] or not isinstance(key, str) else key)
        if self._slots[slot]:
            return self._slots[slot] - 1
        self._slots[slot] = len(self._marks)
        self._held += 1
        if self._held * 2 > len(self._slots):
            self._add_slots()
        return self.newest

    def _slot_of(self, mark: int) -> int:
        """Return the slot that has the first row of a mark, or the free one that would have it."""
        slots, marks, last = self._slots, self._marks, len(self._slots) - 1
        slot = mark & last
        while (number := slots[slot]) and marks[number - 1] != mark:
            slot = (slot + 1) & last
        return slot

    def _keep_ref(self, ref: str) -> None:
        self._refs.append(ref)
        if len(self._refs) == REFS_A_BLOCK:
            self._ref_blocks.append(BETWEEN_REFS.join(self._refs))
            self._refs.clear()

    def _add_slots(self) -> None:
        former = self._slots
        self._slots = array("I", bytes(former.itemsize * len(former) * 4))
        for number in filter(None, former):
            self._slots[self._slot_of(self._marks[number - 1])] = number

    @property
    def newest(self) -> int:
        """The number of the row added last."""
        return len(self._values) - 1

    def values_hash(self, number: int) -> int:
        """The hash of a row's values."""
        return self._values[number]

    def number(self, report: FileReport, place: int) -> int:
        """Return the number of a row that was added."""
        return next(start for start, each in reversed(self._starts) if each is report) + place

    def row(self, number: int) -> RowPlace:
        """Find a row by its number."""
        start, report = next(each for each in reversed(self._starts) if each[0] <= number)
        return RowPlace(report, number - start)

    def first(self, key: Any) -> RowPlace | None:  # noqa: ANN401 - as above
        """Find the first row with a key."""
        number = self._slots[self._slot_of(hash(key))]
        return self.row(number - 1) if number else None

    def alike(self, likenesses: Container[str]) -> Iterator[tuple[str, RowPlace]]:
        """Find the first row with each reference that is like one of those given, in order of rows."""
        blocks = (block.split(BETWEEN_REFS) for block in self._ref_blocks)
        for number, ref in enumerate(chain(chain.from_iterable(blocks), self._refs)):
            if ref and reference_likeness(ref) in likenesses:
                yield ref, self.row(number)

    def is_accepted(self, key: Any) -> bool:  # noqa: ANN401 - as above
        """Whether a row with a key is accepted; of two that contradict each other neither is."""
        found = self.first(key)
        return found is not None and found.outcome != RowOutcome.REJECTED
