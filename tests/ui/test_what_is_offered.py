"""What a case does not have is not offered on it: no RAG on Phoenix, in the window, its menus or quick search."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.ui.actions.recording_actions import SET_RAG
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.window_at_work import at_work, idle


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
def test_a_rag_is_offered_on_iom_alone(qtbot: QtBot, local_location: str, tmp_path: Path, role: Role) -> None:
    with at_work(qtbot, session_of(filled(local_location), role), tmp_path) as window:
        for ref, offered in ((HARKER, True), (MARLOW, False)):
            case = window.open_case(ref)
            idle(qtbot, window)
            window.user_actions.refresh()
            (in_menu,) = (each for each in window.actions() if each.objectName() == SET_RAG.name)
            assert (in_menu.isVisible(), in_menu.isEnabled()) == (offered, offered)
            assert (SET_RAG.name in {each.id for each in window.user_actions.matching("set rag")}) is offered
            buttons = [each for each in case.buttons if each.text().strip() == "RA&G"]
            assert [each.isVisible() for each in buttons] == [offered]
            case.case_actions.launch(SET_RAG)
            idle(qtbot, window)
            assert bool([each for each in case.findChildren(QDialog) if each.isVisible()]) is offered
            for dialog in case.findChildren(QDialog):
                dialog.close()
        assert case.message.text_label.text() == "Set RAG does not apply to this case. Nothing was changed."
