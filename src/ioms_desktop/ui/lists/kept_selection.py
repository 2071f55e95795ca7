"""Which rows of a list are selected while it is read again: found by their ids, on a worker thread.

To look through a million ids for one takes the interface thread longer than somebody may wait for a key.
"""

import sys
from collections.abc import Collection, Iterable
from itertools import chain, compress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from array import array

ID_BYTES = 8
MOST_SEARCHED = 3
"""So many ids are each searched for in the bytes of the list; for more of them every id is looked at."""
Runs = tuple[tuple[int, int], ...]
"""Rows as pairs of first and last row of each run, from top to bottom."""


class Chosen(NamedTuple):
    """The rows that are selected in a list.

    Attributes:
        ids: The list; an array that is not changed any more.
        runs: The rows.
        current: The row that is the current one; -1 for none.
    """

    ids: "array[int]"
    runs: Runs
    current: int

    @property
    def number(self) -> int:
        """How many rows are selected."""
        return sum(bottom - top + 1 for top, bottom in self.runs)


class Kept(NamedTuple):
    """Rows that were selected, and where they are in a list that was read since.

    Attributes:
        chosen: What was selected.
        runs: The rows that are still listed.
        current: The current row; -1 if it is not listed.
    """

    chosen: Chosen
    runs: Runs
    current: int


def find_chosen(chosen: Chosen, ids: "array[int]") -> Kept:
    """Find rows in a list by their ids."""
    if ids == chosen.ids:
        return Kept(chosen, chosen.runs, chosen.current)
    current = place_of(ids, chosen.ids[chosen.current], chosen.current) if chosen.current >= 0 else None
    if chosen.runs == ((chosen.current, chosen.current),):
        runs: Runs = () if current is None else ((current, current),)
    else:
        chosen_ids = chain.from_iterable(chosen.ids[top : bottom + 1] for top, bottom in chosen.runs)
        runs = runs_of(places_of(ids, set(chosen_ids)))
    return Kept(chosen, runs, -1 if current is None else current)


def place_of(ids: "array[int]", record: int, expected: int = -1) -> int | None:
    """Return the row of a record, which is looked for where it is expected first; None if it is not listed."""
    if 0 <= expected < len(ids) and ids[expected] == record:
        return expected
    in_bytes, its_bytes = ids.tobytes(), record.to_bytes(ID_BYTES, sys.byteorder, signed=True)
    at = in_bytes.find(its_bytes)
    while at % ID_BYTES and at >= 0:  # the end of one id and the beginning of the next
        at = in_bytes.find(its_bytes, at + 1)
    return at // ID_BYTES if at >= 0 else None


def places_of(ids: "array[int]", records: Collection[int]) -> list[int]:
    """Return the rows of some records, from top to bottom; those that are not listed are left out."""
    if len(records) <= MOST_SEARCHED:
        return sorted(place for record in records if (place := place_of(ids, record)) is not None)
    return list(compress(range(len(ids)), map(records.__contains__, ids)))


def runs_of(rows: Iterable[int]) -> Runs:
    """Join neighbouring row numbers: ``[1, 2, 3, 7]`` gives ``((1, 3), (7, 7))``."""
    return joined((row, row) for row in rows)


def joined(parts: Iterable[tuple[int, int]]) -> Runs:
    """Join parts that touch or overlap, from top to bottom."""
    runs: list[tuple[int, int]] = []
    for top, bottom in parts:
        if runs and top <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(bottom, runs[-1][1]))
        else:
            runs.append((top, bottom))
    return tuple(runs)
