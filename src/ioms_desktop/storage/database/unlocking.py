"""Open a local database with a password: key file, data key, file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.db_errors import translated
from ioms_desktop.storage.engine import open_store, refuse_missing, refuse_unreadable
from ioms_desktop.storage.envelope import WrongKey
from ioms_desktop.storage.sqlite import key_file, rotation
from ioms_desktop.storage.sqlite.engine import engine_for, is_plain
from ioms_desktop.storage.sqlite.key_file import Unlocked
from ioms_desktop.storage.store import Store

T = TypeVar("T")

FOREIGN = (
    "The key file does not open this database: it belongs to another one, or the database file is damaged. Nothing was "
    "changed; put back the two files of one backup."
)
PLAIN = (
    "This database was made before files were encrypted. Nothing was opened; run migrate once: it makes a backup and "
    "encrypts the file."
)
UNFINISHED = ".converting"
"""How the name of an encrypted copy ends before it takes the plain file's place."""
CLOSED = "not a database"
"""What the library says of a file that its key does not open."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A local database, opened by somebody.

    Attributes:
        store: The database.
        unlocked: Their slot and their private key.
    """

    store: Store
    unlocked: Unlocked


def open_with(location: str, name: str, password: str, *, kind: str = key_file.PERSON) -> Opened:
    """Open a local database with somebody's password, or with the recovery code.

    Raises:
        WrongKey: There is no such user, or the password is wrong.
        Refused: One of the two files is missing, open to others, damaged, or not the other's; the sentence says which.
    """
    store, unlocked = _with_a_key(location, kind, name, password, partial(open_store, location))
    try:
        return _settled(Opened(store, unlocked))
    except BaseException:
        store.close()
        raise


def key_with(location: str, name: str, password: str) -> bytes:
    """Give the data key of a local database, whatever schema it is at.

    Raises:
        WrongKey: There is no such user, or the password is wrong.
        Refused: As `open_with`.
    """
    return _with_a_key(location, key_file.PERSON, name, password, partial(_tried, Path(location)))[0]


def _with_a_key(location: str, kind: str, name: str, password: str, use: Callable[[bytes], T]) -> tuple[T, Unlocked]:
    """Unlock the key file, and use the data key in it that opens the database."""
    refuse_missing_key(location)
    file = key_file.load(location)
    refuse_unreadable(Path(location), encrypted=True)
    unlocked = key_file.unlock(file, kind, name, password)
    used = _try_keys(unlocked, use)
    if used is None:
        # Whoever changed the key meanwhile has changed the key file with it; the slot is the same.
        unlocked = _again(location, unlocked)
        used = _try_keys(unlocked, use)
    if used is None:
        raise Refused(FOREIGN)
    return used, unlocked


def _tried(path: Path, key: bytes) -> bytes:
    engine = engine_for(path, key)
    try:
        with translated(), engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    finally:
        engine.dispose()
    return key


def refuse_missing_key(location: str) -> None:
    """Refuse a file that is not there, or one that was never encrypted.

    Raises:
        Refused: It is one; the sentence says which and what to do.
    """
    path = Path(location)
    converting = Path(f"{location}{UNFINISHED}").exists()
    if path.is_file() and (converting or not key_file.path_of(location).exists()) and is_plain(path):
        raise Refused(PLAIN)
    refuse_missing(path)


def _again(location: str, unlocked: Unlocked) -> Unlocked:
    file = key_file.load(location)
    slot = next((slot for slot in file.slots if slot.id == unlocked.slot.id), None)
    if slot is None:
        raise WrongKey
    return replace(unlocked, slot=slot, keys=key_file.keys_of(file, slot, unlocked.secret))


def _try_keys(unlocked: Unlocked, use: Callable[[bytes], T]) -> T | None:
    """Use the older key first: a change that was stopped midway is undone under it."""
    for number in sorted(unlocked.keys):
        try:
            return use(unlocked.keys[number])
        except Refused as refused:
            if CLOSED not in str(refused.__cause__):
                raise
    return None


def _settled(opened: Opened) -> Opened:
    """Put away what a stopped change of the key has left, and make the one that is due where nobody is in the way."""
    store, unlocked = opened.store, opened.unlocked
    if len(unlocked.keys) > 1:
        rotation.settle(store)
        unlocked = _again(store.location, unlocked)
    with store.read() as reading:
        due = rotation.is_due(reading)
    if due:
        try:
            changed = rotation.rotate(store)
        except Refused:
            return Opened(store, unlocked)  # it stays due, and the next opening tries again
        if changed:
            unlocked = _again(store.location, unlocked)
    return Opened(store, unlocked)
