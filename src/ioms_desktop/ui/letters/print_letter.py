"""A letter on a printer: reached before the letter is kept, and what did not come out whole is put on record."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtPrintSupport import QPrinter

from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.services.letters.letters import WriteLetter, WrittenLetter
from ioms_desktop.services.printing.many_summaries import PrintedCase
from ioms_desktop.services.printing.packs.printed_letter import note_of_print
from ioms_desktop.services.printing.sharing_log import record_unfinished_letter
from ioms_desktop.services.session import Session
from ioms_desktop.ui.printing.printed_papers import PrintNote
from ioms_desktop.ui.printing.printer_sheets import PrinterSheets
from ioms_desktop.ui.tasks import Tasks

AGAIN = "The letter itself is kept under Documents. Save a copy of it there to print it; do not write it again."
NOTHING = "The answer of the database was lost while the letter was kept, so nothing was printed."
THE_LETTER = "The letter was not printed in full."
BOTH = "Neither the letter nor the copy for the parent or carer was printed in full."
THE_COPY = "The letter was printed; the copy for the parent or carer was not."


class LetterPrint(QObject):
    """Prints one letter; it outlives the dialog in which it was written."""

    def __init__(
        self, session: Session, tasks: Tasks, printer: QPrinter, show_problem: Callable[[str], None], parent: QObject
    ) -> None:
        """Do not reach the printer yet.

        Args:
            session: Whose letter it is.
            tasks: Draws the pages.
            printer: The printer that was chosen.
            show_problem: Says what did not come out.
            parent: What it lives as long as: the window, not the dialog.
        """
        super().__init__(parent)
        self._session, self._tasks, self._show_problem = session, tasks, show_problem
        self._printed = PrintedCase(case_ref="")
        self._document_ref = self._reason = ""
        self._note = PrintNote(session, tasks)
        self._sheets = PrinterSheets(tasks, printer, self)
        self._sheets.finished.connect(self._finished)

    def reach(self) -> bool:
        """Whether the printer can be reached; it waits for the pages then."""
        return self._sheets.reach()

    def keep_note(self, entry: WriteLetter) -> None:
        """Keep a note on this computer that a letter is to be printed; called where it is written, before it is."""
        self._note.keep(partial(note_of_print, self._session, entry))

    def abort(self, *, is_settled: bool = True) -> None:
        """Let nothing come out: the letter was not kept, or nobody knows yet whether it was."""
        self._sheets.abort()
        self._note.let_go(is_settled=is_settled)
        self.deleteLater()

    def paint(self, case_ref: str, letter: WrittenLetter, reason: str) -> None:
        """Print a letter that is on record, once for each who receives it."""
        self._printed, self._reason = PrintedCase(case_ref=case_ref, pdfs=(letter.pdf,) * letter.copies), reason
        self._document_ref = letter.outcome.ref
        self._sheets.paint([self._printed])

    def abort_kept(self, case_ref: str, document_ref: str, reason: str) -> None:
        """Let nothing come out of a letter that is on record, and record that."""
        self._sheets.abort()
        self._printed, self._reason = PrintedCase(case_ref=case_ref), reason
        self._document_ref = document_ref
        self._record(NOTHING, 0, f"{NOTHING} That is on record. {AGAIN}")

    def _finished(self, not_whole: list[tuple[PrintOfCase, ...]]) -> None:
        if not not_whole:
            self._note.let_go(is_settled=True)
            self.deleteLater()
            return
        copies = len(self._printed.pdfs)
        whole = copies - len(not_whole)
        what = f"The printer stopped. {THE_COPY if whole else THE_LETTER if copies == 1 else BOTH}"
        self._record(what, whole, f"{what} That is on record; destroy any pages that came out spoiled. {AGAIN}")

    def _record(self, what: str, whole: int, told: str) -> None:
        """Put on record what did not come out, and say so; where that is refused, say that it is not on record."""
        ref, document = self._printed.case_ref, self._document_ref
        note = partial(record_unfinished_letter, self._session, ref, document, whole=whole, reason_code=self._reason)
        refused, failed = partial(self._unnoted, what), partial(self._failed, what)
        self._tasks.run(self, note, lambda _: self._noted(told), refused, failed)

    def _noted(self, told: str) -> None:
        self._note.let_go(is_settled=True)
        self._tell(told)

    def _unnoted(self, what: str, sentence: str) -> None:
        self._note.let_go(is_settled=False)
        self._tell(f"{what} That could not be put on record: {sentence} {AGAIN}")

    def _failed(self, what: str, reference: str) -> None:
        self._unnoted(what, f"the reference is {reference}.")

    def _tell(self, sentence: str) -> None:
        self._show_problem(sentence)
        self.deleteLater()
