"""A file of the first version, which was not encrypted, becomes one that is.

The plain file stays what counts until the encrypted one, verified, takes its name. A stop before that leaves it as it
was, and the next try begins anew; what lies beside it by then is told from another database's by opening it.
"""

import os
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.database.backup import copy_open, count_rows, is_whole
from ioms_desktop.storage.database.demo_marker import FICTION
from ioms_desktop.storage.database.unlocking import UNFINISHED
from ioms_desktop.storage.engine import refuse_unreadable
from ioms_desktop.storage.envelope import WrongKey
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import (
    alone,
    connect,
    driver_error,
    is_plain,
    key_literal,
    make_private,
    refuse_network_share,
)

IN_USE = "Another program has {path} open. Nothing was changed; close it everywhere and run migrate again."
NOT_OURS = "This is no IOMS database. Nothing was changed; choose another, or create one with init."
FAILED = "{path} could not be encrypted. It is as it was; check the room and the rights of its folder, and try again."
DIFFERS = "The encrypted copy of {path} is not the same as the file. It is as it was; run check on the database."
FOREIGN = (
    "{path} is not encrypted, though there is a key file beside it: somebody may have put another file in its place. "
    "Nothing was changed; restore a backup, or move the key file away if it belongs to another database."
)


@dataclass(frozen=True, slots=True)
class PlainUser:
    """Somebody who may sign in to a plain file."""

    name: str
    role: str
    password_hash: str
    active: bool


@dataclass(frozen=True, slots=True)
class Plain:
    """What a plain file says before it is converted.

    Attributes:
        database: Its own name for itself.
        fiction: Whether nobody in it is real.
        users: Who may sign in, or once could.
    """

    database: str
    fiction: bool
    users: tuple[PlainUser, ...]


def is_plain_file(location: str) -> bool:
    """Whether a local file is one of the first version.

    Raises:
        Refused: It is not there, or cannot be read.
    """
    path = Path(location)
    try:
        if path.is_file() and is_plain(path):
            return True
    except OSError as error:
        raise Refused(f"The file {path} cannot be read. Check its rights.") from error
    refuse_unreadable(path, encrypted=True)
    return False


def look(location: str) -> Plain:
    """Read who may sign in to a plain file.

    Raises:
        Refused: It is another program's, or damaged.
    """
    path = Path(location)
    refuse_network_share(path)
    try:
        with closing(connect(path)) as plain:
            said = dict(plain.execute("SELECT name, value FROM meta").fetchall())
            rows = plain.execute("SELECT name, role, password_hash, active FROM users ORDER BY name").fetchall()
    except driver_error() as error:
        raise Refused(IN_USE.format(path=path) if "locked" in str(error) else NOT_OURS) from error
    users = tuple(PlainUser(name, role, kept, bool(active)) for name, role, kept, active in rows)
    return Plain(str(said.get("database_id", "")), said.get(FICTION) == "yes", users)


def convert(location: str, key: bytes, file: key_file.KeyFile, name: str, password: str) -> str:
    """Encrypt a plain file and put its key file beside it.

    Args:
        location: The file.
        key: The data key.
        file: The key file, in which it lies under the administrator's password.
        name: The administrator.
        password: Their password, which tells an earlier try of theirs from another database's key file.

    Returns:
        Where the backup lies, which is not encrypted.

    Raises:
        Refused: It is in use, cannot be written, or does not verify; the plain file is as it was.
    """
    path, new = Path(location), Path(f"{location}{UNFINISHED}")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    backup = Path(f"{location}.before-encryption-{stamp}")
    _clear_earlier_try(path, new, name, password)
    try:
        with alone(path) as plain:
            if plain is None:
                raise Refused(IN_USE.format(path=path))
            copy_open(plain, backup)
            _export(plain, new, key)
            with closing(connect(new, key)) as sealed:
                if not is_whole(sealed) or count_rows(sealed) != count_rows(plain):
                    raise Refused(DIFFERS.format(path=path))
        key_file.save(new, file)
        _sync(new)
        key_file.path_of(new).replace(key_file.path_of(path))
        new.replace(path)
        key_file.sync_folder(path.parent)
    except (OSError, driver_error()) as error:
        raise Refused(FAILED.format(path=path)) from error
    return str(backup)


def _export(plain: Any, new: Path, key: bytes) -> None:  # noqa: ANN401 - the driver's own connection
    make_private(new)
    plain.execute(f"ATTACH DATABASE ? AS sealed KEY {key_literal(key)}", (str(new),))
    plain.execute("SELECT sqlcipher_export('sealed')")
    plain.execute("DETACH DATABASE sealed")


def _clear_earlier_try(path: Path, new: Path, name: str, password: str) -> None:
    """Remove what a try that was stopped left behind; a key file only where it opens what that try had made."""
    if key_file.path_of(path).exists():
        if not new.exists() or not _opens(path, new, name, password):
            raise Refused(FOREIGN.format(path=path))
        key_file.path_of(path).unlink()
    for left in (new, Path(f"{new}-journal"), Path(f"{new}-wal"), Path(f"{new}-shm"), key_file.path_of(new)):
        left.unlink(missing_ok=True)


def _opens(path: Path, new: Path, name: str, password: str) -> bool:
    try:
        keys = key_file.unlock(key_file.load(path), key_file.PERSON, name, password).keys
    except WrongKey:
        return False
    for key in keys.values():
        try:
            with closing(connect(new, key)) as sealed:
                sealed.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except driver_error():
            continue
        return True
    return False


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
