"""A program that has another process work on a share of the cases without end, until somebody kills the program."""

from __future__ import annotations

import os
import sys
from collections import deque
from functools import partial
from itertools import repeat
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from ioms_desktop.services.every_case.other_process import OtherProcess
from ioms_desktop.storage.same_view import describe_view
from keys import opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ioms_desktop.domain.policy.case_facts import CaseFacts
    from ioms_desktop.storage.records.read import Reading


def read_without_end(_reading: Reading, /, *, among: Sequence[str] | None) -> Iterator[Sequence[CaseFacts]]:
    """Say which process reads, and read nothing for ever."""
    os.write(sys.stdout.fileno(), f"{os.getpid()} reads {among}\n".encode())
    return repeat(())


def _main(location: str) -> None:
    store = opened(location)
    with store.read(facts_only=True) as reading:
        view = describe_view(store, reading)
        assert view is not None
        work: partial[deque[Any]] = partial(deque, maxlen=0)
        with OtherProcess(view, read_without_end, work) as other:
            while not other.is_free and not other.has_ended:
                wait([other.pipe])
                other.take()
            other.send(0, ["IOM-1"])
            wait([other.pipe])


if __name__ == "__main__":
    _main(sys.argv[1])
