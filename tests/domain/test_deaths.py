"""Whether a person died, by all of their cases."""

from datetime import UTC, date, datetime

import pytest

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.deaths import death_told_by

DIED_ON = date(2026, 11, 20)


def version(day: int, revision: int = 1, *, dead: bool = False, referred: int = 20) -> Case:
    """Return a case as it was recorded on a day of November."""
    return Case(
        case_ref="C",
        person_ref="P",
        programme="PHOENIX",
        status="WITHDRAWN" if dead else "REFERRED",
        referred_on=date(2026, 11, referred),
        closed_on=DIED_ON if dead else None,
        close_reason="DECEASED" if dead else None,
        revision=revision,
        recorded_at=datetime(2026, 11, day, 9, tzinfo=UTC),
    )


DEATH = [version(1, referred=1), version(22, 2, dead=True), version(26, 3, dead=True)]
OLDER = [version(1, referred=1), version(25, 2, referred=1)]
AGAIN = [version(23), version(27, 2)]


@pytest.mark.parametrize(
    ("histories", "died"),
    [
        ([DEATH], True),
        ([OLDER, AGAIN], False),
        ([DEATH, AGAIN], False),
        ([AGAIN, OLDER, DEATH], False),
        ([DEATH, OLDER], True),
        ([DEATH, [version(21)]], True),  # referred after the day of death, by people who did not know
        ([DEATH, [version(22)]], True),  # in one import
        ([DEATH, [version(23, 2)]], True),  # what was recorded first was not kept
        ([DEATH, [version(23, referred=19)]], True),  # an old case, entered later
        ([DEATH, AGAIN, [version(24, dead=True)]], True),
        ([[version(1), version(2, 2, dead=True), version(3, 3), version(24, 4, dead=True)], AGAIN], True),
        ([[*DEATH, version(27, 4, referred=1)], OLDER], False),  # corrected on the case itself
    ],
)
def test_only_a_case_recorded_after_a_death_tells_that_somebody_lives(
    histories: list[list[Case]], *, died: bool
) -> None:
    assert (death_told_by(histories) is not None) is died
