"""The recovery code: 128 bits as a person can write them down and type them again.

Crockford's base 32 has no letter that looks like a figure. Two characters at the end are the remainder by 997: one
wrong character, or two that changed places, always show.
"""

from ioms_desktop.domain.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS_BYTES = 16
BODY, CHECK, GROUP = 26, 2, 4
PRIME = 997
READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
NO_CODE = (
    "This is no recovery code: it has {letters} letters and figures where {wanted} are needed. Nothing was changed."
)
MISTYPED = (
    "The recovery code is mistyped: its last two characters do not fit the others. Nothing was changed; check it."
)


def written(secret: bytes) -> str:
    """Write 16 random bytes in seven groups of four.

    Raises:
        ValueError: They are not 16.
    """
    if len(secret) != BITS_BYTES:
        raise ValueError(len(secret))
    number = int.from_bytes(secret)
    whole = _digits(number, BODY) + _digits(number % PRIME, CHECK)
    return "-".join(whole[at : at + GROUP] for at in range(0, len(whole), GROUP))


def read(text: str) -> str:
    """Read a code however it was typed: small letters, spaces, O for 0, I or L for 1.

    Returns:
        The code as it was written.

    Raises:
        Refused: It is none, or it is mistyped; the sentence says which.
    """
    typed = "".join(character for character in text.upper() if not character.isspace() and character != "-")
    typed = typed.translate(READ_AS)
    if len(typed) != BODY + CHECK:
        raise Refused(NO_CODE.format(letters=len(typed), wanted=BODY + CHECK))
    if not set(typed) <= set(ALPHABET):
        raise Refused(MISTYPED)
    number, check = _number(typed[:BODY]), _number(typed[BODY:])
    if number % PRIME != check or number >= 1 << (8 * BITS_BYTES):
        raise Refused(MISTYPED)
    return written(number.to_bytes(BITS_BYTES))


def _digits(number: int, count: int) -> str:
    found = []
    for _ in range(count):
        number, digit = divmod(number, len(ALPHABET))
        found.append(ALPHABET[digit])
    return "".join(reversed(found))


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * len(ALPHABET) + ALPHABET.index(digit)
    return number
