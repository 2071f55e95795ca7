"""From which day on a change of what is recorded can matter."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ioms_desktop.domain.policy.record_changes import RecordChange, first_day_changed
from policy_cases import BEFORE, DAY, concern, enforced, missed, order

AT = datetime(2026, 12, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "early", "late"),
    [
        ("contact", missed(BEFORE), missed(BEFORE + DAY)),
        ("concern", concern(BEFORE, "ARREST"), concern(BEFORE + DAY, "ARREST")),
        ("decision", enforced(BEFORE - DAY), enforced(BEFORE)),  # it matters from the day after it
        ("order", order("CBO", BEFORE), order("CBO", BEFORE + DAY)),
    ],
)
def test_a_change_matters_from_the_earlier_of_the_days_it_was_of_and_is_of(kind: str, early: Any, late: Any) -> None:  # noqa: ANN401 - facts of any kind
    for before, after in ((None, early), (early, None), (early, late), (late, early), (early, early)):
        assert first_day_changed(RecordChange(AT, kind, "R", before, after)) == BEFORE
    assert first_day_changed(RecordChange(AT, kind, "R", None, late)) == BEFORE + DAY
