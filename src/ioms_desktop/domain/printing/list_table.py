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
    "The full copy has every part, for those alone who may read intelligence. Everybody else has a part or has it not, "
    "whatever is in a case, and is never told that something is not recorded that they may not have in whole."
)
UNTIL_TOLD = (
    "Until a participant has been told of Phoenix, every agency receives the smallest list. No copy but the full one "
    "of a Phoenix case has alerts, or offers that were not accepted, because they would tell the arm of the trial."
)
PLAIN_COPIES = (
    "The copy for the person, and for a parent or carer of a child, are in plain English: what was offered, what is "
    "asked, what happens next, whom to call and how to complain. A parent is not told of help that is private, of "
    "meetings more than the day, or of a step of which it was decided not to tell them."
)
OWN_WORDS_TOLD = (
    "What people wrote in their own words is on no copy but the full one until whoever prints has read each text and "
    "marked what is removed from it, or it is left out: {columns}. A mark of one length takes the place of what is "
    "removed; the record stays as it is."
)


def describe_own_words() -> str:
    """Say which texts are reviewed before a copy leaves."""
    told = []
    for kind, names in OWN_WORDS.items():
        labels = (column.label.lower() for column in columns_of(kind) if column.name in names)
        told.append(f"{kind.label.lower()} ({', '.join(labels)})")
    return OWN_WORDS_TOLD.format(columns=join_words(told))


OTHER_PAPERS = (
    "A pack is made of the summaries of its reader, and an action sheet of the actions on them, so that the same lists "
    "decide. A supervisor's review and a disclosure record are made from the full copy, for the police alone. The "
    "certificate of a disposal names nobody whose record was removed; an audit report names who received something, "
    "and has reasons as they were written. Neither is in a list."
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
