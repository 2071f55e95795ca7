"""A letter on a printer: reached before the letter is kept, and what did not come out whole is put on record."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtPrintSupport import QPrinter

from ioms_desktop.services.printing.many_summaries import PrintedCase
from ioms_desktop.services.printing.summaries import record_unfinished_prints
from ioms_desktop.services.session import Session
from ioms_desktop.ui.printing.printer_sheets import PrinterSheets, describe_unfinished
from ioms_desktop.ui.tasks import Tasks

AGAIN = "The letter is kept under Documents; save a copy of it there to print it again, or enter it in error."


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
        self._printed: list[PrintedCase] = []
        self._reason = ""
        self._sheets = PrinterSheets(tasks, printer, self)
        self._sheets.finished.connect(self._finished)

    def reach(self) -> bool:
        """Whether the printer can be reached; it waits for the pages then."""
        return self._sheets.reach()

    def abort(self) -> None:
        """Let nothing come out: the letter was not kept."""
        self._sheets.abort()
        self.deleteLater()

    def paint(self, case_ref: str, pdfs: tuple[bytes, ...], reason: str) -> None:
        """Print a letter that is on record, once for each who receives it."""
        self._printed, self._reason = [PrintedCase(case_ref=case_ref, pdfs=pdfs)], reason
        self._sheets.paint(self._printed)

    def _finished(self, not_whole: list[tuple[str, ...]]) -> None:
        if not not_whole:
            self.deleteLater()
            return
        told = f"{describe_unfinished(self._printed, not_whole, 'The printer stopped')} {AGAIN}"
        # Letter and copy are one paper of the case: to note it twice would note the paper before it.
        refs = list(dict.fromkeys(ref for of_copy in not_whole for ref in of_copy))
        note = partial(record_unfinished_prints, self._session, refs, reason_code=self._reason)
        self._tasks.run(self, note, lambda _: self._tell(told), self._unnoted, self._failed)

    def _unnoted(self, sentence: str) -> None:
        self._tell(f"The printer stopped before the letter was whole, and that is not on record. {sentence} {AGAIN}")

    def _failed(self, reference: str) -> None:
        self._unnoted(f"The reference is {reference}.")

    def _tell(self, sentence: str) -> None:
        self._show_problem(sentence)
        self.deleteLater()
