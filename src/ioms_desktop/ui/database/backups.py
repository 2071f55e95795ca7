"""Back a local file up, and rehearse bringing a backup back."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.database.backups import BackupResult, back_up, get_last_backup
from ioms_desktop.services.database.restore_rehearsal import RehearsalResult, rehearse_restore
from ioms_desktop.ui.dialogs.progress_dialog import LongWorkDialog
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.path_field import PlaceField, judged
from ioms_desktop.ui.tasks import Progress, Tasks

if TYPE_CHECKING:
    from ioms_desktop.domain.backups import Backup
    from ioms_desktop.services.session import Desk

NONE_YET = "No backup of this file has been made yet."


def when_words(at: datetime) -> str:
    """Write when a backup was made, in local time."""
    local = at.astimezone(LONDON)
    return f"{format_day(local.date())}, {local:%H:%M}"


def _place(text: str) -> str:
    """Whoever types a folder that is not there would otherwise get a file of its name."""
    return judged(text, _no_folder)


def _no_folder(place: Path) -> str:
    there = bool(place.suffix) or place.exists()
    return "" if there else "There is no folder of this name. Make it first, or name a new file that ends in .ioms."


class BackUpDialog(LongWorkDialog[BackupResult]):
    """Asks where to, copies, and says what was proved."""

    def __init__(self, desk: "Desk", tasks: Tasks, parent: QWidget | None = None) -> None:
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
        self._desk = desk
        self._path = Path()
        self.where = self.form.add(
            PlaceField(
                "where",
                "&Where to",
                folder=True,
                required=True,
                rule=_place,
                help=(
                    "Best a folder on another disk. There each backup gets a dated name; all of 7 days stay, then one "
                    "a week for 4 weeks and one a month for 6 months. Or type the name of a new file."
                ),
            )
        )
        self.ready()
        self._tasks.run(self, lambda: get_last_backup(desk), self._say_last)

    def _say_last(self, last: "Backup | None") -> None:
        if last is None:
            self.note.setText(NONE_YET)
            return
        self.note.setText(f"The last backup was made on {when_words(last.at)}: {last.path}")
        if not self.where.value():
            self.where.set_value(str(Path(last.path).parent))

    @override
    def collect(self) -> None:
        self._path = self.where.path()

    @override
    def work(self, progress: Progress) -> BackupResult:
        return back_up(self._desk, self._path, progress=progress.report)

    @override
    def done_words(self, answer: BackupResult) -> tuple[str, str]:
        return answer.notice.removesuffix(answer.alarm).strip(), answer.alarm


class RehearseDialog(LongWorkDialog[RehearsalResult]):
    """Asks for the password that a restore would ask for, restores, and says what came of it."""

    def __init__(self, desk: "Desk", tasks: Tasks, parent: QWidget | None = None) -> None:
        """Say which backup it will be."""
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
        self._desk = desk
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
        self.ready()
        self._tasks.run(self, lambda: get_last_backup(desk), self._say_which)

    def _say_which(self, last: "Backup | None") -> None:
        self.note.setText(
            f"{NONE_YET} One is made for the rehearsal, and thrown away with it."
            if last is None
            else f"The newest backup was made on {when_words(last.at)}: {last.path}"
        )

    @override
    def collect(self) -> None:
        self._password = self.password.value() or ""

    @override
    def work(self, progress: Progress) -> RehearsalResult:
        return rehearse_restore(self._desk, self._password, progress=progress.report)

    @override
    def done_words(self, answer: RehearsalResult) -> tuple[str, str]:
        return answer.notice, ""
