"""What others do, as they do it: what changed, and who has the same case open. On a local file nobody is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

from ioms_desktop.services.session import Desk, Topic
from ioms_desktop.storage.engine import is_shared
from ioms_desktop.storage.postgres.notify import (
    ALERT_CHANNEL,
    CHANGE_CHANNEL,
    PRESENCE_CHANNEL,
    NotifyThread,
    case_digest,
    notify_change,
)
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.transaction import Transaction

HEARTBEAT = 30.0
FADES = 75.0
"""Seconds after which somebody of whom nothing was heard has gone."""
LONGEST_NAME = 80
MOST = 50
"""Entries kept for one case; more come only from somebody who sends what they like."""


@dataclass(frozen=True, slots=True)
class Change:
    """What another workstation changed.

    Attributes:
        topics: What screens should read again.
        keys: The digests of the cases; None where any case may have changed.
    """

    topics: frozenset[Topic]
    keys: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who has a case open elsewhere, by their own word.

    Attributes:
        user: Their name.
        since: When they opened it.
    """

    user: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Whom to tell; called on another thread than that which listens.

    Attributes:
        changed: Another workstation changed something.
        present: Who else has a case open has changed; with its reference.
        connected: The line to the server stands, or was lost.
        ended: The server lets this person in no more; nothing is heard after it.
        alerted: A glass may have been broken; what there is to know of it is in the record.
    """

    changed: Callable[[Change], None]
    present: Callable[[str], None]
    connected: Callable[[bool], None]
    ended: Callable[[], None] | None = None
    alerted: Callable[[], None] = lambda: None


def tell_others(desk: Desk, tx: Transaction, topics: frozenset[Topic]) -> None:
    """Tell the other workstations what this transaction changes, when it commits."""
    if topics and is_shared(desk.store.location):
        notify_change(tx.connection, desk.store.sender_id, database_id(tx), topics, tx.changed_case_refs)


class Listening:
    """The ear of one window: end it with `close`."""

    def __init__(self, desk: Desk, told: Told, heartbeat: float = HEARTBEAT, fades: float = FADES) -> None:
        """Begin to listen; `listen` is the door."""
        self._desk, self._told, self._fades = desk, told, fades
        self._lock = Lock()
        self._open: dict[str, datetime] = {}
        self._others: dict[str, dict[str, tuple[Colleague, float]]] = {}
        self._ear: NotifyThread | None = None
        if is_shared(desk.store.location):
            closed = None if desk.store.case_gate is None else told.ended
            self._ear = NotifyThread(desk.store.engine, self._heard, self._connected, (heartbeat, self._beat), closed)
            self._ear.start()

    def close(self) -> None:
        """Tell the others that every case is closed, and hang up."""
        for ref in self._here():
            self.closed(ref)
        if self._ear is not None:
            self._ear.close()

    def key(self, case_ref: str) -> str:
        """Give the digest by which notices name a case; nothing means anything before the line has stood once."""
        return "" if self._ear is None else case_digest(self._ear.database_id, case_ref)

    def opened(self, case_ref: str) -> None:
        """Tell the others that a case is open here, and ask who else has it open."""
        with self._lock:
            known = case_ref in self._open
            self._open.setdefault(case_ref, self._desk.clock())
        if not known:
            self._say("open", case_ref)

    def closed(self, case_ref: str) -> None:
        """Tell the others that a case is no longer open here."""
        self._say("close", case_ref)
        with self._lock:
            self._open.pop(case_ref, None)
            self._others.pop(case_ref, None)

    def others(self, case_ref: str) -> tuple[Colleague, ...]:
        """Say who else has a case open, the first to open it first."""
        with self._lock:
            there = self._others.get(case_ref, {})
            return tuple(sorted((who for who, _ in there.values()), key=lambda who: (who.since, who.user)))

    def _here(self) -> list[str]:
        with self._lock:
            return list(self._open)

    def _say(self, what: str, case_ref: str) -> None:
        with self._lock:
            since = self._open.get(case_ref)
        if self._ear is None or since is None or not self._ear.database_id:
            return  # what is open is said when the line stands
        said = {"what": what, "case": self.key(case_ref), "user": self._desk.user, "since": since.isoformat()}
        self._ear.send(PRESENCE_CHANNEL, {"from": self._desk.store.sender_id, **said})

    def _connected(self, stands: bool) -> None:
        if stands:
            for ref in self._here():
                self._say("open", ref)
        self._told.connected(stands)

    def _beat(self) -> None:
        """Say again what is open here, and forget those of whom nothing was heard."""
        faded: set[str] = set()
        with self._lock:
            for ref, there in self._others.items():
                for sender in [each for each, (_, heard) in there.items() if monotonic() - heard > self._fades]:
                    del there[sender]
                    faded.add(ref)
        for ref in self._here():
            self._say("here", ref)
        for ref in faded:
            self._told.present(ref)

    def _heard(self, channel: str, said: Mapping[str, Any]) -> None:
        if channel == ALERT_CHANNEL:
            self._told.alerted()
            return
        sender = said.get("from")
        if not isinstance(sender, str) or sender == self._desk.store.sender_id:
            return
        if channel == CHANGE_CHANNEL:
            change = _change(said)
            if change is not None:
                if self._ear is not None and Topic.USERS in change.topics:
                    self._ear.recheck_access()
                self._told.changed(change)
        elif channel == PRESENCE_CHANNEL:
            self._met(sender, said)

    def _met(self, sender: str, said: Mapping[str, Any]) -> None:
        ref = next((ref for ref in self._here() if self.key(ref) == said.get("case")), None)
        colleague = _colleague(said)
        if ref is None or colleague is None:
            return
        with self._lock:
            there = self._others.setdefault(ref, {})
            known = sender in there
            differs = not known or there[sender][0] != colleague
            if said.get("what") == "close":
                there.pop(sender, None)
                differs = known
            elif known or len(there) < MOST:
                there[sender] = (colleague, monotonic())
        if said.get("what") == "open":
            self._say("here", ref)
        if differs:
            self._told.present(ref)


def listen(desk: Desk, told: Told) -> Listening:
    """Hear what others do in the same database, until closed; on a local file there is nobody to hear.

    Args:
        desk: Who listens, and where.
        told: Whom to tell; called on another thread.
    """
    return Listening(desk, told)


def _change(said: Mapping[str, Any]) -> Change | None:
    topics, keys = said.get("topics"), said.get("cases")
    if not isinstance(topics, list) or not (keys is None or isinstance(keys, list)):
        return None
    known = frozenset(topic for topic in Topic if topic in topics)
    return Change(known, None if keys is None else frozenset(map(str, keys)))


def _colleague(said: Mapping[str, Any]) -> Colleague | None:
    user, since = said.get("user"), said.get("since")
    if not isinstance(user, str) or not isinstance(since, str) or not user.strip():
        return None
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        return None
    return None if moment.tzinfo is None else Colleague(" ".join(user.split())[:LONGEST_NAME], moment)
