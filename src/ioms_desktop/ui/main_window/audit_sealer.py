"""Seal the audit trail while a window is open: at the start, every minute, and at the end.

Every time it is asked whether the clock moved back, which the seal records.
"""

import threading
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ioms_desktop.services.audit.audit import try_seal_audit
from ioms_desktop.services.audit.clock import check_clock
from ioms_desktop.services.session import Session
from ioms_desktop.ui.tasks import Tasks

SEAL_INTERVAL_MS = 60_000  # once a minute
FINAL_SEAL_TIMEOUT_S = 2.0  # longest wait when a window closes; the next session seals what is left


class AuditSealer(QObject):
    """Seals the audit trail at intervals for as long as a window is open.

    Signals:
        clock_moved_back: The clock moved back since sign-in; carries the sentence for the user, once.
    """

    clock_moved_back = Signal(str)

    def __init__(self, session: Session, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._tasks = session, tasks
        self._told = set(session.warnings)
        self._timer = QTimer(self)
        self._timer.setInterval(SEAL_INTERVAL_MS)
        self._timer.timeout.connect(self.seal)
        self._timer.start()
        self.seal()

    @Slot()
    def seal(self) -> None:
        """Seal complete entries in the background; only a clock that moved back is told."""
        self._tasks.latest(self, "seal", partial(_seal_and_check_clock, self._session), self._tell_clock)

    def _tell_clock(self, warning: str) -> None:
        if warning and warning not in self._told:
            self._told.add(warning)
            self.clock_moved_back.emit(warning)

    def seal_and_stop(self) -> None:
        """Seal complete entries and stop; waits no longer than ``FINAL_SEAL_TIMEOUT_S``."""
        self._timer.stop()
        last = threading.Thread(target=try_seal_audit, args=(self._session,), daemon=True)
        last.start()
        last.join(FINAL_SEAL_TIMEOUT_S)


def _seal_and_check_clock(session: Session) -> str:
    try_seal_audit(session)
    return check_clock(session)
