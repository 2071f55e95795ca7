"""Several case summaries for one reader as one file, in the order of the meeting."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.summary import CaseSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a pack is drawn from.

    Attributes:
        about: What it says about itself; its code is on its cover alone, for each summary has one of its own.
        as_of: The day whose facts it shows.
        papers: The summaries in order, each as its reader may have it.
    """

    about: PrintFacts = PrintFacts()  # noqa: RUF009 - it is frozen, and can be shared
    as_of: date | None = None
    papers: tuple[CaseSummary, ...] = ()
