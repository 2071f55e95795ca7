"""What is tried on Windows; each part says what held, or raises what did not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.windows.wine import SHARE_DRIVE, windows_path

if TYPE_CHECKING:
    from tools.windows.wine import Windows

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/domain",
    "tests/exchange",
    "tests/reports",
    "tests/charts",
    "tests/test_atomic_file.py",
    "tests/test_file_access.py",
    "tests/test_file_holder.py",
    "tests/test_paths.py",
    "tests/test_shared_log.py",
    "tests/cli/test_standard_streams.py",
    "tests/storage/test_drafts.py",
    "tests/storage/test_key_file.py",
    "tests/storage/test_network_share.py",
    "tests/storage/test_opening.py",
)
"""Rules, papers and files, and whatever is another matter on Windows; not the server's."""
WINDOW_TESTS = "tests/ui/test_theme.py"
TEST_SECONDS = 1_200
COUNTS = re.compile(r"\d+ (passed|failed|error).* in [\d.]+s")
"""The line in which pytest sums up."""
TOO_SLOW = "not several_programs"
"""Several programs at once start more slowly under Wine than a lock is waited for."""
WINDOW_SECONDS = 120
NAMES = "Łukasz Ødegård"
PASSWORD = "correct horse battery staple"  # noqa: S105 - fictional
SESSION_LOCK = """import ctypes, sys
from ctypes import wintypes
user = ctypes.windll.user32
@ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)
def each(window, _):
    title = ctypes.create_unicode_buffer(300)
    user.GetWindowTextW(window, title, 300)
    if "IOMS Desktop" in title.value:
        user.PostMessageW(wintypes.HWND(window), 0x02B1, 7, 0)
    return True
user.EnumWindows(each, 0)
"""
"""Tells every window of the program what Windows tells it when somebody locks the screen."""


class DoesNotHoldError(Exception):
    """Something did not work on Windows; the message says what."""


def types(_windows: Windows) -> str:
    """Check the types of what only runs on Windows, which the usual check leaves out."""
    command = [sys.executable, "-m", "mypy", "--platform", "win32", "src/ioms_desktop/windows_api.py"]
    command += ["src/ioms_desktop/file_access.py", "src/ioms_desktop/file_holder.py", "src/ioms_desktop/shared_log.py"]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        raise DoesNotHoldError("mypy found something, see above")
    return "clean"


def tests(windows: Windows) -> str:
    """Run the tests that need no server; those that Windows cannot run are skipped by name."""
    fonts = windows_path(ROOT / "resources" / "fonts")
    return _pytest(windows, *TESTS, "-k", TOO_SLOW, QT_QPA_PLATFORM="offscreen", QT_QPA_FONTDIR=fonts)


def window(windows: Windows) -> str:
    """Draw in real windows; then sign in to the demo, lock the screen, and be asked again who it is."""
    # Wine 8 does not know every way to scale a window, which Qt says.
    drawn = _pytest(windows, WINDOW_TESTS, "-o", "qt_log_level_fail=CRITICAL", QT_QPA_PLATFORM="windows")
    place = _empty(windows, "window")
    settings = _settings(windows) | _demo(place)
    del settings["IOMS_PASSWORD"]
    _command(windows, settings, "demo", "--no-window")
    program = windows.start(windows.python / "python.exe", "-m", "ioms_desktop", **settings)
    try:
        _wait_for(windows, "Sign in")
        time.sleep(5)  # xdotool cannot ask whether the window takes keys yet
        _xdotool(windows, "type", "--delay", "80", "demo")
        _xdotool(windows, "key", "Return")
        _wait_for(windows, "Local file")
        windows.run_python("-c", SESSION_LOCK)
        _wait_for(windows, "Sign in")
        program.wait(WINDOW_SECONDS)
    except subprocess.TimeoutExpired:
        raise DoesNotHoldError("the process with what was read in its memory went on after the lock") from None
    finally:
        program.kill()
        _xdotool(windows, "key", "alt+F4")
    return f"{drawn}; signed in, locked, asked again"


def commands(windows: Windows) -> str:
    """Use the commands as an office does, with output into a pipe, which Windows gives the console's code page."""
    place = _empty(windows, "commands")
    (place / "backups").mkdir()
    names = ("new.ioms", "back.ioms", "out", "out.xlsx", "backups")
    at = {name: windows_path(place / name) for name in names}
    demo = _settings(windows) | _demo(place)
    _command(windows, demo, "--help")
    _command(windows, demo, "demo", "--no-window")
    _command(windows, demo, "triggers", "--open")
    _command(windows, demo, "check")
    for target in ("out", "out.xlsx"):
        _command(windows, demo, "export", "--reason", "CASE_CONFERENCE", at[target])
    summary = ("--audience", "full", "--reason", "CASE_CONFERENCE", "--out", windows_path(place / "paper"))
    _command(windows, demo, "print", "case-summary", "PHX-MARLOW", *summary)
    _command(windows, demo | {"IOMS_USER": "admin"}, "backup", at["backups"])
    (backup,) = (place / "backups").glob("*.ioms")
    restored = demo | {"IOMS_USER": "admin", "IOMS_DATABASE": at["back.ioms"]}
    _command(windows, restored, "restore", windows_path(backup), "--reason", "drill")
    new = demo | {"IOMS_PASSWORD": PASSWORD, "IOMS_NEW_PASSWORD": PASSWORD, "IOMS_DATABASE": at["new.ioms"]}
    _command(windows, new, "init", "--admin", "boss")
    _command(windows, new | {"IOMS_USER": "boss"}, "user", "add", "--role", "supervisor", NAMES)
    if NAMES not in _command(windows, new | {"IOMS_USER": "boss"}, "user", "list"):
        raise DoesNotHoldError(f"{NAMES} was not written as stored")
    for source in ("out", "out.xlsx"):
        _command(windows, new | {"IOMS_USER": NAMES}, "import", at[source])
    shared = new | {"IOMS_DATABASE": f"{SHARE_DRIVE}new.ioms"}
    if "network share" not in _command(windows, shared, "init", "--admin", "boss", status=1):
        raise DoesNotHoldError("a database was made on a drive that is a share")
    return "an office's day, each with exit status 0, and a share refused"


def frozen(windows: Windows) -> str:
    """Freeze the program for Windows, put it where the path has a % and a space, and use both its programs."""
    place = _empty(windows, "frozen")
    work, made = windows_path(place / "work"), windows_path(place / "dist")
    arguments = ("-m", "PyInstaller", "--noconfirm", "--distpath", made, "--workpath", work)
    status, said = windows.run_python(*arguments, windows_path(ROOT / "build.spec"), seconds=TEST_SECONDS)
    if status:
        raise DoesNotHoldError(f"PyInstaller failed:\n{said[-2000:]}")
    home = place / "100% frozen"
    (place / "dist" / "ioms-desktop").rename(home)
    settings, pictures = _demo(place), windows_path(place / "pictures")
    for line in ("--version", "demo --no-window", "check", f"screenshots {pictures}"):
        status, said = windows.run(home / "ioms-desktop.exe", *line.split(), seconds=TEST_SECONDS, **settings)
        if status or not said.strip():
            raise DoesNotHoldError(f"the frozen ioms-desktop {line} gave {status}: {said[-500:]}")
    program = windows.start(home / "IOMS Desktop.exe", **settings)
    try:
        _wait_for(windows, "Sign in")
    finally:
        program.kill()
    return f"{len(list((place / 'pictures').iterdir()))} pictures by processes of its own, and a window"


def _pytest(windows: Windows, *asked: str, **more: str) -> str:
    """Run tests and give the last line of what pytest says."""
    place = _empty(windows, "tests")
    options = ("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=240")
    where = ("--rootdir", windows_path(ROOT), "-c", windows_path(ROOT / "pyproject.toml"))
    command = ("-m", "pytest", *options, *where, "--basetemp", windows_path(place))
    names = [windows_path(ROOT / each) if each.startswith("tests/") else each for each in asked]
    settings = _settings(windows) | {"IOMS_TEST_SHARE": SHARE_DRIVE} | more
    line, said = "", "nothing was run"
    for line in windows.lines(*command, *names, seconds=TEST_SECONDS, **settings):
        print(line, flush=True)
        said = line if COUNTS.search(line) else said
    if line != "0":
        stopped = f", stopped after {TEST_SECONDS} s" if line.startswith("-") else ""
        raise DoesNotHoldError(f"{said}{stopped}")
    return said.strip("= ")


def _command(windows: Windows, settings: dict[str, str], *arguments: str, status: int = 0) -> str:
    """Carry out a command of the program, and give what it wrote."""
    print(f"ioms-desktop {' '.join(arguments)}", flush=True)
    given, said = windows.run_python("-m", "ioms_desktop", *arguments, seconds=WINDOW_SECONDS * 3, **settings)
    if given != status or "went wrong" in said:
        raise DoesNotHoldError(f"ioms-desktop {' '.join(arguments)} gave {given}: {said[-1000:]}")
    return said


def _settings(windows: Windows) -> dict[str, str]:
    temporary = windows.folder / "temp"
    temporary.mkdir(exist_ok=True)
    return {"PYTHONPATH": windows_path(ROOT / "src"), "TEMP": windows_path(temporary), "TMP": windows_path(temporary)}


def _demo(place: Path) -> dict[str, str]:
    """Name the demo's database and one of its users, whose password is no secret, and folders of our own."""
    names = {"DATABASE": "data/demo.ioms", "SETTINGS": "settings", "DATA": "data"}
    folders = {f"IOMS_{name}": windows_path(place / each) for name, each in names.items()}
    return folders | {"IOMS_USER": "wright", "IOMS_PASSWORD": "demo"}


def _empty(windows: Windows, name: str) -> Path:
    """Make an empty folder for a part."""
    place = windows.folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return place


def _xdotool(windows: Windows, *arguments: str) -> bool:
    """Press keys or look for windows; False where there is nothing."""
    command = [shutil.which("xdotool") or "xdotool", *arguments]
    return subprocess.run(command, check=False, env=windows.environment({}), capture_output=True).returncode == 0


def _wait_for(windows: Windows, title: str) -> None:
    """Wait until a window with a title is there."""
    until = time.monotonic() + WINDOW_SECONDS
    while not _xdotool(windows, "search", "--name", re.escape(title)):
        if time.monotonic() > until:
            raise DoesNotHoldError(f"no window with the title {title} appeared")
        time.sleep(0.5)
