"""The worklist of one user as of its last reading, for the Today screen."""

from collections.abc import Callable, Collection, Iterable, Sequence
from threading import Lock

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import WorklistItem
from ioms_desktop.domain.errors import NotReadYet, Refused
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.cases.owed.lines import OwedLines
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.session import Session

EARLIER_LIST = "cases, earlier list"
"""Beside the number of cases evaluated, while the list from before them is still shown."""
NOT_READ_YET_MESSAGE = "What is owed has not been worked out yet. It is shown here when every case has been looked at."


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
        self._changes = _Changes()
        self._lines: OwedLines | None = None
        self.day = session.today()

    @property
    def was_read(self) -> bool:
        """Whether the list has been read."""
        return self._lines is not None

    @property
    def is_due(self) -> bool:
        """Whether the list has changed by the clock since it was read, or has to be read again in any event."""
        return self._session.clock() >= self._owed.due_at

    def note_changed(self, cases: Collection[str] | None) -> None:
        """Note the only cases that an act changed, for the next reading; None where any may have changed."""
        self._changes.note(cases)

    def note_keys(self, keys: Collection[str], key_of: Callable[[str], str]) -> None:
        """Note the cases that somebody else changed, by their digests.

        Args:
            keys: The digests.
            key_of: Returns the digest of a case by its reference.
        """
        self._changes.note_keys(keys, key_of)

    def read(self, progress: ProgressCallback = no_progress) -> OwedLines:
        """Read the whole worklist, as `read_changed` reads what was noted as changed."""
        self.note_changed(None)
        return self.read_changed(progress)

    def read_changed(self, progress: ProgressCallback = no_progress) -> OwedLines:
        """Read what was noted as changed; what is owed is shown once it is passed to `replace_lines`.

        After a reading that was stopped or refused the next one reads the same; after a fault, everything anew.

        Args:
            progress: As for `OwedWork.read`; where an earlier list is still shown, it is told so.

        Raises:
            NotAllowed: The user may not read cases.
        """
        stops: list[BaseException] = []

        def report(done: int, total: int, step: str = "", /) -> None:
            try:
                progress(done, total, EARLIER_LIST if self.was_read else step)
            except BaseException as stop:
                stops.append(stop)
                raise

        with self._lock:
            changed = self._changes.take(self._owed.known_cases)
            try:
                return self._owed.read(report, changed)
            except BaseException as error:
                is_fault = not isinstance(error, Refused) and error not in stops
                if is_fault:
                    self._owed.begin_anew()
                self._changes.note(None if is_fault else changed)  # nothing was read: the next reading has to
                raise

    def replace_lines(self, read: OwedLines) -> None:
        """Replace the list by one that was read."""
        self.day, self._lines = read.day, read

    def ids(
        self, text: str, duties: frozenset[str], *, mine: bool, given: bool = False, descending: bool = False
    ) -> Sequence[int]:
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
        found = self._lines.ids(text, duties, mine=mine, given=given)
        return found[::-1] if descending else found

    def rows(self, ids: Iterable[int]) -> list[WorklistItem]:
        """Return some items; those no longer due are left out."""
        return [] if self._lines is None else self._lines.rows(ids)

    def counts(self) -> tuple[int, int, int]:
        """Count the items that are late, due today, and due within seven days, as of the day of the list."""
        return (0, 0, 0) if self._lines is None else self._lines.counts()


class _Changes:
    """What changed since the last reading: some cases, or anything."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cases: set[str] | None = None
        self._keys: set[str] = set()
        self._key_of: Callable[[str], str] | None = None
        self._case_of: dict[str, str] = {}

    def note(self, cases: Collection[str] | None) -> None:
        with self._lock:
            self._cases = None if cases is None or self._cases is None else self._cases | set(cases)

    def note_keys(self, keys: Collection[str], key_of: Callable[[str], str]) -> None:
        with self._lock:
            self._keys |= set(keys)
            self._key_of = key_of

    def take(self, known: Collection[str]) -> set[str] | None:
        """Return what was noted, and begin anew with nothing.

        Args:
            known: The cases that the user sees. A digest that matches none of them may be a new case, or one that has
                just become visible, so everything is read.
        """
        with self._lock:
            cases, keys, key_of = self._cases, self._keys, self._key_of
            self._cases, self._keys = set(), set()
        if cases is None or not keys or key_of is None:
            return cases
        if not keys <= self._case_of.keys():
            self._case_of = {key_of(ref): ref for ref in known}
        return cases | {self._case_of[key] for key in keys} if keys <= self._case_of.keys() else None
