"""From which day on a change of what is recorded can matter."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.build_facts import waiting_times
from ioms_desktop.domain.policy.case_facts import CaseFacts, ContactFact, RatingFact
from ioms_desktop.domain.policy.case_history import history_of_present
from ioms_desktop.domain.policy.record_changes import RecordChange, first_day_changed, ref_of_fact, ref_of_record
from ioms_desktop.domain.policy.rules import WAITING_RULES
from ioms_desktop.domain.policy.triggers import WITHDRAWN, evaluate
from ioms_desktop.domain.records.engagement import Rating
from policy_cases import BEFORE, DAY, concern, enforced, missed, order
from rulebook import default_policy

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


def test_evidence_names_the_navigators_rating_and_never_the_one_by_the_police_of_the_same_week() -> None:
    rated = Rating(case_ref="C1", week_commencing=BEFORE, rated_on=BEFORE + DAY, level=1, role="NAVIGATOR")
    fact = RatingFact(rated.week_commencing, rated.rated_on, rated.level, rated.role)
    named = ref_of_fact("rating", fact, rated.case_ref, 1)
    assert ref_of_record(rated) == named != ref_of_record(replace(rated, role="POLICE"))


def test_a_version_without_the_rules_that_wait_waits_for_nothing() -> None:
    policy = default_policy()
    without = replace(policy, rules={name: policy.rules[name] for name in policy.rules.keys() - {*WAITING_RULES}})
    waits = waiting_times(without)
    assert (waits.offer, waits.longest_contact, waits.contact_programmes) == (0, None, frozenset())
    assert min(waiting_times(policy).offer, waiting_times(policy).longest_contact or 0) > 0


def test_a_reason_names_nothing_that_no_rule_counts_though_it_was_recorded_with_what_took_the_trigger_away() -> None:
    begun = AT.date() - timedelta(days=60)
    seen = ContactFact("SEEN", DayTime(begun + DAY * 10), True, "SEEN")
    cancelled = ContactFact("CANCELLED", DayTime(begun + DAY * 11), True, "CANCELLED_BY_US")
    case = CaseFacts("C1", "PHOENIX", begun, contacts=(seen, cancelled))
    recorded = {"contacts": [(each, AT) for each in case.contacts]}
    policy = default_policy()
    history = history_of_present(case, datetime.combine(begun, time(), UTC), recorded, waiting_times(policy))
    withdrawn, _ = evaluate(policy, history, AT.date())
    assert withdrawn.status == WITHDRAWN
    assert withdrawn.withdrawn_by == {"SEEN"}
