"""Passwords: how strong one is, and what proves one; none is ever kept."""

from collections.abc import Sequence
from enum import Enum, auto

from ioms_desktop.domain.errors import Refused

NEEDS_ONE = "Everybody who opens a file has a password of their own. Nothing was changed; choose one."
LEAST = 12
LOOKED_AT = 72
"""Characters of a password that are judged; whatever follows only makes it stronger."""
STRONG, FAIR = 4, 3


class Strength(Enum):
    """What is asked of a new password.

    Attributes:
        OWN: Somebody's own choice: it must withstand a guess by a machine.
        GIVEN: Given by a scheduled job or for fictional data: any but the empty one.
    """

    OWN = auto()
    GIVEN = auto()


def rate(password: str, about: Sequence[str] = ()) -> int:
    """Judge how long a machine would guess: 0 (no time) to 4 (very long), 3 being enough.

    Args:
        password: The password.
        about: Words that whoever guesses would try first, as the user's name.
    """
    if not password:
        return 0
    from zxcvbn import zxcvbn  # noqa: PLC0415 - slow to import: loads when first needed

    score: int = zxcvbn(password[:LOOKED_AT], [*about, "ioms", "phoenix"])["score"]
    return score if len(password) >= LEAST else min(score, FAIR - 1)


def weakness(password: str, about: Sequence[str] = ()) -> str:
    """Say in a sentence why a password is too weak; nothing where it is not."""
    if not password:
        return "The password is empty. Choose one; several words are best."
    if len(password) < LEAST:
        return f"The password is too short: {len(password)} characters where {LEAST} are needed. Use several words."
    if rate(password, about) < FAIR:
        return "The password would soon be guessed. Use four words that do not belong together."
    return ""


def refuse_weak(password: str, strength: Strength, about: Sequence[str] = ()) -> None:
    """Refuse a password that does not protect.

    Raises:
        Refused: It is too weak; the sentence says why.
    """
    said = weakness(password, about) if strength is Strength.OWN or not password else ""
    if said:
        raise Refused(f"{said} Nothing was changed.")


def matches(stored: str, password: str) -> bool:
    """Say whether a password is the one stored."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - slow to import: loads when first needed
    from argon2.exceptions import Argon2Error, InvalidHashError  # noqa: PLC0415 - as above

    try:
        return PasswordHasher().verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
