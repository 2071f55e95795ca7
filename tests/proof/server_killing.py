"""Kills the server of a shared database while users save, and checks that every save is known to be done or not.

Each writer is a workstation with connections of its own. If an act ends in a refusal, nobody can know whether it was
saved. The writer then does what the application does: it connects again, asks for the request, and repeats it only if
it is not there.
"""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from typing_extensions import override

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.store import Store
from postgres_cluster import Cluster
from proof.books import contact, fill_widely
from proof.writing import recorded
from sessions import Clock, session_of
from waiting import wait_until

DURABLE = "-c listen_addresses='' -c max_connections=80 -c log_min_messages=fatal"
"""The server as it comes: with fsync, full pages and synchronous commits."""
KINDS = ("server stopped at once", "connection's process killed", "server killed", "connection ended")


class Breaking:
    """A durable server that can be broken in several ways."""

    def __init__(self, cluster: Cluster) -> None:
        """Take a cluster that was started with the settings of a real one."""
        self.cluster = cluster
        self._data = cluster.folder / "data"
        self._binaries = Path((self._data / "postmaster.opts").read_text(encoding="utf-8").split()[0]).parent

    def break_(self, kind: str, url: str, chance: random.Random) -> None:
        """Break it in one of the KINDS; afterwards it is up again or coming up by itself."""
        if kind == "connection's process killed":
            os.kill(self._somebody(url, chance), signal.SIGKILL)
        elif kind == "connection ended":
            with psycopg.connect(url, autocommit=True) as own:
                own.execute("SELECT pg_terminate_backend(%s)", [self._somebody(url, chance)])
        else:
            if kind == "server killed":
                os.kill(int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0]), signal.SIGKILL)
            self._start_again()

    def _somebody(self, url: str, chance: random.Random) -> int:
        """Choose the server's process of a workstation's connection."""
        asked = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'ioms%'"

        def connected() -> list[int]:
            try:
                with psycopg.connect(url, autocommit=True) as own:
                    return [pid for (pid,) in own.execute(asked)]
            except psycopg.OperationalError:
                return []  # it is still starting after the last kill

        return chance.choice(wait_until(connected, every=0.05))

    def _start_again(self) -> None:
        """Start it with what it was started with; refused while the last processes of a killed one are still ending."""
        owner = self._data.stat()
        lent = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": ()} if os.geteuid() == 0 else {}
        command = ["-D", str(self._data), "-l", str(self.cluster.folder / "log"), "-m", "immediate", "-w", "restart"]

        def started() -> bool:
            done = subprocess.run(
                [str(self._binaries / "pg_ctl"), *command],
                check=False,
                capture_output=True,
                cwd=self.cluster.folder,
                **lent,  # type: ignore[call-overload]  # an account where there is one to lend
            )
            return bool(done.returncode == 0)

        wait_until(started, every=0.1)


@contextmanager
def breaking_server() -> Iterator[tuple[Breaking, str]]:
    """Make a durable server with a filled database; give both."""
    cluster = Cluster.start(DURABLE, ["-k"], is_migrated=True)
    try:
        url = cluster.create_migrated("killed")
        store = open_store(url)
        fill_widely(store)
        store.close()
        yield Breaking(cluster), url
    finally:
        cluster.stop()


@dataclass
class ServerReport:
    """The results of breaking the server.

    Attributes:
        times: How often the server was broken.
        done: Acts that were reported done, at once or after asking.
        doubtful: Acts that ended in a refusal.
        had_been_saved: Doubtful acts that had in fact been saved.
        lost: Acts reported done that are not there.
        twice: Acts that are there more than once.
        raw: Exceptions without a message for the user.
        reconnected: Seconds from each refusal to the next answer.
    """

    times: int = 0
    done: list[str] = field(default_factory=list)
    doubtful: int = 0
    had_been_saved: int = 0
    lost: int = 0
    twice: int = 0
    raw: list[str] = field(default_factory=list)
    reconnected: list[float] = field(default_factory=list)

    @override
    def __str__(self) -> str:
        """Format the results in a line."""
        waits = sorted(self.reconnected) or [0.0]
        return (
            f"broken {self.times} times, {len(self.done)} acknowledged, {self.lost} lost, {self.twice} doubled, "
            f"{self.doubtful} in doubt of which {self.had_been_saved} had been saved, "
            f"{len(self.raw)} without a message, working again after p50 {waits[len(waits) // 2]:.2f} s, "
            f"max {waits[-1]:.2f} s"
        )


def break_often(
    server: Breaking, url: str, *, writers: int, times: int, seed: int, hasty: bool = False
) -> ServerReport:
    """Let writers save while the server is broken again and again, then count what is there.

    Args:
        server: The server.
        url: Its database.
        writers: How many workstations.
        times: How often it is broken.
        seed: Of the moments.
        hasty: The control: writers that report an act as done before it is sent, and never ask.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    report, over = ServerReport(), threading.Event()
    work = [_Workstation(url, f"{seed}w{each}", report, over, hasty=hasty) for each in range(writers)]
    for each in work:
        each.start()
    try:
        for number in range(times):
            over.wait(chance.uniform(0.2, 0.8))  # it is broken at any moment
            server.break_(KINDS[number % len(KINDS)], url, chance)
            report.times += 1
        done = len(report.done)
        wait_until(lambda: len(report.done) >= done + writers or report.raw)  # they go on working after the last kill
    finally:
        over.set()
        for each in work:
            each.join()
    _count(report, url)
    return report


def _opened(url: str) -> Store:
    """Open the database when the server has come up again."""

    def opened() -> Store | None:
        try:
            return open_store(url)
        except Refused:
            return None

    store = wait_until(opened, every=0.05)
    assert store is not None
    return store


def _count(report: ServerReport, url: str) -> None:
    store = _opened(url)
    try:
        found = recorded(session_of(store, "wright", Role.SUPERVISOR, Clock()))
    finally:
        store.close()
    report.lost = sum(found[name] == 0 for name in report.done)
    report.twice = sum(number > 1 for name, number in found.items() if name is not None)


class _Workstation(threading.Thread):
    def __init__(self, url: str, name: str, report: ServerReport, over: threading.Event, *, hasty: bool) -> None:
        super().__init__(name=name)
        self._report, self._over, self._hasty = report, over, hasty
        self._store = _opened(url)
        self._session = session_of(self._store, name, Role.SUPERVISOR, Clock())

    @override
    def run(self) -> None:
        try:
            for each in count():
                if self._over.is_set():
                    return
                self._save(f"{self.name}-{each}")
        except Exception as error:  # noqa: BLE001 - handed to the test
            self._report.raw.append(repr(error))
        finally:
            self._store.close()

    def _save(self, request: str) -> None:
        if self._hasty:
            self._report.done.append(request)
        while True:
            try:
                record_contact(self._session, contact(request))
                break
            except Refused:
                self._report.doubtful += 1
                if self._hasty:
                    self._over.wait(0.05)
                    return
                if self._was_saved(request):
                    self._report.had_been_saved += 1
                    break
        if not self._hasty:
            self._report.done.append(request)

    def _was_saved(self, request: str) -> bool:
        """Connect again and ask whether the request was done, as a dialog does."""
        since = time.monotonic()
        while True:
            try:
                found = find_outcome(self._session, request) is not None
            except Refused:
                self._over.wait(0.05)
            else:
                self._report.reconnected.append(time.monotonic() - since)
                return found
