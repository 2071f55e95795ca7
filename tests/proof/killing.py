"""Kills a process that writes to a local database file, at random moments, and examines what it left.

The writer is forked from a process that has already imported everything, so that each kill saves a start. It writes
`begin` to a pipe before each act and `done` after it has returned; the pipe keeps what a killed process wrote.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from typing_extensions import override

from forked_scripts import know, known
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.storage.database.integrity_check import check_integrity
from proof.books import PASSWORD, Book
from proof.shots import CONTROLS, SHOTS
from proof.writing import WAYS, Way

SHOT = "once "
HASTY = "hasty"
"""The control: a writer that reports `done` before it has written."""


@dataclass
class KillReport:
    """The results of the kills.

    Attributes:
        kills: The number of kills.
        done: Acts that were reported done.
        doubtful: Acts begun whose end was not reported.
        had_been_saved: Doubtful acts that had in fact been saved.
        lost: Acts reported done that are not there.
        twice: Acts that are there more than once, or in part.
        unresolved: Doubtful acts that are not there exactly once after being repeated.
        faults: What the check of the database found.
    """

    kills: int = 0
    done: int = 0
    doubtful: int = 0
    had_been_saved: int = 0
    lost: int = 0
    twice: int = 0
    unresolved: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, duplicated, half done or damaged."""
        return not (self.lost or self.twice or self.unresolved or self.faults)

    @override
    def __str__(self) -> str:
        """Format the results in a line."""
        return (
            f"{self.kills} kills, {self.done} acknowledged, {self.lost} lost, {self.twice} doubled or half, "
            f"{self.doubtful} in doubt of which {self.had_been_saved} had been saved, {self.unresolved} unresolved, "
            f"{len(self.faults)} faults found by check"
        )


class Writers:
    """A process that starts writers; use `with writers() as each`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Hold the program."""
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._tell, self._said = process.stdin, process.stdout

    def killed(
        self, way: str, book: Book, key: bytes | None, number: int, seconds: float
    ) -> tuple[list[str], list[str]]:
        """Start a writer, kill it after a time, and return the acts that it had begun and those it had done."""
        self._tell.write(json.dumps([way, str(book.folder), number, key.hex() if key else ""]) + "\n")
        self._tell.flush()
        word, writer = self._said.readline().split()
        assert word == "ready"
        time.sleep(seconds)  # it is killed at any moment, not at one that it announces
        return self._end(int(writer))

    def shot(self, name: str, book: Book, seconds: float) -> tuple[bool, float]:
        """Start one of the SHOTS, kill it, and say whether it was said done and after how long; for `shoot_often`."""
        self._tell.write(json.dumps([f"{SHOT}{name}", str(book.folder), 0, ""]) + "\n")
        self._tell.flush()
        word, writer = self._said.readline().split()
        assert word == "ready"
        since = time.monotonic()
        if seconds == float("inf"):
            said = self._said.readline()
            taken = time.monotonic() - since
            self._end(int(writer))
            return said == "done it\n", taken
        time.sleep(seconds)  # it is killed at any moment, not at one that it announces
        _, done = self._end(int(writer))
        return bool(done), time.monotonic() - since

    def _end(self, writer: int) -> tuple[list[str], list[str]]:
        """Kill a writer and read what it had said."""
        os.kill(writer, signal.SIGKILL)  # it waits to be killed, so that its number cannot be somebody else's
        begun: list[str] = []
        done: list[str] = []
        for line in iter(self._said.readline, "ended\n"):
            word, name = line.split()
            (begun if word == "begin" else done).append(name)
        return begun, done

    def close(self) -> None:
        """End the program."""
        self._tell.close()
        self._process.wait(timeout=60)
        self._said.close()


@contextmanager
def writers() -> Iterator[Writers]:
    """Start the program whose forks write."""
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-m", "proof.killing", *known(PASSWORD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONPATH": paths},
    )
    program = Writers(process)
    try:
        yield program
    finally:
        program.close()


def kill_often(
    program: Writers,
    way: str,
    book: Book,
    *,
    kills: int,
    seed: int,
    until: Callable[[KillReport], object] = lambda _: False,
) -> KillReport:
    """Kill writers of a database file one after the other, and examine the file after each.

    A control ends with the first kill after which `until` says that enough was found.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    report = KillReport()
    how = WAYS[way.removeprefix(HASTY).strip()]
    session = book.session(how.user)
    session.store.close()
    for number in range(kills):
        begun, done = program.killed(way, book, session.store.key, number, chance.uniform(0.005, how.seconds))
        report.kills += 1
        _look(report, how, book, session.store.key, begun, done)
        if until(report):
            break
    return report


def _look(report: KillReport, how: Way, book: Book, key: bytes | None, begun: list[str], done: list[str]) -> None:
    doubtful = [name for name in begun if name not in done]
    session = book.session_by_key(key, how.user)
    try:
        with session.store.read() as reading:
            report.faults += [fault.description for fault in check_integrity(reading)[1]]
        found = how.found(book, session, begun)
        report.done += len(done)
        report.lost += sum(found[name] == 0 for name in done)
        report.twice += sum(found[name] not in (0, 1) for name in begun)
        report.doubtful += len(doubtful)
        report.had_been_saved += sum(found[name] == 1 for name in doubtful)
        if how.by_request:
            report.twice += sum((find_outcome(session, name) is not None) != (found[name] == 1) for name in doubtful)
        for name in doubtful:
            how.act(book, session, name)
        report.unresolved += sum(how.found(book, session, doubtful)[name] != 1 for name in doubtful)
    finally:
        session.store.close()


def _say(*words: object) -> None:
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def _write(way: str, folder: str, number: int, key: str) -> None:
    """Write until killed, or do one act."""
    if way.startswith(SHOT):
        act = (SHOTS | CONTROLS)[way.removeprefix(SHOT)].begin(Book(Path(folder)))
        _say("ready", os.getpid())
        act()
        _say("done", "it")
        return
    how = WAYS[way.removeprefix(HASTY).strip()]
    book = Book(Path(folder))
    session = book.session_by_key(bytes.fromhex(key) or None, how.user)
    _say("ready", os.getpid())
    for each in count():
        name = f"{number}x{each}"
        _say("begin", name)
        if way.startswith(HASTY):
            _say("done", name)
        how.act(book, session, name)
        if not way.startswith(HASTY):
            _say("done", name)


def _serve() -> None:
    """Fork a writer for each line read, and report when it has ended."""
    know(sys.argv[1:])
    for line in sys.stdin:
        writer = os.fork()
        if writer == 0:
            with suppress(Exception):
                _write(*json.loads(line))
            signal.pause()
        os.waitpid(writer, 0)
        _say("ended")


if __name__ == "__main__":
    _serve()
