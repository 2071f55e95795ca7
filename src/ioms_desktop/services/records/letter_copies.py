"""The copies of one letter in the register of papers: what was given to whom when it was written."""

from ioms_desktop.domain.errors import NotPossibleNow
from ioms_desktop.domain.printing.papers import LETTER_DETAIL
from ioms_desktop.services.records.copy_entries import DOCUMENT_DETAIL
from ioms_desktop.storage.printing.papers import COPY_FOR_DETAIL, PAPER, STOPPED, RegisteredPaper, papers_of_cases
from ioms_desktop.storage.records.read import Reading

STAYS_GIVEN = (
    "The letter is kept, and on record as given. Save it again from this form, or a copy of it under Documents; do not "
    "write it anew."
)
"""What is said of a letter whose file could not be put in place: to call it unmade would make the next try untrue."""
CALLED_UNMADE = (
    "It is on record that a copy of this letter was not made. Nothing was written or printed. The letter itself is "
    "kept under Documents: save a copy of it there, which is put on record; do not write it again."
)


def refuse_unmade(reading: Reading, user: str, case_ref: str, document_ref: str) -> None:
    """Refuse to let a letter that a user wrote leave once more, where a copy of it would stand as not made.

    Raises:
        NotPossibleNow: It is on record of a copy that it was not made.
    """
    if len(copies_out(reading, user, case_ref, document_ref)) < len(copies_of_letter(reading, case_ref, document_ref)):
        raise NotPossibleNow(CALLED_UNMADE)


def copies_of_letter(reading: Reading, case_ref: str, document_ref: str) -> list[RegisteredPaper]:
    """Return the entries with which a letter left, the letter first, without later copies of its document.

    A letter is known by its document: the same words to the same person on one day have the same code.
    """
    return [each for each in _entries_of(reading, case_ref, document_ref) if _is_copy(each)]


def copies_out(reading: Reading, user: str, case_ref: str, document_ref: str) -> list[tuple[int, RegisteredPaper]]:
    """Return the copies of a letter that a user gave and of which nothing says that they were not printed.

    Returns:
        Each with its place among all that this user gave of it: the letter has 0.
    """
    mine = [each for each in _entries_of(reading, case_ref, document_ref) if each.actor == user]
    stopped = {each.detail.get(COPY_FOR_DETAIL) for each in mine if each.act == STOPPED}
    copies = enumerate(each for each in mine if _is_copy(each))
    return [(place, each) for place, each in copies if each.recipient not in stopped]


def is_settled(reading: Reading, user: str, case_ref: str, document_ref: str) -> bool:
    """Whether it is on record of each copy of a letter that a user gave that it was not printed."""
    gave = any(each.actor == user for each in copies_of_letter(reading, case_ref, document_ref))
    return gave and not copies_out(reading, user, case_ref, document_ref)


def _entries_of(reading: Reading, case_ref: str, document_ref: str) -> list[RegisteredPaper]:
    found = papers_of_cases(reading, [case_ref])
    return [each for each in found if each.detail.get(DOCUMENT_DETAIL) == document_ref]


def _is_copy(entry: RegisteredPaper) -> bool:
    return entry.act == PAPER and LETTER_DETAIL in entry.detail
