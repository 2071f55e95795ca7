"""A hundred flipped bits, twenty files cut short, twenty pairs of pages in each other's place, old logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proof.books import Book, new_book
from proof.damage import (
    Damage,
    DamageReport,
    cut_short,
    flip_a_bit,
    look,
    plainly_missed,
    swap_pages,
    try_damage,
    with_an_old_log,
)
from proof.power_loss import plain_file, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = 7
LOGS = ((1, 1), (1, 3), (3, 1), (10, 10), (40, 1), (1, 40))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("damage") / "book")


@pytest.mark.parametrize(("damage", "times"), [(flip_a_bit, 100), (cut_short, 20), (swap_pages, 20)])
def test_a_damaged_file_is_refused_at_opening_after(
    damage: Damage, times: int, made: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    report = try_damage(made, tmp_path, damage, times=times, seed=SEED)
    measured(report)
    assert (report.at_opening, report.raw, dict(report.without_way_out)) == (times, [], {})


def test_an_old_log_beside_a_file_is_refused(made: Book, tmp_path: Path, measured: Callable[[object], None]) -> None:
    report = DamageReport()
    for before, after in LOGS:
        look(report, with_an_old_log(made, tmp_path / f"{before} {after}", before=before, after=after))
    measured(report)
    assert (report.at_opening, dict(report.without_way_out)) == (len(LOGS), {})


def test_the_check_of_a_plain_file_misses_some_the_control(
    made: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    session = made.copied(tmp_path / "book").session()
    plain_file(tmp_path / "plain.ioms", record(session, 0))
    session.store.close()
    missed = plainly_missed(tmp_path / "plain.ioms", times=100, seed=SEED)
    measured(f"100 damaged, {missed} missed by the usual check")
    assert missed > 0
