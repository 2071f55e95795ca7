"""Finds entries that the rows of people in the same folder contradict: a current address that is not their person's."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import CURRENT_VALUES, JOINT, CurrentValue, Value
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.exchange.row_index import RowPlace

OTHERWISE = (
    "This entry is current and says {said}, but {columns} in {place} does not. Write the same in both, give this entry "
    "its last day, or leave {columns} out of that file."
)
KEPT = (
    "{columns} in {place} leaves out {said}, which this entry has as current. It is kept; write it there too, or leave "
    "{columns} out of that file, before these files are imported again."
)
WOULD_END = (
    "{columns} leaves out {said}, which {place} has as current. Write it here too, give that entry its last day, or "
    "leave {columns} out of this file."
)
_NAMES = [column.name for column in columns_of(Person)]
_REF_PLACE = _NAMES.index("person_ref")


class _Sent(NamedTuple):
    """The columns of a dated set that a file of people has, their places in a row, and in what an entry says."""

    current: CurrentValue
    columns: tuple[str, ...]
    row_places: tuple[int, ...]
    entry_places: tuple[int, ...]


class UnlikeColumns:
    """What the rows of people in a folder say in the columns that have the current values of dated sets.

    A folder may say otherwise of one person there and in their current entries. What cannot be kept beside the other
    is refused, and so is what would end an entry when the folder is imported again. Of what was said only a hash is
    kept, because a folder may have a million people.
    """

    def __init__(self) -> None:
        """Begin without a row."""
        self._sent: dict[FileReport, list[_Sent]] = {}
        self._said: set[int] = set()

    def note(self, report: FileReport, values: Sequence[Any], absent: Sequence[int]) -> None:
        """Note a row of a person; of columns that are absent from its file nothing is said."""
        if report not in self._sent:
            self._sent[report] = [sent for current in CURRENT_VALUES if (sent := _sent(current, absent)).columns]
        ref = values[_REF_PLACE]
        self._said.add(hash(ref))
        for sent in self._sent[report]:
            value = tuple([values[place] for place in sent.row_places])
            if any(value):
                self._said.add(hash((ref, sent.columns)))
                self._said.update(hash((ref, sent.columns, part)) for part in sent.current.parts(value))

    def check(self, at: RowPlace, entry: Any, stored: Any, person: RowPlace) -> None:  # noqa: ANN401 - of any set
        """Compare an entry with the row of its person, and refuse or warn of what they say differently.

        Args:
            at: The entry's row.
            entry: The entry as it is to be.
            stored: As it is stored; None where it is new.
            person: The row of its person.
        """
        if hash(entry.person_ref) not in self._said:  # their row is rejected
            return
        for sent in self._sent.get(person.report, ()):
            value = sent.current.current(entry)
            if value is None or self._says(entry.person_ref, sent, value):
                continue
            said = JOINT.join(filter(None, value))
            leaves_room = bool(sent.current.separators) or hash((entry.person_ref, sent.columns)) not in self._said
            if stored is None or stored.person_ref != entry.person_ref or sent.current.current(stored) != value:
                if leaves_room:
                    at.report.warn(at.place, Finding("to_on", "", _describe(KEPT, said, sent, person)))
                else:
                    at.report.reject(at.place, Finding("to_on", "", _describe(OTHERWISE, said, sent, person)))
            elif leaves_room and person.outcome != RowOutcome.UNCHANGED:
                person.report.reject(person.place, Finding(sent.columns[0], "", _describe(WOULD_END, said, sent, at)))

    def _says(self, ref: str, sent: _Sent, value: Value) -> bool:
        """Whether the columns say what an entry says in their place."""
        shown = tuple([value[place] for place in sent.entry_places])
        parts = sent.current.parts(shown) if any(shown) else ()
        return all(hash((ref, sent.columns, part)) in self._said for part in parts)


def _sent(current: CurrentValue, absent: Sequence[int]) -> _Sent:
    places = [(_NAMES.index(name), place) for place, name in enumerate(current.columns)]
    sent = [each for each in places if each[0] not in absent]
    row_places, entry_places = tuple(row for row, _ in sent), tuple(place for _, place in sent)
    return _Sent(current, tuple(current.columns[place] for place in entry_places), row_places, entry_places)


def _describe(words: str, said: str, sent: _Sent, other: RowPlace) -> str:
    columns, place = " and ".join(sent.columns), f"line {other.line} of {other.report.file}"
    return words.format(said=said, columns=columns, place=place)
