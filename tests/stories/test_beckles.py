"""Story C: what the program says of Amari BECKLES, at every day and instant that the story names."""

from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.storage.store import Store
from stories.asked import clocks, day, figures, moment, refusals, states, triggers, written
from stories.beckles_as_written import FIGURES, LEVELS, OFFERS, TRIGGERS

CASE = "PHX-BECKLES"
END = day("6 Nov")
CHECKS = "NRM=yes;YJS=yes;PARENT=yes;DIVERSION=yes;COMMUNICATION=yes"


def test_the_triggers_as_of_the_last_day_are_as_written(told: Store) -> None:
    assert clocks(triggers(told, CASE, END)) == TRIGGERS


def test_no_trigger_is_flagged_and_the_action_was_due_on_6_november(told: Store) -> None:
    found = triggers(told, CASE, END)
    assert not any(each["needs_review"] for each in found)
    assert [written(each["action_due"]) for each in found if each["step"] == "L1"] == ["6 Nov"]


@pytest.mark.parametrize(
    ("as_of", "known_at", "rule", "raised", "expected"),
    [
        ("21 Oct", "21 Oct 18:00", "serious_concern", "21 Oct", "OPEN"),
        ("22 Oct", "22 Oct 09:39", "serious_concern", "21 Oct", "OPEN"),
        ("22 Oct", "22 Oct 09:40", "serious_concern", "21 Oct", "WITHDRAWN"),
        ("29 Oct", "29 Oct 17:30", "unanswered_offer", "27 Oct", "OPEN"),
        ("29 Oct", "29 Oct 18:00", "unanswered_offer", "27 Oct", "DECIDED"),
        ("29 Oct", "29 Oct 20:00", "missed_contacts", "29 Oct", "OPEN"),
        ("29 Oct", "29 Oct 20:00", "low_ratings", "29 Oct", "OPEN"),
        ("30 Oct", "30 Oct 08:59", "missed_contacts", "29 Oct", "OPEN"),
        ("30 Oct", "30 Oct 08:59", "low_ratings", "29 Oct", "OPEN"),
        ("30 Oct", "30 Oct 09:00", "missed_contacts", "29 Oct", "WITHDRAWN"),
        ("29 Oct", "30 Oct 09:00", "low_ratings", "29 Oct", "WITHDRAWN"),
        ("30 Oct", "30 Oct 10:00", "serious_concern", "28 Oct", "OPEN"),
        ("30 Oct", "30 Oct 11:00", "serious_concern", "28 Oct", "DECIDED"),
        ("29 Oct", "30 Oct 11:00", "serious_concern", "28 Oct", "OPEN"),
    ],
)
def test_each_trigger_was_known_as_the_story_says(
    told: Store, as_of: str, known_at: str, rule: str, raised: str, expected: str
) -> None:
    assert states(triggers(told, CASE, day(as_of), moment(known_at)))[rule, raised] == expected


def test_nothing_else_was_ever_raised(told: Store) -> None:
    expected = {("serious_concern", "21 Oct"), ("unanswered_offer", "27 Oct"), ("serious_concern", "28 Oct")}
    expected |= {("missed_contacts", "29 Oct"), ("low_ratings", "29 Oct")}
    known = ("21 Oct 18:00", "22 Oct 18:00", "24 Oct 23:30", "27 Oct 18:00", "29 Oct 20:00", "30 Oct 12:00")
    for known_at in (*known, "6 Nov 18:00"):
        at = moment(known_at)
        assert states(triggers(told, CASE, at.date(), at)).keys() <= expected


@pytest.mark.parametrize("rule", ["missed_contacts", "low_ratings"])
def test_who_saw_the_triggers_on_29_october_is_told_where_they_went(told: Store, rule: str) -> None:
    (gone,) = (each for each in triggers(told, CASE, END) if each["rule"] == rule)
    assert "in custody" in gone["withdrawn_reason"]
    assert "29 Oct 2026" in gone["withdrawn_reason"]
    assert "30 Oct 2026" in gone["withdrawn_reason"]


def test_the_figures_as_of_the_last_day_are_as_written(told: Store) -> None:
    found = figures(told, CASE, END)
    assert {key: found[key] for key in FIGURES} == FIGURES
    assert [week["level"] for week in found["engagement_by_week"]] == LEVELS
    assert {key: found["offers"][key] for key in OFFERS} == OFFERS
    assert figures(told, CASE, day("21 Oct"))["age"] == 15
    assert figures(told, CASE, day("22 Oct"))["age"] == 16


def refused(told: Store, folder: Path, decided: str, step: str, **cells: str) -> str:
    on = day(decided).isoformat()
    given: dict[str, Any] = {"child_checks": CHECKS, "told_participant": "All of it", **cells}
    return refusals(told, folder, case_ref=CASE, decided_on=on, step=step, **given)


@pytest.mark.parametrize(
    ("decided", "step", "words"),
    [
        ("19 Oct", "L4W", "16 or over; he is 15 on 19 Oct 2026"),
        ("30 Oct", "L4", "needs a Community Protection Warning first"),
        ("30 Oct", "L7", "not in force in Leicestershire"),
        ("30 Oct", "L7b", "not in force in Leicestershire"),
        ("30 Oct", "L10", "needs an order or a licence in force on 30 Oct 2026"),
        ("15 Oct", "L1", "GILLICK"),
        ("30 Oct", "L9", "AA"),
    ],
)
def test_a_step_is_refused_in_these_words(told: Store, tmp_path: Path, decided: str, step: str, words: str) -> None:
    assert words in refused(told, tmp_path, decided, step)


def test_the_warning_of_22_october_lists_every_check_that_is_missing(told: Store, tmp_path: Path) -> None:
    said = refused(told, tmp_path, "22 Oct", "L4W", child_checks="")
    assert [code for code in ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION") if code not in said] == []
    assert refused(told, tmp_path, "22 Oct", "L4W") == ""


def test_who_proposes_does_not_authorise(told: Store, tmp_path: Path) -> None:
    assert "authorise" in refused(told, tmp_path, "30 Oct", "L1", authorised_by="PC 2087 Hollis")
    assert refused(told, tmp_path, "30 Oct", "L1") == ""
