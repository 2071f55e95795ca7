"""Makes a verified copy of a local database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import DatabaseDamaged, FileUnwritable, Refused
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.file_access import create_private_file

PAGES_PER_STEP = 64
"""Pages copied between two progress reports, at which the copy can be cancelled."""


def back_up_before_migration(location: str, key: bytes | None = None) -> str | None:
    """Copy a local file and its key file beside themselves, before a migration.

    Returns:
        The copy's path; None for a shared database, whose backups its server keeps.

    Raises:
        Refused: The copy could not be made or does not verify; nothing was migrated.
    """
    if is_shared(location):
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = Path(f"{location}.before-migration-{stamp}")
    copy_file(Path(location), target, key)
    return str(target)


def copy_file(source: Path, target: Path, key: bytes | None = None) -> None:
    """Copy a local database while it is in use, and check the copy.

    Args:
        source: The file.
        target: The copy, where there must be no file; readable by its owner only.
        key: The key of the file and of the copy; None for a plain file.

    Raises:
        Refused: The copy could not be made or does not verify.
    """
    from ioms_desktop.storage.sqlite.engine import connect  # noqa: PLC0415 - only where a local file is copied

    with closing(connect(source, key)) as origin:
        copy_from_connection(origin, target, key)
    if key is not None:
        try:
            copy_key_file(source, target)
        except OSError as error:
            raise _backup_failed(target) from error


def copy_from_connection(origin: Any, target: Path, key: bytes | None = None) -> None:  # noqa: ANN401 - the driver's own connection
    """Copy a local database over a connection to it, and check the copy.

    Args:
        origin: The connection.
        target: The copy, where there must be no file; readable by its owner only.
        key: The key of the file and of the copy; None for a plain file.

    Raises:
        Refused: The copy could not be made or does not verify.
    """
    from ioms_desktop.storage.sqlite.engine import connect, driver_error  # noqa: PLC0415 - as above

    try:
        with read_snapshot(origin):
            copy_pages(origin, target, key)
        with closing(connect(target, key)) as copy:
            whole = is_intact(copy)
    except (OSError, driver_error()) as error:
        raise _backup_failed(target) from error
    if not whole:
        raise DatabaseDamaged(
            f"The backup at {target} does not verify. Nothing was changed; run check on the database."
        )


@contextmanager
def read_snapshot(origin: Any) -> Iterator[dict[str, int]]:  # noqa: ANN401 - the driver's own connection
    """Hold one read view of a file while it is copied, whatever others write meanwhile.

    Without it, SQLite restarts a copy in steps whenever somebody saves.

    Yields:
        The number of rows of each table in that view.
    """
    origin.execute("BEGIN")
    try:
        yield count_rows(origin)
    finally:
        origin.execute("ROLLBACK")


def copy_pages(origin: Any, target: Path, key: bytes | None, progress: ProgressCallback = no_progress) -> None:  # noqa: ANN401 - the driver's own connection
    """Copy the pages of a file, held by `read_snapshot`, into a new one without a journal beside it.

    Raises:
        OSError: It cannot be written; the driver's own error may say so too.
    """
    from ioms_desktop.storage.sqlite.engine import connect  # noqa: PLC0415 - as above

    create_private_file(target)
    with closing(connect(target, key)) as copy:
        origin.backup(
            copy,
            pages=PAGES_PER_STEP,
            progress=lambda _said, left, total: progress(total - left, total, "pages copied"),
        )
        copy.execute("PRAGMA journal_mode=DELETE")


def count_rows(connection: Any) -> dict[str, int]:  # noqa: ANN401 - the driver's own connection, or an engine's
    """Count the rows of every table of a local file."""
    ask = getattr(connection, "exec_driver_sql", None) or connection.execute
    tables = ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return {
        name: ask(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names from the file itself
        for (name,) in tables
    }


def _backup_failed(target: Path) -> Refused:
    return FileUnwritable(
        f"No backup could be written to {target}. Nothing was changed; check free space and permissions."
    )


def is_intact(connection: Any) -> bool:  # noqa: ANN401 - the driver's own connection
    """Whether every page of a file verifies, and the database is consistent."""
    if connection.execute("PRAGMA cipher_integrity_check").fetchall():
        return False
    answer: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return answer == "ok"


def copy_key_file(source: Path, target: Path) -> None:
    """Copy the key file of a database, where it has one, to the key file of a new one.

    Raises:
        OSError: It cannot be read or written.
    """
    from ioms_desktop.storage.sqlite.key_file import key_file_path  # noqa: PLC0415 - as above

    keys, copy = key_file_path(source), key_file_path(target)
    if not keys.exists():
        return
    write_file(copy, keys.read_bytes(), overwrite=False)
