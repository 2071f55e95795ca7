"""What is done about a record that was entered in error: take it out, or move it to the case it belongs to."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.records.record import Record, record_label
from ioms_desktop.services.recording.corrections import MoveRecord, StrikeOut, move_record, strike_out
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.forms.picker import PickerField
from ioms_desktop.ui.labels import record_lines
from ioms_desktop.ui.recording.case_subject import CaseFinder, CaseSubject, find_others
from ioms_desktop.ui.tasks import Tasks

MAX_REASON_CHARS = 2000
MAX_LINE_CHARS = 160
REASON_HELP = "It stays in the history with your name; name nobody else."
KEPT_WORDS = "It no longer counts anywhere: in no alert, figure, list or paper. The history keeps it, struck through."


class StrikeOutDialog(SimpleCommandDialog):
    """Asks why a record is an error."""

    def __init__(
        self, session: Session, tasks: Tasks, subject: CaseSubject, record: Record, parent: QWidget | None = None
    ) -> None:
        """Create the form, for a record as it was read."""
        reason = reason_field("&Why is it an error?")
        entry = partial(
            StrikeOut,
            case_ref=subject.case_ref,
            table=record.table,
            key_text=record.key_text,
            revision=record.revision,
        )
        spec = SimpleCommand(
            title=f"Entered in error: {record_label(type(record))}",
            verb="&Take it out",
            about=subject.summary,
            intro=KEPT_WORDS,
            danger=True,
            origin=Origin(f"strike_out_{record.table}", subject.case_ref, record.key_text, record.revision),
            cards=(what_it_says(session, record),),
            fields=(reason,),
            command=lambda: partial(strike_out, session, entry(request=self.request, reason=reason.filled())),
        )
        super().__init__(session, tasks, spec, parent)


class MoveRecordDialog(AutoHeightDialog):
    """Asks to which case a record belongs, and why."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        record: Record,
        find: CaseFinder,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form, for a record as it was read.

        Args:
            session: The session of the user who moves it.
            tasks: Runs the command and the search.
            subject: The case on which it was recorded.
            record: The record.
            find: Finds cases by the typed text.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title=f"Move {record_label(type(record))} to another person's case",
            verb="&Move",
            discard="&Discard what was typed",
            about=f"On the case of {subject.summary}",
            intro="Both cases keep a trace of the move.",
            parent=parent,
        )
        self.session, self.subject, self.record = session, subject, record
        self.enable_autosave(
            session, Origin(f"move_{record.table}", subject.case_ref, record.key_text, record.revision)
        )
        self.form.place(what_it_says(session, record))
        self.to_case = self.form.add(
            PickerField("to_case_ref", "&Belongs to", find=find_others(find, subject), tasks=tasks, required=True)
        )
        self.reason = self.form.add(reason_field("&Why is it moved?"))
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        chosen = next(iter(self.to_case.chosen), None)
        if chosen is None:
            raise MissingValue("Pick the case from the list again. Your entry is kept.", field="to_case_ref")
        entry = MoveRecord(
            request=self.request,
            case_ref=self.subject.case_ref,
            table=self.record.table,
            key_text=self.record.key_text,
            revision=self.record.revision,
            to_case_ref=chosen.ref,
            reason=self.reason.filled(),
        )
        return partial(move_record, self.session, entry)


def reason_field(title: str) -> LongTextField:
    """Make the field for the reason of a correction."""
    return LongTextField("reason", title, lines=2, limit=MAX_REASON_CHARS, required=True, help=REASON_HELP)


def what_it_says(session: Session, record: Record) -> Card:
    """Return a card with what a record says, each line cut to one row."""
    lines = (
        f"{name}: {' '.join(words.split())}" for name, words in record_lines(session, record) if name != "Reference"
    )
    return Card(
        record.label, tuple(line if len(line) <= MAX_LINE_CHARS else f"{line[:MAX_LINE_CHARS]}…" for line in lines)
    )
