"""The line cut at every message of the protocol, before it and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cut_saves import cut_often, cutting_proxy
from ioms_desktop.storage.database.migrate import create_empty_database
from postgres_cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable


def test_at_every_cut_the_save_is_done_once_and_the_answer_is_right(measured: Callable[[object], None]) -> None:
    cluster = Cluster.start(in_memory=True)
    shared = cluster.create("cut")
    create_empty_database(shared, allow_unsafe_server=True)
    with cutting_proxy(shared) as line:
        found = cut_often(shared, line)
    cluster.stop()
    measured(f"{sum(found.values())} cuts: {dict(found)}")
    assert sum(found.values()) > 80  # at every message of a save
    assert found["saved, answer lost"] > 0
    assert found["not saved"] > 0
