"""What a printer made of papers about cases, asked of who printed them where the program ended meanwhile.

They are on record as given before they go to the printer, as a letter is (`printed_letter`): so a note stays on this
computer from before they are until it is known what came out.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from ioms_desktop.domain.drafts import PRINTED_PAPERS_FORM, Draft
from ioms_desktop.domain.errors import Missing, Refused
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.drafts import delete_draft, find_note
from ioms_desktop.services.printing.packs.printed_letter import CAME_OUT
from ioms_desktop.services.printing.sharing_log import record_unfinished_prints
from ioms_desktop.services.records.copy_entries import copies_of_run
from ioms_desktop.services.records.recalls import RECALL_TOPICS
from ioms_desktop.services.session import Outcome, Session

NOT_ASKED = (
    "No print of yours is asked about. If a copy never came out of the printer, choose it under Papers and say there "
    "that it was never made."
)
MAX_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPapers:
    """Papers of which it is asked what the printer made.

    Attributes:
        note: The note that asks.
        copies: What is on record of each copy, in the order in which they were printed.
        recipient: Who is on record as having them.
        reason_code: Why they were printed.
    """

    note: Draft
    copies: tuple[tuple[PrintOfCase, ...], ...]
    recipient: str
    reason_code: str

    @property
    def in_order(self) -> str:
        """The first copies by the cases that they are about."""
        names = ["+".join(each.case_ref for each in copy) for copy in self.copies]
        more = [f"{len(names) - MAX_NAMED} more"] if len(names) > MAX_NAMED else []
        return join_words([*names[:MAX_NAMED], *more])


def note_of_papers(session: Session, case_refs: Sequence[str]) -> Draft:
    """Return the note that papers about cases are about to be printed, in a run of its own."""
    return Draft(
        id=uuid4().hex,
        form=PRINTED_PAPERS_FORM,
        request="",
        saved_at=session.clock(),
        about=uuid4().hex,
        fields={CAME_OUT: ""},
        words=f"Papers about {pluralise(len(case_refs), 'case')} were to be printed: {join_words(case_refs)}. They are "
        "on record as given. Say how many came out.",
        cases=tuple(case_refs),
    )


def find_printed_papers(session: Session, about: str) -> PrintedPapers:
    """Return the papers that a note asks about; without one, those of the latest note.

    Raises:
        Missing: Nothing is asked, or it is on record of each copy that it was not made.
    """
    note = find_note(session, PRINTED_PAPERS_FORM, about)
    if note is None:
        raise Missing(NOT_ASKED)
    with session.store.read() as reading:
        copies = copies_of_run(reading, note.cases, note.about)
    if not copies:
        raise Missing(NOT_ASKED)
    first = copies[0][0]
    return PrintedPapers(
        note=note,
        copies=tuple(tuple(PrintOfCase(each.case_ref, each.print_id, each.id) for each in copy) for copy in copies),
        recipient=first.recipient or "",
        reason_code=first.reason_code or "",
    )


def record_what_was_printed(session: Session, papers: PrintedPapers, whole: int) -> Outcome:
    """Put on record which copies did not come out of the printer; nothing where all of them did. The note goes.

    Args:
        session: Who printed them.
        papers: The papers.
        whole: How many copies came out, in their order.

    Raises:
        Missing: Of some of them, which are named, nothing was recorded.
        Refused: The database cannot be written.
    """
    left = [each for copy in papers.copies[whole:] for each in copy]
    if left:
        record_unfinished_prints(session, left, reason_code=papers.reason_code)
    with suppress(Refused):  # what is recorded stays so; a note that is left is asked about once more
        delete_draft(session, papers.note.id)
    if not left:
        return Outcome(notice="The papers stay on record as given.", changed=frozenset())
    count = pluralise(len(papers.copies) - whole, "copy", "copies")
    return Outcome(notice=f"It is on record that {count} did not come out. Print them again.", changed=RECALL_TOPICS)
