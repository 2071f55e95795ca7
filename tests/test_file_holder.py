"""Replacing a file that another program has open waits for a moment, and then names who it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ioms_desktop import file_holder
from ioms_desktop.atomic_file import write_file
from ioms_desktop.file_holder import likely_holder

SHARING_VIOLATION = 32
HOLD = "import sys; held = open(sys.argv[1], 'rb'); print('open', flush=True); sys.stdin.read()"


class InUse:
    """Refuses the replacing of a file as Windows does, some times or always."""

    def __init__(self, patch: pytest.MonkeyPatch, times: float, code: int = SHARING_VIOLATION) -> None:
        self.asked, really = 0, Path.replace

        def replace(part: Path, target: Path) -> Path:
            self.asked += 1
            if self.asked > times:
                return really(part, target)
            error = PermissionError(13, "The process cannot access the file")
            error.winerror = code  # type: ignore[attr-defined]  # as on Windows
            raise error

        patch.setattr(Path, "replace", replace)


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(file_holder, "PAUSE_S", 0)
    path = tmp_path / "list.xlsx"
    path.write_text("before", encoding="utf-8")
    return path


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_file_that_a_virus_scanner_lets_go_is_replaced(
    note: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = InUse(monkeypatch, 3, code)
    write_file(note, "after")
    assert (note.read_text(encoding="utf-8"), refusing.asked) == ("after", 4)
    assert list(note.parent.iterdir()) == [note]


def test_a_file_that_stays_open_is_left_as_it_was_and_the_likely_program_named(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_holder, "PATIENCE_S", 0)
    InUse(monkeypatch, float("inf"))
    with pytest.raises(PermissionError, match=r"probably Excel, has it open; close it there and try again") as raised:
        write_file(note, "after")
    assert raised.value.filename == str(note)
    assert note.read_text(encoding="utf-8") == "before"
    assert list(note.parent.iterdir()) == [note]


@pytest.mark.parametrize("code", [None, 2, 19])
def test_a_right_that_is_missing_is_not_waited_for(note: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = InUse(monkeypatch, float("inf"), code)
    with pytest.raises(PermissionError, match="cannot access"):
        write_file(note, "after")
    assert refusing.asked == 1


@pytest.mark.parametrize(
    ("name", "lock", "named"),
    [
        ("list.xlsx", "~$list.xlsx", "Microsoft Office"),
        ("minutes.docx", "~$nutes.docx", "Microsoft Office"),
        ("list.ods", ".~lock.list.ods#", "LibreOffice"),
        ("summary.PDF", "", "another program, probably a PDF reader,"),
        ("rows.csv", "~$other.csv", "another program, probably Excel,"),
        ("cases.ioms.keys", "", "another program, such as a backup or virus scanner,"),
    ],
)
def test_the_program_is_told_from_its_lock_file_or_the_kind_of_file(
    tmp_path: Path, name: str, lock: str, named: str
) -> None:
    path = tmp_path / name
    path.touch()
    if lock:
        (tmp_path / lock).touch()
    assert likely_holder(path) == named


def test_another_programs_open_file_is_refused_on_windows_and_replaced_elsewhere(
    note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_holder, "PATIENCE_S", 0)
    command = [sys.executable, "-c", HOLD, str(note)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline().strip() == "open"
        if os.name == "nt":
            with pytest.raises(PermissionError, match="has it open; close it there and try again"):
                write_file(note, "after")
        else:
            write_file(note, "after")
    write_file(note, "at last")
    assert note.read_text(encoding="utf-8") == "at last"
