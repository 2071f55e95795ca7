"""Two sessions of one shared database: what one does the other hears, without a name and without a case's reference."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Event
from threading import enumerate as living_threads
from time import monotonic
from typing import TYPE_CHECKING

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.errors import Missing, Unreachable
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.change_feed import (
    ChangeListener,
    ChangeNotice,
    ListenerCallbacks,
    Viewer,
    listen,
    notify_others,
)
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Topic
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.postgres.notify import (
    CHANGE_CHANNEL,
    MAX_CASES_PER_NOTICE,
    PRESENCE_CHANNEL,
    REST_S,
    NotifyThread,
    case_digest,
)
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from postgres_cluster import Cluster
from sessions import CASES, NOW, TODAY, Clock, fill, request, session_of
from shared_people import login_of
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ioms_desktop.services.session import Outcome, Session
    from ioms_desktop.storage.store import Store
    from ioms_desktop.storage.transaction import Transaction
    from shared_people import Office

SENT_FAST = 60


@dataclass
class Notes:
    """What an ear was told."""

    changes: list[ChangeNotice] = field(default_factory=list)
    presence: list[str] = field(default_factory=list)
    states: list[bool] = field(default_factory=list)
    stands: Event = field(default_factory=Event, compare=False)

    @property
    def told(self) -> ListenerCallbacks:
        return ListenerCallbacks(
            on_change=self.changes.append, on_presence=self.presence.append, on_connection=self._state
        )

    def _state(self, stands: bool) -> None:
        self.states.append(stands)
        if stands:
            self.stands.set()
        else:
            self.stands.clear()


def seen_by(session: Session, **times: float) -> tuple[ChangeListener, Notes]:
    """Listen in a session, and wait until the connection is established."""
    notes = Notes()
    listening = ChangeListener(session, notes.told, **times)
    assert notes.stands.wait(30)
    return listening, notes


def filled(location: str) -> Store:
    """Open a database and put the fictional cases in."""
    store = opened(location)
    fill(store)
    (first,) = (case for case in CASES if case.case_ref == "IOM-1")
    with store.begin(CommandContext(request="", user="holt", role="coordinator", at=NOW, workstation="desk")) as tx:
        tx.add(replace(first, case_ref="IOM-2"))
    return store


@pytest.fixture
def shared(postgres_database: Callable[..., str], _shared_template: str) -> str:
    """Return a filled shared database."""
    location = postgres_database(_shared_template)
    filled(location).close()
    return location


@pytest.fixture
def sit(shared: str) -> Iterator[Callable[..., Session]]:
    """Return the sessions of users, each on a workstation of their own."""
    sessions: list[Session] = []

    def at(user: str, role: Role = Role.SUPERVISOR, clock: Clock | None = None) -> Session:
        sessions.append(session_of(open_store(shared), user, role, clock or Clock()))
        return sessions[-1]

    yield at
    for session in sessions:
        session.store.close()


def amber(case_ref: str = "IOM-1", reason: str = "restless") -> SetRag:
    return SetRag(request=request(), case_ref=case_ref, rag="AMBER", set_on=TODAY, reason=reason)


def test_what_one_does_the_other_hears_and_not_oneself(sit: Callable[..., Session]) -> None:
    first, second = sit("WRIGHT"), sit("SHAH")
    mine, own = seen_by(first)
    others, heard = seen_by(second)
    set_rag(first, amber())
    wait_until(lambda: heard.changes)
    set_rag(second, amber("IOM-2"))
    wait_until(lambda: own.changes)
    mine.close()
    others.close()
    assert heard.changes == [ChangeNotice(frozenset({Topic.RAG}), frozenset({others.key("IOM-1")}))]
    assert own.changes == [ChangeNotice(frozenset({Topic.RAG}), frozenset({mine.key("IOM-2")}))]


def test_what_comes_fast_is_heard_in_few_goes(sit: Callable[..., Session], shared: str) -> None:
    goes: list[int] = []
    times: list[float] = []
    up = Event()

    def hear(came: Sequence[object]) -> None:
        times.append(monotonic())
        goes.append(len(came))

    ear = NotifyThread(sit("SHAH").store.engine, hear, lambda _: up.set(), (3_600.0, lambda: None))
    ear.start()
    assert up.wait(60)
    with psycopg.connect(shared, autocommit=True) as crowd:
        for number in range(SENT_FAST):
            crowd.execute("SELECT pg_notify(%s, %s)", (CHANGE_CHANNEL, json.dumps({"from": str(number)})))
            wait_until(lambda: goes)  # the first comes alone, at once
    wait_until(lambda: sum(goes) == SENT_FAST)
    ear.close()
    assert goes[0] == 1
    assert all(later - earlier > REST_S * 0.9 for earlier, later in pairwise(times)), "they gather"


def test_what_was_refused_or_done_before_is_not_told(sit: Callable[..., Session]) -> None:
    first, second = sit("WRIGHT"), sit("SHAH")
    others, heard = seen_by(second)
    with pytest.raises(Missing):
        set_rag(first, amber("NOBODY"))
    with pytest.raises(ZeroDivisionError):
        run_command(first, "breaks", Right.SET_RAG, request(), lambda tx: _breaks(first, tx))
    done = amber()
    set_rag(first, done)
    set_rag(first, done)
    set_rag(first, amber("IOM-2"))
    wait_until(lambda: len(heard.changes) > 1)
    others.close()
    keys = [change.case_keys for change in heard.changes]
    assert keys == [frozenset({others.key("IOM-1")}), frozenset({others.key("IOM-2")})]


def _breaks(session: Session, tx: Transaction) -> Outcome:
    notify_others(session, tx, frozenset(Topic))
    raise ZeroDivisionError


def test_no_name_and_no_reference_is_on_the_line(sit: Callable[..., Session], shared: str) -> None:
    first = sit("WRIGHT")
    listening, _ = seen_by(first)
    with psycopg.connect(shared, autocommit=True) as tap:
        tap.execute(f"LISTEN {CHANGE_CHANNEL}")
        tap.execute(f"LISTEN {PRESENCE_CHANNEL}")
        listening.mark_opened("PHX-1")
        set_rag(first, amber(reason="Callum was restless"))
        said = [notice.payload for notice in tap.notifies(timeout=30, stop_after=2)]
    listening.close()
    assert len(said) == 2
    for secret in ("IOM-1", "PHX-1", "P-CH", "Callum", "Harker", "restless", "AMBER"):
        assert secret not in " ".join(said)


def test_whoever_opens_a_case_learns_who_has_it_open_and_is_seen(sit: Callable[..., Session]) -> None:
    first, second = sit("WRIGHT"), sit("A. Shah")
    here, mine = seen_by(first)
    there, theirs = seen_by(second)
    here.mark_opened("PHX-1")
    there.mark_opened("IOM-1")
    there.mark_opened("PHX-1")
    wait_until(lambda: here.other_viewers("PHX-1") and there.other_viewers("PHX-1"))
    assert here.other_viewers("PHX-1") == (Viewer("A. Shah", NOW),)
    assert there.other_viewers("PHX-1") == (Viewer("WRIGHT", NOW),)
    assert (here.other_viewers("IOM-1"), there.other_viewers("IOM-1")) == ((), ())
    there.mark_closed("PHX-1")
    wait_until(lambda: not here.other_viewers("PHX-1"))
    assert (mine.presence, theirs.presence) == (["PHX-1", "PHX-1"], ["PHX-1"])
    there.close()
    here.close()


def test_a_workstation_that_ends_without_a_word_fades(sit: Callable[..., Session], shared: str) -> None:
    here, mine = seen_by(sit("WRIGHT"), heartbeat_s=0.05, presence_timeout_s=0.5)
    here.mark_opened("PHX-1")
    said = {"from": "x", "what": "open", "case": here.key("PHX-1"), "user": "A. Shah", "since": NOW.isoformat()}
    with psycopg.connect(shared, autocommit=True) as gone:
        gone.execute("SELECT pg_notify(%s, %s)", (PRESENCE_CHANNEL, json.dumps(said)))
    wait_until(lambda: mine.presence)
    wait_until(lambda: not here.other_viewers("PHX-1"))
    assert mine.presence == ["PHX-1", "PHX-1"]
    here.close()


@pytest.mark.parametrize(
    "said",
    [
        "no object",
        "[1]",
        "{}",
        '{"from": 1}',
        '{"from": "x", "topics": {"a": 1}}',
        '{"from": "x", "topics": [[1], {}]}',
        '{"from": "x", "topics": "rag", "cases": 3}',
        '{"from": "x", "what": "open", "case": [1], "user": "A", "since": "2026-10-15"}',
        '{"from": "x", "what": "open", "case": "KEY", "user": "A", "since": "yesterday"}',
        '{"from": "x", "what": "open", "case": "KEY", "user": "A", "since": "2026-10-15T10:00:00"}',
        '{"from": "x", "what": "open", "case": "KEY", "user": "  ", "since": "2026-10-15T10:00:00+00:00"}',
        '{"from": "x", "what": "open", "case": "KEY", "user": 7, "since": null}',
    ],
)
def test_what_somebody_sends_who_sends_what_they_like_does_no_harm(
    sit: Callable[..., Session], shared: str, said: str
) -> None:
    first, second = sit("WRIGHT"), sit("SHAH")
    listening, heard = seen_by(second)
    listening.mark_opened("PHX-1")
    with psycopg.connect(shared, autocommit=True) as tap:
        for channel in (CHANGE_CHANNEL, PRESENCE_CHANNEL):
            tap.execute("SELECT pg_notify(%s, %s)", (channel, said.replace("KEY", listening.key("PHX-1"))))
    set_rag(first, amber())
    wait_until(lambda: any(change.topics == {Topic.RAG} for change in heard.changes))
    assert listening.other_viewers("PHX-1") == ()
    assert all(not change.topics for change in heard.changes[:-1])
    listening.close()


def test_a_change_of_many_cases_or_of_a_person_names_none(sit: Callable[..., Session]) -> None:
    first = sit("WRIGHT")
    listening, heard = seen_by(sit("SHAH"))
    with first.store.begin(first.command_context()) as tx:
        tx.changed_case_refs.update(f"PHX-{number}" for number in range(MAX_CASES_PER_NOTICE + 1))
        notify_others(first, tx, frozenset({Topic.CASES}))
    with first.store.begin(first.command_context()) as tx:
        tx.changed_case_refs.update({"PHX-1", None})
        notify_others(first, tx, frozenset({Topic.PEOPLE}))
    wait_until(lambda: len(heard.changes) > 1)
    listening.close()
    assert [change.case_keys for change in heard.changes] == [None, None]


def test_a_local_file_has_nobody_to_hear(local_location: str) -> None:
    session = session_of(filled(local_location), "WRIGHT", Role.SUPERVISOR, Clock())
    notes = Notes()
    before = {*living_threads()}
    listening = listen(session, notes.told)
    listening.mark_opened("PHX-1")
    set_rag(session, amber())
    assert (listening.other_viewers("PHX-1"), {*living_threads()} - before) == ((), set())
    listening.close()
    session.store.close()
    assert notes == Notes()


def test_people_with_logins_of_their_own_hear_each_other_until_they_are_disabled(office: Office) -> None:
    officer, navigator = office.session("officer"), office.session("navigator")
    here, mine = seen_by(officer)
    there, theirs = seen_by(navigator)
    here.mark_opened("PHX-1")
    there.mark_opened("PHX-1")
    wait_until(lambda: here.other_viewers("PHX-1") and there.other_viewers("PHX-1"))
    assert here.other_viewers("PHX-1") == (Viewer(login_of("navigator"), NOW),)
    open_case(officer, "PHX-1")
    set_rag(officer, amber())
    wait_until(lambda: theirs.changes)
    assert theirs.changes[0].topics == {Topic.RAG}
    disable_user(office.session("administrator"), login_of("navigator"))
    wait_until(lambda: not theirs.stands.is_set())
    set_rag(officer, amber(reason="again"))
    assert mine.states == [True]
    there.close()
    here.close()
    assert (theirs.states, len(theirs.changes)) == ([True, False], 1)


def test_the_line_comes_back_with_the_server() -> None:
    cluster = Cluster.start(is_migrated=True)
    location = cluster.create_migrated("live")
    store = filled(location)
    first = session_of(store, "WRIGHT", Role.SUPERVISOR, Clock())
    second = session_of(open_store(location), "SHAH", Role.SUPERVISOR, Clock())
    here, mine = seen_by(first)
    there, theirs = seen_by(second)
    here.mark_opened("PHX-1")
    there.mark_opened("PHX-1")
    wait_until(lambda: here.other_viewers("PHX-1"))
    cluster.halt()
    wait_until(lambda: not mine.stands.is_set() and not theirs.stands.is_set())
    with pytest.raises(Unreachable):
        set_rag(first, amber())
    cluster.resume()
    wait_until(lambda: mine.stands.is_set() and theirs.stands.is_set())
    set_rag(first, amber())
    wait_until(lambda: theirs.changes)
    assert mine.states == [True, False, True]
    assert here.other_viewers("PHX-1") == (Viewer("SHAH", NOW),)
    for each in (here, there):
        each.close()
    for session in (first, second):
        session.store.close()
    cluster.stop()


def test_a_notice_names_a_case_to_those_alone_who_know_of_it(office: Office) -> None:
    """Whoever does not cannot recognise it by trying references either."""
    officer = office.session(Role.OFFICER)
    asked = "SELECT case_ref FROM cases_announced(%s)"
    with office.raw(Role.NAVIGATOR) as psql, office.raw(Role.OFFICER) as knowing:
        psql.execute(f"LISTEN {CHANGE_CHANNEL}")
        psql.execute(f"LISTEN {PRESENCE_CHANNEL}")
        for said in ({"case": "IOM-1"}, {"case": "NONE"}):  # a navigator has nothing to say of either
            psql.execute("SELECT announce(%s, %s)", (PRESENCE_CHANNEL, json.dumps(said)))
        set_rag(officer, amber())
        (heard,) = psql.notifies(timeout=30, stop_after=1)
        tokens = json.loads(heard.payload)["cases"]
        (number,) = psql.execute("SELECT value FROM meta WHERE name = 'database_id'").fetchone() or ()
        assert case_digest(number, "IOM-1") not in tokens
        assert psql.execute(asked, (tokens,)).fetchall() == []
        assert knowing.execute(asked, (tokens,)).fetchall() == [("IOM-1",)]
        knowing.execute("SELECT announce(%s, %s)", (PRESENCE_CHANNEL, json.dumps({"case": "IOM-1"})))  # the control
        (heard,) = psql.notifies(timeout=30, stop_after=1)
        assert json.loads(heard.payload) == {"case": tokens[0]}
        for refs, named in ((["PHX-1"], True), (["PHX-1", "IOM-1"], False), (["PHX-1", "NONE"], False)):
            psql.execute("SELECT announce(%s, %s)", (CHANGE_CHANNEL, json.dumps({"cases": refs})))
            (heard,) = psql.notifies(timeout=30, stop_after=1)
            assert (json.loads(heard.payload)["cases"] is not None) is named


def test_whoever_ceases_to_know_of_an_open_case_by_a_change_is_told_that_one_changed(office: Office) -> None:
    there, theirs = seen_by(office.session(Role.NAVIGATOR))
    told: list[ChangeNotice] = []
    said = json.dumps({"from": "x", "topics": ["cases"], "cases": ["PHX-1"]})
    with office.owner() as owner, office.raw(Role.NAVIGATOR) as navigator, office.raw(Role.OFFICER) as officer:
        navigator.execute("SELECT open_case('PHX-1')")
        there.mark_opened("PHX-1")
        owner.execute("SET session_replication_role = replica")
        for change in (
            "UPDATE cases SET trial_arm = 'CONTROL' WHERE case_ref = 'PHX-1'",  # known for as long as it was opened for
            "UPDATE ioms_private.look SET expires_at = now() - interval '1 second'",
        ):
            owner.execute(change.encode())
            theirs.changes.clear()
            officer.execute("SELECT announce(%s, %s)", (CHANGE_CHANNEL, said))
            wait_until(lambda: theirs.changes)
            told += theirs.changes
    known, hidden = told
    assert known == ChangeNotice(frozenset({Topic.CASES}), frozenset({there.key("PHX-1")}))
    assert hidden.names_unknown
    assert there.key("PHX-1") not in (hidden.case_keys or ())
    there.close()
