"""Another key for a local file: stopped anywhere it opens again, and whoever was let go is left out."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from forked_scripts import script_runner
from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage import users
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.unlocking import open_with_password
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.envelope import DerivedKey, WrongKey
from ioms_desktop.storage.sqlite import key_file, rotation
from ioms_desktop.storage.sqlite.engine import connect, key_literal
from ioms_desktop.storage.sqlite.key_file import PERSON, RECOVERY
from ioms_desktop.storage.store import Store
from keys import CODE, TEST_KEY, opened, with_users
from sampling import some_of
from stored_samples import PERSON as SOMEBODY
from stored_samples import act
from waiting import wait_until

PASSWORD = "four plain words here"
ROWS = 1_500
CHILD = """
import os, signal, sys
from ioms_desktop.storage.sqlite import engine, key_file, rotation
from ioms_desktop.storage.database.unlocking import open_with_password

location, point = sys.argv[1], sys.argv[2]
def die(): os.kill(os.getpid(), signal.SIGKILL)

saves, save = [], key_file.save
def counted(*given):
    saves.append(1)
    if point == f"before save {len(saves)}": die()
    save(*given)
    if point == f"after save {len(saves)}": die()
key_file.save = counted

class Watched:
    def __init__(self, inner): self.inner = inner
    def __getattr__(self, name): return getattr(self.inner, name)
    def execute(self, statement, *given):
        rekey = statement.startswith("PRAGMA rekey")
        if rekey and point == "before rekey": die()
        if rekey: print("rekey", flush=True)
        answer = self.inner.execute(statement, *given)
        if rekey and point == "after rekey": die()
        if statement.startswith("DELETE FROM meta") and point == "after the note": die()
        return answer

connect = engine.connect
engine.connect = lambda *given: Watched(connect(*given))
open_with_password(location, "ann", "four plain words here").store.close()
print("done")
"""
POINTS = (
    "before save 1",
    "after save 1",
    "before rekey",
    "after rekey",
    "after the note",
    "before save 2",
    "after save 2",
)


@pytest.fixture(scope="module")
def template(_local_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that ann and bob may open, and from which carol was let go a moment ago."""
    local_location = str(shutil.copy(_local_template, tmp_path_factory.mktemp("due") / "cases.ioms"))
    with_users(local_location, dict.fromkeys(("ann", "bob", "carol"), "administrator"), PASSWORD)
    store = opened(local_location)
    with store.begin(act()) as tx:
        tx.add(SOMEBODY)
        users.set_active(tx, "carol", active=False)
        rotation.mark_rotation_due(tx)
    store.close()
    return Path(local_location)


@pytest.fixture
def due(template: Path, tmp_path: Path) -> str:
    """Copy the file, with the file of its keys, for a test of its own."""
    for file in (template, key_file.key_file_path(str(template))):
        shutil.copy(file, tmp_path / file.name)
    return str(tmp_path / template.name)


def enlarge(location: str) -> None:
    """Return the change of a key so many pages that it can be stopped among them."""
    with closing(connect(Path(location), TEST_KEY)) as db:
        db.execute("CREATE TABLE ballast (text)")
        db.execute("BEGIN")
        db.executemany("INSERT INTO ballast VALUES (?)", [("x" * 3500,)] * ROWS)
        db.execute("COMMIT")


def start(location: str, point: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, location, point], stdout=subprocess.PIPE, text=True)


def whole(store: Store) -> None:
    with store.read() as reading:
        assert check_integrity(reading)[1] == ()
        assert not rotation.is_rotation_due(reading)
        assert len(reading.list_records(type(SOMEBODY))) == 1


def opens_with_a_new_key_only(location: str) -> None:
    """The next opening puts everything right; nobody but those who may can open it then."""
    for name, kind in (("ann", PERSON), ("bob", PERSON), ("", RECOVERY)):
        found = open_with_password(location, name, CODE if kind == RECOVERY else PASSWORD, kind=kind)
        whole(found.store)
        found.store.close()
    file = key_file.load(location)
    assert len(file.key_numbers()) == 1
    assert {slot.name for slot in file.slots} == {"ann", "bob", ""}
    with pytest.raises(WrongKey):
        open_with_password(location, "carol", PASSWORD)
    with pytest.raises(Refused):
        open_store(location, TEST_KEY)
    assert not list(Path(location).parent.glob(".*.part"))


@pytest.fixture(scope="module")
def run_child() -> Iterator[Callable[..., int]]:
    """Return a way to run the script on a file until a point; it gives the exit code."""
    with script_runner(PASSWORD) as run:
        yield partial(run, CHILD)


@pytest.mark.posix("a program that is forked, and killed at once")
@pytest.mark.sampled
@pytest.mark.parametrize("point", some_of(POINTS, 3))
def test_stopped_at_any_step_it_opens_again(due: str, point: str, run_child: Callable[..., int]) -> None:
    assert run_child(due, point) == -signal.SIGKILL
    opens_with_a_new_key_only(due)


def test_stopped_among_the_pages_it_opens_again(due: str) -> None:
    """The journal beside the file shows that the change was under way: without it this test would be blind."""
    enlarge(due)
    journal, cut = Path(f"{due}-journal"), 0
    for size in (1, 1_000_000, 3_000_000):
        store = opened_for_change(due)
        child = start(due, "never")
        wait_until(partial(_is_under_way, child, journal, size), every=0.001)
        child.kill()
        child.communicate()
        cut += journal.exists()
        whole_again = open_with_password(due, "bob", PASSWORD)
        whole(whole_again.store)
        assert whole_again.store.key != store
        whole_again.store.close()
    assert cut, "no kill fell among the pages"
    opens_with_a_new_key_only(due)


def _is_under_way(child: subprocess.Popen[str], journal: Path, size: int) -> bool:
    """Whether the journal has reached a size, or there is nothing to wait for any more."""
    return child.poll() is not None or (journal.exists() and journal.stat().st_size >= size)


def opened_for_change(location: str) -> bytes:
    """Make a change of the key due again, where an earlier round has made one; gives the present key."""
    found = open_with_password(location, "bob", PASSWORD) if key_file.load(location).key_numbers() != [1] else None
    if found is None:
        return TEST_KEY
    with found.store.begin(act()) as tx:
        rotation.mark_rotation_due(tx)
    found.store.close()
    assert found.store.key is not None
    return found.store.key


def test_the_other_order_would_lose_everything(due: str) -> None:
    """The control: the file first and the key file after it, stopped between the two."""
    new = bytes(range(1, 33))
    with closing(connect(Path(due), TEST_KEY)) as db:
        db.execute(f"PRAGMA rekey={key_literal(new)}")
    with pytest.raises(Refused, match="does not open this database"):
        open_with_password(due, "ann", PASSWORD)


def test_while_somebody_has_the_file_open_it_keeps_its_key_and_gets_another_afterwards(due: str) -> None:
    other = opened(due)
    with other.read():
        found = open_with_password(due, "ann", PASSWORD)
        assert found.store.key == TEST_KEY
        with found.store.read() as reading:
            assert rotation.is_rotation_due(reading)
        found.store.close()
    other.close()
    opens_with_a_new_key_only(due)


def test_who_changes_the_key_goes_on_working(due: str) -> None:
    found = open_with_password(due, "ann", PASSWORD)
    with found.store.begin(act()) as tx:
        rotation.mark_rotation_due(tx)
    before = found.store.key
    assert rotation.rotate_key(found.store)
    assert found.store.key != before
    whole(found.store)
    found.store.close()


def test_a_slot_that_nobody_with_the_key_wrote_gets_no_new_key(due: str) -> None:
    """Somebody who can write the key file, and no more, puts a public key of their own into it."""
    file = key_file.load(due)
    mallory = key_file.with_slot(file, PERSON, "bob", "a password of mallory's own", {1: bytes(32)})
    key_file.save(due, mallory)
    found = open_with_password(due, "ann", PASSWORD)
    found.store.close()
    assert {slot.name for slot in key_file.load(due).slots} == {"ann", ""}
    with pytest.raises(WrongKey):
        open_with_password(due, "bob", "a password of mallory's own")


def test_somebody_who_reads_the_key_file_during_the_change_is_let_in_after_it(
    due: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading the key file and opening the database somebody else changes both."""
    true = key_file.unlock
    done: list[str] = []

    def meanwhile(
        file: key_file.KeyFile, kind: str, name: str, password: str, derived: DerivedKey | None
    ) -> key_file.UnlockedSlot:
        unlocked = true(file, kind, name, password, derived)
        if not done:
            done.append(name)
            open_with_password(due, "ann", PASSWORD).store.close()
        return unlocked

    monkeypatch.setattr(key_file, "unlock", meanwhile)
    found = open_with_password(due, "bob", PASSWORD)
    assert done == ["bob"]
    assert found.store.key != TEST_KEY
    whole(found.store)
    found.store.close()


@pytest.mark.skipif(os.name != "posix", reason="the system has no such limit")
def test_a_full_disk_leaves_the_old_key_or_the_new_one_and_never_neither(due: str) -> None:
    enlarge(due)
    limit = Path(due).stat().st_size // 2  # the journal does not fit
    limited = f"import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"  # noqa: E501
    child = subprocess.run(
        [sys.executable, "-c", limited + CHILD, due, "never"], capture_output=True, text=True, timeout=60, check=False
    )
    assert "done" in child.stdout, child.stderr
    assert "rekey" in child.stdout
    assert child.returncode == 0
    with pytest.raises(WrongKey):
        open_with_password(due, "carol", PASSWORD)
    opens_with_a_new_key_only(due)
