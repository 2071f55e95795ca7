"""The dialog that adds a document to a case: the file, checked as soon as it is chosen, and its description."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.documents.file_types import ACCEPTED_WORDS, FILE_FIELD, MAX_FILE_BYTES, MIB, FileType
from ioms_desktop.domain.errors import Stopped
from ioms_desktop.domain.records.documents.document import OF_PERSON
from ioms_desktop.domain.text_format import format_size
from ioms_desktop.services.documents.documents import (
    AddDocument,
    add_document,
    check_chosen_file,
    read_chosen_file,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.refused_field import RefusedField
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import CodeField, Option, code_options
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import PathField
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.tasks import ProgressStep, Task, Tasks
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.widgets import announce

CHECK_DELAY_MS = 400
"""Pause in milliseconds, since the last key, before the file is looked at."""
STEP_MS = 100
TEAM = "TEAM"
THIS_CASE = "CASE"
ABOUT = (Option(THIS_CASE, "This case"), Option(OF_PERSON, "The person (shown on all their cases)"))
ABOUT_HELP = "A document about the person can also be read by people working on their other cases, in either programme."
STOPPED_MESSAGE = "Stopped. Nothing was added, and everything you typed is still here."
INTRO = (
    f"{ACCEPTED_WORDS}, up to {MAX_FILE_BYTES // MIB} MiB. It is kept encrypted in the database; your own copy "
    "stays where it is."
)


@dataclass(slots=True)
class _Progress:
    """How far adding is, written by the thread that adds; and whether it is to stop."""

    step: ProgressStep = field(default_factory=lambda: ProgressStep(0, 0, ""))
    is_stopped: bool = False

    def __call__(self, done: int, total: int, step: str = "", /) -> None:
        if self.is_stopped:
            raise Stopped(STOPPED_MESSAGE)
        self.step = ProgressStep(done, total, step)


class AddDocumentDialog(AutoHeightDialog):
    """Asks for a file and what it is."""

    def __init__(
        self, session: Session, tasks: Tasks, subject: CaseSubject, path: str = "", parent: QWidget | None = None
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who adds it.
            tasks: Looks at the file, and runs the command.
            subject: The case.
            path: A file that was chosen already; empty for none.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Add document",
            verb="&Save",
            discard="&Discard this entry",
            about=subject.summary,
            intro=INTRO,
            parent=parent,
        )
        self.session, self.subject = session, subject
        self._checking: Task[Any] | None = None
        self._progress = _Progress()
        self._refused = RefusedField(self.form, tasks)
        self._proposed_title = ""
        self.enable_autosave(session, Origin("add_documents", subject.case_ref))
        self._add_fields()
        self.strip = ProgressStrip("parts")
        self.strip.setContentsMargins(24, 0, 24, 4)
        self.strip.cancel_requested.connect(self.stop)
        self.show_below_form(self.strip)
        self._steps = QTimer(self)
        self._steps.setInterval(STEP_MS)
        self._steps.timeout.connect(self._show_step)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_DELAY_MS)
        self._timer.timeout.connect(self.check_file)
        self.finish_layout()
        self.file.changed.connect(self._begin_again)
        if path:
            self.file.set_value(path)
            self.document_title.setFocus()

    def _add_fields(self) -> None:
        add, lists, today = self.form.add, self.session.lists, self.session.today()
        self.file = add(
            PathField(FILE_FIELD, "&File", picks_folder=False, required=True, help="Its content is checked first.")
        )
        self.document_title = add(
            TextField("title", "&Title", required=True, help="What it is, as you would look for it.")
        )
        self.kind = add(CodeField("kind", "&Kind", code_options(lists.of("document_kind"), today), required=True))
        self.dated_on = add(
            past_day_field(self.session, "dated_on", "Da&y of it", "The day it bears; else the day it came.")
        )
        self.source = add(TextField("source", "Comes f&rom", help="Who wrote or sent it."))
        sees_all = may(self.session.role, Right.READ_INTELLIGENCE)
        handling = [
            each for each in code_options(lists.of("document_handling"), today) if sees_all or each.code == TEAM
        ]
        self.handling = add(CodeField("handling", "&Who may read it", handling, required=True))
        self.handling.set_value(TEAM)
        self.belongs_to = add(CodeField("belongs_to", "A&bout", ABOUT, required=True, help=ABOUT_HELP))
        self.belongs_to.set_value(THIS_CASE)
        self.scanned_by = add(
            TextField(
                "scanned_by", "Sca&nned by", help="The virus scanner, where you know; this program does not scan."
            )
        )

    @Slot()
    def _begin_again(self) -> None:
        """Forget what was said of another file, and look at this one after the last key."""
        self._forget_check()
        self.draft_status.setText("")
        self._timer.start()

    def _forget_check(self) -> None:
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None

    @Slot()
    def check_file(self) -> None:
        """Look at the file that is named, and say beside the field what it is or why it is not kept."""
        path = self.file.path() if self.file.value() else None
        if path is None:
            return
        self.draft_status.setText(f"Checking {path.name}…")
        self._checking = self._tasks.latest(
            self,
            "check",
            partial(_describe_file, path),
            partial(self._show_file, path),
            partial(self._show_wrong_file, path),
        )

    def _show_file(self, path: Path, words: str) -> None:
        if path != self.file.path():
            return
        self.draft_status.setText(words)
        announce(words, self.file.control)
        if self.document_title.value() in {None, "", self._proposed_title}:
            self._proposed_title = path.stem.replace("_", " ").strip()
            self.document_title.set_value(self._proposed_title)

    def _show_wrong_file(self, path: Path, sentence: str) -> None:
        if path != self.file.path():
            return
        self.draft_status.setText("")
        self.form.show_problem(FILE_FIELD, sentence)
        announce(sentence, self.file.control)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        self._timer.stop()
        self._forget_check()
        self._progress = _Progress()
        wanted = partial(
            AddDocument,
            request=self.request,
            case_ref=self.subject.case_ref,
            title=self.document_title.filled(),
            kind=self.kind.filled(),
            dated_on=self.dated_on.filled(),
            handling=self.handling.filled(),
            belongs_to=OF_PERSON if self.belongs_to.filled() == OF_PERSON else None,
            source=self.source.value(),
            scanned_by=self.scanned_by.value(),
        )
        return partial(_add, self.session, wanted, self.file.path(), self._progress)

    @override
    def send(self, work: Callable[[], Any]) -> None:
        self.strip.begin()
        self._steps.start()
        super().send(work)

    @Slot()
    def _show_step(self) -> None:
        self.strip.show_step(self._progress.step)

    @Slot()
    def stop(self) -> None:
        """Stop adding; nothing of it is left."""
        self._progress.is_stopped = True

    @override
    def begin_save_check(self, sentence: str) -> None:
        """Nothing is being added while it is not known whether it was: Escape and Cancel close the dialog as ever."""
        self._end_progress()
        super().begin_save_check(sentence)

    @override
    def show_refusal(self, sentence: str) -> None:
        """Say why it was not added: beside the file, where that is what is wrong."""
        self._end_progress()
        self._progress = _Progress()
        super().show_refusal(sentence)
        if self._refused.show(sentence):
            self.banner.clear()

    def _end_progress(self) -> None:
        self._steps.stop()
        self.strip.end()

    @override
    @Slot()
    def reject(self) -> None:
        if self._steps.isActive():
            self.stop()
        else:
            super().reject()


def _add(session: Session, wanted: Callable[..., AddDocument], path: Path, progress: _Progress) -> Outcome:
    return add_document(session, wanted(file=read_chosen_file(path)), progress)


def _describe_file(path: Path) -> str:
    """Say what a file is, after looking at its content."""
    chosen = read_chosen_file(path)
    found: FileType = check_chosen_file(chosen)
    return f"{chosen.name}: {found}, {format_size(len(chosen.content))}"
