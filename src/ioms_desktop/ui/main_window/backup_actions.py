"""The administrator's actions for backups, and the reminder that a backup is due."""

from functools import partial

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.ui.actions.actions import ADMINISTRATION_MENU, UserAction
from ioms_desktop.ui.main_window.frame import WindowFrame


def backup_actions(window: WindowFrame) -> tuple[UserAction, ...]:
    """Return the actions; none unless the user is an administrator."""
    if not may(window.session.role, Right.ADMINISTER):
        return ()
    return (
        UserAction(
            "backup.make",
            "&Back up now…",
            partial(back_up_now, window),
            icon="save",
            menu=ADMINISTRATION_MENU,
            keywords="copy safe save",
            help="A proved copy of the whole file, while everybody goes on working.",
        ),
        UserAction(
            "backup.rehearse",
            "&Rehearse a restore…",
            partial(rehearse_restore, window),
            icon="history",
            menu=ADMINISTRATION_MENU,
            keywords="backup try test bring back",
            help="Brings the newest backup back where nobody sees it, and says how long that took.",
        ),
    )


def back_up_now(window: WindowFrame) -> None:
    """Open the backup dialog; for a shared database, explain that its server is backed up elsewhere."""
    if _warn_if_server_backups(window):
        return
    from ioms_desktop.ui.database.backups import BackUpDialog  # noqa: PLC0415 - needed only for a backup

    BackUpDialog(window.session, window.tasks, window).open()


def rehearse_restore(window: WindowFrame) -> None:
    """Open the dialog that tests a restore; for a shared database, explain that its server is backed up elsewhere."""
    if _warn_if_server_backups(window):
        return
    from ioms_desktop.ui.database.backups import RehearseRestoreDialog  # noqa: PLC0415 - needed only to test a restore

    RehearseRestoreDialog(window.session, window.tasks, window).open()


def _warn_if_server_backups(window: WindowFrame) -> bool:
    if not is_shared(window.session.store.location):
        return False
    from ioms_desktop.services.database.backups import SHARED_BACKUP_MESSAGE  # noqa: PLC0415 - needed only for a shared database

    window.messages.caution(SHARED_BACKUP_MESSAGE)
    return True


def show_backup_reminder(window: WindowFrame) -> None:
    """Remind an administrator that a backup of a local file is due."""
    if not may(window.session.role, Right.ADMINISTER) or is_shared(window.session.store.location):
        return
    from ioms_desktop.services.database.backups import backup_reminder  # noqa: PLC0415 - needed only for administrators

    def tell(words: str) -> None:
        if words and not window.messages.isVisible():
            window.messages.caution(words, "Back up &now…", partial(back_up_now, window))

    window.tasks.run(window, partial(backup_reminder, window.session), tell)
