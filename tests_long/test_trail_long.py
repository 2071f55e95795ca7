"""A hundred thousand entries of the audit, proved on each kind of database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ioms_desktop.storage.database.migrate import create_empty_database
from keys import TEST_KEY, opened
from postgres_cluster import start_server
from proof.trail import prove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENTRIES = 100_000


@pytest.fixture(params=["sqlite", "postgres"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        create_empty_database(str(tmp_path / "cases.ioms"), TEST_KEY)
        yield str(tmp_path / "cases.ioms")
        return
    server = start_server()
    url = server.create("trail")
    create_empty_database(url, allow_unsafe_server=True)  # the cluster of tests gives up safety for speed
    yield url
    server.stop()


def test_a_long_trail_is_proved(location: str, measured: Callable[[object], None]) -> None:
    store = opened(location)
    proof = prove(store, ENTRIES)
    store.close()
    measured(proof)
    assert proof.entries == ENTRIES
    assert proof.many < 1.5 * proof.few
    assert proof.held > 5 * proof.few
