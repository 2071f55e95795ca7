"""Copies of the project to change and run, and sums of what a result depends on."""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TOOL_ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("src", "resources", "migrations")
TESTS = "tests"
NOT_COPIED = (
    ".git",
    ".venv",
    ".mutants",
    ".windows",
    "__pycache__",
    "out",
    "build",
    "dist",
    ".*_cache",
    ".hypothesis",
    ".coverage*",
)


def copy_tree(root: Path, to: Path) -> Path:
    """Copy the project without what runs leave behind, compiled so that a change to a file is always noticed."""
    shutil.copytree(root, to, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    # By time and size Python would take `<` for the `>` that stood there in the same second.
    compiling = (sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "src")
    subprocess.run(compiling, cwd=to, check=True, stdin=subprocess.DEVNULL)
    return to


def environment(tree: Path, **more: str) -> dict[str, str]:
    """Return the environment in which a copy's tests run: its own package, no display, no settings of the user."""
    kept = {
        k: v for k, v in os.environ.items() if k == "IOMS_TEST_POSTGRES" or not k.startswith(("IOMS_", "COVERAGE_"))
    }
    path = os.pathsep.join([str(tree / "src"), str(tree), str(TOOL_ROOT)])
    return kept | {"PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"} | more


def pytest_command(plugin: str, *arguments: str) -> list[str]:
    """Return what follows the interpreter to run pytest the same way each time: no cache, no random example."""
    return [
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", f"tools.mutation.{plugin}"),
        *("--hypothesis-profile", "mutants", *arguments),
    ]


def source_sum(root: Path) -> str:
    """Sum up everything that the program consists of."""
    files = sorted(file for folder in SOURCES for file in (root / folder).rglob("*") if _counts(file))
    return digest(*(part for file in files for part in (file.relative_to(root).as_posix(), _sum(file))))


def test_files(root: Path, below: Iterable[str], without: Iterable[str]) -> list[str]:
    """List the files of tests below folders (or the files themselves), without those below others."""
    found = {
        file.relative_to(root).as_posix()
        for each in below
        for file in ([root / each] if (root / each).is_file() else (root / each).rglob("test_*.py"))
    }
    return sorted(path for path in found if not any(path == w or path.startswith(f"{w}/") for w in without))


def test_sum(root: Path, source: str, path: str) -> str:
    """Sum up what a file of tests depends on: the program, the file, each helper it imports, and data beside tests."""
    conftests = [p / "conftest.py" for p in (root / path).parents if (p / "conftest.py").is_file()]
    helpers = set[Path]()
    _follow(root / TESTS, [root / path, *conftests], helpers)
    return digest(source, path, _data_sum(root), *(_sum(file) for file in sorted(helpers)))


def _follow(tests: Path, files: list[Path], found: set[Path]) -> None:
    for file in files:
        if file not in found:
            found.add(file)
            _follow(tests, _imported(tests, file), found)


@cache
def _imported(tests: Path, file: Path) -> list[Path]:
    """List the modules among the tests that a module imports anywhere in it."""
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    paths = [base / f"{name.replace('.', '/')}.py" for name in sorted(names) for base in (tests, file.parent)]
    return [path for path in paths if path.is_file()]


@cache
def _data_sum(root: Path) -> str:
    files = sorted(file for file in (root / TESTS).rglob("*") if _counts(file) and file.suffix != ".py")
    return digest(*(_sum(file) for file in files))


def _counts(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts


@cache
def _sum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def digest(*parts: str) -> str:
    """Sum up texts; their order counts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
