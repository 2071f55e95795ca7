"""Run garbage collection from a timer on the interface thread; automatic collection is disabled.

Python collects on whichever thread allocates memory. A window that is part of a cycle would then be destroyed on a
worker's thread, and Qt would end the process. The youngest generation is collected often, the middle one occasionally,
all of them rarely.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

CHECK_INTERVAL_MS = 500
MIDDLE_EVERY_CHECKS = 20
FULL_EVERY_CHECKS = 600  # checks; five minutes


class GarbageCollectionTimer(QObject):
    """Checks at intervals whether there is enough to collect."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Disable automatic collection; keep this object for as long as there are windows."""
        super().__init__(parent)
        gc.disable()
        self._checks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(CHECK_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    @Slot()
    def collect_if_due(self) -> None:
        """Collect the generations that are due, if there is anything new."""
        self._checks += 1
        if gc.get_count()[0] <= gc.get_threshold()[0]:
            return
        if self._checks >= FULL_EVERY_CHECKS:
            self._checks = 0
            # Never call gc.freeze() here: it would keep an open case in memory until the program ends. The objects made
            # at start-up are frozen once, before any record is read (app.Windows.main).
            gc.collect()
        else:
            gc.collect(1 if self._checks % MIDDLE_EVERY_CHECKS == 0 else 0)
