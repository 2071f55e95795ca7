"""From an empty window to an adopted person, by keys alone; how many actions that takes is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case, Referral
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS, ScreeningCheck
from ioms_desktop.services.cases.cases import open_case
from journeys.keyboard import Keyboard
from keys import opened
from ui.case_sessions import TODAY, session_of
from ui.hands import CTRL, SHIFT
from ui.window_at_work import at_work

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")
MOST_ACTIONS = 60
MOST_KEYS = 300


def enter(hands: Keyboard, text: str) -> None:
    """Type a word and go on to the next field."""
    hands.type(text)
    hands.key(Qt.Key.Key_Tab)


def test_a_new_person_is_adopted_in_sixty_actions(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    session = session_of(opened(local_location), Role.SUPERVISOR)
    with at_work(qtbot, session, tmp_path) as window:
        hands = Keyboard(qtbot, window)
        hands.shortcut(Qt.Key.Key_N, CTRL)
        for text in ("Harker", "Callum", "Cal", "14/2/1994"):
            enter(hands, text)
        hands.save()
        hands.type("i")  # IOM, and on to the unit
        enter(hands, "Probation")
        enter(hands, "Four burglaries charged since June")
        hands.save()
        hands.shortcut(Qt.Key.Key_G, CTRL | SHIFT)
        for answer in "nnnk":  # each letter answers a check; what is known is said, and the next check is asked
            hands.type(answer)
        enter(hands, "MASH: his daughter, closed in 2024")
        hands.type("n")
        hands.save()
        hands.shortcut(Qt.Key.Key_P, CTRL | SHIFT)
        hands.type("a")  # accept
        hands.key(Qt.Key.Key_Space)  # Leicestershire Police, the first of the list
        hands.type("h")  # HMPPS Probation
        hands.key(Qt.Key.Key_Space)
        hands.key(Qt.Key.Key_Tab)
        enter(hands, "Four burglaries in six weeks; OGRS3 82")
        enter(hands, "Fixed")
        enter(hands, "today")  # adopted
        hands.type("n")  # nobody dissents
        hands.save()
        hands.shortcut(Qt.Key.Key_M, CTRL | SHIFT)
        hands.key(Qt.Key.Key_Tab)  # today
        hands.key(Qt.Key.Key_Tab)  # served
        hands.type("i")  # in person
        hands.type("y")  # with a copy
        hands.save()
        with session.store.read() as reading:
            (person,) = reading.list_records(Person)
            (case,) = reading.list_records(Case)
            (referral,) = reading.list_records(Referral)
        assert (person.family_name, person.given_names, person.known_as) == ("Harker", "Callum", "Cal")
        assert (case.status, case.adopted_on, case.cohort, case.person_ref) == (
            "ACTIVE",
            TODAY,
            "FIXED",
            person.person_ref,
        )
        view = open_case(session, case.case_ref)
        assert {each.check_type: each.note for each in view.of(ScreeningCheck)} == {
            **dict.fromkeys(NEEDED_CHECKS),
            "SAFEGUARDING": "MASH: his daughter, closed in 2024",
        }
        (made,) = view.of(PanelDecision)
        assert (made.agencies, made.dissenting) == ("LEICESTERSHIRE_POLICE;HMPPS_PROBATION", None)
        assert case.notice_served_on == TODAY
        assert [each.method for each in view.notifications] == ["IN_PERSON"]
        assert referral.reason == "Four burglaries charged since June"
        assert window.tabs.current_case == case.case_ref
        assert hands.actions <= MOST_ACTIONS, hands.actions
        assert hands.keys <= MOST_KEYS, hands.keys
        print(f"a new person to adopted and served the letter: {hands.actions} actions, {hands.keys} keys")  # noqa: T201 - the figure is wanted
