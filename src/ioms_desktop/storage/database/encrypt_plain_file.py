"""Encrypts a local file of the first version, which was not encrypted.

The plain file stays in place until the encrypted one is verified and takes its name. A crash before that leaves it
unchanged, and the next attempt starts again; leftovers are told from another database's files by opening them.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ioms_desktop.atomic_file import fsync_file, fsync_folder
from ioms_desktop.domain.errors import DatabaseInUse, EncryptionFailed, FileUnreadable, KeyFileRefused, NotADatabase
from ioms_desktop.file_access import create_private_file
from ioms_desktop.storage.database.backup import copy_from_connection, count_rows, is_intact
from ioms_desktop.storage.database.demo_marker import DEMO_META_KEY
from ioms_desktop.storage.database.unlocking import CONVERTING_SUFFIX
from ioms_desktop.storage.engine import refuse_unsuitable_file
from ioms_desktop.storage.envelope import WrongKey
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.engine import (
    connect,
    driver_error,
    exclusive_connection,
    is_plain,
    key_literal,
)
from ioms_desktop.storage.sqlite.network_share import refuse_network_share

IN_USE = "Another program has {path} open. Nothing was changed; close it everywhere and run migrate again."
NOT_A_DATABASE = "This is not an IOMS database. Nothing was changed; choose another, or create one with init."
ENCRYPTION_FAILED = (
    "{path} could not be encrypted. It is unchanged; check the free space and permissions of its folder, and try again."
)
COPY_DIFFERS = "The encrypted copy of {path} is not the same as the file. It is as it was; run check on the database."
UNEXPECTED_KEY_FILE = (
    "{path} is not encrypted, though there is a key file beside it: somebody may have put another file in its place. "
    "Nothing was changed; restore a backup, or move the key file away if it belongs to another database."
)


@dataclass(frozen=True, slots=True)
class PlainUser:
    """A user of a plain file."""

    name: str
    role: str
    password_hash: str
    active: bool


@dataclass(frozen=True, slots=True)
class PlainFile:
    """The facts of a plain file before its encryption.

    Attributes:
        database_id: Its identifier.
        is_demo: Whether its people are fictional.
        users: All its users, active or not.
    """

    database_id: str
    is_demo: bool
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
        raise FileUnreadable(f"The file {path} cannot be read. Check its permissions.") from error
    refuse_unsuitable_file(path, encrypted=True)
    return False


def inspect_plain_file(location: str) -> PlainFile:
    """Read the users and the mark of a plain file.

    Raises:
        Refused: It is another program's, or damaged.
    """
    path = Path(location)
    refuse_network_share(path)
    try:
        with closing(connect(path)) as plain:
            meta = dict(plain.execute("SELECT name, value FROM meta").fetchall())
            rows = plain.execute("SELECT name, role, password_hash, active FROM users ORDER BY name").fetchall()
    except driver_error() as error:
        if "locked" in str(error):
            raise DatabaseInUse(IN_USE.format(path=path)) from error
        raise NotADatabase(NOT_A_DATABASE) from error
    users = tuple(PlainUser(name, role, kept, bool(active)) for name, role, kept, active in rows)
    return PlainFile(str(meta.get("database_id", "")), meta.get(DEMO_META_KEY) == "yes", users)


def encrypt_plain_file(location: str, key: bytes, file: key_file.KeyFile, name: str, password: str) -> str:
    """Encrypt a plain file and put its key file beside it.

    Args:
        location: The file.
        key: The data key.
        file: The key file, with the data key under the administrator's password.
        name: The administrator.
        password: Their password, which distinguishes an earlier attempt's key file from another database's.

    Returns:
        The path of the backup, which is not encrypted.

    Raises:
        Refused: It is in use, cannot be written, or does not verify; the plain file is unchanged.
    """
    path, new = Path(location), Path(f"{location}{CONVERTING_SUFFIX}")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    backup = Path(f"{location}.before-encryption-{stamp}")
    _remove_earlier_attempt(path, new, name, password)
    try:
        with exclusive_connection(path) as plain:
            if plain is None:
                raise DatabaseInUse(IN_USE.format(path=path))
            copy_from_connection(plain, backup)
            _export_encrypted(plain, new, key)
            with closing(connect(new, key)) as sealed:
                if not is_intact(sealed) or count_rows(sealed) != count_rows(plain):
                    raise EncryptionFailed(COPY_DIFFERS.format(path=path))
        key_file.save(new, file)
        fsync_file(new)
        key_file.key_file_path(new).replace(key_file.key_file_path(path))
        new.replace(path)
        fsync_folder(path.parent)
    except (OSError, driver_error()) as error:
        raise EncryptionFailed(ENCRYPTION_FAILED.format(path=path)) from error
    return str(backup)


def _export_encrypted(plain: Any, new: Path, key: bytes) -> None:  # noqa: ANN401 - the driver's own connection
    create_private_file(new)
    plain.execute(f"ATTACH DATABASE ? AS sealed KEY {key_literal(key)}", (str(new),))
    plain.execute("SELECT sqlcipher_export('sealed')")
    plain.execute("DETACH DATABASE sealed")


def _remove_earlier_attempt(path: Path, new: Path, name: str, password: str) -> None:
    """Remove the leftovers of a stopped attempt; a key file only where it opens that attempt's file."""
    if key_file.key_file_path(path).exists():
        if not new.exists() or not _opens_with_password(path, new, name, password):
            raise KeyFileRefused(UNEXPECTED_KEY_FILE.format(path=path))
        key_file.key_file_path(path).unlink()
    for left in (new, Path(f"{new}-journal"), Path(f"{new}-wal"), Path(f"{new}-shm"), key_file.key_file_path(new)):
        left.unlink(missing_ok=True)


def _opens_with_password(path: Path, new: Path, name: str, password: str) -> bool:
    try:
        keys = key_file.unlock(key_file.load(path), key_file.PERSON, name, password).data_keys
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
