"""A server to which eight people save is broken twelve times."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from proof.server_killing import Breaking, break_often, breaking_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif("IOMS_TEST_POSTGRES" in os.environ, reason="a named server is not ours to kill")
WRITERS, TIMES, SEED = 8, 12, 7


@pytest.fixture
def server() -> Iterator[tuple[Breaking, str]]:
    with breaking_server() as started:
        yield started


def test_a_killed_server_loses_nothing_and_every_doubtful_save_is_found_out(
    server: tuple[Breaking, str], measured: Callable[[object], None]
) -> None:
    report = break_often(*server, writers=WRITERS, times=TIMES, seed=SEED)
    measured(report)
    assert (report.lost, report.twice, report.raw) == (0, 0, [])
    assert report.doubtful > 0


def test_writers_that_answer_before_they_save_lose_some_the_control(
    server: tuple[Breaking, str], measured: Callable[[object], None]
) -> None:
    report = break_often(*server, writers=WRITERS, times=TIMES, seed=SEED, hasty=True)
    measured(report)
    assert report.lost > 0
