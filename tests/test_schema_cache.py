"""A new local file of the tests is what the migrations make, though they ran for another one."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from ioms_desktop.storage.database import migrate
from ioms_desktop.storage.engine import engine_for
from keys import TEST_KEY
from schema_cache import statements_for

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OF_ONE_FILE = ("database_id", "created_at", "The audit begins.")
"""What marks the rows that differ from file to file: its number and the moments at which it was made."""


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return everything that stands in a file, but what only that file has."""
    engine = engine_for(str(path), TEST_KEY)
    with engine.connect() as connection, connection.begin():
        found = {
            statement: sorted((row for row in rows if not set(OF_ONE_FILE) & set(row)), key=str)
            for statement, rows in statements_for(connection)
        }
    engine.dispose()
    return found


def test_a_file_made_like_another_is_what_the_migrations_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied, migrated = tmp_path / "copied.ioms", tmp_path / "migrated.ioms"
    for _ in range(2):  # the first of all may be the one that the others are made like
        copied.unlink(missing_ok=True)
        migrate.create_empty_database(str(copied), TEST_KEY)
    monkeypatch.setattr(migrate, "_run_upgrade", inspect.unwrap(migrate._run_upgrade))  # noqa: SLF001  what is replaced
    migrate.create_empty_database(str(migrated), TEST_KEY)
    assert contents(copied) == contents(migrated)
    assert len(contents(migrated)) > 150, "the control: tables, indexes, triggers and views were compared"
