"""The note of what is being printed, and the dialog that asks what came of it."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from PySide6.QtWidgets import QWidget

from ioms_desktop.domain.drafts import PRINTED_PAPERS_FORM, Draft
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.text_format import capitalise, pluralise
from ioms_desktop.services.drafts import begin_note, delete_draft, end_note
from ioms_desktop.services.printing.packs.printed_letter import CAME_OUT
from ioms_desktop.services.printing.packs.printed_papers import PrintedPapers, record_what_was_printed
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.autosave import Origin, draft_notifier
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.fields import NumberField
from ioms_desktop.ui.tasks import Tasks, ignore


class PrintNote:
    """A note on this computer of what is being printed, from before it is on record until it is known what came out.

    Without one a print that a lock cuts short is not asked about, which is no reason not to print.
    """

    def __init__(self, session: Session, tasks: Tasks) -> None:
        """Keep none yet."""
        self._session, self._tasks = session, tasks
        self._note: Draft | None = None

    def keep(self, make: Callable[[], Draft]) -> str:
        """Keep a note; called off the interface thread, before what it is of is put on record.

        Returns:
            What it is about; empty where none can be kept.
        """
        with suppress(Refused):
            self._note = note = make()
            begin_note(self._session, note)
            return note.about
        return ""

    def let_go(self, *, is_settled: bool) -> None:
        """Delete the note once it is known what came out; otherwise it is asked about from now on."""
        note, self._note = self._note, None
        if note is None:
            return
        end_note(self._session, note.id)
        tell = draft_notifier().changed.emit
        if is_settled:
            self._tasks.run(draft_notifier(), partial(delete_draft, self._session, note.id), lambda _: tell(), ignore)
        else:
            tell()


class PrintedPapersDialog(SimpleCommandDialog):
    """Asks how many copies came out of the printer."""

    def __init__(self, session: Session, tasks: Tasks, papers: PrintedPapers, parent: QWidget | None = None) -> None:
        """Create the form.

        Args:
            session: Who printed them.
            tasks: Puts the answer on record.
            papers: The papers.
            parent: The Qt parent.
        """
        count = len(papers.copies)
        copies = pluralise(count, "copy", "copies")
        self.came_out = NumberField(
            CAME_OUT,
            "Came out w&hole",
            maximum=count,
            unit=f"of {copies}",
            required=True,
            help="The first, in order.",
        )
        spec = SimpleCommand(
            title="Were these papers printed?",
            verb="&Put on record",
            intro=f"{capitalise(copies)} ({papers.recipient}), in this order: {papers.in_order}. It is on record that "
            "they were given. Say how many came out of the printer; the others are then on record as not made. Destroy "
            "any pages of those, and print them again.",
            origin=Origin(PRINTED_PAPERS_FORM, about=papers.note.about, is_note=True),
            fields=(self.came_out,),
            command=lambda: partial(record_what_was_printed, session, papers, int(self.came_out.filled())),
        )
        super().__init__(session, tasks, spec, parent)
        self.completed.connect(draft_notifier().changed)
