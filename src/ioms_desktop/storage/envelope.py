"""Envelopes: a secret under a password, and a secret under somebody's public key.

Both say in `about` what they are for; one that is taken out of its place, or whose figures were changed, does not open.
Nothing here knows a file or a database.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ioms_desktop.domain.errors import Refused

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
GIBIBYTE = 1024 * 1024
"""In KiB, as Argon2 counts."""
MOST_PASSES = 64
MOST_LANES = 64


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guess at a password costs: the parameters of Argon2id.

    Attributes:
        memory: KiB.
        passes: Over that memory.
        lanes: Side by side.
    """

    memory: int
    passes: int
    lanes: int


FLOOR = Cost(memory=64 * 1024, passes=3, lanes=4)
"""Nothing cheaper is written or read: whoever could write a cheaper one into the file would guess at leisure."""


class WrongKey(Exception):  # noqa: N818 - it is an answer, not a fault
    """The envelope does not open: a wrong password or key, or an envelope that was changed or moved."""


def wrap(secret: bytes, password: str, about: bytes, params: Cost = FLOOR) -> dict[str, Any]:
    """Put a secret under a password.

    Args:
        secret: What is kept.
        password: Who knows it, opens it.
        about: What the envelope is for; needed to open it.
        params: What a guess costs.

    Returns:
        The envelope, as it may stand in a JSON file.

    Raises:
        Refused: The parameters are below the floor or beyond all measure.
    """
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    kdf = {"name": "argon2id", **asdict(params)}
    box = _aead(derive(password, salt, params)).encrypt(nonce, secret, _bound(about, kdf))
    return {"salt": text_of(salt), "kdf": kdf, "nonce": text_of(nonce), "box": text_of(box)}


def unwrap(slot: Mapping[str, Any], password: str, about: bytes) -> bytes:
    """Take a secret from under its password.

    Raises:
        WrongKey: The password is wrong, or the envelope was changed or belongs elsewhere.
        Refused: The envelope cannot be read, or asks for too little or too much work.
    """
    salt, nonce, box = (bytes_of(slot, name) for name in ("salt", "nonce", "box"))
    params = cost_of(slot)
    if len(salt) != SALT_BYTES:
        raise Refused(UNREADABLE)
    return _opened(derive(password, salt, params), nonce, box, _bound(about, slot["kdf"]))


def cost_of(slot: Mapping[str, Any]) -> Cost:
    """Read what a guess at an envelope costs.

    Raises:
        Refused: It is not said, below the floor, or beyond all measure.
    """
    kdf = slot.get("kdf")
    if not isinstance(kdf, dict) or kdf.get("name") != "argon2id":
        raise Refused(UNREADABLE)
    memory, passes, lanes = (kdf.get(name) for name in ("memory", "passes", "lanes"))
    if type(memory) is not int or type(passes) is not int or type(lanes) is not int:  # True is an int to isinstance
        raise Refused(UNREADABLE)
    found = Cost(memory, passes, lanes)
    _refuse_cost(found)
    return found


UNREADABLE = (
    "The key file cannot be read: a part of it is missing or was changed. Nothing was opened; put back the key file "
    "from a backup."
)
CHEAP = (
    "The key file protects its key less than this program accepts, so somebody may have changed it. Nothing was "
    "opened; put back the key file from a backup."
)
DEAR = (
    "The key file asks for more memory or work than any that this program writes, so somebody may have changed it. "
    "Nothing was opened; put back the key file from a backup."
)


def _refuse_cost(cost: Cost) -> None:
    if cost.memory < FLOOR.memory or cost.passes < FLOOR.passes or cost.lanes < FLOOR.lanes:
        raise Refused(CHEAP)
    if cost.memory > GIBIBYTE or cost.passes > MOST_PASSES or cost.lanes > MOST_LANES:
        raise Refused(DEAR)


def derive(password: str, salt: bytes, params: Cost = FLOOR) -> bytes:
    """Turn a password into a key by work that cannot be shortened.

    Raises:
        Refused: The parameters are below the floor or beyond all measure.
    """
    _refuse_cost(params)
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - slow to import: loads when first needed

    # One password typed on two keyboards may come in two forms of the same letters.
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


def new_pair() -> tuple[bytes, bytes]:
    """Make a key pair: the private half, and the public one under which others may put secrets."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: PLC0415 - slow to import

    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(secret: bytes, public: bytes, about: bytes) -> dict[str, str]:
    """Put a secret under somebody's public key; nobody need know their password."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - slow to import: as above
        X25519PrivateKey,
        X25519PublicKey,
    )

    once = X25519PrivateKey.generate()
    with_whom = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = _aead(hkdf(shared, about, salt=with_whom + public)).encrypt(nonce, secret, about)
    return {"once": text_of(with_whom), "nonce": text_of(nonce), "box": text_of(box)}


def unseal(sealed: Mapping[str, Any], private: bytes, about: bytes) -> bytes:
    """Take a secret from under one's public key.

    Raises:
        WrongKey: It is somebody else's, or it was changed.
        Refused: It cannot be read.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import (  # noqa: PLC0415 - slow to import: as above
        X25519PrivateKey,
        X25519PublicKey,
    )

    with_whom, nonce, box = (bytes_of(sealed, name) for name in ("once", "nonce", "box"))
    mine = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(with_whom))
    except ValueError as error:
        raise WrongKey from error
    key = hkdf(shared, about, salt=with_whom + mine.public_key().public_bytes_raw())
    return _opened(key, nonce, box, about)


def hkdf(secret: bytes, info: bytes, *, salt: bytes = b"") -> bytes:
    """Derive a key for one purpose from a secret that is random already (RFC 5869, SHA-256, 32 bytes)."""
    strong = hmac.digest(salt or bytes(KEY_BYTES), secret, hashlib.sha256)
    return hmac.digest(strong, info + b"\x01", hashlib.sha256)


def proof(secret: bytes, about: bytes) -> str:
    """Prove that whoever wrote something knew a secret."""
    return text_of(hmac.digest(hkdf(secret, b"proof"), about, hashlib.sha256))


def proven(said: object, secret: bytes, about: bytes) -> bool:
    """Say whether a proof is that of this secret."""
    return isinstance(said, str) and hmac.compare_digest(said.encode(), proof(secret, about).encode())


def stated(*parts: object) -> bytes:
    """Put what an envelope is for into bytes that no other parts give."""
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()


def text_of(raw: bytes) -> str:
    """Write bytes as a JSON file takes them."""
    return base64.b64encode(raw).decode("ascii")


def bytes_of(holder: Mapping[str, Any], name: str) -> bytes:
    """Read bytes from a JSON file.

    Raises:
        Refused: They are not there, or are none.
    """
    try:
        return base64.b64decode(holder[name], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise Refused(UNREADABLE) from error


def _bound(about: bytes, kdf: Mapping[str, Any]) -> bytes:
    return about + b"|" + json.dumps(kdf, sort_keys=True, separators=(",", ":")).encode()


def _aead(key: bytes) -> Any:  # noqa: ANN401 - named where it is imported
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to import: as above

    return AESGCM(key)


def _opened(key: bytes, nonce: bytes, box: bytes, about: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow to import: as above

    try:
        opened: bytes = _aead(key).decrypt(nonce, box, about)
    except (InvalidTag, ValueError, OverflowError) as error:
        raise WrongKey from error
    return opened
