"""Password strength, and checking a password against its stored hash; no password is ever stored."""

from collections.abc import Sequence
from enum import Enum, auto

from ioms_desktop.domain.errors import WeakPassword

PASSWORD_REQUIRED_MESSAGE = "Everybody who opens a file needs their own password. Nothing was changed; choose one."
MIN_PASSWORD_CHARS = 12
MINIMAL_CHARS, MINIMAL_DIFFERENT = 8, 4
"""What a password must have that comes from a scheduled job: fewer characters are tried out within minutes."""
MAX_RATED_CHARS = 72
"""Characters of a password that are judged; whatever follows only makes it stronger."""
STRONG_SCORE, FAIR_SCORE = 4, 3


class StrengthRequirement(Enum):
    """How strong a new password has to be.

    Attributes:
        FULL: Somebody's own choice: it must withstand a guess by a machine.
        MINIMAL: Given by a scheduled job: weak ones are taken, but for those that are none (`describe_triviality`).
    """

    FULL = auto()
    MINIMAL = auto()


def rate_password(password: str, guessable_words: Sequence[str] = ()) -> int:
    """Estimate how hard a password is to guess, from 0 (at once) to 4 (very hard); 3 is enough.

    Args:
        password: The password.
        guessable_words: Words that whoever guesses would try first, as the user's name.
    """
    if not password:
        return 0
    from zxcvbn import zxcvbn  # noqa: PLC0415 - slow to import: loads when first needed

    score: int = zxcvbn(password[:MAX_RATED_CHARS], [*guessable_words, "ioms", "phoenix"])["score"]
    return score if len(password) >= MIN_PASSWORD_CHARS else min(score, FAIR_SCORE - 1)


def describe_weakness(password: str, guessable_words: Sequence[str] = ()) -> str:
    """Explain why a password is too weak; empty where it is strong enough."""
    if not password:
        return "The password is empty. Choose one; several words are best."
    if len(password) < MIN_PASSWORD_CHARS:
        return (
            f"The password is too short: {len(password)} characters where {MIN_PASSWORD_CHARS} are "
            "needed. Use several words."
        )
    if rate_password(password, guessable_words) < FAIR_SCORE:
        return "The password would soon be guessed. Use four words that do not belong together."
    return ""


def describe_triviality(password: str, guessable_words: Sequence[str] = ()) -> str:
    """Explain why a password is no password at all, wherever it comes from; empty where it is one."""
    if not password:
        return describe_weakness(password)
    if len(password) < MINIMAL_CHARS or len(set(password.casefold())) < MINIMAL_DIFFERENT:
        return (
            f"The password would be guessed at once: it needs {MINIMAL_CHARS} characters, {MINIMAL_DIFFERENT} of them "
            "different, at least. Use several words."
        )
    if password.strip().casefold() in {word.strip().casefold() for word in guessable_words}:
        return "The password is the name it belongs to. Use several words."
    return ""


def refuse_weak_password(password: str, strength: StrengthRequirement, guessable_words: Sequence[str] = ()) -> None:
    """Refuse a password that is too weak.

    Raises:
        Refused: It is too weak; the sentence says why.
    """
    describe = describe_weakness if strength is StrengthRequirement.FULL else describe_triviality
    weakness = describe(password, guessable_words)
    if weakness:
        raise WeakPassword(f"{weakness} Nothing was changed.")


def matches_hash(stored_hash: str, password: str) -> bool:
    """Whether a password matches a stored hash."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - slow to import: loads when first needed
    from argon2.exceptions import Argon2Error, InvalidHashError  # noqa: PLC0415 - as above

    try:
        return PasswordHasher().verify(stored_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
