"""What an import warns of where somebody died: each of their cases that outlasts the death."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.case_access import KnownPeople
from ioms_desktop.services.entries.deaths import describe_death, find_deaths
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.bulk_read import batches, has_no_records
from ioms_desktop.storage.records.read import Reading


class ImportedCase(NamedTuple):
    """A row that adds or changes a case; `death` is the case where it says that the person died."""

    report: FileReport
    place: int
    case_ref: str
    person_ref: str
    closed_on: date | None
    death: Case | None

    @classmethod
    def of(cls, report: FileReport, place: int, case: Case) -> "ImportedCase":
        """Take from a case what is asked once every row is known: there may be very many."""
        death = case if case.closed_by_death else None
        return cls(report, place, case.case_ref, case.person_ref, case.closed_on, death)


def warn_of_deaths(session: Session, reading: Reading, rows: Iterable[ImportedCase]) -> None:
    """Warn of each row of a case that outlasts the death of its person.

    Rows of the folder tell of a death, and so do stored cases that the user may open: nobody learns of another here.

    Args:
        session: Who imports.
        reading: Where the stored cases are read, those of many people at once.
        rows: The rows, all of them checked.
    """
    accepted: dict[str, list[ImportedCase]] = {}
    for row in rows:
        if row.report.outcomes[row.place] != RowOutcome.REJECTED:
            accepted.setdefault(row.person_ref, []).append(row)
    asked = sorted(ref for ref, theirs in accepted.items() if any(row.death is None for row in theirs))
    has_stored = not has_no_records(reading, Case)
    for part in batches(asked):
        people = KnownPeople(session, reading, part if has_stored else ())
        together = {ref: _as_they_will_be(people.openable_cases(ref), accepted[ref]) for ref in part}
        for ref, death in find_deaths(reading, together).items():
            for row in accepted[ref]:
                row.report.warn(row.place, *_outlasts(row, death))


def _as_they_will_be(stored: Iterable[Case], rows: Sequence[ImportedCase]) -> list[Case]:
    """Return the cases of a person that tell whether they died: a row says so in place of the stored case."""
    by_row = {row.case_ref: row.death for row in rows}
    kept = [each for each in stored if each.case_ref not in by_row or not each.closed_by_death]
    return [*kept, *(death for death in by_row.values() if death is not None)]


def _outlasts(row: ImportedCase, death: Case) -> Iterator[Finding]:
    if row.death is not None or (row.closed_on and death.closed_on and row.closed_on <= death.closed_on):
        return
    advice = (
        "If so, close this case too; if not, have that one put right."
        if row.closed_on is None
        else f"This case closed on {format_day(row.closed_on)} for another reason; have whichever is wrong put right."
    )
    yield Finding("person_ref", row.person_ref, f"{describe_death(death)} {advice}")
