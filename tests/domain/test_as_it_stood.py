"""A case as it stood on a day: by its days, and where it has none by what was on record then."""

from datetime import UTC, date, datetime

import pytest

from ioms_desktop.domain.records.as_it_stood import UNKNOWN_STATUS, case_as_it_stood, workers_as_they_stood
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.workers.case_workers import CaseWorker


def version(day: int, status: str, *, closed: int | None = None, hour: int = 9) -> Case:
    """Return a case as it was recorded on a day of November."""
    return Case(
        case_ref="C",
        person_ref="P",
        programme="IOM",
        status=status,
        referred_on=date(2026, 9, 1),
        closed_on=None if closed is None else date(2026, 11, closed),
        close_reason=None if closed is None else "DECEASED",
        recorded_at=datetime(2026, 11, day, hour, tzinfo=UTC),
    )


WORKED = [version(3, "ACTIVE"), version(5, "ACTIVE", hour=22), version(5, "SUSPENDED", hour=23)]
CLOSED_LATE = [*WORKED, version(12, "DECEASED", closed=8)]
CORRECTED = [version(3, "ACTIVE"), version(6, "DECEASED", closed=5), version(9, "SUSPENDED")]
IMPORTED = [version(20, "DECEASED", closed=8)]


@pytest.mark.parametrize(
    ("versions", "on", "known_on", "stood"),
    [
        (WORKED, 4, None, ("ACTIVE", None)),
        (WORKED, 5, None, ("SUSPENDED", None)),  # the last of the day
        (WORKED, 1, None, ("ACTIVE", None)),  # as it was first recorded
        (CLOSED_LATE, 7, None, ("SUSPENDED", None)),  # on the day before the closing it was open
        (CLOSED_LATE, 8, None, ("DECEASED", 8)),  # on the closing day it is closed, though nobody had recorded it
        (CLOSED_LATE, 8, 10, ("SUSPENDED", None)),  # nor could anybody know
        (CLOSED_LATE, 30, 4, ("ACTIVE", None)),
        (CORRECTED, 7, None, ("ACTIVE", None)),  # a closing that was a mistake tells nothing
        (CORRECTED, 7, 7, ("DECEASED", 5)),
        (IMPORTED, 8, None, ("DECEASED", 8)),
        (IMPORTED, 7, None, (UNKNOWN_STATUS, None)),  # never the stage of the closing
        (IMPORTED, 8, 19, None),
    ],
)
def test_a_case_stands_as_its_days_and_the_record_of_then_say(
    versions: list[Case], on: int, known_on: int | None, stood: tuple[str, int | None] | None
) -> None:
    known_at = None if known_on is None else datetime(2026, 11, known_on, 12, tzinfo=UTC)
    found = case_as_it_stood(versions, date(2026, 11, on), known_at)
    closed = None if found is None or found.closed_on is None else found.closed_on.day
    assert (None if found is None else (found.status, closed)) == stood
    assert found is None or (found.close_reason is None) == (closed is None)


def test_whoever_stopped_later_holds_the_role_and_whoever_began_later_does_not() -> None:
    first, second = (
        CaseWorker(
            case_worker_ref=name, case_ref="C", worker_role="POLICE_OM", worker=name, started_on=began, ended_on=ended
        )
        for name, began, ended in (("A", None, date(2026, 11, 4)), ("B", date(2026, 11, 4), None))
    )
    for day, held, listed in ((3, ["A"], 1), (4, ["B"], 2)):
        stood = workers_as_they_stood((first, second), date(2026, 11, day))
        assert ([each.worker for each in stood if each.is_current], len(stood)) == (held, listed)
