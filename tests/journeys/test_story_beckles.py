"""Story C lived in the window: every act by keys, on the day and by the person that the story names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from journeys.office import (
    BOTH,
    add,
    answer_offer,
    authorise,
    change,
    concern,
    contact,
    deliver,
    end_concern,
    missed,
    notify,
    offer,
    panel,
    propose,
    rate,
    screen,
    serve,
    strike_out,
)
from stories.asked import clocks, day, figures, moment, states, triggers
from stories.beckles_as_written import FIGURES, LEVELS, OFFERS, TRIGGERS

if TYPE_CHECKING:
    from journeys.office import Office

pytestmark = pytest.mark.usefixtures("theme")
SESSION = {"when": "1600", "kind": "Youth session"}
FINE = {"behaviour": "n", "worry": "n"}
CHECKS = {
    "check NRM": ("y", "sent 30 Oct"),
    "check YJS": ("y", "consulted; against a CPW"),
    "check PARENT": ("n", "refuses police, told by YJS"),
    "check DIVERSION": ("y", "weighed with YJS"),
    "check COMMUNICATION": ("y", "ADHD: short sentences"),
}


def notified(office: Office) -> None:
    seat = office.at("5 Oct 10:00", "wright")
    office.refer(
        seat,
        words="beckles amari",
        family_name="Beckles",
        given_names="Amari",
        date_of_birth="22/10/2010",
        programme="p",
        unit="Youth justice",
        reason="Serious violence",
    )
    screen(seat, "nnnnn")
    panel(seat, "e", "Three limbs, each with its evidence")
    seat = office.at("7 Oct 18:00", "okoro")
    notify(seat, "Parent refused")
    seat = office.at("12 Oct 17:00", "okoro")
    gillick = "OKORO and YJS, 12 Oct: understands what is offered and asked"
    deliver(seat, "Delivered, undecided", consent="Gillick", gillick=gillick)
    for kind in ("Mentoring", "Return"):
        offer(seat, offer_type=kind)
    answer_offer(office.at("14 Oct 17:00", "okoro"), "Mentoring", "a")


def until_the_birthday(office: Office) -> None:
    seat = office.at("15 Oct 17:30", "okoro")
    contact(seat, happened="y", when="1600-1700", kind="Youth session", **FINE, offer="Mentoring")
    rate(office.at("16 Oct 16:00", "okoro"), "4")
    concern(office.at("17 Oct 20:00", "adeyemi"), concern_type="anti", summary="Six boys at the shops")
    missed(office.at("20 Oct 17:30", "okoro"), why="n", arranged="y", **SESSION)
    seat = office.at("21 Oct 15:00", "adeyemi")
    concern(seat, concern_type="Arrest", offence_group="Violence", summary="Arrested for GBH")
    assert "Serious concern" in seat.read_alert()
    strike_out(office.at("22 Oct 09:40", "adeyemi"), "Concerns", "21 Oct", "It was his cousin")
    missed(office.at("22 Oct 17:30", "okoro"), why="n", arranged="y", **SESSION)
    rate(office.at("23 Oct 16:00", "okoro"), "2")
    seat = office.at("24 Oct 22:40", "okoro")
    contact(seat, happened="y", when="2210-2235", kind="Telephone", **FINE, planned="n", direction="They")
    seat = office.at("24 Oct 23:00", "adeyemi")
    concern(
        seat,
        concern_type="Intelligence",
        source_grade="2",
        information_grade="B",
        handling="C",
        summary="Talk of retaliation",
    )
    change(office.at("26 Oct 09:30", "okoro"), "Contacts", "22 Oct", outcome="by us", why="I went to the wrong club")


def two_days_in_the_cells(office: Office) -> None:
    missed(office.at("27 Oct 17:30", "okoro"), why="n", arranged="y", **SESSION)
    seat = office.at("28 Oct 21:00", "adeyemi")
    concern(seat, concern_type="Arrest", offence_group="Weapon", summary="Arrested, bladed article")
    assert "Serious concern" in seat.read_alert()
    seat = office.at("29 Oct 17:00", "okoro")
    missed(seat, why="n", arranged="y", **SESSION)
    assert "Missed contacts" in seat.read_alert()
    rate(seat, "2")
    assert "Low ratings" in seat.read_alert()
    answer_offer(office.at("29 Oct 17:30", "okoro"), "Return", "p")
    seat = office.at("29 Oct 17:45", "okoro")
    propose(seat, answers="Unanswered", decision="r", reason="Mornings only, with the SENCO: support changed")
    authorise(office.at("29 Oct 18:00", "wright"), "29 Oct")
    add(
        office.at("30 Oct 09:00", "adeyemi"),
        "received",
        received_on="28/10",
        released_on="30/10",
        kind="Police detention",
        hours="36",
    )


def decided_and_served(office: Office) -> None:
    seat = office.at("30 Oct 10:30", "adeyemi")
    seat.shortcut(Qt.Key.Key_D, BOTH)
    seat.fill(answers="Serious", decision="e", step="Verbal warning")
    for name, (answer, words) in CHECKS.items():
        seat.answer(name, answer)
        seat.answer(name.replace("check", "words"), words)
    seat.fill(
        reason="Carried a blade from fear; re-offer of support",
        alternatives="A Community Protection Warning: YJS is against it",
        proportionality="The lowest step there is",
    )
    seat.save()
    authorise(office.at("30 Oct 11:00", "wright"), "30 Oct")
    seat = office.at("3 Nov 17:30", "okoro")
    contact(seat, happened="y", when="1600-1645", kind="Youth session", **FINE, offer="Mentoring")
    serve(office.at("3 Nov 17:45", "adeyemi"), "30 Oct", on="3/11")
    end_concern(office.at("4 Nov 15:00", "wright"), "28 Oct", outcome="further", outcome_on="4/11")
    seat = office.at("5 Nov 17:30", "okoro")
    contact(seat, happened="y", when="1600-1640", kind="Youth session", **FINE, offer="Return")
    seat = office.at("6 Nov 15:30", "okoro")
    rate(seat, "4")
    propose(seat, decision="d", step="Reminder", reason="Sessions kept; the arrest ended without further action")
    authorise(office.at("6 Nov 16:00", "wright"), "6 Nov")


def test_the_story_of_amari_beckles_is_lived_in_the_window(office: Office) -> None:
    for part in (notified, until_the_birthday, two_days_in_the_cells, decided_and_served):
        part(office)
    store, ref = office.store, office.case_ref
    assert clocks(triggers(store, ref, day("6 Nov"))) == TRIGGERS
    at_night = states(triggers(store, ref, day("29 Oct"), moment("29 Oct 20:00")))
    assert at_night[("missed_contacts", "29 Oct")] == at_night[("low_ratings", "29 Oct")] == "OPEN"
    assert states(triggers(store, ref, day("21 Oct"), moment("21 Oct 18:00"))) == {
        ("serious_concern", "21 Oct"): "OPEN"
    }
    found = figures(store, ref, day("6 Nov"))
    assert {key: found[key] for key in FIGURES} == FIGURES
    assert [week["level"] for week in found["engagement_by_week"]] == LEVELS
    assert {key: found["offers"][key] for key in OFFERS} == OFFERS
