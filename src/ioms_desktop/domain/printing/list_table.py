"""Who receives which part of a case summary, as one table to be read on a page."""

from dataclasses import dataclass

from ioms_desktop.domain.printing.agency_lists import (
    BOARD_PARTS,
    IOM,
    LIST_BY_AGENCY,
    PANEL_PARTS,
    PARTS_BY_LIST,
    PHOENIX,
)
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.texts.printed import OWN_WORDS
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.text_format import join_words

NO_LIST = "Smallest"
ONLY_FULL = (
    "The full copy has every part, and is only for those who may read intelligence. Every other reader either "
    "receives a part or does not, whatever the case contains. If they may not have all of a part, the copy never "
    "tells them that nothing is recorded in it."
)
UNTIL_TOLD = (
    "Until a participant has been told of Phoenix, every agency receives the smallest list. On a Phoenix case, only "
    "the full copy has alerts, or offers that were not accepted, because they would reveal the arm of the trial."
)
PLAIN_COPIES = (
    "The copies for the person, and for a parent or carer of a child, are in plain English: what was offered, what "
    "is asked of them, what happens next, whom to call and how to complain. A parent is not told about private "
    "help, or about a step if it was decided not to tell them. Of a meeting they are told only the day."
)
OWN_WORDS_TOLD = (
    "On every copy but the full one, free text is left out unless the person printing has read each text and marked "
    "what to remove from it. This applies to {columns}. A mark, always of the same length, replaces what is "
    "removed. The record stays as it is."
)


def describe_own_words() -> str:
    """Say which texts are reviewed before a copy leaves."""
    told = []
    for kind, names in OWN_WORDS.items():
        labels = (column.label.lower() for column in columns_of(kind) if column.name in names)
        told.append(f"{kind.label.lower()} ({', '.join(labels)})")
    return OWN_WORDS_TOLD.format(columns=join_words(told))


OTHER_PAPERS = (
    "A pack is made of the summaries for its reader, and an action sheet of the actions on those summaries, so the "
    "same lists decide. A supervisor's review and a disclosure record are made from the full copy, for the police "
    "alone. The certificate of a disposal names nobody whose record was removed. An audit report names who received "
    "something, and gives reasons as they were written. Neither is in a list."
)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a summary, with the names of the lists that give it."""

    part: str
    lists: tuple[str, ...]


def part_rows() -> tuple[PartRow, ...]:
    """Return every part with the lists that give it."""
    lists = {"Panel": PANEL_PARTS, "Board": BOARD_PARTS, **PARTS_BY_LIST}
    return tuple(PartRow(part.value, tuple(name for name, parts in lists.items() if part in parts)) for part in Part)


def list_names() -> tuple[str, ...]:
    """Return the names of the lists in the order of the table."""
    return ("Panel", "Board", *PARTS_BY_LIST)


def agency_rows() -> tuple[tuple[str, str, str], ...]:
    """Return every agency with its list on IOM and on Phoenix."""
    return tuple(
        (agency, lists.get(IOM, NO_LIST), lists.get(PHOENIX, NO_LIST)) for agency, lists in LIST_BY_AGENCY.items()
    )
