"""The recovery code: 128 bits in a form that people can write down and type.

Crockford's base 32 avoids letters that look like digits. The last two characters are a checksum modulo 997, which
detects every single wrong character and every transposition of two.
"""

from ioms_desktop.domain.errors import WrongRecoveryCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 16
BODY_CHARS, CHECK_CHARS, GROUP_CHARS = 26, 2, 4
CHECK_MODULUS = 997
LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
WRONG_LENGTH_MESSAGE = (
    "This is not a recovery code: it has {letters} letters and digits where {wanted} are needed. Nothing was changed."
)
MISTYPED_MESSAGE = (
    "The recovery code is mistyped: its last two characters do not fit the others. Nothing was changed; check it."
)


def format_code(secret: bytes) -> str:
    """Format 16 random bytes as seven groups of four characters.

    Raises:
        ValueError: There are more or fewer than 16 bytes.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(len(secret))
    number = int.from_bytes(secret)
    whole = _to_base32(number, BODY_CHARS) + _to_base32(number % CHECK_MODULUS, CHECK_CHARS)
    return "-".join(whole[at : at + GROUP_CHARS] for at in range(0, len(whole), GROUP_CHARS))


def parse_code(text: str) -> str:
    """Parse a code as people type it: with lower-case letters, spaces, O for 0, and I or L for 1.

    Returns:
        The code in its canonical form.

    Raises:
        WrongRecoveryCode: It is not a recovery code, or it is mistyped; the sentence says which.
    """
    typed = "".join(character for character in text.upper() if not character.isspace() and character != "-")
    typed = typed.translate(LOOKALIKES)
    if len(typed) != BODY_CHARS + CHECK_CHARS:
        raise WrongRecoveryCode(WRONG_LENGTH_MESSAGE.format(letters=len(typed), wanted=BODY_CHARS + CHECK_CHARS))
    if not set(typed) <= set(ALPHABET):
        raise WrongRecoveryCode(MISTYPED_MESSAGE)
    number, check = _from_base32(typed[:BODY_CHARS]), _from_base32(typed[BODY_CHARS:])
    if number % CHECK_MODULUS != check or number >= 1 << (8 * SECRET_BYTES):
        raise WrongRecoveryCode(MISTYPED_MESSAGE)
    return format_code(number.to_bytes(SECRET_BYTES))


def _to_base32(number: int, count: int) -> str:
    found = []
    for _ in range(count):
        number, digit = divmod(number, len(ALPHABET))
        found.append(ALPHABET[digit])
    return "".join(reversed(found))


def _from_base32(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(ALPHABET) + ALPHABET.index(digit)
    return number
