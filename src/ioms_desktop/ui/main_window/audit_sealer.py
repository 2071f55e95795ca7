"""Seal the audit trail while a window is open: at the start, every minute, and at the end."""

import threading
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from ioms_desktop.services.audit.audit import try_seal_audit
from ioms_desktop.services.session import Session
from ioms_desktop.ui.tasks import Tasks, ignore

SEAL_INTERVAL_MS = 60_000  # once a minute
FINAL_SEAL_TIMEOUT_S = 2.0  # longest wait when a window closes; the next session seals what is left


class AuditSealer(QObject):
    """Seals the audit trail at intervals for as long as a window is open."""

    def __init__(self, session: Session, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._tasks = session, tasks
        self._timer = QTimer(self)
        self._timer.setInterval(SEAL_INTERVAL_MS)
        self._timer.timeout.connect(self.seal)
        self._timer.start()
        self.seal()

    @Slot()
    def seal(self) -> None:
        """Seal complete entries in the background, without a message."""
        # The result is not needed: it makes no difference whether there was anything to seal.
        self._tasks.latest(self, "seal", partial(try_seal_audit, self._session), ignore)

    def seal_and_stop(self) -> None:
        """Seal complete entries and stop; waits no longer than ``FINAL_SEAL_TIMEOUT_S``."""
        self._timer.stop()
        last = threading.Thread(target=try_seal_audit, args=(self._session,), daemon=True)
        last.start()
        last.join(FINAL_SEAL_TIMEOUT_S)
