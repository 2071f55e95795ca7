"""The schema of a new local file built once: running every migration takes longer than most tests."""

# ruff: noqa: S608 - the names are those of the program's own tables
from __future__ import annotations

from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import update

from ioms_desktop.storage.database import migrate
from ioms_desktop.storage.schema import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import pytest
    from sqlalchemy import Connection, Engine

Statement = tuple[str, "Sequence[tuple[Any, ...]]"]


def share_new_schemas(patch: pytest.MonkeyPatch) -> None:
    """Let the first new local file be made by the migrations, and each later one by what stands in the first.

    Upgrades of what is there already, and servers, run the migrations as ever; so does every other process.
    """
    run = migrate._run_upgrade  # noqa: SLF001  nothing else stands between the new file and its schema
    made_by: dict[object, list[Statement]] = {}

    @wraps(run)
    def shared(
        engine: Engine, database_id: str | None = None, *, is_new: bool = False, is_trial: bool = False
    ) -> tuple[int, int]:
        if not is_new or engine.dialect.name != "sqlite":
            return run(engine, database_id, is_new=is_new, is_trial=is_trial)
        which = (vars(migrate)["SCHEMA_HEAD"], vars(migrate)["migrations"])  # some tests put others in their place
        made = made_by.setdefault(which, [])
        if not made:
            found = run(engine, database_id, is_new=is_new, is_trial=is_trial)
            with engine.connect() as connection, connection.begin():
                made.extend(statements_for(connection))
            return found
        with migrate._exclusive_lock(engine) as connection:  # noqa: SLF001  as above
            for statement, rows in made:
                if rows:
                    connection.exec_driver_sql(statement, list(rows))
                else:
                    connection.exec_driver_sql(statement)
            for name, value in (
                ("database_id", database_id or str(uuid4())),
                ("created_at", datetime.now(UTC).isoformat()),
            ):
                connection.execute(update(tables.meta).where(tables.meta.c.name == name).values(value=value))
        return 0, 0

    patch.setattr(migrate, "_run_upgrade", shared)


def statements_for(connection: Connection) -> list[Statement]:
    """Return what makes a file like this one: its tables, their rows, and then what refers to them."""
    made = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    found: list[Statement] = [(sql, ()) for kind, _, sql in made if kind == "table"]
    for kind, name, _ in made:
        rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall() if kind == "table" else []
        if rows:
            places = ", ".join("?" * len(rows[0]))
            found.append((f'INSERT INTO "{name}" VALUES ({places})', [tuple(row) for row in rows]))
    return found + [(sql, ()) for kind, _, sql in made if kind != "table"]
