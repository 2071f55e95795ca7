"""A server that is killed while people save loses nothing it said was saved, and what is in doubt can be found out."""

import os
from collections.abc import Iterator

import pytest

from proof.server_killing import KINDS, Breaking, break_often, breaking_server

pytestmark = pytest.mark.skipif("IOMS_TEST_POSTGRES" in os.environ, reason="a named server is not ours to kill")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Breaking, str]]:
    with breaking_server() as started:
        yield started


def test_a_killed_server_loses_nothing_and_every_doubtful_save_is_found_out(server: tuple[Breaking, str]) -> None:
    report = break_often(*server, writers=3, times=len(KINDS), seed=1)
    assert (report.lost, report.twice, report.raw) == (0, 0, []), str(report)
    assert report.doubtful > 0
    assert report.done


def test_a_writer_that_answers_before_it_saves_would_lose_some(server: tuple[Breaking, str]) -> None:
    """The control: it is broken between the answer and the saving."""
    assert break_often(*server, writers=3, times=2, seed=2, hasty=True).lost > 0
