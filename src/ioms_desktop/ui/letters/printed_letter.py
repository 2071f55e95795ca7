"""The dialog that asks what a printer made of a letter."""

from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.drafts import PRINTED_LETTER_FORM
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.printing.packs.printed_letter import CAME_OUT, PrintedLetter, record_what_came_out
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.autosave import Origin, draft_notifier
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.tasks import Tasks

ANSWERS = (
    (Choice("1", "The letter", "l"), Choice("0", "Nothing, or not all of it", "n")),
    (Choice("2", "Both copies", "b"), Choice("1", "The letter alone", "l"), Choice("0", "Neither", "n")),
)
"""What can be said of one copy, and of two: as the number of those that came out."""


class PrintedLetterDialog(SimpleCommandDialog):
    """Asks how many copies of a letter came out of the printer."""

    def __init__(
        self, session: Session, tasks: Tasks, letter: PrintedLetter, about: str, parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            session: Who printed it.
            tasks: Puts the answer on record.
            letter: The letter.
            about: What the form was opened on: the document, or the number of the command that wrote it.
            parent: The Qt parent.
        """
        choices = ANSWERS[len(letter.recipients) > 1]
        self.came_out = ChoiceField(CAME_OUT, "What came o&ut", choices, required=True)
        spec = SimpleCommand(
            title="Was this letter printed?",
            verb="&Put on record",
            about=f"Case {letter.case_ref}. {letter.title}.",
            intro=f"It is on record as given to {join_words(letter.recipients)}. Say what came out of "
            "the printer; what did not is then on record as not given, and can be printed from Documents.",
            origin=Origin(PRINTED_LETTER_FORM, letter.case_ref, about, is_note=True),
            fields=(self.came_out,),
            command=lambda: partial(record_what_came_out, session, letter, int(self.came_out.filled())),
        )
        super().__init__(session, tasks, spec, parent)
        self.completed.connect(draft_notifier().changed)
