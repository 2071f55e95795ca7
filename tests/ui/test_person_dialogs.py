"""New person, change and referral in the window, by real keys: search before create, refusals, the way into a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.ui.intake import person_dialog
from ioms_desktop.ui.intake.near_panel import NOBODY, NOTHING_TYPED
from ioms_desktop.ui.intake.person_dialog import OTHER_GROUP, PersonDialog, grouped_columns
from ioms_desktop.ui.intake.referral_dialog import ReferralDialog
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import CTRL, focused, press, write
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, local_location: str, tmp_path: Path) -> Iterator[MainWindow]:
    with at_work(qtbot, session_of(filled(local_location), Role.OFFICER), tmp_path) as made:
        yield made


def new_person(qtbot: QtBot, window: MainWindow) -> PersonDialog:
    press(window, Qt.Key.Key_N, CTRL)
    idle(qtbot, window)
    (dialog,) = window.findChildren(PersonDialog)
    return dialog


def looked(qtbot: QtBot, window: MainWindow, dialog: PersonDialog) -> list[str]:
    """Let the pause after the last key end, and say who is listed."""
    dialog.look()
    idle(qtbot, window)
    return [each.person.person_ref for each in dialog.panel.people]


def typed(*texts: str) -> None:
    for text in texts:
        write(focused(), text)
        press(focused(), Qt.Key.Key_Tab)


def test_every_column_of_a_person_is_in_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = [name for names in grouped_columns().values() for name in names]
    assert sorted(placed) == sorted(column.name for column in columns_of(Person) if column.name != "person_ref")
    assert OTHER_GROUP not in grouped_columns()
    monkeypatch.setattr(person_dialog, "GROUPS", {"Who": ("family_name",)})
    assert "date_of_birth" in grouped_columns()[OTHER_GROUP]  # the control: what nobody placed is still asked


def test_who_is_on_record_stands_beside_the_form_and_is_opened_instead(qtbot: QtBot, window: MainWindow) -> None:
    dialog = new_person(qtbot, window)
    assert dialog.panel.state.text() == NOTHING_TYPED
    typed("Jayden", "Marlow")  # the names exchanged
    assert len(looked(qtbot, window, dialog)) == 1
    assert MARLOW in dialog.panel.list.item(0).text()
    assert "same name" in dialog.panel.list.item(0).text()
    dialog.panel.list.setFocus()
    press(dialog.panel.list, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == MARLOW
    assert not any(each.isVisible() for each in window.findChildren(PersonDialog))


def test_nobody_like_this_is_said_in_words(qtbot: QtBot, window: MainWindow) -> None:
    dialog = new_person(qtbot, window)
    typed("Okonkwo", "Chidi")
    assert looked(qtbot, window, dialog) == []
    assert dialog.panel.state.text() == NOBODY
    assert not dialog.panel.list.isVisible()


def test_a_known_number_is_refused_beside_its_field_before_anything_is_sent(qtbot: QtBot, window: MainWindow) -> None:
    view = window.open_case(MARLOW)
    idle(qtbot, window)
    assert view.view is not None
    number = view.view.person.pnc_id
    assert number is not None
    dialog = new_person(qtbot, window)
    typed("Okonkwo", "Chidi", "", "11/3/2008")
    write(focused(), number.lower())
    assert looked(qtbot, window, dialog) == [view.view.person.person_ref]
    assert "belongs to MARLOW" in dialog.form.problems["pnc_id"]
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    assert dialog.isVisible()
    assert "belongs to MARLOW" in dialog.form.problems["pnc_id"]
    assert find_people_and_cases(window.session, "okonkwo") == ()
    dialog.form.field("pnc_id").set_value("")
    assert dialog.form.problems == {}
    dialog.form.field("pnc_id").set_value("2012/0052494A")
    assert not dialog.form.validate()
    assert "check letter" in dialog.form.problems["pnc_id"]


def test_a_new_person_goes_on_to_the_referral_and_the_new_case(qtbot: QtBot, window: MainWindow) -> None:
    new_person(qtbot, window)
    typed("Okonkwo", "Chidi", "", "11/3/2008")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    assert len(window.findChildren(ReferralDialog)) == 1
    write(focused(), "p")  # Phoenix, and on to the unit
    write(focused(), "Youth justice")
    press(focused(), Qt.Key.Key_Tab)
    write(focused(), "Two arrests with a knife")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    (hit,) = find_people_and_cases(window.session, "okonkwo")
    assert (hit.programme, hit.status) == ("PHOENIX", "POOL")
    assert window.tabs.current_case == hit.case_ref


def test_details_are_changed_from_the_case(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.open_case(MARLOW)
    idle(qtbot, window)
    assert window.user_actions.trigger("person.change")
    idle(qtbot, window)
    (dialog,) = window.findChildren(PersonDialog)
    assert screen.view is not None
    assert dialog.form.field("family_name").value() == screen.view.person.family_name
    dialog.form.field("phone").set_value("07700 900123")
    press(dialog, Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    assert screen.view.person.phone == "07700 900123"
