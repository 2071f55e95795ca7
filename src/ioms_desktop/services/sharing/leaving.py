"""What is asked before a copy leaves: who receives it, and under which power in force that day."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.errors import ConflictingValues, MissingValue, UnknownCode
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.domain.records.code_lists import Code
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.services.commands import clean_entry
from ioms_desktop.services.session import Session

POWER_LIST = "sharing_power"
NOTHING_DONE = "Nothing left the application"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who receives a copy and under which power, as it was checked.

    Attributes:
        given_to: Who receives it; None where who prints it keeps it.
        power: The power, as a code; empty where it is kept.
        power_words: The power in words; empty where it is kept.
    """

    given_to: Recipient | None = None
    power: str = ""
    power_words: str = ""

    @property
    def recipient(self) -> str:
        """Who receives it, in words; empty where it is kept."""
        return self.given_to.describe() if self.given_to else ""


def powers_in_force(session: Session, on: date) -> tuple[Code, ...]:
    """Return the powers that a copy may be given out under on a day."""
    return session.lists.of(POWER_LIST).offered(on)


def check_leaving(session: Session, given_to: Recipient | None, power: str) -> Leaving:
    """Check the recipient of a copy and the power, which belong together.

    Raises:
        MissingValue: The recipient or the power is missing, or a part of the recipient.
        ConflictingValues: There is a power, and nobody receives the copy.
        UnknownCode: The power is not one that is in force today.
        InvalidText: A text holds what no record may hold.
    """
    if given_to is None:
        if power.strip():
            raise ConflictingValues(
                f"A power is named, but nobody to receive the copy. {NOTHING_DONE}; name the recipient, or leave the "
                "power out for a copy that you keep.",
                field="recipient_name",
            )
        return Leaving()
    names = ("name", "role", "organisation")
    parts = {name: clean_entry(getattr(given_to, name), f"recipient_{name}") for name in names}
    cleaned = Recipient.of(**parts)
    if cleaned is None:
        raise MissingValue(f"A copy that is given out must name its recipient. {NOTHING_DONE}.", field="recipient_name")
    found = _checked_power(session, power)
    return Leaving(replace(given_to, **parts), found.code, found.label)


def _checked_power(session: Session, power: str) -> Code:
    today = session.today()
    if not power.strip():
        raise MissingValue(
            f"A copy can be given out only under a legal power, and none is named. {NOTHING_DONE}; choose one.",
            field="power",
        )
    offered = powers_in_force(session, today)
    found = next((each for each in offered if each.code == power), None)
    if found is None:
        known = session.lists.of(POWER_LIST)
        why = f"is not in force on {format_day(today)}" if power in known else "is no power to share"
        raise UnknownCode(
            f"{known.label(power)} {why}. {NOTHING_DONE}; name one of "
            f"{join_words([each.code for each in offered], 'or')}.",
            field="power",
        )
    return found
