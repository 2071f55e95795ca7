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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.policy.build_facts import FACT_BUILDERS, build_case_facts
from ioms_desktop.domain.policy.case_facts import COMPLETED_OUTCOME, CaseFacts
from ioms_desktop.domain.policy.in_force import StatusFact, distinct_statuses
from ioms_desktop.domain.policy.record_changes import KINDS, CaseDates, RecordChange, first_day_changed
from ioms_desktop.domain.policy.rules import WaitingTimes
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
    facts = [
        each for record_type in TRIGGER_TYPES for each in _fact_versions(record_type, versions.get(record_type, ()))
    ]
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


def fact_version(kind: str, ref: str, fact: Any, since: datetime, until: datetime | None = None) -> FactVersion:  # noqa: ANN401 - one of the facts
    """Return what rules read of a version of a record, without what changes nothing about a trigger."""
    return FactVersion(kind, ref, fact if fact is None else _JUDGED.get(kind, _whole)(fact), since, until)


def _fact_versions(record_type: type[Record], versions: Iterable[RecordVersion]) -> Iterator[FactVersion]:
    kind = KINDS[record_type]
    for record, since, until in versions:
        if isinstance(record, Case):
            yield FactVersion(kind, record.case_ref, _case_dates(record), since, until)
            continue
        fact = FACT_BUILDERS[record_type](record)
        yield fact_version(kind, _ref_of(record), fact, since, until)


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
    versions = [fact_version("case", case.case_ref, case, recorded_at)]
    for name, facts in recorded.items():
        kind = KIND_BY_FIELD[name]
        for place, (fact, since) in enumerate(facts):
            versions.append(fact_version(kind, _ref_of_fact(kind, fact, case.case_ref, place), fact, since))
    former = []
    for at, changes in sorted(decisive_changes(versions, waits).items()):
        known: dict[str, Any] = {
            name: tuple(fact for fact, since in facts if since < at) for name, facts in recorded.items()
        }
        former.append(replace(case, known_on=_last_day_before(at), changes=changes, **known))
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
    by_instant: dict[datetime, list[RecordChange]] = {}
    for change in _changes(versions):
        if change.at > begun:
            by_instant.setdefault(change.at, []).append(change)
    raised = _RaisedDays(versions, waits)
    return {
        at: tuple(changes)
        for at, changes in by_instant.items()
        if every_one or any(raised.may_fall(change) for change in changes)
    }


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
    """On which days something was raised at most, from what had been recorded by an instant."""

    def __init__(self, versions: Iterable[FactVersion], waits: WaitingTimes) -> None:
        self._waits = waits
        self._offer_wait, self._contact_wait = timedelta(days=waits.offer), timedelta(days=waits.contact)
        self._programmes: set[str] = set()
        self._may_be_delayed = waits.longest_contact is None
        self._dated: dict[str, list[tuple[date, datetime]]] = {"missed": [], "rating": [], "concern": []}
        self._offers: list[tuple[date, datetime]] = []
        self._begun: list[tuple[date, FactVersion]] = []
        self._seen: list[tuple[date, FactVersion]] = []
        for each in versions:
            if each.fact is not None:
                self._add(each)

    def _add(self, each: FactVersion) -> None:
        kind, fact = each.kind, each.fact
        if kind == "contact":
            self._add_contact(each)
        elif kind == "rating":
            self._dated[kind].append((fact.rated_on, each.since))
        elif kind == "concern":
            self._dated[kind].append((fact.occurred_on, each.since))
        elif kind == "offer":
            answered = fact.answered_on()
            if answered is None or answered > fact.offered_on + self._offer_wait:
                self._offers.append((fact.offered_on + self._offer_wait, each.since))
        elif kind == "notification":
            self._begun.append((fact, each))
        elif kind == "custody":
            self._may_be_delayed = True
        elif kind == "case":
            self._programmes.add(fact.programme)
            if fact.starts_on is not None:
                self._begun.append((fact.starts_on, each))

    def _add_contact(self, each: FactVersion) -> None:
        contact = each.fact
        if contact.missed:
            self._dated["missed"].append((contact.at.on, each.since))
        elif contact.outcome == COMPLETED_OUTCOME:
            # What may not count as completed ends no waiting, though another may begin with it.
            found = self._begun if contact.type in self._waits.doubtful_types else self._seen
            found.append((contact.at.on, each))

    def may_fall(self, change: RecordChange) -> bool:
        """Whether something that a change can take away may have been raised before it."""
        first, last = first_day_changed(change), change.at.astimezone(LONDON).date()
        return first <= last and any(self._raised(group, first, last, change.at) for group in _groups_of(change))

    def _raised(self, group: str, first: date, last: date, at: datetime) -> bool:
        if group == "offer":
            return any(due <= last and since < at for due, since in self._offers)
        if group == "seen":
            return self._contact_lost(first, last, at)
        return any(first <= on <= last and since < at for on, since in self._dated[group])

    def _contact_lost(self, first: date, last: date, at: datetime) -> bool:
        if self._waits.contact_programmes.isdisjoint(self._programmes):
            return False

        def known(version: FactVersion) -> bool:
            return version.since < at and (version.until is None or version.until >= at)

        wait, longest = self._contact_wait, timedelta(days=self._waits.longest_contact or 0)
        waited = [
            day
            for day, version in (*self._seen, *self._begun)
            if day + wait <= last and (self._may_be_delayed or day + longest >= first) and known(version)
        ]
        seen = sorted(day for day, version in self._seen if known(version)) if waited else []
        following = (next((other for other in seen if other > day), None) for day in waited)
        return any(
            other is None or (other >= first and other > day + wait)
            for day, other in zip(waited, following, strict=True)
        )


def _groups_of(change: RecordChange) -> frozenset[str]:
    """Return what a change can take a trigger of: missed contacts, completed ones, ratings, offers or concerns."""
    if change.kind != "contact":
        return _GROUPS[change.kind]
    facts = [fact for fact in (change.before, change.after) if fact is not None]
    missed = {"missed"} if any(fact.missed for fact in facts) else set()
    return frozenset(missed | ({"seen"} if any(fact.outcome == COMPLETED_OUTCOME for fact in facts) else set()))


_ALL_GROUPS = frozenset({"missed", "seen", "rating", "offer", "concern"})
_GROUPS: Mapping[str, frozenset[str]] = {
    "rating": frozenset({"rating"}),
    "offer": frozenset({"offer"}),
    "concern": frozenset({"concern"}),
    "decision": _ALL_GROUPS,
    "custody": frozenset({"missed", "seen", "rating", "offer"}),
    "order": frozenset({"missed"}),
    "notification": frozenset({"seen"}),
    "case": _ALL_GROUPS,
}
KIND_BY_FIELD: Mapping[str, str] = {
    "contacts": "contact",
    "ratings": "rating",
    "offers": "offer",
    "concerns": "concern",
    "decisions": "decision",
    "orders": "order",
    "custody": "custody",
    "delivered_on": "notification",
}


def _whole(fact: Any) -> Any:  # noqa: ANN401 - one of the facts
    return fact


_JUDGED: Mapping[str, Any] = {
    "contact": lambda fact: fact._replace(minutes=None),
    "rating": lambda fact: fact if fact.role == "NAVIGATOR" else None,
    "offer": lambda fact: fact._replace(ended_on=None),
    "concern": lambda fact: fact._replace(outcome=None, outcome_on=None),
    "decision": lambda fact: fact._replace(actioned_on=None),
}
"""A fact without what changes nothing about a trigger: serving a decision, say, or how an arrest ended."""


def _ref_of(record: Record) -> str:
    """Return the reference by which evidence names a record."""
    if isinstance(record, Rating):
        return f"{record.case_ref}/{record.week_commencing.isoformat()}" + (
            "" if record.role == "NAVIGATOR" else "/POLICE"
        )
    if isinstance(record, CustodySpell):
        return record.received_on.isoformat()
    if isinstance(record, Notification):
        return f"{record.case_ref}/{record.attempted_on.isoformat()}/{record.attempt}"
    return str(record.identity[0])


def _ref_of_fact(kind: str, fact: Any, case_ref: str, place: int) -> str:  # noqa: ANN401 - one of the facts
    if kind == "rating":
        return f"{case_ref}/{fact.week.isoformat()}" + ("" if fact.role == "NAVIGATOR" else "/POLICE")
    if kind == "custody":
        return str(fact.received_on.isoformat())
    return f"{case_ref}/{place}" if kind == "notification" else str(fact.ref)


def _case_dates(case: Case) -> CaseDates:
    return CaseDates(
        starts_on=case.starts_on,
        closed_on=case.closed_on,
        trial_arm=case.trial_arm,
        statutory_status=case.statutory_status,
        iom_licence_condition=bool(case.iom_licence_condition),
        cohort=case.cohort,
        programme=case.programme,
    )


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
    return None if state is None else replace(state, changes=changes, pronoun=pronoun)


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
