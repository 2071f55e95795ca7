"""Opens a local database with a password: key file, data key, database file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from ioms_desktop.domain.errors import KeyFileRefused, NotEncrypted, Refused
from ioms_desktop.storage.db_errors import translate_db_errors
from ioms_desktop.storage.engine import open_store, refuse_missing_file, refuse_unsuitable_file
from ioms_desktop.storage.envelope import DerivedKey, WrongKey
from ioms_desktop.storage.sqlite import key_file, rotation
from ioms_desktop.storage.sqlite.engine import file_engine, is_plain
from ioms_desktop.storage.sqlite.key_file import UnlockedSlot
from ioms_desktop.storage.store import Store

T = TypeVar("T")

KEY_FILE_MISMATCH = (
    "The key file does not open this database: it belongs to another one, or the database file is damaged. Nothing was "
    "changed; put back the two files of one backup."
)
NOT_ENCRYPTED_YET = (
    "This database was made before files were encrypted. Nothing was opened; run migrate once: it makes a backup and "
    "encrypts the file."
)
CONVERTING_SUFFIX = ".converting"
"""The suffix of an encrypted copy before it replaces the plain file."""
WRONG_KEY_DRIVER_TEXT = "not a database"
"""SQLCipher's message for a file that the key does not decrypt."""


@dataclass(frozen=True, slots=True)
class UnlockedDatabase:
    """A local database, opened by a user.

    Attributes:
        store: The database.
        unlocked: Their slot, private key and data keys.
    """

    store: Store
    unlocked: UnlockedSlot


def open_with_password(
    location: str, name: str, password: str, *, kind: str = key_file.PERSON, derived: DerivedKey | None = None
) -> UnlockedDatabase:
    """Open a local database with a user's password, or with the recovery code.

    Args:
        location: The database.
        name: The user; empty with the recovery code.
        password: Their password, or the code.
        kind: Whether it is a person's or the recovery code.
        derived: What `key_file.derive_early` gave for the password, where it was derived already.

    Raises:
        WrongKey: There is no such user, or the password is wrong.
        Refused: One of the two files is missing, readable by others, damaged, or of another database.
    """
    store, unlocked = _unlock_and_use(location, kind, name, password, partial(open_store, location), derived)
    try:
        return _finish_pending_rotation(UnlockedDatabase(store, unlocked))
    except BaseException:
        store.close()
        raise


def unlock_data_key(location: str, name: str, password: str) -> bytes:
    """Return the data key of a local database, whatever its schema.

    Raises:
        WrongKey: There is no such user, or the password is wrong.
        Refused: As for `open_with_password`.
    """
    return _unlock_and_use(location, key_file.PERSON, name, password, partial(_check_key_opens, Path(location)))[0]


def _unlock_and_use(
    location: str,
    kind: str,
    name: str,
    password: str,
    use: Callable[[bytes], T],
    derived: DerivedKey | None = None,
) -> tuple[T, UnlockedSlot]:
    """Unlock the key file, and use the data key that opens the database."""
    refuse_missing_key(location)
    file = key_file.load(location)
    refuse_unsuitable_file(Path(location), encrypted=True)
    unlocked = key_file.unlock(file, kind, name, password, derived)
    used = _try_keys(unlocked, use)
    if used is None:
        # Another program may have changed the key meanwhile, and the key file with it; the slot stays the same.
        unlocked = _reload_slot(location, unlocked)
        used = _try_keys(unlocked, use)
    if used is None:
        raise KeyFileRefused(KEY_FILE_MISMATCH)
    return used, unlocked


def _check_key_opens(path: Path, key: bytes) -> bytes:
    engine = file_engine(path, key)
    try:
        with translate_db_errors(), engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    finally:
        engine.dispose()
    return key


def refuse_missing_key(location: str) -> None:
    """Refuse a file that is missing, or was never encrypted.

    Raises:
        Refused: It is; the sentence says which and what to do.
    """
    path = Path(location)
    converting = Path(f"{location}{CONVERTING_SUFFIX}").exists()
    if path.is_file() and (converting or not key_file.key_file_path(location).exists()) and is_plain(path):
        raise NotEncrypted(NOT_ENCRYPTED_YET)
    refuse_missing_file(path)


def _reload_slot(location: str, unlocked: UnlockedSlot) -> UnlockedSlot:
    file = key_file.load(location)
    slot = next((slot for slot in file.slots if slot.id == unlocked.slot.id), None)
    if slot is None:
        raise WrongKey
    return replace(unlocked, slot=slot, data_keys=key_file.open_data_keys(file, slot, unlocked.private_key))


def _try_keys(unlocked: UnlockedSlot, use: Callable[[bytes], T]) -> T | None:
    """Try the older key first: with it, SQLite undoes a key change that was stopped midway."""
    for number in sorted(unlocked.data_keys):
        try:
            return use(unlocked.data_keys[number])
        except Refused as refused:
            if WRONG_KEY_DRIVER_TEXT not in str(refused.__cause__):
                raise
    return None


def _finish_pending_rotation(opened: UnlockedDatabase) -> UnlockedDatabase:
    """Finish a key change that was stopped, and do one that is due if no other program has the file open."""
    store, unlocked = opened.store, opened.unlocked
    if len(unlocked.data_keys) > 1:
        rotation.finish_rotation(store)
        unlocked = _reload_slot(store.location, unlocked)
    with store.read() as reading:
        due = rotation.is_rotation_due(reading)
    if due:
        try:
            changed = rotation.rotate_key(store)
        except Refused:
            return UnlockedDatabase(store, unlocked)  # it stays due: the next opening tries again
        if changed:
            unlocked = _reload_slot(store.location, unlocked)
    return UnlockedDatabase(store, unlocked)
