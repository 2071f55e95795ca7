"""Detects a log (`-wal`) that is older than its local file, which would undo later work when opened.

It arises where files are copied by hand: a database restored without its log, or a log left by a crash beside another
database. SQLite cannot detect it, because each page in the log is valid in itself.
"""

from contextlib import closing
from pathlib import Path

from ioms_desktop.domain.errors import DatabaseDamaged

NEWEST_AUDIT_ID_SQL = "SELECT max(id) FROM audit"
"""Commands only add to the audit, so the higher id is the later state."""

NO_ENTRY = -1


def refuse_stale_wal(path: Path, key: bytes | None) -> None:
    """Refuse a database with an older log beside it; nothing is written, and without a log nothing is read.

    Args:
        path: The file.
        key: The key; None for a plain file.

    Raises:
        Refused: The log is older than the file.
    """
    log = Path(f"{path}-wal")
    if not log.exists() or not log.stat().st_size:
        return
    # The file first: what another program saves in between can only raise the second number.
    without = _newest_audit_id(path, key, "immutable=1")
    both = _newest_audit_id(path, key, "mode=ro")
    if without is not None and both is not None and both < without:
        raise DatabaseDamaged(
            f"The log {log.name} beside the database is older than the database: it belongs to an earlier copy, and "
            "opening the two together would undo later work. Nothing was opened and nothing was changed. Move that "
            "file to another folder and open again; where records are missing, restore a backup."
        )


def _newest_audit_id(path: Path, key: bytes | None, mode: str) -> int | None:
    """Return the id of the newest audit entry; None where it cannot be read, for instance during a copy.

    Pages that do not go together, which an older log may bring, count as older than any entry.
    """
    from ioms_desktop.storage.sqlite.engine import connect_read_only, driver_error  # noqa: PLC0415 - only where a log was left behind

    try:
        with closing(connect_read_only(path, key, mode)) as connection:
            found: int | None = connection.execute(NEWEST_AUDIT_ID_SQL).fetchone()[0]
    except driver_error() as error:
        return NO_ENTRY if "malformed" in str(error) else None
    return found
