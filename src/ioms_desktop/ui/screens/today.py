"""Today: what one owes, the most urgent first; each line does its job in place."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout
from typing_extensions import override

from ioms_desktop.domain.access.case_access import REVIEW_REF_PREFIX
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.services.cases.today import RELEASE_PLAN_REF, Duty, Worklist, WorklistItem
from ioms_desktop.services.session import Topic
from ioms_desktop.ui.actions import open_dialogs
from ioms_desktop.ui.forms.date_parsing import short, words
from ioms_desktop.ui.lists.register import Column, Filter, Register, RowAction, Sought, Style
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, Shell
from ioms_desktop.ui.tasks import Progress, Step, Task
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, clock_chip
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.widgets import button, label

WORDS = {
    Duty.DECISION: "Decision",
    Duty.PROPOSAL: "Proposal",
    Duty.CONTACT: "Contact",
    Duty.ACTION: "Action",
    Duty.REVIEW: "RAG review",
    Duty.RELEASE: "Release",
    Duty.OFFER: "Offer",
    Duty.NOTICE: "Notice",
    Duty.RETENTION: "Retention",
    Duty.MISSING: "Missing data",
}
VERBS = {
    Duty.DECISION: ("&Decide", "gavel"),
    Duty.PROPOSAL: ("&Answer proposal", "scale"),
    Duty.CONTACT: ("&Record contact", "calendar-plus"),
    Duty.ACTION: ("&Done…", "circle-check"),
    Duty.REVIEW: ("Review RA&G", "octagon"),
    Duty.RELEASE: ("Release &planned…", "calendar-plus"),
    Duty.OFFER: ("Record &answer", "handshake"),
    Duty.NOTICE: ("&Notice served…", "file-text"),
    Duty.RETENTION: ("Re&view record…", "hourglass"),
}
RIGHTS = {
    Duty.DECISION: Right.PROPOSE,
    Duty.PROPOSAL: Right.PROPOSE,
    Duty.CONTACT: Right.RECORD_ENGAGEMENT,
    Duty.ACTION: Right.RECORD_ENGAGEMENT,
    Duty.REVIEW: Right.SET_RAG,
    Duty.RELEASE: Right.SET_RAG,
    Duty.OFFER: Right.RECORD_ENGAGEMENT,
    Duty.NOTICE: Right.SET_RAG,
    Duty.RETENTION: Right.MANAGE_RETENTION,
}
OPEN = ("&Open case", "folder-open")
STOPPED = "Stopped. The list is as it was."


class TodayScreen(Screen):
    """The list of what is owed."""

    title: ClassVar[str] = "Today"
    explanation: ClassVar[str] = (
        "What is owed on the cases you may see: first what is late, then what is due today, then what is due within a "
        "week. Within each, decisions come first, then proposals waiting for an answer, contacts overdue by the RAG's "
        "standard, actions, RAG reviews, releases in the next 28 days, unanswered offers, notices to the person, "
        "for supervisors records whose retention review is due, and data that is missing.\n\n"
        "Enter, or the button below the list, does what the line asks for. Mine narrows to what names you as worker or "
        "owner.\n\n"
        "Nothing is decided or served automatically; a named person decides. A decision to take no action, with its "
        "reason, is a decision."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset(Topic) - {Topic.USERS}

    def __init__(self, shell: Shell) -> None:
        """Ask what is owed."""
        super().__init__(shell)
        self.worklist = Worklist(shell.desk)
        self._waiting_for_rows = True
        self.summary = label("", "quiet")
        self.sentence = label("", wrap=True)
        self.about = label("", "small")
        self.clock = ChipLabel()
        self.act = button("&Open case", self._do_current, kind="primary")
        self.strip = QFrame()
        self.strip.setProperty("kind", "card")
        self.view = RegisterView(self.register(), shell.tasks, waits=True)
        self.reading = ProgressStrip("cases")
        self._running: Task[dict[int, WorklistItem]] | None = None
        self._reads = 0
        self._lay_out()
        self.view.answered.connect(self._count)
        self.view.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.view.model.dataChanged.connect(self._show_current)
        self.view.model.modelReset.connect(self._show_current)
        self.view.message.acted.connect(self._try_again)
        self.reading.stopped.connect(self.stop)
        self.reading.again.connect(self.refresh)
        self._show_current()
        self.refresh()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.heading)
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.reading)
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self.sentence)
        said.addWidget(self.about)
        row.addWidget(self.clock)
        row.addLayout(said, 1)
        row.addWidget(self.act)
        self.column.addLayout(head)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.strip)

    def register(self) -> Register[WorklistItem]:
        """Describe the list."""
        today = self.shell.desk.today()
        chosen = tuple((duty.value, WORDS[duty]) for duty in Duty)
        return Register(
            title=self.title,
            noun=("thing to do", "things to do"),
            columns=(
                Column("Clock", text=lambda row: short(row.due_on), chip=partial(clock_of, today), width=126),
                Column("What", text=lambda row: WORDS[row.duty], width=108),
                Column("Name", text=lambda row: row.name, width=190),
                Column(
                    "What is owed", text=lambda row: row.description, tooltip=lambda row: row.description, stretch=True
                ),
                Column("Due", text=lambda row: short(row.due_on), style=Style.DATE, width=104, shown=False),
                Column("Worker", text=lambda row: row.worker or "", width=130),
                Column("Case", text=lambda row: row.case_ref or "", style=Style.QUIET, width=110),
            ),
            index=self._ids,
            window=self.worklist.rows,
            open=self._do,
            actions=(RowAction("Open cas&e", self._open, icon="folder-open", when=lambda row: bool(row.case_ref)),),
            filters=(Filter("duty", "What", chosen), Filter("mine", "Mine", (("yes", "mine"),))),
            placeholder="Search name, reference, words",
            empty="Nothing is owed. Every decision is made, every contact in time, every action done.",
        )

    def _ids(self, sought: Sought) -> list[int]:
        return self.worklist.ids(sought.text, sought.chosen("duty"), mine=bool(sought.chosen("mine")))

    # The line the keyboard is on ----------------------------------------------------------------

    @property
    def current(self) -> WorklistItem | None:
        """The line the keyboard is on."""
        record = self.view.table.current_id
        return next(iter(self.worklist.rows([record])), None) if record is not None else None

    @Slot()
    def _show_current(self) -> None:
        row = self.current
        self.strip.setVisible(row is not None)
        if row is None:
            return
        self.sentence.setText(row.description)
        due = f"due {short(row.due_on)}" if row.due_on is not None else ""
        self.about.setText(" · ".join(part for part in (row.name, row.case_ref, row.worker, due) if part))
        self.clock.show_chip(clock_of(self.shell.desk.today(), row))
        (title, _), job = self._job(row)
        self.act.setText(title)
        self.act.setVisible(job is not _nothing)

    @Slot()
    def _count(self) -> None:
        late, today, soon = self.worklist.counts()
        self.summary.setText(f"{words(self.shell.desk.today())} · {late} late, {today} due today, {soon} within a week")
        if self.view.table.current_id is None and self.view.model.rowCount():
            self.view.table.selectRow(0)
        if self._waiting_for_rows and self.view.search.hasFocus() and not self.view.search.text():
            self.view.table.setFocus()  # the keyboard waited in the search box until there was a line to be on
        self._waiting_for_rows = False

    # Doing it -----------------------------------------------------------------------------------

    def _do_current(self) -> None:
        row = self.current
        if row is not None:
            self._job(row)[1]()

    def _do(self, record: int) -> None:
        for row in self.worklist.rows([record]):
            self._job(row)[1]()

    def _open(self, ids: tuple[int, ...]) -> None:
        for row in self.worklist.rows(ids):
            if row.case_ref is not None:
                self.shell.open_case(row.case_ref)

    def _job(self, row: WorklistItem) -> tuple[tuple[str, str], Callable[[], object]]:
        """Say what a line asks for, by its verb, and give what does it."""
        shell, ref = self.shell, row.case_ref
        right = RIGHTS.get(row.duty)
        if row.ref.startswith(REVIEW_REF_PREFIX):
            right = Right.SET_CASE_ACCESS
        able = right is not None and may(shell.desk.role, right)
        if row.duty is Duty.ACTION and able:
            return VERBS[row.duty], partial(open_dialogs.finish_action, shell, ref, row.ref)
        if row.duty is Duty.RETENTION and able:
            return VERBS[row.duty], partial(open_dialogs.review_record, shell, row.ref)
        if ref is None:
            return OPEN, _nothing
        jobs: dict[Duty, Callable[[], object]] = {
            Duty.DECISION: partial(open_dialogs.decide, shell, ref, row.ref),
            Duty.PROPOSAL: partial(open_dialogs.answer_proposal, shell, ref, row.ref),
            Duty.CONTACT: partial(open_dialogs.record_contact_for, shell, ref),
            Duty.REVIEW: partial(open_dialogs.set_rag, shell, ref),
            Duty.RELEASE: partial(open_dialogs.plan_release, shell, ref),
            Duty.OFFER: partial(open_dialogs.answer_offer, shell, ref, row.ref),
            Duty.NOTICE: partial(open_dialogs.serve_notice, shell, ref),
        }
        # A release that is planned already, or on Phoenix, is shown so that it is known; nothing is owed on it.
        told_only = row.duty is Duty.RELEASE and row.ref != RELEASE_PLAN_REF
        if not able or told_only:
            return OPEN, partial(shell.open_case, ref)
        return VERBS[row.duty], jobs[row.duty]

    # Reading ------------------------------------------------------------------------------------

    @override
    @Slot()
    def refresh(self) -> None:
        """Look at every case again; the former lines stay until the new ones are here, and may be searched."""
        if self._running is not None:
            self._running.cancel()
        self._reads += 1
        self.reading.begin()
        self._running = self.shell.tasks.run_long(
            self,
            partial(_read, self.worklist),
            partial(self._take_newest, self._reads),
            partial(self._step, self._reads),
            partial(self._ended, self._reads),
            self._tell,
            self._broken,
        )

    @Slot()
    def stop(self) -> None:
        """Stop looking; the list stays as it was."""
        if self._running is not None:
            self._running.cancel()
            self._running = None
            self._tell(STOPPED)

    def _take_newest(self, read: int, found: Any) -> None:  # noqa: ANN401 - as it was read
        """Take what was read, unless it was stopped or asked for anew meanwhile."""
        if read == self._reads and self._running is not None:
            self._take(found)

    def _step(self, read: int, step: Step) -> None:
        if read == self._reads and self._running is not None:
            self.reading.step(step)

    def _take(self, lines: dict[int, WorklistItem]) -> None:
        self.worklist.replace_lines(lines)
        self.reading.end()
        self.view.refresh()

    def _ended(self, read: int) -> None:
        if read == self._reads:
            self._running = None

    def _broken(self, reference: str) -> None:
        self._tell(f"The list could not be read. The reference is {reference}.")

    def _tell(self, words: str) -> None:
        self.reading.tell(words)
        if not self.worklist.was_read:
            self.view.refresh()  # it says that nothing is worked out yet, with a way on

    @Slot()
    def _try_again(self) -> None:
        if not self.worklist.was_read and self._running is None:
            self.refresh()

    # The window ---------------------------------------------------------------------------------

    @override
    def take_focus(self) -> None:
        if self.view.model.rowCount():
            self.view.table.setFocus()
        else:
            self.view.focus_search()


def clock_of(today: date, row: WorklistItem) -> Chip | None:
    """Give the clock of a line; None where it has none."""
    return clock_chip((row.due_on - today).days) if row.due_on is not None else None


def _read(worklist: Worklist, progress: Progress) -> dict[int, WorklistItem]:
    return worklist.read(progress.report)


def _nothing() -> None:
    """An action without a case has nothing to open."""
