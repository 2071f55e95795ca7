"""The main window: the frame, its actions and its background work."""

from collections.abc import Sequence

from PySide6.QtCore import QSettings, Slot
from PySide6.QtGui import QResizeEvent
from typing_extensions import override

from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions.actions import UserAction
from ioms_desktop.ui.actions.intake_actions import NEW_PERSON
from ioms_desktop.ui.actions.loaders import TYPED_NAME
from ioms_desktop.ui.actions.lock_shortcut import LockShortcut
from ioms_desktop.ui.main_window.audit_sealer import AuditSealer
from ioms_desktop.ui.main_window.backup_actions import show_backup_reminder
from ioms_desktop.ui.main_window.frame import WindowFrame
from ioms_desktop.ui.main_window.live_updates import LiveUpdates
from ioms_desktop.ui.main_window.window_actions import window_actions
from ioms_desktop.ui.tasks import Tasks

STATUS_BAR_FROM_PX = 380
"""A window lower than this has no status bar, which only repeats who signed in to what."""


class MainWindow(WindowFrame):
    """The window in which a signed-in user works."""

    def __init__(self, session: Session, settings: QSettings, tasks: Tasks | None = None) -> None:
        """Build the window, show the first screen and follow the changes of other users.

        Args:
            session: The signed-in user's session.
            settings: Sizes, columns and views, kept between sessions.
            tasks: Runs background work; a new one when None.
        """
        super().__init__(session, settings, tasks)
        self.lock_shortcut = LockShortcut(self, self.user_actions)
        self.audit_sealer = AuditSealer(session, self.tasks, self)
        self.audit_sealer.clock_moved_back.connect(self.messages.caution)
        self.live_updates = LiveUpdates(self)
        self.quick_search.new_person_requested.connect(self._record_new_person)
        show_backup_reminder(self)

    @Slot(str)
    def _record_new_person(self, typed: str) -> None:
        """Begin a new person with a name that was searched for without success."""
        self.services.dialogs.launch(NEW_PERSON, given={TYPED_NAME: typed})

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.statusBar().setVisible(self.height() >= STATUS_BAR_FROM_PX)
        self.top_row.fit(self.size())

    @override
    def _make_actions(self) -> Sequence[UserAction]:
        return window_actions(self)

    @override
    def _end_background_work(self) -> None:
        self.live_updates.close()
        super()._end_background_work()
        self.audit_sealer.seal_and_stop()
