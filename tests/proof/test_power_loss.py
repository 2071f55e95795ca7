"""After a power cut everything the user was told was saved is there; with weaker settings it would not be."""

from pathlib import Path

import pytest

from proof.books import new_book
from proof.power_loss import Recorded, Verdict, pull_the_plug, record, replay

COMMANDS, POINTS, SEED = 24, 150, 20261123


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


def test_a_power_cut_loses_nothing_that_was_saved(recorded: Recorded, tmp_path: Path) -> None:
    verdict = cut(recorded, tmp_path)
    assert (verdict.points, verdict.lost, verdict.corrupt) == (POINTS, 0, 0)
    assert verdict.saved > COMMANDS / 2


def test_a_weaker_setting_would_lose_what_was_saved(recorded: Recorded, tmp_path: Path) -> None:
    """The control: the usual setting of the library, under which a kill of the program alone shows nothing."""
    verdict = cut(recorded, tmp_path, "NORMAL")
    assert verdict.lost > 0
    assert verdict.corrupt == 0


def test_without_syncing_at_all_the_file_would_be_damaged(recorded: Recorded, tmp_path: Path) -> None:
    """The control for damage: the cuts do reach moments at which a file can break."""
    assert cut(recorded, tmp_path, "OFF").corrupt > 0
