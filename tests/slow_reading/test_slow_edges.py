from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from policy_histories.exchange_columns import Tables, full_row
from slow_reading.edge_case_rows import LATE, START, a_case, decide, lock, miss, offer, on, rate, see, worry
from slow_reading.policy_reading import (
    available_steps,
    case_json,
    decision_refusals,
    measures_json,
    offer_refusals,
    triggers_json,
)


def raised(tables: Tables, rule: str, as_of: date = LATE) -> list[dict[str, Any]]:
    return [row for row in triggers_json(tables, as_of)["triggers"] if row["rule"] == rule]


def days(rows: list[dict[str, Any]]) -> list[int]:
    return [(date.fromisoformat(row["raised_on"]) - START).days for row in rows]


@pytest.mark.parametrize(("third", "expected"), [(33, [33]), (34, [])])
def test_three_missed_contacts_count_within_fourteen_days(third: int, expected: list[int]) -> None:
    tables = a_case()
    miss(tables, 20, 25, third)
    assert days(raised(tables, "missed_contacts")) == expected


def test_unplanned_cancelled_and_custody_misses_never_count() -> None:
    tables = a_case()
    lock(tables, 24, 26)
    miss(tables, 20, 24, 25)
    miss(tables, 27, planned="no")
    miss(tables, 28, outcome="CANCELLED_BY_US")
    miss(tables, 26)
    assert raised(tables, "missed_contacts") == []
    miss(tables, 29)
    assert days(raised(tables, "missed_contacts")) == [29]


def test_a_further_miss_joins_and_the_day_of_the_decision_belongs_to_the_trigger() -> None:
    tables = a_case()
    miss(tables, 1, 2, 3, 40, 60, 61, 62, 63)
    decide(tables, 60, "missed_contacts")
    first, second = raised(tables, "missed_contacts")
    assert [item["ref"] for item in first["evidence"] if item["joined"]] == ["C003", "C004"]
    assert days([first, second]) == [3, 63]


def test_a_trigger_may_be_raised_and_decided_on_one_day_but_not_the_day_before() -> None:
    tables = a_case()
    miss(tables, 1, 2, 3)
    decide(tables, 2, "missed_contacts")
    assert raised(tables, "missed_contacts")[0]["status"] == "OPEN"
    decide(tables, 3, "missed_contacts")
    assert raised(tables, "missed_contacts")[0]["decided_on"] == on(3).isoformat()


def test_nothing_outside_the_case_is_evidence_but_a_closed_case_may_be_decided() -> None:
    tables = a_case(closed_on=on(30))
    miss(tables, -1, 1, 2, 31)
    assert raised(tables, "missed_contacts") == []
    miss(tables, 12)
    decide(tables, 50, "missed_contacts")
    assert raised(tables, "missed_contacts", on(49))[0]["status"] == "OPEN"
    assert raised(tables, "missed_contacts", on(50))[0]["status"] == "DECIDED"


def test_two_low_weeks_in_a_row_raise_and_a_week_rated_in_custody_bridges_nothing() -> None:
    tables = a_case()
    lock(tables, 11, 12)
    rate(tables, 0, 2)
    rate(tables, 1, 1)
    rate(tables, 2, 2)
    assert raised(tables, "low_ratings") == []
    rate(tables, 3, 1)
    assert days(raised(tables, "low_ratings")) == [25]


def test_zero_and_the_ratings_of_the_police_do_not_count() -> None:
    tables = a_case()
    rate(tables, 0, 0)
    rate(tables, 1, 2)
    rate(tables, 2, 2, role="POLICE")
    assert raised(tables, "low_ratings") == []


@pytest.mark.parametrize(("answer", "expected"), [(14, []), (15, [15]), (None, [15])])
def test_an_offer_is_unanswered_after_fourteen_days(answer: int | None, expected: list[int]) -> None:
    tables = a_case()
    offer(tables, 0, answer)
    assert days(raised(tables, "unanswered_offer")) == expected


@pytest.mark.parametrize(("answer", "expected"), [(None, [20]), (19, []), (20, []), (21, [20])])
def test_an_offers_day_in_custody_is_put_off_to_the_next_day_at_liberty(
    answer: int | None, expected: list[int]
) -> None:
    tables = a_case()
    lock(tables, 15, 20)
    offer(tables, 0, answer)
    assert days(raised(tables, "unanswered_offer")) == expected
    assert raised(tables, "unanswered_offer", on(19)) == []


def test_contact_is_lost_on_the_28th_day_at_liberty_since_the_notification() -> None:
    tables = a_case()
    assert days(raised(tables, "lost_contact")) == [28]
    lock(tables, 10, 15)
    found = raised(tables, "lost_contact")
    assert days(found) == [33]
    assert found[0]["evidence"] == [{"kind": "notification", "ref": "X", "on": START.isoformat(), "joined": False}]
    see(tables, 33)
    assert days(raised(tables, "lost_contact")) == [61]


def test_a_consumed_contact_is_lost_once_and_a_later_one_joins_only_when_it_is_stale() -> None:
    tables = a_case()
    see(tables, 30)
    decide(tables, 40, "lost_contact")
    assert days(raised(tables, "lost_contact")) == [28, 58]
    tables["decisions"] = []
    decide(tables, 58, "lost_contact")
    (only,) = raised(tables, "lost_contact")
    assert [item["joined"] for item in only["evidence"]] == [False, True]


@pytest.mark.parametrize(("second", "expected"), [(28, [28]), (29, [])])
def test_two_absences_in_28_days_need_something_in_force(second: int, expected: list[int]) -> None:
    tables = a_case("IOM", iom_licence_condition="yes")
    miss(tables, 1, second)
    assert days(raised(tables, "unacceptable_absences")) == expected
    tables["cases"][0]["iom_licence_condition"] = "no"
    assert raised(tables, "unacceptable_absences") == []


@pytest.mark.parametrize(("kind", "expected"), [("LICENCE", [10]), ("CIVIL_ORDER_ONLY", [])])
def test_an_order_is_in_force_on_its_last_day_and_a_civil_one_never(kind: str, expected: list[int]) -> None:
    tables = a_case("IOM")
    tables["orders"] = [
        full_row("orders", order_ref="O", person_ref="P", order_type=kind, made_on=on(5), ends_on=on(10))
    ]
    miss(tables, 1, 10)
    assert days(raised(tables, "unacceptable_absences")) == expected


@pytest.mark.parametrize(("kind", "expected"), [("COMMUNITY_ORDER", [50]), ("SSO", [50]), ("YRO", [90])])
def test_an_order_fails_twice_and_a_youth_order_three_times(kind: str, expected: list[int]) -> None:
    tables = a_case()
    tables["orders"] = [full_row("orders", order_ref="O", person_ref="P", order_type=kind, made_on=on(1))]
    miss(tables, 0, 1, 50, 90, outcome="UNACCEPTABLE_ABSENCE")
    assert days(raised(tables, "order_failures")) == expected


@pytest.mark.parametrize(
    ("programme", "group", "count"),
    [
        ("PHOENIX", "DRUG_SUPPLY", 1),
        ("IOM", "DRUG_SUPPLY", 0),
        ("PHOENIX", "BURGLARY", 0),
        ("IOM", "BURGLARY", 1),
        ("IOM", "WEAPONS", 1),
        ("IOM", "THEFT_OTHER", 0),
    ],
)
def test_a_concern_is_serious_by_programme_and_group(programme: str, group: str, count: int) -> None:
    tables = a_case(programme)
    worry(tables, 3, "SUSPECTED", group)
    assert len(raised(tables, "serious_concern")) == count


@pytest.mark.parametrize(
    ("source", "information", "handling", "count"),
    [
        ("1", "A", "P", 1),
        ("2", "B", "P", 1),
        ("2", "C", "P", 0),
        ("3", "A", "P", 0),
        ("1", "A", "C", 0),
        ("1", "A", "", 0),
    ],
)
def test_intelligence_is_credible_by_its_grades(source: str, information: str, handling: str, count: int) -> None:
    tables = a_case()
    worry(tables, 3, "INTELLIGENCE", source_grade=source, information_grade=information, handling=handling)
    assert len(raised(tables, "credible_intelligence")) == count


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(11, 38, [38]), (11, 39, []), (10, 12, []), (75, 100, [100]), (75, 101, []), (11, 11, [11])],
)
def test_concerns_persist_after_the_day_of_one_enforcement_decision(
    first: int, second: int, expected: list[int]
) -> None:
    tables = a_case()
    decide(tables, 10, decision="ESCALATE", step="L1")
    worry(tables, first)
    worry(tables, second)
    assert days(raised(tables, "persisting_concern")) == expected


@pytest.mark.parametrize("step", ["L0", "PARALLEL"])
def test_a_reminder_and_safeguarding_are_no_enforcement(step: str) -> None:
    tables = a_case()
    decide(tables, 10, decision="ESCALATE", step=step)
    worry(tables, 11)
    worry(tables, 12)
    assert raised(tables, "persisting_concern") == []
    assert measures_json(tables, START, LATE)["balance"]["enforcement_decisions"] == 0


def test_the_control_arm_raises_nothing_and_is_offered_nothing() -> None:
    tables = a_case(trial_arm="CONTROL")
    worry(tables, 3, "ARREST", "VIOLENCE")
    assert triggers_json(tables, LATE)["triggers"] == []
    assert offer_refusals(tables, full_row("offers", case_ref="X")) == ["CONTROL_ARM"]


def test_a_decision_is_due_two_working_days_later() -> None:
    tables = a_case()
    worry(tables, 18, "BREACH")  # Friday 22 May 2026, before the bank holiday of 25 May
    assert raised(tables, "breach")[0]["decision_due"] == "2026-05-27"


def test_corrected_evidence_withdraws_an_open_trigger_at_every_date_and_flags_a_decided_one() -> None:
    before = a_case()
    miss(before, 1, 2, 3, 10)
    after = deepcopy(before)
    after["contacts"][0]["outcome"] = "CANCELLED_BY_US"
    rows = triggers_json(after, on(9), former=[before])["triggers"]
    assert [row["status"] for row in rows] == ["WITHDRAWN"]
    rows = [
        row for row in triggers_json(after, on(12), former=[before])["triggers"] if row["rule"] == "missed_contacts"
    ]
    assert [(row["status"], row["raised_on"]) for row in rows] == [
        ("WITHDRAWN", on(3).isoformat()),
        ("OPEN", on(10).isoformat()),
    ]
    for state in (before, after):
        decide(state, 12, "missed_contacts")
    rows = [row for row in triggers_json(after, LATE, former=[before])["triggers"] if row["rule"] == "missed_contacts"]
    assert [(row["status"], row["needs_review"], len(row["evidence"])) for row in rows] == [("DECIDED", True, 4)]


def test_what_is_added_late_withdraws_what_stood_until_then() -> None:
    before = a_case()
    after = deepcopy(before)
    see(after, 20)
    assert days(raised(before, "lost_contact", on(30))) == [28]
    (gone,) = triggers_json(after, on(30), former=[before])["triggers"]
    assert (gone["status"], gone["raised_on"]) == ("WITHDRAWN", on(28).isoformat())


def test_de_escalation_is_suggested_after_28_days_at_liberty_and_two_good_weeks() -> None:
    tables = a_case()
    decide(tables, 0, decision="ESCALATE", step="L2")
    worry(tables, 3)
    lock(tables, 5, 7)
    rate(tables, 2, 4)
    rate(tables, 3, 5)
    assert case_json(tables, "X", on(32))["suggestions"] == []
    assert [one["kind"] for one in case_json(tables, "X", on(33))["suggestions"]] == ["DE_ESCALATE"]
    rate(tables, 4, 3, rated=33)
    assert case_json(tables, "X", on(33))["suggestions"] == []


def test_contact_standards_count_days_at_liberty() -> None:
    tables = a_case("IOM", notice_served_on=START)
    tables["rag"] = [full_row("rag", case_ref="X", set_on=on(0), rag="RED", reason="New")]
    lock(tables, 3, 5)
    assert case_json(tables, "X", on(9))["overdue"] == []
    assert case_json(tables, "X", on(10))["overdue"] == [
        {"standard": "CONTACT", "due_on": on(9).isoformat(), "explanation": None}
    ]


def test_a_notice_and_a_review_after_an_arrest_are_overdue_the_day_after() -> None:
    tables = a_case("IOM")
    tables["rag"] = [full_row("rag", case_ref="X", set_on=on(0), rag="GREEN", reason="New")]
    worry(tables, 10, "ARREST")
    assert (
        case_json(tables, "X", on(14))["overdue"]
        == [
            # 14 May 2026 is a Thursday: two working days later it is Monday.
        ]
    )
    assert [one["standard"] for one in case_json(tables, "X", on(15))["overdue"]] == ["RAG_REVIEW", "NOTICE"]


def test_blue_is_seen_every_90_days_and_every_31_in_the_last_three_months() -> None:
    tables = a_case("IOM", notice_served_on=START, release_plan_on=START, expected_release_on="2026-10-31")
    tables["rag"] = [
        full_row("rag", case_ref="X", set_on=on(35 * number), rag="BLUE", reason="Held") for number in range(4)
    ]
    # Three calendar months before 31 October is 31 July 2026, day 88.
    assert case_json(tables, "X", on(87))["overdue"] == []
    assert [one["due_on"] for one in case_json(tables, "X", on(88))["overdue"]] == [on(31).isoformat()]


def test_children_need_every_check_and_steps_need_their_age() -> None:
    tables = a_case(born="2010-02-28")
    decide(tables, 3, decision="ESCALATE", step="L9")
    row = tables["decisions"][0]
    assert decision_refusals(tables, row)[-1] == "CHILD_CHECK_AA"
    assert len(decision_refusals(tables, row)) == 6
    row["child_checks"] = "NRM=yes;YJS=no: out of hours;PARENT=yes;DIVERSION=yes: first;COMMUNICATION=maybe;AA=yes"
    assert decision_refusals(tables, row) == ["CHILD_CHECK_COMMUNICATION"]
    row.update(authorised_by="a", told_participant="", actioned_on="")
    assert decision_refusals(tables, row)[0] == "PROPOSER_AUTHORISES"
    assert "TOLD_PARTICIPANT" not in decision_refusals(tables, row)
    # What the person was told is needed when the step is served.
    row["actioned_on"] = row["decided_on"]
    assert decision_refusals(tables, row)[:2] == ["PROPOSER_AUTHORISES", "TOLD_PARTICIPANT"]
    young = a_case(born="2010-10-19")
    steps = available_steps(young, "X", date(2026, 10, 18))
    assert (steps["L4"], steps["L4W"], steps["L7"], steps["L10"]) == ("AGE", "AGE", "AREA", "NEEDS_ORDER")
    assert available_steps(young, "X", date(2026, 10, 19))["L4"] == "NEEDS_L4W"


def test_someone_born_on_29_february_comes_of_age_on_1_march() -> None:
    tables = a_case(born="2008-02-29")
    assert case_json(tables, "X", date(2026, 2, 28))["age"] == 17
    assert case_json(tables, "X", date(2026, 3, 1))["age"] == 18


def test_days_unlawfully_at_large_end_the_day_before_reception() -> None:
    tables = a_case("IOM")
    worry(tables, 10, "RECALL")
    worry(tables, 12, "UNLAWFULLY_AT_LARGE")
    lock(tables, 18, 30)
    figures = case_json(tables, "X", on(40))
    assert (figures["days_ual"], figures["days_at_liberty"], figures["days_in_custody"]) == (6, 29, 12)
