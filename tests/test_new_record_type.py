"""A new plain record type takes one declaration, one line in a list and a generated migration; all else follows."""

import os
import shutil
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "migrations", "resources", "tests", "tools", "pyproject.toml")
CHANGED = ("src", "migrations", "resources", "tools")
MAX_FILES, MAX_LINES = 4, 60
CHECK_TIMEOUT_S = 420
TABLE = "vehicles"
RECORD_TYPES = Path("src/ioms_desktop/domain/records/record_types.py")
DECLARATION = Path("src/ioms_desktop/domain/records/vehicles.py")
DECLARED = '''"""Vehicles that people use."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, day, ref, short_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle(Record):
    """A vehicle that a person uses, from the first to the last day, both included."""

    table: ClassVar[str] = "vehicles"
    key: ClassVar[tuple[str, ...]] = ("person_ref", "registration", "from_on")
    subject: ClassVar[str] = "person_ref"
    label: ClassVar[str] = "Vehicle"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.RECORD_ENGAGEMENT, free_text=("make",))

    person_ref: str = ref("people")
    registration: str = short_text(required=True)
    make: str | None = short_text(help="Make and model.")
    from_on: date = day(required=True, exchange_name="from", label="From")
    to_on: date | None = day(exchange_name="to", label="To", future=True, not_before="from_on")
'''
IMPORT_BEFORE = "from ioms_desktop.domain.records.record import Record\n"
LISTED = {
    IMPORT_BEFORE: f"{IMPORT_BEFORE}from ioms_desktop.domain.records.vehicles import Vehicle\n",
    "    Action,\n)": "    Action,\n    Vehicle,\n)",
}
"""What is replaced in the list of record types, and by what."""
HOLDS_FOR_EVERY_TYPE = (
    "tests/storage/test_migrations.py",
    "tests/storage/test_record_rights.py",
)


def run(tree: Path, *command: str) -> str:
    """Run a program in the copy, with the copy's package, and give what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "QT_QPA_PLATFORM": "offscreen"}
    program = [sys.executable, *command]
    done = subprocess.run(
        program, check=False, cwd=tree, env=environment, capture_output=True, text=True, timeout=CHECK_TIMEOUT_S
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the program to which the record type has been added."""
    copy = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, copy / name)
    (copy / DECLARATION).write_text(DECLARED, encoding="utf-8")
    text = (copy / RECORD_TYPES).read_text(encoding="utf-8")
    for old, new in LISTED.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (copy / RECORD_TYPES).write_text(text, encoding="utf-8")
    run(copy, "tools/record_migration.py", TABLE)
    return copy


def lines_of(path: Path) -> list[str]:
    """Give the lines of a file; none if there is no file."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def added_lines(tree: Path) -> dict[str, int]:
    """Count the lines added or replaced, by file."""
    files = (path for top in CHANGED for path in (tree / top).rglob("*") if path.suffix in {".py", ".sql", ".toml"})
    counts = {}
    for path in files:
        place = path.relative_to(tree)
        difference = unified_diff(lines_of(ROOT / place), lines_of(path), lineterm="")
        added = sum(line.startswith("+") and not line.startswith("+++") for line in difference)
        if added:
            counts[place.as_posix()] = added
    return counts


def test_a_new_record_type_takes_at_most_four_files_and_sixty_lines(tree: Path) -> None:
    counts = added_lines(tree)
    assert DECLARATION.as_posix() in counts
    assert len(counts) <= MAX_FILES, counts
    assert sum(counts.values()) <= MAX_LINES, counts


def test_it_can_be_stored_imported_exported_listed_added_and_changed_on_both_databases(tree: Path) -> None:
    passed = run(tree, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", "tests/vehicle_checks.py")
    assert "passed" in passed
    assert "skipped" not in passed


def test_it_keeps_what_every_record_type_keeps(tree: Path) -> None:
    chosen = f"{TABLE} or schema or migrat"
    run(tree, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", *HOLDS_FOR_EVERY_TYPE, "-k", chosen)
