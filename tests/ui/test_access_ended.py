"""Somebody is disabled while their window is open: within seconds it closes and says so, and no more is written."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from PySide6.QtCore import QTimer

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import AccessEnded, Refused
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.services.change_feed import (
    PRESENCE_TIMEOUT_S,
    ChangeListener,
    ListenerCallbacks,
    notify_others,
)
from ioms_desktop.services.process_isolation import LOCK_REASON_VARIABLE
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Topic
from ioms_desktop.services.sign_in.password_change import change_password, set_password
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.ui.lock.idle_lock import describe_lock
from ioms_desktop.ui.main_window.live_updates import RECONNECTED_MESSAGE
from keys import with_users
from sessions import request
from ui.case_sessions import HARKER, TODAY, filled
from ui.test_locked_process import MARKER, WORKER, begun_worker, files_with, go_on
from ui.window_at_work import at_work, idle
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.main_window.window import MainWindow

PASSWORD, ANOTHER = "four plain words here", "seven pale herons wade at dusk"
SELDOM_S = 3_600.0
"""How often a window asks by itself whether its person may still see what it shows: here it has to be told."""


@dataclass
class Office:
    """A shared database, an administrator, and two officers."""

    location: str
    admin: Session
    officer: Session
    colleague: Session

    def entries(self) -> int:
        """Count the entries of the RAG as whoever keeps the server sees them."""
        with psycopg.connect(self.location) as keeper:
            row = keeper.execute("SELECT count(*) FROM rag").fetchone()
        assert row is not None
        return int(row[0])

    def keep(self, statement: str) -> None:
        """Do something as whoever keeps the server."""
        with psycopg.connect(self.location, autocommit=True) as keeper:
            keeper.execute(statement.encode())


@pytest.fixture
def office(
    postgres_database: Callable[..., str], _shared_template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    monkeypatch.setattr(ChangeListener.__init__, "__defaults__", (SELDOM_S, PRESENCE_TIMEOUT_S))
    location = postgres_database(_shared_template)
    filled(location).close()
    roles = {"e_admin": Role.ADMINISTRATOR, "e_officer": Role.OFFICER, "e_colleague": Role.OFFICER}
    with_users(location, roles, PASSWORD)
    sessions = [sign_in(location, name, PASSWORD) for name in roles]
    yield Office(location, *sessions)
    for session in sessions:
        session.store.close()


def red(session: Session, on: date = TODAY) -> None:
    set_rag(session, SetRag(request=request(), case_ref=HARKER, rag="RED", set_on=on, reason="restless"))


def quiet(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the window reads nothing, nor is about to: a line cut in the middle of a list is another's test."""
    soon = next(timer for timer in window.live_updates.findChildren(QTimer) if timer.isSingleShot())
    qtbot.waitUntil(lambda: not soon.isActive())
    idle(qtbot, window)


def test_the_window_is_told_at_once_and_nothing_more_is_written(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    with (
        psycopg.connect(office.location, user="e_officer", password=PASSWORD, autocommit=True) as psql,
        at_work(qtbot, office.officer, tmp_path / "officer") as window,
        at_work(qtbot, office.colleague, tmp_path / "colleague") as others,
    ):
        red(office.officer)
        told: list[str] = []
        others.access_ended.connect(lambda: told.append("the wrong one"))
        quiet(qtbot, window)
        with qtbot.waitSignal(window.access_ended):
            disable_user(office.admin, "e_officer")
        before = office.entries()
        with pytest.raises(AccessEnded, match="Your access to this database has ended"):
            red(office.officer)
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            psql.execute("SELECT 1")
        with pytest.raises(Refused, match="name or the password is wrong"):
            sign_in(office.location, "e_officer", PASSWORD)
        assert office.entries() == before
        red(office.colleague, TODAY - timedelta(days=1))
        assert office.entries() == before + 1, "the control: others write on"
        quiet(qtbot, others)
        assert told == []


def test_a_line_that_is_only_lost_ends_nobody(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    with at_work(qtbot, office.officer, tmp_path) as window:
        told: list[str] = []
        window.access_ended.connect(lambda: told.append("ended"))
        quiet(qtbot, window)
        office.keep("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'e_officer'")
        qtbot.waitUntil(lambda: window.live_updates.connection_label.text() == RECONNECTED_MESSAGE)
        red(office.officer)
        quiet(qtbot, window)
        assert told == []


def test_whoever_changes_their_own_password_works_on_and_whoever_was_given_another_is_asked(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'e_officer'"
    with at_work(qtbot, office.officer, tmp_path) as window:
        change_password(office.officer, PASSWORD, ANOTHER)
        quiet(qtbot, window)
        office.keep(cut)
        qtbot.waitUntil(lambda: window.live_updates.connection_label.text() == RECONNECTED_MESSAGE)
        red(office.officer)
        set_password(office.admin, "e_officer", PASSWORD)
        quiet(qtbot, window)
        with qtbot.waitSignal(window.access_ended):
            office.keep(cut)
    again = sign_in(office.location, "e_officer", PASSWORD)
    assert again.draft_key == office.officer.draft_key, "what they had not saved opens with the new one"
    again.store.close()


@pytest.mark.parametrize("how", ["disabled a moment before the line came back", "the last day has passed"])
def test_a_line_that_still_stands_learns_that_its_person_may_no_more(office: Office, how: str) -> None:
    ended: list[bool] = []
    told = ListenerCallbacks(
        on_change=lambda _: None,
        on_presence=lambda _: None,
        on_connection=lambda _: None,
        on_access_ended=lambda: ended.append(True),
    )
    listening = ChangeListener(office.officer, told, heartbeat_s=SELDOM_S if how.startswith("disabled") else 0.1)
    with closing(listening):
        wait_until(lambda: listening.key(HARKER))
        if how.startswith("disabled"):
            office.keep("UPDATE users SET active = false WHERE name = 'e_officer'")
            with office.admin.store.begin(office.admin.command_context()) as tx:
                notify_others(office.admin, tx, frozenset({Topic.USERS}))
        else:
            office.keep("UPDATE users SET expires_on = current_date - 1 WHERE name = 'e_officer'")
        wait_until(lambda: ended)
        with pytest.raises(Refused):
            red(office.officer)


def test_the_process_ends_what_was_typed_stays_shut_and_the_next_window_says_why(
    office: Office, tmp_path: Path
) -> None:
    places = {name: str(tmp_path / name.lower()) for name in ("IOMS_DATA", "IOMS_SETTINGS", "TMPDIR", "HOME")}
    for place in places.values():
        Path(place).mkdir()
    given = [office.location, "e_officer", PASSWORD, MARKER[::-1], "300", HARKER]
    command = [sys.executable, "-c", WORKER, *given]
    with begun_worker(command, places) as worker:
        go_on(worker)
        disable_user(office.admin, "e_officer")
        assert worker.wait(60) == 0
    (asking,) = _with(places["IOMS_DATA"])
    try:
        assert len(list(tmp_path.rglob("*.draft"))) == 1
        assert files_with(tmp_path) == []
    finally:
        with suppress(ProcessLookupError):
            os.kill(asking, signal.SIGKILL)


def _with(data: str) -> list[int]:
    """Find the process that was started with our folder and told why it asks."""
    wanted = (f"IOMS_DATA={data}\0".encode(), f"{LOCK_REASON_VARIABLE}=ended kept\0".encode())
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            said = place.read_bytes()
            if all(each in said for each in wanted):
                found.append(int(place.parent.name))
    return found


def test_what_the_next_window_says() -> None:
    assert describe_lock("ended kept", 300.0) == (
        "Your access was withdrawn, so the window was closed. Unsaved entries stay encrypted on this computer "
        "for 14 days, and open only if you are let in again. Sign in again if your password was changed, or ask an "
        "administrator."
    )
    assert "could not be kept" in describe_lock("ended lost", 300.0)
