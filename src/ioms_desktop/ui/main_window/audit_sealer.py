"""The audit is sealed while people work: on coming, every minute, and on leaving."""

import threading
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot

from ioms_desktop.services.audit.audit import try_seal_audit
from ioms_desktop.services.session import Session
from ioms_desktop.ui.tasks import Tasks, ignore

SEAL_INTERVAL_MS = 60_000  # milliseconds
FINAL_SEAL_TIMEOUT_S = 2.0  # seconds for which a window that closes waits; the next one who comes seals what is left


class AuditSealer(QObject):
    """Seals for as long as a window is open."""

    def __init__(self, session: Session, tasks: Tasks, parent: QObject) -> None:
        """Seal at once, and then again and again.

        Args:
            session: Who works.
            tasks: The one door to a thread.
            parent: With what it ends.
        """
        super().__init__(parent)
        self._session, self._tasks = session, tasks
        self._timer = QTimer(self)
        self._timer.setInterval(SEAL_INTERVAL_MS)
        self._timer.timeout.connect(self.seal)
        self._timer.start()
        self.seal()

    @Slot()
    def seal(self) -> None:
        """Seal what is finished; nobody is told."""
        # Whether there was anything to seal does not matter here.
        self._tasks.latest(self, "seal", partial(try_seal_audit, self._session), ignore)

    def seal_and_stop(self) -> None:
        """Seal what is finished, and wait for it, but not for long."""
        self._timer.stop()
        last = threading.Thread(target=try_seal_audit, args=(self._session,), daemon=True)
        last.start()
        last.join(FINAL_SEAL_TIMEOUT_S)
