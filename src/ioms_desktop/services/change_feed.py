"""Live changes by other users: what changed, and who has the same case open. A local file has none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.postgres.notify import (
    ALERT_CHANNEL,
    CHANGE_CHANNEL,
    PRESENCE_CHANNEL,
    UNEXPLAINED,
    NotifyThread,
    case_digest,
    change_notice,
    notify_change,
)
from ioms_desktop.storage.transaction import Transaction

HEARTBEAT_S = 30.0
PRESENCE_TIMEOUT_S = 75.0
"""Seconds after which somebody of whom nothing was heard has gone."""
MAX_NAME_CHARS = 80
MAX_VIEWERS_PER_CASE = 50
"""Entries kept for one case; more come only from somebody who sends what they like."""


@dataclass(frozen=True, slots=True)
class ChangeNotice:
    """What another workstation changed.

    Attributes:
        topics: What screens should read again.
        case_keys: The digests of the cases; None where any case may have changed.
        names_unknown: Whether it names a case of which the user does not know. It may be one that is open here: they
            may have ceased to know of it by this very change.
    """

    topics: frozenset[Topic]
    case_keys: frozenset[str] | None
    names_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who has a case open elsewhere, by their own word.

    Attributes:
        since: When they opened it.
    """

    user: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerCallbacks:
    """Whom to tell; called on another thread than that which listens.

    Attributes:
        on_change: Another workstation changed something.
        on_presence: Who else has a case open has changed; with its reference.
        on_connection: The connection to the server is up, or was lost.
        on_access_ended: The server lets this person in no more; nothing is heard after it.
        on_other_version: The server is up, and its database of another version; with a sentence that says what to do.
        on_alert: A glass may have been broken; what there is to know of it is in the record.
    """

    on_change: Callable[[ChangeNotice], None]
    on_presence: Callable[[str], None]
    on_connection: Callable[[bool], None]
    on_access_ended: Callable[[], None] | None = None
    on_other_version: Callable[[str], None] = lambda _sentence: None
    on_alert: Callable[[], None] = lambda: None


def notify_others(session: Session, tx: Transaction, topics: frozenset[Topic]) -> None:
    """Notify other workstations of what this transaction changes, when it commits."""
    notice = _notice(session, tx, topics)
    if notice is not None:
        notify_change(tx.connection, notice)


def save_and_announce(session: Session, tx: Transaction, outcome: Outcome) -> None:
    """Store the answer of a command, and notify other workstations of what it changes, when it commits."""
    tx.save_answer(outcome.to_dict(), _notice(session, tx, outcome.changed))


def _notice(session: Session, tx: Transaction, topics: frozenset[Topic]) -> tuple[str, str] | None:
    store = session.store
    if not topics or not is_shared(store.location):
        return None
    return change_notice(store.sender_id, topics, tx.changed_case_refs)


class ChangeListener:
    """Listens for change notifications for one window; call `close` to stop."""

    def __init__(
        self,
        session: Session,
        callbacks: ListenerCallbacks,
        heartbeat_s: float = HEARTBEAT_S,
        presence_timeout_s: float = PRESENCE_TIMEOUT_S,
    ) -> None:
        """Prepare a listener; use `listen` to start one."""
        self._session, self._callbacks, self._presence_timeout_s = session, callbacks, presence_timeout_s
        self._lock = Lock()
        self._open: dict[str, datetime] = {}
        self._viewers: dict[str, dict[str, tuple[Viewer, float]]] = {}
        self._notify_thread: NotifyThread | None = None
        if is_shared(session.store.location):
            closed = None if session.store.case_gate is None else callbacks.on_access_ended
            self._notify_thread = NotifyThread(
                session.store.engine,
                self._received,
                self._connection_changed,
                (heartbeat_s, self._send_heartbeat),
                closed,
                callbacks.on_other_version,
            )
            self._notify_thread.start()

    def close(self) -> None:
        """Tell others that every case is closed here, and stop listening."""
        for ref in self._open_cases():
            self.mark_closed(ref)
        if self._notify_thread is not None:
            self._notify_thread.close()

    def key(self, case_ref: str) -> str:
        """Return the digest by which notifications name a case; it needs a connection that was up at least once."""
        return "" if self._notify_thread is None else case_digest(self._notify_thread.database_id, case_ref)

    def mark_opened(self, case_ref: str) -> None:
        """Tell others that a case is open here, and ask who else has it open."""
        with self._lock:
            known = case_ref in self._open
            self._open.setdefault(case_ref, self._session.clock())
            if not known:
                self._announce("open", case_ref)

    def mark_closed(self, case_ref: str) -> None:
        """Tell others that a case is no longer open here."""
        with self._lock:
            self._announce("close", case_ref)
            self._open.pop(case_ref, None)
            self._viewers.pop(case_ref, None)

    def other_viewers(self, case_ref: str) -> tuple[Viewer, ...]:
        """List who else has a case open, in the order of opening."""
        with self._lock:
            there = self._viewers.get(case_ref, {})
            return tuple(sorted((who for who, _ in there.values()), key=lambda who: (who.since, who.user)))

    def _open_cases(self) -> list[str]:
        with self._lock:
            return list(self._open)

    def _announce_all(self, what: str) -> None:
        with self._lock:
            for ref in self._open:
                self._announce(what, ref)

    def _announce(self, what: str, case_ref: str) -> None:
        """Say something of a case that is open here, with the lock held: nothing is said of it after it is closed."""
        since = self._open.get(case_ref)
        if self._notify_thread is None or since is None or not self._notify_thread.database_id:
            return  # open cases are announced once the connection is up
        notice = {"what": what, "case": case_ref, "user": self._session.user, "since": since.isoformat()}
        self._notify_thread.send(PRESENCE_CHANNEL, {"from": self._session.store.sender_id, **notice})

    def _connection_changed(self, is_connected: bool) -> None:
        if is_connected:
            self._announce_all("open")
        self._callbacks.on_connection(is_connected)

    def _send_heartbeat(self) -> None:
        """Repeat what is open here, and drop viewers who have gone silent."""
        faded: set[str] = set()
        with self._lock:
            for ref, there in self._viewers.items():
                for sender in [
                    each for each, (_, heard) in there.items() if monotonic() - heard > self._presence_timeout_s
                ]:
                    del there[sender]
                    faded.add(ref)
        self._announce_all("here")
        for ref in faded:
            self._callbacks.on_presence(ref)

    def _received(self, notices: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        for channel, payload in notices:
            self._take(channel, payload)

    def _take(self, channel: str, payload: Mapping[str, Any]) -> None:
        if channel == ALERT_CHANNEL:
            self._callbacks.on_alert()
            return
        sender = payload.get("from")
        if not isinstance(sender, str) or sender == self._session.store.sender_id:
            return
        if channel == CHANGE_CHANNEL:
            change = _parse_change(payload)
            if change is not None:
                if self._notify_thread is not None and Topic.USERS in change.topics:
                    self._notify_thread.recheck_access()
                self._callbacks.on_change(change)
        elif channel == PRESENCE_CHANNEL:
            self._note_viewer(sender, payload)

    def _note_viewer(self, sender: str, payload: Mapping[str, Any]) -> None:
        ref = next((ref for ref in self._open_cases() if self.key(ref) == payload.get("case")), None)
        colleague = _parse_viewer(payload)
        if ref is None or colleague is None:
            return
        with self._lock:
            if ref not in self._open:
                return
            there = self._viewers.setdefault(ref, {})
            known = sender in there
            differs = not known or there[sender][0] != colleague
            if payload.get("what") == "close":
                there.pop(sender, None)
                differs = known
            elif known or len(there) < MAX_VIEWERS_PER_CASE:
                there[sender] = (colleague, monotonic())
            if payload.get("what") == "open":
                self._announce("here", ref)
        if differs:
            self._callbacks.on_presence(ref)


def listen(session: Session, callbacks: ListenerCallbacks) -> ChangeListener:
    """Listen for changes by others in the same database until closed; does nothing on a local file.

    Args:
        session: Who listens, and where.
        callbacks: Whom to tell; called on another thread.
    """
    return ChangeListener(session, callbacks)


def _parse_change(payload: Mapping[str, Any]) -> ChangeNotice | None:
    topics, keys = payload.get("topics"), payload.get("cases")
    if not isinstance(topics, list) or not (keys is None or isinstance(keys, list)):
        return None
    known = frozenset(topic for topic in Topic if topic in topics)
    unknown = payload.get(UNEXPLAINED) is True
    return ChangeNotice(known, None if keys is None else frozenset(map(str, keys)), unknown)


def _parse_viewer(payload: Mapping[str, Any]) -> Viewer | None:
    user, since = payload.get("user"), payload.get("since")
    if not isinstance(user, str) or not isinstance(since, str) or not user.strip():
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        return None
    return None if moment.tzinfo is None else Viewer(" ".join(user.split())[:MAX_NAME_CHARS], moment)
