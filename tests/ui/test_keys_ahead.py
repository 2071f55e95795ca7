"""What is typed on after the key that opens a dialog is typed into the dialog, and does nothing behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from ioms_desktop.ui.keys_ahead import KeysAhead
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, focused, show
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")


@pytest.mark.parametrize("is_read_for", [True, False])
def test_letters_typed_while_a_dialog_is_read_for_and_built_are_typed_into_it(
    qtbot: QtBot, local_location: str, tmp_path: Path, *, is_read_for: bool
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        behind = window.open_case(MARLOW)
        idle(qtbot, window)
        behind.sections.choose("Contacts")
        search = behind.tables[behind.sections.section_list.chosen].search
        rows = behind.tables[behind.sections.section_list.chosen].table
        rows.setFocus()
        behind.is_current = not is_read_for  # as after something was saved: the case is read again for the dialog
        QTest.keyClick(rows, Qt.Key.Key_C, CTRL | SHIFT)
        assert window.tasks.is_busy == is_read_for
        if is_read_for:
            for key in (Qt.Key.Key_Return, Qt.Key.Key_Y, Qt.Key.Key_Tab):  # Enter may be pressed twice by mistake
                QTest.keyClick(rows, key)
            assert search.text() == ""
        qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), RecordContactDialog))
        dialog = QApplication.activeWindow()
        assert isinstance(dialog, RecordContactDialog)
        assert dialog.form.kept()["happened"] == ("yes" if is_read_for else "")
        assert dialog.isAncestorOf(focused())
        dialog.discard()
        idle(qtbot, window)
        window.activateWindow()
        rows.setFocus()
        QTest.keyClicks(rows, "y")
        assert search.text() == "y", "the control: it is the list's again"


def test_what_is_typed_for_a_dialog_that_does_not_open_is_forgotten(qtbot: QtBot) -> None:
    window = QLineEdit()
    qtbot.addWidget(window)
    show(qtbot, window)
    keys = KeysAhead(window)
    QTest.keyClicks(window, "no")
    QTest.keyClick(window, Qt.Key.Key_A, CTRL)
    keys.end()
    assert window.text() == ""
    QTest.keyClicks(window, "yes")
    assert window.text() == "yes"
