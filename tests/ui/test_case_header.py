"""The header of a case: what was, not what was cancelled; who is wanted; what a child's case must say."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.protection import VictimContact
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_header import CaseHeader
from ioms_desktop.ui.cases.header_facts import header_facts
from ioms_desktop.ui.cases.trigger_panel import TriggerPanel
from keys import opened
from ui.case_sessions import HARKER, MARLOW, filled, session_of


def contact(day: int, outcome: str) -> Contact:
    return Contact(
        contact_ref=f"T{day}",
        case_ref=MARLOW,
        occurred_at=DayTime(date(2026, 10, day)),
        planned=True,
        contact_type="OFFICE",
        outcome=outcome,
    )


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["SEEN", "CANCELLED_BY_US"], "5 Oct 2026"),
        (["SEEN", "CANCELLED_BY_PERSON_ACCEPTABLE"], "5 Oct 2026"),
        (["SEEN", "FAILED_TO_ATTEND"], "6 Oct 2026"),
        (["CANCELLED_BY_US", "CANCELLED_BY_US"], "None recorded"),
    ],
)
def test_the_last_contact_is_never_a_cancellation(local_location: str, outcomes: list[str], said: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, MARLOW)
    made = tuple(contact(5 + place, outcome) for place, outcome in enumerate(outcomes))
    facts = {fact.title: fact.text for fact in header_facts(session, replace(view, contacts=made))}
    session.store.close()
    assert said in facts["Last contact"]


def facts_of(session: Session, view: CaseView) -> dict[str, str]:
    return {fact.title: fact.text for fact in header_facts(session, view)}


def test_last_seen_in_person_leaves_out_calls_texts_and_what_others_said(local_location: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, MARLOW)
    met = replace(contact(1, "SEEN"), contact_type="STREET_STOP")
    remote = tuple(
        replace(contact(2 + number, "SEEN"), contact_type=kind)
        for number, kind in enumerate(("PHONE", "TEXT", "VIDEO", "THIRD_PARTY", "ADDRESS_CHECK"))
    )
    missed = contact(9, "FAILED_TO_ATTEND")
    said = facts_of(session, replace(view, contacts=(met, *remote, missed)))["Last seen in person"]
    never = facts_of(session, replace(view, contacts=(*remote, missed)))["Last seen in person"]
    session.store.close()
    assert said.startswith("1 Oct 2026")
    assert never == "None recorded"


def test_a_childs_header_always_says_care_parent_and_exploitation(local_location: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, MARLOW)
    decision = Decision(
        decision_ref="D1",
        case_ref=MARLOW,
        decided_on=date(2026, 10, 30),
        decision="ESCALATE",
        step="L1",
        reason="Carries from fear",
        proposed_by="adeyemi",
        child_checks="NRM=yes: signs, sent 30 Oct; YJS=yes",
    )
    child = replace(view, age=15, decisions=(), person=replace(view.person, social_care_status=None))
    nothing = facts_of(session, child)
    cared = replace(child.person, social_care_status="CIN", parent_or_carer="Denise")
    told = facts_of(session, replace(child, person=cared, decisions=(decision,)))
    adult = facts_of(session, replace(child, age=18))
    session.store.close()
    assert (nothing["Care status"], nothing["Exploitation"]) == ("Not recorded", "Not recorded")
    assert (told["Care status"], told["Parent or carer"]) == ("Child in need", "Denise")
    assert told["Exploitation"] == "Considered, 30 Oct 2026: signs, sent 30 Oct"
    assert "Care status" not in adult
    assert "Exploitation" not in adult


def test_an_iom_header_says_whether_children_are_at_risk(local_location: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, HARKER)
    known = replace(view.person, warning_markers="WE; Risk to children")
    said = facts_of(session, replace(view, person=known))["Children at risk"]
    unknown = facts_of(session, replace(view, person=replace(view.person, warning_markers="WE")))["Children at risk"]
    session.store.close()
    assert (said, unknown) == ("Risk to children", "Not recorded")


def test_victim_contact_is_in_the_header_of_those_alone_who_may_know_of_it(local_location: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    navigator = session_of(session.store, Role.NAVIGATOR)
    view = open_case(session, MARLOW)
    contacts = (
        VictimContact(victim_contact_ref="V1", case_ref=MARLOW, recorded_on=date(2026, 11, 2), status="IN_CONTACT"),
        VictimContact(
            victim_contact_ref="V0",
            case_ref=MARLOW,
            recorded_on=date(2026, 10, 2),
            status="DECLINED",
            safety_plan_on=date(2026, 10, 1),
        ),
    )
    told = replace(view, plain_records={**view.plain_records, VictimContact: contacts})
    said, nothing = facts_of(session, told)["Victim contact"], facts_of(session, view)["Victim contact"]
    withheld = facts_of(navigator, told)
    session.store.close()
    assert (said, nothing) == (session.lists.of("victim_contact_status").label("IN_CONTACT"), "Not recorded")
    assert "Victim contact" not in withheld


def test_the_header_of_somebody_unlawfully_at_large_says_wanted(qtbot: QtBot, local_location: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, HARKER)
    header = CaseHeader((), QWidget())
    qtbot.addWidget(header)
    header.show_case(session, replace(view, wanted_since=date(2026, 10, 14)))
    assert header.wanted_bar.isVisibleTo(header)
    assert header.wanted.text() == "WANTED: unlawfully at large since 14 Oct 2026"
    assert header.wanted_bar.accessibleName() == header.wanted.text()
    header.show_case(session, replace(view, wanted_since=None))
    session.store.close()
    assert not header.wanted_bar.isVisibleTo(header)


def test_an_alert_says_first_what_to_say_to_the_person_and_the_policy_in_small_print(
    qtbot: QtBot, local_location: str
) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, HARKER)
    panel = TriggerPanel()
    qtbot.addWidget(panel)
    panel.show_case(session, view, live=True)
    shown = [(each.text(), each.property("kind")) for each in panel.findChildren(QLabel)]
    said = [text for text, _ in shown if text.startswith("To the person: ")]
    session.store.close()
    assert "To the person: You were arrested on 13 October, so a supervisor must decide what happens next." in said
    small = [text for text, kind in shown if kind == "small" and "policy 2026-" in text]
    assert len(small) == len(said) == len([each for each in view.triggers if each.trigger.status == "OPEN"])
    assert [text for text, kind in shown if kind != "small" and "policy 2026-" in text] == []
