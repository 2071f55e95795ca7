"""Opening, creating and migrating: bad input gets one sentence and changes nothing."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from ioms_desktop.domain.errors import NotADatabase, Refused
from ioms_desktop.file_access import others_may_use
from ioms_desktop.storage.database.migrate import create_empty_database, upgrade_database
from ioms_desktop.storage.engine import FILE_IN_USE, engine_for, open_store, schema_of
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from ioms_desktop.storage.sqlite import engine as local
from ioms_desktop.storage.sqlite.engine import connect
from keys import TEST_KEY, key_of, opened
from stored_samples import PERSON, act

RACERS = 2
CREATE = """import sys; from ioms_desktop.storage.database.migrate import create_empty_database
try: create_empty_database(sys.argv[1], bytes.fromhex(sys.argv[2]))
except Exception as error: print(type(error).__name__)"""
UPGRADE = """import sys; from ioms_desktop.storage.database.migrate import upgrade_database
print(upgrade_database(sys.argv[1], bytes.fromhex(sys.argv[2]) or None).after)"""
OPEN = """import sys; from ioms_desktop.storage.engine import open_store
open_store(sys.argv[1], bytes.fromhex(sys.argv[2])).close(); print('open')"""


def race(program: str, location: str) -> list[str]:
    """Run a program in several processes at once and give what each printed."""
    runners = [
        subprocess.Popen(
            [sys.executable, "-c", program, location, (key_of(location) or b"").hex()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(RACERS)
    ]
    said = [runner.communicate(timeout=120) for runner in runners]
    assert all(runner.returncode == 0 for runner in runners), said
    return [out.strip() for out, _ in said]


def refusal(location: str | Path, key: bytes | None = None) -> str:
    with pytest.raises(Refused) as caught:
        open_store(str(location), key)
    return caught.value.sentence


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert "There is no database at" in refusal(tmp_path / "none.ioms")
    assert "is a folder" in refusal(tmp_path)


def test_a_file_that_another_program_has_to_itself_is_not_said_to_be_saved_to(
    local_location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "BUSY_TIMEOUT_S", 0.05)
    with closing(connect(Path(local_location), TEST_KEY)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert refusal(local_location, TEST_KEY) == FILE_IN_USE
        other.execute("ROLLBACK")
    open_store(local_location, TEST_KEY).close()


def test_a_file_of_another_kind_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "letter.ioms"
    path.write_bytes(b"Dear Sir, " * 1000)
    assert "not an IOMS database" in refusal(path)
    assert path.read_bytes() == b"Dear Sir, " * 1000


def test_another_programs_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "other.ioms"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE songs (name TEXT)")
    before = path.read_bytes()
    assert "not an IOMS database" in refusal(path)
    with pytest.raises(NotADatabase):
        upgrade_database(str(path))
    with closing(sqlite3.connect(path)) as other:
        assert [row[0] for row in other.execute("SELECT name FROM sqlite_master")] == ["songs"]
    assert before[100:] == path.read_bytes()[100:]


def test_a_damaged_file_is_refused_in_a_sentence(local_location: str) -> None:
    path = Path(local_location)
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])
    assert "damaged" in refusal(path, TEST_KEY)


def test_a_truncated_file_is_refused_in_a_sentence(local_location: str) -> None:
    path = Path(local_location)
    path.write_bytes(path.read_bytes()[:5000])
    assert "damaged" in refusal(path, TEST_KEY)


def test_a_newer_schema_is_refused_and_left_as_it_was(location: str) -> None:
    engine = engine_for(location, key_of(location))
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '9999' WHERE name = 'schema'"))
    engine.dispose()
    assert "newer version" in refusal(location, key_of(location))
    with pytest.raises(Refused, match="newer"):
        upgrade_database(location, key_of(location))
    engine = engine_for(location, key_of(location))
    assert schema_of(engine) == "9999"
    engine.dispose()


def test_a_new_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    create_empty_database(str(tmp_path / "cases.ioms"))
    assert not others_may_use(tmp_path / "cases.ioms")


def test_creating_where_something_is_refuses_and_keeps_it(location: str) -> None:
    with pytest.raises(Refused, match="already"):
        create_empty_database(location, key_of(location))
    opened(location).close()


def test_a_folder_that_does_not_exist_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Check that the folder exists"):
        create_empty_database(str(tmp_path / "none" / "cases.ioms"))


@pytest.mark.posix("a folder's mode means nothing on Windows")
@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Refused, match="may be written"):
        create_empty_database(str(tmp_path / "cases.ioms"))


def test_a_server_that_does_not_answer_is_said_to_be_unreachable(tmp_path: Path) -> None:
    assert "cannot be reached" in refusal(f"postgresql:///none?host={tmp_path}")


def test_several_programs_creating_one_database_make_one(tmp_path: Path) -> None:
    location = str(tmp_path / "cases.ioms")
    said = race(CREATE, location)
    assert said.count("") == 1
    assert said.count("FileExists") == RACERS - 1
    opened(location).close()


def test_several_programs_migrating_at_once_all_find_the_newest_schema(location: str) -> None:
    assert race(UPGRADE, location) == [SCHEMA_HEAD] * RACERS
    opened(location).close()


def test_several_programs_opening_one_file_at_once_all_open_it(local_location: str) -> None:
    # A copy without its journal mode: the first connection of each program tries to set it.
    with closing(connect(Path(local_location), TEST_KEY)) as connection:
        assert connection.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    assert race(OPEN, local_location) == ["open"] * RACERS


def test_an_upgrade_that_changes_nothing_says_so_and_makes_no_backup(local_location: str) -> None:
    report = upgrade_database(local_location, TEST_KEY)
    assert (report.before, report.after, report.backup) == (SCHEMA_HEAD, SCHEMA_HEAD, None)
    assert [path.name for path in Path(local_location).parent.iterdir()] == ["cases.ioms"]


def test_every_connection_keeps_its_promises(local_location: str) -> None:
    store = opened(local_location)
    with store.read() as reading:
        found = {
            name: reading.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store", "cipher_status")
        }
    store.close()
    memory, encrypted = 2, "1"
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "temp_store": memory,
        "cipher_status": encrypted,
    }


def test_a_full_disk_is_said_and_nothing_is_lost(local_location: str) -> None:
    """A page limit stands for the full disk: the engine answers with the same error."""
    store = opened(local_location)
    with store.read() as reading:
        pages = reading.connection.exec_driver_sql("PRAGMA page_count").scalar()
    event.listen(store.engine, "checkout", lambda dbapi, *_: dbapi.execute(f"PRAGMA max_page_count={pages}"))

    def fill() -> None:
        with store.begin(act()) as tx:
            tx.add(PERSON)
            for number in range(5000):
                tx.log("CONSULTATION", object_type="x" * 200, object_ref=str(number), subject_ref=None)

    with pytest.raises(Refused, match="disk is full"):
        fill()
    with store.read() as reading:
        assert reading.connection.exec_driver_sql("SELECT count(*) FROM audit").scalar() == 0
        assert reading.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


def test_the_copy_before_a_migration_is_verified_and_private(local_location: str) -> None:
    from ioms_desktop.storage.database.backup import back_up_before_migration  # noqa: PLC0415 - this test only

    copy = back_up_before_migration(local_location, TEST_KEY)
    assert copy is not None
    open_store(copy, TEST_KEY).close()
    assert not others_may_use(Path(copy))
    shutil.rmtree(Path(copy).parent, ignore_errors=True)


def test_no_engine_shows_its_parameters() -> None:
    assert create_engine("sqlite://").hide_parameters is False, "the control: the library's own default shows them"
    engine = engine_for("postgresql://somebody@localhost/x")
    assert engine.hide_parameters is True
    engine.dispose()
