"""A damaged local file is found before anybody works with it; without encryption some damage would not be."""

import shutil
from pathlib import Path

import pytest

from ioms_desktop.domain.errors import DatabaseDamaged
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.storage.engine import open_store
from proof.books import Book, contact, new_book
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
from proof.writing import recorded

SEED = 20261123
OLD_LOGS = ((1, 1), (2, 2), (3, 1), (4, 2))
"""Commands in the log and since; where these split pages, the file and the log do not fit together at all."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("damage") / "book")


@pytest.mark.parametrize(("damage", "times"), [(flip_a_bit, 8), (cut_short, 3), (swap_pages, 4)])
def test_damage_is_found_at_opening_in_words_that_name_the_backup(
    damage: Damage, times: int, made: Book, tmp_path: Path
) -> None:
    report = try_damage(made, tmp_path, damage, times=times, seed=SEED)
    assert (report.at_opening, report.raw, dict(report.without_way_out)) == (times, [], {})


def test_the_check_of_a_plain_file_would_miss_some(made: Book, tmp_path: Path) -> None:
    """The control: the same damage to the same records, not encrypted."""
    session = made.copied(tmp_path / "book").session()
    plain_file(tmp_path / "plain.ioms", record(session, 0))
    session.store.close()
    assert plainly_missed(tmp_path / "plain.ioms", times=60, seed=SEED) > 0


@pytest.mark.parametrize(("before", "after"), OLD_LOGS)
def test_a_log_older_than_the_file_is_refused_and_its_removal_brings_the_later_work_back(
    made: Book, tmp_path: Path, before: int, after: int
) -> None:
    book = with_an_old_log(made, tmp_path / "book", before=before, after=after)
    report = DamageReport()
    look(report, book)
    assert (report.at_opening, dict(report.without_way_out)) == (1, {})
    Path(f"{book.location}-wal").unlink()
    session = book.session()
    assert recorded(session)[f"new {after - 1}"] == 1
    session.store.close()


def test_without_that_refusal_the_later_work_would_be_gone(
    made: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the library takes the old log for the latest word, or finds that its pages do not fit."""
    monkeypatch.setattr("ioms_desktop.storage.sqlite.stale_wal.refuse_stale_wal", lambda _path, _key: None)
    found = set()
    for before, after in OLD_LOGS:
        book = with_an_old_log(made, tmp_path / f"book {before} {after}", before=before, after=after)
        try:
            session = book.session()
        except DatabaseDamaged:
            found.add("damaged")
            continue
        assert (recorded(session)["old 0"], recorded(session)["new 0"]) == (1, 0)
        session.store.close()
        found.add("gone")
    assert "gone" in found


def test_the_log_that_a_killed_program_left_is_taken(made: Book, tmp_path: Path) -> None:
    book = made.copied(tmp_path / "book")
    session = book.session()
    record_contact(session, contact("last"))
    killed = Book(Path(shutil.copytree(book.folder, tmp_path / "killed")))
    session.store.close()
    assert Path(f"{killed.location}-wal").stat().st_size > 0
    session = killed.session()
    assert recorded(session)["last"] == 1
    open_store(killed.location, session.store.key).close()  # and a second window, while the first one has it open
    session.store.close()
