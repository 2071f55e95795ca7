"""The key file beside a local database: the users who may open it, each with their own password.

The data key is random. Every user has a key pair: the private key is encrypted under their password, the data key
under their public key. So the data key can be changed for everybody without knowing any password, and a password
without touching the database. A public key is trusted only with a proof that its writer had the data key.

While the data key is being changed, the file holds both keys, each with its number, so that it opens the database
wherever the change is stopped; see `rotation`.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.errors import FileExists, FileUnreadable, FileUnwritable, KeyFileRefused, Refused, UnsafeFile
from ioms_desktop.file_access import command_to_restrict, others_may_use
from ioms_desktop.storage import envelope
from ioms_desktop.storage.envelope import KEY_FILE_UNREADABLE, DerivedKey, WrongKey

FORMAT, VERSION = "ioms-keys", 1
PERSON, RECOVERY = "person", "recovery"
MAX_KEY_FILE_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class KeySlot:
    """The slot of one user, or of the recovery code.

    Attributes:
        id: The slot's identifier; a user whose password is reset by somebody else gets a new slot.
        kind: PERSON or RECOVERY.
        name: The user.
        public: The public key, under which the data key is encrypted.
        private: The private key, encrypted under the password.
        sealed_keys: The data keys encrypted under `public`, by number, each with its proof.
    """

    id: str
    kind: str
    name: str
    public: bytes
    private: Mapping[str, Any]
    sealed_keys: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The content of a key file.

    Attributes:
        database_id: The database it belongs to.
        is_demo: Whether the people in the database are fictional.
        slots: The slots.
    """

    database_id: str
    is_demo: bool
    slots: tuple[KeySlot, ...] = ()

    def key_numbers(self) -> list[int]:
        """List the numbers of its data keys, the older first."""
        return sorted({number for slot in self.slots for number in slot.sealed_keys})


@dataclass(frozen=True, slots=True)
class UnlockedSlot:
    """What the correct password gives.

    Attributes:
        slot: The slot.
        private_key: The decrypted private key.
        data_keys: The data keys, by number.
    """

    slot: KeySlot
    private_key: bytes
    data_keys: Mapping[int, bytes]


def key_file_path(location: str | Path) -> Path:
    """Name the key file of a database."""
    return Path(f"{location}.keys")


def refuse_existing_key_file(location: str | Path) -> None:
    """Refuse to overwrite the key file of a database that was moved away, which would be lost without it.

    Raises:
        Refused: There is a key file already.
    """
    path = key_file_path(location)
    if path.exists():
        raise FileExists(
            f"There is a key file at {path} already; the database it opens would be lost without it. Nothing was "
            "created; choose another name."
        )


def derive_early(location: str, name: str, password: str) -> DerivedKey | None:
    """Derive the key of a person's slot, before anything else of the database is looked at.

    Returns:
        The key, for `unlock`; None where there is no such slot, or the file cannot be read, which `unlock` says.
    """
    try:
        slot = _find_slot(load(location), PERSON, name)
        return None if slot is None else envelope.derive_for(slot.private, password)
    except Refused:
        return None


def unlock(file: KeyFile, kind: str, name: str, password: str, derived: DerivedKey | None = None) -> UnlockedSlot:
    """Unlock a slot with its password.

    Args:
        file: The key file.
        kind: PERSON or RECOVERY.
        name: The user.
        password: Their password.
        derived: What `derive_early` gave for it.

    Raises:
        WrongKey: There is none of that name, or the password is wrong; both take the same time.
        Refused: The file cannot be read.
    """
    slot = _find_slot(file, kind, name)
    if slot is None:
        envelope.derive_key(password, os.urandom(envelope.SALT_BYTES))
        raise WrongKey
    secret = envelope.unwrap(slot.private, password, _associated_data(file, slot), derived)
    return UnlockedSlot(slot, secret, open_data_keys(file, slot, secret))


def _find_slot(file: KeyFile, kind: str, name: str) -> KeySlot | None:
    return next((slot for slot in file.slots if (slot.kind, slot.name) == (kind, name)), None)


def open_data_keys(file: KeyFile, slot: KeySlot, private_key: bytes) -> dict[int, bytes]:
    """Decrypt the data keys of a slot.

    Raises:
        WrongKey: They are encrypted for another key.
    """
    return {
        number: envelope.unseal(sealed, private_key, _associated_data(file, slot, number))
        for number, sealed in slot.sealed_keys.items()
    }


def key_number(file: KeyFile, key: bytes) -> int:
    """Return the number of a data key.

    Raises:
        Refused: The file does not contain it.
    """
    found = [number for slot in file.slots for number in slot.sealed_keys if _is_proven(file, slot, number, key)]
    if not found:
        raise KeyFileRefused(
            "The key file was replaced while the database was open. Nothing was changed; put back the key file from a "
            "backup."
        )
    return found[0]


def with_slot(file: KeyFile, kind: str, name: str, password: str, keys: Mapping[int, bytes]) -> KeyFile:
    """Add a user's slot, replacing an earlier one."""
    secret, public = envelope.generate_key_pair()
    slot = KeySlot(str(uuid4()), kind, name, public, {}, {})
    slot = replace(slot, private=envelope.wrap(secret, password, _associated_data(file, slot)))
    return _add_slot(without_slot(file, kind, name), _seal_keys(file, slot, keys))


def with_password(file: KeyFile, unlocked: UnlockedSlot, password: str) -> KeyFile:
    """Change the password of an unlocked slot; its keys stay."""
    slot = next((slot for slot in file.slots if slot.id == unlocked.slot.id), None)
    if slot is None:
        raise WrongKey
    changed = replace(slot, private=envelope.wrap(unlocked.private_key, password, _associated_data(file, slot)))
    return replace(file, slots=tuple(changed if each is slot else each for each in file.slots))


def without_slot(file: KeyFile, kind: str, name: str) -> KeyFile:
    """Remove a user's slot."""
    return replace(file, slots=tuple(slot for slot in file.slots if (slot.kind, slot.name) != (kind, name)))


def with_next_key(file: KeyFile, people: Iterable[str], number: int, key: bytes, next_key: bytes) -> KeyFile:
    """Add the next data key beside the current one, for the recovery code and these users only.

    A slot without a proof by the current key is left out: an attacker may have written its public key.
    """
    stay = set(people)
    kept = [
        _seal_keys(file, slot, {number + 1: next_key})
        for slot in file.slots
        if (slot.kind == RECOVERY or slot.name in stay) and _is_proven(file, slot, number, key)
    ]
    return replace(file, slots=tuple(kept))


def with_one_key(file: KeyFile, number: int) -> KeyFile:
    """Keep one data key and remove the other; a file without the one to keep is returned unchanged."""
    if number not in file.key_numbers():
        return file
    return replace(
        file,
        slots=tuple(
            replace(slot, sealed_keys={number: slot.sealed_keys[number]})
            for slot in file.slots
            if number in slot.sealed_keys
        ),
    )


def _add_slot(file: KeyFile, slot: KeySlot) -> KeyFile:
    return replace(file, slots=(*file.slots, slot))


def _seal_keys(file: KeyFile, slot: KeySlot, keys: Mapping[int, bytes]) -> KeySlot:
    """Encrypt data keys under a slot's public key."""
    more = {}
    for number, key in keys.items():
        about = _associated_data(file, slot, number)
        more[number] = envelope.seal(key, slot.public, about) | {"proof": envelope.make_proof(key, about)}
    return replace(slot, sealed_keys={**slot.sealed_keys, **more})


def _is_proven(file: KeyFile, slot: KeySlot, number: int, key: bytes) -> bool:
    sealed = slot.sealed_keys.get(number)
    return sealed is not None and envelope.verify_proof(sealed.get("proof"), key, _associated_data(file, slot, number))


def _associated_data(file: KeyFile, slot: KeySlot, number: int | None = None) -> bytes:
    """Return an envelope's associated data: it opens only in this file, for this slot and key number."""
    public = envelope.to_base64(slot.public)
    return envelope.encode_associated_data(
        FORMAT, VERSION, file.database_id, file.is_demo, slot.id, slot.kind, slot.name, public, number
    )


def load(location: str | Path, *, private: bool = True) -> KeyFile:
    """Read the key file of a database.

    Args:
        location: The database.
        private: Whether to refuse it where others may read it; a USB stick with a backup may not support permissions.

    Raises:
        Refused: It is missing, readable by others, or damaged; the sentence says which.
    """
    path = key_file_path(location)
    try:
        if private:
            refuse_readable_by_others(path, "key file")
        if path.stat().st_size > MAX_KEY_FILE_BYTES:
            raise KeyFileRefused(KEY_FILE_UNREADABLE)
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise KeyFileRefused(
            f"The key file {path} is not there; without it nobody can open this database. Put it back beside the "
            "database, take it from a backup, or choose another file if this is not an IOMS database."
        ) from error
    except UnicodeDecodeError as error:
        raise KeyFileRefused(KEY_FILE_UNREADABLE) from error
    except OSError as error:
        raise FileUnreadable(
            f"The key file {path} cannot be read. Nothing was opened; check its permissions."
        ) from error
    return parse(text)


def parse(text: str) -> KeyFile:
    """Parse the content of a key file.

    Raises:
        Refused: It is damaged, of another version, or has two slots of one name.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeyFileRefused(KEY_FILE_UNREADABLE) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    if document.get("version") != VERSION:
        raise KeyFileRefused("The key file was written by another version of IOMS Desktop. Install the newest version.")
    database, fiction, slots = (document.get(name) for name in ("database", "fiction", "slots"))
    if not isinstance(database, str) or not isinstance(fiction, bool) or not isinstance(slots, list):
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    found = tuple(_read_slot(slot) for slot in slots)
    if len({(slot.kind, slot.name) for slot in found}) < len(found):
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    return KeyFile(database, fiction, found)


def _read_slot(document: object) -> KeySlot:
    if not isinstance(document, dict):
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    words = [document.get(name) for name in ("id", "kind", "name")]
    private, sealed = document.get("private"), document.get("sealed")
    if not isinstance(private, dict) or not isinstance(sealed, dict) or document.get("kind") not in {PERSON, RECOVERY}:
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    if not all(isinstance(word, str) for word in words) or not all(isinstance(each, dict) for each in sealed.values()):
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    if not sealed or not all(number.isascii() and number.isdecimal() and len(number) < 10 for number in sealed):  # noqa: PLR2004 - no number is that long
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    envelope.read_argon2_params(private)  # of every slot, so that a fault in one is reported to every user
    identity, kind, name = (str(word) for word in words)
    by_number = {int(number): each for number, each in sealed.items()}
    return KeySlot(identity, kind, name, envelope.read_base64(document, "public"), private, by_number)


def save(location: str | Path, file: KeyFile) -> None:
    """Write the key file of a database atomically.

    Raises:
        Refused: It cannot be written; the former one is unchanged.
    """
    path = key_file_path(location)
    try:
        # Every caller holds the database's write lock, so a temporary file there is a stopped program's.
        # A database opened by way of a link has its key file where the user put that.
        write_file(path, serialise(file), through_link=True, stale_after_s=0)
    except OSError as error:
        raise FileUnwritable(
            f"The key file {path} cannot be written: {error.strerror}. Nothing was changed; check the free space and "
            "permissions of its folder."
        ) from error


def serialise(file: KeyFile) -> str:
    """Serialise a key file."""
    slots = [
        {
            "id": slot.id,
            "kind": slot.kind,
            "name": slot.name,
            "public": envelope.to_base64(slot.public),
            "private": slot.private,
            "sealed": {str(number): sealed for number, sealed in slot.sealed_keys.items()},
        }
        for slot in file.slots
    ]
    document = {
        "format": FORMAT,
        "version": VERSION,
        "database": file.database_id,
        "fiction": file.is_demo,
        "slots": slots,
    }
    return json.dumps(document, indent=1) + "\n"


def refuse_readable_by_others(path: Path, what: str) -> None:
    """Refuse a file that other accounts of this computer may read or write.

    Raises:
        Refused: They may; the sentence says how to correct it.
        OSError: It is not there.
    """
    if others_may_use(path):
        raise UnsafeFile(
            f"Other accounts on this computer may read the {what} {path}. Nothing was opened; let only its owner read "
            f"it: {command_to_restrict(path)}"
        )
