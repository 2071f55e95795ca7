"""The sign-in window of a shared database: a password is typed only where the server asks for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.services.user_paths import last_database
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.sign_in.sign_in import SignInWindow
from sessions import Clock
from shared_people import PASSWORD, login_of
from storage.personal_certificates import CertifiedOffice, issue
from ui.hands import click, focused, press, write
from ui.kit_checks import nameless
from ui.test_sign_in import asked, said
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.app import WindowManager
    from shared_people import Office

pytestmark = pytest.mark.usefixtures("theme")


def test_a_certificate_opens_the_window_by_the_name_and_enter_alone(
    qtbot: QtBot, windows: WindowManager, certified: CertifiedOffice, tmp_path: Path
) -> None:
    location = certified.location(**issue(certified.people, "shah", tmp_path).options)
    window = asked(windows, qtbot, location)
    assert "Leave the password empty" in said(window)
    assert nameless(window) == []
    press(focused(), Qt.Key.Key_Return)
    press(focused(), Qt.Key.Key_Return)
    assert "Type your name" in said(window)
    write(focused(), "shah")
    press(focused(), Qt.Key.Key_Return)
    assert window.password.hasFocus(), "who has a password types it here"
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))
    shown = windows.current_window
    assert isinstance(shown, MainWindow)
    idle(qtbot, shown)
    assert shown.session.user == "shah"
    assert "kept only while" not in " ".join(each.text() for each in shown.statusBar().findChildren(type(window.hint)))
    assert last_database() == location


def test_where_the_server_asks_for_a_password_after_all_it_can_be_typed(
    qtbot: QtBot, windows: WindowManager, certified: CertifiedOffice
) -> None:
    window = asked(windows, qtbot, certified.location(), "plain")
    click(window.sign_in_button)
    qtbot.waitUntil(window.message.isVisible)
    assert "asks for a password, and none was given" in window.message.text_label.text()
    assert (window.name.text(), window.password.hasFocus()) == ("plain", True)
    write(focused(), PASSWORD)
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(windows.current_window, MainWindow))


def test_a_password_in_an_address_is_shown_nowhere(qtbot: QtBot) -> None:
    window = SignInWindow(
        "postgresql://keeper:secret-one@h:5432/n?password=secret-two&sslpassword=secret-three&sslmode=require"
    )
    qtbot.addWidget(window)
    shown = [each.text() + each.toolTip() + each.accessibleName() for each in window.findChildren(type(window.hint))]
    assert "secret" not in " ".join(shown)
    assert "h:5432" in " ".join(shown), "the control: the address is shown"


def test_clocks_far_apart_are_said_once_in_a_calm_line(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    for minutes, words in ((7, "7 minutes apart"), (0, "")):
        clock = Clock(datetime.now(UTC) + timedelta(minutes=minutes, seconds=20))
        session = sign_in(office.location, login_of("officer"), PASSWORD, clock=clock)
        with at_work(qtbot, session, tmp_path / f"{minutes}") as window:
            assert window.messages.isVisible() == bool(words)
            assert words in window.messages.text_label.text()
