"""The copies of one letter in the register of papers: what was given to whom when it was written."""

from ioms_desktop.domain.errors import NotPossibleNow
from ioms_desktop.domain.printing.papers import LETTER_DETAIL
from ioms_desktop.services.records.copy_entries import DOCUMENT_DETAIL, unmade_by
from ioms_desktop.services.sharing.files_on_record import A_COPY
from ioms_desktop.storage.printing.papers import PAPER, RegisteredPaper, papers_of_cases
from ioms_desktop.storage.records.read import Reading

STAYS_GIVEN = (
    "The letter is kept, and on record as given. Save it again from this form, or a copy of it under Documents; do not "
    "write it anew."
)
"""What is said of a letter whose file could not be put in place: to call it unmade would make the next try untrue."""
A_LETTER = A_COPY._replace(not_noted=STAYS_GIVEN)
CALLED_UNMADE = (
    "It is on record that a copy of this letter was not made. Nothing was written or printed. The letter itself is "
    "kept under Documents: save a copy of it there, which is put on record; do not write it again."
)


def refuse_unmade(reading: Reading, user: str, case_ref: str, document_ref: str) -> None:
    """Refuse to let a letter that a user wrote leave once more, where a copy of it would stand as not made.

    Raises:
        NotPossibleNow: It is on record of a copy that it was not made.
    """
    if not all(is_made for _, is_made in _given_copies(reading, user, case_ref, document_ref)):
        raise NotPossibleNow(CALLED_UNMADE)


def copies_of_letter(reading: Reading, case_ref: str, document_ref: str) -> list[RegisteredPaper]:
    """Return the entries with which a letter left, the letter first, without later copies of its document.

    A letter is known by its document: the same words to the same person on one day have the same code.
    """
    return [each for each in papers_of_cases(reading, [case_ref]) if _is_copy_of(each, document_ref)]


def copies_out(reading: Reading, user: str, case_ref: str, document_ref: str) -> list[tuple[int, RegisteredPaper]]:
    """Return the copies of a letter that a user gave and of which nothing says that they were not made.

    Returns:
        Each with its place among all that this user gave of it: the letter has 0.
    """
    given = enumerate(_given_copies(reading, user, case_ref, document_ref))
    return [(place, copy) for place, (copy, is_made) in given if is_made]


def is_settled(reading: Reading, user: str, case_ref: str, document_ref: str) -> bool:
    """Whether it is on record of each copy of a letter that a user gave that it was not made."""
    given = _given_copies(reading, user, case_ref, document_ref)
    return bool(given) and not any(is_made for _, is_made in given)


def _given_copies(reading: Reading, user: str, case_ref: str, document_ref: str) -> list[tuple[RegisteredPaper, bool]]:
    """Return the copies of a letter that a user gave, each with whether it was made, as far as is on record."""
    entries = papers_of_cases(reading, [case_ref])
    unmade = unmade_by(entries)
    mine = ((at, each) for at, each in enumerate(entries) if each.actor == user and _is_copy_of(each, document_ref))
    return [(each, at not in unmade) for at, each in mine]


def _is_copy_of(entry: RegisteredPaper, document_ref: str) -> bool:
    detail = entry.detail
    return entry.act == PAPER and LETTER_DETAIL in detail and detail.get(DOCUMENT_DETAIL) == document_ref
