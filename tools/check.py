"""Run every check, all at once, then every test; the tests come last so that their count is the last thing said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
MODULE = (sys.executable, "-m")
CHECKS = {
    "format": (*MODULE, "ruff", "format", "--check", "--quiet", "."),
    "ruff": (*MODULE, "ruff", "check", "--quiet", "."),
    "types": (*MODULE, "mypy"),
    "layers": (str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"),
}
WORKERS = 2
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of this run's own goes there
ENOUGH_MEMORY = 6 * 1024**3
"""Free bytes that must be there; the files of a whole run take less than a third."""


def main() -> int:
    """Run them all, even after a failure, and say which failed."""
    failed = failing_checks()
    if failed:
        print(f"\nThese checks failed, see above: {', '.join(failed)}", flush=True)
    print("\n--- tests", flush=True)
    tests = run_tests(*sys.argv[1:])
    return 0 if tests == 0 and not failed else 1


def failing_checks() -> list[str]:
    """Start the checks together, because each uses one core only, and show what each says in their order."""
    with TemporaryDirectory() as folder:
        running: dict[str, subprocess.Popen[bytes]] = {}
        for name, command in CHECKS.items():
            with (Path(folder) / name).open("wb") as said:
                running[name] = start(command, said)
        for name, process in running.items():
            print(f"\n--- {name}", flush=True)
            process.wait()
            print((Path(folder) / name).read_text(encoding="utf-8", errors="replace"), end="", flush=True)
    return [name for name, process in running.items() if process.returncode != 0]


def run_tests(*arguments: str) -> int:
    """Run every test, with its files in memory where there is room: on a disk they mostly wait for it."""
    command = (*MODULE, "pytest", "-n", str(WORKERS))
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH_MEMORY:
        return start((*command, *arguments)).wait()
    folder = MEMORY / f"ioms-tests-{os.getpid()}"
    code = start((*command, f"--basetemp={folder}", *arguments)).wait()
    if code == 0:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"The files of the tests are in {folder}, in memory; delete it when you have seen them.", flush=True)
    return code


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
