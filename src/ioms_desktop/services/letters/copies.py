"""The copies of one letter in the register of papers: what was given to whom when it was written."""

from ioms_desktop.domain.letters.template import LETTER_DETAIL
from ioms_desktop.services.records.recalls import DOCUMENT_DETAIL
from ioms_desktop.storage.printing.papers import PAPER, RegisteredPaper, papers_of_cases
from ioms_desktop.storage.records.read import Reading


def copies_of_letter(reading: Reading, case_ref: str, document_ref: str) -> list[RegisteredPaper]:
    """Return the entries with which a letter left, the letter first, without later copies of its document.

    A letter is known by its document: the same words to the same person on one day have the same code.
    """
    return [
        each
        for each in papers_of_cases(reading, [case_ref])
        if each.act == PAPER and LETTER_DETAIL in each.detail and each.detail.get(DOCUMENT_DETAIL) == document_ref
    ]
