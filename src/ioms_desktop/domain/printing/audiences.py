"""The readers a case summary is printed for: the one list that the command line, the dialog and the pages read."""

from enum import StrEnum
from typing import Self


class Audience(StrEnum):
    """The readers of a printed case summary.

    `redaction` has the fields that each available audience receives; printing for one without a list there is refused.

    Attributes:
        label: Its name on screen.
        key: The letter that chooses it in a dialog.
        is_available: Whether it has been agreed what these readers receive.
        shows_intelligence: Whether they receive intelligence, so that only users who may read it can print it.
    """

    label: str
    key: str
    is_available: bool
    shows_intelligence: bool

    def __new__(
        cls,
        value: str,
        label: str = "",
        key: str = "",
        is_available: bool = False,  # noqa: FBT002 - a member is declared by position
        shows_intelligence: bool = False,  # noqa: FBT002 - as above
    ) -> Self:
        """Declare an audience; it is not available unless it is declared so."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.key = label, key
        member.is_available, member.shows_intelligence = is_available, shows_intelligence
        return member

    FULL = "full", "Police, full", "f", True, True
    PARTNER = "partner", "Partner", "p", True
    PARTICIPANT = "participant", "Participant"
    PANEL = "panel", "Panel"


def available_audiences(*, sees_intelligence: bool) -> tuple[Audience, ...]:
    """Return the audiences that a user can print for.

    Args:
        sees_intelligence: Whether the user may read intelligence.
    """
    return tuple(each for each in Audience if each.is_available and (sees_intelligence or not each.shows_intelligence))
