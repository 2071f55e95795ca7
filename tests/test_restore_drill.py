"""The scripts of deploy/: a server is copied, its copy proved, and brought back to the moment before somebody erred."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from postgres_cluster import Cluster, NoPostgresError, find_binaries
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, LiteralString

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
ROWS = 250
SETTINGS = "-c listen_addresses='' -c wal_level=replica -c archive_mode=on -c max_connections=60"
NEEDED = ("pg_basebackup", "pg_verifybackup", "pg_archivecleanup", "pg_controldata", "psql")


def complete() -> bool:
    """Whether the programs the scripts call are there; the wheel has not all of them."""
    try:
        return all((find_binaries() / name).exists() for name in NEEDED)
    except NoPostgresError:
        return False


pytestmark = pytest.mark.skipif(not complete(), reason="this PostgreSQL comes without pg_basebackup and its like")


class Place:
    """A server whose log is archived, the scripts, and where its copies go."""

    def __init__(self) -> None:
        """Start it."""
        self.cluster = Cluster.start(SETTINGS, ["-k"], prepare=self._archive)
        self.url = self.cluster.create("ioms")
        self.name = self.url.partition("?")[0].rpartition("/")[2]

    def _archive(self, data: Path) -> None:
        """Put the scripts and the copies beside the data, where the server's account can reach them."""
        self.folder = data.parent
        self.backups = self.folder / "backups"
        for made in (self.backups, self.backups / "wal", self.folder / "drills"):
            made.mkdir()
        for script in DEPLOY.glob("*.sh"):
            shutil.copy(script, self.folder)
        self.give(*self.folder.glob("*.sh"), self.backups, self.backups / "wal", self.folder / "drills")
        with (data / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write("local replication postgres trust\n")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f'archive_command = \'IOMS_BACKUPS={self.backups} {self.folder}/archive-wal.sh "%p" "%f"\'\n'
            )

    def run(self, script: str, *arguments: str, **settings: str) -> tuple[int, str]:
        """Run a script as the server's account."""
        given = {
            "IOMS_BACKUPS": str(self.backups),
            "IOMS_DATABASE_NAME": self.name,
            "PGBIN": str(self.cluster.binaries),
            "PGHOST": str(self.folder),
            "PGUSER": "postgres",
            "TMPDIR": str(self.folder / "drills"),
        }
        return self.cluster.run("/bin/sh", self.folder / script, *arguments, environment=given | settings)

    def ask(self, *statements: LiteralString) -> Any:  # noqa: ANN401 - whatever a column holds
        """Send statements to the running server; gives what the last one answers."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            found = cursor.fetchone() if cursor.description else None
        return None if found is None else found[0]

    def copies(self) -> list[str]:
        """Name the copies, the oldest first."""
        return sorted(path.name for path in (self.backups / "base").iterdir())

    def switch(self) -> None:
        """Have the server finish a piece of its log, and wait until it is kept."""
        piece = self.ask("SELECT pg_walfile_name(pg_switch_wal())")
        wait_until(lambda: piece in self.archived())

    def give(self, *paths: Path) -> None:
        """Return files to the account the server runs as."""
        owner = (self.folder / "data").stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)

    def archived(self) -> list[str]:
        """Name the pieces of the log that are kept."""
        return sorted(path.name for path in (self.backups / "wal").iterdir())


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    made = Place()
    made.ask("CREATE TABLE letters (id int PRIMARY KEY, words text)")
    yield made
    made.cluster.stop()


@pytest.fixture
def copied(place: Place) -> Place:
    """Return the server with a copy of it, and rows written before and after the copy was made."""
    place.ask("DELETE FROM letters", "INSERT INTO letters SELECT n, 'before' FROM generate_series(1, 150) n")
    code, said = place.run("backup.sh")
    assert code == 0, said
    assert "verified" in said
    settings = place.backups / "base" / place.copies()[-1] / "settings"
    assert {"postgresql.conf", "pg_hba.conf"} <= {path.name for path in settings.iterdir()}
    place.ask("INSERT INTO letters SELECT n, 'after' FROM generate_series(151, 250) n")
    return place


@pytest.fixture
def place_with_a_copy(place: Place) -> Place:
    """Return the server with some copy of it."""
    if not (place.backups / "base").exists() or not place.copies():
        code, said = place.run("backup.sh")
        assert code == 0, said
    return place


COUNT = "SELECT count(*) FROM letters"


def test_a_dropped_table_comes_back_with_every_row(copied: Place) -> None:
    moment = copied.ask("SELECT clock_timestamp()")
    copied.ask("SELECT pg_sleep(0.05)", "DROP TABLE letters")
    copied.switch()
    code, said = copied.run("restore-drill.sh", moment.isoformat(sep=" "), IOMS_QUESTION=COUNT)
    assert code == 0, said
    assert said.splitlines()[0] == str(ROWS)
    # The control: the newest moment is after the mistake, and the drill says that its question has no answer.
    code, said = copied.run("restore-drill.sh", IOMS_QUESTION=COUNT)
    assert code == 1
    assert "did not answer" in said
    copied.ask("CREATE TABLE letters (id int PRIMARY KEY, words text)")


def test_the_newest_moment_holds_what_was_written_after_the_copy(copied: Place) -> None:
    copied.switch()
    code, said = copied.run("restore-drill.sh", IOMS_QUESTION=COUNT)
    assert (code, said.splitlines()[0]) == (0, str(ROWS)), said
    assert list((copied.folder / "drills").glob("*/data")) == [], "a drill leaves no records behind"
    # The control: without the log that was archived, what came after the copy is not there.
    wal = copied.backups / "wal"
    wal.rename(copied.backups / "away")
    wal.mkdir()
    code, said = copied.run("restore-drill.sh", IOMS_QUESTION=COUNT)
    shutil.rmtree(wal)
    (copied.backups / "away").rename(wal)
    assert (code, said.splitlines()[0]) == (0, "150"), said


def test_what_the_drill_asks_by_itself_has_an_answer(shared_location: str) -> None:
    """The whole drill as documented is a long test, because it takes half a minute: `test_guide_long.py`."""
    asked = (
        (DEPLOY / "restore-drill.sh").read_text(encoding="utf-8").partition("${IOMS_QUESTION:-")[2].partition("}")[0]
    )
    with psycopg.connect(shared_location) as connection:
        found = [row[0].split() for row in connection.execute(asked.encode()).fetchall()]
        assert [name for name, _ in found] == ["people", "cases", "contacts", "audit"]
        # The control: in the schema of the records there is no audit.
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute(asked.replace("ioms_audit.", "").encode())


def test_a_moment_before_every_copy_is_refused(place_with_a_copy: Place) -> None:
    place = place_with_a_copy
    code, said = place.run("restore-drill.sh", "2001-01-01 00:00:00+00")
    assert code == 1
    assert "there is no copy" in said


def test_a_damaged_copy_is_found(place_with_a_copy: Place) -> None:
    place = place_with_a_copy
    newest = place.backups / "base" / place.copies()[-1] / "data"
    assert place.cluster.run(place.cluster.binaries / "pg_verifybackup", "--quiet", newest) == (0, "")
    victim = max((newest / "base").glob("*/*"), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    code, said = place.cluster.run(place.cluster.binaries / "pg_verifybackup", newest)
    assert code == 1
    assert victim.name in said
    shutil.rmtree(newest.parent)


def test_a_copy_that_shrank_by_half_raises_the_alarm_and_lets_none_go(place_with_a_copy: Place) -> None:
    place = place_with_a_copy
    newest = place.backups / "base" / place.copies()[-1] / "data"
    (newest / "ballast").write_bytes(os.urandom(120_000_000))
    (place.backups / "trusted").write_text(newest.parent.name, encoding="utf-8")
    before, few = place.copies(), {"IOMS_KEEP_DAYS": "1", "IOMS_KEEP_WEEKS": "0", "IOMS_KEEP_MONTHS": "0"}
    for _ in range(2):  # the next one is as small, and is not taken for the usual size
        code, said = place.run("backup.sh", **few)
        assert code == 1
        assert "less than half" in said
        taken = int(time())
        wait_until(lambda: int(time()) > taken)  # noqa: B023 - a copy is named by its second
    assert set(before) < set(place.copies())
    (place.backups / "trusted").unlink()
    code, said = place.run("backup.sh")
    (newest / "ballast").unlink()
    assert code == 0, said


def test_a_copy_that_cannot_be_made_leaves_the_former_ones(place_with_a_copy: Place) -> None:
    place = place_with_a_copy
    before, good = place.copies(), (place.backups / "last-good").read_text(encoding="utf-8")
    code, said = place.run("backup.sh", PGHOST=str(place.folder / "nobody"))
    assert code == 1
    assert "the copy was not made" in said
    assert place.copies() == before
    assert (place.backups / "last-good").read_text(encoding="utf-8") == good


def test_the_oldest_go_and_the_log_goes_with_the_oldest_day(place_with_a_copy: Place) -> None:
    place = place_with_a_copy
    base, label = place.backups / "base", "backup_label"
    *former, newest = place.copies()
    for made in former:
        shutil.rmtree(base / made)
    # The real copy is put among days long past: made just before midnight it would be of another day than the next one.
    (base / newest).rename(base / "20260401T120000Z-2026W14")
    newest = "20260401T120000Z-2026W14"
    for number in range(91):
        on = date(2026, 1, 1) + timedelta(days=number)
        data = base / f"{on:%Y%m%d}T020000Z-{on:%GW%V}" / "data"
        data.mkdir(parents=True)
        shutil.copy(base / newest / "data" / label, data / label)
        place.give(data.parent, data, data / label)
    (place.backups / "wal" / "000000010000000000000000").touch()
    began = (base / newest / "data" / label).read_text(encoding="utf-8")
    first = began.partition("(file ")[2].partition(")")[0]
    needed = {name for name in place.archived() if len(name) == len(first) and name >= first}
    ahead = base / "20990101T020000Z-2099W01"  # of a clock that was ahead: it stays, and covers no day
    ahead.mkdir()
    place.give(ahead)
    code, said = place.run("backup.sh", IOMS_KEEP_DAYS="7", IOMS_KEEP_WEEKS="4", IOMS_KEEP_MONTHS="3")
    assert code == 0, said
    assert "copies dated later than now: 1." in said
    ahead.rmdir()
    days = ["20260327", "20260328", "20260329", "20260330", "20260331"]
    weeks, months = ["20260301", "20260308", "20260315", "20260322"], ["20260131", "20260228"]
    *old, first_of_day, second_of_day, new = place.copies()
    assert [name[:8] for name in old] == [*months, *weeks, *days]
    assert (first_of_day[:8], second_of_day) == ("20260401", newest), "two of one day both stay"
    assert new > newest
    pieces = {name for name in place.archived() if len(name) == len(first)}
    assert needed
    assert needed <= pieces
    assert min(pieces) == first


def test_a_piece_of_the_log_is_kept_once_and_never_written_over(place_with_a_copy: Place) -> None:
    place = place_with_a_copy
    piece = place.folder / "piece"
    piece.write_bytes(b"one" * 1000)
    place.give(piece)
    assert place.run("archive-wal.sh", str(piece), "0000000F")[0] == 0
    assert place.run("archive-wal.sh", str(piece), "0000000F")[0] == 0
    piece.write_bytes(b"two" * 1000)
    assert place.run("archive-wal.sh", str(piece), "0000000F")[0] != 0
    assert (place.backups / "wal" / "0000000F").read_bytes() == b"one" * 1000
    (place.backups / "wal" / "0000000F").unlink()


SHELLCHECK = shutil.which("shellcheck")


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not installed")
def test_the_scripts_have_no_fault_that_shellcheck_knows() -> None:
    done = subprocess.run([str(SHELLCHECK), *DEPLOY.glob("*.sh")], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
