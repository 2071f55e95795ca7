"""The history of one case for the rules: the states of its record that may have held a trigger, the present one last.

A trigger that people saw and that no longer stands must stay listed, whatever took it away: a correction, a deletion,
or something of an earlier day that was recorded later. Such a trigger stood in the state of the record just before that
instant. A state is therefore kept for an instant only where a trigger can have fallen at it; everywhere else nothing
falls, so that the trigger is still standing in the next state that is kept.

What can fall at an instant was raised on a day from the first day that the change can matter to (a concern: when it
occurred; a custody spell: its reception) up to the day of the instant. Entering something on the day it happened, after
everything before it, therefore costs nothing: nothing of that kind is raised on that day or later. A state is kept only
if, among what was recorded before, an item that the rules concerned count lies in those days, or a waiting time of
theirs may have run out in them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import DAY, LONDON
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.policy.build_facts import FACT_BUILDERS, WaitingTimes, build_case_facts
from ioms_desktop.domain.policy.case_facts import COMPLETED_OUTCOME, CaseFacts, ContactFact
from ioms_desktop.domain.policy.in_force import StatusFact, distinct_statuses
from ioms_desktop.domain.policy.record_changes import (
    KIND_BY_FIELD,
    KINDS,
    CaseDates,
    RecordChange,
    first_day_changed,
    ref_of_fact,
    ref_of_record,
)
from ioms_desktop.domain.records.cases import Action, Case, Notification, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Order
from ioms_desktop.domain.records.record import Record

CASE_CHILD_TYPES: tuple[type[Record], ...] = (RagEntry, Offer, Contact, Rating, Concern, Decision, Notification, Action)
CASE_RECORD_TYPES: tuple[type[Record], ...] = (Case, *CASE_CHILD_TYPES)
PERSON_CHILD_TYPES: tuple[type[Record], ...] = (CustodySpell, Order)
TRIGGER_TYPES: tuple[type[Record], ...] = tuple(
    each for each in (*CASE_RECORD_TYPES, *PERSON_CHILD_TYPES) if each not in {RagEntry, Action}
)
"""The record types of which a change may take a trigger away; in order, so that every process tells changes in one."""


UNKNOWN_WAITS = WaitingTimes()


class RecordVersion(NamedTuple):
    """A version of a record and when it was current (UTC); `until` is None for the current version."""

    record: Record
    since: datetime
    until: datetime | None


def build_case_history(
    versions: Mapping[type[Record], Sequence[RecordVersion]],
    known_at: datetime | None = None,
    *,
    waits: WaitingTimes = UNKNOWN_WAITS,
    pronoun: str = "they",
    every_state: bool = False,
) -> tuple[CaseFacts, ...]:
    """Build the state of a case just before each change that can have taken a trigger away, and its latest state.

    Args:
        versions: Current and previous versions of a case's records, by record type.
        known_at: Use only what had been recorded at or before this instant; None for everything.
        waits: The waiting times of the policy; not to know them costs only time.
        pronoun: The pronoun of the person.
        every_state: Build the others too: slow, and the same triggers.

    Raises:
        Missing: The case itself had not been recorded by then.
    """
    facts = [] if _is_as_begun(versions) else list(_fact_versions(versions))
    until = [each for each in facts if known_at is None or each.since <= known_at]
    changes = {
        at: found
        for at, found in decisive_changes(until, waits, every_one=every_state).items()
        if known_at is None or at <= known_at
    }
    former = (_state(versions, pronoun, before=at, changes=found) for at, found in sorted(changes.items()))
    latest = _state(versions, pronoun, known_at=known_at)
    if latest is None:
        raise Missing("This case had not been recorded by then.")
    return (*(state for state in former if state is not None), latest)


def _is_as_begun(versions: Mapping[type[Record], Sequence[RecordVersion]]) -> bool:
    """Whether all was recorded with the case itself, as in an import, and stands: there is no change to look for."""
    begun = min((each.since for each in versions.get(Case, ())), default=None)
    every = (each for record_type in TRIGGER_TYPES for each in versions.get(record_type, ()))
    return begun is not None and all(each.until is None and each.since <= begun for each in every)


class FactVersion(NamedTuple):
    """What rules read of one version of a record.

    Attributes:
        kind: The kind of record, as `RecordChange` names it.
        ref: Its reference.
        fact: What they read, without what no rule looks at; None for nothing.
        since: When it was recorded (UTC).
        until: When it was corrected or deleted; None while it stands.
    """

    kind: str
    ref: str
    fact: Any
    since: datetime
    until: datetime | None = None


def _fact_versions(versions: Mapping[type[Record], Sequence[RecordVersion]]) -> Iterator[FactVersion]:
    for record_type in TRIGGER_TYPES:
        kind = KINDS[record_type]
        for record, since, until in versions.get(record_type, ()):
            fact = CaseDates.of(record) if isinstance(record, Case) else FACT_BUILDERS[record_type](record)
            yield FactVersion(kind, ref_of_record(record), _judged(kind, fact), since, until)


def history_of_present(
    case: CaseFacts,
    recorded_at: datetime,
    recorded: Mapping[str, Sequence[tuple[Any, datetime]]],
    waits: WaitingTimes,
) -> tuple[CaseFacts, ...]:
    """Build the history of a case of which no former version is kept: each record stands as it was first recorded.

    Args:
        case: Its present state.
        recorded_at: When the case itself was recorded.
        recorded: The facts of each kind with when they were recorded, by the field of `CaseFacts` that holds them.
        waits: The waiting times of the policy.
    """
    versions = [FactVersion("case", case.case_ref, case, recorded_at)]
    changes = []
    for name, facts in recorded.items():
        kind = KIND_BY_FIELD[name]
        for place, (fact, since) in enumerate(facts):
            if kind == "rating" and fact.role != "NAVIGATOR":
                continue
            ref = ref_of_fact(kind, fact, case.case_ref, place)
            versions.append(FactVersion(kind, ref, fact, since))
            if since > recorded_at:
                changes.append(RecordChange(since, kind, ref, None, fact))
    former = []
    for at, found in sorted(_decisive(changes, _RaisedDays(versions, waits)).items()):
        known: dict[str, Any] = {
            name: tuple([fact for fact, since in facts if since < at]) for name, facts in recorded.items()
        }
        former.append(case._replace(known_on=_last_day_before(at), changes=found, **known))
    return (*former, case)


def decisive_changes(
    versions: Sequence[FactVersion], waits: WaitingTimes, *, every_one: bool = False
) -> dict[datetime, tuple[RecordChange, ...]]:
    """Return the changes by instant, of those instants at which a trigger can have fallen (see the module).

    Args:
        versions: All versions of everything that rules read of one case.
        waits: The waiting times of the policy.
        every_one: Return the others too: slow, and the same triggers.
    """
    begun = min((each.since for each in versions if each.kind == "case"), default=None)
    if begun is None or all(each.since <= begun and each.until is None for each in versions):
        return {}
    later = [change for change in _changes(versions) if change.at > begun]
    return _decisive(later, None if every_one else _RaisedDays(versions, waits))


def _decisive(
    changes: Sequence[RecordChange], raised: "_RaisedDays | None"
) -> dict[datetime, tuple[RecordChange, ...]]:
    at_instant: dict[datetime, list[RecordChange]] = {}
    for change in changes:
        at_instant.setdefault(change.at, []).append(change)
    return {at: tuple(found) for at, found in at_instant.items() if raised is None or any(map(raised.may_fall, found))}


def _changes(versions: Iterable[FactVersion]) -> Iterator[RecordChange]:
    by_record: dict[tuple[str, str], list[FactVersion]] = {}
    for each in versions:
        by_record.setdefault((each.kind, each.ref), []).append(each)
    for (kind, ref), mine in by_record.items():
        mine.sort(key=lambda each: each.since)
        before: FactVersion | None = None
        for each in mine:
            if before is not None and before.until is not None and before.until < each.since:
                if before.fact is not None:  # no rule read it, as an attempt that came to nothing
                    yield RecordChange(before.until, kind, ref, before.fact, None)
                before = None
            old = None if before is None else before.fact
            if old != each.fact:
                yield RecordChange(each.since, kind, ref, old, each.fact)
            before = each
        if before is not None and before.until is not None and before.fact is not None:
            yield RecordChange(before.until, kind, ref, before.fact, None)


class _RaisedDays:
    """On which days something was raised at most, from what had been recorded by an instant.

    What has a day is kept in the order of days: most changes can matter to a day or two, whose few items are looked up.
    """

    def __init__(self, versions: Iterable[FactVersion], waits: WaitingTimes) -> None:
        self._waits = waits
        self._offer_wait, self._contact_wait = timedelta(days=waits.offer), timedelta(days=waits.contact)
        self._programmes: set[str] = set()
        self._may_be_delayed = waits.longest_contact is None
        self._dated: dict[str, list[_Dated]] = {"missed": [], "rating": [], "concern": [], "begun": [], "seen": []}
        self._offers: list[tuple[date, datetime]] = []
        for each in versions:
            if each.fact is not None:
                self._add(each)
        for dated in self._dated.values():
            dated.sort(key=_DAY)

    def _add(self, each: FactVersion) -> None:
        kind, fact = each.kind, each.fact
        if kind == "contact":
            self._add_contact(each)
        elif kind == "rating":
            self._dated[kind].append((fact.rated_on, each))
        elif kind == "concern":
            self._dated[kind].append((fact.occurred_on, each))
        elif kind == "offer":
            answered = fact.answered_on()
            if answered is None or answered > fact.offered_on + self._offer_wait:
                self._offers.append((fact.offered_on + self._offer_wait, each.since))
        elif kind == "notification":
            self._dated["begun"].append((fact, each))
        elif kind == "custody":
            self._may_be_delayed = True
        elif kind == "case":
            self._programmes.add(fact.programme)
            if fact.starts_on is not None:
                self._dated["begun"].append((fact.starts_on, each))

    def _add_contact(self, each: FactVersion) -> None:
        contact = each.fact
        if contact.missed:
            self._dated["missed"].append((contact.at.on, each))
        elif contact.outcome == COMPLETED_OUTCOME:
            # What may not count as completed ends no waiting, though another may begin with it.
            self._dated["begun"].append((contact.at.on, each))
            if contact.type not in self._waits.doubtful_types:
                self._dated["seen"].append((contact.at.on, each))

    def may_fall(self, change: RecordChange) -> bool:
        """Whether something that a change can take away may have been raised before it."""
        groups = _groups_of(change)
        if not groups:
            return False
        at, first = change.at, first_day_changed(change)
        last = at.astimezone(LONDON).date()
        if first > last:
            return False
        for group in groups:
            if group == "lost":
                if self._contact_lost(first, last, at):
                    return True
            elif group == "offer":
                if any(due <= last and since < at for due, since in self._offers):
                    return True
            elif any(version.since < at for _, version in self._between(group, first, last)):
                return True
        return False

    def _between(self, group: str, first: date, last: date) -> list["_Dated"]:
        dated = self._dated[group]
        begin = bisect_left(dated, first, key=_DAY)
        return dated[begin : bisect_right(dated, last, begin, key=_DAY)]

    def _contact_lost(self, first: date, last: date, at: datetime) -> bool:
        if self._waits.contact_programmes.isdisjoint(self._programmes):
            return False

        def known(dated: Iterable[_Dated]) -> Iterator[date]:
            return (day for day, each in dated if each.since < at and (each.until is None or each.until >= at))

        wait, longest = self._contact_wait, timedelta(days=self._waits.longest_contact or 0)
        earliest = date.min if self._may_be_delayed or first - date.min < longest else first - longest
        for day in known(self._between("begun", earliest, last - wait)):
            other = next(known(self._between("seen", day + DAY, date.max)), None)
            if other is None or (other >= first and other > day + wait):
                return True
        return False


_Dated = tuple[date, FactVersion]
_DAY = itemgetter(0)


def _groups_of(change: RecordChange) -> Collection[str]:
    """Return what a change can take a trigger of: missed contacts, lost contact, ratings, offers or concerns."""
    if change.kind != "contact":
        return _GROUPS[change.kind]
    before, after = change.before, change.after
    if before is None or after is None:
        return _groups_of_contact(change.present)
    return _groups_of_contact(before) | _groups_of_contact(after)


def _groups_of_contact(contact: ContactFact) -> frozenset[str]:
    if contact.missed:
        return _MISSED
    return _LOST if contact.outcome == COMPLETED_OUTCOME else _NOTHING


_NOTHING, _MISSED, _LOST = frozenset[str](), frozenset({"missed"}), frozenset({"lost"})
_ALL_GROUPS = frozenset({"missed", "lost", "rating", "offer", "concern"})
_GROUPS: Mapping[str, frozenset[str]] = {
    "rating": frozenset({"rating"}),
    "offer": frozenset({"offer"}),
    "concern": frozenset({"concern"}),
    "decision": _ALL_GROUPS,
    "custody": frozenset({"missed", "lost", "rating", "offer"}),
    "order": frozenset({"missed"}),
    "notification": frozenset({"lost"}),
    "case": _ALL_GROUPS,
}


def _judged(kind: str, fact: Any) -> Any:  # noqa: ANN401 - one of the facts
    """Return a fact without what changes nothing about a trigger; None for one that no rule reads."""
    judge = _JUDGED.get(kind)
    return fact if fact is None or judge is None else judge(fact)


_JUDGED: Mapping[str, Any] = {
    "contact": lambda fact: fact._replace(minutes=None),
    "rating": lambda fact: fact if fact.role == "NAVIGATOR" else None,
    "offer": lambda fact: fact._replace(ended_on=None),
    "concern": lambda fact: fact._replace(outcome=None, outcome_on=None),
    "decision": lambda fact: fact._replace(actioned_on=None),
}
"""What changes something about a trigger: not serving a decision, say, nor how an arrest ended."""


def _state(
    versions: Mapping[type[Record], Sequence[RecordVersion]],
    pronoun: str,
    *,
    before: datetime | None = None,
    known_at: datetime | None = None,
    changes: tuple[RecordChange, ...] = (),
) -> CaseFacts | None:
    """Build the facts known just before an instant, at one, or now; None where the case was not known then."""

    def known(version: RecordVersion) -> bool:
        if before is not None:  # a version that ended at this very instant was still current; one that began was not
            return version.since < before and (version.until is None or version.until >= before)
        if known_at is None:
            return version.until is None
        return version.since <= known_at and (version.until is None or version.until > known_at)

    records = {record_type: [v.record for v in each if known(v)] for record_type, each in versions.items()}
    seen = [v for v in versions[Case] if _begun(v, before, known_at)]
    state = build_case_facts(
        records,
        known_on=None if before is None else _last_day_before(before),
        statuses=recorded_statuses(seen),
    )
    return None if state is None else state._replace(changes=changes, pronoun=pronoun)


def _last_day_before(at: datetime) -> date:
    """Return the local day (London) of the last moment before an instant, which at midnight is the day before."""
    return (at - timedelta(microseconds=1)).astimezone(LONDON).date()


def _begun(version: RecordVersion, before: datetime | None, known_at: datetime | None) -> bool:
    if before is not None:
        return version.since < before
    return known_at is None or version.since <= known_at


def recorded_statuses(versions: Iterable[RecordVersion]) -> tuple[StatusFact, ...]:
    """Return the statutory statuses of a case by the day they were recorded; empty where it only ever had one."""
    ordered = sorted(versions, key=lambda version: version.since)
    facts = distinct_statuses(
        StatusFact(v.since.astimezone(LONDON).date(), v.record.statutory_status)
        for v in ordered
        if isinstance(v.record, Case)
    )
    return facts if len(facts) > 1 else ()
