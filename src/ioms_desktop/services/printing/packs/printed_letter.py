"""What a printer made of a letter, said by who printed it: at any time, and asked where the program ended meanwhile.

A letter is in the register as given from the moment it is kept. Of a printer that stops the program knows, but not once
its window is locked or closed. So a note stays on this computer from before the letter is written until its pages are
out, or it is on record that they are not; what it asks is offered with the unsaved entries.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from ioms_desktop.domain.drafts import PRINTED_LETTER_FORM, Draft
from ioms_desktop.domain.errors import Missing, Refused
from ioms_desktop.domain.letters.template import describe_paper
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.drafts import delete_notes
from ioms_desktop.services.letters.letters import USUAL_REASON, WriteLetter
from ioms_desktop.services.printing.sharing_log import NOT_REGISTERED, record_unfinished_letter
from ioms_desktop.services.records.letter_copies import copies_out
from ioms_desktop.services.session import Outcome, Session, topics_of

CAME_OUT = "came_out"
"""The field of the form that says how many copies came out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLetter:
    """A letter of which it is asked what the printer made.

    Attributes:
        title: How it stands under Documents, or in the register once it was taken out of them.
        recipients: Who is on record as having a copy of this user's: the letter first, without what was not printed.
        reason_code: Why it was given.
    """

    case_ref: str
    document_ref: str
    title: str
    recipients: tuple[str, ...]
    reason_code: str


def note_of_print(session: Session, entry: WriteLetter) -> Draft:
    """Return the note that a letter is about to be printed."""
    return Draft(
        id=uuid4().hex,
        form=PRINTED_LETTER_FORM,
        request="",
        saved_at=session.clock(),
        case_ref=entry.case_ref,
        about=entry.request,
        fields={CAME_OUT: ""},
        words=f"{entry.kind.label}: the letter was to be printed, and is on record as given. Say whether it came out.",
    )


def find_printed_letter(session: Session, view: CaseView, about: str) -> PrintedLetter:
    """Return a letter of a case that the user printed, whether or not its document was taken out since.

    Args:
        session: Who printed it.
        view: The case.
        about: The document as which it is kept, or the number of the command that wrote it.

    Raises:
        Missing: There is no such letter of this user's, or it is on record that no copy of it was printed.
    """
    documents = {each.document_ref: each for each in view.of(Document)}
    written = None if about in documents else find_outcome(session, about)
    ref = about if written is None else written.ref
    with session.store.read() as reading:
        out = copies_out(reading, session.user, view.case.case_ref, ref)
    if not out:
        raise Missing(NOT_REGISTERED)
    _, letter = out[0]
    return PrintedLetter(
        case_ref=view.case.case_ref,
        document_ref=ref,
        title=documents[ref].title if ref in documents else describe_paper(letter.detail),
        recipients=tuple(each.recipient or "" for _, each in out),
        reason_code=letter.reason_code or USUAL_REASON,
    )


def record_what_came_out(session: Session, letter: PrintedLetter, whole: int) -> Outcome:
    """Put on record which copies of a letter did not come out of the printer; nothing where all of them did.

    Args:
        session: Who printed it.
        letter: The letter.
        whole: How many copies came out, in their order: the letter first.

    The notes that ask about the letter go.

    Raises:
        Missing: The register has no such copy of this user's; nothing was recorded.
        Refused: The database cannot be written.
    """
    left = letter.recipients[whole:]
    if left:
        which = letter.case_ref, letter.document_ref
        record_unfinished_letter(session, *which, whole=whole, reason_code=letter.reason_code)
    with suppress(Refused):  # what is recorded stays so; a note that is left is asked about once more
        delete_notes(session, letter.document_ref)
    if not left:
        return Outcome(notice=f"{letter.title}: it stays on record as given.")
    return Outcome(
        notice=f"{letter.title}: it is on record that {join_words(left)} did not receive it. The letter is kept under "
        "Documents; save a copy of it there to print it.",
        changed=topics_of(Document),
    )
