"""The worked example lived in the window on a shared database, as the journeys live it on a local file."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.storage.database.migrate import create_empty_database
from journeys.office import Office
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

pytestmark = pytest.mark.usefixtures("theme")


@pytest.mark.parametrize("live", [harker, marlow], ids=["harker", "marlow"])
def test_the_worked_example_is_lived_on_a_shared_database(
    qtbot: QtBot, tmp_path: Path, live: Callable[[Office, Path], None]
) -> None:
    with ExitStack() as stack:
        server = start_server()
        stack.callback(server.stop)
        location = server.create("worked_example")
        create_empty_database(location, allow_unsafe_server=True)
        store = opened(location)
        stack.callback(store.close)
        live(Office(qtbot, store, tmp_path, stack), tmp_path)
