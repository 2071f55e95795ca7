"""Notifying a participant by real keys: what is asked of a delivery, who may consent, and the letter after the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.intake.notification_dialog import LeaveLetterDialog, NotificationDialog
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, focused, press, write
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")


def unnotified(location: str, attempts: int) -> Session:
    """Return a navigator's session on the participant before a notification was delivered, some attempts made."""
    store = filled(location)
    session = session_of(store, Role.NAVIGATOR, today=date(2026, 9, 17))
    with store.begin(replace(session, role=Role.SUPERVISOR).command_context(request="")) as tx:
        for told in tx.list_records(Notification, case_ref=MARLOW):
            tx.remove(told, "begun again")
        tx.save(replace(tx.get(Case, MARLOW), status="NOTIFY_DUE", notified_on=None))
        for number in range(1, attempts + 1):
            day = date(2026, 9, 10 + number)
            tx.add(Notification(case_ref=MARLOW, attempted_on=day, attempt=number, outcome="NOT_FOUND"))
    return session


def notify(qtbot: QtBot, window: MainWindow) -> NotificationDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_M, CTRL | SHIFT)
    idle(qtbot, window)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, NotificationDialog)
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    return dialog


def typed(text: str) -> None:
    write(focused(), text)
    press(focused(), Qt.Key.Key_Tab)


def test_a_delivery_asks_for_the_message_and_consent_and_notifies_in_one_act(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = unnotified(local_location, 1)
    with at_work(qtbot, session, tmp_path) as window:
        screen = window.open_case(MARLOW)
        idle(qtbot, window)
        dialog = notify(qtbot, window)
        assert dialog.windowTitle() == "Notification: attempt 2"
        shown = {field.name for field in dialog.form.fields if field.isVisible()}
        assert shown == {"outcome", "kind", "delivered_by", "attended", "present", "note", "attempted_on"}
        typed("Delivered, undecided")
        press(focused(), Qt.Key.Key_Tab)  # a custom notification
        typed("PC 4411 ADEYEMI")
        press(focused(), Qt.Key.Key_Space)  # mother
        write(focused(), "p")  # police
        press(focused(), Qt.Key.Key_Space)
        press(focused(), Qt.Key.Key_Tab)
        press(focused(), Qt.Key.Key_Tab)  # nobody else
        assert focused() is dialog.form.field("message_points").control
        press(focused(), Qt.Key.Key_Return, CTRL)
        assert {"message_points", "consent"} <= set(dialog.form.problems)
        for _ in range(5):
            press(focused(), Qt.Key.Key_Space)
            press(focused(), Qt.Key.Key_Down)
        press(focused(), Qt.Key.Key_Tab)
        write(focused(), "y")  # the legal position was explained
        consent = dialog.form.field("consent")
        assert isinstance(consent, CodeField)
        greyed = {each.label: each.unavailable_because for each in consent.options if each.unavailable_because}
        assert greyed == {"Their own, Gillick competent": "17 years old; consents without an assessment"}
        while focused() is not consent.control:
            press(focused(), Qt.Key.Key_Tab)
        typed("Not yet given")
        press(focused(), Qt.Key.Key_Space)  # his mother was told
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert screen.view is not None
        case, told = screen.view.case, max(screen.view.notifications, key=lambda each: each.attempt)
        assert (case.status, case.notified_on) == ("NOTIFIED", date(2026, 9, 17))
        assert (told.attempt, told.attended, told.told, told.consent) == (2, "MOTHER;POLICE", "MOTHER", "NOT_YET")
        assert told.message_points == "WE_KNOW;SAFE_ALIVE;HELP_NOW;VIOLENCE_STOPS;CONSEQUENCES"
        assert told.legal_explained is True


def test_after_the_third_attempt_the_letter_is_left_by_keys(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    session = unnotified(local_location, 3)
    with at_work(qtbot, session, tmp_path) as window:
        screen = window.open_case(MARLOW)
        idle(qtbot, window)
        dialog = notify(qtbot, window)
        assert not dialog.primary.isEnabled()
        assert any("Leave the letter" in each.text() for each in dialog.findChildren(QLabel))
        press(focused(), Qt.Key.Key_Escape)
        idle(qtbot, window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        press(window, Qt.Key.Key_K, CTRL)
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        write(focused(), "leave the letter")
        idle(qtbot, window)
        press(focused(), Qt.Key.Key_Return)
        idle(qtbot, window)
        letter = QApplication.activeModalWidget()
        assert isinstance(letter, LeaveLetterDialog)
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert screen.view is not None
        assert screen.view.notifications[-1].letter_left_on == date(2026, 9, 17)
        assert notify(qtbot, window).primary.isEnabled()  # they may be visited again
        press(focused(), Qt.Key.Key_Escape)
