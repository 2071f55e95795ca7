"""Run garbage collection from a timer on the interface thread; automatic collection is disabled.

Python collects on whichever thread allocates memory. A window that is part of a cycle would then be destroyed on a
worker's thread, and Qt would end the process. The youngest generation is collected often, the middle one occasionally,
all of them rarely: that goes through everything that is in memory, so it waits until nobody types.
"""

import gc
import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

CHECK_INTERVAL_MS = 500
MIDDLE_EVERY_CHECKS = 20
FULL_EVERY_CHECKS = 600  # checks; five minutes
LATEST_FULL_CHECKS = 3600  # checks; half an hour, after which it waits for nobody
QUIET_S = 4.0
"""Seconds without a key or a movement of the mouse, after which nobody waits for the window."""


class GarbageCollectionTimer(QObject):
    """Checks at intervals whether there is enough to collect."""

    def __init__(self, parent: QObject | None = None, idle_seconds: Callable[[], float] = lambda: math.inf) -> None:
        """Disable automatic collection; keep this object for as long as there are windows.

        Args:
            parent: The Qt parent.
            idle_seconds: For how long keyboard and mouse have not been used.
        """
        super().__init__(parent)
        self._idle_seconds = idle_seconds
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
        young, *older = gc.get_count()
        is_much = young > gc.get_threshold()[0]
        if self._is_full_due and (is_much or any(older)):
            self._checks = 0
            # Never call gc.freeze() here: it would keep an open case in memory until the program ends. The objects made
            # at start-up are frozen once, before any record is read (`app.WindowManager.show_main_window`).
            gc.collect()
        elif is_much:
            gc.collect(1 if self._checks % MIDDLE_EVERY_CHECKS == 0 else 0)

    @property
    def _is_full_due(self) -> bool:
        waited = self._checks >= FULL_EVERY_CHECKS
        return waited and (self._checks >= LATEST_FULL_CHECKS or self._idle_seconds() >= QUIET_S)
