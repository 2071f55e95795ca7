"""Did my save land? Asked of the database by the command's own number, again and again until it answers."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.session import Desk, Outcome
from ioms_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = 3_000


class Landing(QObject):
    """Finds out whether one command was done.

    Signals:
        found: It was; with what it answered.
        absent: It was not, and will not be by anything sent so far.
        away: The database does not answer yet; with the sentence that says so.
    """

    found = Signal(object)
    absent = Signal()
    away = Signal(str)

    def __init__(self, desk: Desk, tasks: Tasks, request: str, parent: QObject) -> None:
        """Prepare to ask.

        Args:
            desk: Who sent the command.
            tasks: Where it is asked.
            request: The command's number.
            parent: The dialog that sent it.
        """
        super().__init__(parent)
        self._tasks = tasks
        self.ask: Callable[[], Outcome | None] = partial(find_outcome, desk, request)
        self._asking = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(EVERY)
        self.timer.timeout.connect(self.look)

    def start(self) -> None:
        """Ask in a few seconds, and until there is an answer."""
        self.timer.start()

    @Slot()
    def look(self) -> None:
        """Ask now."""
        if not self._asking:
            self._asking = True
            self.timer.stop()
            self._tasks.run(self, self.ask, self._told, self._not_yet, self._failed)

    def _told(self, outcome: Outcome | None) -> None:
        self._asking = False
        if outcome is None:
            self.absent.emit()
        else:
            self.found.emit(outcome)
        self.deleteLater()

    def _not_yet(self, sentence: str) -> None:
        self._asking = False
        self.timer.start()
        self.away.emit(sentence)

    def _failed(self, reference: str) -> None:
        self._not_yet(f"The database could not be asked. Your entry is kept. The reference is {reference}.")
