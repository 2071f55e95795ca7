"""Changes the data key of a local file, because a user who left may have kept the old one.

The order makes it safe to be stopped anywhere. Under an exclusive lock: first the key file, with both keys; then the
database, in one SQLite transaction; then the key file again, with the new key only. Between the first step and the last
the key file opens the database with either key, and the next opening finishes the change.
"""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from ioms_desktop.domain.errors import EncryptionFailed
from ioms_desktop.storage.envelope import KEY_BYTES
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import meta
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import driver_error, exclusive_connection, file_engine, key_literal
from ioms_desktop.storage.sqlite.key_file import KeyFile
from ioms_desktop.storage.store import COMMAND_OPTION, Store
from ioms_desktop.storage.transaction import Transaction

ROTATION_DUE_META_KEY = "rotation_due"
ROTATION_FAILED = (
    "The key of the database file could not be changed; it keeps the old one and nothing was lost. Make room on the "
    "disk, check its permissions, and try again."
)


def mark_rotation_due(tx: Transaction) -> None:
    """Record in the database that its file needs a new key."""
    tx.connection.execute(delete(meta).where(meta.c.name == ROTATION_DUE_META_KEY))
    tx.connection.execute(insert(meta).values(name=ROTATION_DUE_META_KEY, value="yes"))


def is_rotation_due(reading: Reading) -> bool:
    """Whether the file needs a new key."""
    return reading.connection.scalar(select(meta.c.value).where(meta.c.name == ROTATION_DUE_META_KEY)) is not None


def change_key_file(store: Store, change: Callable[[KeyFile, Mapping[int, bytes]], KeyFile]) -> None:
    """Change the key file. The caller must hold the database's write lock, so that one program at a time does.

    Args:
        store: The database, inside one of its transactions.
        change: Makes the new key file from the current one and the data key by its number.

    Raises:
        Refused: It cannot be read or written; the former one is unchanged.
    """
    if store.key is None:
        raise TypeError(store)
    file = key_file.load(store.location)
    key_file.save(store.location, change(file, {key_file.key_number(file, store.key): store.key}))


def finish_rotation(store: Store) -> None:
    """Remove the data key that does not open the database, after a key change was stopped.

    Raises:
        Refused: The key file cannot be written; it still holds both.
    """
    with store.engine.connect() as connection, connection.execution_options(**{COMMAND_OPTION: True}).begin():
        change_key_file(store, lambda file, keys: key_file.with_one_key(file, *keys))


def rotate_key(store: Store) -> bool:
    """Give the file a new key, which the recovery code and the active users can open.

    Returns:
        False where another program has the file open, and nothing was changed.

    Raises:
        Refused: It could not be changed; the old key remains in use.
    """
    path, old = Path(store.location), store.key
    if old is None:
        raise TypeError(store)
    store.engine.dispose()  # this program's own connections would block it
    try:
        with exclusive_connection(path, old) as held:
            if held is None:
                return False
            _rotate_locked_file(store, held, path, old)
    except driver_error() as error:
        raise EncryptionFailed(ROTATION_FAILED) from error
    return True


def _rotate_locked_file(store: Store, held: Any, path: Path, old: bytes) -> None:  # noqa: ANN401 - the driver's own connection
    file, new = key_file.load(path), secrets.token_bytes(KEY_BYTES)
    number = key_file.key_number(file, old)
    active = [name for (name,) in held.execute("SELECT name FROM users WHERE active")]
    both = key_file.with_next_key(file, active, number, old, new)
    key_file.save(path, both)
    held.execute(f"PRAGMA rekey={key_literal(new)}")
    store.replace_key(file_engine(path, new), new)
    if held.execute("PRAGMA cipher_integrity_check").fetchall():  # every page, before the old key is removed
        raise EncryptionFailed(
            f"The database file {path} does not verify with its new key. The key file holds both keys; keep it, and "
            "restore a backup of both files."
        )
    held.execute("DELETE FROM meta WHERE name = ?", (ROTATION_DUE_META_KEY,))
    key_file.save(path, key_file.with_one_key(both, number + 1))
