"""Encrypting a local file of the first version, for an administrator."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import NotAllowed, WrongPassword
from ioms_desktop.services.accounts.passwords import matches_hash
from ioms_desktop.services.sign_in.password_change import generate_recovery_code
from ioms_desktop.services.sign_in.sign_in import workstation_name
from ioms_desktop.storage.database import encrypt_plain_file
from ioms_desktop.storage.db_errors import SIGN_IN_FAILED as WRONG
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.envelope import KEY_BYTES
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.transaction import CommandContext


@dataclass(frozen=True, slots=True)
class EncryptionResult:
    """The result of encrypting a file.

    Attributes:
        sentence: What was done and what is left to do.
        recovery_code: The recovery code.
        key: What the file is encrypted with.
    """

    sentence: str
    recovery_code: str
    key: bytes


def is_plain(location: str) -> bool:
    """Whether a local file is of the first, unencrypted version.

    Raises:
        Refused: It is not there, or cannot be read.
    """
    return encrypt_plain_file.is_plain_file(location)


def encrypt_file(location: str, name: str, password: str) -> EncryptionResult:
    """Encrypt a local file of the first version.

    Args:
        name: An administrator of it.
        password: Their password; it opens the encrypted file too.

    Raises:
        NotAllowed: They are not an administrator.
        Refused: The password is wrong, or the file is in use, cannot be written or does not verify.
    """
    plain = encrypt_plain_file.inspect_plain_file(location)
    user = next((user for user in plain.users if user.name == name), None)
    if user is None or not user.active or not matches_hash(user.password_hash, password):
        raise WrongPassword(WRONG)
    if not may(Role(user.role), Right.ADMINISTER):
        raise NotAllowed(f"{name} is not an administrator. Nothing was changed; an administrator encrypts the file.")
    key, code = secrets.token_bytes(KEY_BYTES), generate_recovery_code()
    file = key_file.KeyFile(plain.database_id, is_demo=plain.is_demo)
    file = key_file.with_slot(file, key_file.PERSON, name, password, {1: key})
    file = key_file.with_slot(file, key_file.RECOVERY, "", code, {1: key})
    backup = encrypt_plain_file.encrypt_plain_file(location, key, file, name, password)
    others = [user.name for user in plain.users if user.active and user.name != name]
    return EncryptionResult(_describe_encryption(location, backup, others), code, key)


def record_encryption(location: str, key: bytes, name: str, at: datetime) -> None:
    """Audit who encrypted a file, once it is at the newest schema, whose audit format this is."""
    store = open_store(location, key)
    act = CommandContext(request="", user=name, role=Role.ADMINISTRATOR, at=at, workstation=workstation_name())
    try:
        with store.begin(act, "migrate") as tx:
            tx.log(
                "ALTERATION",
                object_type="database",
                object_ref=key_file.load(location).database_id,
                subject_ref=None,
                detail={"encrypted": True},
            )
    finally:
        store.close()


def _describe_encryption(location: str, backup: str, others: list[str]) -> str:
    left = (
        f" These users cannot sign in until an administrator gives them a new password (user password NAME): "
        f"{', '.join(others)}."
        if others
        else ""
    )
    return (
        f"{location} is encrypted now. A backup lies at {backup}; it is not encrypted: delete it once you have seen "
        f"that everything is there.{left}"
    )
