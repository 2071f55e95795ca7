"""Run every check, all at once, and every test; the tests end last, so that their count is the last thing said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MODULE = (sys.executable, "-m")
CHECKS = {
    "format": (*MODULE, "ruff", "format", "--check", "--quiet", "."),
    "ruff": (*MODULE, "ruff", "check", "--quiet", "."),
    "types": (*MODULE, "mypy"),
    "layers": (str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"),
}
SLOW_CHECK = "types"
WORKERS = 3
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of this run's own goes there
PREFIX = "ioms-tests-"
ENOUGH_MEMORY = 8 * 1024**3
"""Bytes that must be available: the files of a whole run take up to three gigabytes, its processes four."""


def main() -> int:
    """Run them all, even after a failure, and say which failed."""
    failed: list[str] = []
    with TemporaryDirectory() as folder:
        running = {name: start_check(name, command, Path(folder)) for name, command in CHECKS.items()}
        compile_modules()
        slow = running.pop(SLOW_CHECK)
        for check in running.values():
            show(check, failed)
        # The types are checked on while the tests run, and told in between; the other checks tell at once.
        shown_in_between = Thread(target=show, args=(slow, failed))
        shown_in_between.start()
        print("\n--- tests", flush=True)
        tests = run_tests(*sys.argv[1:])
        shown_in_between.join()
    if failed:
        print(f"\nThese checks failed, see above: {', '.join(failed)}", flush=True)
    return 0 if tests == 0 and not failed else 1


class RunningCheck(NamedTuple):
    """A check that was started, and the file with what it says."""

    name: str
    process: subprocess.Popen[bytes]
    said: Path


def start_check(name: str, command: tuple[str, ...], folder: Path) -> RunningCheck:
    """Start a check; each uses one core only, so they run beside each other."""
    said = folder / name
    with said.open("wb") as output:
        return RunningCheck(name, start(command, output), said)


def compile_modules() -> None:
    """Compile what was not compiled before: in a fresh clone each process of the tests would compile all of it."""
    start((*MODULE, "compileall", "-q", "-j", "0", "src", "migrations", "tools", "benchmarks")).wait()


def show(check: RunningCheck, failed: list[str]) -> None:
    """Wait for a check and show what it says; add its name to `failed` if it does."""
    if check.process.wait() != 0:
        failed.append(check.name)
    said = check.said.read_text(encoding="utf-8", errors="replace")
    print(f"\n--- {check.name}\n{said}", end="", flush=True)


def run_tests(*arguments: str) -> int:
    """Run every test, with its files in memory where there is room: on a disk they mostly wait for it."""
    # Each worker begins with a half of its own, so that what the tests of a module share is made once, not by both.
    command = (*MODULE, "pytest", "-n", str(WORKERS), "--dist", "worksteal")
    remove_left_over(MEMORY)
    if available_memory() < ENOUGH_MEMORY:
        return start((*command, *arguments)).wait()
    folder = MEMORY / f"{PREFIX}{os.getpid()}"
    code = start((*command, f"--basetemp={folder}", *arguments)).wait()
    if code == 0:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"The files of the tests are in {folder}, in memory, until the next run.", flush=True)
    return code


def remove_left_over(memory: Path) -> None:
    """Remove the files of runs that failed or were stopped: a few of them take the memory that the next run needs."""
    for folder in memory.glob(f"{PREFIX}*"):
        if not Path("/proc", folder.name.removeprefix(PREFIX)).exists():
            shutil.rmtree(folder, ignore_errors=True)


def available_memory() -> int:
    """Return how many bytes files in memory may take without anybody's process being ended for them; 0 if unknown."""
    try:
        free = shutil.disk_usage(MEMORY).free
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    kilobytes = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), "0")
    return min(free, int(kilobytes) * 1024)


def start(command: tuple[str, ...], said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Start a check; its words go to a file, or on screen."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    # Compiled modules are kept: the workers, and each program that a test starts, would otherwise compile all of them.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT if said else None,
    )


if __name__ == "__main__":
    sys.exit(main())
