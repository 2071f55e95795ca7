"""What tries the program on Windows says what it could not try, and names packages as Windows wants them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

from tools import check_windows
from tools.windows import setting_up, wine


def test_without_wine_what_is_left_out_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wine, "missing", lambda: ["wine64"])
    monkeypatch.setattr(wine, "apt_install", lambda _packages: False)
    monkeypatch.setattr(sys, "argv", ["check_windows.py"])
    assert check_windows.main() == 0
    said = capsys.readouterr().out
    assert said.startswith("Not tried on Windows, because Wine is missing: wine64 cannot be installed here")
    assert said.rstrip().endswith("Left out: types, commands, window, tests, frozen.")


def test_a_part_that_is_none_is_refused_and_nothing_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["check_windows.py", "tests", "comands"])
    assert check_windows.main() == 2
    assert "There is no part comands; there are types, commands," in capsys.readouterr().out


def test_a_part_that_breaks_off_is_told_and_the_others_are_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def breaks_off(_windows: wine.Windows) -> str:
        raise OSError("no room")

    nothing = subprocess.Popen([sys.executable, "-c", ""])
    monkeypatch.setattr(check_windows, "FOLDER", tmp_path)
    monkeypatch.setattr(check_windows, "find_wine", lambda: Path("wine64"))
    monkeypatch.setattr(check_windows, "start_display", lambda _folder: (nothing, ":0"))
    monkeypatch.setattr(check_windows, "set_up", lambda _windows: None)
    monkeypatch.setattr(check_windows, "PARTS", {"types": breaks_off, "tests": lambda _windows: "12 passed"})
    monkeypatch.setattr(sys, "argv", ["check_windows.py"])
    assert check_windows.main() == 1
    said = capsys.readouterr().out
    assert "types: FAILED: it could not be tried to its end: OSError: no room" in said
    assert "tests: 12 passed, in 0 s" in said


def test_the_locked_packages_are_those_of_windows() -> None:
    pins = setting_up._wanted()  # noqa: SLF001  what pip is asked for
    names = {pin.split("==")[0] for pin in pins}
    assert all("--hash=sha256:" in pin and ";" not in pin for pin in pins)
    assert {"tzdata", "colorama", "pywin32-ctypes", "pyside6-essentials", "pytest"} <= names
    assert names.isdisjoint({"macholib", "ruff", "mypy", "libcst"})


@pytest.mark.parametrize(
    ("given", "asked"),
    [("QT_QPA_PLATFORM", "WINEQT_QPA_PLATFORM"), ("TEMP", "WINETEMP"), ("IOMS_DATA", "IOMS_DATA")],
)
def test_a_variable_reaches_windows_under_the_name_that_wine_passes_on(given: str, asked: str, tmp_path: Path) -> None:
    windows = wine.Windows(tmp_path, tmp_path, ":0")
    assert windows.environment({given: "x"})[asked] == "x"


def test_a_file_is_named_as_on_windows() -> None:
    assert wine.windows_path(Path("/srv/a b/c")) == "Z:\\srv\\a b\\c"
