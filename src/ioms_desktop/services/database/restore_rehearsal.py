"""Rehearsing a restore: restore a backup privately, verify it, compare it with today, and delete it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ioms_desktop.atomic_file import is_stale
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import FileUnwritable, Refused
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import capitalise, pluralise
from ioms_desktop.file_access import make_private_folder
from ioms_desktop.services.database.backups import (
    copy_and_verify,
    format_duration,
    get_last_backup,
    refuse_shared_database,
)
from ioms_desktop.services.database.restore import RestoreResult, restore_into
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.session import Session
from ioms_desktop.storage.database.backup import count_rows
from ioms_desktop.storage.database.backup_notes import log_backup_use
from ioms_desktop.storage.records.read import Reading

TABLE_LABELS = {"audit": "entries of the audit", "former_version": "former versions"}
MAX_TABLES_NAMED = 6
"""Tables that differ and are named; more than these are counted."""


@dataclass(frozen=True, slots=True)
class RowCountDifference:
    """A table whose number of rows differs between the backup and today."""

    table: str
    backup_rows: int
    current_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalResult:
    """The result of a rehearsal.

    Attributes:
        backup: The backup that was brought back; empty where one was made for it.
        made_at: When that was made (UTC).
        rows: How many rows of each table came back.
        differences: Where the database has more or fewer now: what was recorded, or disposed of, since.
        seconds: How long bringing it back and proving it took.
        notice: All this in words.
    """

    backup: str
    made_at: datetime
    rows: dict[str, int]
    differences: tuple[RowCountDifference, ...]
    seconds: float
    notice: str

    @classmethod
    def from_restore(
        cls,
        backup_path: Path | None,
        at: datetime,
        rows: dict[str, int],
        differences: tuple[RowCountDifference, ...],
        seconds: float,
    ) -> "RehearsalResult":
        """Build the result of a rehearsal.

        Args:
            backup_path: The backup; None where one was made for the rehearsal.
            at: When it was made.
            rows: How many rows of each table came back.
            differences: Where the database has another number now.
            seconds: How long it took.
        """
        what = (
            f"The backup {backup_path.name} of {format_instant(at)}"
            if backup_path is not None
            else "A backup made for this rehearsal, since none was found where the last one was put,"
        )
        notice = (
            f"{what} was restored in a private place with your password, in {format_duration(seconds)}, and removed "
            f"again. Every page, every link and the audit were proved, and {sum(rows.values()):,} rows of {len(rows)} "
            f"tables counted. {_describe_differences(differences)}"
        )
        return cls(
            backup="" if backup_path is None else str(backup_path),
            made_at=at,
            rows=rows,
            differences=differences,
            seconds=seconds,
            notice=notice,
        )


def _describe_differences(differences: tuple[RowCountDifference, ...]) -> str:
    """Describe how backup and database differ: records by name, the program's own tables by count."""
    if not differences:
        return "Every table has as many rows as the database has now."
    names = {
        each: TABLE_LABELS.get(each.table) or (each.table if each.table in RECORD_TYPE_BY_TABLE else "")
        for each in differences
    }
    parts = [f"{name} {each.backup_rows:,} then, {each.current_rows:,} now" for each, name in names.items() if name]
    parts, more = parts[:MAX_TABLES_NAMED], len(differences) - len(parts[:MAX_TABLES_NAMED])
    parts += [f"{pluralise(more, 'other table')}"] if more else []
    differ = pluralise(len(differences), "table differs", "tables differ")
    return f"{capitalise(differ)} by what was recorded or removed since: {'; '.join(parts)}."


def rehearse_restore(session: Session, password: str, *, progress: ProgressCallback = no_progress) -> RehearsalResult:
    """Restore the newest backup into a private folder, verify it, and remove it again.

    Where there is no backup, or it is not where it was put, one is made for the rehearsal and thrown away with it.

    Args:
        password: Theirs as of the backup: what opens it on the day it is needed.
        progress: Takes how far it is; what it raises stops the rehearsal and leaves nothing behind.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: The database is shared, or the backup cannot be brought back; that is on record too.
    """
    session.require(Right.ADMINISTER)
    refuse_shared_database(session.store.location)
    last = get_last_backup(session)
    place = None if last is None or not Path(last.path).is_file() else Path(last.path)
    at = last.at if last is not None and place is not None else session.clock()
    with _private_folder(session) as folder:
        try:
            brought = _restore_copy(session, place, folder, password, progress)
        except Refused as refused:
            _record_rehearsal(session, place, {"rehearsed": False, "why": refused.sentence})
            raise
        with session.store.read() as reading:
            differences = _find_differences(brought.rows, reading)
    done = RehearsalResult.from_restore(place, at, brought.rows, differences, brought.seconds)
    detail = {"rehearsed": True, "seconds": round(brought.seconds, 1), "rows": sum(brought.rows.values())}
    unrecorded = _record_rehearsal(
        session, place, {**detail, "tables": len(brought.rows), "tables_that_differ": len(differences)}
    )
    return replace(done, notice=f"{done.notice} {unrecorded}".strip())


def _restore_copy(
    session: Session, backup_path: Path | None, folder: Path, password: str, progress: ProgressCallback
) -> RestoreResult:
    backup = backup_path
    if backup is None:
        backup = folder / "backup.ioms"
        copy_and_verify(Path(session.store.location), backup, backup, session.store.key or b"", progress)
    reason = "A rehearsal, thrown away afterwards."
    return restore_into(
        backup, folder / "restored.ioms", session.user, password, reason=reason, clock=session.clock, progress=progress
    )


@contextmanager
def _private_folder(session: Session) -> Iterator[Path]:
    """Make a private folder beside the database, on a disk that has held it; it is removed afterwards."""
    source = Path(session.store.location)
    prefix = f"{source.name}.rehearsal-"
    _remove_leftovers(source.parent, prefix)
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=source.parent))
        make_private_folder(folder)  # on Windows the folder has the rights of the one it is in
    except OSError as error:
        raise FileUnwritable(
            f"There is no place for the rehearsal beside {source}. Nothing was changed; check the room and the rights "
            "of its folder."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(folder: Path, prefix: str) -> None:
    """Remove what a stopped rehearsal has left; it is encrypted as the database is."""
    for left in folder.iterdir():
        with suppress(OSError):
            if left.name.startswith(prefix) and is_stale(left):
                shutil.rmtree(left, ignore_errors=True)


def _find_differences(rows: dict[str, int], reading: Reading) -> tuple[RowCountDifference, ...]:
    present = count_rows(reading.connection)
    names = sorted({*rows, *present})
    pairs = (RowCountDifference(name, rows.get(name, 0), present.get(name, 0)) for name in names)
    return tuple(each for each in pairs if each.backup_rows != each.current_rows)


def _record_rehearsal(session: Session, backup_path: Path | None, detail: dict[str, object]) -> str:
    """Record a rehearsal; where that fails, say so, since its result is valid all the same."""
    try:
        with session.store.begin(session.command_context(), "rehearse") as tx:
            log_backup_use(tx, str(backup_path or "made for the rehearsal"), detail)
    except Refused as refused:
        return f"It could not be put on record: {refused.sentence}"
    return ""
