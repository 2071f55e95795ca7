"""Brings people and their dated sets together before a transaction ends, whatever wrote them: forms, files, undoing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import (
    ALIASES,
    CURRENT_VALUES,
    FORM_SOURCE,
    IMPORT_SOURCE,
    SET_TYPES,
    Act,
    Written,
    agrees,
    former_name,
    sets_begun_by,
    settle,
)
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.person_sets.first_entries import new_entry
from ioms_desktop.storage.records.bulk_read import StagedChange, batches, list_by_owners
from ioms_desktop.storage.records.search_index import has_same_search_keys
from ioms_desktop.storage.records.search_rebuild import add_words, refresh_people
from ioms_desktop.storage.settling.staged_changes import add_settled, save_staged
from ioms_desktop.storage.transaction import Transaction

IMPORT = "import"
CORRECTED_AT_ONCE = "Changed again on the day it was recorded"
CURRENT_AGAIN = "Current again, because what had followed it was changed back or taken out"


@dataclass(slots=True)
class _Touched:
    """A person of whom something was written, the entries of their dated sets, and whether these had to be settled."""

    written: list[Written] = field(default_factory=list)
    person: Person | None = None
    entries: list[Any] = field(default_factory=list)
    is_settled: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the person was added in this transaction, so that nothing of them was there before."""
        return any(isinstance(each.after, Person) and each.before is None for each in self.written)

    @property
    def may_have_other_words(self) -> bool:
        """Whether what was written may have changed by which words they are found."""
        return self.is_settled or any(
            not isinstance(each.after, Person) or each.before is None or not has_same_search_keys(*each)
            for each in self.written
        )


def settle_people(tx: Transaction, name: str = "") -> None:
    """Bring the people that a command wrote of and their dated sets together, and their search words up to date.

    Args:
        tx: The command's transaction, about to end.
        name: The command's name.

    Raises:
        InvalidText: There would be more current entries than a column can say.
        Stale: Somebody else saved the person or an entry meanwhile.
    """
    held_back, tx.held_back = tx.held_back, {}
    if not tx.of_people and not held_back:
        return
    written: dict[str, list[Written]] = {}
    for each in tx.of_people:
        for ref, of_one in _by_owner(each):
            written.setdefault(ref, []).append(of_one)
    tx.of_people = []
    act = Act(
        on=tx.command.at.astimezone(LONDON).date(),
        by=tx.command.user,
        source=IMPORT_SOURCE if name == IMPORT else FORM_SOURCE,
    )
    for refs in batches(sorted(written.keys() | held_back.keys())):
        part = {ref: _Touched(written.pop(ref, [])) for ref in refs}
        _read(tx, part, {ref: held_back.pop(ref) for ref in refs if ref in held_back})
        staged: list[StagedChange] | None = None if tx.bulk_writer is None else []
        added = [entry for each in part.values() if each.person is not None for entry in _settle(tx, each, act, staged)]
        add_settled(tx, added)
        save_staged(tx, staged or ())
        _refresh_words(tx, part.values())
        tx.of_people = []  # what settling wrote itself: of very many people it would fill the memory


def hold_back(tx: Transaction) -> None:
    """Of what was written in bulk, keep only whose it is and how it was before; what is now is read to settle them."""
    for each in tx.of_people:
        before = () if each.before is None else (each.before,)
        for ref, _ in _by_owner(each):
            tx.held_back[ref] = (*tx.held_back.get(ref, ()), *before)
    tx.of_people = []


def _by_owner(written: Written) -> Sequence[tuple[str, Written]]:
    """Say whose it is that was written; an entry that was given to another person is taken from the former."""
    before, after = written
    now = (after or before).person_ref
    if before is None or before.person_ref == now:
        return ((now, written),)
    return ((before.person_ref, Written(before, None)), (now, Written(None, after)))


def _read(tx: Transaction, part: dict[str, _Touched], held_back: Mapping[str, Sequence[Any]]) -> None:
    """Read what is stored of people; of new ones without entries it is what was written."""
    known = []
    for ref, each in part.items():
        if ref not in held_back and each.is_new and all(isinstance(one.after, Person) for one in each.written):
            each.person = each.written[-1].after
        else:
            known.append(ref)
    for person in list_by_owners(tx, Person, "person_ref", known):
        part[person.person_ref].person = person
    for record_type in SET_TYPES if known else ():
        # In the same order on both databases: a column that says several values says them in this order.
        for entry in sorted(list_by_owners(tx, record_type, "person_ref", known), key=attrgetter("id")):
            part[entry.person_ref].entries.append(entry)  # type: ignore[attr-defined]  # of a set
    for ref, former in held_back.items():
        each = part[ref]
        stored = {(type(one), one.id): one for one in (each.person, *each.entries) if one is not None}
        each.written += [Written(None, one) for one in stored.values() if _was_added(tx, one)]
        for before in former:
            own = before if before.person_ref == ref else None  # given to this person by another
            each.written.append(Written(own, stored.get((type(before), before.id))))


def _was_added(tx: Transaction, record: Any) -> bool:  # noqa: ANN401 - a person or an entry
    """Whether a record was added in bulk in this transaction: others may add some at the same time."""
    own = (record.revision, record.recorded_at, record.recorded_by) == (1, tx.command.at, tx.command.user)
    return own and record.id > tx.numbers_before.get(type(record), record.id)


def _settle(tx: Transaction, each: _Touched, act: Act, staged: list[StagedChange] | None) -> list[Record]:
    """Write what makes a person and their sets agree, or stage it; gives the entries still to be added."""
    new: list[Record] = []
    before = person = each.person
    if before is None or person is None:
        return new
    for current in CURRENT_VALUES if each.entries else sets_begun_by(person):
        if agrees(current, person, each.entries):
            continue  # as nearly every set of nearly every person of an import
        mine = [one for one in each.written if isinstance(one.after or one.before, (Person, current.record_type))]
        settled = settle(current, person, each.entries, mine, act)
        person = settled.person
        for entry in settled.taken_out:
            tx.strike_out(entry, CORRECTED_AT_ONCE)
        changed = _save(tx, each.entries, settled.changed, staged)
        gone = {entry.identity for entry in settled.taken_out}
        each.entries = [
            one if type(one) is not current.record_type else changed.get(one.identity, one)
            for one in each.entries
            if type(one) is not current.record_type or one.identity not in gone
        ]
        made = [new_entry(current, person.person_ref, each.entries, fields) for fields in settled.added]
        each.entries += made
        each.is_settled |= bool(changed or made or settled.taken_out)
        new += made
    kept = former_name(each.entries, each.written, act)
    if kept is not None:
        new.append(new_entry(ALIASES, person.person_ref, each.entries, kept))
        each.entries.append(new[-1])
        each.is_settled = True
    each.person = person
    if person != before:
        if staged is None:
            each.person = tx.save(person)
        else:
            staged.append(StagedChange(before, person))
    return new


def _save(
    tx: Transaction, stored: Iterable[Any], changed: Iterable[Any], staged: list[StagedChange] | None
) -> dict[Any, Any]:
    """Save changed entries of one set, or stage them; one that stands and becomes current again needs a reason."""
    if staged is not None:
        entries = {(type(one), one.identity): one for one in stored}
        changed = list(changed)
        staged += [StagedChange(entries[type(one), one.identity], one) for one in changed]
        return {one.identity: one for one in changed}
    asked = tx.command.reason_text
    former = {(type(one), one.identity) for one in stored if one.to_on is not None}
    saved = {}
    for entry in changed:
        if entry.to_on is None and (type(entry), entry.identity) in former and not asked.strip():
            tx.because(CURRENT_AGAIN)
        saved[entry.identity] = tx.save(entry)
    if tx.command.reason_text != asked:
        tx.because(asked)
    return saved


def _refresh_words(tx: Transaction, part: Iterable[_Touched]) -> None:
    new: list[tuple[Person, list[Any]]] = []
    known: list[tuple[Person, list[Any]]] = []
    for each in part:
        if each.person is None:
            continue
        has_none = each.person.person_ref in tx.unsearched
        if not has_none and not (each.may_have_other_words and (each.entries or not each.is_new)):
            continue
        only_new = each.is_new and all(isinstance(one.after, Person) for one in each.written)
        (new if only_new else known).append((each.person, each.entries))
    add_words(tx.connection, new, tx.unsearched)
    refresh_people(tx, known)
    tx.unsearched.difference_update(person.person_ref for person, _ in (*new, *known))
