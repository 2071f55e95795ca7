"""A backup comes back whole into a new database or not at all, and the audit says that it did."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from backup_desks import Kept, Unwanted, left_in, no_room, stopping_at
from desks import NOW
from ioms_desktop.domain.access import Role
from ioms_desktop.domain.errors import NotAllowed, Refused
from ioms_desktop.services.audit import seal, verify
from ioms_desktop.services.backups import back_up
from ioms_desktop.services.databases import check_database
from ioms_desktop.services.restoring import Restored, restore
from ioms_desktop.services.session import disable_user, sign_in
from ioms_desktop.storage import tables, users
from ioms_desktop.storage.backup import Told, silent
from ioms_desktop.storage.engine import HEAD
from ioms_desktop.storage.migrate import _run_alembic
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import connect, engine_for
from proof.books import ADMIN, PASSWORD, SUPERVISOR, Book, new_book
from proof.damage import cut_short, flip_a_bit, swap_pages
from proof.writing import recorded

AUDITOR = "shah"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, bytes]:
    """A book with a backup in a folder of its own, made when nobody worked."""
    book = new_book(tmp_path_factory.mktemp("restoring") / "book")
    desk = book.desk(ADMIN)
    with desk.store.begin(desk.act()) as tx:
        users.add_user(tx, AUDITOR, Role.AUDITOR, "", at=NOW)
    back_up(desk, book.folder / "backup.ioms")
    desk.store.close()
    assert desk.store.key is not None
    return book, desk.store.key


@pytest.fixture
def kept(made: tuple[Book, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    book, key = made
    monkeypatch.setenv("IOMS_DATA", str(tmp_path / "data"))
    office = Kept(book.copied(tmp_path / "book"), key)
    for file in ("backup.ioms", "backup.ioms.keys"):
        shutil.move(office.book.folder / file, office.folder / file)
    yield office
    office.close()


@pytest.fixture
def again(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return tmp_path / "new" / "again.ioms"


def restored(kept: Kept, into: Path, *, name: str = ADMIN, told: Told = silent) -> Restored:
    return restore(kept.folder / "backup.ioms", str(into), name, PASSWORD, reason="The disk failed.", told=told)


def test_a_restored_database_is_what_was_backed_up_and_whole(kept: Kept, again: Path) -> None:
    kept.record("after the backup")
    before = (kept.folder / "backup.ioms").read_bytes()
    done = restored(kept, again)
    assert left_in(again.parent) == ["again.ioms", "again.ioms.keys"]
    assert (kept.folder / "backup.ioms").read_bytes() == before
    assert left_in(kept.folder) == ["backup.ioms", "backup.ioms.keys"]
    assert check_database(str(again), ADMIN, PASSWORD).faults == ()
    desk = sign_in(str(again), SUPERVISOR, PASSWORD)
    assert recorded(desk)["after the backup"] == 0
    with desk.store.read() as reading:
        assert len(reading.connection.execute(select(tables.people)).all()) == done.rows["people"]
    desk.store.close()


def test_a_restore_opens_an_epoch_and_tells_the_auditor_what_was_lost(kept: Kept, again: Path) -> None:
    for name in ("one", "two"):
        kept.record(name)
        seal(kept.desk())
    done = restored(kept, again)
    assert "Epoch 2 of the audit is open: Restored from backup.ioms. The disk failed." in done.auditor
    assert "superseded" in done.auditor
    desk = kept.desk(Role.AUDITOR)
    assert verify(desk).ok is False  # the control: the former database is not the one this workstation now holds to
    from ioms_desktop.storage.engine import open_store  # noqa: PLC0415  only to sit an auditor down without a password

    store = open_store(str(again), kept.key)
    from desks import desk_of  # noqa: PLC0415  as above

    report = verify(desk_of(store, AUDITOR, Role.AUDITOR, kept.clock))
    store.close()
    assert report.ok
    assert [(epoch.number, epoch.opened_by) for epoch in report.epochs] == [(2, ADMIN)]
    assert "superseded by epoch 2" in report.reason


def test_the_people_and_passwords_of_a_backup_are_those_of_its_day(kept: Kept, again: Path) -> None:
    disable_user(kept.desk(), SUPERVISOR)
    done = restored(kept, again)
    assert "let go since may sign in again" in done.afterwards
    sign_in(str(again), SUPERVISOR, PASSWORD).store.close()


def test_nothing_that_is_there_is_restored_over(kept: Kept, again: Path) -> None:
    for path in (again, key_file.path_of(again)):
        path.write_text("somebody's", encoding="utf-8")
        with pytest.raises(Refused, match="already"):
            restored(kept, again)
        assert (left_in(again.parent), path.read_text(encoding="utf-8")) == ([path.name], "somebody's")
        path.unlink()
    with pytest.raises(Refused, match="already"):
        restored(kept, Path(kept.book.location))


@pytest.mark.parametrize("words", ["copied", "proving", "name"])
def test_a_restore_that_is_cancelled_leaves_nothing(kept: Kept, again: Path, words: str) -> None:
    with pytest.raises(Unwanted):
        restored(kept, again, told=stopping_at(words))
    assert left_in(again.parent) == []


@pytest.mark.parametrize("most", [0, 300_000])
def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing(kept: Kept, again: Path, most: int) -> None:
    with no_room(most), pytest.raises(Refused, match=r"could not be brought back .* room"):
        restored(kept, again)
    assert left_in(again.parent) == []


@pytest.mark.parametrize(("place", "words"), [("/proc/again.ioms", "could not be"), ("/nowhere/a.ioms", "no folder")])
def test_a_place_that_cannot_be_written_is_said_in_a_sentence(kept: Kept, place: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        restored(kept, Path(place))


def test_neither_a_server_nor_a_network_share_is_restored_into(kept: Kept) -> None:
    with pytest.raises(Refused, match=r"deploy/README\.md"):
        restore(kept.folder / "backup.ioms", "postgresql://host/ioms", ADMIN, PASSWORD)
    with pytest.raises(Refused, match="network share"):
        restore(kept.folder / "backup.ioms", "//server/share/again.ioms", ADMIN, PASSWORD)


def _no_keys(kept: Kept) -> None:
    (kept.folder / "backup.ioms.keys").unlink()


def _other_keys(kept: Kept) -> None:
    keys = key_file.KeyFile("another", fiction=False)
    keys = key_file.with_slot(keys, key_file.PERSON, ADMIN, PASSWORD, {1: bytes(32)})
    key_file.save(kept.folder / "backup.ioms", keys)


def _plain(kept: Kept) -> None:
    (kept.folder / "backup.ioms").unlink()
    with closing(connect(kept.folder / "backup.ioms")) as plain:
        plain.execute("CREATE TABLE meta (name, value)")


def _gone(kept: Kept) -> None:
    (kept.folder / "backup.ioms").unlink()


def _a_folder(kept: Kept) -> None:
    _gone(kept)
    (kept.folder / "backup.ioms").mkdir()


def _empty(kept: Kept) -> None:
    (kept.folder / "backup.ioms").write_bytes(b"")


def _in_use(kept: Kept) -> None:
    Path(f"{kept.folder / 'backup.ioms'}-wal").write_bytes(b"what was saved last")


def _newer(kept: Kept) -> None:
    _change(kept, update(tables.meta).where(tables.meta.c.name == "schema").values(value="9999"))


def _another_program(kept: Kept) -> None:
    _change(kept, delete(tables.meta).where(tables.meta.c.name == "schema"))


def _less(kept: Kept) -> None:
    _change(kept, delete(tables.search_key))


def _forged(kept: Kept) -> None:
    _change(
        kept,
        insert(tables.seal).values(n=999, at=NOW, epoch=1, from_mark=0, to_mark=0, rows=0, root="", prev="", hash="x"),
    )


def _change(kept: Kept, statement: object) -> None:
    engine = engine_for(kept.folder / "backup.ioms", kept.key)
    with engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # any statement
    engine.dispose()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_no_keys, "key file .* is not there"),
        (_other_keys, "does not open the backup"),
        (_plain, "not encrypted"),
        (_gone, "no backup at"),
        (_a_folder, "is a folder"),
        (_empty, "damaged|no backup"),
        (_in_use, "in use or was not closed"),
        (_newer, "newer version"),
        (_another_program, "no backup of an IOMS database"),
        (_less, "damaged: .* search words"),
        (_forged, "damaged: "),
    ],
)
def test_what_is_no_whole_backup_is_refused_in_a_sentence_that_says_what_to_do(
    kept: Kept, again: Path, spoil: Callable[[Kept], None], words: str
) -> None:
    spoil(kept)
    with pytest.raises(Refused, match=words) as refused:
        restored(kept, again)
    assert "Nothing was restored and nothing was changed; " in refused.value.sentence
    assert left_in(again.parent) == []


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short, swap_pages])
def test_damage_anywhere_in_a_backup_is_found(kept: Kept, again: Path, damage: Callable[[Path, object], None]) -> None:
    import random  # noqa: PLC0415  only here

    chance, backup = random.Random(5), kept.folder / "backup.ioms"  # noqa: S311 - repeatable, no secret
    whole = backup.read_bytes()
    for _ in range(4):
        backup.write_bytes(whole)
        damage(backup, chance)
        with pytest.raises(Refused, match="damaged"):
            restored(kept, again)
        assert left_in(again.parent) == []


def test_only_an_administrator_who_knows_the_password_restores(kept: Kept, again: Path) -> None:
    with pytest.raises(NotAllowed):
        restored(kept, again, name=SUPERVISOR)
    with pytest.raises(Refused, match="name or the password is wrong"):
        restored(kept, again, name="nobody")
    with pytest.raises(Refused, match="name or the password is wrong"):
        restore(kept.folder / "backup.ioms", str(again), ADMIN, "not the password")
    assert left_in(again.parent) == []


def test_a_backup_on_a_stick_that_others_may_read_and_nobody_write_comes_back(kept: Kept, again: Path) -> None:
    for path in kept.folder.iterdir():
        path.chmod(0o555)
    restored(kept, again)
    assert {path.stat().st_mode & 0o777 for path in again.parent.iterdir()} == {0o600}


def test_a_backup_of_an_older_version_is_brought_to_this_one(kept: Kept, again: Path) -> None:
    engine = engine_for(kept.folder / "backup.ioms", kept.key)
    with engine.connect() as connection, connection.execution_options(ioms_command=True).begin():
        _run_alembic(connection, "downgrade", "0002")
        connection.execute(update(tables.meta).where(tables.meta.c.name == "schema").values(value="0002"))
    engine.dispose()
    done = restored(kept, again)
    assert f"from schema 0002 to {HEAD}" in done.notice
    assert left_in(again.parent) == ["again.ioms", "again.ioms.keys"]
    assert check_database(str(again), ADMIN, PASSWORD).faults == ()
