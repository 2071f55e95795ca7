"""A verified copy of a database."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.engine import is_shared


def back_up_before_migration(location: str) -> str | None:
    """Copy a local file beside itself before it is migrated.

    Returns:
        The copy's path; None for a shared database, whose backups its server keeps.

    Raises:
        Refused: The copy could not be made or does not verify; nothing was migrated.
    """
    if is_shared(location):
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = Path(f"{location}.before-migration-{stamp}")
    copy_file(Path(location), target)
    return str(target)


def copy_file(source: Path, target: Path) -> None:
    """Copy a local database while it is in use, and check the copy.

    Raises:
        Refused: The copy could not be made or does not verify.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
            origin.backup(copy)
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except (OSError, sqlite3.Error) as error:
        raise Refused(f"No backup could be written to {target}. Nothing was changed; check room and rights.") from error
    if verdict != "ok":
        raise Refused(f"The backup at {target} does not verify. Nothing was changed; run check on the database.")
