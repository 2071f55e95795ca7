"""A backup is proved before it has a name, replaces nothing, and leaves nothing behind where it fails."""

import errno
import json
import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from backup_sessions import Kept, Unwanted, left_in, no_room, stopping_at
from ioms_desktop.atomic_file import STALE_PART_AGE_S
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    DatabaseDamaged,
    FileExists,
    FileUnwritable,
    NotAllowed,
    Refused,
    WrongDatabaseKind,
)
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.audit.audit import seal_audit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.database.backups import back_up, backup_reminder, get_last_backup
from ioms_desktop.services.database.database_admin import check_database
from ioms_desktop.services.session import Session
from ioms_desktop.storage.database.backup import copy_pages, count_rows, read_snapshot
from ioms_desktop.storage.database.demo_marker import mark_as_demo
from ioms_desktop.storage.database.file_copy import open_for_copy
from ioms_desktop.storage.engine import open_immutable
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.sqlite import key_file
from proof.damage import PAGE
from proof.writing import recorded
from shared_people import Office


@pytest.fixture
def admin(kept: Kept) -> Session:
    return kept.session()


def test_a_backup_is_two_private_files_that_need_no_third(kept: Kept, admin: Session) -> None:
    done = back_up(admin, kept.folder / "monday.ioms")
    assert left_in(kept.folder) == ["monday.ioms", "monday.ioms.keys"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.folder.iterdir()} == {0o600}
    assert done.backup.bytes == (kept.folder / "monday.ioms").stat().st_size
    assert b"Marlow" not in (kept.folder / "monday.ioms").read_bytes()
    assert done.alarm == ""
    assert "monday.ioms.keys" in done.notice
    store = open_immutable(kept.folder / "monday.ioms", kept.key)
    with store.read() as reading:
        assert sum(count_rows(reading.connection).values()) == done.rows
    assert left_in(kept.folder) == ["monday.ioms", "monday.ioms.keys"]


def test_work_goes_on_while_a_backup_of_one_moment_is_made(kept: Kept, admin: Session) -> None:
    kept.record("before")
    steps = []

    def work(done: int, total: int, _text: str = "") -> None:
        if total:
            kept.record(f"meanwhile {done}")
            steps.append(done)

    done = back_up(admin, kept.folder / "monday.ioms", progress=work)
    assert len(steps) > 1
    assert sum(recorded(admin)[f"meanwhile {each}"] for each in steps) == len(steps)
    copy = open_immutable(kept.folder / "monday.ioms", kept.key)
    with copy.read() as reading:
        notes = set(reading.connection.scalars(select(tables.contacts.c.note)))
    assert "before" in notes
    assert not any(str(note).startswith("meanwhile") for note in notes)
    assert done.tables == len(count_rows_of(kept))


def count_rows_of(kept: Kept) -> dict[str, int]:
    with open_for_copy(Path(kept.book.location), kept.key) as origin:
        return count_rows(origin)


def test_a_copy_counted_at_another_moment_than_copied_would_differ(kept: Kept, tmp_path: Path) -> None:
    """The control: without one moment for both, what is recorded in between makes the copy another."""
    with open_for_copy(Path(kept.book.location), kept.key) as origin:
        counted = count_rows(origin)
        kept.record("in between")
        with read_snapshot(origin) as rows:
            copy_pages(origin, tmp_path / "copy", kept.key)
    with open_for_copy(tmp_path / "copy", kept.key, is_immutable=True) as copy:
        assert count_rows(copy) == rows != counted


def test_a_backup_is_on_record_with_what_it_holds_and_where_it_is(kept: Kept, admin: Session) -> None:
    assert get_last_backup(admin) is None
    done = back_up(admin, kept.folder)
    assert get_last_backup(admin) == done.backup
    with admin.store.read() as reading:
        query = select(tables.audit).where(tables.audit.c.object_type == "backup")
        (entry,) = reading.connection.execute(query).all()
    assert (entry.actor, entry.kind, entry.object_ref) == (admin.user, "CONSULTATION", done.backup.path)
    assert (entry.after["rows"], entry.after["records"]) == (done.rows, done.backup.records)


def test_nothing_that_is_there_is_written_over(kept: Kept, admin: Session) -> None:
    target = kept.folder / "monday.ioms"
    for path in (target, key_file.key_file_path(target)):
        path.write_text("somebody's", encoding="utf-8")
        with pytest.raises(FileExists):
            back_up(admin, target)
        assert path.read_text(encoding="utf-8") == "somebody's"
        assert left_in(kept.folder) == [path.name]
        path.unlink()
    with pytest.raises(FileExists):
        back_up(admin, Path(kept.book.location))


def test_a_name_taken_while_the_copy_is_made_is_left_as_it_is(kept: Kept, admin: Session) -> None:
    target = kept.folder / "monday.ioms"
    with pytest.raises(FileExists):
        back_up(admin, target, progress=taking(target))
    assert left_in(kept.folder) == ["monday.ioms"]
    assert target.read_text(encoding="utf-8") == "somebody's"


def test_on_a_stick_that_knows_no_links_a_name_is_given_too_and_none_taken(
    kept: Kept, admin: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(source: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", str(source))

    monkeypatch.setattr(os, "link", refused)
    back_up(admin, kept.folder / "monday.ioms")
    assert left_in(kept.folder) == ["monday.ioms", "monday.ioms.keys"]
    with pytest.raises(FileExists):
        back_up(admin, kept.folder / "tuesday.ioms", progress=taking(kept.folder / "tuesday.ioms"))
    assert left_in(kept.folder) == ["monday.ioms", "monday.ioms.keys", "tuesday.ioms"]


def taking(target: Path) -> ProgressCallback:
    """Take a name just before the backup gets it."""

    def tell(_done: int, _total: int, text: str = "") -> None:
        if "name" in text:
            target.write_text("somebody's", encoding="utf-8")

    return tell


@pytest.mark.parametrize("words", ["copied", "proving the audit", "name"])
def test_a_backup_that_is_cancelled_leaves_nothing(kept: Kept, admin: Session, words: str) -> None:
    with pytest.raises(Unwanted):
        back_up(admin, kept.folder, progress=stopping_at(words))
    assert left_in(kept.folder) == []
    assert get_last_backup(admin) is None


@pytest.mark.parametrize("most", [0, 300_000])
def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing(kept: Kept, admin: Session, most: int) -> None:
    with no_room(most), pytest.raises(FileUnwritable):
        back_up(admin, kept.folder)
    assert left_in(kept.folder) == []
    assert back_up(admin, kept.folder).alarm == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [("/proc/monday.ioms", "could be"), ("/nowhere/monday.ioms", "no folder"), ("/" + "x" * 300, "can be made")],
)
def test_a_place_that_cannot_be_written_is_said_in_a_sentence(admin: Session, place: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        back_up(admin, Path(place))


def test_a_damaged_file_is_not_taken_for_a_backup(kept: Kept, admin: Session) -> None:
    back_up(admin, kept.folder / "good.ioms")
    before = left_in(kept.folder)
    size = Path(kept.book.location).stat().st_size
    with Path(kept.book.location).open("rb+") as file:  # every page but those a connection has read already
        for page in range(size // PAGE // 2, size // PAGE):
            file.seek(page * PAGE + 100)
            file.write(b"\0\0\0\0")
    with pytest.raises(DatabaseDamaged):
        back_up(admin, kept.folder / "bad.ioms")
    assert left_in(kept.folder) == before


def test_a_file_whose_audit_was_tampered_with_is_not_called_proved(kept: Kept, admin: Session) -> None:
    with admin.store.engine.begin() as connection:
        triggers = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        )
        for (name,) in triggers.fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE id = 1")
    with pytest.raises(DatabaseDamaged):
        back_up(admin, kept.folder)
    assert left_in(kept.folder) == []


def with_earlier(kept: Kept, admin: Session, *days_ago: int) -> list[str]:
    """Put backups of former days into the folder, proved as they were made."""
    back_up(admin, kept.folder / "first.ioms")
    for days in days_ago:
        at = kept.clock.now - timedelta(days=days)
        path = kept.folder / f"cases-{at:%Y%m%dT%H%M%SZ}.ioms"
        shutil.copyfile(kept.folder / "first.ioms", path)
        shutil.copyfile(kept.folder / "first.ioms.keys", key_file.key_file_path(path))
    for file in ("first.ioms", "first.ioms.keys"):
        (kept.folder / file).unlink()
    return left_in(kept.folder)


def test_the_backups_in_a_folder_are_let_go_by_days_weeks_and_months(kept: Kept, admin: Session) -> None:
    with_earlier(kept, admin, *range(1, 400, 3))  # today is a Thursday, 15 October
    done = back_up(admin, kept.folder)
    names = [name for name in left_in(kept.folder) if name.endswith(".ioms")]
    assert [name for name in left_in(kept.folder) if name.endswith(".keys")] == [f"{name}.keys" for name in names]
    days = ["1015", "1014", "1011", "1008", "1005", "1002", "0929"]
    weeks = ["0926", "0920", "0911", "0905"]
    months = ["0830", "0731", "0628", "0529", "0429", "0330"]
    assert [name[10:14] for name in reversed(names)] == days + weeks + months
    assert Path(done.backup.path).name == names[-1]
    assert len(done.removed) == 133 + 1 - 17
    assert "117 older backups were deleted" in done.notice


def test_only_this_databases_own_dated_backups_are_ever_let_go(kept: Kept, admin: Session) -> None:
    names = with_earlier(kept, admin, *range(1000, 1020))
    foreign, own_name = kept.folder / names[0], kept.folder / "cases-before the move.ioms"
    shutil.copyfile(foreign, own_name)
    shutil.copyfile(key_file.key_file_path(foreign), key_file.key_file_path(own_name))
    keys = json.loads(key_file.key_file_path(foreign).read_text(encoding="utf-8"))
    key_file.key_file_path(foreign).write_text(json.dumps(keys | {"database": "another"}), encoding="utf-8")
    assert len(back_up(admin, kept.folder).removed) == 19 - 6 - 1
    assert foreign.exists()
    assert own_name.exists()


def test_a_backup_that_shrank_raises_an_alarm_and_lets_nothing_go(kept: Kept, admin: Session) -> None:
    before = with_earlier(kept, admin, *range(1, 400, 10))
    with admin.store.engine.begin() as connection:  # as somebody with the key could, who goes round every service
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for table in reversed(tables.metadata.sorted_tables):
            if table.name not in RECORD_TYPE_BY_TABLE:
                continue
            name = table.name
            connection.execute(delete(table))
            connection.execute(delete(tables.former_version).where(tables.former_version.c.table_name == name))
    done = back_up(admin, kept.folder)
    assert "less than half of the records" in done.alarm
    assert done.alarm in done.notice
    assert done.removed == ()
    assert set(before) < set(left_in(kept.folder))
    newest = max(kept.folder.glob("*.ioms"))
    with newest.open("ab") as file:
        file.truncate(3 * newest.stat().st_size)
    kept.clock.now += timedelta(days=30)
    done = back_up(admin, kept.folder)
    assert "less than half as large" in done.alarm
    assert done.removed == ()


def test_what_a_stopped_backup_left_goes_after_a_day_and_its_name_is_free_at_once(kept: Kept, admin: Session) -> None:
    target = kept.folder / "monday.ioms"
    part = Path(f"{target}.0badcafe.part")
    part.write_bytes(b"half")
    key_file.key_file_path(part).write_bytes(b"keys")
    os.link(key_file.key_file_path(part), key_file.key_file_path(target))  # it was stopped between its two names
    back_up(admin, target)
    assert part.exists()  # another program may be writing it
    long_ago = part.stat().st_mtime - STALE_PART_AGE_S - 1
    os.utime(part, (long_ago, long_ago))
    target.rename(kept.folder / "tuesday.ioms")
    key_file.key_file_path(target).rename(kept.folder / "tuesday.ioms.keys")
    back_up(admin, target)
    assert [name for name in left_in(kept.folder) if "part" in name] == []


def test_only_an_administrator_backs_up(kept: Kept) -> None:
    session = kept.session(Role.SUPERVISOR)
    with pytest.raises(NotAllowed):
        back_up(session, kept.folder)
    assert left_in(kept.folder) == []


def test_a_shared_database_names_the_servers_own_copies(office: Office, tmp_path: Path) -> None:
    with pytest.raises(WrongDatabaseKind):
        back_up(office.session(Role.ADMINISTRATOR), tmp_path / "monday.ioms")
    assert left_in(tmp_path) == []
    assert backup_reminder(office.session(Role.ADMINISTRATOR)) == ""


def test_whoever_keeps_a_server_checks_the_whole_of_it(office: Office) -> None:
    open_case(office.session(Role.NAVIGATOR), "PHX-1")
    seal_audit(office.session(Role.NAVIGATOR))
    report = check_database(office.location)
    assert (report.faults, report.backup) == ((), None)
    assert "every entry and every seal of the audit" in report.checked


def test_a_backup_that_is_due_is_said_in_one_line(kept: Kept, admin: Session) -> None:
    assert "no backup yet" in backup_reminder(admin)
    assert backup_reminder(kept.session(Role.SUPERVISOR)) == ""
    back_up(admin, kept.folder)
    kept.clock.now += timedelta(days=7)
    assert backup_reminder(admin) == ""
    kept.clock.now += timedelta(seconds=1)
    assert backup_reminder(admin) == "The last backup of this file is 7 days old, of 15 Oct 2026."
    with admin.store.begin(admin.command_context()) as tx:
        mark_as_demo(tx.connection)
    assert backup_reminder(admin) == "", "nobody need keep what is invented"
