"""The readers a case summary is printed for: the one list that the command line, the dialog and the pages read."""

from enum import StrEnum
from typing import Self


class Audience(StrEnum):
    """The readers of a printed case summary.

    `agency_lists` has the parts that each receives; printing for one that is not available is refused.

    Attributes:
        label: Its name on screen.
        key: The letter that chooses it in a dialog.
        is_available: Whether it has been agreed what these readers receive.
        shows_intelligence: Whether they receive intelligence, so that only users who may read it can print it.
        is_plain: Whether they are spoken to in plain English, on a copy of its own making.
    """

    label: str
    key: str
    is_available: bool
    shows_intelligence: bool
    is_plain: bool

    def __new__(
        cls,
        value: str,
        label: str = "",
        key: str = "",
        *flags: str,
    ) -> Self:
        """Declare an audience with its flags: `intelligence` or `plain`, or `later` for one that is not available."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.key = label, key
        member.is_available = "later" not in flags
        member.shows_intelligence, member.is_plain = "intelligence" in flags, "plain" in flags
        return member

    FULL = "full", "Police, full", "f", "intelligence"
    PARTNER = "partner", "Partner agency", "p"
    PARTICIPANT = "participant", "The person", "t", "plain"
    PARENT = "parent", "Parent or carer", "c", "plain"
    PANEL = "panel", "Panel, initials", "l"
    BOARD = "board", "Board, no names", "b"


def available_audiences(*, sees_intelligence: bool) -> tuple[Audience, ...]:
    """Return the audiences that a user can print for.

    Args:
        sees_intelligence: Whether the user may read intelligence.
    """
    return tuple(each for each in Audience if each.is_available and (sees_intelligence or not each.shows_intelligence))
