"""A verified copy of a database."""

import os
import shutil
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.engine import is_shared


def back_up_before_migration(location: str, key: bytes | None = None) -> str | None:
    """Copy a local file beside itself before it is migrated, and its key file with it.

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
        target: Where no file is yet; readable by its owner only.
        key: What the file is encrypted with, and the copy too; None for a plain file.

    Raises:
        Refused: The copy could not be made or does not verify.
    """
    from ioms_desktop.storage.sqlite.engine import connect  # noqa: PLC0415 - only where a local file is copied

    with closing(connect(source, key)) as origin:
        copy_open(origin, target, key)
    if key is not None:
        _copy_keys(source, target)


def copy_open(origin: Any, target: Path, key: bytes | None = None) -> None:  # noqa: ANN401 - the driver's own connection
    """Copy a local database over a connection to it, and check the copy.

    Args:
        origin: The connection.
        target: Where no file is yet; readable by its owner only.
        key: What the file is encrypted with, and the copy too; None for a plain file.

    Raises:
        Refused: The copy could not be made or does not verify.
    """
    from ioms_desktop.storage.sqlite.engine import connect, driver_error, make_private  # noqa: PLC0415 - as above

    try:
        make_private(target)
        with closing(connect(target, key)) as copy:
            origin.backup(copy)
            whole = is_whole(copy)
    except (OSError, driver_error()) as error:
        raise _unwritten(target) from error
    if not whole:
        raise Refused(f"The backup at {target} does not verify. Nothing was changed; run check on the database.")


def _unwritten(target: Path) -> Refused:
    return Refused(f"No backup could be written to {target}. Nothing was changed; check room and rights.")


def is_whole(connection: Any) -> bool:  # noqa: ANN401 - the driver's own connection
    """Whether every page of a file reads, and all fit together."""
    if connection.execute("PRAGMA cipher_integrity_check").fetchall():
        return False
    said: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return said == "ok"


def _copy_keys(source: Path, target: Path) -> None:
    from ioms_desktop.storage.sqlite.key_file import path_of  # noqa: PLC0415 - as above

    keys, copy = path_of(source), path_of(target)
    if not keys.exists():
        return
    try:
        handle = os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
        with keys.open("rb") as whole, open(handle, "wb") as out:  # noqa: PTH123 - a handle, not a path
            shutil.copyfileobj(whole, out)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise _unwritten(target) from error
