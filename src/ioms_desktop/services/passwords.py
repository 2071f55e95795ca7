"""Passwords: never kept, only what proves them."""

from ioms_desktop.domain.errors import Refused

LEAST = 4


def protect(password: str) -> str:
    """Turn a password into what is stored: Argon2id with its parameters.

    Raises:
        Refused: The password is too short to protect anything.
    """
    if len(password) < LEAST:
        raise Refused(f"The password is shorter than {LEAST} characters. Choose a longer one; several words are best.")
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
