"""Sees to it that the texts in people's own words are reviewed before a print goes on."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.printing.texts.marks import Span
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.printing.text_review import TextToReview
from ioms_desktop.ui.printing.print_form import LEFT_OUT, PrintForm
from ioms_desktop.ui.printing.review_texts import ReviewTextsDialog
from ioms_desktop.ui.tasks import Tasks

NO_TEXTS = "These copies contain no text in people's own words."
FAILED = "The texts could not be read, and nothing was printed. The reference is {reference}."


class TextReviewing(QObject):
    """Begins a review at the button of the form, and lets a print wait for it.

    Signals:
        told: What the user is told of a review.
        refused: Why the texts could not be read.
    """

    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self, dialog: QWidget, tasks: Tasks, form: PrintForm, texts: Callable[[], Callable[[], Sequence[TextToReview]]]
    ) -> None:
        """Stand by.

        Args:
            dialog: The print dialog.
            tasks: Where texts are read.
            form: What is asked for; it keeps what was decided.
            texts: Returns what reads the texts that the copies would carry, off the interface thread.
        """
        super().__init__(dialog)
        self._dialog, self._tasks, self._form, self._texts = dialog, tasks, form, texts
        form.review_button.clicked.connect(self.review_all)

    @Slot()
    def review_all(self) -> None:
        """Show every text, also those that were reviewed for this reader before."""
        if self._form.validate():
            self._read(partial(self._review, then=partial(self.told.emit, NO_TEXTS), only_new=False))

    def go_on_once_reviewed(self, then: Callable[[], None]) -> None:
        """Go on where every text was reviewed or is left out; else show those that were not, and print nothing."""
        if self._form.asks_for_review:
            self._read(partial(self._review, then=then, only_new=True))
        else:
            then()

    def _read(self, then: Callable[[Sequence[TextToReview]], None]) -> None:
        self._tasks.latest(self, "texts", self._texts(), then, self.refused.emit, self._failed)

    def _review(self, texts: Sequence[TextToReview], *, then: Callable[[], None], only_new: bool) -> None:
        marks = self._form.marks
        wanted = [each for each in texts if not (only_new and all(ref in marks for ref in each.ids))]
        if not wanted:
            then()
            return
        dialog = ReviewTextsDialog(wanted, marks, self._dialog)
        dialog.reviewed.connect(self._take)
        dialog.left_out.connect(partial(self._form.texts.set_value, LEFT_OUT))
        dialog.open()

    @Slot(object)
    def _take(self, marks: Mapping[str, tuple[Span, ...]]) -> None:
        self._form.take_marks(marks)
        words = "The text was" if len(marks) == 1 else f"{pluralise(len(marks), 'text').capitalize()} were"
        self.told.emit(f"{words} reviewed. Look at the pages, then print or save them.")

    def _failed(self, reference: str) -> None:
        self.refused.emit(FAILED.format(reference=reference))
