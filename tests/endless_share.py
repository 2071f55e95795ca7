"""A program that somebody kills: until then it has others that read a file, draw, and work on a share without end."""

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
    from ioms_desktop.services.documents.apart import FileProcess  # noqa: PLC0415 - not in the others, which read this
    from ioms_desktop.services.printing.drawing import DrawingProcesses  # noqa: PLC0415 - as above

    with FileProcess("letter.pdf") as reads_file, DrawingProcesses(1, 1) as drawing:
        (draws,) = drawing._drawers  # noqa: SLF001 - each says that it has begun, and then waits for work
        for each in (reads_file, draws):
            while not each.has_given(1):
                pass
        _share(location, reads_file.process.pid, draws.process.pid)


def _share(location: str, *others: int) -> None:
    os.write(sys.stdout.fileno(), f"{' '.join(map(str, others))}\n".encode())
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
