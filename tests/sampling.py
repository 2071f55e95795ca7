"""How much of what is much alike is tried each day: a few instances by `make test`, all of them by `make test-long`.

A test that asks here is marked `sampled`, by which `make test-long` finds it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")
THOROUGHLY = "IOMS_TEST_THOROUGHLY"
"""The variable that `make test-long` sets."""


def is_thorough() -> bool:
    """Whether this run tries all of them."""
    return bool(os.environ.get(THOROUGHLY))


def some_of(values: Iterable[T], count: int) -> list[T]:
    """Choose so many values, evenly from the first to the last; all of them in a thorough run."""
    every = list(values)
    if is_thorough() or count >= len(every):
        return every
    return [every[round(number * (len(every) - 1) / (count - 1))] for number in range(count)]


def so_many(each_day: int, thoroughly: int) -> int:
    """Return how many times something is tried in this run."""
    return thoroughly if is_thorough() else each_day
