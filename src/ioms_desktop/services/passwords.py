"""Passwords: never kept, only what proves them."""

from ioms_desktop.domain.errors import Refused


def protect(password: str) -> str:
    """Turn a password into what is stored: Argon2id with its parameters.

    How strong it is, is said where it is chosen; only the one that protects nothing is refused.

    Raises:
        Refused: The password is empty.
    """
    if not password:
        raise Refused("The password is empty. Choose one; several words are best.")
    from argon2 import PasswordHasher  # noqa: PLC0415 - slow to import: loads when first needed

    return PasswordHasher().hash(password)


def matches(stored: str, password: str) -> bool:
    """Say whether a password is the one stored."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - slow to import: loads when first needed
    from argon2.exceptions import Argon2Error, InvalidHashError  # noqa: PLC0415 - as above

    try:
        return PasswordHasher().verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
