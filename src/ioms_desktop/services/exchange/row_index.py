"""The rows of one table by their keys, in little memory: an import may have a million of them."""

from array import array
from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome


class RowPlace(NamedTuple):
    """A row of an import."""

    report: FileReport
    place: int

    @property
    def outcome(self) -> int:
        """What becomes of it, as `RowOutcome`."""
        return self.report.outcomes[self.place]

    @property
    def line(self) -> int:
        """The line on which it starts."""
        return self.report.lines[self.place]


class RowIndex:
    """The first row with each key. Rows are numbered through, so that a number stands for a row."""

    def __init__(self) -> None:
        """Begin without a row."""
        self._first: dict[Any, int] = {}
        self._values = array("q")
        self._starts: list[tuple[int, FileReport]] = []

    def add(self, key: Any, report: FileReport, values_hash: int) -> int:  # noqa: ANN401 - a key is text, or parts
        """Add the next row of a report; return the number of the first row with its key."""
        if not self._starts or self._starts[-1][1] is not report:
            self._starts.append((len(self._values), report))
        self._values.append(values_hash)
        return self._first.setdefault(key, len(self._values) - 1)

    @property
    def newest(self) -> int:
        """The number of the row added last."""
        return len(self._values) - 1

    def values_hash(self, number: int) -> int:
        """The hash of a row's values."""
        return self._values[number]

    def number(self, report: FileReport, place: int) -> int:
        """Return the number of a row that was added."""
        return next(start for start, each in reversed(self._starts) if each is report) + place

    def row(self, number: int) -> RowPlace:
        """Find a row by its number."""
        start, report = next(each for each in reversed(self._starts) if each[0] <= number)
        return RowPlace(report, number - start)

    def first(self, key: Any) -> RowPlace | None:  # noqa: ANN401 - as above
        """Find the first row with a key."""
        number = self._first.get(key)
        return None if number is None else self.row(number)

    def alike(self, likenesses: Container[str]) -> Iterator[tuple[str, RowPlace]]:
        """Find the first row with each reference that is like one of those given, in order of rows."""
        for ref, number in self._first.items():
            if isinstance(ref, str) and reference_likeness(ref) in likenesses:
                yield ref, self.row(number)

    def is_accepted(self, key: Any) -> bool:  # noqa: ANN401 - as above
        """Whether a row with a key is accepted; of two that contradict each other neither is."""
        found = self.first(key)
        return found is not None and found.outcome != RowOutcome.REJECTED
