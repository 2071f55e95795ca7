"""The worklist of one user as of its last reading, for the Today screen."""

from collections.abc import Iterable, Mapping
from datetime import date
from threading import Lock
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import NotReadYet
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.search.text_filter import TextFilter
from ioms_desktop.services.cases.today import LOOK_AHEAD, OwedWork, WorklistItem
from ioms_desktop.services.session import Session

EARLIER_LIST = "cases, earlier list"
"""Beside the number of cases evaluated, while the list from before them is still shown."""
NOT_READ_YET_MESSAGE = "What is owed has not been worked out yet. It is shown here when every case has been looked at."


class WorkOfDay(NamedTuple):
    """The lines of a reading by their numbers, and the day of which they are."""

    day: date
    lines: Mapping[int, WorklistItem]


class Worklist:
    """The worklist of one user as of its last reading; it stays until the next reading replaces it.

    A line keeps its number as long as it is owed, so that a selection survives reading again. Safe between threads.

    Attributes:
        day: The day of which the lines are.
    """

    def __init__(self, session: Session) -> None:
        """Start with an empty list."""
        self._session = session
        self._lock = Lock()
        self._owed = OwedWork(session)
        self._lines: Mapping[int, WorklistItem] | None = None
        self.day = session.today()

    @property
    def was_read(self) -> bool:
        """Whether the list has been read."""
        return self._lines is not None

    def read(self, progress: ProgressCallback = no_progress) -> WorkOfDay:
        """Read the worklist; it is shown once it is passed to `replace_lines`.

        Args:
            progress: As for `OwedWork.read`; where an earlier list is still shown, it is told so.

        Raises:
            NotAllowed: The user may not read cases.
        """

        def beside_earlier(done: int, total: int, _step: str = "", /) -> None:
            progress(done, total, EARLIER_LIST)

        with self._lock:
            lines = self._owed.read(beside_earlier if self.was_read else progress)
            return WorkOfDay(self._owed.day, {line.id: line for line in lines})

    def replace_lines(self, read: WorkOfDay) -> None:
        """Replace the list by one that was read."""
        self.day, self._lines = read

    def ids(
        self, text: str, duties: frozenset[str], *, mine: bool, given: bool = False, descending: bool = False
    ) -> list[int]:
        """Return the numbers of the matching items, the most urgent first.

        Args:
            text: Beginnings of words of name, reference, worker or sentence, in any order; nothing for all.
            duties: Only these; nothing for all.
            mine: Only lines that name the user.
            given: Only actions that the user gave to others; with `mine` the lines of either kind.
            descending: Whether the order is turned round.

        Raises:
            NotAllowed: The user may not read cases.
            Refused: Nothing has been read yet.
        """
        self._session.require(Right.READ_CASES)
        if self._lines is None:
            raise NotReadYet(NOT_READ_YET_MESSAGE)
        typed = TextFilter(text)
        found = [
            line.id
            for line in self._lines.values()
            if (not duties or line.duty in duties)
            and (not (mine or given) or (mine and line.is_own) or (given and line.is_given))
            and typed.matches(_searched_text(line))
        ]
        return found[::-1] if descending else found

    def rows(self, ids: Iterable[int]) -> list[WorklistItem]:
        """Return some items; those no longer due are left out."""
        known = self._lines or {}
        return [known[number] for number in ids if number in known]

    def counts(self) -> tuple[int, int, int]:
        """Count the items that are late, due today, and due within seven days, as of the day of the list."""
        days = [(line.due_on - self.day).days for line in (self._lines or {}).values() if line.due_on is not None]
        return (
            sum(left < 0 for left in days),
            sum(left == 0 for left in days),
            sum(0 < left <= LOOK_AHEAD.days for left in days),
        )


def _searched_text(line: WorklistItem) -> str:
    return f"{line.name} {line.case_ref or ''} {line.worker or ''} {line.description}"
