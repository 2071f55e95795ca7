"""Restoring a backup into a new database: verified before it gets its name, audited in an epoch of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.audit.seals import ChainHead, spoken_digits
from ioms_desktop.domain.errors import (
    DatabaseDamaged,
    DatabaseInUse,
    FileNotFound,
    FileUnreadable,
    FileUnwritable,
    KeyFileRefused,
    NotADatabase,
    SchemaMismatch,
    WrongFile,
    WrongPassword,
)
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.audit.audit import find_audit_fault
from ioms_desktop.services.audit.audit_anchors import save_local_head
from ioms_desktop.services.audit.epochs import open_epoch_in_file
from ioms_desktop.services.database.backups import format_duration, refuse_shared_database
from ioms_desktop.services.session import utc_now
from ioms_desktop.services.sign_in.sign_in import workstation_name
from ioms_desktop.storage import users
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.database import file_copy
from ioms_desktop.storage.database.backup import read_snapshot
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.migrate import upgrade_database
from ioms_desktop.storage.db_errors import translate_db_errors
from ioms_desktop.storage.engine import open_store, schema_of
from ioms_desktop.storage.envelope import WrongKey
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import driver_error, immutable_engine, is_plain
from ioms_desktop.storage.sqlite.network_share import refuse_network_share
from ioms_desktop.storage.transaction import CommandContext

UNCHANGED_CLAUSE = "Nothing was restored and nothing was changed"
WRONG_PASSWORD_MESSAGE = (
    f"The name or the password is wrong. {UNCHANGED_CLAUSE}; a backup knows the people and the "
    "passwords of the day it was "
    "made."
)
BACKUP_DAMAGED_MESSAGE = f"The backup {{path}} is damaged: {{why}} {UNCHANGED_CLAUSE}; take another backup."
WRONG_KEY_FILE_MESSAGE = (
    f"The key file {{path}}.keys does not open the backup beside it: it belongs to another one, or the backup is "
    f"damaged. {UNCHANGED_CLAUSE}; put the two files of one backup together, or take another backup."
)
RESTORE_NOT_WRITTEN_MESSAGE = (
    "The backup could not be brought back to {into}. Nothing is left there and the backup is as it was; check the room "
    "and the rights of the folder, or name another place."
)
AFTER_RESTORE_ADVICE = (
    "This is the state of the day of the backup: users disabled since can sign in again, and records erased since are "
    "there again. Work only in this file from now on, and back it up: if the one it replaces is used too, each lacks "
    "the other's seals."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreResult:
    """The result of a restore.

    Attributes:
        into: The new database.
        rows: How many rows of each table the backup held, and the new database was proved to hold.
        seconds: How long it took.
        migrated_from: The schema of the backup, where it was an older one; empty otherwise.
        head: The newest seal.
        notice: What was done, in words.
        auditor_message: What to tell the auditor.
        advice: What to mind from here on.
    """

    into: Path
    rows: dict[str, int]
    seconds: float
    migrated_from: str
    head: ChainHead
    notice: str
    auditor_message: str
    advice: str = AFTER_RESTORE_ADVICE

    def with_notice(self, path: Path) -> "RestoreResult":
        """Build the result with its message."""
        newer = f" It was brought from schema {self.migrated_from} to {SCHEMA_HEAD}." if self.migrated_from else ""
        notice = (
            f"Restored {path} into {self.into}: {sum(self.rows.values()):,} rows of {len(self.rows)} tables, verified "
            f"in {format_duration(self.seconds)}.{newer} Sign in with a name and a password of the day of the "
            "backup."
        )
        return replace(self, notice=notice)


def restore_database(
    path: Path,
    into: str,
    name: str,
    password: str,
    *,
    reason: str = "",
    clock: Callable[[], datetime] = utc_now,
    progress: ProgressCallback = no_progress,
) -> RestoreResult:
    """Restore a backup of a local file into a new database.

    Args:
        path: The backup; its key file lies beside it.
        into: Where the new database is to be; nothing is there yet.
        name: An administrator, as of the backup.
        password: Their password, as of the backup.
        reason: Why, for the audit; what was restored is said there in any case.
        clock: What the time is, in UTC.
        progress: Takes how far it is; what it raises stops it and leaves nothing behind.

    Raises:
        NotAllowed: They are not an administrator.
        Refused: There is no backup, it is damaged, of a newer version, plain or under another key; or the new place is
            taken, shared, on a network share, or cannot be written. Nothing is left behind.
    """
    refuse_shared_database(into)
    refuse_network_share(Path(into))
    done = restore_into(path, Path(into), name, password, reason=reason, clock=clock, progress=progress)
    save_local_head(done.head)
    return done


def restore_into(
    path: Path,
    into: Path,
    name: str,
    password: str,
    *,
    reason: str,
    clock: Callable[[], datetime],
    progress: ProgressCallback,
) -> RestoreResult:
    """Restore as `restore_database` does, without making this the workstation's own database.

    Raises:
        NotAllowed: As `restore_database`.
        Refused: As `restore_database`.
    """
    since = time.monotonic()
    require_backup(path)
    key = _unlock_backup(path, name, password)
    schema = _check_backup(path, key, name)
    why = f"Restored from {path.name}. {reason.strip()}".strip()
    act = CommandContext(
        request="", user=name, role=Role.ADMINISTRATOR, at=clock(), workstation=workstation_name(), reason_text=why
    )
    with file_copy.part_file(into) as part:
        rows = _copy_backup(path, part, into, key, progress)
        progress(0, 0, "proving the database")
        if schema < SCHEMA_HEAD:
            upgrade_database(str(part), key, is_copy=True)
        epoch_text, head = _open_epoch_and_verify(part, path, key, act)
        progress(0, 0, "giving the database its name")  # the last moment at which it can be stopped
        try:
            file_copy.finish_copy(part, key)
            file_copy.move_into_place(part, into)
        except (OSError, driver_error()) as error:
            raise FileUnwritable(RESTORE_NOT_WRITTEN_MESSAGE.format(into=into)) from error
    auditor = f"{epoch_text} The newest seal is now {head.n}: {spoken_digits(head.hash)}."
    migrated = schema if schema < SCHEMA_HEAD else ""
    done = RestoreResult(
        into=into,
        rows=rows,
        seconds=time.monotonic() - since,
        migrated_from=migrated,
        head=head,
        notice="",
        auditor_message=auditor,
    )
    return done.with_notice(path)


def require_backup(path: Path) -> None:
    """Refuse a path that is not a backup, as far as can be seen without opening it.

    Raises:
        Refused: It is not there, a folder, plain, without its key file, or in use; the sentence says which.
    """
    if file_copy.is_folder(path):
        raise WrongFile(f"{path} is a folder. {UNCHANGED_CLAUSE}; name the backup itself, a file in it.")
    if path.suffix == ".keys":
        raise WrongFile(
            f"{path} is the key file of a backup. {UNCHANGED_CLAUSE}; name the backup beside it, {path.stem}."
        )
    try:
        if not path.exists():
            raise FileNotFound(f"There is no backup at {path}. {UNCHANGED_CLAUSE}; check the path.")
        plain = is_plain(path)
        log = next(
            (log for log in (Path(f"{path}{end}") for end in file_copy.JOURNAL_SUFFIXES[:2]) if _has_content(log)), None
        )
    except OSError as error:
        raise FileUnreadable(f"The backup {path} cannot be read. {UNCHANGED_CLAUSE}; check its rights.") from error
    if plain:
        raise WrongFile(
            f"{path} is not encrypted, and every backup of this program is: somebody may have put another file in its "
            f"place. {UNCHANGED_CLAUSE}; take another backup, or migrate the file if it is of the first version."
        )
    if not key_file.key_file_path(path).exists():
        raise KeyFileRefused(
            f"The key file {path}.keys is not there, and without it nobody can open the backup. "
            f"{UNCHANGED_CLAUSE}; put the "
            "two files of one backup together."
        )
    if log is not None:
        raise DatabaseInUse(
            f"Beside {path} lies {log.name}: it is a database that is in use or was not closed, and no backup. "
            f"{UNCHANGED_CLAUSE}; sign in to it and back it up."
        )


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _unlock_backup(path: Path, name: str, password: str) -> bytes:
    """Unlock the data key of a backup."""
    try:
        unlocked = key_file.unlock(key_file.load(path, private=False), key_file.PERSON, name, password)
    except WrongKey:
        raise WrongPassword(WRONG_PASSWORD_MESSAGE) from None
    for number in sorted(unlocked.data_keys):
        key = unlocked.data_keys[number]
        try:
            with file_copy.open_for_copy(path, key, is_immutable=True) as backup:
                backup.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except driver_error():
            continue
        return key
    raise KeyFileRefused(WRONG_KEY_FILE_MESSAGE.format(path=path))


def _check_backup(path: Path, key: bytes, name: str) -> str:
    """Refuse a damaged or newer backup, or a user who is not an administrator in it; give its schema."""
    with file_copy.open_for_copy(path, key, is_immutable=True) as backup:
        damaged = file_copy.count_damaged_pages(backup)
    if damaged:
        raise DatabaseDamaged(BACKUP_DAMAGED_MESSAGE.format(path=path, why=f"{damaged} of its pages do not verify."))
    engine = immutable_engine(path, key)
    with translate_db_errors():
        schema = schema_of(engine)
    if schema is None:
        raise NotADatabase(f"{path} is not a backup of an IOMS database. {UNCHANGED_CLAUSE}; name another file.")
    if schema > SCHEMA_HEAD:
        raise SchemaMismatch(
            f"The backup {path} was made by a newer version of IOMS Desktop (schema {schema}). "
            f"{UNCHANGED_CLAUSE}; install "
            "the newer version."
        )
    with translate_db_errors(), engine.connect() as connection, connection.begin():
        role = users.active_role(Reading(connection), name)
    if role is None:
        raise WrongPassword(WRONG_PASSWORD_MESSAGE)
    require(Role(role), Right.ADMINISTER)
    return schema


def _copy_backup(path: Path, part: Path, into: Path, key: bytes, progress: ProgressCallback) -> dict[str, int]:
    with file_copy.open_for_copy(path, key, is_immutable=True) as backup:
        try:
            rows = file_copy.copy_snapshot(backup, path, part, key, progress)
            with file_copy.open_for_copy(part, key, is_immutable=True) as copy, read_snapshot(copy) as found:
                same = found == rows
        except (OSError, driver_error()) as error:
            raise FileUnwritable(RESTORE_NOT_WRITTEN_MESSAGE.format(into=into)) from error
    if not same:
        raise DatabaseDamaged(
            BACKUP_DAMAGED_MESSAGE.format(path=path, why="A table of its copy has another number of rows.")
        )
    return rows


def _open_epoch_and_verify(part: Path, path: Path, key: bytes, context: CommandContext) -> tuple[str, ChainHead]:
    """Open an epoch, seal it and verify everything; give the text for the auditor and the head."""
    store = open_store(str(part), key)
    try:
        epoch_text = open_epoch_in_file(store, context)
        with store.begin(context, "seal") as tx:
            sealing.seal_now(tx)
        with store.read() as reading:
            why = [fault.description for fault in check_integrity(reading)[1]] or list(
                filter(None, [find_audit_fault(reading)])
            )
            head = sealing.chain_head(reading)
    finally:
        store.close()
    if why or head is None:
        raise DatabaseDamaged(BACKUP_DAMAGED_MESSAGE.format(path=path, why=(why or ["It has no audit."])[0]))
    return epoch_text, head
