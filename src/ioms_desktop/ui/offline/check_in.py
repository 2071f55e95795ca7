"""Import an offline file: choose it, preview the changes, answer the questions; then import all of it or nothing."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.services.offline.check_in import check_in
from ioms_desktop.services.offline.check_in_report import CheckInReport
from ioms_desktop.services.offline.checkout import RegisteredCheckout, list_open_checkouts
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Outcome, Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.ui.dialogs.send_keys import SendKeys
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import expand_path, file_dialog, path_problem
from ioms_desktop.ui.offline.check_in_labels import INTRO, counts_table, describe_file, describe_outstanding
from ioms_desktop.ui.offline.check_in_review import CheckInReview
from ioms_desktop.ui.tasks import ProgressStep, Task, TaskProgress, Tasks
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import FocusScrollArea, fit_to_screen, height_at, horizontal_rule, largest_size
from ioms_desktop.ui.widgets.widgets import MessageBar, announce, button, label

TITLE = "Bring back offline work"
DIALOG_WIDTH_PX = 860
SIDE_MARGIN_PX = 24
PREVIEW_LABEL, CHECK_IN_LABEL = "P&review", "&Import"


class CheckInFileField(TextField):
    """The path of a file, with the button that opens the system's dialog beside it."""

    def __init__(self, choose: QWidget) -> None:
        super().__init__("file", "&File", required=True, rule=_check_file)
        self.make()
        self._layout.setSpacing(8)
        self._layout.addWidget(choose)


class CheckInDialog(QDialog):
    """Previews a file, then imports it.

    Signals:
        completed: The file was imported; carries what changed.
    """

    completed = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self._tasks = session, tasks
        self.report: CheckInReport | None = None
        self.review: CheckInReview | None = None
        self._running: Task[CheckInReport] | None = None
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.form = Form()
        self.choose_button = button("&Choose…", self.choose_file, icon="folder-open")
        self.file = self.form.add(CheckInFileField(self.choose_button))
        self.name = self.form.add(TextField("name", "&Name", required=True, help="Who opens the file."))
        self.name.set_value(session.user)
        self.password = self.form.add(TextField("password", "&Passphrase", required=True, secret=True))
        self.message = MessageBar()
        self.title_label = label(TITLE, "title")
        self.summary_label = label(INTRO, "quiet", wrap=True)
        self.outstanding_label = label("", "small", wrap=True)
        self.outstanding_label.hide()
        self.source_page, self.scroll_area = FocusScrollArea(), FocusScrollArea()
        self.progress = QProgressBar()
        self.progress_label = label("", "quiet")
        self.stop_button = button("&Stop", self.stop)
        self.primary = button(PREVIEW_LABEL, self.accept, kind="primary")
        self.another_file_button = button("&Another file", self.choose_another_file)
        self.another_file_button.hide()
        self.close_button = button("Close", self.close)
        self._previous_picks: dict[str, MergeChoice] = {}
        self._lay_out()
        SendKeys(self, self.accept, lambda: self.form.is_dirty)
        self.file.setFocus()
        self._load_outstanding()

    def _load_outstanding(self) -> None:
        def told(found: list[RegisteredCheckout]) -> None:
            self.outstanding_label.setText("\n".join(describe_outstanding(found, self.session)))
            self.outstanding_label.setVisible(bool(found) and self.report is None)
            self._fit_height()

        self._tasks.run(self, partial(list_open_checkouts, self.session), told, self._refused)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setProperty("kind", "page")
        self.source_page.setWidget(inside)
        top = QVBoxLayout(inside)
        top.setContentsMargins(SIDE_MARGIN_PX, 4, SIDE_MARGIN_PX - self.source_page.bar_width, 8)
        top.setSpacing(8)
        top.addWidget(self.form)
        top.addWidget(self.outstanding_label)
        self.scroll_area.setVisible(False)
        self.progress_row = QWidget()
        busy = QHBoxLayout(self.progress_row)
        busy.setContentsMargins(0, 0, 0, 0)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Records compared")
        busy.addWidget(self.progress)
        busy.addWidget(self.progress_label)
        busy.addWidget(self.stop_button)
        self.progress_row.hide()
        foot = QHBoxLayout()
        foot.setContentsMargins(SIDE_MARGIN_PX, 12, SIDE_MARGIN_PX, 16)
        foot.setSpacing(8)
        foot.addWidget(label("Ctrl+Enter", "small"))
        foot.addWidget(self.progress_row, 1)
        foot.addStretch(1)
        foot.addWidget(self.another_file_button)
        foot.addWidget(self.close_button)
        foot.addWidget(self.primary)
        self.title_label.setContentsMargins(SIDE_MARGIN_PX, 16, SIDE_MARGIN_PX, 0)
        self.summary_label.setContentsMargins(SIDE_MARGIN_PX, 0, SIDE_MARGIN_PX, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (
            self.title_label,
            FloatingArea(self.message),
            self.summary_label,
            self.source_page,
            self.scroll_area,
            horizontal_rule(),
        ):
            layout.addWidget(part)
        layout.setStretchFactor(self.scroll_area, 1)
        layout.addLayout(foot)
        self._fit_height()

    def _fit_height(self) -> None:
        """Fit the height to what is shown, up to the height of the screen."""
        width = min(DIALOG_WIDTH_PX, largest_size(self).width())
        shown = self.source_page if self.report is None else self.scroll_area
        layout, inside = self.layout(), shown.widget()
        wanted = 0 if layout is None else height_at(layout, width)
        if inside is not None and (column := inside.layout()) is not None:
            wanted += height_at(column, width - SIDE_MARGIN_PX) - shown.sizeHint().height()
        fit_to_screen(self, width, wanted)

    @Slot()
    def choose_file(self) -> None:
        """Open the system's dialog to choose a file."""
        asking = file_dialog(self, TITLE)
        asking.setFileMode(QFileDialog.FileMode.ExistingFile)
        asking.fileSelected.connect(self.file.set_value)
        asking.open()

    @Slot()
    def choose_another_file(self) -> None:
        """Return to the choice of a file; answers already given are kept."""
        if self._running is None:
            self.message.clear()
            self.show_report(None)
            self.file.setFocus()

    @override
    @Slot()
    def accept(self) -> None:
        if self._running is not None or not self.form.validate():
            return
        if self.report is None:
            self._run({}, dry_run=True)
            return
        waiting = None if self.review is None else self.review.first_unanswered()
        if waiting is not None:
            self.message.problem(waiting.required_message())
            waiting.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(waiting.required_message(), waiting.control)
            return
        self._run(self.picks(), dry_run=False)

    def picks(self) -> dict[str, MergeChoice]:
        """Return the answers, including those given before."""
        return self._previous_picks | ({} if self.review is None else self.review.picks())

    def _run(self, picks: Mapping[str, MergeChoice], *, dry_run: bool) -> None:
        self.message.clear()
        self._set_working(True, "Reading…" if dry_run else "Importing…")
        path, name = str(expand_path(self.file.value() or "")), self.name.value() or ""
        work = partial(_check_in, self.session, path, name, self.password.value() or "", dict(picks), dry_run=dry_run)
        then = self._previewed if dry_run else self._done
        self._running = self._tasks.run_long(
            self, work, then, self._show_step, self._ended, self._refused, self._failed
        )

    def _show_step(self, step: ProgressStep) -> None:
        self.progress_label.setText(f"{step.done:,} records")

    @Slot()
    def stop(self) -> None:
        """Cancel; nothing is written."""
        if self._running is not None:
            self._running.cancel()

    def _ended(self) -> None:
        stopped = self._running is not None and self._running.was_cancelled
        self._running = None
        self._set_working(False)
        if stopped:
            self._refused("Stopped. Nothing was written.")
        elif self.report is not None:
            self._focus_next()

    def _refused(self, sentence: str) -> None:
        self.message.problem(sentence)

    def _failed(self, reference: str) -> None:
        self._refused(f"Nothing was written, and the file is unchanged. The reference is {reference}.")

    def _set_working(self, working: bool, words: str = "") -> None:
        self.progress_label.setText(words)
        self.progress_row.setVisible(working)
        for part in (self.source_page, self.primary, self.another_file_button, self.scroll_area):
            part.setEnabled(not working)

    def _previewed(self, report: CheckInReport) -> None:
        self.show_report(report)

    def _done(self, report: CheckInReport) -> None:
        if report.questions:
            self.show_report(report)
            self.message.caution(
                "Another user saved a change in the meantime. Nothing was written and nothing is lost. "
                "Check the questions again."
            )
            return
        self.completed.emit(
            Outcome(notice=report.sentence, changed=ALL_RECORD_TOPICS if report.written else frozenset())
        )
        super().accept()

    def show_report(self, report: CheckInReport | None) -> None:
        """Show the preview of a file; None clears it."""
        self._previous_picks = self.picks()
        self.report, self.review = report, None
        self.primary.setText(PREVIEW_LABEL if report is None else CHECK_IN_LABEL)
        for part in (self.scroll_area, self.another_file_button):
            part.setVisible(report is not None)
        self.source_page.setVisible(report is None)
        self.summary_label.setText(INTRO if report is None else describe_file(report, self.session))
        if report is None:
            self._fit_height()
            return
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(SIDE_MARGIN_PX, 4, SIDE_MARGIN_PX - self.scroll_area.bar_width, 8)
        column.setSpacing(12)
        column.addWidget(counts_table(report))
        if report.questions:
            self.review = CheckInReview(report.questions, self._previous_picks)
            self.review.answered.connect(self.message.clear)
            column.addWidget(self.review)
        column.addStretch(1)
        self.scroll_area.setWidget(inside)
        self._fit_height()
        self._focus_next()

    def _focus_next(self) -> None:
        """Move the focus to the next thing to be done."""
        waiting = None if self.review is None else self.review.first_unanswered()
        (self.primary if waiting is None else waiting).setFocus()

    @override
    @Slot()
    def reject(self) -> None:
        if self._running is not None:
            self.stop()
        elif self.report is not None:
            self.choose_another_file()
        else:
            super().reject()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._running is not None:
            self.stop()
            event.ignore()
        else:
            super().closeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a field must not start an import; Ctrl+Enter and the button do.
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.focusWidget() not in (
            self.primary,
            self.close_button,
            self.another_file_button,
            self.choose_button,
            self.stop_button,
        ):
            event.accept()
            return
        super().keyPressEvent(event)


def _check_file(text: str) -> str:
    return path_problem(text, _missing_file)


def _missing_file(place: Path) -> str:
    return "" if place.is_file() else "There is no file of this name. Choose it, or check its name."


def _check_in(
    session: Session,
    path: str,
    name: str,
    password: str,
    picks: dict[str, MergeChoice],
    progress: TaskProgress,
    *,
    dry_run: bool,
) -> CheckInReport:
    """Preview or import a file; it is open only while this runs."""
    file = sign_in(path, name, password, clock=session.clock)
    try:
        return check_in(session, file, picks, dry_run=dry_run, progress=progress.report)
    finally:
        file.store.close()
