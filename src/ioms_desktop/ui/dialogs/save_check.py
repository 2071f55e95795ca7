"""Did my save land? Asked of the database by the command's own number, again and again until it answers."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

RETRY_INTERVAL_MS = 3_000


class SaveOutcomeCheck(QObject):
    """Finds out whether one command was done.

    Signals:
        confirmed: It was; with what it answered.
        not_saved: It was not, and will not be by anything sent so far.
        still_unreachable: The database does not answer yet; with the sentence that says so.
    """

    confirmed = Signal(object)
    not_saved = Signal()
    still_unreachable = Signal(str)

    def __init__(self, session: Session, tasks: Tasks, request: str, parent: QObject) -> None:
        """Prepare to ask.

        Args:
            session: Who sent the command.
            tasks: Where it is asked.
            request: The command's number.
            parent: The dialog that sent it.
        """
        super().__init__(parent)
        self._tasks = tasks
        self.query_outcome: Callable[[], Outcome | None] = partial(find_outcome, session, request)
        self._is_checking = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(RETRY_INTERVAL_MS)
        self.timer.timeout.connect(self.check)

    def start(self) -> None:
        """Ask in a few seconds, and until there is an answer."""
        self.timer.start()

    @Slot()
    def check(self) -> None:
        """Ask now."""
        if not self._is_checking:
            self._is_checking = True
            self.timer.stop()
            self._tasks.run(self, self.query_outcome, self._answered, self._retry_later, self._failed)

    def _answered(self, outcome: Outcome | None) -> None:
        self._is_checking = False
        if outcome is None:
            self.not_saved.emit()
        else:
            self.confirmed.emit(outcome)
        self.deleteLater()

    def _retry_later(self, sentence: str) -> None:
        self._is_checking = False
        self.timer.start()
        self.still_unreachable.emit(sentence)

    def _failed(self, reference: str) -> None:
        self._retry_later(f"The database could not be asked. Your entry is kept. The reference is {reference}.")
