"""What a printed document says about itself on every page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.texts.marks import TextsOnCopy

MARKING = "OFFICIAL-SENSITIVE - PERSONAL DATA"
HANDLING_INSTRUCTION = (
    "Not for onward disclosure without the originator's agreement. Keep locked away; shred when done with."
)


class PaperForm(StrEnum):
    """How much of a case a summary prints."""

    FULL = "full"
    ONE_PAGE = "one-page"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintFacts:
    """The facts about the document itself that are printed on every page.

    Attributes:
        marking: The protective marking, at the top and bottom of every page.
        handling: Who may see it, and how to handle it.
        printed_at: The local time of printing.
        agency: The code of the agency it is for, where it is for one; `agency_name` says it in words.
        programme: The code of the programme of the case, on which depends what the reader receives.
        told: Whether the person has been told of the programme by the day of the document.
        form: How much is printed; a copy in plain English has one form.
        reason: Why it was printed, in words.
        recipient: The recipient, if it is for a particular person.
        texts: What became of the texts in people's own words; it is kept on record, and not printed.
    """

    marking: str = MARKING
    handling: str = HANDLING_INSTRUCTION
    audience: Audience = Audience.FULL
    agency: str = ""
    agency_name: str = ""
    programme: str = ""
    told: bool = False
    form: PaperForm = PaperForm.FULL
    printed_by: str = ""
    role: str = ""
    printed_at: datetime | None = None
    reason: str = ""
    recipient: str = ""
    copy_number: int = 1
    copies: int = 1
    print_id: str = ""
    texts: TextsOnCopy = TextsOnCopy()  # noqa: RUF009 - it is frozen, and can be shared
