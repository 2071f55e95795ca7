"""Read one case's history from the database."""

from datetime import datetime

from ioms_desktop.domain.cases import Case
from ioms_desktop.domain.chronology import Chronology
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.histories import OF_PERSON, WITH_CASE, Version, states
from ioms_desktop.domain.record import Record
from ioms_desktop.storage.store import Reading


def history_of(reading: Reading, case_ref: str, known_at: datetime | None = None) -> tuple[Chronology, ...]:
    """Read the states of one case's record, the present one last.

    Args:
        reading: Where to read.
        case_ref: The case.
        known_at: Only what had been recorded by then; None for all.

    Raises:
        Missing: There is no such case.
    """
    case = reading.get(Case, case_ref)
    versions: dict[type[Record], list[Version]] = {
        noun: _versions(reading, noun, case_ref=case_ref) for noun in WITH_CASE
    }
    versions.update({noun: _versions(reading, noun, person_ref=case.person_ref) for noun in OF_PERSON})
    return states(versions, known_at)


def _versions(reading: Reading, noun: type[Record], **owner: str) -> list[Version]:
    present = [Version(record, _since(record), None) for record in reading.of(noun, **owner)]
    former = [Version(each.record, each.current_from, each.current_to) for each in reading.former(noun, **owner)]
    return former + present


def _since(record: Record) -> datetime:
    if record.recorded_at is None:
        raise Missing("A record without the time it was recorded was read. Run check on this database.")
    return record.recorded_at
