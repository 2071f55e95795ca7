"""Each day is judged under the version in force on it, and a new version changes nothing dated before it."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from exchange_rows import case_history
from ioms_desktop.domain.policy.case_facts import OfferFact
from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.measures import tally_measures
from ioms_desktop.domain.policy.policy import PolicyTimeline
from ioms_desktop.domain.policy.standards import contact_due_shown_on, overdue_standards, rag_review_due_on
from ioms_desktop.domain.policy.suggestions import suggestions
from ioms_desktop.domain.policy.triggers import evaluate
from ioms_desktop.services.cases.case_json import measures_json
from policy_cases import AFTER, BEFORE, CHANGE, DAY, concern, enforced, found, iom, missed, order, phoenix, raised
from policy_histories.generate import corrected, histories
from rulebook import default_policy, shipped_policies, shipped_policy

LAST_OLD_DAY = CHANGE - DAY


def test_the_version_of_30_november_comes_into_force_on_that_monday() -> None:
    assert CHANGE.weekday() == 0
    assert [shipped_policies().on(on).version for on in (date(2020, 1, 1), LAST_OLD_DAY, CHANGE, date(2030, 1, 1))] == [
        *["2026-04-01"] * 2,
        *["2026-11-30"] * 2,
    ]


def test_what_the_new_version_does_not_name_is_as_in_the_one_before() -> None:
    old, new = default_policy(), shipped_policy("2026-11-30")
    assert old.rules.keys() == new.rules.keys()
    assert {name for name in old.rules if old.rules[name] != new.rules[name]} == {
        *("serious_concern", "persisting_concern", "unacceptable_absences", "order_failures"),
    }
    assert (old.clocks, old.de_escalation) == (new.clocks, new.de_escalation)


@pytest.mark.parametrize("seed", [21, 22])
def test_as_of_days_before_the_change_give_exactly_what_they_gave(seed: int) -> None:
    first = histories(seed, 12)
    sets = [first, corrected(first, seed)]
    rng = random.Random(seed)  # noqa: S311 - a seeded history, no secret
    old, both = default_policy(), shipped_policies()
    for row in first["cases"]:
        history = case_history(sets, row["case_ref"], date(2026, 12, 31))
        for _ in range(4):
            as_of = LAST_OLD_DAY - timedelta(days=rng.randint(0, 250))
            case = history[-1]
            assert evaluate(both, history, as_of) == evaluate(old, history, as_of)
            assert case_figures(both, case, as_of) == case_figures(old, case, as_of)
            assert overdue_standards(both, case, as_of) == overdue_standards(old, case, as_of)
            assert suggestions(both, case, as_of) == suggestions(old, case, as_of)
            assert contact_due_shown_on(both, case, as_of) == contact_due_shown_on(old, case, as_of)
            assert rag_review_due_on(both, case, as_of) == rag_review_due_on(old, case, as_of)


def test_a_trigger_raised_before_the_change_is_the_same_at_every_later_day() -> None:
    tables = histories(23, 16)
    seen = 0
    for row in tables["cases"]:
        history = case_history([tables], row["case_ref"], date(2026, 12, 31))
        before = {t.identity: t for t in evaluate(default_policy(), history, LAST_OLD_DAY)}
        for trigger in evaluate(shipped_policies(), history, date(2026, 12, 31)):
            if trigger.raised_on < CHANGE:
                was = before.pop(trigger.identity)
                seen += 1
                assert (trigger.raised_on, trigger.policy_version, trigger.decision_due) == (
                    *(was.raised_on, "2026-04-01", was.decision_due),
                )
                assert "2026-04-01" in explain(shipped_policies(), trigger)
        assert not before
    assert seen > 20


def test_the_measures_of_a_period_before_the_change_are_as_they_were() -> None:
    tables = histories(24, 12)
    cases = [case_history([tables], row["case_ref"], date(2026, 12, 31)) for row in tables["cases"]]
    old, both = (
        measures_json(tally_measures(policies, cases, date(2026, 5, 1), LAST_OLD_DAY))
        for policies in (default_policy(), shipped_policies())
    )
    assert both == old


def test_whether_something_counts_its_own_day_says_and_whether_it_completes_the_day_of_the_trigger() -> None:
    # Counted on its day: a missing episode of 27 November still counts in a pair that is complete on 2 December.
    pair = (concern(date(2026, 11, 27), "MISSING"), concern(date(2026, 12, 2), "ASB_REPORT"))
    (trigger,) = found(iom(concerns=pair, decisions=(enforced(BEFORE),)))
    assert (trigger.rule, trigger.raised_on, trigger.policy_version) == (
        *("persisting_concern", date(2026, 12, 2), "2026-11-30"),
    )
    # The other way round it does not count any more.
    pair = (concern(date(2026, 11, 27), "ASB_REPORT"), concern(date(2026, 12, 2), "MISSING"))
    assert found(iom(concerns=pair, decisions=(enforced(BEFORE),))) == ()


def test_failures_before_the_change_complete_a_trigger_after_it_only_as_the_new_version_asks() -> None:
    orders = (
        order("COMMUNITY_ORDER", ref="O1", ended=date(2026, 11, 20)),
        order("COMMUNITY_ORDER", made=date(2026, 11, 21), ref="O2"),
    )
    under_two = iom(orders=orders, contacts=(missed(BEFORE), missed(AFTER)))
    assert raised(under_two, "order_failures") == []
    under_one = iom(orders=orders[:1], contacts=(missed(BEFORE), missed(BEFORE + DAY)))
    assert raised(under_one, "order_failures") == [BEFORE + DAY]


def test_a_waiting_time_that_a_version_shortens_runs_out_on_its_first_day_and_one_it_lengthens_later() -> None:
    old, new = default_policy(), shipped_policy("2026-11-30")

    def policies(days: int) -> PolicyTimeline:
        rule = replace(new.rules["unanswered_offer"], days=days)
        return PolicyTimeline.of((old, replace(new, rules={**new.rules, rule.name: rule})))

    offered = phoenix(offers=(OfferFact("O", date(2026, 11, 20), None, None, None),), delivered_on=(BEFORE,))
    for days, on in ((14, date(2026, 12, 5)), (3, CHANGE), (20, date(2026, 12, 11))):
        (trigger,) = (t for t in found(offered, policies=policies(days)) if t.rule == "unanswered_offer")
        assert trigger.raised_on == on, days
