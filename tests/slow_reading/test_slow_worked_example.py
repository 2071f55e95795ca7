from datetime import date
from typing import Any

import pytest

from policy_histories.worked_example import worked_example
from policy_histories.worked_example_harker import CASE as HARKER
from policy_histories.worked_example_marlow import CASE as MARLOW
from slow_reading.policy_reading import case_json, decision_refusals, measures_json, triggers_json

END = date(2026, 11, 29)


@pytest.fixture(name="harker")
def _harker() -> dict[str, Any]:
    return case_json(worked_example(), HARKER, END)


@pytest.fixture(name="marlow")
def _marlow() -> dict[str, Any]:
    return case_json(worked_example(), MARLOW, END)


def test_harker_has_eleven_contacts_by_outcome(harker: dict[str, Any]) -> None:
    assert harker["contacts"] == {
        "total": 11,
        "completed": 8,
        "missed": 1,
        "by_outcome": {"SEEN": 8, "NOT_SEEN": 2, "UNACCEPTABLE_ABSENCE": 1},
    }


def test_harker_has_84_days_of_rag_and_40_at_liberty_of_which_6_unlawfully(harker: dict[str, Any]) -> None:
    assert harker["rag_days"] == {"BLUE": 44, "AMBER": 22, "RED": 18, "GREEN": 0}
    assert (harker["days_at_liberty"], harker["days_in_custody"], harker["days_ual"]) == (40, 44, 6)
    assert (harker["from"], harker["in_custody"], harker["age"]) == ("2026-09-07", True, 32)


def test_harker_has_two_open_late_triggers(harker: dict[str, Any]) -> None:
    found = [
        (
            one["rule"],
            one["raised_on"],
            one["decision_due"],
            one["status"],
            [item["joined"] for item in one["evidence"]],
        )
        for one in harker["triggers"]
    ]
    assert found == [
        ("serious_concern", "2026-10-13", "2026-10-15", "OPEN", [False]),
        ("breach", "2026-10-14", "2026-10-16", "OPEN", [False, True]),
    ]


def test_harkers_actions_stand_as_written(harker: dict[str, Any]) -> None:
    assert {one["action_ref"]: one["status"] for one in harker["actions"]} == {
        "A1-HARKER": "DONE_LATE",
        "A2-HARKER": "DONE",
        "A3-HARKER": "DONE",
        "A4-HARKER": "CANCELLED",
        "A5-HARKER": "OVERDUE",
    }


def test_harkers_actions_are_overdue_from_the_day_after() -> None:
    on_day = case_json(worked_example(), HARKER, date(2026, 10, 19))["actions"]
    day_after = case_json(worked_example(), HARKER, date(2026, 10, 20))["actions"]
    assert {"action_ref": "A4-HARKER", "status": "OPEN"} in on_day
    assert {"action_ref": "A4-HARKER", "status": "OVERDUE"} in day_after


def test_harkers_rag_review_is_overdue_from_25_november(harker: dict[str, Any]) -> None:
    assert harker["overdue"] == [{"standard": "RAG_REVIEW", "due_on": "2026-11-24", "explanation": None}]
    assert case_json(worked_example(), HARKER, date(2026, 11, 24))["overdue"] == []
    assert len(case_json(worked_example(), HARKER, date(2026, 11, 25))["overdue"]) == 1


def test_marlow_has_twelve_sessions_535_minutes_and_three_missed(marlow: dict[str, Any]) -> None:
    assert (marlow["contacts"]["completed"], marlow["completed_minutes"], marlow["contacts"]["missed"]) == (12, 535, 3)


def test_marlows_engagement_by_week_and_age_are_as_written(marlow: dict[str, Any]) -> None:
    assert [week["level"] for week in marlow["engagement_by_week"]] == [0, 2, 4, 4, 3, 2, 3, 3, 4, 4, 4, 5]
    assert (marlow["engagement_level"], marlow["age"]) == (5, 18)
    assert case_json(worked_example(), MARLOW, date(2026, 10, 27))["age"] == 17


def test_marlow_has_two_decided_triggers_and_is_back_at_l0(marlow: dict[str, Any]) -> None:
    found = [
        (one["rule"], one["raised_on"], one["decision_due"], one["decided_on"], one["step"], one["actioned_on"])
        for one in marlow["triggers"]
    ]
    assert found == [
        ("missed_contacts", "2026-10-15", "2026-10-19", "2026-10-19", "L1", "2026-10-20"),
        ("serious_concern", "2026-10-27", "2026-10-29", "2026-10-28", "L2", "2026-10-29"),
    ]
    assert marlow["current_step"] == "L0"
    assert case_json(worked_example(), MARLOW, date(2026, 11, 19))["current_step"] == "L2"


def test_marlows_de_escalation_is_not_yet_suggested_on_20_november() -> None:
    tables = worked_example()
    tables["decisions"] = [row for row in tables["decisions"] if row["decision"] != "DE_ESCALATE"]
    assert case_json(tables, MARLOW, date(2026, 11, 20))["suggestions"] == []
    assert case_json(tables, MARLOW, date(2026, 11, 23))["suggestions"] == []
    assert len(case_json(tables, MARLOW, date(2026, 11, 24))["suggestions"]) == 1


def test_marlows_offers_stay_open(marlow: dict[str, Any]) -> None:
    assert {key: marlow["offers"][key] for key in ("made", "accepted", "open")} == {"made": 4, "accepted": 4, "open": 4}


def test_the_decisions_were_swift() -> None:
    measures = measures_json(worked_example(), date(2026, 9, 7), END)
    assert measures["swiftness"] == {
        "decisions": 2,
        "working_days_median": 1.5,
        "working_days_p90": 2,
        "on_time_share": 1.0,
        "actions": 2,
        "action_days_median": 1,
        "action_days_p90": 1,
        "action_on_time_share": 1.0,
    }
    assert measures["certainty"] == {
        "due": 4,
        "decided": 2,
        "decided_share": 0.5,
        "on_time": 2,
        "on_time_share": 0.5,
    }
    assert measures["balance"]["enforcement_decisions"] == 2


def test_only_open_triggers_of_one_programme_are_listed_when_asked() -> None:
    rows = triggers_json(worked_example(), END, programme="IOM", only_open=True)["triggers"]
    assert [row["case_ref"] for row in rows] == [HARKER, HARKER]
    assert triggers_json(worked_example(), END, programme="PHOENIX", only_open=True)["triggers"] == []


def test_no_decision_of_the_example_is_refused_and_the_child_checks_matter_at_17_only() -> None:
    tables = worked_example()
    assert [decision_refusals(tables, row) for row in tables["decisions"]] == [[], [], []]
    first, second = ({**row, "child_checks": ""} for row in tables["decisions"][:2])
    assert [code.removeprefix("CHILD_CHECK_") for code in decision_refusals(tables, first)] == [
        "NRM",
        "YJS",
        "PARENT",
        "DIVERSION",
        "COMMUNICATION",
    ]
    assert decision_refusals(tables, second) == []
