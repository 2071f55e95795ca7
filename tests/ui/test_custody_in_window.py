"""Custody by keyboard: received with RAG BLUE, released with what follows, from the menu and from the list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.casework.custody_actions import AT_LARGE, RECEPTION, RELEASE, RELEASE_PLANNED
from ioms_desktop.ui.actions.dialog_action import DialogAction, Target
from ioms_desktop.ui.custody.reception import ReceptionDialog
from ioms_desktop.ui.custody.release import ReleaseDialog
from ioms_desktop.ui.custody.release_dates import AtLargeDialog
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import ALT, CTRL, focused, press, write
from ui.test_duties_in_place import asked
from ui.window_at_work import at_work, idle

DAY = timedelta(days=1)


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    opened = filled(local_location)
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(store), tmp_path) as opened:
        yield opened


def start(qtbot: QtBot, window: MainWindow, action: DialogAction, case_ref: str = HARKER) -> None:
    screen = window.open_case(case_ref)
    qtbot.waitUntil(lambda: screen.view is not None)
    idle(qtbot, window)
    window.services.dialogs.launch(action, Target(case_ref=case_ref))


def view_of(window: MainWindow, case_ref: str = HARKER) -> CaseView:
    return open_case(window.session, case_ref)


def test_a_release_takes_its_day_colour_and_first_appointments_in_few_keys(qtbot: QtBot, window: MainWindow) -> None:
    start(qtbot, window, RELEASE)
    dialog = asked(qtbot, window, ReleaseDialog)
    assert isinstance(dialog, ReleaseDialog)
    assert "Now BLUE, RED before." in " ".join(each.help for each in dialog.form.fields if hasattr(each, "help"))
    assert not dialog.reason.isVisible()
    dialog.rag.setFocus()
    write(focused(), "a")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.form.problems == {"rag_reason": "Why that colour is needed."}
    write(focused(), "Has an address, will see us weekly.")
    press(focused(), Qt.Key.Key_M, ALT)
    press(focused(), Qt.Key.Key_Space)
    assert dialog.meetings.when["gate"].isVisible()
    assert not dialog.meetings.when["probation"].isVisible()
    gate = dialog.meetings.when["gate"]
    dialog.on.set_value(TODAY - DAY)
    assert gate.raw_text() == "", "a day that is past is not proposed"
    dialog.on.set_value(TODAY)
    assert gate.raw_text() == "25 Nov 2026"
    gate.set_raw_text("27 Nov 2026 14:00")
    dialog.on.set_value(TODAY - DAY)
    assert gate.raw_text() == "27 Nov 2026 14:00", "what was typed stays"
    gate.set_raw_text("25 Nov 2026")
    dialog.on.set_value(TODAY)
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    view = view_of(window)
    assert view.custody[-1].released_on == TODAY
    assert (view.rag[-1].rag, view.rag[-1].set_on) == ("AMBER", TODAY)
    made = view.appointments[-1]
    assert (made.starts_at.on, made.contact_type, made.worker) == (TODAY, "GATE_PICKUP", view.case.police_om)


def test_a_short_custody_is_one_form_and_asks_for_nothing_that_is_over(qtbot: QtBot, window: MainWindow) -> None:
    start(qtbot, window, RECEPTION, MARLOW)
    dialog = asked(qtbot, window, ReceptionDialog)
    assert isinstance(dialog, ReceptionDialog)
    assert not dialog.blue.isVisible()  # Phoenix has no colour
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), "21 Nov 2026")
    press(focused(), Qt.Key.Key_Tab)
    assert dialog.expected.isVisible()
    write(focused(), "23 Nov 2026")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    spell = view_of(window, MARLOW).custody[-1]
    assert (spell.received_on, spell.released_on) == (date(2026, 11, 21), date(2026, 11, 23))


def test_blue_is_suggested_and_set_only_by_yes_and_a_reason(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    held = view_of(window).custody[-1]
    with session.store.begin(session.command_context(), "out") as tx:
        tx.save(replace(held, released_on=TODAY - DAY))
    start(qtbot, window, RECEPTION)
    dialog = asked(qtbot, window, ReceptionDialog)
    assert isinstance(dialog, ReceptionDialog)
    colours = len(view_of(window).rag)
    dialog.blue.setFocus()
    write(focused(), "y")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert list(dialog.form.problems) == ["rag_reason"]
    assert len(view_of(window).rag) == colours
    write(focused(), "Recalled; prison offender manager told.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    view = view_of(window)
    assert view.custody[-1].received_on == TODAY
    assert (view.rag[-1].rag, view.rag[-1].set_on) == ("BLUE", TODAY)


def test_nobody_is_at_large_from_tomorrow_which_is_said_beside_the_day(qtbot: QtBot, window: MainWindow) -> None:
    start(qtbot, window, AT_LARGE, MARLOW)
    dialog = asked(qtbot, window, AtLargeDialog)
    assert isinstance(dialog, AtLargeDialog)
    concerns = len(view_of(window, MARLOW).concerns)
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), "tomorrow")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.form.problems == {"on": f"{format_day(TODAY + DAY)} is still to come. Correct the date."}
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), "today")
    assert dialog.form.problems == {}
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    assert len(view_of(window, MARLOW).concerns) == concerns + 1


def test_what_does_not_apply_to_a_case_is_not_offered_and_who_may_not_record_custody_is_offered_none(
    window: MainWindow,
) -> None:
    inside, outside = view_of(window), view_of(window, MARLOW)
    assert [each.applies_to(inside) for each in (RELEASE, RELEASE_PLANNED, AT_LARGE)] == [True, True, False]
    assert [each.applies_to(outside) for each in (RELEASE, RELEASE_PLANNED, AT_LARGE)] == [False, False, True]
    navigator = replace(window.session, role=Role.NAVIGATOR)
    assert [each.is_allowed(navigator) for each in (RECEPTION, RELEASE, RELEASE_PLANNED)] == [False] * 3
    assert CustodySpell.rights.add is RECEPTION.right
