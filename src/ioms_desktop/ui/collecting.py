"""Garbage in cycles is collected on the interface thread alone.

Python collects on whichever thread happens to allocate. A window that is part of a cycle would then die on a worker's
thread, and Qt brings the process down. So the collector's own hour is taken from it and given to a timer.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

MILLISECONDS = 2_000


class Collecting(QObject):
    """Looks now and then whether there is enough to collect, generation by generation, as Python itself would."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take the collector over; keep this object as long as there are windows."""
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(MILLISECONDS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect what Python would have collected by now."""
        for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if not most or count <= most:
                return
            gc.collect(generation)
