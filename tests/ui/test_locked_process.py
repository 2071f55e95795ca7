"""A window that is locked in earnest: the process is stopped as by a closed lid, wakes, ends, and another one asks."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.drafts import list_drafts
from ioms_desktop.services.process_isolation import LOCK_REASON_VARIABLE
from ioms_desktop.services.sign_in.sign_in import sign_in
from keys import with_users
from ui.case_sessions import HARKER, MARLOW, filled
from ui.window_at_work import at_work, idle
from waiting import wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="looks into other processes by /proc")
PASSWORD = "four plain words here"
MARKER = "Kestrel-7713-Saltmarsh"
LIMIT = 1.0
WORKER = """
import sys
from dataclasses import replace
from PySide6.QtWidgets import QApplication
from ioms_desktop.app import _derive_key, _open_session, create_application
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.change_feed import ChangeListener
from ioms_desktop.settings import Settings
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.case_subject import subject_of
location, user, password, backwards, limit, *cases = sys.argv[1:]
ChangeListener.__init__.__defaults__ = (3_600.0, 75.0)  # what it learns, it is told, and does not find out by asking
windows = create_application(replace(Settings.read(location, user), idle_seconds=float(limit)))
session = _open_session(location, user, password, _derive_key(location, user, password))
windows.show_main_window(session)
window = windows.current_window
for case_ref in cases:
    window.open_case(case_ref)
dialog = RecordContactDialog(session, window.tasks, subject_of(session, open_case(session, cases[0])), parent=window)
dialog.open()
dialog.what.set_value(backwards[::-1])
QApplication.clipboard().setText(dialog.what.value())
print("typed", flush=True)
sys.stdin.readline()
QApplication.exec()
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is left when a window has been locked.

    Attributes:
        location: The database.
        profile: Where settings, data and temporary files of both processes lie.
        ended: How the process ended that held the data.
        found_before: How often the marker was in its memory before; None where it may not be read.
        asking: The process that stands now.
    """

    location: str
    profile: Path
    ended: int
    found_before: int | None
    asking: int


@pytest.fixture(scope="module")
def scene(_local_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    profile = tmp_path_factory.mktemp("profile")
    location = str(shutil.copy(_local_template, profile / "cases.ioms"))
    filled(location).close()
    with_users(location, {"wright": Role.SUPERVISOR}, PASSWORD)
    places = {name: str(profile / name.lower()) for name in ("IOMS_DATA", "IOMS_SETTINGS", "TMPDIR", "HOME")}
    for place in places.values():
        Path(place).mkdir()
    command = [sys.executable, "-c", WORKER, location, "wright", PASSWORD, MARKER[::-1], str(LIMIT), HARKER, MARLOW]
    with begun_worker(command, places) as worker:
        worker.send_signal(signal.SIGSTOP)  # the lid is closed
        before = in_memory(worker.pid)
        time.sleep(LIMIT)  # the computer is asleep for the whole idle time
        go_on(worker)
        worker.send_signal(signal.SIGCONT)
        ended = worker.wait(60)
    asking = _asking(places["IOMS_DATA"])
    yield Scene(location, profile, ended, before, asking)
    with suppress(ProcessLookupError):
        os.kill(asking, signal.SIGKILL)


@contextmanager
def begun_worker(command: list[str], places: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Start a window in which something is typed; it does nothing more until `go_on`."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=os.environ | places, stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "typed\n"
        yield worker


def go_on(worker: subprocess.Popen[str]) -> None:
    """Let the window that was begun look at the clock."""
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


def _asking(data: str) -> int:
    """Find the process that was started with our folder, and wait until its window is shown and fully loaded."""

    def found() -> int:
        for place in Path("/proc").iterdir():
            ours = place.name.isdecimal() and _holds(
                place / "environ", f"IOMS_DATA={data}\0", f"{LOCK_REASON_VARIABLE}=idle kept\0"
            )
            if ours and _holds(place / "maps", "argon2"):
                return int(place.name)
        return 0

    return wait_until(found, every=0.1)


def _holds(path: Path, *words: str) -> bool:
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return all(each.encode() in content for each in words)


def in_memory(process: int) -> int | None:
    """Count the marker in a process's memory, as Python and as Qt keep text; None where it may not be read."""
    found = 0
    try:
        regions = Path(f"/proc/{process}/maps").read_text().splitlines()
        with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
            for region in regions:
                span, rights, *_ = region.split()
                first, last = (int(end, 16) for end in span.split("-"))
                if not rights.startswith("r") or "[v" in region:
                    continue
                with suppress(OSError, ValueError, OverflowError):
                    memory.seek(first)
                    found += count_in(memory.read(last - first))
    except PermissionError:
        return None
    return found


def count_in(content: bytes) -> int:
    return sum(content.count(MARKER.encode(coding)) for coding in ("utf-8", "utf-16-le"))


def files_with(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and count_in(path.read_bytes()))


def test_the_process_that_held_the_data_has_ended_and_another_asks(scene: Scene) -> None:
    assert scene.ended == 0
    assert Path(f"/proc/{scene.asking}/environ").exists()
    told = Path(f"/proc/{scene.asking}/environ").read_bytes().split(b"\0")
    assert b"IOMS_USER=wright" in told
    assert f"IOMS_DATABASE={scene.location}".encode() in told
    assert PASSWORD.encode() not in b"".join(told)
    assert PASSWORD.encode() not in Path(f"/proc/{scene.asking}/cmdline").read_bytes()


def test_no_file_holds_what_was_typed_or_copied(scene: Scene) -> None:
    assert len(list(scene.profile.rglob("*.draft"))) == 1
    assert len(list(scene.profile.rglob("place.session"))) == 1
    assert files_with(scene.profile) == []
    # The same search is not blind.
    written = scene.profile / "tmpdir" / "written on purpose.txt"
    written.write_text(f"said {MARKER} again", encoding="utf-16-le")
    assert files_with(scene.profile) == [written.name]
    written.unlink()


def test_the_memory_of_what_stands_now_holds_nothing_of_it(scene: Scene) -> None:
    after = in_memory(scene.asking)
    if scene.found_before is None or after is None:
        pytest.skip("the memory of other processes may not be read here")
    assert scene.found_before > 0  # the control: before, the same search found it
    assert after == 0


def test_signed_in_again_the_entry_is_offered_and_the_tabs_are_open(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IOMS_DATA", str(scene.profile / "ioms_data"))
    session = sign_in(scene.location, "wright", PASSWORD)
    (entry,) = list_drafts(session).entries
    assert entry.draft.fields["done"] == MARKER
    with at_work(qtbot, session, tmp_path) as window:
        idle(qtbot, window)
        assert window.tabs.open_cases == (HARKER, MARLOW)
        assert window.tabs.current_case == MARLOW
        assert window.unsaved_banner.message.text() == "You have one unsaved entry."
