"""Short notices between the workstations of a shared database, by its own LISTEN and NOTIFY.

What is sent says that something changed, or that somebody has a case open; never what. Cases are named by a digest that
only somebody who knows the reference can recognise. Whoever has a login can listen and can send what they like: a
notice is a courtesy that makes a window look again, and proves nothing.
"""

import contextlib
import json
import logging
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from ioms_desktop.storage.db_errors import lets_in_no_more

if TYPE_CHECKING:
    import psycopg

CHANGES = "ioms_changed"
PRESENCE = "ioms_presence"
ALERTS = "ioms_alert"
"""Sent by the database itself when a glass is broken; names nobody and no case."""
MOST_CASES = 20
"""A notice that would name more cases names none, and everybody looks again."""
LONGEST = 7_900
"""Octets of a notice; the server takes fewer than 8,000."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
LAST_WORD = 1.0
"""Seconds for which whoever closes waits; a thread that is still trying to connect ends by itself."""
NO_LEAVE = "is not permitted to log in any more"
_TELL = text("SELECT pg_notify(:channel, :payload)")
_log = logging.getLogger(__name__)


def case_key(database_id: str, case_ref: str) -> str:
    """Name a case for those who know its reference, and for nobody else."""
    return sha256(f"{database_id}|{case_ref}".encode()).hexdigest()[:32]


def tell_change(
    connection: Connection, sender: str, database_id: str, topics: Collection[str], case_refs: Collection[str | None]
) -> None:
    """Tell the other workstations of a change when this transaction commits, and not at all when it does not.

    Args:
        connection: In the transaction that makes the change; on a local file nobody is told.
        sender: The workstation's own number, by which it knows its own notices.
        database_id: The database's name for itself.
        topics: What changed.
        case_refs: The cases; with None among them, or none at all, any case may have changed.
    """
    if connection.dialect.name != "postgresql":
        return
    known = sorted(case_key(database_id, ref) for ref in case_refs if ref is not None)
    named = known if known and None not in case_refs and len(known) <= MOST_CASES else None
    payload = json.dumps({"from": sender, "topics": sorted(topics), "cases": named})
    connection.execute(_TELL, {"channel": CHANGES, "payload": payload})


class Ear(threading.Thread):
    """Listens on a connection of its own, comes back when the server does, and sends what it is given.

    Attributes:
        database_id: The database's name for itself; empty until the line has stood once.
    """

    def __init__(
        self,
        engine: Engine,
        heard: Callable[[str, Mapping[str, Any]], None],
        connected: Callable[[bool], None],
        every: tuple[float, Callable[[], None]],
        closed: Callable[[], None] | None = None,
    ) -> None:
        """Begin with `start`, end with `close`.

        Args:
            engine: Of the shared database.
            heard: Takes each notice, its channel and what it says; called on this thread, as the others.
            connected: Told when the line stands, and when it is lost.
            every: How often, in seconds, what is done.
            closed: Told once when the server lets this person in no more; None where the line is nobody's own.
        """
        super().__init__(name="ioms-notices", daemon=True)
        self._engine, self._heard, self._connected = engine, heard, connected
        self._seconds, self._tick = every
        self._closed, self._doubt = closed, False
        self._outgoing: deque[tuple[str, str]] = deque()
        self._ended = threading.Event()
        self.database_id = ""
        self._bell, self._rung = socket.socketpair()
        self._rung.setblocking(False)

    def send(self, channel: str, said: Mapping[str, Any]) -> None:
        """Send a notice as soon as the line stands; from any thread."""
        payload = json.dumps(said)
        if len(payload) <= LONGEST:
            self._outgoing.append((channel, payload))
            self._ring()

    def doubt(self) -> None:
        """Ask the server soon whether it still lets this person in; from what it calls."""
        self._doubt = True

    def close(self) -> None:
        """Send what is left, hang up and end."""
        self._ended.set()
        self._ring()
        if self.is_alive():
            self.join(LAST_WORD)
        self._bell.close()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send(b"\0")

    @override
    def run(self) -> None:
        """Listen until closed, here or by the server."""
        pause = FIRST_PAUSE
        stood = True
        while not self._ended.is_set():
            try:
                with contextlib.closing(_own_line(self._engine)) as line:
                    self._begin(line)
                    stood, pause = True, FIRST_PAUSE
                    self._say_state(stands=True)
                    self._listen(line)
            except _lost() as error:
                if self._closed is not None and lets_in_no_more(error):
                    self._ended.set()
                    self._closed()
                    break
                if stood:
                    _log.info("The line for notices was lost: %s", type(error).__name__)
                    self._say_state(stands=False)
                stood = False
                self._ended.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        self._rung.close()

    def _begin(self, line: "psycopg.Connection[Any]") -> None:
        for channel in (CHANGES, PRESENCE, ALERTS):
            line.execute(f"LISTEN {channel}")
        self._ask_for_leave(line)
        found = line.execute("SELECT value FROM meta WHERE name = 'database_id'").fetchone()
        self.database_id = found[0] if found else ""

    def _ask_for_leave(self, line: "psycopg.Connection[Any]") -> None:
        """Find out whether the server still knows this person; whose time has run out keeps their line and no role.

        Raises:
            PermissionError: It does not, in the words of a server that says so when somebody connects.
        """
        self._doubt = False
        if self._closed is not None and line.execute("SELECT my_role()").fetchone() == (None,):
            raise PermissionError(NO_LEAVE)

    def _say_state(self, *, stands: bool) -> None:
        if not self._ended.is_set():
            self._connected(stands)

    def _listen(self, line: "psycopg.Connection[Any]") -> None:
        due = monotonic() + self._seconds
        while True:
            while self._outgoing:
                line.execute("SELECT pg_notify(%s, %s)", self._outgoing[0])
                self._outgoing.popleft()
            if self._ended.is_set():
                return
            for notice in line.notifies(timeout=0):
                self._take(notice.channel, notice.payload)
            if self._doubt:
                self._ask_for_leave(line)
            select.select([line.fileno(), self._rung.fileno()], [], [], max(0.0, due - monotonic()))
            with contextlib.suppress(BlockingIOError):
                self._rung.recv(4096)
            if monotonic() >= due:
                due = monotonic() + self._seconds
                self._ask_for_leave(line)
                self._tick()

    def _take(self, channel: str, payload: str) -> None:
        try:
            said = json.loads(payload)
        except ValueError:
            return  # not one of ours
        if isinstance(said, dict):
            self._heard(channel, said)


def _own_line(engine: Engine) -> "psycopg.Connection[Any]":
    """Take a connection for good, made as every other of this engine."""
    borrowed = engine.raw_connection()
    line: psycopg.Connection[Any] | None = borrowed.driver_connection
    borrowed.detach()
    if line is None:
        raise ConnectionError
    line.rollback()
    line.autocommit = True
    return line


def _lost() -> tuple[type[Exception], ...]:
    import psycopg  # noqa: PLC0415 - only where a server is used

    return (psycopg.Error, DBAPIError, OSError)
