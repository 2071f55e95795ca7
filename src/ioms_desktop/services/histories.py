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
    versions: dict[type[Record], list[Version]] = {}
    for nouns, owner in ((WITH_CASE, {"case_ref": case_ref}), (OF_PERSON, {"person_ref": case.person_ref})):
        corrected = reading.with_former(**owner)
        versions.update({noun: _versions(reading, noun, owner, corrected) for noun in nouns})
    return states(versions, known_at)


def _versions(reading: Reading, noun: type[Record], owner: dict[str, str], corrected: frozenset[str]) -> list[Version]:
    present = [Version(record, _since(record), None) for record in reading.of(noun, **owner)]
    if noun.table not in corrected:
        return present
    former = [Version(each.record, each.current_from, each.current_to) for each in reading.former(noun, **owner)]
    return former + present


def _since(record: Record) -> datetime:
    if record.recorded_at is None:
        raise Missing("A record without the time it was recorded was read. Run check on this database.")
    return record.recorded_at
