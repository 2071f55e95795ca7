"""What a case summary says first: what is to be decided on its day, with how late it is."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.printing.parts import SummaryPart as Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecideLine:
    """Something that is to be decided, or is late, on the day of the summary; the most urgent first.

    Attributes:
        what: What kind of thing, in a word or two: `Alert`, `Proposal`, `Action`.
        text: What it is, in a sentence or a phrase.
        due_on: Its clock; None where it has none.
        clock: The clock in words: `45 days late`, `due today`.
        part: The part of the summary that it is of: who may not have that does not have this.
        agency: The code of the agency that owes an action; empty for the others and where nobody said.
        rests_on_intelligence: Whether it follows from intelligence, as by default.
    """

    what: str = ""
    text: str = ""
    due_on: date | None = None
    clock: str = ""
    part: Part = Part.POLICE
    agency: str = ""
    rests_on_intelligence: bool = True
