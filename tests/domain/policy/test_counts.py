"""How many weeks of low ratings complete their rule is the policy document's to say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.policy.case_facts import RatingFact
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.policy import Policy
from ioms_desktop.domain.policy.triggers import Trigger, evaluate
from policy_cases import phoenix
from rulebook import shipped_policy

MONDAY = date(2026, 12, 7)


def counting(count: int) -> Policy:
    policy = shipped_policy("2026-11-30")
    rule = replace(policy.rules["low_ratings"], count=count)
    return replace(policy, rules={**policy.rules, rule.name: rule})


def low(*weeks: int) -> tuple[RatingFact, ...]:
    """Rate engagement low in weeks after the first, each on the day after the one before."""
    return tuple(
        RatingFact(MONDAY + timedelta(days=7 * week), MONDAY + timedelta(days=40 + n), 1, "NAVIGATOR")
        for n, week in enumerate(weeks)
    )


def found(count: int, *weeks: int) -> list[Trigger]:
    case = phoenix(ratings=low(*weeks))
    triggers = evaluate(counting(count), [case], MONDAY + timedelta(days=60))
    return [each for each in triggers if each.rule == "low_ratings"]


@pytest.mark.parametrize(
    ("count", "weeks", "evidence"),
    [
        (1, (4,), [4]),
        (2, (1, 2), [1, 2]),
        (2, (1, 3), None),
        (2, (3, 1, 2), [1, 2]),  # of two weeks beside it the one that was rated last
        (3, (1, 2), None),
        (3, (1, 2, 4), None),
        (3, (1, 2, 3), [1, 2, 3]),
        (3, (1, 3, 2), [1, 3, 2]),
        (3, (1, 2, 4, 5, 3), [4, 5, 3]),
        (4, (2, 3, 4, 5), [2, 3, 4, 5]),
    ],
)
def test_as_many_consecutive_weeks_as_the_document_says(
    count: int, weeks: tuple[int, ...], evidence: list[int] | None
) -> None:
    named = [[each.ref for each in trigger.evidence if not each.joined] for trigger in found(count, *weeks)[:1]]
    assert named == ([[f"C1/{MONDAY + timedelta(days=7 * week)}" for week in evidence]] if evidence else [])


def test_the_explanation_says_how_many_weeks() -> None:
    (trigger,) = found(3, 1, 2, 3)
    assert "low in three weeks running" in explain(counting(3), trigger)
    assert "ratings of 1 or 2 in three consecutive weeks" in explain(counting(3), trigger)
    assert explain(counting(3), trigger).endswith(" call for a decision (policy 2026-11-30).")


def test_of_more_than_four_further_items_only_the_last_is_dated() -> None:
    four, five = (explain(counting(3), *found(3, *range(1, weeks))) for weeks in (8, 9))
    assert "four further items have joined since (19 Jan 2027, 20 Jan 2027, 21 Jan 2027 and 22 Jan 2027)." in four
    assert "five further items have joined since (the last on 23 Jan 2027)." in five
