"""Verifies every page of an encrypted file, each of which has its own authentication code, before it is used."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ioms_desktop.domain.errors import DatabaseDamaged

MAX_CHECKED_BYTES = 64 * 1024 * 1024
"""The largest file checked at every opening (2.5 ms per MB); larger ones are checked on request."""
RECHECK_PAUSE_S = 0.1


def refuse_damaged_pages(engine: Engine, path: Path) -> None:
    """Refuse a file with a page that does not verify, unless the file is too large to check at opening.

    Args:
        engine: The engine of the file, with its key.
        path: The file.

    Raises:
        Refused: A page is damaged, or comes from another file.
    """
    if path.stat().st_size > MAX_CHECKED_BYTES:
        return
    with closing(engine.raw_connection()) as connection:
        # A page half written at a power cut is complete in the log: checkpoint before checking.
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        damaged = _damaged_pages(connection)
        if damaged:
            time.sleep(RECHECK_PAUSE_S)  # another program may have been writing that page
            damaged &= _damaged_pages(connection)
    if damaged:
        raise DatabaseDamaged(
            f"The database file {path} is damaged: {len(damaged)} of its pages do not verify. Nothing was opened and "
            "nothing was changed; restore a backup, and have the disk looked at."
        )


def _damaged_pages(connection: Any) -> set[str]:  # noqa: ANN401 - the driver's own connection
    return {line for (line,) in connection.cursor().execute("PRAGMA cipher_integrity_check").fetchall()}
