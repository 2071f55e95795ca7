"""From an empty window to an adopted person, by keys alone; how many actions that takes is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case, Referral
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS, ScreeningCheck
from ioms_desktop.services.cases.cases import open_case
from keys import opened
from ui.case_sessions import TODAY, session_of
from ui.hands import CTRL, PLAIN, SHIFT, focused, press, write
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")
MOST_ACTIONS = 60
MOST_KEYS = 300


@dataclass
class Hands:
    """Somebody at the keyboard: a word typed is one action and as many keys, any other key is one of both."""

    qtbot: QtBot
    window: MainWindow
    actions: int = 0
    keys: int = 0

    def shortcut(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        """Press a shortcut of the window, which a system makes active again where a dialog closes."""
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        press(self.window, key, modifiers)
        self._did(1)
        idle(self.qtbot, self.window)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press one key."""
        press(focused(), key, modifiers)
        self._did(1)

    def type(self, text: str) -> None:
        """Type a word and go on to the next field."""
        write(focused(), text)
        self._did(len(text))
        self.key(Qt.Key.Key_Tab)

    def answer(self, letter: str) -> None:
        """Answer a question with its letter, which goes on to the next one by itself."""
        write(focused(), letter)
        self._did(1)

    def save(self) -> None:
        """Save from wherever one is, and wait as one does."""
        self.key(Qt.Key.Key_Return, CTRL)
        idle(self.qtbot, self.window)

    def _did(self, keys: int) -> None:
        self.actions += 1
        self.keys += keys


def test_a_new_person_is_adopted_in_sixty_actions(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    session = session_of(opened(local_location), Role.SUPERVISOR)
    with at_work(qtbot, session, tmp_path) as window:
        hands = Hands(qtbot, window)
        hands.shortcut(Qt.Key.Key_N, CTRL)
        for text in ("Harker", "Callum", "Cal", "14/2/1994"):
            hands.type(text)
        hands.save()
        hands.answer("i")  # IOM, and on to the unit
        hands.type("Probation")
        hands.type("Four burglaries charged since June")
        hands.save()
        hands.shortcut(Qt.Key.Key_G, CTRL | SHIFT)
        for answer in "nnnk":  # each letter answers a check; what is known is said, and the next check is asked
            hands.answer(answer)
        hands.type("MASH: his daughter, closed in 2024")
        hands.answer("n")
        hands.save()
        hands.shortcut(Qt.Key.Key_P, CTRL | SHIFT)
        hands.answer("a")  # accept
        hands.key(Qt.Key.Key_Space)  # Leicestershire Police, the first of the list
        hands.answer("h")  # HMPPS Probation
        hands.key(Qt.Key.Key_Space)
        hands.key(Qt.Key.Key_Tab)
        hands.type("Four burglaries in six weeks; OGRS3 82")
        hands.type("Fixed")
        hands.type("today")  # adopted
        hands.answer("n")  # nobody dissents
        hands.save()
        hands.shortcut(Qt.Key.Key_M, CTRL | SHIFT)
        hands.key(Qt.Key.Key_Tab)  # today
        hands.key(Qt.Key.Key_Tab)  # served
        hands.answer("i")  # in person
        hands.answer("y")  # with a copy
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
