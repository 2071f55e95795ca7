"""Envelopes: a secret encrypted under a password, or under a public key.

Both say in `about` what they are for; one that is taken out of its place, or whose figures were changed, does not open.
This module knows neither files nor databases.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ioms_desktop.domain.errors import KeyFileRefused

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
MAX_MEMORY_KIB = 1024 * 1024
"""In KiB, as Argon2 counts."""
MAX_PASSES = 64
MAX_LANES = 64


@dataclass(frozen=True, slots=True)
class Argon2Params:
    """The parameters of Argon2id, which decide what a guess at a password costs.

    Attributes:
        memory: KiB.
        passes: Passes over that memory.
        lanes: Parallel lanes.
    """

    memory: int
    passes: int
    lanes: int


MIN_ARGON2_PARAMS = Argon2Params(memory=64 * 1024, passes=3, lanes=4)
"""The minimum, for reading too: otherwise an attacker could put cheaper parameters into the file."""


@dataclass(frozen=True, slots=True)
class DerivedKey:
    """A key that was derived from a password before it is needed, because that takes long on purpose.

    Attributes:
        salt: The salt that it was derived with.
        params: The cost it was derived at.
        key: The key, which is never shown.
    """

    salt: bytes
    params: Argon2Params
    key: bytes = field(repr=False)


class WrongKey(Exception):  # noqa: N818 - it is an answer, not a fault
    """The envelope cannot be opened: a wrong password or key, or an envelope that was changed or moved."""


def wrap(
    secret: bytes, password: str, associated_data: bytes, params: Argon2Params = MIN_ARGON2_PARAMS
) -> dict[str, Any]:
    """Encrypt a secret under a password.

    Args:
        secret: The secret.
        password: The password that opens it.
        associated_data: What the envelope is for; the same is needed to open it.
        params: The cost of a guess.

    Returns:
        The envelope, in a form that JSON can hold.

    Raises:
        Refused: The parameters are below the minimum or above the maximum.
    """
    salt, nonce = new_salt(), secrets.token_bytes(NONCE_BYTES)
    kdf = {"name": "argon2id", **asdict(params)}
    box = _aead(derive_key(password, salt, params)).encrypt(nonce, secret, _bind_kdf(associated_data, kdf))
    return {"salt": to_base64(salt), "kdf": kdf, "nonce": to_base64(nonce), "box": to_base64(box)}


def unwrap(slot: Mapping[str, Any], password: str, associated_data: bytes, derived: DerivedKey | None = None) -> bytes:
    """Decrypt a secret with its password.

    Args:
        slot: The envelope.
        password: The password it was encrypted under.
        associated_data: What the envelope is for.
        derived: What `derive_for` gave for this password; not used where the envelope is another one by now.

    Raises:
        WrongKey: The password is wrong, or the envelope was changed or belongs elsewhere.
        Refused: The envelope cannot be read, or its parameters are outside the limits.
    """
    nonce, box = (read_base64(slot, name) for name in ("nonce", "box"))
    salt, params = _read_salt_and_params(slot)
    if derived is None or (derived.salt, derived.params) != (salt, params):
        derived = derive_for(slot, password)
    return _decrypt(derived.key, nonce, box, _bind_kdf(associated_data, slot["kdf"]))


def derive_for(slot: Mapping[str, Any], password: str) -> DerivedKey:
    """Derive the key of an envelope from a password, whether or not it is the right one.

    Raises:
        Refused: The envelope cannot be read, or its parameters are outside the limits.
    """
    salt, params = _read_salt_and_params(slot)
    return DerivedKey(salt, params, derive_key(password, salt, params))


def _read_salt_and_params(slot: Mapping[str, Any]) -> tuple[bytes, Argon2Params]:
    salt = read_base64(slot, "salt")
    params = read_argon2_params(slot)
    if len(salt) != SALT_BYTES:
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    return salt, params


def read_argon2_params(slot: Mapping[str, Any]) -> Argon2Params:
    """Read an envelope's Argon2id parameters.

    Raises:
        Refused: They are missing, below the minimum or above the maximum.
    """
    kdf = slot.get("kdf")
    if not isinstance(kdf, dict) or kdf.get("name") != "argon2id":
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    memory, passes, lanes = (kdf.get(name) for name in ("memory", "passes", "lanes"))
    if (
        type(memory) is not int or type(passes) is not int or type(lanes) is not int
    ):  # isinstance would accept True as an int
        raise KeyFileRefused(KEY_FILE_UNREADABLE)
    found = Argon2Params(memory, passes, lanes)
    _check_argon2_params(found)
    return found


KEY_FILE_UNREADABLE = (
    "The key file cannot be read: a part of it is missing or was changed. Nothing was opened; put back the key file "
    "from a backup."
)
KDF_TOO_WEAK = (
    "The key file protects its key less than this program accepts, so somebody may have changed it. Nothing was "
    "opened; put back the key file from a backup."
)
KDF_TOO_COSTLY = (
    "The key file asks for more memory or work than any that this program writes, so somebody may have changed it. "
    "Nothing was opened; put back the key file from a backup."
)


def _check_argon2_params(cost: Argon2Params) -> None:
    if (
        cost.memory < MIN_ARGON2_PARAMS.memory
        or cost.passes < MIN_ARGON2_PARAMS.passes
        or cost.lanes < MIN_ARGON2_PARAMS.lanes
    ):
        raise KeyFileRefused(KDF_TOO_WEAK)
    if cost.memory > MAX_MEMORY_KIB or cost.passes > MAX_PASSES or cost.lanes > MAX_LANES:
        raise KeyFileRefused(KDF_TOO_COSTLY)


def new_salt() -> bytes:
    """Return a salt for a password; a new one each time, so that equal passwords have different keys."""
    return secrets.token_bytes(SALT_BYTES)


def derive_key(password: str, salt: bytes, params: Argon2Params = MIN_ARGON2_PARAMS) -> bytes:
    """Derive a key from a password with Argon2id.

    Raises:
        Refused: The parameters are below the minimum or above the maximum.
    """
    _check_argon2_params(params)
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - slow to import: loads when first needed

    # Different keyboards may encode the same password in different Unicode forms.
    typed = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hash_secret_raw(
        typed,
        salt,
        time_cost=params.passes,
        memory_cost=params.memory,
        parallelism=params.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def generate_key_pair() -> tuple[bytes, bytes]:
    """Make a key pair: the private key, and the public key with which others encrypt secrets."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: PLC0415 - slow to import

    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(secret: bytes, public: bytes, associated_data: bytes) -> dict[str, str]:
    """Encrypt a secret under a user's public key, without their password."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - slow to import: as above
        X25519PrivateKey,
        X25519PublicKey,
    )

    once = X25519PrivateKey.generate()
    with_whom = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = _aead(hkdf(shared, associated_data, salt=with_whom + public)).encrypt(nonce, secret, associated_data)
    return {"once": to_base64(with_whom), "nonce": to_base64(nonce), "box": to_base64(box)}


def unseal(sealed: Mapping[str, Any], private: bytes, associated_data: bytes) -> bytes:
    """Decrypt a secret with the private key.

    Raises:
        WrongKey: It was encrypted for another key, or changed.
        Refused: It cannot be read.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - slow to import: as above
        X25519PrivateKey,
        X25519PublicKey,
    )

    with_whom, nonce, box = (read_base64(sealed, name) for name in ("once", "nonce", "box"))
    mine = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(with_whom))
    except ValueError as error:
        raise WrongKey from error
    key = hkdf(shared, associated_data, salt=with_whom + mine.public_key().public_bytes_raw())
    return _decrypt(key, nonce, box, associated_data)


def hkdf(secret: bytes, info: bytes, *, salt: bytes = b"") -> bytes:
    """Derive a key for one purpose from a random secret (RFC 5869, SHA-256, 32 bytes)."""
    strong = hmac.digest(salt or bytes(KEY_BYTES), secret, hashlib.sha256)
    return hmac.digest(strong, info + b"\x01", hashlib.sha256)


def make_proof(secret: bytes, associated_data: bytes) -> str:
    """Make a proof that its writer knew a secret."""
    return to_base64(hmac.digest(hkdf(secret, b"proof"), associated_data, hashlib.sha256))


def verify_proof(candidate: object, secret: bytes, associated_data: bytes) -> bool:
    """Whether a proof was made with this secret."""
    return isinstance(candidate, str) and hmac.compare_digest(
        candidate.encode(), make_proof(secret, associated_data).encode()
    )


def encode_associated_data(*parts: object) -> bytes:
    """Encode what an envelope is for, unambiguously."""
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()


def to_base64(raw: bytes) -> str:
    """Encode bytes for a JSON file."""
    return base64.b64encode(raw).decode("ascii")


def read_base64(holder: Mapping[str, Any], name: str) -> bytes:
    """Decode bytes from a JSON file.

    Raises:
        Refused: They are missing or malformed.
    """
    try:
        return base64.b64decode(holder[name], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise KeyFileRefused(KEY_FILE_UNREADABLE) from error


def _bind_kdf(associated_data: bytes, kdf: Mapping[str, Any]) -> bytes:
    return associated_data + b"|" + json.dumps(kdf, sort_keys=True, separators=(",", ":")).encode()


def _aead(key: bytes) -> Any:  # noqa: ANN401 - named where it is imported
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to import: as above

    return AESGCM(key)


def _decrypt(key: bytes, nonce: bytes, box: bytes, associated_data: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow to import: as above

    try:
        opened: bytes = _aead(key).decrypt(nonce, box, associated_data)
    except (InvalidTag, ValueError, OverflowError) as error:
        raise WrongKey from error
    return opened
