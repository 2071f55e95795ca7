"""Short notices between the workstations of a shared database, by PostgreSQL's LISTEN and NOTIFY.

A notice says that something changed or that somebody has a case open, never what. A case is named by a random number,
which the server gives and explains to those alone who know of the case. Anybody with a login can listen and can send
anything: a notice only makes a window reload, and proves nothing.
"""

import contextlib
import json
import logging
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from ioms_desktop.domain.errors import SchemaMismatch
from ioms_desktop.storage.db_errors import is_access_withdrawn

if TYPE_CHECKING:
    import psycopg

CHANGE_CHANNEL = "ioms_changed"
PRESENCE_CHANNEL = "ioms_presence"
ALERT_CHANNEL = "ioms_alert"
"""Sent by the database itself upon break-glass access; it names nobody and no case."""
MAX_CASES_PER_NOTICE = 20
"""A notice that would name more cases names none, so that every window reloads."""
MAX_NOTICE_BYTES = 7_900
"""The longest notice in octets; the server takes fewer than 8,000."""
UNEXPLAINED = "unexplained"
"""What a notice says here if it names a case of which the user does not know, or no longer."""
FIRST_RETRY_PAUSE_S, MAX_RETRY_PAUSE_S = 0.5, 15.0
REST_S = 0.25
"""Seconds after notices in which the next are left to gather: to wake for each of fifteen a second would cost more than
to read what they are about."""
CLOSE_TIMEOUT_S = 1.0
"""How long `close` waits; a thread that is still trying to connect ends by itself."""
LOST = "lost"
"""A line that was lost and may come back by itself, among what was reported of it."""
ACCESS_WITHDRAWN_TEXT = "is not permitted to log in any more"
_NOTIFY_SQL = text("SELECT announce(:channel, CAST(:payload AS jsonb))")
_log = logging.getLogger(__name__)
Notice = tuple[str, Mapping[str, Any]]
"""The channel and the content of a notice."""


def case_digest(database_id: str, case_ref: str) -> str:
    """Name a case within this program, as screens compare it with what came."""
    return sha256(f"{database_id}|{case_ref}".encode()).hexdigest()[:32]


def notify_change(connection: Connection, notice: tuple[str, str]) -> None:
    """Notify the other workstations of a change if and when this transaction commits.

    Args:
        connection: In the transaction that makes the change; for a local file nothing is sent.
        notice: What `change_notice` returned.
    """
    if connection.dialect.name == "postgresql":
        channel, payload = notice
        connection.execute(_NOTIFY_SQL, {"channel": channel, "payload": payload})


def change_notice(sender_id: str, topics: Collection[str], case_refs: Collection[str | None]) -> tuple[str, str]:
    """Return what is said of a change: its channel and its message, in which the server replaces the references.

    Args:
        sender_id: The workstation's own number, by which it recognises its own notices.
        topics: What changed.
        case_refs: The cases; if they include None or are empty, any case may have changed.
    """
    known = sorted(ref for ref in case_refs if ref is not None)
    named = known if known and None not in case_refs and len(known) <= MAX_CASES_PER_NOTICE else None
    return CHANGE_CHANNEL, json.dumps({"from": sender_id, "topics": sorted(topics), "cases": named})


class NotifyThread(threading.Thread):
    """Listens on a connection of its own, reconnects when the server is back, and sends notices.

    Attributes:
        database_id: The UUID of the database; empty until it has connected once.
    """

    def __init__(
        self,
        engine: Engine,
        on_notices: Callable[[Sequence[Notice]], None],
        on_connection_change: Callable[[bool], None],
        periodic: tuple[float, Callable[[], None]],
        on_access_withdrawn: Callable[[], None] | None = None,
        on_other_version: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        """Prepare the thread; `start` begins and `close` ends it. All callbacks run on this thread.

        Args:
            engine: Of the shared database.
            on_notices: Called with the channel and the content of each notice that came. The first after a while comes
                at once, those that follow together.
            on_connection_change: Called with true when connected and with false when the connection is lost.
            periodic: An interval in seconds and what is called that often.
            on_access_withdrawn: Called once if the server no longer lets this user in; None if the connection is not a
                user's own.
            on_other_version: Called with a sentence when the server is back and its database is of another version. The
                thread tries on, because the database may be migrated, or put back.
        """
        super().__init__(name="ioms-notices", daemon=True)
        self._engine, self._on_notices, self._on_connection_change = engine, on_notices, on_connection_change
        self._tick_seconds, self._on_tick = periodic
        self._on_access_withdrawn, self._must_check_access = on_access_withdrawn, False
        self._on_other_version, self._reported = on_other_version, ""
        self._outgoing: deque[tuple[str, str]] = deque()
        self._ended = threading.Event()
        self.database_id = ""
        self._wake_sender, self._wake_receiver = socket.socketpair()
        self._wake_receiver.setblocking(False)

    def send(self, channel: str, message: Mapping[str, Any]) -> None:
        """Send a notice as soon as there is a connection. May be called from any thread."""
        payload = json.dumps(message)
        if len(payload) <= MAX_NOTICE_BYTES:
            self._outgoing.append((channel, payload))
            self._wake()

    def recheck_access(self) -> None:
        """Check soon whether the server still lets this user in. To be called from a callback."""
        self._must_check_access = True

    def close(self) -> None:
        """Send what is queued, disconnect and end."""
        self._ended.set()
        self._wake()
        if self.is_alive():
            self.join(CLOSE_TIMEOUT_S)
        self._wake_sender.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_sender.send(b"\0")

    @override
    def run(self) -> None:
        """Listen until closed by `close` or by the server."""
        pause = FIRST_RETRY_PAUSE_S
        while not self._ended.is_set():
            try:
                with contextlib.closing(_dedicated_connection(self._engine)) as line:
                    self._subscribe(line)
                    self._reported, pause = "", FIRST_RETRY_PAUSE_S
                    self._report_state(is_connected=True)
                    self._listen(line)
            except _connection_errors() as error:
                if self._on_access_withdrawn is not None and is_access_withdrawn(error):
                    self._ended.set()
                    self._on_access_withdrawn()
                    break
                self._report_trouble(error)
                self._ended.wait(pause)
                pause = min(pause * 2, MAX_RETRY_PAUSE_S)
        self._wake_receiver.close()

    def _subscribe(self, line: "psycopg.Connection[Any]") -> None:
        for channel in (CHANGE_CHANNEL, PRESENCE_CHANNEL, ALERT_CHANNEL):
            line.execute(f"LISTEN {channel}")
        self._check_access(line)
        found = line.execute("SELECT value FROM meta WHERE name = 'database_id'").fetchone()
        self.database_id = found[0] if found else ""

    def _check_access(self, line: "psycopg.Connection[Any]") -> None:
        """Check that the user still has a role: an expired account keeps its connection and loses its role.

        Raises:
            PermissionError: They have none; in the words by which a server refuses a login.
        """
        self._must_check_access = False
        if self._on_access_withdrawn is not None and line.execute("SELECT my_role()").fetchone() == (None,):
            raise PermissionError(ACCESS_WITHDRAWN_TEXT)

    def _report_trouble(self, error: Exception) -> None:
        """Report once that the line was lost, and once that there is none because of the database's version."""
        sentence = error.sentence if isinstance(error, SchemaMismatch) else ""
        trouble = sentence or LOST
        if self._reported == trouble:
            return
        self._reported = trouble
        _log.info("The line for notices was lost: %s", type(error).__name__)
        if not sentence:
            self._report_state(is_connected=False)
        elif not self._ended.is_set():
            self._on_other_version(sentence)

    def _report_state(self, *, is_connected: bool) -> None:
        if not self._ended.is_set():
            self._on_connection_change(is_connected)

    def _listen(self, line: "psycopg.Connection[Any]") -> None:
        due = monotonic() + self._tick_seconds
        while True:
            while self._outgoing:
                line.execute("SELECT announce(%s, CAST(%s AS jsonb))", self._outgoing[0])
                self._outgoing.popleft()
            if self._ended.is_set():
                return
            came = [said for each in line.notifies(timeout=0) if (said := _read(each)) is not None]
            if came:
                self._on_notices(self._with_digests(line, came))
            if self._must_check_access:
                self._check_access(line)
            wished, left = self._wake_receiver.fileno(), max(0.0, due - monotonic())
            if came:
                select.select([wished], [], [], min(REST_S, left))
            else:
                select.select([line.fileno(), wished], [], [], left)
            with contextlib.suppress(BlockingIOError):
                self._wake_receiver.recv(4096)
            if monotonic() >= due:
                due = monotonic() + self._tick_seconds
                self._check_access(line)
                self._on_tick()

    def _with_digests(self, line: "psycopg.Connection[Any]", came: Sequence[Notice]) -> list[Notice]:
        """Name the cases of notices by their digests, and say where the user does not know of one, or no longer."""
        tokens = sorted({token for _, said in came for token in (said.get("case"), *_listed(said)) if _is_text(token)})
        if not tokens:
            return list(came)
        asked = line.execute("SELECT token, case_ref FROM cases_announced(%s)", (tokens,))
        known = {token: case_digest(self.database_id, ref) for token, ref in asked}

        def named(said: Mapping[str, Any]) -> dict[str, Any]:
            numbers, one = [each for each in _listed(said) if _is_text(each)], said.get("case")
            return {
                **said,
                **({"cases": [known.get(each, each) for each in numbers]} if numbers else {}),
                **({"case": known.get(one, one)} if _is_text(one) else {}),
                UNEXPLAINED: any(each not in known for each in numbers),
            }

        return [(channel, named(said)) for channel, said in came]


def _listed(said: Mapping[str, Any]) -> list[Any]:
    cases = said.get("cases")
    return cases if isinstance(cases, list) else []


def _is_text(said: object) -> bool:
    return isinstance(said, str)


def _read(notice: "psycopg.Notify") -> Notice | None:
    """Return the channel and the content of a notice; None where somebody else sent it."""
    try:
        said = json.loads(notice.payload)
    except ValueError:
        return None
    return (notice.channel, said) if isinstance(said, dict) else None


def _dedicated_connection(engine: Engine) -> "psycopg.Connection[Any]":
    """Take a connection out of the pool for good, made like every other of this engine."""
    borrowed = engine.raw_connection()
    line: psycopg.Connection[Any] | None = borrowed.driver_connection
    borrowed.detach()
    if line is None:
        raise ConnectionError
    line.rollback()
    line.autocommit = True
    return line


def _connection_errors() -> tuple[type[Exception], ...]:
    import psycopg  # noqa: PLC0415 - only where a server is used

    return (psycopg.Error, DBAPIError, OSError, SchemaMismatch)
