"""Read one case's history from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_history import (
    CASE_RECORD_TYPES,
    PERSON_CHILD_TYPES,
    RecordVersion,
    build_case_history,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading

R = TypeVar("R", bound=Record)


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


def get_case_history(reading: Reading, case_ref: str, known_at: datetime | None = None) -> tuple[CaseFacts, ...]:
    """Read the history of a case, state by state, the present one last.

    Args:
        known_at: Only what had been recorded by then; None for all.

    Raises:
        Missing: There is no such case.
    """
    return get_case_record(reading, reading.get(Case, case_ref), known_at).history


def get_case_record(reading: Reading, case: Case, known_at: datetime | None = None) -> CaseRecord:
    """Read everything the rules need of one case, each table once.

    Args:
        case: The case, read in the same transaction.
        known_at: Only what had been recorded by then counts for the history; None for all.
    """
    present: dict[type[Record], Sequence[Record]] = {Case: [case]}
    versions: dict[type[Record], list[RecordVersion]] = {}
    corrected = reading.tables_with_former_versions(case_ref=case.case_ref, person_ref=case.person_ref)
    for nouns, owner in (
        (CASE_RECORD_TYPES, {"case_ref": case.case_ref}),
        (PERSON_CHILD_TYPES, {"person_ref": case.person_ref}),
    ):
        for noun in nouns:
            if noun is not Case:
                present[noun] = reading.list_records(noun, **owner)
            versions[noun] = _versions(reading, noun, owner, present[noun], corrected)
    return CaseRecord(present, build_case_history(versions, known_at))


def _versions(
    reading: Reading,
    record_type: type[Record],
    owner: dict[str, str],
    current: Sequence[Record],
    corrected: frozenset[str],
) -> list[RecordVersion]:
    present = [RecordVersion(record, _require_recorded_at(record), None) for record in current]
    if record_type.table not in corrected:
        return present
    former = [
        RecordVersion(each.record, each.current_from, each.current_to)
        for each in reading.list_former_versions(record_type, **owner)
    ]
    return former + present


def _require_recorded_at(record: Record) -> datetime:
    if record.recorded_at is None:
        raise Missing("A record without the time it was recorded was read. Run check on this database.")
    return record.recorded_at
