"""Actions by keyboard: one follows from a contact, is moved with a reason, done with what came of it, and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.theme.tokens import Theme
from journeys.keyboard import Keyboard, sat_down
from ui.case_sessions import MARLOW, TODAY, filled, session_of


@pytest.fixture
def store(local_location: str, theme: Theme) -> Iterator[Store]:
    assert theme
    opened = filled(local_location)
    yield opened
    opened.close()


def newest(keyboard: Keyboard) -> Action:
    return max(open_case(keyboard.window.session, MARLOW).actions, key=lambda each: each.id)


def test_an_action_from_a_contact_is_moved_done_and_undone_by_keys(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    with sat_down(qtbot, session_of(store, Role.NAVIGATOR), tmp_path) as keyboard:
        keyboard.find(MARLOW)
        keyboard.section("Contacts")
        keyboard.row("OKORO")
        keyboard.key(Qt.Key.Key_Return)
        keyboard.button("New action")
        keyboard.type("Ring the school")
        keyboard.answer("owner", "J. SHAH")
        keyboard.answer("agency", "Ingeus")
        keyboard.save()
        made = newest(keyboard)
        assert (made.owner, made.agency, made.given_by) == ("J. SHAH", "INGEUS", keyboard.window.session.user)
        assert made.contact_ref in {each.contact_ref for each in open_case(keyboard.window.session, MARLOW).contacts}
        assert made.due_on > TODAY
        keyboard.section("Actions")
        keyboard.row("Ring the school")
        keyboard.key(Qt.Key.Key_Return)
        keyboard.button("Move the day")
        keyboard.answer("due_on", "3/12")
        keyboard.answer("reason", "The school is closed.")
        keyboard.save()
        keyboard.row("moved once")
        keyboard.key(Qt.Key.Key_Return)
        keyboard.button("Done")
        keyboard.answer("outcome", "He is back on Monday.")
        keyboard.save()
        assert newest(keyboard).outcome == "He is back on Monday."
        keyboard.undo()
        assert newest(keyboard).done_on is None
        assert newest(keyboard).due_reason == "The school is closed."
