"""Today: what is owed on the cases the user may see, the most urgent first; each line starts its own job."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.duties.case_duties import DUTY_TITLES, Duty, WorklistItem
from ioms_desktop.services.cases.owed.lines import OwedLines
from ioms_desktop.services.cases.worklist import Worklist
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Outcome, Topic
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.registry import duty_button
from ioms_desktop.ui.forms.date_parsing import format_date, format_long_date
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register, RowAction
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.tasks import TaskProgress
from ioms_desktop.ui.widgets.chips import Chip, ChipLabel, deadline_chip
from ioms_desktop.ui.widgets.long_read import LongRead
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.widgets import button, label
from ioms_desktop.ui.widgets.wrapping_label import WrappingLabel

CLOCK_INTERVAL_MS = 30_000
"""How often the clock is looked at: what changes by it, or was not announced, is read while the list is shown."""
STOPPED_INTERVAL_MS = 600_000
"""The same after a reading that was stopped or failed: what was just stopped does not begin again at once."""
MINE, GIVEN = "yes", "given"
NOTHING_OWED = "Nothing is owed. Every decision is made, every contact in time, every action done."
NOTHING_SHOWN = "Nothing is owed that you may see: no decision, no contact, no action."
OPEN_CASE_LABEL = "Open case"
MOST_LINES, FEW_LINES = 9, 2
"""How many lines of what is owed are shown below the list; fewer where the list would have no room."""
OPEN_SECTION_LABELS = {Duty.GROUP: "Open &groups", Duty.LINK: "Open lin&ks"}
STOPPED_MESSAGE = "Stopped. The list is as it was."


class TodayScreen(Screen):
    """The list of what is owed."""

    title: ClassVar[str] = "Today"
    explanation: ClassVar[str] = (
        "What is owed on the cases you may see: first what is late, then what is due today, then what is due within a "
        "week. Within each, decisions come first, then copies to recall (they went out with an entry that is in "
        "error), proposals waiting for an answer, contacts overdue by the RAG's standard, appointments without an "
        "outcome and those of the week, actions, RAG reviews, releases in the next 28 days, unanswered offers, IOM "
        "letters, participants who turn 18 within six months, for officers and supervisors what is said of a group and "
        "expires, for whom retaliation is feared and which links are to be reviewed, for supervisors records whose "
        "retention review is due, and data that is missing.\n\n"
        "Enter, or the button below the list, does what the line asks for. Whose narrows to what names you as "
        "OM, navigator, PP or owner, or to the actions that you gave to others.\n\n"
        "Nothing is decided or served automatically; a named person decides. A decision to take no action, with its "
        "reason, is a decision."
    )
    topics: ClassVar[frozenset[Topic]] = ALL_RECORD_TOPICS

    def __init__(self, services: WindowServices) -> None:
        super().__init__(services)
        self.worklist = Worklist(services.session)
        self._focus_pending = True
        self.summary = label("", "quiet")
        self.sentence = WrappingLabel(max_lines=MOST_LINES)
        self.about = label("", "small", wrap=True)
        self.due_chip = ChipLabel()
        self.action_button = button(OPEN_CASE_LABEL, self._run_current, kind="primary")
        self.detail_card = QFrame()
        self.detail_card.setProperty("kind", "card")
        self.view = RegisterView(self.register(), services.tasks, defers_first_query=True)
        self.progress = ProgressStrip("cases")
        self.reading = LongRead(
            services.tasks, self.progress, stopped=STOPPED_MESSAGE, failed="The list could not be read.", parent=self
        )
        self.clock_timer = QTimer(self)
        self.clock_timer.timeout.connect(self._read_when_due)
        self._lay_out()
        self.view.loaded.connect(self._show_counts)
        self.view.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.view.model.dataChanged.connect(self._show_current)
        self.view.model.modelReset.connect(self._show_current)
        self.view.empty_state.action_triggered.connect(self._try_again)
        self.reading.interrupted.connect(self._show_interrupted)
        self.progress.retry_requested.connect(self.refresh)
        self._show_current()
        self.refresh()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.heading)
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.progress)
        row = QHBoxLayout(self.detail_card)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self.sentence)
        said.addWidget(self.about)
        row.addWidget(self.due_chip)
        row.addLayout(said, 1)
        row.addWidget(self.action_button)
        self.main_layout.addLayout(head)
        self.main_layout.addWidget(self.view, 1)
        self.main_layout.addWidget(self.detail_card)

    @override
    def set_low(self, *, low: bool) -> None:
        super().set_low(low=low)
        self.sentence.set_max_lines(FEW_LINES if low else MOST_LINES)

    def register(self) -> Register[WorklistItem]:
        """Describe the list."""
        chosen = tuple((duty.value, DUTY_TITLES[duty]) for duty in Duty)
        return Register(
            title=self.title,
            noun=("thing to do", "things to do"),
            columns=(
                ListColumn("Clock", text=lambda row: format_date(row.due_on), chip=self._due_chip, width=126),
                ListColumn("What", text=lambda row: DUTY_TITLES[row.duty], width=108),
                ListColumn("Name", text=lambda row: row.name, width=190, style=ColumnStyle.NAME),
                ListColumn(
                    "What is owed", text=lambda row: row.description, tooltip=lambda row: row.description, stretch=True
                ),
                ListColumn(
                    "Due",
                    text=lambda row: format_date(row.due_on),
                    style=ColumnStyle.DATE,
                    width=104,
                    shown_by_default=False,
                ),
                ListColumn("OM or navigator", text=lambda row: row.worker or "", width=130),
                ListColumn("Case", text=lambda row: row.case_ref or "", style=ColumnStyle.QUIET, width=110),
            ),
            query_ids=self._ids,
            fetch_rows=self.worklist.rows,
            open_row=self._run_row,
            actions=(
                RowAction(
                    "&Open case", self._open_cases, icon="folder-open", enabled_for=lambda row: bool(row.case_ref)
                ),
            ),
            filters=(
                Filter("duty", "What", chosen),
                Filter("mine", "Whose", ((MINE, "mine"), (GIVEN, "those I gave"))),
            ),
            placeholder="Search name, reference, words",
            empty_message=NOTHING_OWED if may(self.services.session.role, Right.READ_INTELLIGENCE) else NOTHING_SHOWN,
            copy=partial(copy_rows, self.services.session),
        )

    def _ids(self, query: ListQuery) -> Sequence[int]:
        whose = query.chosen("mine")
        return self.worklist.ids(query.text, query.chosen("duty"), mine=MINE in whose, given=GIVEN in whose)

    @property
    def current(self) -> WorklistItem | None:
        """The current line; None if there is none."""
        record = self.view.table.current_id
        return next(iter(self.worklist.rows([record])), None) if record is not None else None

    @Slot()
    def _show_current(self) -> None:
        row = self.current
        self.detail_card.setVisible(row is not None)
        if row is None:
            return
        self.sentence.show_text(row.description)
        due = f"due {format_date(row.due_on)}" if row.due_on is not None else ""
        self.about.setText(" · ".join(part for part in (row.name, row.case_ref, row.worker, due) if part))
        self.due_chip.show_chip(self._due_chip(row))
        title, job = self._job_of(row)
        self.action_button.setText(title)
        self.action_button.setVisible(job is not _nothing)

    @Slot()
    def _show_counts(self) -> None:
        late, today, soon = self.worklist.counts()
        self.summary.setText(
            f"{format_long_date(self.worklist.day)} · {late} late, {today} due today, {soon} within a week"
        )
        if self.view.table.current_id is None and self.view.model.rowCount():
            self.view.table.selectRow(0)
        if self._focus_pending and self.view.search.hasFocus() and not self.view.search.text():
            self.view.table.setFocus()  # the focus stayed in the search box until there was a line to select
        self._focus_pending = False

    def _due_chip(self, row: WorklistItem) -> Chip | None:
        return due_chip_of(self.worklist.day, row)

    def _run_current(self) -> None:
        row = self.current
        if row is not None:
            self._job_of(row)[1]()

    def _run_row(self, record: int) -> None:
        for row in self.worklist.rows([record]):
            self._job_of(row)[1]()

    def _open_cases(self, ids: tuple[int, ...]) -> None:
        for row in self.worklist.rows(ids):
            if row.case_ref is not None:
                self.services.open_case(row.case_ref)

    def _job_of(self, row: WorklistItem) -> tuple[str, Callable[[], object]]:
        """Return the verb of what a line asks for, and what does it."""
        window, found = self.services, duty_button(self.services.session, row)
        if found is not None:
            action, place = found
            target = Target(case_ref=row.case_ref or "", about=row.ref)
            return place.label, partial(window.dialogs.launch, action, target)
        if row.duty in OPEN_SECTION_LABELS:
            table = row.ref.partition("/")[0]
            return OPEN_SECTION_LABELS[row.duty], partial(window.open_section, row.case_ref or "", table)
        return OPEN_CASE_LABEL, _nothing if row.case_ref is None else partial(window.open_case, row.case_ref)

    @override
    @Slot()
    def refresh(self) -> None:
        """Work out the list again; the earlier lines stay, and may be searched, until it is complete."""
        self.worklist.note_changed(None)
        self._read_changed()

    @override
    def refresh_after(self, outcome: Outcome) -> None:
        self.worklist.note_changed(outcome.cases)
        self._read_changed()

    @override
    def refresh_cases(self, keys: frozenset[str], key_of: Callable[[str], str]) -> None:
        self.worklist.note_keys(keys, key_of)
        self._read_changed()

    @Slot()
    def _read_when_due(self) -> None:
        if self.isVisible() and self.worklist.is_due and not self.reading.is_running:
            self._read_changed()

    def _read_changed(self) -> None:
        self.reading.start(partial(_read, self.worklist), self._show_lines)

    def _show_lines(self, read: OwedLines) -> None:
        self.worklist.replace_lines(read)
        self.clock_timer.start(CLOCK_INTERVAL_MS)
        self.view.refresh()

    @Slot()
    def _show_interrupted(self) -> None:
        self.clock_timer.start(STOPPED_INTERVAL_MS)
        if not self.worklist.was_read:
            self.view.refresh()  # shows that nothing has been worked out yet, with a button to try again

    @Slot()
    def _try_again(self) -> None:
        if not self.worklist.was_read and not self.reading.is_running:
            self.refresh()

    @override
    def take_focus(self) -> None:
        if self.view.model.rowCount():
            self.view.table.setFocus()
        else:
            self.view.focus_search()


def due_chip_of(today: date, row: WorklistItem) -> Chip | None:
    """Return the deadline chip of a line; None if it has no due date."""
    return deadline_chip((row.due_on - today).days) if row.due_on is not None else None


def _read(worklist: Worklist, progress: TaskProgress) -> OwedLines:
    return worklist.read_changed(progress.report)


def _nothing() -> None:
    """Do nothing: an action without a case has nothing to open."""
