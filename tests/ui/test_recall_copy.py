"""A copy that went out with an error stands on Today, and goes from it once somebody says what was done; by keys."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.recording.corrections import StrikeOut, strike_out
from ioms_desktop.services.records.recalls import list_copies_to_recall
from ioms_desktop.services.session import Session
from ioms_desktop.ui.printing.recall_copy import RecallCopyDialog
from ioms_desktop.ui.screens.today import TodayScreen
from ioms_desktop.ui.theme.tokens import Theme
from paper_prints import printed_pdf
from sessions import given_to
from ui.case_sessions import HARKER, filled, session_of
from ui.hands import CTRL, focused, press, write
from ui.test_duties_in_place import asked, line_of
from ui.window_at_work import at_work, idle

RECIPIENT = "Nottinghamshire Police"


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    store = filled(local_location)
    made = session_of(store)
    before = replace(made, clock=lambda: made.clock() - timedelta(hours=3))
    printed_pdf(before, HARKER, reason_code="CASE_CONFERENCE", **given_to(RECIPIENT))
    wrong = open_case(made, HARKER).contacts[0]
    entry = StrikeOut(
        request="out", case_ref=HARKER, table="contacts", key_text=wrong.key_text, revision=1, reason="His brother"
    )
    strike_out(made, entry)
    yield made
    store.close()


@pytest.mark.parametrize(("key", "becomes"), [(Qt.Key.Key_R, PaperState.TOLD), (Qt.Key.Key_N, PaperState.NOT_PRINTED)])
def test_a_copy_is_dealt_with_from_its_line(
    qtbot: QtBot, session: Session, tmp_path: Path, key: Qt.Key, becomes: PaperState
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        view = line_of(qtbot, window, Duty.RECALL)
        shown = window.screens["today"]
        assert isinstance(shown, TodayScreen)
        assert view.model.rowCount() == 1
        assert RECIPIENT in shown.sentence.full_text
        assert "may hold it" in shown.sentence.full_text
        assert shown.action_button.text() == "&Recalled or told…"
        press(view.table, Qt.Key.Key_Return)
        dialog = asked(qtbot, window, RecallCopyDialog)
        assert isinstance(dialog, RecallCopyDialog)
        press(focused(), Qt.Key.Key_Return, CTRL)
        assert set(dialog.form.problems) == {"result", "reason"}
        press(focused(), key)
        write(focused(), "Rang her; she crossed it out")
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert list_copies_to_recall(session) == ()
        assert [each.state for each in list_papers(session)] == [becomes]
        assert view.model.rowCount() == 0
