"""Automatic garbage collection is disabled; a timer on the interface thread runs it instead.

Python collects on whichever thread happens to allocate. A window that is part of a cycle would then be destroyed on a
worker's thread, and Qt ends the process. The youngest generation is collected often, the middle one now and then, all
of them seldom.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

CHECK_INTERVAL_MS = 500
MIDDLE_EVERY_CHECKS = 20
FULL_EVERY_CHECKS = 600  # looks; five minutes


class GarbageCollectionTimer(QObject):
    """Looks now and then whether there is enough to collect."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take the collector over; keep this object as long as there are windows."""
        super().__init__(parent)
        gc.disable()
        self._checks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    @Slot()
    def collect_if_due(self) -> None:
        """Collect what is due, where there is anything new."""
        self._checks += 1
        if gc.get_count()[0] <= gc.get_threshold()[0]:
            return
        if self._checks >= FULL_EVERY_CHECKS:
            self._checks = 0
            # Never gc.freeze() here: a case that is open now would be kept in memory, with its record, until the
            # program ends. What start-up made is frozen once, before anybody's record is read (app.Windows.main).
            gc.collect()
        else:
            gc.collect(1 if self._checks % MIDDLE_EVERY_CHECKS == 0 else 0)
