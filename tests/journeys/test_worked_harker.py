"""Callum Harker's twelve weeks lived in the window, week by week and by the person whom the example names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from journeys.office import (
    add,
    answer_referral,
    at_large,
    colour,
    comply,
    concern,
    contact,
    expect_release,
    make_responsible,
    missed,
    offer,
    panel,
    plan_release,
    press_button,
    release,
    screen,
    serve_letter,
    supervise,
)
from journeys.worked_export import told_supervisors, unlike, without_references
from policy_histories.worked_example_harker import CASE, HOLT, POLICE, PROBATION, WRIGHT, harker
from slow_reading.policy_reading import case_json
from stories.asked import day, figures

if TYPE_CHECKING:
    from pathlib import Path

    from journeys.keyboard import Keyboard
    from journeys.office import Office

pytestmark = pytest.mark.usefixtures("theme")
FINE = {"behaviour": "n", "worry": "n", "planned": "y", "basis": "Fact"}
END = day("29 Nov")
AT_THE_DOOR = {"done": "No answer at the door.", "basis": "Fact"}
PRISON = "HMP Leicester"
OTHERWISE = {
    "cases": {"statutory_status"},  # worked out of the licence, not typed
    "rag": {"set_by"},  # a co-ordinator sets no RAG: the supervisor who was there does
    "contacts": {"planned"},  # nobody arranges an unannounced visit
}
"""The columns in which the window is meant to differ from the example."""
MORE = {"referrals: direction=IN", "notifications"}
"""What the example has no row of: the referral that began the case, and the letter that its contact tells of."""
OFFENCES = (
    ("3/12/2024", "Vehicle", "Theft from a motor vehicle", "suspect", "Arrested"),
    ("19/2/2025", "Other theft", "Theft from a shop", "suspect", "Arrested"),
    ("27/5/2025", "Burglary", "Burglary other than dwelling", "suspect", "Arrested"),
    ("8/8/2025", "Burglary", "Burglary dwelling", "convicted", "Index offence: charged, convicted"),
    ("8/8/2025", "Drug possession", "Possession of a class A drug", "suspect", "Arrested"),
)


def offence(seat: Keyboard, on: str, group: str, words: str, role: str, outcome: str) -> None:
    answers = {"offence_on": on, "recorded_on": on, "offence_group": group, "offence": words}
    add(seat, "add offence", **answers, role=role, outcome=outcome)


def action(seat: Keyboard, text: str, owner: str, due_on: str) -> None:
    add(seat, "add action", text=text, owner=owner, due_on=due_on)


def finish(seat: Keyboard, row: str, **answers: str) -> None:
    press_button(seat, "Actions", row, "Done")
    seat.fill(**answers)
    seat.save()


def referred(office: Office) -> None:
    seat = office.at("10 Aug 09:30", WRIGHT)
    office.refer(
        seat,
        words="harker callum",
        family_name="HARKER",
        given_names="Callum",
        date_of_birth="14/2/1994",
        sex="Male",
        pnc_id="2012/0123456Y",
        address="14 Fictional Row, Leicester",
        postcode="LE0 0AA",
        languages="English",
        programme="i",
        unit="Probation",
        reason="Burglary dwelling; four arrests in the twelve months before",
        by="L. HOLT",
    )
    add(seat, "received", received_on="17/11/2025", kind="Sentence", establishment=PRISON)
    add(
        seat,
        "add assess",
        tool="OGRS3",
        version="2-YEAR",
        assessed_on="10/8/2026",
        value="82",
        band="HIGH",
        scorer=PROBATION,
    )
    for each in OFFENCES:
        offence(seat, *each)


def first_week(office: Office) -> None:
    seat = office.at("7 Sep 10:00", WRIGHT)
    screen(seat, "nnnnn")
    panel(seat, "a", "Index burglary dwelling; OGRS3 82", cohort="Fixed", adopted_on="7/9/2026")
    make_responsible(seat, "Police", POLICE)
    make_responsible(seat, "Probation", PROBATION)
    for pathway in ("Drugs and alcohol", "Accommodation"):
        add(seat, "add need", pathway=pathway, assessed_on="today", level="2", status="Support required")
    colour(seat, "b", "In custody, release due 10 Sep 2026; pre-release plan")
    expect_release(seat, "10/9/2026")
    action(seat, "Accommodation referral", POLICE, "14/9")
    seat = office.at("10 Sep 11:30", POLICE)
    release(seat, released_on="10/9", rag="a", rag_reason="released, engaging")
    done = "Day of release. IOM letter served, explained."
    contact(seat, happened="y", when="0930-1100", kind="Met at", done=done, **FINE)
    serve_letter(seat, "i")
    add(
        seat,
        "add order",
        order_type="licence",
        made_on="10/9",
        court="Leicester Crown Court",
        conditions="Standard determinate licence; engage with the IOM team and follow its instructions",
    )
    supervise(seat, condition="y")


def second_to_fourth_week(office: Office) -> None:
    seat = office.at("15 Sep 12:00", POLICE)
    contact(seat, happened="y", when="1000-1040", kind="Home visit, announced", done="Seen at home.", **FINE)
    seat = office.at("16 Sep 12:00", POLICE)
    finish(seat, "Accommodation referral", end="d")
    add(
        seat,
        "add referral",
        direction="Out",
        unit="Accommodation",
        sent_on="today",
        status="Sent",
        reason="Accommodation need 2 at release (action A1)",
    )
    seat = office.at("17 Sep 15:00", PROBATION)
    contact(
        seat,
        happened="y",
        when="1400-1445",
        kind="Office",
        done="Agreed to referral for substance misuse.",
        **FINE,
    )
    add(
        seat,
        "add referral",
        direction="Out",
        unit="Substance",
        sent_on="today",
        status="Sent",
        reason="Drugs need 2 at release",
    )
    knock = {"kind": "Home visit, unannounced", **AT_THE_DOOR}
    missed(office.at("24 Sep 19:00", POLICE), why="n", when="1810", **knock)
    seat = office.at("25 Sep 09:00", POLICE)
    contact(seat, happened="y", when="0820-0845", kind="Home visit, unannounced", done="Seen at home.", **FINE)
    answer_referral(office.at("25 Sep 12:00", PROBATION), "Substance", "a")
    seat = office.at("29 Sep 15:00", PROBATION)
    missed(
        seat,
        why="t",
        acceptable="n",
        arranged="y",
        when="1400",
        kind="Office",
        done="Licence warning on 30 Sep 2026.",
        basis="Fact",
    )


def fourth_to_sixth_week(office: Office) -> None:
    seat = office.at("30 Sep 10:00", PROBATION)
    comply(seat, step="Warning", warning_level="First", reason="Did not come on 29 Sep")
    seat = office.at("2 Oct 12:00", POLICE)
    concern(
        seat,
        concern_type="Intelligence",
        offence_group="Vehicle",
        source_grade="2",
        information_grade="C",
        handling="P",
        summary="Seen near vehicle breaks",
    )
    colour(seat, "r", "Intelligence 2C, handling P: seen near vehicle breaks; authorised by Insp. WRIGHT")
    seat = office.at("5 Oct 11:00", WRIGHT)
    colour(seat, "r", "Conference: RED confirmed")
    action(seat, "Joint visit with probation", POLICE, "9/10")
    action(seat, "Hot-spot tasking", HOLT, "12/10")
    action(seat, "Treatment appointment", PROBATION, "19/10")
    seat = office.at("7 Oct 19:00", POLICE)
    done = "Unannounced, with probation (action A2)."
    contact(seat, happened="y", when="1745-1835", kind="Joint", done=done, **FINE)
    finish(seat, "Joint visit", end="d")
    finish(office.at("12 Oct 17:00", HOLT), "Hot-spot", end="d")
    seat = office.at("12 Oct 20:00", POLICE)
    missed(seat, why="n", when="1900", kind="Home visit, unannounced", **AT_THE_DOOR)
    seat = office.at("13 Oct 17:00", POLICE)
    concern(
        seat,
        concern_type="Arrest",
        offence_group="Vehicle",
        summary="Arrested for theft from a vehicle; bailed",
    )
    assert "Serious concern" in seat.read_alert()
    done = "In police custody after arrest; bailed."
    contact(seat, happened="y", when="1630-1650", kind="Other", done=done, **FINE | {"planned": "n"})
    offence(seat, "13/10", "Vehicle", "Theft from a motor vehicle", "suspect", "Arrested and bailed")
    seat = office.at("14 Oct 16:00", PROBATION)
    comply(seat, step="Recall requested", reason="Arrest on licence")
    words = "Recall requested and made: fixed term, 56 days"
    comply(seat, step="Recalled", recall_type="Fixed", reason=words, as_concern="y")
    assert "Breach" in seat.read_alert()
    at_large(seat, "Unlawfully at large from 14 Oct 2026")


def back_in_prison(office: Office) -> None:
    seat = office.at("20 Oct 15:00", POLICE)
    concern(
        seat,
        concern_type="Arrest",
        offence_group="Other",
        summary="Arrested as unlawfully at large after 6 days; returned to custody",
    )
    add(
        seat,
        "received",
        kind="Recall",
        establishment=PRISON,
        expected_release_on="15/12/2026",
        blue="y",
        rag_reason="Arrested as unlawfully at large and returned to custody",
    )
    seat = office.at("28 Oct 12:00", POLICE)
    done = "Prison video link. Agrees treatment in custody."
    contact(seat, happened="y", when="1100-1130", kind="Video", done=done, **FINE)
    seat = office.at("2 Nov 11:00", WRIGHT)
    finish(seat, "Treatment appointment", end="c", reason="In custody")
    action(seat, "Housing interview", HOLT, "23/11")
    plan_release(seat)
    seat = office.at("11 Nov 15:00", POLICE)
    done = "Treatment in custody has begun."
    contact(seat, happened="y", when="1330-1430", kind="Prison", done=done, **FINE)
    in_progress(seat, "Drugs and alcohol")
    seat = office.at("18 Nov 11:00", POLICE)
    offer(seat, offer_type="Housing", pathway="Accommodation", provider="Accommodation provider")
    in_progress(seat, "Accommodation")


def in_progress(seat: Keyboard, pathway: str) -> None:
    add(seat, "add need", pathway=pathway, assessed_on="today", level="2", status="In progress")


def test_the_twelve_weeks_of_callum_harker_are_lived_in_the_window(office: Office, tmp_path: Path) -> None:
    for part in (referred, first_week, second_to_fourth_week, fourth_to_sixth_week, back_in_prison):
        part(office)
    store, ref = office.store, office.case_ref
    found, wanted = figures(store, ref, END), case_json(harker(), CASE, END)
    told = told_supervisors(store, ref)
    found["actions"] = [each for each in found["actions"] if each["action_ref"] not in told]
    assert without_references(found) == without_references(wanted)
    more = {*MORE, *(f"actions: text={words}" for words in told.values())}
    assert unlike(store, tmp_path / "export", ref, harker(), besides=OTHERWISE, more=more) == []
