"""The log beside a local file (`-wal`): one that is older than the file would undo later work when it is opened.

It comes about where files are copied by hand: the database put back without its log, or a log left over by a crash
beside a database from elsewhere. The library cannot see it, since each page in the log is right in itself.
"""

from contextlib import closing
from pathlib import Path

from ioms_desktop.domain.errors import DatabaseDamaged

NEWEST_AUDIT_ID_SQL = "SELECT max(id) FROM audit"
"""Every command adds to the audit and none takes away, so the greater number is the later state."""


def refuse_stale_wal(path: Path, key: bytes | None) -> None:
    """Refuse a database beside which lies an older log; nothing is written, and without a log nothing is read.

    Args:
        path: The file.
        key: What it is encrypted with; None for a plain one.

    Raises:
        Refused: The log is older than the file.
    """
    log = Path(f"{path}-wal")
    if not log.exists() or not log.stat().st_size:
        return
    # The file first: whatever another program saves in between can only make the second number greater.
    without = _newest_audit_id(path, key, "immutable=1")
    both = _newest_audit_id(path, key, "mode=ro")
    if without is not None and both is not None and both < without:
        raise DatabaseDamaged(
            f"The log {log.name} beside the database is older than the database: it belongs to an earlier copy, and "
            "opening the two together would undo later work. Nothing was opened and nothing was changed. Move that "
            "file to another folder and open again; where records are missing, restore a backup."
        )


def _newest_audit_id(path: Path, key: bytes | None, mode: str) -> int | None:
    """Number the newest entry of the audit; None where it cannot be read in this way, as in the midst of a copy."""
    from ioms_desktop.storage.sqlite.engine import connect_read_only, driver_error  # noqa: PLC0415 - only where a log was left behind

    try:
        with closing(connect_read_only(path, key, mode)) as connection:
            found: int | None = connection.execute(NEWEST_AUDIT_ID_SQL).fetchone()[0]
    except driver_error():
        return None
    return found
