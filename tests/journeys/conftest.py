"""Fixtures of the journeys: those of every test of the window, and a team at its windows."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from journeys.office import Office
from keys import opened
from ui.conftest import (  # noqa: F401 - fixtures are found by their names here
    _garbage_is_collected_on_this_thread,
    _waiting_says_nothing_of_the_machine,
    theme,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def office(qtbot: QtBot, local_location: str, tmp_path: Path) -> Iterator[Office]:
    """Return a team on an empty database."""
    store = opened(local_location)
    with ExitStack() as stack:
        stack.callback(store.close)
        yield Office(qtbot, store, tmp_path, stack)
