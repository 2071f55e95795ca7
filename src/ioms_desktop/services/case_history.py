"""Read one case's history from the database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.policy.build_facts import WaitingTimes, waiting_times
from ioms_desktop.domain.policy.case_facts import NO_FURTHER_ACTION, CaseFacts
from ioms_desktop.domain.policy.case_history import (
    CASE_CHILD_TYPES,
    CASE_RECORD_TYPES,
    PERSON_CHILD_TYPES,
    RecordVersion,
    build_case_history,
)
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.records.as_it_stood import (
    as_it_stood,
    case_as_it_stood,
    on_record_as_they_stood,
    was_recorded_by,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.domain.records.record import Record, require_recorded_at
from ioms_desktop.services.session import Session
from ioms_desktop.storage.cases.case_records import CaseRecords
from ioms_desktop.storage.records.bulk_read import list_by_owners, list_former_by_owners
from ioms_desktop.storage.records.one_case import read_open_triggers_history
from ioms_desktop.storage.records.read import Reading

R = TypeVar("R", bound=Record)
RULE_RECORD_TYPES: tuple[type[Record], ...] = (*CASE_CHILD_TYPES, *PERSON_CHILD_TYPES)
"""The types that the rules read, besides the case itself."""
ENDED_WITHOUT_ACTION = frozenset({NO_FURTHER_ACTION, "NO FURTHER ACTION"})
"""How people write it of an offence, whose outcome is free text."""
CASES_AT_ONCE = 200
"""Cases whose records are read in one question for each type, where the histories of many are asked for."""
NOT_RECORDED_YET = "This case had not been recorded by then."


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One read of a case: its present records, and its history as the rules read it.

    Attributes:
        current: The records of each noun that the rules look at, as they stand.
        history: The states of the record, the present one last.
    """

    current: Mapping[type[Record], Sequence[Any]]
    history: tuple[CaseFacts, ...]

    def of(self, record_type: type[R]) -> Sequence[R]:
        """Return the present records of a type that the rules read, in their order."""
        return self.current[record_type]


def get_case_history(
    reading: Reading,
    case_ref: str,
    known_at: datetime | None = None,
    *,
    policies: Policies | None = None,
    pronoun: str = "they",
) -> tuple[CaseFacts, ...]:
    """Read the history of a case, state by state, the present one last.

    Args:
        known_at: Only what had been recorded by then; None for all.
        policies: The versions of the policy, which tell the states that cannot matter; None to keep them.
        pronoun: The pronoun of the person.

    Raises:
        Missing: There is no such case.
    """
    case = reading.get(Case, case_ref)
    return get_case_record(reading, case, known_at, policies=policies, pronoun=pronoun).history


def get_open_triggers_history(reading: Reading, case: Case, policies: Policies) -> tuple[CaseFacts, ...]:
    """Read the history of a case as far as it tells which triggers are open, in one question if nothing was corrected.

    Args:
        case: The case as it stands in this transaction.
        policies: The versions of the policy.
    """
    found = read_open_triggers_history(reading, case, waiting_times(policies))
    if found is None:
        return get_case_record(reading, case, policies=policies).history
    *former, latest = found
    return (*former, _with_ends(reading, case, latest, None))


def get_case_record(
    reading: Reading,
    case: Case,
    known_at: datetime | None = None,
    *,
    policies: Policies | None = None,
    pronoun: str = "they",
    records: CaseRecords | None = None,
    corrected: frozenset[str] | None = None,
) -> CaseRecord:
    """Read everything the rules need of one case, each table once.

    Args:
        case: The case, read in the same transaction.
        known_at: Only what had been recorded by then counts for the history; None for all.
        policies: The versions of the policy; None to keep every state of the history.
        pronoun: The pronoun of the person.
        records: Its records of every type that the rules read, and its offences, where they were read already.
        corrected: The tables that have previous versions of it, where that was read already.
    """
    current: dict[type[Record], Sequence[Record]] = {Case: [case]}
    versions: dict[type[Record], list[RecordVersion]] = {}
    if corrected is None:
        corrected = reading.tables_with_former_versions(case_ref=case.case_ref, person_ref=case.person_ref)
    for nouns, owner in (
        (CASE_RECORD_TYPES, {"case_ref": case.case_ref}),
        (PERSON_CHILD_TYPES, {"person_ref": case.person_ref}),
    ):
        for noun in nouns:
            if noun is not Case:
                current[noun] = reading.list_records(noun, **owner) if records is None else records[noun]
            versions[noun] = _versions(reading, noun, owner, current[noun], corrected)
    waits = WaitingTimes() if policies is None else waiting_times(policies)
    *former, latest = build_case_history(versions, known_at, waits=waits, pronoun=pronoun)
    offences = None if records is None else records[Offence]
    return CaseRecord(current, (*former, _with_ends(reading, case, latest, known_at, offences)))


def iter_case_histories(
    reading: Reading, case_refs: Sequence[str], known_at: datetime | None, policies: Policies
) -> Iterator[tuple[CaseFacts, ...]]:
    """Read the histories of many cases, some at once, in the order given.

    A case that does not exist, or had not been recorded by then, is left out.
    """
    for start in range(0, len(case_refs), CASES_AT_ONCE):
        yield from _read_histories(reading, case_refs[start : start + CASES_AT_ONCE], known_at, policies)


def _read_histories(
    reading: Reading, case_refs: Sequence[str], known_at: datetime | None, policies: Policies
) -> Iterator[tuple[CaseFacts, ...]]:
    cases = {case.case_ref: case for case in list_by_owners(reading, Case, "case_ref", case_refs)}
    of_cases = _versions_by_owner(reading, CASE_RECORD_TYPES, "case_ref", cases)
    persons = {case.person_ref for case in cases.values()}
    of_persons = _versions_by_owner(reading, PERSON_CHILD_TYPES, "person_ref", persons)
    for ref in case_refs:
        if ref not in cases:
            continue
        versions = {**of_cases[ref], **of_persons[cases[ref].person_ref]}
        try:
            *former, latest = build_case_history(versions, known_at, waits=waiting_times(policies))
        except Missing:
            continue
        yield (*former, _with_ends(reading, cases[ref], latest, known_at))


def _versions_by_owner(
    reading: Reading, record_types: Sequence[type[Record]], owner: str, refs: Collection[str]
) -> dict[str, dict[type[Record], list[RecordVersion]]]:
    found: dict[str, dict[type[Record], list[RecordVersion]]] = {
        ref: {record_type: [] for record_type in record_types} for ref in refs
    }
    for ref, each in list_former_by_owners(reading, record_types, owner, refs):
        found[ref][type(each.record)].append(RecordVersion(each.record, each.current_from, each.current_to))
    for record_type in record_types:
        for record in list_by_owners(reading, record_type, owner, refs):
            version = RecordVersion(record, require_recorded_at(record), None)
            found[getattr(record, owner)][record_type].append(version)
    return found


def _with_ends(
    reading: Reading,
    case: Case,
    state: CaseFacts,
    known_at: datetime | None,
    offences: Sequence[Offence] | None = None,
) -> CaseFacts:
    """Say of a concern that an offence recorded as it ended without further action, where its own entry says nothing.

    What lists read of every case holds no offences: there the concern's own entry says it, or nothing does.
    """
    if reading.scope.facts_only or not state.concerns:
        return state
    ended = {
        offence.concern_ref: offence.outcome_on or offence.recorded_on or offence.offence_on
        for offence in (reading.list_records(Offence, person_ref=case.person_ref) if offences is None else offences)
        if offence.concern_ref
        and (offence.outcome or "").strip().upper() in ENDED_WITHOUT_ACTION
        and (known_at is None or require_recorded_at(offence) <= known_at)
    }
    if not ended:
        return state
    concerns = tuple(
        concern._replace(outcome=NO_FURTHER_ACTION, outcome_on=ended[concern.ref])
        if concern.outcome is None and concern.ref in ended
        else concern
        for concern in state.concerns
    )
    return state._replace(concerns=concerns)


def get_case_as_it_stood(
    session: Session, reading: Reading, case: Case, on: date, known_at: datetime | None = None
) -> Case:
    """Return a case as it was on a day, by what had been recorded at an instant; see `case_as_it_stood`.

    As of today it is as it is on record, whatever a server's clock said when it was recorded, but for days to come.

    Args:
        session: Who asks.
        reading: Where its previous versions are read; few cases have any from after the day.
        case: The case as it is now, read in the same transaction.
        on: The day.
        known_at: The instant; None for now.

    Raises:
        Missing: It had not been recorded by then.
    """
    if known_at is None and on >= session.today():
        return as_it_stood(case, on)
    versions = [case]
    if known_at is not None or not was_recorded_by(case, on):
        versions[:0] = (former.record for former in reading.list_former_versions(Case, case_ref=case.case_ref))
    stood = case_as_it_stood(versions, on, known_at)
    if stood is None:
        raise Missing(NOT_RECORDED_YET)
    return stood


def list_as_they_stood(session: Session, reading: Reading, records: Sequence[R], on: date) -> Sequence[R]:
    """Return records of a case that do not say when they were made as they were on record on a day.

    As of today they are as they are on record, as a case is, but for days to come.

    Args:
        session: Who asks.
        reading: Where their previous versions are read; few have any from after the day.
        records: All of one type, as they are now.
        on: The day.
    """
    if on >= session.today():
        return tuple(as_it_stood(each, on) for each in records)
    changed = [each for each in records if each.revision > 1 and not was_recorded_by(each, on)]
    former = reading.list_former_versions(type(changed[0]), case_ref=changed[0].case_ref) if changed else []  # type: ignore[attr-defined]  # they are of a case
    return on_record_as_they_stood(records, (each.record for each in former), on)


def _versions(
    reading: Reading,
    record_type: type[Record],
    owner: dict[str, str],
    current: Sequence[Record],
    corrected: frozenset[str],
) -> list[RecordVersion]:
    present = [RecordVersion(record, require_recorded_at(record), None) for record in current]
    if record_type.table not in corrected:
        return present
    former = [
        RecordVersion(each.record, each.current_from, each.current_to)
        for each in reading.list_former_versions(record_type, **owner)
    ]
    return former + present
