"""Backing up a local file in use: copied, verified, named, recorded, and the oldest copies deleted."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path

from ioms_desktop.atomic_file import fsync_file
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.backups import Backup, BackupRetention, backups_to_keep, has_shrunk
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.instants import is_ahead
from ioms_desktop.domain.errors import DatabaseDamaged, DatabaseInUse, FileUnwritable, Refused, WrongDatabaseKind
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.text_format import format_day, format_days, pluralise
from ioms_desktop.services.audit.audit import find_audit_fault, try_seal_audit
from ioms_desktop.services.session import Session
from ioms_desktop.storage.database import file_copy
from ioms_desktop.storage.database.backup import count_rows
from ioms_desktop.storage.database.backup_notes import count_records, last_backup, record_backup
from ioms_desktop.storage.database.demo_marker import is_demo
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.engine import open_immutable
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import driver_error

BACKUP_DUE_AFTER = timedelta(days=7)
BACKUP_RETENTION = BackupRetention()
TIMESTAMP_FORMAT = "%Y%m%dT%H%M%SZ"
SHARED_BACKUP_MESSAGE = (
    "A shared database is backed up by its server, which copies every record and the log of all changes; nobody's "
    "login could. Nothing was written; deploy/README.md, sections 5 to 7, says how the copies are made, tried and "
    "brought back."
)
BACKUP_NOT_WRITTEN_MESSAGE = (
    "No backup could be written to {target}. The database and every earlier backup are unchanged; check the free "
    "space and the permissions of the folder, or name another place."
)
DATABASE_LOCKED_MESSAGE = (
    "Another program has sole use of {path} just now, for example to change its key. Nothing was written and every "
    "earlier backup is unchanged; try again in a moment."
)
DATABASE_DAMAGED_MESSAGE = (
    "The database file {path} is damaged, and no complete copy of it can be made. Nothing was written and every "
    "earlier backup is unchanged; have the disk checked, and restore the last backup."
)
COPY_NOT_VERIFIED_MESSAGE = (
    "The copy of {path} does not verify: {why} It was removed, and every earlier backup is unchanged. Run check "
    "on the database, keep a copy of its two files while nobody has it open, and tell the auditor."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """The result of a backup.

    Attributes:
        backup: The backup.
        tables: How many tables were counted in it and in the database, and were equal.
        rows: How many rows they have.
        seconds: How long it took.
        removed: The names of older backups that were removed.
        alarm: What is strange about it, in a sentence; empty where nothing is.
        notice: What was done, in words, the alarm included.
    """

    backup: Backup
    tables: int
    rows: int
    seconds: float
    removed: tuple[str, ...]
    alarm: str
    notice: str

    def with_notice(self) -> "BackupResult":
        """Build the result with its message."""
        name = Path(self.backup.path).name
        gone = f"{pluralise(len(self.removed), 'older backup was', 'older backups were')} deleted. ".capitalize()
        notice = (
            f"Backed up to {self.backup.path}: {self.rows:,} rows of {self.tables} tables, verified in "
            f"{format_duration(self.seconds)}. {gone if self.removed else ''}The backup is two files, {name} and "
            f"{name}.keys; keep them together, and apart from this computer. {self.alarm}"
        )
        return replace(self, notice=notice.strip())


@dataclass(frozen=True, slots=True)
class _BackupSeries:
    """The dated backups of one database in one folder.

    Attributes:
        folder: Where.
        source: The database.
        database: What its key file calls it: another's backups are never touched, whatever their names.
    """

    folder: Path
    source: Path
    database: str

    def path_at(self, at: datetime) -> Path:
        """Return the path of the backup of an instant."""
        return self.folder / f"{self.source.stem}-{at.astimezone(UTC):{TIMESTAMP_FORMAT}}{self.source.suffix}"

    def find_backups(self) -> dict[datetime, Path]:
        """List the backups that have their final name, and so were verified, by time.

        Raises:
            Refused: The folder cannot be read.
        """
        shape = re.compile(rf"{re.escape(self.source.stem)}-(\d{{8}}T\d{{6}}Z){re.escape(self.source.suffix)}")
        found = {}
        try:
            listed = list(self.folder.iterdir())
        except OSError as error:
            raise FileUnwritable(BACKUP_NOT_WRITTEN_MESSAGE.format(target=self.folder)) from error
        for path in listed:
            matched = shape.fullmatch(path.name)
            if matched and self._belongs_to_database(path):
                with suppress(ValueError):
                    found[datetime.strptime(matched[1], TIMESTAMP_FORMAT).replace(tzinfo=UTC)] = path
        return found

    def _belongs_to_database(self, path: Path) -> bool:
        try:
            return path.is_file() and key_file.load(path, private=False).database_id == self.database
        except Refused:
            return False

    def remove_leftovers(self) -> None:
        """Remove the partial files of backups that were stopped."""
        stem, suffix = escape(self.source.stem), escape(self.source.suffix)
        file_copy.remove_stale_parts(self.folder, f"{stem}-*{suffix}")


def back_up(session: Session, path: Path, *, progress: ProgressCallback = no_progress) -> BackupResult:
    """Make a verified copy of a local file and its key file while others go on working.

    Args:
        path: A name for it, which must be free; or a folder, in which it gets a dated name and the oldest of the dated
            backups there are let go (7 days, then 4 weeks, then 6 months stay).
        progress: Takes how far it is; what it raises stops the backup and leaves nothing behind.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: The database is shared, damaged, or its copy does not prove whole; or the place is taken or cannot be
            written. Nothing is left behind, and no earlier backup was touched.
    """
    session.require(Right.ADMINISTER)
    refuse_shared_database(session.store.location)
    since, at = time.monotonic(), session.clock()
    source, key = Path(session.store.location), session.store.key or b""
    keys = key_file.load(source)
    key_file.key_number(keys, key)
    series = _BackupSeries(path, source, keys.database_id) if file_copy.is_folder(path) else None
    target = path if series is None else series.path_at(at)
    earlier = {} if series is None else series.find_backups()
    try_seal_audit(session)
    with file_copy.part_file(target) as part:
        rows, records = copy_and_verify(source, part, target, key, progress)
        made = Backup(at=at, path=str(target.resolve()), bytes=part.stat().st_size, records=records)
        progress(0, 0, "giving the backup its name")  # the last moment at which it can be stopped
        _give_final_name(part, target)
    return _finish_backup(session, made, rows, earlier, series, since)


def _finish_backup(
    session: Session,
    made: Backup,
    rows: dict[str, int],
    earlier: dict[datetime, Path],
    series: _BackupSeries | None,
    since: float,
) -> BackupResult:
    """Record a backup that has its final name, then delete expired ones; an unrecorded backup deletes none."""
    shrunk = _size_alarm(session, made, earlier)
    too_old = [] if shrunk else _expired_backups(earlier, made.at)
    alarm = " ".join(filter(None, (shrunk, _describe_backups_ahead(earlier, made.at))))
    counted_rows = {"tables": len(rows), "rows": sum(rows.values())}
    detail = {**counted_rows, "let_go": [old.name for old in too_old], "alarm": alarm}
    unrecorded = _record_backup(session, made, detail)
    done = BackupResult(
        backup=made,
        **counted_rows,
        seconds=time.monotonic() - since,
        removed=() if unrecorded or series is None else _remove_backups(series, too_old),
        alarm=" ".join(filter(None, (alarm, unrecorded))),
        notice="",
    )
    return done.with_notice()


def refuse_shared_database(location: str) -> None:
    """Refuse a shared database, which its server backs up.

    Raises:
        Refused: It is one.
    """
    if is_shared(location):
        raise WrongDatabaseKind(SHARED_BACKUP_MESSAGE)


def copy_and_verify(
    source: Path, part: Path, target: Path, key: bytes, progress: ProgressCallback
) -> tuple[dict[str, int], int]:
    """Copy a database and verify the copy: every page, every link, the audit, and the row count of every table.

    Args:
        source: The database.
        part: Where to copy it.
        target: What the copy is to be called, for the words.
        key: What it is encrypted with.

    Returns:
        How many rows of each table it holds, and how many records of people and cases.

    Raises:
        Refused: It cannot be written, or does not prove whole.
    """
    with file_copy.open_for_copy(source, key) as origin:
        try:
            rows = file_copy.copy_snapshot(origin, source, part, key, progress)
            fsync_file(part)
        except (OSError, driver_error()) as error:
            if file_copy.is_lock_error(error):
                raise DatabaseInUse(DATABASE_LOCKED_MESSAGE.format(path=source)) from error
            if file_copy.count_damaged_pages(origin):
                raise DatabaseDamaged(DATABASE_DAMAGED_MESSAGE.format(path=source)) from error
            raise FileUnwritable(BACKUP_NOT_WRITTEN_MESSAGE.format(target=target)) from error
    progress(0, 0, "proving the copy")
    key_file.key_number(key_file.load(part, private=False), key)
    store = open_immutable(part, key)
    try:
        with store.read() as reading:
            why = [fault.description for fault in check_integrity(reading)[1]]
            why += ["A table has another number of rows."] if count_rows(reading.connection) != rows else []
            progress(0, 0, "proving the audit")
            why = why or list(filter(None, [find_audit_fault(reading)]))
            records = count_records(reading)
    finally:
        store.close()
    if why:
        raise DatabaseDamaged(COPY_NOT_VERIFIED_MESSAGE.format(path=source, why=why[0]))
    return rows, records


def _give_final_name(part: Path, target: Path) -> None:
    try:
        file_copy.move_into_place(part, target)
    except OSError as error:
        raise FileUnwritable(BACKUP_NOT_WRITTEN_MESSAGE.format(target=target)) from error


def _size_alarm(session: Session, made: Backup, earlier: dict[datetime, Path]) -> str:
    """Warn where the new backup is strangely small: somebody may have emptied the database."""
    last = get_last_backup(session)
    dated = [at for at in earlier if at <= made.at] or list(earlier)
    before = earlier[max(dated)].stat().st_size if dated else 0
    if has_shrunk(made.bytes, before):
        what = f"is less than half as large as the one before it ({made.bytes:,} of {before:,} bytes)"
    elif last is not None and has_shrunk(made.records, last.records):
        what = f"holds less than half of the records of the one before it ({made.records:,} of {last.records:,})"
    else:
        return ""
    return f"The backup {what}. No older backup was deleted; find out why before you do."


def _expired_backups(earlier: dict[datetime, Path], at: datetime) -> list[Path]:
    """List the backups that need not be kept once there is one of this instant."""
    now = at.astimezone(UTC)
    stay = backups_to_keep([*earlier, now], BACKUP_RETENTION, now)
    return [path for made, path in sorted(earlier.items()) if made not in stay]


def _describe_backups_ahead(earlier: dict[datetime, Path], now: datetime) -> str:
    """Warn of backups dated later than now: the computer's clock was ahead then, or is behind."""
    count = sum(is_ahead(at, now) for at in earlier)
    if not count:
        return ""
    what = pluralise(count, "backup in this folder is", "backups in this folder are")
    return (
        f"{what} dated later than now: the clock of this computer was wrong then, or is now. None of them was deleted, "
        "and no other was deleted in their place; check the clock, and delete them yourself when you need them no more."
    ).capitalize()


def _remove_backups(series: _BackupSeries, too_old: list[Path]) -> tuple[str, ...]:
    """Delete old backups; one that cannot be deleted is tried again after the next backup."""
    gone = []
    for old in too_old:
        with suppress(OSError):
            old.unlink()
            gone.append(old.name)
            key_file.key_file_path(old).unlink()
    series.remove_leftovers()
    return tuple(gone)


def _record_backup(session: Session, made: Backup, detail: dict[str, object]) -> str:
    """Record the backup in the database; where that fails, say so, since the backup itself is good."""
    try:
        with session.store.begin(session.command_context(), "back_up") as tx:
            record_backup(tx, made, detail)
    except Refused as refused:
        return f"It could not be put on record: {refused.sentence} No older backup was deleted."
    return ""


def format_duration(seconds: float) -> str:
    """Format a duration."""
    return "under a second" if seconds < 1 else f"{seconds:.0f} second{'' if f'{seconds:.0f}' == '1' else 's'}"


def get_last_backup(session: Session) -> Backup | None:
    """Return the last verified backup of a local file; None where there is none, and for a shared database.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    session.require(Right.ADMINISTER)
    if is_shared(session.store.location):
        return None
    with session.store.read() as reading:
        return last_backup(reading)


def backup_reminder(session: Session) -> str:
    """Return a one-line reminder that a backup of a local file is due; empty where none is."""
    if not may(session.role, Right.ADMINISTER) or is_shared(session.store.location):
        return ""
    with session.store.read() as reading:
        last, fiction = last_backup(reading), is_demo(reading)
    if fiction:
        return ""
    if last is None:
        return "This file has no backup yet: if the disk fails, everything in it is lost."
    now = session.clock()
    made = format_day(last.at.astimezone(LONDON).date())
    if is_ahead(last.at, now):
        return f"The last backup of this file is dated {made}, later than today. Check the clock and make a backup."
    age = max(now - last.at, timedelta())
    if age <= BACKUP_DUE_AFTER:
        return ""
    return f"The last backup of this file is {format_days(age.days)} old, of {made}."
