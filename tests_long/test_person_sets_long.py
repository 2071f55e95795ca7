"""A person's columns and their dated sets, after a hundred and twenty sequences of acts on each database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ioms_desktop.storage.database.migrate import create_empty_database
from keys import TEST_KEY, opened
from person_acts import hold_over_acts
from postgres_cluster import start_server

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = 120


def test_columns_and_sets_agree_in_a_file(tmp_path: Path) -> None:
    location = str(tmp_path / "cases.ioms")
    create_empty_database(location, TEST_KEY)
    hold(location, tmp_path)


def test_columns_and_sets_agree_on_a_server(tmp_path: Path) -> None:
    server = start_server()
    try:
        location = server.create("sets")
        create_empty_database(location, allow_unsafe_server=True)
        hold(location, tmp_path)
    finally:
        server.stop()


def hold(location: str, folder: Path) -> None:
    store = opened(location)
    try:
        hold_over_acts(store, folder, EXAMPLES)
    finally:
        store.close()
