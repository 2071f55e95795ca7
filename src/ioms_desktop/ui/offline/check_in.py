"""Bring a file in: which, what would become of its records, what must be answered; then in one go, or not at all."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.services.offline.check_in import check_in
from ioms_desktop.services.offline.check_in_report import CheckInReport
from ioms_desktop.services.offline.checkout import RegisteredCheckout, list_open_checkouts
from ioms_desktop.services.session import Desk, Outcome, Topic
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.ui.dialogs.merge_page import hair_rule
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import judged, place_of
from ioms_desktop.ui.offline.check_in_labels import INTRO, counts_table, out_lines, what_words
from ioms_desktop.ui.offline.check_in_review import IncomingReview
from ioms_desktop.ui.tasks import Progress, Step, Task, Tasks
from ioms_desktop.ui.widgets.widgets import MessageBar, announce, button, label

TITLE = "Bring a file in"
WIDTH, ROOM = 860, 0.92
SIDE = 24
EVERYTHING = frozenset(Topic) - {Topic.USERS}
LOOK, BRING = "&Look at it", "&Bring in"


class PathField(TextField):
    """The path of a file, typed, with the button that chooses one beside it."""

    def __init__(self, choose: QWidget) -> None:
        """Make a line.

        Args:
            choose: The button.
        """
        super().__init__("file", "&File", required=True, rule=_there)
        self._layout.setSpacing(8)
        self._layout.addWidget(choose)


class BringBackDialog(QDialog):
    """Looks at a file first, then brings it in.

    Signals:
        sent: It was brought in; with what changed.
    """

    sent = Signal(object)

    def __init__(self, desk: Desk, tasks: Tasks, parent: QWidget | None = None) -> None:
        """Ask for the file.

        Args:
            desk: Who brings it in.
            tasks: Where it is looked at.
            parent: The window it belongs to.
        """
        super().__init__(parent)
        self.desk, self._tasks = desk, tasks
        self.report: CheckInReport | None = None
        self.review: IncomingReview | None = None
        self._running: Task[CheckInReport] | None = None
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        self.form = Form()
        self.choose = button("&Choose…", self.choose_file, icon="folder-open")
        self.file = self.form.add(PathField(self.choose))
        self.name = self.form.add(TextField("name", "&Name", required=True, help="Who opens the file."))
        self.name.set_value(desk.user)
        self.password = self.form.add(TextField("password", "&Passphrase", required=True, secret=True))
        self.message = MessageBar()
        self.message.closing.hide()
        self.head = label(TITLE, "title")
        self.what = label(INTRO, "quiet", wrap=True)
        self.out = label("", "small", wrap=True)
        self.out.hide()
        self.pane = QScrollArea()
        self.progress = QProgressBar()
        self.at = label("", "quiet")
        self.stop_button = button("&Stop", self.stop)
        self.primary = button(LOOK, self.accept, kind="primary")
        self.another = button("&Another file", self.begin_again)
        self.another.hide()
        self.closing = button("Close", self.close)
        self._kept: dict[str, MergeChoice] = {}
        self._lay_out()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.accept)
        self.file.setFocus()
        self._ask_what_is_out()

    def _ask_what_is_out(self) -> None:
        def told(found: list[RegisteredCheckout]) -> None:
            self.out.setText("\n".join(out_lines(found, self.desk)))
            self.out.setVisible(bool(found) and self.report is None)
            self._fit()

        self._tasks.run(self, partial(list_open_checkouts, self.desk), told, self._refused)

    def _lay_out(self) -> None:
        self.asking = QWidget()
        top = QVBoxLayout(self.asking)
        top.setContentsMargins(SIDE, 4, SIDE, 8)
        top.setSpacing(8)
        top.addWidget(self.form)
        top.addWidget(self.out)
        self.pane.setWidgetResizable(True)
        self.pane.setFrameShape(QFrame.Shape.NoFrame)
        self.pane.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pane.setVisible(False)
        self.working = QWidget()
        busy = QHBoxLayout(self.working)
        busy.setContentsMargins(0, 0, 0, 0)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Records looked at")
        busy.addWidget(self.progress)
        busy.addWidget(self.at)
        busy.addWidget(self.stop_button)
        self.working.hide()
        foot = QHBoxLayout()
        foot.setContentsMargins(SIDE, 12, SIDE, 16)
        foot.setSpacing(8)
        foot.addWidget(label("Ctrl+Enter", "small"))
        foot.addWidget(self.working, 1)
        foot.addStretch(1)
        foot.addWidget(self.another)
        foot.addWidget(self.closing)
        foot.addWidget(self.primary)
        self.head.setContentsMargins(SIDE, 16, SIDE, 0)
        self.what.setContentsMargins(SIDE, 0, SIDE, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.head, self.what, self.message, self.asking, self.pane, hair_rule()):
            layout.addWidget(part)
        layout.setStretchFactor(self.pane, 1)
        layout.addLayout(foot)
        self._fit()

    def _fit(self) -> None:
        """Be as tall as what is shown, within the screen."""
        room = (self.screen() or QGuiApplication.primaryScreen()).availableSize()
        width, layout, inside = min(WIDTH, int(room.width() * ROOM)), self.layout(), self.pane.widget()
        wanted = 0 if layout is None else layout.totalHeightForWidth(width)
        if self.report is not None and inside is not None and (column := inside.layout()) is not None:
            wanted += column.totalHeightForWidth(width - SIDE) - self.pane.sizeHint().height()
        self.resize(width, min(wanted, int(room.height() * ROOM)))

    # Choosing -----------------------------------------------------------------------------------

    @Slot()
    def choose_file(self) -> None:
        """Ask for the file."""
        asking = QFileDialog(self, "File to bring in")
        asking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asking.setFileMode(QFileDialog.FileMode.ExistingFile)
        asking.fileSelected.connect(self.file.set_value)
        asking.open()

    @Slot()
    def begin_again(self) -> None:
        """Ask for a file once more; answers given stay with what they answered."""
        if self._running is None:
            self.message.clear()
            self.show_report(None)
            self.file.setFocus()

    # Looking and bringing in --------------------------------------------------------------------

    @override
    @Slot()
    def accept(self) -> None:
        if self._running is not None or not self.form.check():
            return
        if self.report is None:
            self._work({}, dry_run=True)
            return
        waiting = None if self.review is None else self.review.waiting()
        if waiting is not None:
            self.message.problem(waiting.needed())
            self.message.closing.hide()
            waiting.setFocus(Qt.FocusReason.OtherFocusReason)
            announce(waiting.needed(), waiting.control)
            return
        self._work(self.picks(), dry_run=False)

    def picks(self) -> dict[str, MergeChoice]:
        """Give the answers there are, and those given before."""
        return self._kept | ({} if self.review is None else self.review.picks())

    def _work(self, picks: Mapping[str, MergeChoice], *, dry_run: bool) -> None:
        self.message.clear()
        self._set_working(True, "Looking…" if dry_run else "Bringing it in…")
        path, name = str(place_of(self.file.value() or "")), self.name.value() or ""
        work = partial(_promoted, self.desk, path, name, self.password.value() or "", dict(picks), dry_run=dry_run)
        then = self._seen if dry_run else self._done
        self._running = self._tasks.run_long(self, work, then, self._step, self._ended, self._refused, self._broken)

    def _step(self, step: Step) -> None:
        self.at.setText(f"{step.done:,} records")

    @Slot()
    def stop(self) -> None:
        """Stop; nothing is written."""
        if self._running is not None:
            self._running.cancel()

    def _ended(self) -> None:
        stopped = self._running is not None and self._running.stopped
        self._running = None
        self._set_working(False)
        if stopped:
            self._refused("Stopped. Nothing was written.")
        elif self.report is not None:
            self._go_to_first()

    def _refused(self, sentence: str) -> None:
        self.message.problem(sentence)
        self.message.closing.hide()

    def _broken(self, reference: str) -> None:
        self._refused(f"Nothing was written, and the file is as it was. The reference is {reference}.")

    def _set_working(self, working: bool, words: str = "") -> None:
        self.at.setText(words)
        self.working.setVisible(working)
        for part in (self.asking, self.primary, self.another, self.pane):
            part.setEnabled(not working)

    # Answers ------------------------------------------------------------------------------------

    def _seen(self, report: CheckInReport) -> None:
        self.show_report(report)

    def _done(self, report: CheckInReport) -> None:
        if report.questions:
            self.show_report(report)
            self.message.caution("Somebody saved meanwhile. Look once more; nothing was written, and nothing is lost.")
            return
        self.sent.emit(Outcome(notice=report.sentence, changed=EVERYTHING if report.written else frozenset()))
        super().accept()

    def show_report(self, report: CheckInReport | None) -> None:
        """Show what would become of the file; nothing of it where none was looked at."""
        self._kept = self.picks()
        self.report, self.review = report, None
        self.primary.setText(LOOK if report is None else BRING)
        for part in (self.pane, self.another):
            part.setVisible(report is not None)
        self.asking.setVisible(report is None)
        self.what.setText(INTRO if report is None else what_words(report, self.desk))
        if report is None:
            self._fit()
            return
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(SIDE, 4, SIDE, 8)
        column.setSpacing(12)
        column.addWidget(counts_table(report))
        if report.questions:
            self.review = IncomingReview(report.questions, self._kept)
            self.review.answered.connect(self.message.clear)
            column.addWidget(self.review)
        column.addStretch(1)
        self.pane.setWidget(inside)
        self._fit()
        self._go_to_first()

    def _go_to_first(self) -> None:
        """Put the keyboard where something is left to be done."""
        waiting = None if self.review is None else self.review.waiting()
        (self.primary if waiting is None else waiting).setFocus()

    @override
    @Slot()
    def reject(self) -> None:
        if self._running is not None:
            self.stop()
        elif self.report is not None:
            self.begin_again()
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
        # Enter in a field is no wish to bring anything in; Ctrl+Enter and the button are.
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.focusWidget() not in (
            self.primary,
            self.closing,
            self.another,
            self.choose,
            self.stop_button,
        ):
            event.accept()
            return
        super().keyPressEvent(event)


def _there(text: str) -> str:
    return judged(text, _no_file)


def _no_file(place: Path) -> str:
    return "" if place.is_file() else "There is no file of this name. Choose it, or check its name."


def _promoted(
    desk: Desk, path: str, name: str, password: str, picks: dict[str, MergeChoice], progress: Progress, *, dry_run: bool
) -> CheckInReport:
    """Open the file for as long as it is looked at, and no longer."""
    file = sign_in(path, name, password, clock=desk.clock)
    try:
        return check_in(desk, file, picks, dry_run=dry_run, progress=lambda done: progress.report(done, 0))
    finally:
        file.store.close()
