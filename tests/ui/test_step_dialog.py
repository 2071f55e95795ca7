"""The next step of a case in the window: what is offered, what is asked, what is missing, by real keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.ui.intake.step_dialog import NOTHING_FOLLOWS, NextStepDialog
from ui.case_sessions import HARKER, filled, session_of
from ui.hands import CTRL, SHIFT, focused, press, write
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow


def next_step(qtbot: QtBot, window: MainWindow) -> NextStepDialog:
    window.activateWindow()  # without a display nothing does so where a dialog closes
    qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_S, CTRL | SHIFT)
    idle(qtbot, window)
    return next(each for each in window.findChildren(NextStepDialog) if each.isVisible())


def shown(dialog: NextStepDialog) -> set[str]:
    return {field.name for field in dialog.form.fields if field.isVisible()}


def said(dialog: NextStepDialog) -> str:
    return " ".join(each.text() for each in dialog.findChildren(QLabel))


def test_a_case_is_closed_by_keys_and_opened_again_by_undo(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.SUPERVISOR), tmp_path) as window:
        screen = window.open_case(HARKER)
        idle(qtbot, window)

        def close() -> None:
            dialog = next_step(qtbot, window)
            assert shown(dialog) == {"status"}
            assert "De-selected: needs the panel's decision to de-select and an exit plan" in said(dialog)
            assert "Suspended: needs the suspension on record, with its reason" in said(dialog)
            assert "Panel decision and Leaving in the menu Case are for that." in said(dialog)
            write(focused(), "Deceased")
            press(focused(), Qt.Key.Key_Tab)
            assert shown(dialog) == {"status", "closed_on", "close_reason"}
            press(focused(), Qt.Key.Key_Return, CTRL)
            assert "close_reason" in dialog.form.problems
            write(focused(), "Deceased")
            press(focused(), Qt.Key.Key_Tab)
            press(focused(), Qt.Key.Key_Return, CTRL)
            idle(qtbot, window)

        close()
        assert screen.view is not None
        assert (screen.view.case.status, screen.view.case.close_reason) == ("DECEASED", "DECEASED")
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        press(screen, Qt.Key.Key_Z, CTRL)
        idle(qtbot, window)
        assert (screen.view.case.status, screen.view.case.closed_on) == ("ACTIVE", None)
        assert "The case is back to: Active." in screen.message.text_label.text()
        press(screen, Qt.Key.Key_Z, CTRL)
        assert screen.view.case.status == "ACTIVE", "an undoing is not undone"
        close()
        dialog = next_step(qtbot, window)
        assert NOTHING_FOLLOWS in said(dialog)
        assert not dialog.primary.isEnabled()


@pytest.mark.parametrize(("role", "says"), [(Role.OFFICER, "Only a supervisor or a coordinator may take this step")])
def test_what_is_not_possible_yet_is_said_with_the_reason(
    qtbot: QtBot, local_location: str, tmp_path: Path, role: Role, says: str
) -> None:
    with at_work(qtbot, session_of(filled(local_location), role), tmp_path) as window:
        window.open_case(HARKER)
        idle(qtbot, window)
        assert says in said(next_step(qtbot, window))
