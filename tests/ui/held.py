"""Work that has its result and does not give it yet, so that an older answer comes after a newer one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest


class HeldWork:
    """A function whose first call gives its result once it is let go.

    Attributes:
        has_result: Set once that call has its result.
    """

    def __init__(self, work: Callable[..., Any]) -> None:
        """Hold the first call of `work`."""
        self._work, self._is_first, self._gate = work, True, Event()
        self.has_result = Event()

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever is held
        """Do the work."""
        is_held, self._is_first = self._is_first, False
        found = self._work(*given, **named)
        if is_held:
            self.has_result.set()
            self._gate.wait()
        return found

    def let_go(self) -> None:
        """Give the result."""
        self._gate.set()


@contextmanager
def held(patch: pytest.MonkeyPatch, module: object, name: str) -> Iterator[HeldWork]:
    """Hold the first call of a function of a module, until the end of the block at most."""
    work = HeldWork(getattr(module, name))
    with patch.context() as patched:
        patched.setattr(module, name, work)
        try:
            yield work
        finally:
            work.let_go()
