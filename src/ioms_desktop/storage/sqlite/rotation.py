"""Another data key for a local file: whoever was let go may have kept the old one.

The order is what makes it safe to be stopped anywhere: alone with the file, the key file first, with both keys; then
the file, in one transaction of SQLite's; then the key file again, with the new key alone. Between the first step and
the last the key file opens the database whichever key it has, and the next opening puts away what is left over.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.envelope import KEY_BYTES
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import connect, engine_for, key_literal
from ioms_desktop.storage.sqlite.key_file import KeyFile
from ioms_desktop.storage.store import COMMAND, Reading, Store, Transaction
from ioms_desktop.storage.tables import meta

DUE = "rotation_due"
FAILED = (
    "The key of the database file could not be changed; it keeps the old one and nothing was lost. Make room on the "
    "disk, check its rights, and try again."
)


def mark_due(tx: Transaction) -> None:
    """Note in the database that its file needs another key."""
    tx.connection.execute(delete(meta).where(meta.c.name == DUE))
    tx.connection.execute(insert(meta).values(name=DUE, value="yes"))


def is_due(reading: Reading) -> bool:
    """Whether the file needs another key."""
    return reading.connection.scalar(select(meta.c.value).where(meta.c.name == DUE)) is not None


def change_file(store: Store, change: Callable[[KeyFile], KeyFile]) -> None:
    """Change the key file; one program at a time, because the database is locked meanwhile.

    Raises:
        Refused: It cannot be read or written; the former one stands.
    """
    with store.engine.connect() as connection, connection.execution_options(**{COMMAND: True}).begin():
        key_file.save(store.location, change(key_file.load(store.location)))


def settle(store: Store, number: int) -> None:
    """Forget the data key that does not open the database, after somebody was stopped while changing it.

    Args:
        store: The database, opened.
        number: Which key opened it.

    Raises:
        Refused: The key file cannot be written; it still holds both.
    """
    change_file(store, lambda file: key_file.with_one_key(file, number))


def rotate(store: Store) -> bool:
    """Give the file another key, known to the recovery code and to the users who may still sign in.

    Returns:
        False where another program has the file open; nothing was changed then.

    Raises:
        Refused: It could not be changed; the old key goes on.
    """
    path, old = Path(store.location), store.key
    if old is None:
        raise TypeError(store)
    store.engine.dispose()  # this program's own connections would be in the way
    with _alone(path, old) as alone:
        if alone is None:
            return False
        try:
            _change(store, alone, path, old)
        except _driver_errors() as error:
            raise Refused(FAILED) from error
    return True


def _change(store: Store, alone: Any, path: Path, old: bytes) -> None:  # noqa: ANN401 - the driver's own connection
    file, new = key_file.load(path), secrets.token_bytes(KEY_BYTES)
    number = file.generations()[-1]
    active = [name for (name,) in alone.execute("SELECT name FROM users WHERE active")]
    both = key_file.with_next_key(file, active, number, old, new)
    key_file.save(path, both)
    alone.execute(f"PRAGMA rekey={key_literal(new)}")
    store.rekeyed(engine_for(path, new), new)
    if alone.execute("PRAGMA cipher_integrity_check").fetchall():  # every page, before the old key is forgotten
        raise Refused(
            f"The database file {path} does not verify with its new key. The key file holds both keys; keep it, and "
            "restore a backup of both files."
        )
    alone.execute("DELETE FROM meta WHERE name = ?", (DUE,))
    key_file.save(path, key_file.with_one_key(both, number + 1))


@contextlib.contextmanager
def _alone(path: Path, key: bytes) -> Iterator[Any]:
    """Hold the file alone, with no log beside it; None where another program has it open."""
    connection = connect(path, key)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        # EXTRA: with a journal beside the file its removal is the commit, and must outlast a loss of power.
        connection.execute("PRAGMA synchronous=EXTRA")
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            # The lock is taken with the first write and kept from then on.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except _driver_errors() as error:
            if "locked" not in str(error):
                raise Refused(FAILED) from error
            mode = ""
        yield connection if mode == "delete" else None
    finally:
        connection.close()


def _driver_errors() -> type[Exception]:
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where a local file is opened

    error: type[Exception] = dbapi2.Error
    return error


def key_number(keys: Mapping[int, bytes], key: bytes) -> int:
    """Say which of the keys in a key file this one is."""
    return next(number for number, each in keys.items() if each == key)
