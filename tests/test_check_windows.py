"""What tries the program on Windows says what it could not try, and names packages as Windows wants them."""

from __future__ import annotations

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
