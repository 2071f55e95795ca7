"""Two hundred kills of each way in which a local book is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proof.books import Book, new_book
from proof.killing import HASTY, Writers, kill_often, writers
from proof.shots import NAIVE, SHOTS, shoot_often
from proof.writing import WAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KILLS, CONTROL_KILLS, SEED = 200, 40, 7


@pytest.fixture(scope="module")
def program() -> Iterator[Writers]:
    with writers() as started:
        yield started


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("killing") / "book")


@pytest.mark.parametrize("way", WAYS)
def test_a_kill_loses_nothing_and_doubles_nothing_of(
    way: str, program: Writers, made: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    report = kill_often(program, way, made.copied(tmp_path / "book"), kills=KILLS, seed=SEED)
    measured(report)
    assert report.whole, report.faults
    assert report.kills == KILLS
    assert min(report.done, report.had_been_saved) > 0, "kills fell after answers, and between saving and answering"


def test_a_writer_that_answers_before_it_saves_loses_some_the_control(
    program: Writers, made: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    report = kill_often(program, f"{HASTY} record", made.copied(tmp_path / "book"), kills=CONTROL_KILLS, seed=SEED)
    measured(report)
    assert report.lost > 0


@pytest.mark.parametrize("name", SHOTS)
def test_an_act_that_is_killed_is_done_not_done_or_can_be_finished(
    name: str, program: Writers, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    report = shoot_often(program.shot, name, tmp_path, kills=KILLS, seed=SEED)
    measured(report)
    assert (report.kills, report.faults) == (KILLS, [])
    assert report.done < KILLS, "kills fell before the act was done"


def test_a_copy_that_has_its_name_from_the_first_byte_on_is_half_a_backup_the_control(
    program: Writers, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    report = shoot_often(program.shot, NAIVE, tmp_path, kills=CONTROL_KILLS, seed=SEED)
    measured(report)
    assert report.faults
