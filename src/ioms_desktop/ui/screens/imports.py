"""Import: choose a file or folder, preview the outcome of every row, import, and see the result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QFrame, QHBoxLayout, QLineEdit, QProgressBar, QStackedWidget
from typing_extensions import override

from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.exchange.import_report import FileReport, ImportReport, RowOutcome
from ioms_desktop.services.exchange.imports import plan_import, run_import
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Outcome
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, Filter, ListColumn, Register
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.tasks import ProgressStep, Task, TaskProgress
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.widgets import CardStrip, EmptyState, MessageBar, button, label

FATE_LABELS = {
    RowOutcome.CREATED: "new",
    RowOutcome.UPDATED: "changed",
    RowOutcome.UNCHANGED: "unchanged",
    RowOutcome.REJECTED: "rejected",
}
WARNING = "WARNING"
LINE_CHIPS = {
    RowOutcome.CREATED.name: Chip("new", Tone.GREEN, Shape.CIRCLE),
    RowOutcome.UPDATED.name: Chip("changed", Tone.BLUE, Shape.DIAMOND),
    RowOutcome.UNCHANGED.name: Chip("unchanged", Tone.NEUTRAL, Shape.RING),
    RowOutcome.REJECTED.name: Chip("rejected", Tone.RED, Shape.OCTAGON),
    WARNING: Chip("warning", Tone.AMBER, Shape.TRIANGLE),
}
START_MESSAGE = (
    "Choose a CSV file, a workbook, or a folder of them. Nothing is written before you have seen the outcome "
    "of every row."
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of the preview: a row's file, line and outcome, or one reason to reject it or warning about it."""

    id: int
    file: str
    line: int
    key: str
    what: str
    column: str = ""
    value: str = ""
    reason: str = ""


class ImportScreen(Screen):
    """Previews an import, then runs it."""

    title: ClassVar[str] = "Import"
    explanation: ClassVar[str] = (
        "Brings in spreadsheets: a CSV file, a workbook with one sheet a table, or a folder of them. The name of a "
        "file or sheet says which table it is, such as people, cases or contacts.\n\n"
        "The preview shows for every row whether it is new, changes a record, is unchanged or is rejected, with line, "
        "column, value and reason. Save the rejected rows, correct them in that file, and import it again. A warning "
        "stands on a line of its own: the row is taken all the same, so read it before you import.\n\n"
        "A file says nothing about the columns it does not have: those fields stay as they are. An empty cell empties "
        "its field, and the preview names the value that goes.\n\n"
        "An import is all or nothing, for a whole folder too: while a row is rejected nothing is written, unless you "
        "choose to leave the rejected rows out. Importing the same files twice changes nothing."
    )

    def __init__(self, services: WindowServices) -> None:
        super().__init__(services)
        self.report: ImportReport | None = None
        self._source = ListSource(_search_text, {"fate": lambda row: row.what})
        self._running: Task[ImportReport] | None = None
        self.path = QLineEdit()
        self.path.setPlaceholderText("Path of a file or folder")
        self.path.setAccessibleName("File or folder to import")
        self.file_button = button("Choose fi&le…", self.choose_file, icon="file-text")
        self.folder_button = button("Choose f&older…", self.choose_folder, icon="folder-open")
        self.preview_button = button("&Preview", self.preview, kind="primary")
        self.message = MessageBar()
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Rows read")
        self.progress.setTextVisible(False)
        self.progress_label = label("", "quiet")
        self.stop_button = button("&Stop", self.stop)
        self.count_strip = CardStrip()
        self.view = RegisterView(self.register(), services.tasks)
        self.empty_state = EmptyState(START_MESSAGE, icon="upload")
        self.pages = QStackedWidget()
        self.rejects_button = button("&Save rejected rows…", self.choose_rejects, icon="save")
        self.partial_button = button("Import &without those rejected", partial(self.run, accept_partial=True))
        self.run_button = button("&Import", self.run, kind="primary", icon="upload")
        self._lay_out()
        self.path.returnPressed.connect(self.preview)
        self._update_buttons()

    def _lay_out(self) -> None:
        self._chooser = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._chooser.setSpacing(8)
        self._chooser.addWidget(self.path, 1)
        presses = FlowLayout(8)
        for press in (self.file_button, self.folder_button, self.preview_button):
            presses.addWidget(press)
        self._chooser.addLayout(presses)
        self.progress_row = QFrame()
        row = QHBoxLayout(self.progress_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.progress, 1)
        row.addWidget(self.progress_label)
        row.addWidget(self.stop_button)
        for page in (self.empty_state, self.view):
            self.pages.addWidget(page)
        foot = FlowLayout(8, last_at_right=True)
        for press in (self.rejects_button, self.partial_button, self.run_button):
            foot.addWidget(press)
        self.main_layout.addWidget(self.heading)
        self.main_layout.addLayout(self._chooser)
        # They lie in one place, the message over the progress, whose room is kept: it is never there at the same time.
        policy = self.progress_row.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress_row.setSizePolicy(policy)
        for part in (FloatingArea(self.message), self.progress_row, self.count_strip):
            self.main_layout.addWidget(part)
        self.main_layout.addWidget(self.pages, 1)
        self.main_layout.addLayout(foot)
        self.progress_row.hide()

    @override
    def set_narrow(self, *, narrow: bool) -> None:
        self._chooser.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def register(self) -> Register[ImportRow]:
        """Declare the preview."""
        return Register(
            title="Preview of the import",
            noun=("line", "lines"),
            columns=(
                ListColumn(
                    "What", text=lambda row: LINE_CHIPS[row.what].text, chip=lambda row: LINE_CHIPS[row.what], width=110
                ),
                ListColumn("File", text=lambda row: row.file, width=130),
                ListColumn("Line", text=lambda row: f"{row.line:,}", style=ColumnStyle.NUMBER, width=64),
                ListColumn("Key", text=lambda row: row.key, width=170),
                ListColumn("Column", text=lambda row: row.column, width=130),
                ListColumn("Value", text=lambda row: row.value, tooltip=lambda row: row.value, width=140),
                ListColumn(
                    "Reason", text=lambda row: row.reason, tooltip=lambda row: row.reason, width=320, stretch=True
                ),
            ),
            query_ids=self._source.query_ids,
            fetch_rows=self._source.fetch_rows,
            filters=(Filter("fate", "What", tuple((what, chip.text) for what, chip in LINE_CHIPS.items())),),
            placeholder="Search key, value, reason",
            empty_message="There are no rows.",
            copy=partial(copy_rows, self.services.session),
        )

    @Slot()
    def choose_file(self) -> None:
        """Choose a file and preview it."""
        name, _ = QFileDialog.getOpenFileName(self, "File to import", "", "Tables (*.csv *.xlsx);;All files (*)")
        self._chosen(name)

    @Slot()
    def choose_folder(self) -> None:
        """Choose a folder and preview it."""
        self._chosen(QFileDialog.getExistingDirectory(self, "Folder to import"))

    def _chosen(self, name: str) -> None:
        if name:
            self.path.setText(name)
            self.preview()

    @Slot()
    def choose_rejects(self) -> None:
        """Choose where the rejected rows are saved, and save them."""
        report = self.report
        if report is None:
            return
        if report.path.is_dir():
            name = QFileDialog.getExistingDirectory(self, "Folder for the rejected rows")
        else:
            name, _ = QFileDialog.getSaveFileName(self, "File for the rejected rows", "rejected.csv", "CSV (*.csv)")
        if name:
            self.save_rejects(Path(name))

    @Slot()
    def preview(self) -> None:
        """Preview the outcome of every row; nothing is written."""
        if self._running is not None:
            return
        text = self.path.text().strip()
        if not text:
            self.message.problem("Choose a file or folder first. Nothing was read.")
            self.path.setFocus()
            return
        self._run_task(partial(_preview, self.services, Path(text)), self._previewed, "Reading…")

    @Slot()
    def run(self, *, accept_partial: bool = False) -> None:
        """Import what the preview shows, in one transaction."""
        if self.report is not None and self._running is None:
            work = partial(_run, self.services, self.report, accept_partial=accept_partial)
            self._run_task(work, self._done, "Importing…")

    def save_rejects(self, path: Path) -> None:
        """Write the rejected rows, unchanged, with the reason in a last column."""
        if self.report is not None and self._running is None:
            self._run_task(
                partial(_save_rejects, self.services, self.report, path), self._rejects_saved, "Writing rejected rows…"
            )

    @Slot()
    def stop(self) -> None:
        """Stop the preview or the import; nothing is written."""
        if self._running is not None:
            self._running.cancel()

    def _run_task(
        self, work: Callable[[TaskProgress], ImportReport], then: Callable[[ImportReport], None], words: str
    ) -> None:
        self.message.clear()
        self._set_working(True, words)
        self._running = self.services.tasks.run_long(
            self, work, then, self._show_step, self._ended, self.message.problem, self._failed
        )

    def _show_step(self, step: ProgressStep) -> None:
        if not step.total:
            self.progress_label.setText(f"{step.done:,} rows read")
        elif step.done < step.total:
            self.progress_label.setText(f"{step.done:,} of {step.total:,} rows written")
        else:
            self.progress_label.setText(f"{step.total:,} rows written. Finishing…")

    def _failed(self, reference: str) -> None:
        self.message.problem(f"Nothing was written. The files are as they were. The reference is {reference}.")

    def _ended(self) -> None:
        stopped = self._running is not None and self._running.was_cancelled
        self._running = None
        self._set_working(False)
        if stopped:
            self.message.caution("Stopped. Nothing was written.")

    def _set_working(self, working: bool, words: str = "") -> None:
        self.progress.setRange(0, 0 if working else 1)
        self.progress_label.setText(words)
        self.progress_row.setVisible(working)
        for part in (self.path, self.file_button, self.folder_button, self.preview_button):
            part.setEnabled(not working)
        self._update_buttons(working=working)

    def _previewed(self, report: ImportReport) -> None:
        self.report = report
        self._show_report(report)
        if report.has_rejects:
            self.message.caution(
                f"{_describe_rejected(report)} Nothing has been written. Save the rejected rows, correct them and "
                f"import again{', or import without them' if self._count() else ''}."
            )
        elif _has(self._source.rows, WARNING):
            self.message.caution(
                f"{_describe_warned(report)} Nothing has been written. Read what each says before you import."
            )
        elif not self._count():
            self.message.notice("No row is new or changed: there is nothing to import.")

    def _done(self, report: ImportReport) -> None:
        made, changed = report.count(RowOutcome.CREATED), report.count(RowOutcome.UPDATED)
        if not report.written:
            self._previewed(report)
            return
        self.report = None
        self._show_report(report)
        words = f"Imported: {made:,} new, {changed:,} changed, {report.count(RowOutcome.UNCHANGED):,} unchanged."
        if report.has_rejects:
            words += f" {_describe_rejected(report)} What is rejected was left out."
        if _has(self._source.rows, WARNING):
            words += f" {_describe_warned(report)}"
        self.message.notice(words)
        self.services.handle_outcome(Outcome(notice="", changed=ALL_RECORD_TOPICS))

    def _rejects_saved(self, report: ImportReport) -> None:
        self.message.notice(f"The rejected rows are in {report.rejects_path}. Correct them there and import that file.")

    def _show_report(self, report: ImportReport) -> None:
        self._source.replace_rows(_rows(report))
        self.count_strip.show_facts([(file.file, _describe_counts(file)) for file in report.files[:6]])
        self.view.refresh()
        first = next((what for what in (RowOutcome.REJECTED.name, WARNING) if _has(self._source.rows, what)), None)
        self.view.filters.choose("fate", frozenset() if first is None else frozenset({first}))
        self._update_buttons()

    def _update_buttons(self, *, working: bool = False) -> None:
        report = self.report
        able = report is not None and not working
        anything = report is not None and bool(report.count(RowOutcome.CREATED) or report.count(RowOutcome.UPDATED))
        rejected = report is not None and report.has_rejects
        self.count_strip.setVisible(bool(self._source.rows) or report is not None)
        self.pages.setCurrentIndex(1 if self._source.rows or report is not None else 0)
        rows = f"{self._count():,} {'row' if self._count() == 1 else 'rows'}"
        # One of the two is there: beside the other, a greyed one would not say why it is.
        self.run_button.setVisible(not rejected)
        self.run_button.setEnabled(able and anything and not rejected)
        self.run_button.setText(f" &Import {rows}" if able and anything else " &Import")
        self.partial_button.setVisible(rejected and anything)
        self.partial_button.setEnabled(able)
        self.partial_button.setText(f"Import {rows} &without those rejected")
        self.rejects_button.setVisible(rejected)
        self.rejects_button.setEnabled(able)

    def _count(self) -> int:
        report = self.report
        return 0 if report is None else report.count(RowOutcome.CREATED) + report.count(RowOutcome.UPDATED)

    @override
    def take_focus(self) -> None:
        self.path.setFocus(Qt.FocusReason.OtherFocusReason)


def _search_text(row: ImportRow) -> str:
    return f"{row.file} {row.key} {row.column} {row.value} {row.reason}"


def _describe_counts(file: FileReport) -> str:
    return (
        join_words([f"{file.count(fate):,} {FATE_LABELS[fate]}" for fate in RowOutcome if file.count(fate)])
        or "no rows"
    )


def _describe_rejected(report: ImportReport) -> str:
    return f"{pluralise(report.count(RowOutcome.REJECTED), 'row is', 'rows are')} rejected.".capitalize()


def _describe_warned(report: ImportReport) -> str:
    return f"{pluralise(sum(1 for _ in report.warnings()), 'warning is', 'warnings are')} listed.".capitalize()


def _has(rows: Sequence[ImportRow], what: str) -> bool:
    return any(row.what == what for row in rows)


def _rows(report: ImportReport) -> list[ImportRow]:
    """Return every line of the preview: each reason and warning, and each row that has neither."""
    found: list[ImportRow] = []
    told: set[tuple[str, str, int]] = set()
    keys = {(file.file, file.table, row.line): row.key for file in report.files for row in file.rows()}
    for what, problems in ((RowOutcome.REJECTED.name, report.rejects()), (WARNING, report.warnings())):
        for problem in problems:
            place = (problem.file, problem.table, problem.line)
            if what != WARNING:
                told.add(place)
            found.append(
                ImportRow(
                    len(found),
                    problem.file,
                    problem.line,
                    keys.get(place, ""),
                    what,
                    problem.column,
                    problem.value,
                    problem.reason,
                )
            )
    for file in report.files:
        for row in file.rows():
            if (file.file, file.table, row.line) not in told:
                found.append(ImportRow(len(found), file.file, row.line, row.key, row.outcome.name))
    return found


def _preview(services: WindowServices, path: Path, progress: TaskProgress) -> ImportReport:
    return plan_import(services.session, path, progress=progress.report)


def _run(
    services: WindowServices, report: ImportReport, progress: TaskProgress, *, accept_partial: bool
) -> ImportReport:
    return run_import(services.session, report, accept_partial=accept_partial, progress=progress.report)


def _save_rejects(services: WindowServices, report: ImportReport, path: Path, progress: TaskProgress) -> ImportReport:
    return run_import(services.session, report, dry_run=True, rejects_path=path, progress=progress.report)
