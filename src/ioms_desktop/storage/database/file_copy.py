"""Copies a local database: under a temporary name until the copy is verified, and only then under its own.

A database has two files, which cannot be renamed at once: the key file is renamed first, the database last, so that a
file with the name of a database is always complete, wherever the program was stopped.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from glob import escape
from pathlib import Path
from secrets import token_hex
from typing import Any

from ioms_desktop.atomic_file import PART_SUFFIX, fsync_file, fsync_folder, is_stale, rename_without_replacing
from ioms_desktop.domain.errors import FileExists, FileNotFound, FileUnwritable
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.storage.database.backup import copy_key_file, copy_pages, read_snapshot
from ioms_desktop.storage.sqlite.engine import connect, connect_read_only, driver_error
from ioms_desktop.storage.sqlite.key_file import key_file_path

JOURNAL_SUFFIXES = ("-journal", "-wal", "-shm")


@contextmanager
def part_file(target: Path) -> Iterator[Path]:
    """Give a temporary name beside a target; what is still there at the end is removed.

    Raises:
        Refused: There is a file of the target's name, or a key file that would belong to it.
    """
    remove_stale_parts(target.parent, escape(target.name))
    refuse_existing_target(target)
    part = Path(f"{target}.{token_hex(4)}{PART_SUFFIX}")
    try:
        yield part
    finally:
        with suppress(OSError):
            _remove_part(part)


def refuse_existing_target(target: Path) -> None:
    """Refuse a name that is taken by a database, or by the key file of one that was moved away.

    Raises:
        Refused: It is taken, or there is no folder to write into.
    """
    for path in (target, key_file_path(target)):
        try:
            taken = path.exists() or path.is_symlink()
        except OSError as error:  # a folder without read permission, or an invalid file name
            raise FileUnwritable(
                f"No file can be made at {path}. Nothing was written; choose another place."
            ) from error
        if taken:
            raise FileExists(f"There is a file at {path} already. It was left as it is; choose another name.")
    if not is_folder(target.parent):
        raise FileNotFound(f"There is no folder {target.parent}. Nothing was written; make it, or name another.")


def copy_snapshot(origin: Any, source: Path, part: Path, key: bytes, progress: ProgressCallback) -> dict[str, int]:  # noqa: ANN401 - the driver's own connection
    """Copy a database and its key file as of one moment.

    Args:
        origin: A connection to the database.
        source: Its path.
        part: The path of the copy.
        key: The key of both.
        progress: Called with the pages copied.

    Returns:
        The number of rows of each table at that moment.

    Raises:
        OSError: The copy cannot be written; the driver's own error may say so too.
    """
    with read_snapshot(origin) as rows:
        copy_pages(origin, part, key, progress)
        copy_key_file(source, part)  # within the read view, while no other program can change the data key
    return rows


@contextmanager
def open_for_copy(path: Path, key: bytes, *, is_immutable: bool = False) -> Iterator[Any]:
    """Connect to a database to copy it.

    Args:
        path: The file.
        key: Its key.
        is_immutable: Whether nobody writes it, like a backup, whose folder may be read-only.

    Yields:
        The driver's own connection.
    """
    with closing(connect_read_only(path, key, "immutable=1") if is_immutable else connect(path, key)) as connection:
        connection.execute("PRAGMA temp_store=MEMORY")
        yield connection


def count_damaged_pages(connection: Any) -> int:  # noqa: ANN401 - the driver's own connection
    """Count the pages of an encrypted file that do not verify; a file that cannot be read at all counts as one."""
    try:
        return len(connection.execute("PRAGMA cipher_integrity_check").fetchall())
    except driver_error() as error:
        return 0 if is_lock_error(error) else 1


def is_lock_error(error: Exception) -> bool:
    """Whether the cause is only that another program holds the file for a moment."""
    return "locked" in str(error)


def finish_copy(part: Path, key: bytes) -> None:
    """Merge a copy's journal into its file, and force it to disk.

    Raises:
        OSError: It cannot be written; the driver's own error may say so too.
    """
    with closing(connect(part, key)) as connection:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    if mode != "delete":
        raise OSError(mode)
    fsync_file(part)


def move_into_place(part: Path, target: Path) -> None:
    """Give a verified copy its final name; an existing file is never replaced.

    Raises:
        Refused: A file of that name was made meanwhile.
        OSError: The folder cannot be written.
    """
    try:
        rename_without_replacing(key_file_path(part), key_file_path(target))
        try:
            rename_without_replacing(part, target)
        except BaseException:
            key_file_path(target).unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise FileExists(f"There is a file at {target} by now. It was left as it is; choose another name.") from error
    fsync_folder(target.parent)


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False for an invalid name."""
    try:
        return path.is_dir()
    except OSError:
        return False


def remove_stale_parts(folder: Path, names: str) -> None:
    """Remove the temporary files of stopped programs from a folder; files still being written stay.

    Args:
        folder: Where.
        names: The copies' own names, as a pattern; `glob.escape` gives one that means a single name.
    """
    with suppress(OSError):
        for part in folder.glob(f"{names}.*{PART_SUFFIX}"):
            target = folder / part.name.rsplit(".", 2)[0]
            keys, named = key_file_path(part), key_file_path(target)
            if not target.exists() and keys.exists() and named.exists() and keys.samefile(named):
                named.unlink()  # stopped between the two renames: it belongs to no database
            if is_stale(part):
                _remove_part(part)


def _remove_part(part: Path) -> None:
    for left in (part, key_file_path(part), *(Path(f"{part}{journal}") for journal in JOURNAL_SUFFIXES)):
        left.unlink(missing_ok=True)
