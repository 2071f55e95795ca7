"""Keeps the columns of a person and their dated sets saying the same, whichever of them was written.

A column such as `people.address` has the current value: that of the entry of its set without a last day.
`CURRENT_VALUES` declares which column goes with which set; `settle` is the one rule that brings both together again. A
shared database refuses what disagrees at the end of a transaction.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import InvalidText
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.addresses import HOME_ADDRESS, OWN_PHONE, Address
from ioms_desktop.domain.records.person_sets.care import (
    CARER_SEPARATORS,
    COMMUNICATION,
    EXPLOITATION,
    LANGUAGE,
    MARKER_SEPARATORS,
    NEED_SEPARATORS,
    Carer,
    CareStatus,
    PersonNeed,
    SafeguardingCheck,
    WarningMarker,
    carer_fields,
)
from ioms_desktop.domain.records.person_sets.names import (
    ALIAS,
    CURRENT_NAME_KINDS,
    FORMER_NAME,
    NAME_SEPARATORS,
    PersonName,
)
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.record import Record

Value = tuple[str | None, ...]
"""What one entry says, as the person's columns say it."""
MAX_COLUMN_CHARS = 2_000
JOINT = "; "
FORM_SOURCE = "Person's details"
"""The source of an entry that was made because a column of the person was changed."""
IMPORT_SOURCE = "Imported with the person"
FIRST_SOURCE = "Person's details as they were before"
"""The source of an entry that was made when its set began. It has one of its own: changing it corrects no slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentValue:
    """A column of a person, or several that belong together, and the dated set that it has the current value of.

    Attributes:
        record_type: The type of the set's entries.
        columns: The person's columns.
        value_of: What an entry says.
        fields_of: The fields of an entry that says a value.
        kinds: The kinds of entries that count; none for all of them.
        separators: What stands between several values in the column; empty where it has one value.
    """

    record_type: type[Record]
    columns: tuple[str, ...]
    value_of: Callable[[Any], Value]
    fields_of: Callable[[Value], dict[str, Any]]
    kinds: frozenset[str] = frozenset()
    separators: str = ""

    def counts(self, record: Any) -> bool:  # noqa: ANN401 - of the set's own type
        """Whether an entry is of the kind that the column has the current value of."""
        return isinstance(record, self.record_type) and (not self.kinds or getattr(record, "kind", "") in self.kinds)

    def current(self, record: Any) -> Value | None:  # noqa: ANN401 - of the set's own type
        """What an entry says if it is current; None if it is former, of another kind, says nothing or is not there."""
        if not self.counts(record) or record.to_on is not None:
            return None
        value = self.value_of(record)
        return None if all(part is None for part in value) else value

    def parts(self, value: Value) -> tuple[Value, ...]:
        """The values that a column would take a value for: itself, or several where it contains a separator."""
        return tuple((part,) for part in split_values(value[0], self.separators)) if self.separators else (value,)

    def said_by(self, person: Person | None) -> tuple[Value, ...]:
        """What the person's columns say: no value, one, or several where the column may have several."""
        if person is None:
            return ()
        texts = tuple([getattr(person, name) for name in self.columns])
        return () if texts == (None,) * len(texts) else self.parts(texts)

    def write(self, person: Person, values: Sequence[Value]) -> Person:
        """Return a person whose columns say these values.

        Raises:
            InvalidText: The text would be longer than a column may be.
        """
        values = [part for value in values for part in self.parts(value)]
        if not self.separators:
            only: Value = values[0] if values else (None,) * len(self.columns)
            texts = dict(zip(self.columns, only, strict=True))
            return replace(person, **texts)  # type: ignore[arg-type]  # texts by field name
        said = self.said_by(person)
        kept = [value for value in said if value in values]
        text = JOINT.join(dict.fromkeys(str(value[0]) for value in (*kept, *values)))
        if len(text) > MAX_COLUMN_CHARS:
            raise InvalidText("There are too many current entries of this kind. Nothing was saved; end one first.")
        return replace(person, **{self.columns[0]: text or None})  # type: ignore[arg-type]  # as above


def split_values(text: str | None, separators: str) -> tuple[str, ...]:
    """Split a column with several values; only blanks around them are taken off, as a server does."""
    plain = (text or "").translate(str.maketrans(separators, separators[0] * len(separators)))
    return tuple(dict.fromkeys(part for each in plain.split(separators[0]) if (part := each.strip(" "))))


def _of_address(address: Address) -> Value:
    return address.address, address.postcode


ALIASES = CurrentValue(
    record_type=PersonName,
    columns=("known_as",),
    value_of=lambda entry: (entry.name,),
    fields_of=lambda value: {"kind": ALIAS, "name": value[0]},
    kinds=CURRENT_NAME_KINDS,
    separators=NAME_SEPARATORS,
)
HOME = CurrentValue(
    record_type=Address,
    columns=("address", "postcode"),
    value_of=_of_address,
    fields_of=lambda value: {"kind": HOME_ADDRESS, "address": value[0], "postcode": value[1]},
    kinds=frozenset({HOME_ADDRESS}),
)
PHONE = CurrentValue(
    record_type=Address,
    columns=("phone",),
    value_of=lambda entry: (entry.address,),
    fields_of=lambda value: {"kind": OWN_PHONE, "address": value[0]},
    kinds=frozenset({OWN_PHONE}),
)
MARKERS = CurrentValue(
    record_type=WarningMarker,
    columns=("warning_markers",),
    value_of=lambda entry: (entry.marker,),
    fields_of=lambda value: {"marker": value[0]},
    separators=MARKER_SEPARATORS,
)
CARERS = CurrentValue(
    record_type=Carer,
    columns=("parent_or_carer",),
    value_of=lambda entry: (entry.said,),
    fields_of=lambda value: carer_fields(str(value[0])),
    separators=CARER_SEPARATORS,
)


def _need(column: str, kind: str) -> CurrentValue:
    return CurrentValue(
        record_type=PersonNeed,
        columns=(column,),
        value_of=lambda entry: (entry.words,),
        fields_of=lambda value: {"kind": kind, "words": value[0]},
        kinds=frozenset({kind}),
        separators=NEED_SEPARATORS[kind],
    )


COMMUNICATION_NEEDS = _need("communication_needs", COMMUNICATION)
LANGUAGES = _need("languages", LANGUAGE)
CARE = CurrentValue(
    record_type=CareStatus,
    columns=("social_care_status",),
    value_of=lambda entry: (entry.status,),
    fields_of=lambda value: {"status": value[0]},
)
EXPLOITATION_STATUS = CurrentValue(
    record_type=SafeguardingCheck,
    columns=("exploitation",),
    value_of=lambda entry: (entry.nrm_status,),
    fields_of=lambda value: {"kind": EXPLOITATION, "nrm_status": value[0]},
    kinds=frozenset({EXPLOITATION}),
)
CURRENT_VALUES: tuple[CurrentValue, ...] = (
    *(ALIASES, HOME, PHONE, MARKERS, CARERS, COMMUNICATION_NEEDS, LANGUAGES, CARE, EXPLOITATION_STATUS),
)
SET_TYPES: tuple[type[Record], ...] = (
    *dict.fromkeys(each.record_type for each in CURRENT_VALUES),
    PersonNumber,  # no column has one of them, and they too are read with the others
)
"""The record types of the dated sets of a person."""
_SET_OF_COLUMN = {column: each for each in CURRENT_VALUES for column in each.columns}
SET_COLUMNS = tuple(_SET_OF_COLUMN)
"""The columns of a person that have the current value of a set."""
_texts_of = attrgetter(*SET_COLUMNS)


class Written(NamedTuple):
    """An entry or a person that a command wrote, before and after; None where it was not there."""

    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who writes, on which day, and what a new entry says of its source."""

    on: date
    by: str
    source: str


@dataclass(slots=True)
class Settled:
    """What must be written so that a person and one of their sets agree.

    Attributes:
        person: The person as they are to be.
        changed: Entries of the set as they are to be.
        added: The fields of new entries.
        taken_out: Entries to be struck out.
    """

    person: Person
    changed: list[Any] = field(default_factory=list)
    added: list[dict[str, Any]] = field(default_factory=list)
    taken_out: list[Any] = field(default_factory=list)


def sets_begun_by(person: Person) -> list[CurrentValue]:
    """Return the sets of which the person's columns say anything: those of which somebody new has entries."""
    said = (each for each, text in zip(_SET_OF_COLUMN.values(), _texts_of(person), strict=True) if text is not None)
    return list(dict.fromkeys(said))


def agrees(current: CurrentValue, person: Person, entries: Iterable[Any]) -> bool:
    """Whether the columns of a person say what the current entries of the set say."""
    values = [value for entry in entries if (value := current.current(entry)) is not None]
    if not values:  # as most sets of most people
        return not current.said_by(person)
    parts = {part for value in values for part in current.parts(value)}
    return parts == {*current.said_by(person)} and (bool(current.separators) or len(values) <= 1)


def settle(
    current: CurrentValue, person: Person, entries: Sequence[Any], written: Collection[Written], act: Act
) -> Settled:
    """Say what must be written so that a person and one of their sets agree.

    Where a command wrote the set, the column follows it; otherwise the set follows the column. Where it wrote both,
    several values are all kept, and of one the set's.

    Args:
        current: Which column and which set.
        person: The person, as written.
        entries: The entries of the set, as written.
        written: What the command wrote of the person and of this set.
        act: Who writes, and when.
    """
    settled = Settled(person)
    if agrees(current, person, entries):
        return settled
    of_person = next((each for each in written if isinstance(each.after, Person)), None)
    before = current.said_by(of_person.before) if of_person is not None else current.said_by(person)
    if any(current.current(each.before) != current.current(each.after) for each in written):
        unsaid = before != current.said_by(person) and bool(current.separators)
        of_set = [each for each in written if isinstance(each.before or each.after, current.record_type)]
        _follow_set(current, settled, entries, of_set, act)
        if unsaid:
            _add_unsaid(current, settled, person, act)
        return settled
    _follow_column(current, settled, entries, act)
    return settled


def _follow_column(current: CurrentValue, settled: Settled, entries: Sequence[Any], act: Act) -> None:
    """End what the column no longer says, and begin what it says now; since which day, nobody said."""
    said = current.said_by(settled.person)
    known: set[Value] = set()
    for entry in entries:
        value = current.current(entry)
        if value is None:
            continue
        if not current.separators and said and _completes(said[0], value):
            known.add(said[0])
            settled.changed.append(replace(entry, **current.fields_of(said[0])))
        elif (parts := {*current.parts(value)}) <= {*said} and (current.separators or value not in known):
            known |= parts
        elif _was_just_made(entry, act):
            settled.taken_out.append(entry)
        else:
            settled.changed.append(replace(entry, to_on=_last_day(entry, act.on)))
    for value in said:
        if value in known:
            continue
        ended = [each for each in entries if current.counts(each) and current.value_of(each) == value]
        again = [each for each in ended if each.to_on == act.on]
        if again:
            settled.changed.append(replace(again[-1], to_on=None))
        else:
            settled.added.append({**current.fields_of(value), "source": act.source})


def _add_unsaid(current: CurrentValue, settled: Settled, person: Person, act: Act) -> None:
    """Keep what the column said beside what the set says."""
    said, stands = current.said_by(person), current.said_by(settled.person)
    unsaid = [value for value in said if value not in stands]
    settled.added += [{**current.fields_of(value), "source": act.source} for value in unsaid]
    settled.person = current.write(settled.person, [*stands, *unsaid])


def _follow_set(
    current: CurrentValue, settled: Settled, entries: Sequence[Any], written: Sequence[Written], act: Act
) -> None:
    """Give the column what the set says; of one value, end all others and give back what a mistake had ended."""
    stands = [entry for entry in entries if current.current(entry) is not None]
    if not current.separators:
        if not stands:
            stands = _given_back(current, settled, entries, written)
        if len(stands) > 1:
            newest = max(stands, key=lambda entry: _begin(entry, written, act))
            for entry in stands:
                if entry is not newest:
                    settled.changed.append(replace(entry, to_on=_last_day(entry, newest.from_on or act.on)))
            stands = [newest]
    settled.person = current.write(settled.person, [current.value_of(entry) for entry in stands])


def _given_back(
    current: CurrentValue, settled: Settled, entries: Sequence[Any], written: Sequence[Written]
) -> list[Any]:
    """Make the entry current again that was ended by one that was struck out as a mistake."""
    ends = {
        each.before.from_on or each.before.recorded_at.astimezone(LONDON).date()
        for each in written
        if each.after is None and current.current(each.before) is not None
    }
    ended = [entry for entry in entries if current.counts(entry) and entry.to_on in ends]
    if not ended:
        return []
    back = replace(max(ended, key=lambda entry: (entry.from_on or date.min, entry.id)), to_on=None)
    settled.changed.append(back)
    return [back]


def _begin(entry: Any, written: Sequence[Written], act: Act) -> tuple[date, bool, int]:  # noqa: ANN401 - of any set
    """When an entry begins, to find the newest; one just written without a day begins today."""
    is_new = any(each.after is not None and each.after.identity == entry.identity for each in written)
    return entry.from_on or (act.on if is_new else date.min), is_new, entry.id


def _last_day(entry: Any, on: date) -> date:  # noqa: ANN401 - of any set
    return on if entry.from_on is None else max(on, entry.from_on)


def former_name(entries: Iterable[Any], written: Collection[Written], act: Act) -> dict[str, Any] | None:
    """Return the fields of an entry that keeps a family name which was changed; None if there is nothing to keep.

    Whoever changes it on the day on which they recorded the person corrects a slip.
    """
    for each in written:
        before, after = each.before, each.after
        if not isinstance(before, Person) or not isinstance(after, Person) or before.family_name == after.family_name:
            continue
        name = f"{before.given_names} {before.family_name}"
        kept = any(isinstance(entry, PersonName) and entry.name == name for entry in entries)
        if not kept and not _is_slip(before, act):
            return {"kind": FORMER_NAME, "name": name, "to_on": act.on, "source": act.source}
    return None


def _is_slip(record: Any, act: Act) -> bool:  # noqa: ANN401 - a person or an entry
    """Whether the same user recorded it first, and today."""
    recorded = record.recorded_at
    return bool(
        record.revision == 1
        and record.recorded_by == act.by
        and recorded is not None
        and recorded.astimezone(LONDON).date() == act.on
    )


def _completes(fuller: Value, value: Value) -> bool:
    """Whether a value says what another says, and more: a postcode that was missing, say."""
    return fuller != value and all(old in (None, new) for new, old in zip(fuller, value, strict=True))


def _was_just_made(entry: Any, act: Act) -> bool:  # noqa: ANN401 - of any set
    """Whether the same user made an entry today by changing the column, so that changing it again is a correction."""
    return bool(entry.from_on is None and entry.source == act.source and _is_slip(entry, act))
