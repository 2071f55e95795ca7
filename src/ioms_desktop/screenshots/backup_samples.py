"""Sample backups and restores, for pictures of their dialogs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.backups import Backup
from ioms_desktop.services.database.backups import BackupResult
from ioms_desktop.services.database.restore import AFTER_RESTORE_ADVICE
from ioms_desktop.services.database.restore_rehearsal import RehearsalResult, RowCountDifference
from ioms_desktop.ui.database.backups import BackUpDialog, RehearseRestoreDialog

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.main_window.window import MainWindow

FOLDER = "/media/safe/ioms"
FILE = "cases-20261116T083000Z.ioms"
AT = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)


def sample_restored() -> tuple[str, str, str]:
    """Return the sentences shown after a restore."""
    done = (
        f"Restored {FOLDER}/{FILE} into /home/holt/cases-restored.ioms: 7,718 rows of 31 tables, proved whole in 2 "
        "seconds. Sign in with a name and a password of the day of the backup."
    )
    auditor = (
        f"Epoch 2 of the audit is open: Restored from {FILE}. The disk failed. Seals 41 to 44 are superseded. The "
        "newest seal is now 41: 1528 5500 4123 1156 0152 3543."
    )
    return done, auditor, AFTER_RESTORE_ADVICE


def sample_backups(window: "MainWindow", session: "Session") -> Iterator[tuple[str, Callable[[], QDialog]]]:
    """Yield the name of each picture and a function that makes its dialog, as an administrator sees it."""
    admin = replace(session, user="admin", role=Role.ADMINISTRATOR)
    last = Backup(at=AT, path=f"{FOLDER}/{FILE}", bytes=2_191_360, records=1_204)
    yield "back_up", partial(BackUpDialog, admin, window.tasks, window)
    yield "backed_up", partial(_backed_up, window, admin, last)
    yield "rehearse_restore", partial(RehearseRestoreDialog, admin, window.tasks, window)
    yield "rehearsed_restore", partial(_rehearsed, window, admin, last)


def _backed_up(window: "MainWindow", admin: "Session", last: Backup) -> QDialog:
    dialog = BackUpDialog(admin, window.tasks, window)
    done = BackupResult(backup=last, tables=31, rows=7_718, seconds=2.1, removed=(FILE,), alarm="", notice="")
    dialog.show_result(done.with_notice())
    return dialog


def _rehearsed(window: "MainWindow", admin: "Session", last: Backup) -> QDialog:
    dialog = RehearseRestoreDialog(admin, window.tasks, window)
    differences = (RowCountDifference("audit", 5_120, 5_388), RowCountDifference("contacts", 702, 731))
    rows = {"audit": 5_120, "contacts": 702} | {f"table {number}": 65 for number in range(29)}
    done = RehearsalResult.from_restore(Path(last.path), last.at, rows, differences, 2.4)
    dialog.show_result(done)
    return dialog
