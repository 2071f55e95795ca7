"""Fifty workstations on one server, and eight programs on one file, save the same ten records."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.storage.database.migrate import create_empty_database
from keys import opened
from postgres_cluster import Cluster
from proof.books import new_book
from proof.many_writers import in_processes, on_a_server
from proof.server_killing import DURABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RECORDS = 10


@pytest.fixture
def shared() -> Iterator[str]:
    cluster = Cluster.start(DURABLE, ["-k"])
    url = cluster.create("many")
    create_empty_database(url)
    yield url
    cluster.stop()


def test_fifty_workstations_on_a_server_lose_nothing(shared: str, measured: Callable[[object], None]) -> None:
    report = on_a_server(partial(opened, shared), writers=50, rounds=40, records=RECORDS)
    measured(report)
    assert (report.raised, report.saved, report.lost, report.versions) == ([], 2000, 0, 2000)


def test_fifty_naive_workstations_on_a_server_lose_some_the_control(
    shared: str, measured: Callable[[object], None]
) -> None:
    report = on_a_server(partial(opened, shared), writers=50, rounds=40, records=RECORDS, naive=True)
    measured(report)
    assert report.lost > report.saved / 4


def test_eight_programs_on_one_file_lose_nothing(tmp_path: Path, measured: Callable[[object], None]) -> None:
    report = in_processes(new_book(tmp_path / "book"), writers=8, rounds=100, records=RECORDS)
    measured(report)
    assert (report.raised, report.saved, report.lost, report.versions) == ([], 800, 0, 800)


def test_eight_naive_programs_on_one_file_lose_some_the_control(
    tmp_path: Path, measured: Callable[[object], None]
) -> None:
    report = in_processes(new_book(tmp_path / "book"), writers=8, rounds=100, records=RECORDS, naive=True)
    measured(report)
    assert report.lost > 0
