"""The worked example lived in the window on a shared database by its five users, each of them signed in."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.database.migrate import create_empty_database
from ioms_desktop.storage.postgres import logins
from journeys.office import TEAM, Office
from journeys.test_worked_harker import test_the_twelve_weeks_of_callum_harker_are_lived_in_the_window as harker
from journeys.test_worked_marlow import test_the_twelve_weeks_of_jayden_marlow_are_lived_in_the_window as marlow
from keys import opened
from postgres_cluster import start_server
from ui.conftest import (  # noqa: F401 - fixtures are found by their names here
    _garbage_is_collected_on_this_thread,
    _waiting_says_nothing_of_the_machine,
    theme,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from journeys.keyboard import Keyboard

pytestmark = pytest.mark.usefixtures("theme")
PASSWORD = "four plain words here"
TIMES = (
    *((table, "recorded_at") for table in RECORD_TYPE_BY_TABLE),
    ("former_version", "current_from"),
    ("former_version", "current_to"),
)
"""Where a database says when something was recorded, and when it was changed."""


class SignedInOffice(Office):
    """A team of which everybody signs in, with the rights that the server gives them.

    A server says itself when something was recorded. What was done at a window is dated as the example has it before
    anybody does the next thing, as only whoever keeps a server may.
    """

    location: str = ""
    since = datetime(2000, 1, 1, tzinfo=UTC)

    @override
    def session(self, user: str) -> Session:
        made = sign_in(self.location, user, PASSWORD, clock=self.clock, workstation=user)
        self._stack.callback(made.store.close)
        return made

    @override
    def at(self, time: str, user: str) -> Keyboard:
        self.date_what_was_done()
        return super().at(time, user)

    def date_what_was_done(self) -> None:
        """Let what was recorded since be as old as the clock of the windows says."""
        with self.store.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no guard, and no version
            for table, column in TIMES:
                connection.exec_driver_sql(
                    f"UPDATE {table} SET {column} = %s WHERE {column} >= %s",  # noqa: S608 - our own names
                    (self.clock.now, self.since),
                )


@pytest.mark.parametrize("live", [harker, marlow], ids=["harker", "marlow"])
def test_the_worked_example_is_lived_on_a_shared_database(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live: Callable[[Office, Path], None]
) -> None:
    for name in ("DATA", "SETTINGS"):
        monkeypatch.setenv(f"IOMS_{name}", str(tmp_path / name))
    with ExitStack() as stack:
        server = start_server()
        stack.callback(server.stop)
        location = server.create("worked_example")
        create_empty_database(location, allow_unsafe_server=True)
        store = opened(location)
        stack.callback(store.close)
        logins.restrict_connections(store.engine)
        with store.engine.begin() as connection:
            for user, role in TEAM.items():
                logins.add_login(connection, user, role, PASSWORD)
        office = SignedInOffice(qtbot, store, tmp_path, stack)
        office.location, office.since = location, datetime.now(tz=UTC) - timedelta(minutes=1)
        live(office, tmp_path)
