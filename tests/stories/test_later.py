"""Both stories again under version 2026-11-30: what it refuses, and what counts as seen."""

from datetime import date
from pathlib import Path

import pytest

from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from services.exchange_session import put, session_at
from stories.asked import AFTERWARDS, figures, refusals, triggers

BECKLES, PYKE = "PHX-BECKLES", "IOM-PYKE"
CODES = ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION")
CHECKS = ";".join(f"{code}=yes" for code in CODES)


def test_every_trigger_of_the_child_is_judged_by_the_new_version(retold: Store) -> None:
    found = triggers(retold, BECKLES, date(2027, 1, 1))
    assert [(each["rule"], each["raised_on"], each["decision_due"], each["status"]) for each in found] == [
        ("unanswered_offer", "2026-12-22", "2026-12-24", "DECIDED"),
        # Christmas Day and the day in the place of Boxing Day are no working days.
        ("serious_concern", "2026-12-23", "2026-12-29", "DECIDED"),
    ]
    assert {each["policy_version"] for each in found} == {"2026-11-30"}


def tried(store: Store, folder: Path, step: str, **cells: str) -> str:
    given = {"child_checks": CHECKS, "told_participant": "All of it", **cells}
    return refusals(store, folder, case_ref=BECKLES, decided_on="2026-12-25", step=step, **given)


def test_a_criminal_behaviour_order_needs_a_conviction(retold: Store, tmp_path: Path) -> None:
    assert "conviction" in tried(retold, tmp_path, "L6")
    assert "conviction" in tried(retold, tmp_path, "L6", conviction_court="Leicester Youth Court")
    assert "conviction" in tried(retold, tmp_path, "L6", convicted_on="2026-12-24")
    named = {"conviction_court": "Leicester Youth Court", "convicted_on": "2026-12-24"}
    assert tried(retold, tmp_path, "L6", **named) == ""


def test_school_exclusion_is_no_lever(retold: Store, tmp_path: Path) -> None:
    for cells in ({"reason": "School exclusion"}, {"lever": "SCHOOL_EXCLUSION"}, {"lever": "school exclusion"}):
        assert "lever" in tried(retold, tmp_path, "L11", **cells).lower()
    assert tried(retold, tmp_path, "L11", lever="TENANCY") == ""


@pytest.mark.parametrize("answer", ["no", "No", "no:", "no: "])
def test_no_check_is_answered_with_no_alone(retold: Store, tmp_path: Path, answer: str) -> None:
    said = tried(retold, tmp_path, "L3", child_checks=";".join(f"{code}={answer}" for code in CODES))
    assert [code for code in CODES if code not in said] == []
    reasons = ";".join(f"{code}=no: it was asked" for code in CODES)
    assert tried(retold, tmp_path, "L3", child_checks=reasons) == ""


def test_what_persists_says_that_the_arrest_behind_the_step_ended_without_further_action(retold: Store) -> None:
    (found,) = (each for each in triggers(retold, PYKE, date(2027, 1, 1)) if each["rule"] == "persisting_concern")
    assert (found["policy_version"], found["status"]) == ("2026-11-30", "OPEN")
    assert "without further action" in found["explanation"]


def test_neither_a_text_nor_a_call_to_his_aunt_is_a_completed_contact(retold: Store) -> None:
    found = figures(retold, PYKE, date(2027, 1, 1))
    assert (found["contacts"]["completed"], found["completed_minutes"]) == (2, 55)
    assert found["contacts"]["by_outcome"]["SEEN"] == 4


def test_under_red_he_is_listed_as_not_seen_since_the_day_of_the_arrest(retold: Store, tmp_path: Path) -> None:
    assert figures(retold, PYKE, date(2027, 1, 1))["overdue"] == []
    red = {"case_ref": PYKE, "set_on": "2026-12-25", "rag": "RED", "reason": "Nobody has seen him"}
    call = {"contact_ref": "A9", "case_ref": PYKE, "occurred_at": "2026-12-31T10:00", "planned": "yes"}
    call |= {"contact_type": "PHONE", "outcome": "SEEN", "minutes": "5", "direction": "OURS"}
    put(tmp_path / "more", "rag", [red])
    put(tmp_path / "more", "contacts", [call])
    assert run_import(session_at(retold, at=AFTERWARDS), tmp_path / "more").written
    (overdue,) = figures(retold, PYKE, date(2027, 1, 1))["overdue"]
    # Seven days in the community since 18 December: the 19th and 20th were in custody.
    assert (overdue["standard"], overdue["due_on"]) == ("CONTACT", "2026-12-27")
    assert "18 Dec 2026" in overdue["explanation"]
