"""A whole copy of a local file on its way: under a name of its own until it is proved, and only then under its own.

Two files belong to a database, and no system renames two at once: the key file takes its name first, the database last.
So whatever has the name of a database has everything, wherever the program was stopped.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from glob import escape
from pathlib import Path
from secrets import token_hex
from typing import Any

from ioms_desktop.atomic_file import PART_SUFFIX, STALE_PART_AGE_S, fsync_file, fsync_folder, rename_without_replacing
from ioms_desktop.domain.errors import FileExists, FileNotFound, FileUnwritable
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.storage.database.backup import copy_key_file, copy_pages, read_snapshot
from ioms_desktop.storage.sqlite.engine import connect, connect_read_only, driver_error
from ioms_desktop.storage.sqlite.key_file import key_file_path

JOURNAL_SUFFIXES = ("-journal", "-wal", "-shm")


@contextmanager
def part_file(target: Path) -> Iterator[Path]:
    """Give a name beside a target under which a copy is made; what is still there at the end is removed.

    Raises:
        Refused: There is a file of the target's name, or a key file that would be its.
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
    """Refuse a name that is taken, by a database or by the key file of one that was moved away.

    Raises:
        Refused: It is; or there is no folder to write into.
    """
    for path in (target, key_file_path(target)):
        try:
            taken = path.exists() or path.is_symlink()
        except OSError as error:  # a folder that may not be looked into, or a name that no file can have
            raise FileUnwritable(
                f"No file can be made at {path}. Nothing was written; choose another place."
            ) from error
        if taken:
            raise FileExists(f"There is a file at {path} already. It was left as it is; choose another name.")
    if not is_folder(target.parent):
        raise FileNotFound(f"There is no folder {target.parent}. Nothing was written; make it, or name another.")


def copy_snapshot(origin: Any, source: Path, part: Path, key: bytes, progress: ProgressCallback) -> dict[str, int]:  # noqa: ANN401 - the driver's own connection
    """Copy a database and its key file as they are at one moment.

    Args:
        origin: A connection to the database.
        source: Where it is.
        part: Where to.
        key: What it is encrypted with, and the copy too.
        progress: Takes how far it is.

    Returns:
        How many rows of each table there were at that moment.

    Raises:
        OSError: The copy cannot be written; so does the driver's own error say.
    """
    with read_snapshot(origin) as rows:
        copy_pages(origin, part, key, progress)
        copy_key_file(source, part)  # while no other program can change the data key
    return rows


@contextmanager
def open_for_copy(path: Path, key: bytes, *, is_immutable: bool = False) -> Iterator[Any]:
    """Connect to a database that is to be copied.

    Args:
        path: The file.
        key: What it is encrypted with.
        is_immutable: Whether nobody writes it, as with a backup, which may lie where nothing can be written.

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
    """Whether something failed only because another program has the file to itself for a moment."""
    return "locked" in str(error)


def finish_copy(part: Path, key: bytes) -> None:
    """Put a copy that was worked in back into one file, and have that on the disk.

    Raises:
        OSError: It cannot be written; so does the driver's own error say.
    """
    with closing(connect(part, key)) as connection:
        mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    if mode != "delete":
        raise OSError(mode)
    fsync_file(part)


def move_into_place(part: Path, target: Path) -> None:
    """Let a proved copy be what it is to be called, for good; nothing that is there is ever replaced.

    Raises:
        Refused: Somebody made a file of that name meanwhile.
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
    """Whether a place is a folder; a name that nothing can have is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def remove_stale_parts(folder: Path, names: str) -> None:
    """Remove what a program that was stopped has left in a folder; what another one is writing stays.

    Args:
        folder: Where.
        names: The copies' own names, as a pattern; `glob.escape` gives one that means a single name.
    """
    with suppress(OSError):
        for part in folder.glob(f"{names}.*{PART_SUFFIX}"):
            target = folder / part.name.rsplit(".", 2)[0]
            keys, named = key_file_path(part), key_file_path(target)
            if not target.exists() and keys.exists() and named.exists() and keys.samefile(named):
                named.unlink()  # stopped between the two names: no database goes with it
            if time.time() - part.stat().st_mtime > STALE_PART_AGE_S:
                _remove_part(part)


def _remove_part(part: Path) -> None:
    for left in (part, key_file_path(part), *(Path(f"{part}{journal}") for journal in JOURNAL_SUFFIXES)):
        left.unlink(missing_ok=True)
