"""Automatic garbage collection is disabled; a timer on the interface thread runs it instead.

Python collects on whichever thread happens to allocate. A window that is part of a cycle would then be destroyed on a
worker's thread, and Qt ends the process. The youngest generation is collected often, the middle one now and then, all
of them seldom.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

MILLISECONDS = 500
MIDDLE_EVERY = 20
ALL_EVERY = 600  # looks; five minutes


class Collecting(QObject):
    """Looks now and then whether there is enough to collect."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take the collector over; keep this object as long as there are windows."""
        super().__init__(parent)
        gc.disable()
        self._looks = 0
        self._timer = QTimer(self)
        self._timer.setInterval(MILLISECONDS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect what is due, where there is anything new."""
        self._looks += 1
        if gc.get_count()[0] <= gc.get_threshold()[0]:
            return
        if self._looks >= ALL_EVERY:
            self._looks = 0
            # Never gc.freeze() here: a case that is open now would be kept in memory, with its record, until the
            # program ends. What start-up made is frozen once, before anybody's record is read (app.Windows.main).
            gc.collect()
        else:
            gc.collect(1 if self._looks % MIDDLE_EVERY == 0 else 0)
