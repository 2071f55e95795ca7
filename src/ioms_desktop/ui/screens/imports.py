"""Import: choose a file or folder, see what will become of every row, mend, run, and read what was done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLineEdit, QProgressBar, QStackedWidget
from typing_extensions import override

from ioms_desktop.domain.text_format import join_words, pluralise
from ioms_desktop.services.exchange.import_report import FileReport, ImportReport, RowOutcome
from ioms_desktop.services.exchange.imports import plan_import, run_import
from ioms_desktop.services.session import Outcome, Topic
from ioms_desktop.ui.lists.register import Column, Filter, Register, Sought, Style
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, Shell
from ioms_desktop.ui.tasks import Progress, Step, Task
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape
from ioms_desktop.ui.widgets.widgets import CardStrip, EmptyState, MessageBar, button, label

FATES = {
    RowOutcome.CREATED: "new",
    RowOutcome.UPDATED: "changed",
    RowOutcome.UNCHANGED: "as it is",
    RowOutcome.REJECTED: "rejected",
}
CHIPS = {
    RowOutcome.CREATED: Chip("new", Tone.GREEN, Shape.CIRCLE),
    RowOutcome.UPDATED: Chip("changed", Tone.BLUE, Shape.DIAMOND),
    RowOutcome.UNCHANGED: Chip("as it is", Tone.NEUTRAL, Shape.RING),
    RowOutcome.REJECTED: Chip("rejected", Tone.RED, Shape.OCTAGON),
}
EVERYTHING = frozenset(Topic) - {Topic.USERS}
BEGIN = (
    "Choose a CSV file, a workbook, or a folder of them. Nothing is written before you have seen what will become of "
    "every row."
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the preview: where it stands, what becomes of it, and why it is rejected."""

    id: int
    file: str
    line: int
    key: str
    fate: RowOutcome
    column: str = ""
    value: str = ""
    reason: str = ""


class ImportScreen(Screen):
    """Plan first, then run."""

    title: ClassVar[str] = "Import"
    explanation: ClassVar[str] = (
        "Brings in spreadsheets: a CSV file, a workbook with one sheet a table, or a folder of them. The name of a "
        "file or sheet says which table it is, such as people, cases or contacts.\n\n"
        "The preview says of every row whether it is new, changes a record, is there already, or is rejected, with "
        "line, column, value and reason. Save the rejected rows, mend them in that file, and import it again.\n\n"
        "An import is one transaction over the whole folder: while a row is rejected nothing is written, unless you "
        "choose to leave the rejected rows out. Importing the same files twice changes nothing."
    )

    def __init__(self, shell: Shell) -> None:
        """Ask for a file."""
        super().__init__(shell)
        self.report: ImportReport | None = None
        self._rows: tuple[ImportRow, ...] = ()
        self._running: Task[ImportReport] | None = None
        self.path = QLineEdit()
        self.path.setPlaceholderText("Path of a file or folder")
        self.path.setAccessibleName("File or folder to import")
        self.file_button = button("Choose fi&le…", self.choose_file, icon="file-text")
        self.folder_button = button("Choose f&older…", self.choose_folder, icon="folder-open")
        self.plan_button = button("&Preview", self.plan, kind="primary")
        self.message = MessageBar()
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Rows read")
        self.progress.setTextVisible(False)
        self.at = label("", "quiet")
        self.stop_button = button("&Stop", self.stop)
        self.counts = CardStrip()
        self.view = RegisterView(self.register(), shell.tasks)
        self.nothing = EmptyState(BEGIN, icon="upload")
        self.pages = QStackedWidget()
        self.rejects_button = button("&Save rejected rows…", self.choose_rejects, icon="save")
        self.partial_button = button("Import &without rejected rows", partial(self.run, accept_partial=True))
        self.run_button = button("&Import", self.run, kind="primary", icon="upload")
        self._lay_out()
        self.path.returnPressed.connect(self.plan)
        self._show()

    def _lay_out(self) -> None:
        chooser = QHBoxLayout()
        chooser.setSpacing(8)
        chooser.addWidget(self.path, 1)
        for press in (self.file_button, self.folder_button, self.plan_button):
            chooser.addWidget(press)
        self.working = QFrame()
        row = QHBoxLayout(self.working)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.progress, 1)
        row.addWidget(self.at)
        row.addWidget(self.stop_button)
        for page in (self.nothing, self.view):
            self.pages.addWidget(page)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.rejects_button)
        foot.addStretch(1)
        foot.addWidget(self.partial_button)
        foot.addWidget(self.run_button)
        self.column.addWidget(self.heading)
        self.column.addLayout(chooser)
        for part in (self.message, self.working, self.counts):
            self.column.addWidget(part)
        self.column.addWidget(self.pages, 1)
        self.column.addLayout(foot)
        self.working.hide()

    def register(self) -> Register[ImportRow]:
        """Describe the preview."""
        return Register(
            title="Preview of the import",
            noun=("line", "lines"),
            columns=(
                Column("What", text=lambda row: FATES[row.fate], chip=lambda row: CHIPS[row.fate], width=110),
                Column("File", text=lambda row: row.file, width=130),
                Column("Line", text=lambda row: f"{row.line:,}", style=Style.NUMBER, width=64),
                Column("Key", text=lambda row: row.key, width=170),
                Column("Column", text=lambda row: row.column, width=130),
                Column("Value", text=lambda row: row.value, tooltip=lambda row: row.value, width=140),
                Column("Reason", text=lambda row: row.reason, tooltip=lambda row: row.reason, width=320, stretch=True),
            ),
            index=self._ids,
            window=self._window,
            filters=(Filter("fate", "What", tuple((fate.name, FATES[fate]) for fate in RowOutcome)),),
            placeholder="Search key, value, reason",
            empty="There are no rows.",
        )

    def _ids(self, sought: Sought) -> list[int]:
        chosen, words = sought.chosen("fate"), sought.text.casefold().split()
        return [
            row.id
            for row in self._rows
            if (not chosen or row.fate.name in chosen) and all(word in _text(row) for word in words)
        ]

    def _window(self, ids: Sequence[int]) -> list[ImportRow]:
        rows = self._rows
        return [rows[number] for number in ids if number < len(rows)]

    # Choosing -----------------------------------------------------------------------------------

    @Slot()
    def choose_file(self) -> None:
        """Ask for a file."""
        name, _ = QFileDialog.getOpenFileName(self, "File to import", "", "Tables (*.csv *.xlsx);;All files (*)")
        self._chosen(name)

    @Slot()
    def choose_folder(self) -> None:
        """Ask for a folder."""
        self._chosen(QFileDialog.getExistingDirectory(self, "Folder to import"))

    def _chosen(self, name: str) -> None:
        if name:
            self.path.setText(name)
            self.plan()

    @Slot()
    def choose_rejects(self) -> None:
        """Ask where the rejected rows go, and write them there."""
        report = self.report
        if report is None:
            return
        if report.path.is_dir():
            name = QFileDialog.getExistingDirectory(self, "Folder for the rejected rows")
        else:
            name, _ = QFileDialog.getSaveFileName(self, "File for the rejected rows", "rejected.csv", "CSV (*.csv)")
        if name:
            self.save_rejects(Path(name))

    # Working ------------------------------------------------------------------------------------

    @Slot()
    def plan(self) -> None:
        """Say what will become of every row."""
        if self._running is not None:
            return
        text = self.path.text().strip()
        if not text:
            self.message.problem("Choose a file or folder first. Nothing was read.")
            self.path.setFocus()
            return
        self._work(partial(_plan, self.shell, Path(text)), self._planned, "Reading…")

    @Slot()
    def run(self, *, accept_partial: bool = False) -> None:
        """Write what the preview showed, in one transaction."""
        if self.report is not None and self._running is None:
            work = partial(_run, self.shell, self.report, accept_partial=accept_partial)
            self._work(work, self._done, "Importing…")

    def save_rejects(self, path: Path) -> None:
        """Write the rejected rows, unchanged, with the reason in a last column."""
        if self.report is not None and self._running is None:
            self._work(partial(_rejects, self.shell, self.report, path), self._saved, "Writing rejected rows…")

    @Slot()
    def stop(self) -> None:
        """Stop; nothing is written."""
        if self._running is not None:
            self._running.cancel()

    def _work(self, work: Callable[[Progress], ImportReport], then: Callable[[ImportReport], None], words: str) -> None:
        self.message.clear()
        self._set_working(True, words)
        self._running = self.shell.tasks.run_long(
            self, work, then, self._step, self._ended, self.message.problem, self._broken
        )

    def _step(self, step: Step) -> None:
        self.at.setText(f"{step.done:,} rows read")

    def _broken(self, reference: str) -> None:
        self.message.problem(f"Nothing was written. The files are as they were. The reference is {reference}.")

    def _ended(self) -> None:
        stopped = self._running is not None and self._running.stopped
        self._running = None
        self._set_working(False)
        if stopped:
            self.message.caution("Stopped. Nothing was written.")

    def _set_working(self, working: bool, words: str = "") -> None:
        self.progress.setRange(0, 0 if working else 1)
        self.at.setText(words)
        self.working.setVisible(working)
        for part in (self.path, self.file_button, self.folder_button, self.plan_button):
            part.setEnabled(not working)
        self._show(working=working)

    # Answers ------------------------------------------------------------------------------------

    def _planned(self, report: ImportReport) -> None:
        self.report = report
        self._take_rows(report)
        if report.has_rejects:
            self.message.caution(
                f"{_rejected_words(report)} Nothing has been written. Save the rejected rows, mend them and import "
                "again, or import without them."
            )

    def _done(self, report: ImportReport) -> None:
        made, changed = report.count(RowOutcome.CREATED), report.count(RowOutcome.UPDATED)
        if not report.written:
            self._planned(report)
            return
        self.report = None
        self._take_rows(report)
        words = f"Imported: {made:,} new, {changed:,} changed, {report.count(RowOutcome.UNCHANGED):,} as they were."
        if report.has_rejects:
            words += f" {_rejected_words(report)} They were left out."
        self.message.notice(words)
        self.shell.take(Outcome(notice="", changed=EVERYTHING))

    def _saved(self, report: ImportReport) -> None:
        self.message.notice(f"The rejected rows are in {report.rejects_path}. Mend them there and import that.")

    def _take_rows(self, report: ImportReport) -> None:
        self._rows = tuple(_rows(report))
        self.counts.show_facts([(file.file, _counts(file)) for file in report.files[:6]])
        self.view.refresh()
        if report.has_rejects:
            self.view.filters.choose("fate", frozenset({RowOutcome.REJECTED.name}))
        else:
            self.view.filters.choose("fate", frozenset())
        self._show()

    def _show(self, *, working: bool = False) -> None:
        report = self.report
        able = report is not None and not working
        anything = report is not None and bool(report.count(RowOutcome.CREATED) or report.count(RowOutcome.UPDATED))
        rejected = report is not None and report.has_rejects
        self.counts.setVisible(bool(self._rows) or report is not None)
        self.pages.setCurrentIndex(1 if self._rows or report is not None else 0)
        self.run_button.setEnabled(able and anything and not rejected)
        self.run_button.setText(f" &Import {self._count():,} rows" if able and anything else " &Import")
        self.partial_button.setVisible(rejected)
        self.partial_button.setEnabled(able and anything)
        self.rejects_button.setVisible(rejected)
        self.rejects_button.setEnabled(able)

    def _count(self) -> int:
        report = self.report
        return 0 if report is None else report.count(RowOutcome.CREATED) + report.count(RowOutcome.UPDATED)

    @override
    def take_focus(self) -> None:
        self.path.setFocus(Qt.FocusReason.OtherFocusReason)


def _text(row: ImportRow) -> str:
    return f"{row.file} {row.key} {row.column} {row.value} {row.reason}".casefold()


def _counts(file: FileReport) -> str:
    return join_words([f"{file.count(fate):,} {FATES[fate]}" for fate in RowOutcome if file.count(fate)]) or "no rows"


def _rejected_words(report: ImportReport) -> str:
    return f"{pluralise(report.count(RowOutcome.REJECTED), 'row is', 'rows are')} rejected.".capitalize()


def _rows(report: ImportReport) -> list[ImportRow]:
    """Give every row of the preview, the rejected ones once for each reason."""
    found: list[ImportRow] = []
    problems = list(report.rejects())
    told = {(problem.file, problem.line) for problem in problems}
    keys = {(file.file, row.line): row.key for file in report.files for row in file.rows()}
    for problem in problems:
        found.append(
            ImportRow(
                len(found),
                problem.file,
                problem.line,
                keys.get((problem.file, problem.line), ""),
                RowOutcome.REJECTED,
                problem.column,
                problem.value,
                problem.reason,
            )
        )
    for file in report.files:
        for row in file.rows():
            if (file.file, row.line) not in told:
                found.append(ImportRow(len(found), file.file, row.line, row.key, row.outcome))
    return found


def _told(progress: Progress) -> Callable[[int], None]:
    def tell(rows: int) -> None:
        progress.report(rows, 0)

    return tell


def _plan(shell: Shell, path: Path, progress: Progress) -> ImportReport:
    return plan_import(shell.desk, path, progress=_told(progress))


def _run(shell: Shell, report: ImportReport, progress: Progress, *, accept_partial: bool) -> ImportReport:
    return run_import(shell.desk, report, accept_partial=accept_partial, progress=_told(progress))


def _rejects(shell: Shell, report: ImportReport, path: Path, progress: Progress) -> ImportReport:
    return run_import(shell.desk, report, dry_run=True, rejects_path=path, progress=_told(progress))
