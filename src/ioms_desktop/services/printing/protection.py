"""Protects a paper on its way to its recipient: AES-256, opened by a passphrase that is kept nowhere."""

import secrets
from io import BytesIO
from typing import Literal

from ioms_desktop.services.accounts.passwords import StrengthRequirement, refuse_weak_password

PASSPHRASE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is mistaken for something else when it is read out over the telephone."""
GROUPS, GROUP_CHARS = 5, 4
AES_256: Literal[6] = 6
"""The revision of the standard security handler that encrypts with AES-256."""
HAND_OVER = (
    "Tell the recipient the passphrase by telephone or in person, never in the message that carries the file. It is "
    "kept nowhere: without it nobody can open the file, and you print it again."
)


def make_passphrase() -> str:
    """Return a new passphrase of 100 bits, in groups that can be read out."""
    groups = ("".join(secrets.choice(PASSPHRASE_ALPHABET) for _ in range(GROUP_CHARS)) for _ in range(GROUPS))
    return "-".join(groups)


def check_passphrase(passphrase: str, guessable: str = "") -> None:
    """Check a passphrase; an empty one stands for a file that is not encrypted.

    Raises:
        WeakPassword: It would be guessed.
    """
    if passphrase:
        refuse_weak_password(passphrase, StrengthRequirement.FULL, (guessable,))


def protect_pdf(pdf: bytes, passphrase: str) -> bytes:
    """Encrypt a PDF; only the passphrase opens it, and whoever opens it may print it and have it read out."""
    from pikepdf import Encryption, Pdf  # noqa: PLC0415 - slow to import: loads when first needed

    out = BytesIO()
    with Pdf.open(BytesIO(pdf)) as document:
        # The owner's passphrase would open it as well, so that nobody is given it.
        locked = Encryption(user=passphrase, owner=secrets.token_urlsafe(32), R=AES_256, aes=True, metadata=True)
        document.save(out, encryption=locked)
    return out.getvalue()
