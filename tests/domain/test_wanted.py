"""Who is wanted: unlawfully at large from the concern to the day before the next reception, and nobody else."""

from datetime import date, timedelta

import pytest

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.policy.case_facts import CaseFacts, ConcernFact
from ioms_desktop.domain.policy.case_figures import wanted_since
from ioms_desktop.domain.text_format import describe_wanted

DAY = timedelta(days=1)
GONE = date(2026, 10, 14)


def case(*custody: tuple[date, date | None], gone: tuple[date, ...] = (GONE,), kind: str = "") -> CaseFacts:
    """An IOM case with concerns of one type on the given days."""
    concerns = tuple(ConcernFact(f"K{n}", on, kind or "UNLAWFULLY_AT_LARGE", None) for n, on in enumerate(gone))
    return CaseFacts(
        case_ref="C",
        programme="IOM",
        starts_on=date(2026, 9, 1),
        closed_on=date(2026, 10, 20),
        concerns=concerns,
        custody=tuple(CustodyPeriod(received, released) for received, released in custody),
    )


@pytest.mark.parametrize(
    ("facts", "as_of", "since"),
    [
        (case(), GONE - DAY, None),
        (case(), GONE, GONE),
        (case(), GONE + 90 * DAY, GONE),  # the case has closed, and they are wanted still
        (case(gone=(GONE, GONE + 3 * DAY)), GONE + 5 * DAY, GONE),
        (case((GONE + 4 * DAY, None)), GONE + 3 * DAY, GONE),
        (case((GONE + 4 * DAY, None)), GONE + 4 * DAY, None),
        (case((GONE + 4 * DAY, GONE + 6 * DAY)), GONE + 9 * DAY, None),
        (case((GONE, GONE)), GONE, None),  # received and released on the day itself
        (case((GONE - 9 * DAY, GONE - 2 * DAY)), GONE, GONE),
        (case((GONE + DAY, GONE + 2 * DAY), gone=(GONE, GONE + 3 * DAY)), GONE + 5 * DAY, GONE + 3 * DAY),
        (case(kind="RECALL"), GONE + DAY, None),  # a recall alone makes nobody unlawfully at large
        (case(kind="MISSING"), GONE + DAY, None),
        (case(gone=()), GONE, None),
    ],
)
def test_somebody_is_wanted_until_they_are_taken_in(facts: CaseFacts, as_of: date, since: date | None) -> None:
    assert wanted_since(facts, as_of) == since


def test_the_line_says_wanted_in_words() -> None:
    assert describe_wanted(GONE) == "WANTED: unlawfully at large since 14 Oct 2026"
