"""What the register knows of a paper: the code at its foot, and to whom a copy was given under which power."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple, Self

from ioms_desktop.domain.errors import MalformedValue, MissingValue
from ioms_desktop.domain.text_format import join_words

CHECK_PRIME = 251
"""The largest prime below 256: with it two digits find every wrong digit and every two that changed places."""
ID_DIGITS, CHECK_DIGITS = 12, 2
FORMER_PRINT_ID = re.compile(rf"P-[0-9A-F]{{{ID_DIGITS}}}")
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
"""Letters that are no digits of a code, by the digit they are taken for."""
SIMPLE = frozenset({str, int, bool, NoneType, date})
"""The kinds of most values of a paper, which are written as they are."""
PACK_DETAIL = "pack"
"""What names, in the register entry of a summary, the pack in which it left."""
LETTER_DETAIL, WORDING_DETAIL = "letter", "wording"
"""The keys by which the register says which letter a paper is, and in which words."""
MISSING_WORDS = {
    "name": "the name of who receives it",
    "role": "what they do there",
    "organisation": "the organisation they receive it for",
}


class PrintOfCase(NamedTuple):
    """A copy that left, as the register knows it: the case, and the code at its foot.

    Attributes:
        entry: Its number in the register, where others of the same code are there; None for the last of them.
    """

    case_ref: str
    print_id: str
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is given a copy.

    Attributes:
        name: The person.
        role: What they do there: housing officer.
        organisation: For whom they receive it.
    """

    name: str
    role: str
    organisation: str

    def describe(self) -> str:
        """Return them in one line, as it stands on the paper."""
        return f"{self.name}, {self.role}, {self.organisation}"

    @classmethod
    def of(cls, name: str, role: str, organisation: str) -> Self | None:
        """Return who was named; None where nobody was.

        Raises:
            MissingValue: Some of it is missing.
        """
        given = cls(name=name.strip(), role=role.strip(), organisation=organisation.strip())
        missing = [each.name for each in fields(given) if not getattr(given, each.name)]
        if len(missing) == len(fields(given)):
            return None
        if missing:
            words = join_words([MISSING_WORDS[each] for each in missing])
            raise MissingValue(
                f"A copy that is given out says who receives it: {words} "
                f"{'is' if len(missing) == 1 else 'are'} missing. Nothing left the application; add what is missing.",
                field=f"recipient_{missing[0]}",
            )
        return given


def make_print_id(seed: str) -> str:
    """Return the code of a paper: twelve digits that follow from what is printed, and two that check them."""
    digits = sha256(seed.encode()).hexdigest()[:ID_DIGITS].upper()
    return f"P-{digits}-{_check_of(digits)}"


def read_print_id(typed: str) -> str:
    """Return a code as somebody typed it from the foot of a paper, in the form in which it is kept.

    Codes of papers that were printed before there were check digits are taken without them.

    Raises:
        MalformedValue: It is no such code, or a digit is wrong.
    """
    letters = re.sub(r"[\W_]", "", typed).upper().translate(MISREAD)
    digits = letters.removeprefix("P")
    if not re.fullmatch(r"[0-9A-F]+", digits) or len(digits) not in {ID_DIGITS, ID_DIGITS + CHECK_DIGITS}:
        raise MalformedValue(
            f"A print code looks like {make_print_id('')}; {typed.strip() or 'nothing'} does not. It stands at the "
            "foot of every page, after the word Print.",
            field="code",
        )
    number, check = digits[:ID_DIGITS], digits[ID_DIGITS:]
    if check and check != _check_of(number):
        raise MalformedValue(
            "A digit of this code is wrong: its last two digits do not fit the others. Read it once more from the foot "
            "of the page.",
            field="code",
        )
    return f"P-{number}-{check}" if check else f"P-{number}"


def facts_digest(facts: object) -> str:
    """Return a digest of what is printed; the same facts give the same one in every process."""
    written: list[str] = []
    _write(facts, written)
    return sha256("\n".join(written).encode()).hexdigest()


def _write(value: Any, written: list[str]) -> None:  # noqa: ANN401 - whatever a summary is made of
    kind: Any = type(value)
    values_of = _values_getter(kind)
    if values_of is not None:
        written.append(kind.__name__)
        parts = values_of(value)
    elif isinstance(value, tuple):
        written.append(f"{len(value)}:")
        parts = value
    else:
        written.append(repr(sorted(value) if isinstance(value, frozenset) else value))
        return
    for each in parts:
        if type(each) in SIMPLE:
            written.append(repr(each))
        else:
            _write(each, written)


@cache
def _values_getter(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """Return what gives the values of such facts, in the order of their fields; None for anything else."""
    if not is_dataclass(kind):
        return None
    names = [each.name for each in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _check_of(digits: str) -> str:
    """Return the two digits with which the whole, read as one number, leaves 1 when it is divided by the prime."""
    remainder = int(digits, 16) * 256 % CHECK_PRIME
    return f"{(1 - remainder) % CHECK_PRIME:02X}"
