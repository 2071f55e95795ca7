"""On which days something is suggested."""

from datetime import date

import pytest

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.policy.suggestions import suggestions
from policy_cases import AFTER, DAY, concern, enforced, iom, seen
from rulebook import shipped_policies

DECIDED = date(2026, 9, 20)


@pytest.mark.parametrize("since", ["decision", "concern"])
def test_stepping_down_is_suggested_once_the_days_at_liberty_are_full_and_not_before(since: str) -> None:
    rule = shipped_policies().on(AFTER).de_escalation
    begun = DECIDED if since == "decision" else DECIDED + 3 * DAY
    case = iom(
        decisions=(enforced(DECIDED),),
        concerns=() if since == "decision" else (concern(begun, "ASB_REPORT"),),
        contacts=tuple(seen(DECIDED + number * DAY) for number in range(5, 5 + rule.count)),
    )
    full = begun + rule.days_at_liberty * DAY
    days = [full - 2 * DAY, full - DAY, full, full + DAY]
    found = [suggestions(shipped_policies(), case, day) for day in days]
    assert [[each.kind for each in made] for made in found] == [[], [], ["DE_ESCALATE"], ["DE_ESCALATE"]]
    assert found[2][0].reason.startswith(f"{rule.days_at_liberty} days in the community have passed since the ")
    held = case._replace(custody=(CustodyPeriod(begun + DAY, begun + 3 * DAY),))
    assert [bool(suggestions(shipped_policies(), held, full + more * DAY)) for more in (0, 1, 2)] == [
        False,
        False,
        True,
    ]
