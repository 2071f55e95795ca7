"""Creates databases, and migrates them to the newest schema after a backup."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, text, update

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import (
    ConstraintViolated,
    DatabaseExists,
    DatabaseInUse,
    DatabaseNotFound,
    FileExists,
    FileUnwritable,
    NotADatabase,
    SchemaMismatch,
)
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.file_access import create_private_file
from ioms_desktop.paths import migrations, resource
from ioms_desktop.storage.db_errors import translate_db_errors
from ioms_desktop.storage.engine import alembic_schema, engine_for, schema_of
from ioms_desktop.storage.person_sets.first_entries import begin_sets
from ioms_desktop.storage.postgres.holders import refuse_if_held_up
from ioms_desktop.storage.postgres.notify import change_notice, notify_change
from ioms_desktop.storage.postgres.server_checks import TRIAL_META_KEY, extend_timeouts, is_trial, refuse_unsafe_server
from ioms_desktop.storage.records.name_order import rebuild_sort_keys
from ioms_desktop.storage.records.search_rebuild import rebuild_search_words
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.version import SCHEMA_HEAD

MIGRATION_LOCK_ID = 0x494F4D53
LOCK_TIMEOUT = "1min"
"""How long a migration waits for a table that somebody else reads, before it is taken back."""
LOCK_TRIES, QUEUE_TIMEOUT = 500, "10s"
"""How often it tries, ten times a second, for a moment without a command, and how long it then has none begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationReport:
    """The result of a migration.

    Attributes:
        before: The schema before; None for an empty database.
        after: The schema now.
        backup: The path of the automatic backup; None where none was needed.
        words_made_anew: The number of people and cases whose search words were not what this version makes.
        names_in_new_order: The number of people whose place in lists was not what this version makes.
    """

    before: str | None
    after: str
    backup: str | None
    words_made_anew: int = 0
    names_in_new_order: int = 0


def newest_schema() -> str:
    """Name the newest schema."""
    return SCHEMA_HEAD


def create_empty_database(
    location: str, key: bytes | None = None, *, database_id: str | None = None, allow_unsafe_server: bool = False
) -> None:
    """Create an empty database at the newest schema, with its code lists and policy.

    Args:
        location: A path, or the URL of an empty database on a server.
        key: The key of a local file, 32 bytes; only tests leave it out.
        database_id: The database's identifier, a UUID; None for a new one.
        allow_unsafe_server: For trials only: accept a server that is not set up to keep records; the database remembers
            it.

    Raises:
        Refused: There is a file already, it cannot be written, or the server is not set up for it.
    """
    if not is_shared(location):
        _create_file(Path(location))
    engine = engine_for(location, key)
    try:
        with translate_db_errors():
            _refuse_existing(engine)
            _refuse_unsafe_server(engine, "Nothing was created.", allow_unsafe=allow_unsafe_server)
            _run_upgrade(engine, database_id, is_new=True, is_trial=allow_unsafe_server and is_shared(location))
    except BaseException:
        engine.dispose()
        if not is_shared(location):
            _remove_database_file(Path(location))
        raise
    engine.dispose()


def upgrade_database(location: str, key: bytes | None = None, *, is_copy: bool = False) -> MigrationReport:
    """Migrate a database to the newest schema; safe to repeat, and to run by several programs at once.

    Args:
        location: A path, or the URL of a shared database.
        key: The key of a local file.
        is_copy: Whether it is itself a copy, so that no backup is needed.

    Raises:
        Refused: It is missing, newer than this version, not writable, or its server is not set up for it.
    """
    from ioms_desktop.storage.database.backup import back_up_before_migration  # noqa: PLC0415 - backup opens stores

    if not is_shared(location) and not Path(location).exists():
        raise DatabaseNotFound(f"There is no database at {location}. Check the path, or create one with init.")
    engine = engine_for(location, key)
    try:
        with translate_db_errors():
            before = schema_of(engine)
            if before is None:
                raise NotADatabase("This is not an IOMS database. Nothing was changed; create one with init.")
            if before > SCHEMA_HEAD:
                raise SchemaMismatch(
                    f"This database is newer (schema {before}) than this version of IOMS Desktop. Nothing was changed."
                )
            _refuse_schema_mismatch(engine, before)
            _refuse_unsafe_server(engine, "Nothing was changed.")
            backup = back_up_before_migration(location, key) if before < SCHEMA_HEAD and not is_copy else None
            words, names = _run_upgrade(engine)
    finally:
        engine.dispose()
    return MigrationReport(
        before=before, after=SCHEMA_HEAD, backup=backup, words_made_anew=words, names_in_new_order=names
    )


def _refuse_schema_mismatch(engine: Engine, before: str) -> None:
    """Refuse a database whose two records of its schema differ: a migration would start at the wrong one."""
    with engine.connect() as connection, connection.begin():
        noted = alembic_schema(connection)
    if noted != (before,):
        raise SchemaMismatch(
            f"This database is at schema {before}, and its migrations' own note says {' and '.join(noted) or 'none'}: "
            "it was changed by another program. Nothing was changed; restore a backup."
        )


def _create_file(path: Path) -> None:
    from ioms_desktop.storage.sqlite.network_share import refuse_network_share  # noqa: PLC0415 - only for files

    refuse_network_share(path)
    try:
        create_private_file(path)
    except FileExistsError as error:
        raise FileExists(f"There is a file at {path} already. Nothing was changed; choose another name.") from error
    except OSError as error:
        raise FileUnwritable(
            f"No file can be created at {path}. Check that the folder exists and may be written."
        ) from error


def _refuse_existing(engine: Engine) -> None:
    if schema_of(engine) is not None:
        raise DatabaseExists("This database exists already. Nothing was changed; sign in, or choose another place.")


def _refuse_unsafe_server(engine: Engine, consequence: str, *, allow_unsafe: bool = False) -> None:
    """Refuse a server that is not set up to keep records, unless the database was created for trials."""
    if engine.dialect.name != "postgresql" or allow_unsafe:
        return
    with engine.connect() as connection, connection.begin():
        if schema_of(engine) is None or not is_trial(connection):
            refuse_unsafe_server(connection, consequence)


def remove_database(location: str) -> None:
    """Remove a local database and all files that belong to it."""
    _remove_database_file(Path(location))
    for name in ("keys", "tries"):
        Path(f"{location}.{name}").unlink(missing_ok=True)


def _remove_database_file(path: Path) -> None:
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)


def _run_upgrade(
    engine: Engine, database_id: str | None = None, *, is_new: bool = False, is_trial: bool = False
) -> tuple[int, int]:
    """Run the migrations, load reference data, and bring search words and sort keys up to date; one program at a time.

    Returns:
        The number of people and cases whose search words were made anew, and of people with a new place in lists.
    """
    with _exclusive_lock(engine) as connection:
        if is_new and engine.dialect.name == "postgresql":
            _refuse_existing(
                engine
            )  # checked under the lock: another program may have created it while this one waited
        _run_alembic(connection, "upgrade", SCHEMA_HEAD)
        _load_reference(connection)
        _load_policies(connection)
        values = {"schema": SCHEMA_HEAD} | ({TRIAL_META_KEY: "yes"} if is_trial else {})
        known = set(connection.scalars(select(tables.meta.c.name)))
        if "database_id" not in known:
            values |= {"database_id": database_id or str(uuid4()), "created_at": datetime.now(UTC).isoformat()}
        connection.execute(delete(tables.meta).where(tables.meta.c.name == "schema"))
        connection.execute(insert(tables.meta), [{"name": name, "value": value} for name, value in values.items()])
        if is_new:
            return 0, 0
        have_windows_read_again(connection)
        begin_sets(connection)
        return rebuild_search_words(connection), rebuild_sort_keys(connection)


def have_windows_read_again(connection: Connection) -> None:
    """Have the windows that are open on a server read again when this commits, so that they say to update."""
    notify_change(connection, change_notice("", ["users", "figures", *RECORD_TYPE_BY_TABLE], ()))


@contextmanager
def _exclusive_lock(engine: Engine) -> Iterator[Connection]:
    """Lock the database: an advisory lock on a server; the write lock of a file, with foreign keys off."""
    if engine.dialect.name == "postgresql":
        with refuse_if_held_up(engine), engine.begin() as connection:
            extend_timeouts(connection)
            _take_migration_lock(connection)
            # What waits for a table makes everybody wait who comes after it.
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            yield connection
        return
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if raw is None:
            raise DatabaseInUse("The database file was closed. Try again.")
        # Batch migrations replace tables; with foreign keys on, that would empty the tables that refer to them.
        raw.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.execution_options(ioms_command=True).begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise ConstraintViolated(
                        "The migration would have broken links between records. Nothing was changed."
                    )
        finally:
            raw.cursor().execute("PRAGMA foreign_keys=ON")


def _take_migration_lock(connection: Connection) -> None:
    """Take the lock that each command shares and another migration has: as long as one waits for it, no command begins.

    So it is tried for first, and waited for only if there was no moment in which nobody had anything open.
    """
    for _ in range(LOCK_TRIES):
        if connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_ID}):
            return
        connection.execute(text("SELECT pg_sleep(0.1)"))
    connection.execute(text(f"SET LOCAL lock_timeout = '{QUEUE_TIMEOUT}'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK_ID})


def _run_alembic(connection: Connection, command: str, revision: str) -> None:
    from alembic import command as alembic  # noqa: PLC0415 - slow to import: loads when first needed
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))  # % begins a reference there
    config.attributes["connection"] = connection
    getattr(alembic, command)(config, revision)


def _load_reference(connection: Connection) -> None:
    """Load this version's code lists; codes that an office added stay."""
    lists, codes = tables.reference_list, tables.reference_code
    known = set(connection.scalars(select(lists.c.name)))
    documents = _documents(resource("reference"))
    shipped = {name: document["code"] for name, document in documents}
    headings = [
        {
            "name": name,
            "title": document["title"],
            "source": document["source"],
            "open": bool(document.get("open", False)),
        }
        for name, document in documents
    ]
    # Each statement is sent once for all lists: there are so many of them that one after the other took a while.
    outdated = [
        {"its_list": name, "its_code": entry["code"]} for name in known & shipped.keys() for entry in shipped[name]
    ]
    if outdated:
        this_code = (codes.c.list == bindparam("its_list")) & (codes.c.code == bindparam("its_code"))
        connection.execute(delete(codes).where(this_code), outdated)
    changed = [{"its_name": each["name"], **each} for each in headings if each["name"] in known]
    if changed:
        connection.execute(update(lists).where(lists.c.name == bindparam("its_name")), changed)
    added = [each for each in headings if each["name"] not in known]
    if added:
        connection.execute(insert(lists), added)
    connection.execute(insert(codes), [row for name, entries in shipped.items() for row in _code_rows(name, entries)])


@cache
def _documents(folder: Path) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Read the documents of a folder that comes with the program, once a run: to parse them takes a while."""
    return tuple((path.stem, tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml")))


def _code_rows(name: str, entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    labels = {entry["code"]: entry["label"] for entry in entries if "synonym_of" not in entry}
    for sort, entry in enumerate(entries):
        yield _code_row(name, sort, {"label": labels[entry.get("synonym_of", entry["code"])], **entry})


def _code_row(name: str, sort: int, entry: dict[str, Any]) -> dict[str, Any]:
    extra = {k: v for k, v in entry.items() if k not in {"code", "label", "valid_from", "valid_to"}}
    return {
        "list": name,
        "code": entry["code"],
        "label": entry["label"],
        "sort": sort,
        "valid_from": entry.get("valid_from"),
        "valid_to": entry.get("valid_to"),
        "extra": json.loads(json.dumps(extra, default=str)),  # a day within an entry becomes its text
    }


def _load_policies(connection: Connection) -> None:
    """Add the policy versions of this release that are missing; existing ones never change."""
    known = set(connection.scalars(select(tables.policy.c.version)))
    for _, document in _documents(resource("policy")):
        if document["version"] not in known:
            connection.execute(
                insert(tables.policy).values(
                    version=document["version"],
                    effective_from=document["effective_from"],
                    status="APPROVED",
                    document=json.loads(json.dumps(document, default=str)),
                )
            )
