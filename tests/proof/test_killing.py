"""A program that is killed loses nothing it said was saved, doubles nothing, and leaves the database whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from proof.books import Book, new_book
from proof.killing import HASTY, Writers, kill_often, writers
from proof.shots import NAIVE, shoot_often

KILLS, SHOTS_FIRED, SEED = 3, 1, 20261123
EACH_DAY, ACTS_EACH_DAY = ("record", "import"), ("encrypt", "back up")
"""Of proof.writing.WAYS and proof.shots.SHOTS; the long tests kill all of them, two hundred times."""
FOR_CONTROL = 9
"""Seven in ten of them find something: so many that none of them does is not seen in the lifetime of this test."""


@pytest.fixture(scope="module")
def program() -> Iterator[Writers]:
    with writers() as started:
        yield started


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("killing") / "book")


@pytest.mark.parametrize("way", EACH_DAY)
def test_a_killed_writer_loses_nothing_and_doubles_nothing(
    way: str, program: Writers, made: Book, tmp_path: Path
) -> None:
    report = kill_often(program, way, made.copied(tmp_path / "book"), kills=KILLS, seed=SEED)
    assert report.whole, (str(report), report.faults)
    assert report.kills == KILLS
    assert report.done + report.doubtful > 0


def test_a_writer_that_answers_before_it_saves_would_lose_some(program: Writers, made: Book, tmp_path: Path) -> None:
    """The control: the kills do fall between the answer and the saving."""
    copy = made.copied(tmp_path / "book")
    report = kill_often(
        program, f"{HASTY} record", copy, kills=FOR_CONTROL, seed=SEED, until=lambda so_far: so_far.lost
    )
    assert report.lost > 0


@pytest.mark.parametrize("name", ACTS_EACH_DAY)
def test_an_act_of_several_files_that_is_killed_is_done_not_done_or_can_be_finished(
    name: str, program: Writers, tmp_path: Path
) -> None:
    report = shoot_often(program.shot, name, tmp_path, kills=SHOTS_FIRED, seed=SEED)
    assert (report.kills, report.faults) == (SHOTS_FIRED, [])


def test_a_copy_that_has_its_name_from_the_first_byte_on_would_be_half_a_backup(
    program: Writers, tmp_path: Path
) -> None:
    """The control of backing up: the kills do fall between the first byte and the last."""
    report = shoot_often(
        program.shot, NAIVE, tmp_path, kills=FOR_CONTROL, seed=SEED, until=lambda so_far: so_far.faults
    )
    assert report.faults
