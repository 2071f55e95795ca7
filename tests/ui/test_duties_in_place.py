"""Actions, the notice and the release plan: done from the line that owes them, by keyboard, and gone from the list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.records.cases import Action, Case, Notification
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.custody.release_dates import ReleasePlanDialog
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.recording.notice import NoticeServedDialog
from ioms_desktop.ui.screens.today import TodayScreen
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, TODAY, filled, session_of
from ui.hands import CTRL, click, focused, press, write
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle, register, screen

HOUSING, TEAM = "A5-HARKER", "A-TEAM"


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    """The worked example, its notice and release plan outstanding, with one action that belongs to no case."""
    opened = filled(local_location)
    session = session_of(opened)
    with opened.begin(session.command_context(), "unserved") as tx:
        tx.save(replace(tx.get(Case, HARKER), notice_served_on=None, release_plan_on=None))
        tx.add(Action(action_ref=TEAM, text="Book the room", owner=session.user, due_on=TODAY))
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(store), tmp_path) as opened:
        yield opened


def line_of(qtbot: QtBot, window: MainWindow, duty: Duty, ref: str = "") -> RegisterView:
    """Narrow Today to a duty and put the keyboard on its line."""
    shown = screen(window, qtbot, "today")
    view = register(shown)
    view.filters.choose("duty", frozenset({duty.value}))
    idle(qtbot, window)
    view.table.setFocus()
    assert isinstance(shown, TodayScreen)
    while ref and shown.current is not None and shown.current.ref != ref:
        press(view.table, Qt.Key.Key_Down)
    return view


def asked(qtbot: QtBot, window: MainWindow, kind: type[QDialog]) -> QDialog:
    """Wait for a dialog."""
    idle(qtbot, window)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or window))
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    return dialog


def stored(window: MainWindow, noun: type[Record], ref: str) -> Record:
    with window.session.store.read() as reading:
        return reading.get(noun, ref)


def test_enter_and_ctrl_enter_tick_an_action_off_and_its_line_goes(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.ACTION, HOUSING)
    lines = view.model.rowCount()
    press(view.table, Qt.Key.Key_Return)
    asked(qtbot, window, FinishActionDialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    action = stored(window, Action, HOUSING)
    assert isinstance(action, Action)
    assert (action.done_on, action.cancelled_on) == (TODAY, None)
    assert view.model.rowCount() == lines - 1


def test_an_action_is_cancelled_by_one_key_and_not_without_its_reason(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.ACTION, HOUSING)
    press(view.table, Qt.Key.Key_Return)
    dialog = asked(qtbot, window, FinishActionDialog)
    assert isinstance(dialog, FinishActionDialog)
    assert not dialog.reason.isVisible()
    write(focused(), "c")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.form.problems == {"reason": "Why is needed."}
    write(focused(), "He found a room himself.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    action = stored(window, Action, HOUSING)
    assert isinstance(action, Action)
    assert (action.done_on, action.cancelled_on) == (None, TODAY)
    assert action.cancel_reason == "He found a room himself."


def test_an_action_of_no_case_is_ticked_off_too(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.ACTION, TEAM)
    shown = window.screens["today"]
    assert isinstance(shown, TodayScreen)
    assert shown.action_button.text() == "&Done…"
    assert shown.action_button.isVisible()
    click(shown.action_button)
    asked(qtbot, window, FinishActionDialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    action = stored(window, Action, TEAM)
    assert isinstance(action, Action)
    assert action.done_on == TODAY
    assert view.isVisible()


def test_the_notice_is_served_from_its_line_but_not_before_adoption(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.NOTICE)
    press(view.table, Qt.Key.Key_Return)
    dialog = asked(qtbot, window, NoticeServedDialog)
    assert isinstance(dialog, NoticeServedDialog)
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), "1 Sep 2026")
    press(focused(), Qt.Key.Key_Tab)
    press(focused(), Qt.Key.Key_Tab)  # served
    write(focused(), "i")  # in person
    write(focused(), "y")  # a copy was given
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(dialog.banner.isVisible)
    dialog.on.setFocus()
    assert "after adoption, which was on 7 Sep 2026" in dialog.banner.text_label.text()
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), "10 Sep 2026")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    with window.session.store.read() as reading:
        (letter,) = reading.list_records(Notification, case_ref=HARKER)
    assert (letter.outcome, letter.method, letter.copy_given, letter.delivered_by) == (
        "SERVED", "IN_PERSON", True, window.session.user,
    )  # fmt: skip
    case = stored(window, Case, HARKER)
    assert isinstance(case, Case)
    assert case.notice_served_on == date(2026, 9, 10)
    assert view.model.rowCount() == 0


def test_a_release_without_a_plan_is_planned_from_its_line(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.RELEASE)
    press(view.table, Qt.Key.Key_Return)
    asked(qtbot, window, ReleasePlanDialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    case = stored(window, Case, HARKER)
    assert isinstance(case, Case)
    assert case.release_plan_on == TODAY
    shown = window.screens["today"]
    assert isinstance(shown, TodayScreen)
    assert shown.current is not None
    assert "the plan for it stands" in shown.current.description
    assert shown.action_button.text() == "Open case"
    assert view.model.rowCount() == 1


def test_an_open_action_of_a_case_is_ticked_off_from_its_details(qtbot: QtBot, window: MainWindow) -> None:
    case = window.open_case(HARKER)
    idle(qtbot, window)
    number = [section.title for section in SECTIONS].index("Actions")
    case.section_list.choose(number)
    idle(qtbot, window)
    table = case.tables[number].table
    table.setFocus()
    table.selectRow(0)
    press(table, Qt.Key.Key_Return)
    details = asked(qtbot, window, RecordDetailsDialog)
    done = next(each for each in details.findChildren(QPushButton) if each.text() == "&Done…")
    press(done, Qt.Key.Key_Space)
    asked(qtbot, window, FinishActionDialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    action = stored(window, Action, HOUSING)
    assert isinstance(action, Action)
    assert action.done_on == TODAY
    assert case.message.text_label.text().startswith("Action done on 25 Nov 2026; it was due on 23 Nov 2026.")


def test_who_may_not_record_is_offered_the_case_alone(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> None:
    assert theme
    with at_work(qtbot, session_of(store, Role.COORDINATOR), tmp_path) as window:
        line_of(qtbot, window, Duty.ACTION)
        today = window.screens["today"]
        assert isinstance(today, TodayScreen)
        assert today.action_button.text() == "&Done…"  # a co-ordinator chases actions
        for duty in (Duty.NOTICE, Duty.RELEASE):
            line_of(qtbot, window, duty)
            shown = window.screens["today"]
            assert isinstance(shown, TodayScreen)
            assert shown.current is not None
            assert shown.action_button.text() == "Open case"
            assert shown.action_button.isVisible() is (shown.current.case_ref is not None)
