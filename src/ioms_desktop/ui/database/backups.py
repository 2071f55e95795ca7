"""Dialogs that back up a local file and test the restore of a backup."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.services.database.backups import BackupResult, back_up, get_last_backup
from ioms_desktop.services.database.restore_rehearsal import RehearsalResult, rehearse_restore
from ioms_desktop.services.labels import format_instant
from ioms_desktop.ui.dialogs.progress_dialog import LongTaskDialog
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import PathField, path_problem
from ioms_desktop.ui.tasks import TaskProgress, Tasks

if TYPE_CHECKING:
    from ioms_desktop.domain.backups import Backup
    from ioms_desktop.services.session import Session

NO_BACKUP_MESSAGE = "No backup of this file has been made yet."


def _check_target(text: str) -> str:
    """Reject a missing folder; the backup would otherwise be written to a file of that name."""
    return path_problem(text, _missing_folder)


def _missing_folder(place: Path) -> str:
    there = bool(place.suffix) or place.exists()
    return "" if there else "There is no folder of this name. Make it first, or name a new file that ends in .ioms."


class BackUpDialog(LongTaskDialog[BackupResult]):
    """Asks for the target, makes the backup, and shows the checks that it passed."""

    def __init__(self, session: "Session", tasks: Tasks, parent: QWidget | None = None) -> None:
        """Propose the folder of the last backup."""
        super().__init__(
            tasks,
            title="Back up now",
            intro=(
                "Copies the whole file with its key file while everybody goes on working, and proves the copy before "
                "it counts as a backup. It opens with the same names, passwords and recovery code, and nothing else."
            ),
            verb="&Back up",
            parent=parent,
        )
        self._session = session
        self._path = Path()
        self.target = self.form.add(
            PathField(
                "where",
                "&Where to",
                picks_folder=True,
                required=True,
                rule=_check_target,
                help=(
                    "Best a folder on another disk. There each backup gets a dated name; all of 7 days stay, then one "
                    "a week for 4 weeks and one a month for 6 months. Or type the name of a new file."
                ),
            )
        )
        self.finish_layout()
        self._tasks.run(self, lambda: get_last_backup(session), self._show_last_backup)

    def _show_last_backup(self, last: "Backup | None") -> None:
        if last is None:
            self.show_note(NO_BACKUP_MESSAGE)
            return
        self.show_note(f"The last backup was made on {format_instant(last.at)}: {last.path}")
        if not self.target.value():
            self.target.set_value(str(Path(last.path).parent))

    @override
    def read_form(self) -> None:
        self._path = self.target.path()

    @override
    def run_task(self, progress: TaskProgress) -> BackupResult:
        return back_up(self._session, self._path, progress=progress.report)

    @override
    def describe_result(self, answer: BackupResult) -> tuple[str, str]:
        return answer.notice.removesuffix(answer.alarm).strip(), answer.alarm


class RehearseRestoreDialog(LongTaskDialog[RehearsalResult]):
    """Asks for the password that a restore needs, tests the restore, and shows the result."""

    def __init__(self, session: "Session", tasks: Tasks, parent: QWidget | None = None) -> None:
        """Show which backup will be tested."""
        super().__init__(
            tasks,
            title="Rehearse a restore",
            intro=(
                "Brings the newest backup back as on the day it is needed, in a private place; proves it, compares it "
                "with what the database has now, and removes it again. The database itself is not touched."
            ),
            verb="&Rehearse",
            parent=parent,
        )
        self._session = session
        self._password = ""
        self.password = self.form.add(
            TextField(
                "password",
                "Your &password",
                required=True,
                secret=True,
                help="As on the day of the backup: it is what will open it when it is needed.",
            )
        )
        self.finish_layout()
        self._tasks.run(self, lambda: get_last_backup(session), self._show_newest_backup)

    def _show_newest_backup(self, last: "Backup | None") -> None:
        self.show_note(
            f"{NO_BACKUP_MESSAGE} One is made for the rehearsal, and thrown away with it."
            if last is None
            else f"The newest backup was made on {format_instant(last.at)}: {last.path}"
        )

    @override
    def read_form(self) -> None:
        self._password = self.password.value() or ""

    @override
    def run_task(self, progress: TaskProgress) -> RehearsalResult:
        return rehearse_restore(self._session, self._password, progress=progress.report)

    @override
    def describe_result(self, answer: RehearsalResult) -> tuple[str, str]:
        return answer.notice, ""
