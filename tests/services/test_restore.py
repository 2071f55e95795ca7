"""A backup comes back whole into a new database or not at all, and the audit says that it did."""

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from backup_sessions import Kept, Unwanted, left_in, no_room, stopping_at
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    FileExists,
    FileUnwritable,
    NotAllowed,
    Refused,
    UnsafeDatabase,
    WrongDatabaseKind,
    WrongFile,
    WrongPassword,
)
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.services.audit.audit import seal_audit, verify_audit
from ioms_desktop.services.database.database_admin import check_database
from ioms_desktop.services.database.restore import RestoreResult, restore_database
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.database.migrate import _run_alembic
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import connect, file_engine
from proof.books import ADMIN, PASSWORD, SUPERVISOR
from proof.damage import Damage, cut_short, flip_a_bit, swap_pages
from proof.writing import recorded
from sessions import NOW


@pytest.fixture
def again(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    return tmp_path / "new" / "again.ioms"


def restored(backed: Kept, into: Path, *, name: str = ADMIN, told: ProgressCallback = no_progress) -> RestoreResult:
    return restore_database(
        backed.folder / "backup.ioms", str(into), name, PASSWORD, reason="The disk failed.", progress=told
    )


def test_a_restored_database_is_what_was_backed_up_and_whole(backed: Kept, again: Path) -> None:
    backed.record("after the backup")
    before = (backed.folder / "backup.ioms").read_bytes()
    done = restored(backed, again)
    assert left_in(again.parent) == ["again.ioms", "again.ioms.keys"]
    assert (backed.folder / "backup.ioms").read_bytes() == before
    assert left_in(backed.folder) == ["backup.ioms", "backup.ioms.keys"]
    assert check_database(str(again), ADMIN, PASSWORD).faults == ()
    session = sign_in(str(again), SUPERVISOR, PASSWORD)
    assert recorded(session)["after the backup"] == 0
    with session.store.read() as reading:
        assert len(reading.connection.execute(select(tables.people)).all()) == done.rows["people"]
    session.store.close()


def test_a_restore_opens_an_epoch_and_tells_the_auditor_what_was_lost(backed: Kept, again: Path) -> None:
    for name in ("one", "two"):
        backed.record(name)
        seal_audit(backed.session())
    done = restored(backed, again)
    assert "Epoch 2 of the audit is open: Restored from backup.ioms. The disk failed." in done.auditor_message
    assert "Superseded" in done.auditor_message
    # The control: the former database is not the one this workstation now holds to.
    former = verify_audit(backed.session(Role.AUDITOR))
    assert not former.ok
    assert "is of epoch 2, which this database does not know: it was restored elsewhere" in former.reason
    report = verify_audit(backed.session_at(again, Role.AUDITOR))
    assert report.ok
    assert [(epoch.number, epoch.opened_by) for epoch in report.epochs] == [(2, ADMIN)]
    assert "superseded by epoch 2" in report.reason


def test_the_people_and_passwords_of_a_backup_are_those_of_its_day(backed: Kept, again: Path) -> None:
    disable_user(backed.session(), SUPERVISOR)
    done = restored(backed, again)
    assert "users disabled since can sign in again" in done.advice
    sign_in(str(again), SUPERVISOR, PASSWORD).store.close()


def test_nothing_that_is_there_is_restored_over(backed: Kept, again: Path) -> None:
    for path in (again, key_file.key_file_path(again)):
        path.write_text("somebody's", encoding="utf-8")
        with pytest.raises(FileExists):
            restored(backed, again)
        assert (left_in(again.parent), path.read_text(encoding="utf-8")) == ([path.name], "somebody's")
        path.unlink()
    with pytest.raises(FileExists):
        restored(backed, Path(backed.book.location))


@pytest.mark.parametrize("words", ["copied", "name"])
def test_a_restore_that_is_cancelled_leaves_nothing(backed: Kept, again: Path, words: str) -> None:
    with pytest.raises(Unwanted):
        restored(backed, again, told=stopping_at(words))
    assert left_in(again.parent) == []


@pytest.mark.parametrize("most", [300_000])
def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing(backed: Kept, again: Path, most: int) -> None:
    with no_room(most), pytest.raises(FileUnwritable):
        restored(backed, again)
    assert left_in(again.parent) == []


@pytest.mark.parametrize(("place", "words"), [("/proc/again.ioms", "could not be"), ("/nowhere/a.ioms", "no folder")])
def test_a_place_that_cannot_be_written_is_said_in_a_sentence(backed: Kept, place: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        restored(backed, Path(place))


def test_neither_a_server_nor_a_network_share_is_restored_into(backed: Kept) -> None:
    with pytest.raises(WrongDatabaseKind):
        restore_database(backed.folder / "backup.ioms", "postgresql://host/ioms", ADMIN, PASSWORD)
    with pytest.raises(UnsafeDatabase):
        restore_database(backed.folder / "backup.ioms", "//server/share/again.ioms", ADMIN, PASSWORD)


def _no_keys(backed: Kept) -> None:
    (backed.folder / "backup.ioms.keys").unlink()


def _other_keys(backed: Kept) -> None:
    keys = key_file.KeyFile("another", is_demo=False)
    keys = key_file.with_slot(keys, key_file.PERSON, ADMIN, PASSWORD, {1: bytes(32)})
    key_file.save(backed.folder / "backup.ioms", keys)


def _plain(backed: Kept) -> None:
    (backed.folder / "backup.ioms").unlink()
    with closing(connect(backed.folder / "backup.ioms")) as plain:
        plain.execute("CREATE TABLE meta (name, value)")


def _gone(backed: Kept) -> None:
    (backed.folder / "backup.ioms").unlink()


def _a_folder(backed: Kept) -> None:
    _gone(backed)
    (backed.folder / "backup.ioms").mkdir()


def _empty(backed: Kept) -> None:
    (backed.folder / "backup.ioms").write_bytes(b"")


def _in_use(backed: Kept) -> None:
    Path(f"{backed.folder / 'backup.ioms'}-wal").write_bytes(b"what was saved last")


def _newer(backed: Kept) -> None:
    _change(backed, update(tables.meta).where(tables.meta.c.name == "schema").values(value="9999"))


def _another_program(backed: Kept) -> None:
    _change(backed, delete(tables.meta).where(tables.meta.c.name == "schema"))


def _less(backed: Kept) -> None:
    _change(backed, delete(tables.search_key))


def _forged(backed: Kept) -> None:
    _change(
        backed,
        insert(tables.seal).values(n=999, at=NOW, epoch=1, from_mark=0, to_mark=0, rows=0, root="", prev="", hash="x"),
    )


def _change(backed: Kept, statement: object) -> None:
    engine = file_engine(backed.folder / "backup.ioms", backed.key)
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
        (_empty, "damaged|not a backup"),
        (_in_use, "in use or was not closed"),
        (_newer, "newer version"),
        (_another_program, "not a backup of an IOMS database"),
        (_less, "damaged: .* search words"),
        (_forged, "damaged: "),
    ],
)
def test_what_is_no_whole_backup_is_refused_in_a_sentence_that_says_what_to_do(
    backed: Kept, again: Path, spoil: Callable[[Kept], None], words: str
) -> None:
    spoil(backed)
    with pytest.raises(Refused, match=words) as refused:
        restored(backed, again)
    with pytest.raises(WrongFile):
        restore_database(backed.folder / "backup.ioms.keys", str(again), ADMIN, PASSWORD)
    assert "Nothing was restored and nothing was changed; " in refused.value.sentence
    assert left_in(again.parent) == []


@pytest.mark.parametrize("damage", [flip_a_bit, cut_short, swap_pages])
def test_damage_anywhere_in_a_backup_is_found(backed: Kept, again: Path, damage: Damage) -> None:
    chance, backup = random.Random(5), backed.folder / "backup.ioms"  # noqa: S311 - repeatable, no secret
    whole = backup.read_bytes()
    for _ in range(2):
        backup.write_bytes(whole)
        damage(backup, chance)
        with pytest.raises(Refused, match="damaged"):
            restored(backed, again)
        assert left_in(again.parent) == []


def test_only_an_administrator_who_knows_the_password_restores(backed: Kept, again: Path) -> None:
    with pytest.raises(NotAllowed):
        restored(backed, again, name=SUPERVISOR)
    with pytest.raises(WrongPassword):
        restored(backed, again, name="nobody")
    with pytest.raises(WrongPassword):
        restore_database(backed.folder / "backup.ioms", str(again), ADMIN, "not the password")
    assert left_in(again.parent) == []


def test_a_backup_on_a_stick_that_others_may_read_and_nobody_write_comes_back(backed: Kept, again: Path) -> None:
    for path in backed.folder.iterdir():
        path.chmod(0o555)
    restored(backed, again)
    assert {path.stat().st_mode & 0o777 for path in again.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("schema", ["0002", "0003"])
def test_a_backup_of_an_older_version_is_brought_to_this_one(backed: Kept, again: Path, schema: str) -> None:
    engine = file_engine(backed.folder / "backup.ioms", backed.key)
    with engine.connect() as connection, connection.execution_options(ioms_command=True).begin():
        _run_alembic(connection, "downgrade", schema)
        connection.execute(update(tables.meta).where(tables.meta.c.name == "schema").values(value=schema))
    engine.dispose()
    done = restored(backed, again)
    assert f"from schema {schema} to {SCHEMA_HEAD}" in done.notice
    assert left_in(again.parent) == ["again.ioms", "again.ioms.keys"]
    assert check_database(str(again), ADMIN, PASSWORD).faults == ()


@pytest.mark.parametrize("own", [1, 2])
def test_a_backup_with_two_data_keys_is_opened_by_the_one_that_is_its_own(backed: Kept, again: Path, own: int) -> None:
    """A key file has two data keys while its database gets a new one."""
    path = backed.folder / "backup.ioms"
    data_keys = {1: bytes(32), 2: bytes(32)} | {own: backed.key}
    key_file.save(path, key_file.with_slot(key_file.load(path), key_file.PERSON, ADMIN, PASSWORD, data_keys))
    assert restored(backed, again).rows["people"] > 0
    assert check_database(str(again), ADMIN, PASSWORD).faults == ()
