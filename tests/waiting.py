"""Waits for something that another process or thread does without announcing it."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def wait_until(met: Callable[[], T], seconds: float = 60, *, every: float = 0.01) -> T:
    """Ask again and again until the answer is true, and give that answer.

    Args:
        met: The condition.
        seconds: The timeout, long enough for a busy machine.
        every: Seconds between two checks.
    """
    pause, limit = threading.Event(), monotonic() + seconds
    while not (answer := met()):
        assert monotonic() < limit, "it never came about"
        pause.wait(every)
    return answer
