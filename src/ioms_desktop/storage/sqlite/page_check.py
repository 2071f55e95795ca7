"""Every page of an encrypted file, looked through before anything on it is shown: each carries a proof of its own."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ioms_desktop.domain.errors import DatabaseDamaged

MAX_CHECKED_BYTES = 64 * 1024 * 1024
"""Bytes of a file that is looked through at every opening, measured at 2.5 ms a MB; a larger one is when asked to."""
RECHECK_PAUSE_S = 0.1


def refuse_damaged_pages(engine: Engine, path: Path) -> None:
    """Refuse a file of which a page does not verify, as long as the file is small enough to be looked through.

    Args:
        engine: Of the file, with its key.
        path: The file.

    Raises:
        Refused: A page is damaged, or belongs elsewhere.
    """
    if path.stat().st_size > MAX_CHECKED_BYTES:
        return
    with closing(engine.raw_connection()) as connection:
        # What a loss of power left half written in the file lies whole in the log: it is put right before it is judged.
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        damaged = _damaged_pages(connection)
        if damaged:
            time.sleep(RECHECK_PAUSE_S)  # another program may have been writing that very page
            damaged &= _damaged_pages(connection)
    if damaged:
        raise DatabaseDamaged(
            f"The database file {path} is damaged: {len(damaged)} of its pages do not verify. Nothing was opened and "
            "nothing was changed; restore a backup, and have the disk looked at."
        )


def _damaged_pages(connection: Any) -> set[str]:  # noqa: ANN401 - the driver's own connection
    return {said for (said,) in connection.cursor().execute("PRAGMA cipher_integrity_check").fetchall()}
