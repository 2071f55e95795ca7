"""A new plain record type takes a declaration, an entry in a list and a generated migration; a new field even less."""

import os
import shutil
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "migrations", "resources", "tests", "tools", "pyproject.toml")
CHANGED = ("src", "migrations", "resources", "tools")
MAX_FILES, MAX_LINES = 4, 60
MAX_FIELD_FILES = 6
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
    "\n)\n\nINTERNAL_RECORD_TYPES": "\n    Vehicle,\n)\n\nINTERNAL_RECORD_TYPES",
}
"""What is replaced in the list of record types, and by what."""
FIELD = "preferred_language"
PEOPLE = Path("src/ioms_desktop/domain/records/people.py")
LANGUAGES = "    languages: str | None = short_text()\n"
WITH_FIELD = f"{LANGUAGES}    {FIELD}: str | None = short_text(is_detail=True, for_partners=True)\n"
HOLDS_FOR_EVERY_TYPE = (
    "tests/storage/test_migrations.py",
    "tests/storage/test_record_rights.py",
    "tests/services/test_exports.py",
)


def run(tree: Path, *command: str) -> str:
    """Run a program in the copy, with the copy's package, and give what it printed."""
    # Of this run nothing: as a worker of it the copy would take what another run left beside its folder.
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**ours, "PYTHONPATH": str(tree / "src"), "QT_QPA_PLATFORM": "offscreen"}
    program = [sys.executable, *command]
    done = subprocess.run(
        program, check=False, cwd=tree, env=environment, capture_output=True, text=True, timeout=CHECK_TIMEOUT_S
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


class Tree(NamedTuple):
    """A copy of the program, and the lines added to each of its files for the record type and for the field."""

    path: Path
    for_type: dict[str, int]
    for_field: dict[str, int]


def replace_once(path: Path, old: str, new: str) -> None:
    """Replace a text that is there exactly once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Return a copy of the program to which a record type has been added, and a field of a person."""
    copy = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, copy / name)
    (copy / DECLARATION).write_text(DECLARED, encoding="utf-8")
    for old, new in LISTED.items():
        replace_once(copy / RECORD_TYPES, old, new)
    run(copy, "tools/record_migration.py", TABLE)
    for_type = added_lines(copy, ROOT)
    before = shutil.copytree(copy, copy.with_name("before"))
    replace_once(copy / PEOPLE, LANGUAGES, WITH_FIELD)
    run(copy, "tools/record_migration.py", "people", FIELD)
    return Tree(copy, for_type, added_lines(copy, before))


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file; none if there is no file."""
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def added_lines(changed: Path, before: Path) -> dict[str, int]:
    """Count the lines added or replaced, by file."""
    files = (path for top in CHANGED for path in (changed / top).rglob("*") if path.suffix in {".py", ".sql", ".toml"})
    counts = {}
    for path in files:
        place = path.relative_to(changed)
        difference = unified_diff(lines_of(before / place), lines_of(path), lineterm="")
        added = sum(line.startswith("+") and not line.startswith("+++") for line in difference)
        if added:
            counts[place.as_posix()] = added
    return counts


def test_a_new_record_type_takes_at_most_four_files_and_sixty_lines(tree: Tree) -> None:
    counts = tree.for_type
    assert DECLARATION.as_posix() in counts
    assert len(counts) <= MAX_FILES, counts
    assert sum(counts.values()) <= MAX_LINES, counts


def test_a_new_field_of_a_person_stored_shown_and_printed_takes_at_most_six_files(tree: Tree) -> None:
    assert PEOPLE.as_posix() in tree.for_field
    assert len(tree.for_field) <= MAX_FIELD_FILES, tree.for_field


def test_both_are_stored_and_shown_on_both_databases_and_keep_what_every_record_type_keeps(tree: Tree) -> None:
    both = f"({TABLE} or people)"
    migrated = f"as_the_tables_say or last_migration or (down_and_up and sqlite) or (exactly_its_nouns and {both})"
    chosen = f"vehicle_checks or (test_record_rights and {both}) or {migrated} or same_bytes or every_column"
    files = ("tests/vehicle_checks.py", *HOLDS_FOR_EVERY_TYPE)
    passed = run(tree.path, "-m", "pytest", "-q", "-n0", "-x", "-p", "no:cacheprovider", *files, "-k", chosen)
    assert "passed" in passed
    assert "skipped" not in passed
