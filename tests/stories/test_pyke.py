"""Story A: what the program says of Darren PYKE, at every day and instant that the story names."""

from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.services.cases.case_json import measures_json
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.storage.store import Store
from services.exchange_session import session_at
from stories.asked import AFTERWARDS, clocks, day, figures, moment, refusals, states, triggers, written
from stories.pyke_as_written import FIGURES, OFFERS, TRIGGERS

CASE = "IOM-PYKE"
END = day("4 Sep")


def test_the_triggers_as_of_the_last_day_are_as_written(told: Store) -> None:
    assert clocks(triggers(told, CASE, END)) == TRIGGERS


def test_the_triggers_rest_on_what_is_written_and_none_is_flagged(told: Store) -> None:
    found = {each["rule"]: each for each in triggers(told, CASE, END)}
    assert [each["ref"] for each in found["unacceptable_absences"]["evidence"]] == ["A2", "A4"]
    assert [each["ref"] for each in found["persisting_concern"]["evidence"]] == ["K-A2", "K-A3"]
    assert written(found["serious_concern"]["action_due"]) == "1 Sep"
    assert not any(each["needs_review"] for each in found.values())


@pytest.mark.parametrize(
    ("as_of", "known_at", "expected"),
    [
        ("19 Aug", "19 Aug 18:00", {("unacceptable_absences", "17 Aug"): "OPEN"}),
        ("20 Aug", "20 Aug 11:19", {("unacceptable_absences", "17 Aug"): "OPEN"}),
        ("20 Aug", "20 Aug 11:20", {("unacceptable_absences", "17 Aug"): "WITHDRAWN"}),
        ("17 Aug", "20 Aug 11:20", {("unacceptable_absences", "17 Aug"): "WITHDRAWN"}),
        ("16 Aug", "20 Aug 11:20", {}),
    ],
)
def test_the_absences_stood_until_the_first_was_put_right(
    told: Store, as_of: str, known_at: str, expected: dict[Any, str]
) -> None:
    assert states(triggers(told, CASE, day(as_of), moment(known_at))) == expected


def test_the_reason_of_the_withdrawal_names_the_contact_and_the_day_it_was_corrected(told: Store) -> None:
    (gone,) = (each for each in triggers(told, CASE, END) if each["status"] == "WITHDRAWN")
    assert "10 Aug 2026" in gone["withdrawn_reason"]
    assert "20 Aug 2026" in gone["withdrawn_reason"]


def test_the_intelligence_was_not_known_on_the_bank_holiday(told: Store) -> None:
    raised = ("credible_intelligence", "28 Aug")
    assert raised not in states(triggers(told, CASE, day("31 Aug"), moment("31 Aug 18:00")))
    assert states(triggers(told, CASE, day("31 Aug")))[raised] == "OPEN"
    assert states(triggers(told, CASE, day("1 Sep"), moment("1 Sep 09:30")))[raised] == "OPEN"


def test_two_concerns_after_the_decision_persist_from_the_second_only(told: Store) -> None:
    for as_of, known_at in (("1 Sep", "1 Sep 20:00"), ("2 Sep", "2 Sep 15:59")):
        rules = {each["rule"] for each in triggers(told, CASE, day(as_of), moment(known_at))}
        assert "persisting_concern" not in rules
    assert states(triggers(told, CASE, day("2 Sep"), moment("2 Sep 16:00")))[("persisting_concern", "2 Sep")] == "OPEN"


def test_the_figures_as_of_the_last_day_are_as_written(told: Store) -> None:
    found = figures(told, CASE, END)
    assert {key: found[key] for key in FIGURES} == FIGURES
    assert {key: found["offers"][key] for key in OFFERS} == OFFERS


def test_the_next_review_is_due_on_1_october(told: Store) -> None:
    assert figures(told, CASE, day("1 Oct"))["overdue"] == [
        each for each in figures(told, CASE, day("1 Oct"))["overdue"] if each["standard"] != "RAG_REVIEW"
    ]
    (review,) = (each for each in figures(told, CASE, day("2 Oct"))["overdue"] if each["standard"] == "RAG_REVIEW")
    assert written(review["due_on"]) == "1 Oct"


@pytest.mark.parametrize(
    ("as_of", "due"), [("18 Aug", []), ("19 Aug", ["18 Aug"]), ("20 Aug", ["18 Aug"]), ("21 Aug", [])]
)
def test_contact_was_overdue_until_he_was_seen_in_the_cells(told: Store, as_of: str, due: list[str]) -> None:
    found = figures(told, CASE, day(as_of))["overdue"]
    assert [written(each["due_on"]) for each in found if each["standard"] == "CONTACT"] == due


def test_both_decisions_were_on_time(told: Store) -> None:
    counted = measures_json(count_measures(session_at(told, at=AFTERWARDS), day("3 Aug"), END))
    assert counted["swiftness"] == {
        "decisions": 2,
        "working_days_median": 2,
        "working_days_p90": 2,
        "on_time_share": 1.0,
        "actions": 1,
        "action_days_median": 1,
        "action_days_p90": 1,
        "action_on_time_share": 1.0,
    }
    assert counted["balance"] == {
        "offers_made": 1,
        "offers_accepted": 1,
        "offers_open": 1,
        "enforcement_decisions": 1,
    }


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("L4", "needs a Community Protection Warning first"),
        ("L7", "not in force in Leicestershire"),
        ("L7b", "not in force in Leicestershire"),
    ],
)
def test_steps_that_are_not_available_are_refused_in_words(told: Store, tmp_path: Path, step: str, words: str) -> None:
    said = {"told_participant": "All of it"}
    assert words in refusals(told, tmp_path, case_ref=CASE, decided_on="2026-09-04", step=step, **said)


def test_a_breach_of_the_licence_is_available(told: Store, tmp_path: Path) -> None:
    said = {"told_participant": "All of it"}
    assert refusals(told, tmp_path, case_ref=CASE, decided_on="2026-09-04", step="L10", **said) == ""
