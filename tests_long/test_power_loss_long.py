"""Fifteen hundred power cuts for each setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proof.books import new_book
from proof.power_loss import pull_the_plug, record, replay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from proof.power_loss import Recorded, Verdict

COMMANDS, POINTS, SEED = 120, 1500, 7


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    session = new_book(tmp_path_factory.mktemp("power") / "book").session()
    try:
        return record(session, COMMANDS)
    finally:
        session.store.close()


def cut(recorded: Recorded, folder: Path, synchronous: str | None = None) -> Verdict:
    durable, log = replay(recorded, folder, synchronous)
    return pull_the_plug(durable, log, folder, points=POINTS, seed=SEED)


def test_a_power_cut_loses_nothing_that_was_saved(
    recorded: Recorded, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    verdict = cut(recorded, tmp_path)
    measured(verdict)
    assert (verdict.points, verdict.lost, verdict.corrupt) == (POINTS, 0, 0)


def test_a_power_cut_with_synchronous_normal_loses_some_the_control(
    recorded: Recorded, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    verdict = cut(recorded, tmp_path, "NORMAL")
    measured(verdict)
    assert (verdict.lost > 0, verdict.corrupt) == (True, 0)


def test_a_power_cut_with_synchronous_off_damages_the_file_the_control(
    recorded: Recorded, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    verdict = cut(recorded, tmp_path, "OFF")
    measured(verdict)
    assert verdict.corrupt > 0
