"""The lines of a printed case summary that inspections ask for; partners are given none of them."""

from dataclasses import dataclass

from ioms_desktop.domain.dates.day_time import DayTime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCountLine:
    """The contacts of one agency for one purpose, for the office copy alone."""

    agency: str = ""
    purpose: str = ""
    contacts: int = 0
    completed: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightLine:
    """Something that inspections ask of a case, for the office copy alone: what it is, and what is known."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """How a letter was delivered, or was not, for the office copy alone.

    Attributes:
        at: When it was tried; None for a letter of which no delivery is recorded.
    """

    at: DayTime | None = None
    letter: str = ""
    outcome: str = ""
    delivered_by: str = ""
    witnessed_by: str = ""
