"""Restore a backup into a new file, before anyone can sign in: the form, and the page with the result."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.path_field import PathField, expand_path, new_file_problem, unused_path
from ioms_desktop.ui.tasks import Task, TaskProgress, Tasks
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

if TYPE_CHECKING:
    from ioms_desktop.services.database.restore import RestoreResult

SERVER_ADDRESS_MESSAGE = "This is the address of a server, whose keepers restore it. Name a file."
INTRO = (
    "Brings a backup back into a new file beside what is there, proved before it counts. Nothing is replaced. An "
    "administrator does it, with the name and password of the day of the backup."
)


class RestorePage(QWidget):
    """Asks for a backup and who may open it, and restores it.

    Signals:
        restored: The backup was restored; carries the result.
    """

    restored = Signal(object)

    def __init__(self, tasks: Tasks, message: MessageBar, back: Callable[[], None]) -> None:
        """Propose a location.

        Args:
            tasks: Runs the restore.
            message: Shows what could not be done.
            back: Goes back to the previous page.
        """
        super().__init__()
        self._tasks, self._message = tasks, message
        self._running: Task[RestoreResult] | None = None
        self._focus_before_disable: QWidget | None = None  # the widget that had the focus when the form was disabled
        self.form = Form()
        self.backup = self.form.add(
            PathField(
                "backup",
                "&Backup",
                picks_folder=False,
                required=True,
                help="Of its two files the larger one; the other, which ends in .keys, lies beside it.",
            )
        )
        self.into = self.form.add(
            TextField(
                "into",
                "&New file",
                required=True,
                rule=partial(new_file_problem, server_problem=SERVER_ADDRESS_MESSAGE),
            )
        )
        self.into.set_value(str(_unused_path()))
        self.name = self.form.add(TextField("name", "Your na&me", required=True))
        self.password = self.form.add(TextField("password", "&Password", required=True, secret=True))
        self.reason = self.form.add(
            TextField("reason", "&Reason", help="What happened, in a sentence, for the auditor.")
        )
        self.progress = ProgressStrip("pages")
        self.progress.cancel_requested.connect(self.stop)
        self.back_button = button("Bac&k", back)
        self.primary = button("Re&store", self.submit, kind="primary")
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label("Restore a backup", "title"))
        column.addWidget(label(INTRO, "quiet", wrap=True))
        column.addWidget(self.form)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.back_button)
        foot.addStretch(1)
        foot.addWidget(self.progress)
        foot.addWidget(self.primary)
        column.addLayout(foot)

    @property
    def is_working(self) -> bool:
        """Whether a restore is in progress."""
        return self._running is not None

    def submit(self) -> None:
        """Restore the backup if the form is valid."""
        if self.is_working or not self.form.validate():
            return
        self._message.clear()
        self._set_working(True)
        self.progress.begin()
        asked = (self.backup.path(), self.into.value() or "", self.name.value() or "", self.password.value() or "")
        reason = self.reason.value() or ""
        self._running = self._tasks.run_long(
            self,
            lambda progress: _restore(progress, *asked, reason),
            self.restored.emit,
            self.progress.show_step,
            self._ended,
            self._message.problem,
            self._failed,
        )

    def stop(self) -> None:
        """Cancel the restore; no part of the new file is left."""
        if self._running is not None:
            self._running.cancel()

    def _failed(self, reference: str) -> None:
        self._message.problem(f"Nothing was restored. What you typed is still here. The reference is {reference}.")

    def _ended(self) -> None:
        stopped = self._running is not None and self._running.was_cancelled
        self._running = None
        self.progress.end()
        self._set_working(False)
        if stopped:
            self._message.caution("Stopped. Nothing was restored, and the backup is as it was.")

    def _set_working(self, working: bool) -> None:
        if working:
            self._focus_before_disable = self.window().focusWidget()
        for part in (self.form, self.back_button, self.primary):
            part.setEnabled(not working)
        if not working and self._focus_before_disable is not None and self.isVisible():
            self._focus_before_disable.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape and self.is_working:
            self.stop()
        else:
            super().keyPressEvent(event)


class RestoredPage(QWidget):
    """Shows what was restored, what the auditor must be told, and which old data came back with the backup.

    Signals:
        acknowledged: The user has read it.
    """

    acknowledged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.done, self.auditor, self.afterwards = (label("", wrap=True) for _ in range(3))
        self.primary = button("&Go on", self.acknowledged.emit, kind="primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("The backup is restored", "title"))
        column.addWidget(self.done)
        for heading, words in (("Tell the auditor", self.auditor), ("Mind from here on", self.afterwards)):
            column.addSpacing(6)
            column.addWidget(label(heading, "quiet"))
            column.addWidget(words)
        for words in (self.done, self.auditor, self.afterwards):
            words.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        column.addSpacing(8)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.primary)
        column.addLayout(foot)

    def show_result(self, done: str, auditor: str, afterwards: str) -> None:
        """Show the result."""
        for words, text in ((self.done, done), (self.auditor, auditor), (self.afterwards, afterwards)):
            words.setText(text)
            words.setAccessibleName(text)


def _unused_path() -> Path:
    folder = data_folder()
    return unused_path(folder, "cases-restored") if (folder / "cases.ioms").exists() else folder / "cases.ioms"


def _restore(progress: TaskProgress, backup: Path, into: str, name: str, password: str, reason: str) -> "RestoreResult":
    from ioms_desktop.services.database.restore import restore_database  # noqa: PLC0415 - slow to import
    from ioms_desktop.services.process_isolation import keep_memory_private  # noqa: PLC0415 - needed only for a restore

    keep_memory_private()
    place = expand_path(into)
    place.parent.mkdir(parents=True, exist_ok=True)
    return restore_database(backup, str(place), name, password, reason=reason, progress=progress.report)
