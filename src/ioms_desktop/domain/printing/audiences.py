"""The readers a case summary is printed for: the one list that the command line, the dialog and the pages read."""

from enum import StrEnum
from typing import Self


class Audience(StrEnum):
    """The readers of a printed case summary.

    What an available audience is given stands in `redaction`; one without a list there is refused.

    Attributes:
        label: Its name for those who choose it.
        key: The letter that chooses it in a dialog.
        is_available: Whether it has been decided what these readers are given.
        shows_intelligence: Whether they are given intelligence, so that only those who may read it can print it.
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
        """Declare an audience; a new one is not available until it says so."""
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
    """Give the audiences that somebody can print for.

    Args:
        sees_intelligence: Whether they may read intelligence.
    """
    return tuple(each for each in Audience if each.is_available and (sees_intelligence or not each.shows_intelligence))
