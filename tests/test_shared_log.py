"""Several windows and commands write one log: every entry stays whole, and the log does not grow for ever."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from ioms_desktop import shared_log
from ioms_desktop.app import configure_log_file
from ioms_desktop.file_access import others_may_use
from ioms_desktop.settings import Settings
from ioms_desktop.shared_log import SharedLogHandler, append_entry

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PROGRAMS, ENTRIES, LETTERS = 4, 50, 100
ROOM = 2 * (LETTERS + 1) * ENTRIES
"""Two files of this size hold what all the programs write, and three are kept."""
WRITE = """import sys; from pathlib import Path; from ioms_desktop import shared_log
shared_log.MAX_LOG_BYTES = int(sys.argv[3])
for number in range(int(sys.argv[4])):
    shared_log.append_entry(Path(sys.argv[1]), f"{sys.argv[2]}-{number}".ljust(int(sys.argv[5]), "."))"""


def entries(log: Path) -> list[str]:
    return [line for each in sorted(log.parent.glob(f"{log.name}*")) for line in each.read_text().splitlines()]


def test_programs_that_write_at_once_lose_and_tear_nothing(tmp_path: Path) -> None:
    log = tmp_path / "ioms-desktop.log"
    sizes = (str(ROOM), str(ENTRIES), str(LETTERS))
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(log), name, *sizes]) for name in "abcdefgh"[:PROGRAMS]
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * PROGRAMS
    written = entries(log)
    wanted = {f"{name}-{number}".ljust(LETTERS, ".") for name in "abcdefgh"[:PROGRAMS] for number in range(ENTRIES)}
    assert (len(written), set(written)) == (PROGRAMS * ENTRIES, wanted)
    assert (tmp_path / "ioms-desktop.log.1").exists()


def two_windows(first: logging.Handler, second: logging.Handler) -> None:
    for number in range(ENTRIES):
        for name, handler in (("a", first), ("b", second)):
            handler.emit(logging.makeLogRecord({"msg": f"{name}-{number}".ljust(LETTERS, ".")}))


def test_two_windows_lose_nothing_where_pythons_own_handler_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = ROOM * 36 // 100  # three files of this size hold everything
    monkeypatch.setattr(shared_log, "MAX_LOG_BYTES", most)
    log = tmp_path / "shared" / "ioms-desktop.log"
    two_windows(SharedLogHandler(log), SharedLogHandler(log))
    assert len(set(entries(log))) == 2 * ENTRIES
    careless = tmp_path / "careless.log"
    handlers = [RotatingFileHandler(careless, maxBytes=most, backupCount=2) for _ in range(2)]
    monkeypatch.setattr(logging, "raiseExceptions", False)
    monkeypatch.setattr(os, "rename", refuse)
    two_windows(*handlers)
    for handler in handlers:
        handler.close()
    assert len(set(entries(careless))) < 2 * ENTRIES


def refuse(*_names: object) -> None:
    """Refuse to rename, as Windows does while the other window has the log open."""
    raise PermissionError(13, "in use")


def test_a_full_log_is_put_aside_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_log, "MAX_LOG_BYTES", 30)
    log = tmp_path / "faults.log"
    for number in range(8):
        append_entry(log, f"entry {number}, a line")
    kept = {each.name: each.read_text().strip() for each in tmp_path.iterdir() if each.suffix != ".lock"}
    assert kept == {
        "faults.log": "entry 7, a line",
        "faults.log.1": "entry 6, a line",
        "faults.log.2": "entry 5, a line",
    }
    assert not any(others_may_use(each) for each in tmp_path.iterdir())


def test_a_log_that_another_program_has_open_goes_on_growing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_log, "MAX_LOG_BYTES", 30)
    log = tmp_path / "faults.log"
    append_entry(log, "before")
    monkeypatch.setattr(shared_log, "_put_aside", refuse)
    for number in range(4):
        append_entry(log, f"entry {number}, a line")
    assert len(entries(log)) == 5


def test_only_whoever_has_its_lock_puts_a_log_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_log, "MAX_LOG_BYTES", 30)
    monkeypatch.setattr(shared_log, "PATIENCE_S", 0)
    log = tmp_path / "faults.log"
    append_entry(log, "before, a line")
    with shared_log.locked(log.with_name("faults.log.lock")) as is_alone:
        append_entry(log, "meanwhile, a line")
        assert (is_alone, len(log.read_text().splitlines())) == (True, 2)
    append_entry(log, "afterwards, a line")  # the control
    assert (log.read_text().strip(), len(entries(log))) == ("afterwards, a line", 3)


def test_the_window_logs_there_and_takes_a_place_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger("ioms_desktop")
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "propagate", root.propagate)
    (tmp_path / "taken").touch()
    for folder in (tmp_path / "settings", tmp_path / "taken" / "settings"):
        monkeypatch.setenv("IOMS_SETTINGS", str(folder))
        root.handlers = []
        configure_log_file(Settings.read())
        root.error("a fault")
    assert "ERROR ioms_desktop: a fault" in (tmp_path / "settings" / "ioms-desktop.log").read_text()
