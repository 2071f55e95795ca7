"""The record of a local file's backups: when the last one was verified, its path and its size."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from ioms_desktop.domain.backups import Backup
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.tables import meta
from ioms_desktop.storage.transaction import Transaction

LAST_BACKUP_META_KEY = "last_backup"


def record_backup(tx: Transaction, backup: Backup, detail: dict[str, Any]) -> None:
    """Record a verified backup, in the audit and as the last one."""
    note = {"at": backup.at.isoformat(), "path": backup.path, "bytes": backup.bytes, "records": backup.records}
    tx.connection.execute(delete(meta).where(meta.c.name == LAST_BACKUP_META_KEY))
    tx.connection.execute(insert(meta).values(name=LAST_BACKUP_META_KEY, value=json.dumps(note)))
    log_backup_use(tx, backup.path, {**note, **detail})


def log_backup_use(tx: Transaction, path: str, detail: dict[str, Any]) -> None:
    """Log the use of a backup as a disclosure: all its content goes where the holders of its keys can read it."""
    tx.log("CONSULTATION", object_type="backup", object_ref=path, subject_ref=None, detail=detail)


def last_backup(reading: Reading) -> Backup | None:
    """Return the last verified backup; None where there is none, or its record cannot be read."""
    kept = reading.connection.scalar(select(meta.c.value).where(meta.c.name == LAST_BACKUP_META_KEY))
    try:
        note = json.loads(kept or "")
        return Backup(
            at=datetime.fromisoformat(note["at"]),
            path=str(note["path"]),
            bytes=int(note["bytes"]),
            records=int(note["records"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def count_records(reading: Reading) -> int:
    """Count the records of people and cases: the file's size is no measure, because deletion does not reduce it."""
    counts = (select(func.count()).select_from(tables.table_of(record_type)) for record_type in EXCHANGE_RECORD_TYPES)
    return sum(reading.connection.scalar(count) or 0 for count in counts)
