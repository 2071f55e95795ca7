"""Lets a program of another Python do a job whenever it is asked to, so that both are measured in turns.

A peer imports it from this folder with its own Python, so it needs nothing but the standard library.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

TOOK = "took "
"""Begins a line that says how long a job took; a peer may print others."""


def serve(works: Mapping[str, Callable[[], object]]) -> None:
    """Do the job that each line names, and print the seconds of processor time that it took."""
    for line in sys.stdin:
        begun = time.process_time()
        works[line.strip()]()
        print(f"{TOOK}{time.process_time() - begun}", flush=True)


class Peer:
    """A peer's process, which serves its jobs until it is left."""

    def __init__(self, script: str, python: str, *given: object) -> None:
        """Start a script of this folder with a Python of its own."""
        self._process = subprocess.Popen(  # noqa: S603 - the Python that was named
            [python, str(Path(__file__).with_name(script)), *map(str, given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """Give the peer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it: it has nothing more to do."""
        self._process.communicate()

    def take(self, job: str) -> float:
        """Have a job done; gives its seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{job}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith(TOOK):
                return float(line.removeprefix(TOOK))
        sys.exit("The peer ended before its job was done; it says above why.")
