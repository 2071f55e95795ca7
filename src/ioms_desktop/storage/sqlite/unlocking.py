"""Open a local database with a password: key file, data key, file."""

from dataclasses import dataclass, replace
from pathlib import Path

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.engine import open_store, refuse_unreadable
from ioms_desktop.storage.envelope import WrongKey
from ioms_desktop.storage.sqlite import key_file, rotation
from ioms_desktop.storage.sqlite.engine import is_plain
from ioms_desktop.storage.sqlite.key_file import Unlocked
from ioms_desktop.storage.store import Store

FOREIGN = (
    "The key file does not open this database: it belongs to another one, or the database file is damaged. Nothing was "
    "changed; put back the two files of one backup."
)
PLAIN = (
    "This database was made before files were encrypted. Nothing was opened; run migrate once: it makes a backup and "
    "encrypts the file."
)
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
    refuse_missing_key(location)
    file = key_file.load(location)
    refuse_unreadable(Path(location), encrypted=True)
    unlocked = key_file.unlock(file, kind, name, password)
    opened = _try_keys(location, unlocked)
    if opened is None:
        # Whoever changed the key meanwhile has changed the key file with it; the slot is the same.
        opened = _try_keys(location, _again(location, unlocked))
    if opened is None:
        raise Refused(FOREIGN)
    try:
        return _settled(opened)
    except BaseException:
        opened.store.close()
        raise


def refuse_missing_key(location: str) -> None:
    """Refuse a file that is not there, or one that was never encrypted.

    Raises:
        Refused: It is one; the sentence says which and what to do.
    """
    path = Path(location)
    if not key_file.path_of(location).exists() and path.is_file() and is_plain(path):
        raise Refused(PLAIN)
    if not path.exists() or path.is_dir():
        refuse_unreadable(path, encrypted=True)


def _again(location: str, unlocked: Unlocked) -> Unlocked:
    file = key_file.load(location)
    slot = next((slot for slot in file.slots if slot.id == unlocked.slot.id), None)
    if slot is None:
        raise WrongKey
    return replace(unlocked, slot=slot, keys=key_file.keys_of(file, slot, unlocked.secret))


def _try_keys(location: str, unlocked: Unlocked) -> Opened | None:
    """Open with the older key first: a change that was stopped midway is undone under it."""
    for number in sorted(unlocked.keys):
        try:
            store = open_store(location, unlocked.keys[number])
        except Refused as refused:
            if CLOSED not in str(refused.__cause__):
                raise
        else:
            return Opened(store, unlocked)
    return None


def _settled(opened: Opened) -> Opened:
    """Put away what a stopped change of the key has left, and make the one that is due where nobody is in the way."""
    store, unlocked = opened.store, opened.unlocked
    if len(unlocked.keys) > 1 and store.key is not None:
        number = rotation.key_number(unlocked.keys, store.key)
        rotation.settle(store, number)
        unlocked = replace(unlocked, keys={number: store.key})
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
