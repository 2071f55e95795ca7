"""Story A lived in the window: every act by keys, on the day and by the person that the story names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from journeys.office import (
    add,
    answer_offer,
    authorise,
    change,
    colour,
    concern,
    contact,
    end_concern,
    missed,
    offer,
    panel,
    propose,
    screen,
    serve,
    serve_letter,
    strike_out,
)
from stories.asked import clocks, day, figures, moment, states, triggers, written
from stories.pyke_as_written import FIGURES, OFFERS, TRIGGERS

if TYPE_CHECKING:
    from journeys.office import Office

pytestmark = pytest.mark.usefixtures("theme")
NOT_CAME = {"acceptable": "n", "arranged": "y", "when": "1400", "kind": "Office"}
AT_THE_DOOR = {"arranged": "n", "kind": "Home visit, unannounced"}
FINE = {"behaviour": "n", "worry": "n"}


def first_week(office: Office) -> None:
    seat = office.at("3 Aug 09:30", "wright")
    office.refer(
        seat,
        words="pyke darren",
        family_name="Pyke",
        given_names="Darren",
        date_of_birth="29/2/1996",
        programme="i",
        unit="Probation",
        reason="Burglary dwelling, on licence",
    )
    screen(seat, "nnnnn")
    panel(seat, "a", "Prolific burglar, released on licence", cohort="Fixed", adopted_on="3/8/2026")
    colour(seat, "a", "On licence, engaging, unstable address")
    add(seat, "add order", order_type="licence", made_on="13/7/2026", ends_on="12/1/2027")
    seat = office.at("4 Aug 11:00", "adeyemi")
    contact(seat, happened="y", when="1000-1040", kind="Home visit, announced", **FINE)
    serve_letter(seat, "i")
    seat = office.at("5 Aug 15:00", "shah")
    offer(seat, offer_type="Substance", pathway="Drugs", provider="Invented treatment service")
    answer_offer(office.at("7 Aug 12:00", "shah"), "5 Aug", "a")


def second_and_third_week(office: Office) -> None:
    missed(office.at("10 Aug 16:00", "shah"), why="t", **NOT_CAME)
    change(office.at("11 Aug 17:00", "shah"), "Offers", "5 Aug", started_on="11/8")
    seat = office.at("12 Aug 19:00", "hollis")
    contact(seat, happened="y", when="1830", kind="Home visit, unannounced", **FINE, minutes="10")
    strike_out(office.at("13 Aug 09:00", "wright"), "Contacts", "12 Aug", "spoke to his brother")
    missed(office.at("13 Aug 09:10", "adeyemi"), why="n", **AT_THE_DOOR, when="12/8 1830")
    seat = office.at("17 Aug 16:00", "shah")
    missed(seat, why="t", **NOT_CAME)
    assert "Unacceptable absences" in seat.read_alert()
    change(
        office.at("20 Aug 11:20", "shah"),
        "Contacts",
        "10 Aug",
        outcome="person, acceptable",
        why="Discharge letter of that day",
    )
    seat = office.at("21 Aug 17:00", "adeyemi")
    concern(seat, concern_type="Arrest", offence_group="Vehicle", summary="On suspicion of theft from a vehicle")
    assert "Serious concern" in seat.read_alert()
    contact(seat, happened="y", when="1600", kind="Other", **FINE, minutes="15", planned="n")
    colour(seat, "r", "Arrested")


def fourth_week(office: Office) -> None:
    seat = office.at("24 Aug 16:00", "adeyemi")
    add(seat, "received", received_on="22/8", released_on="24/8", kind="Remand")
    colour(seat, "b", "Remanded", on="22/8")
    colour(seat, "r", "Bailed to his aunt", on="24/8")
    propose(
        office.at("25 Aug 15:00", "adeyemi"),
        answers="Serious",
        decision="e",
        step="Written warning",
        reason="Arrest; treatment is going",
        alternatives="Recall: probation decided on 25 Aug 2026 at 15:10, licence warning, no recall (J. SHAH)",
        proportionality="One letter, with treatment going on",
        told="The letter, and that the offer of support remains open",
        dissent_agency="HMPPS",
        dissent="The manager of J. SHAH wanted a fixed-term recall: arrested on licence",
    )
    authorise(office.at("25 Aug 15:30", "wright"), "25 Aug")
    seat = office.at("26 Aug 12:30", "adeyemi")
    contact(seat, happened="y", when="1100-1150", kind="Joint", **FINE)
    serve(seat, "25 Aug", on="26/8")
    seat = office.at("27 Aug 15:00", "wright")
    end_concern(seat, "21 Aug", outcome="further", outcome_on="27/8")
    colour(seat, "a", "NFA: CCTV shows another man")


def last_week(office: Office) -> None:
    seat = office.at("1 Sep 09:30", "adeyemi")
    concern(
        seat,
        concern_type="Intelligence",
        occurred_on="28/8",
        source_grade="1",
        information_grade="B",
        handling="P",
        summary="Selling tools",
    )
    assert "Credible intelligence" in seat.read_alert()
    missed(office.at("1 Sep 20:00", "hollis"), why="r", **AT_THE_DOOR, when="1900")
    seat = office.at("2 Sep 11:00", "adeyemi")
    propose(seat, answers="Credible", decision="n", reason="One uncorroborated line; tasked")
    authorise(office.at("2 Sep 12:00", "wright"), "2 Sep")
    seat = office.at("2 Sep 16:00", "adeyemi")
    concern(seat, concern_type="anti", summary="A neighbour reports shouting")
    assert "Persisting concern" in seat.read_alert()
    contact(office.at("3 Sep 11:00", "shah"), happened="y", when="1000-1030", kind="Office", **FINE)


def test_the_story_of_darren_pyke_is_lived_in_the_window(office: Office) -> None:
    for weeks in (first_week, second_and_third_week, fourth_week, last_week):
        weeks(office)
    store, ref = office.store, office.case_ref
    assert clocks(triggers(store, ref, day("4 Sep"))) == TRIGGERS
    assert states(triggers(store, ref, day("19 Aug"), moment("19 Aug 18:00"))) == {
        ("unacceptable_absences", "17 Aug"): "OPEN"
    }
    found = figures(store, ref, day("4 Sep"))
    assert {key: found[key] for key in FIGURES} == FIGURES
    assert {key: found["offers"][key] for key in OFFERS} == OFFERS
    for on, due in (("18 Aug", []), ("19 Aug", ["18 Aug"]), ("20 Aug", ["18 Aug"]), ("21 Aug", [])):
        late = [each for each in figures(store, ref, day(on))["overdue"] if each["standard"] == "CONTACT"]
        assert [written(each["due_on"]) for each in late] == due, on
