"""A criterion of a programme by real keys: a score and an offence on record fill the fields, intelligence is graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.intake.eligibility_dialog import EligibilityDialog
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, focused, press, write
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")


def asked(qtbot: QtBot, window: MainWindow) -> EligibilityDialog:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_E, CTRL | SHIFT)
    idle(qtbot, window)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, EligibilityDialog)
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    return dialog


def go_to(dialog: EligibilityDialog, name: str) -> None:
    while focused() is not dialog.form.field(name).control:
        press(focused(), Qt.Key.Key_Tab)


def typed(text: str) -> None:
    write(focused(), text)
    press(focused(), Qt.Key.Key_Tab)


def test_the_fixed_cohort_takes_its_score_and_offence_from_the_record(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.OFFICER), tmp_path) as window:
        screen = window.open_case(HARKER)
        idle(qtbot, window)
        assert screen.view is not None
        score, offence = screen.view.assessments[0], screen.view.offences[0]
        dialog = asked(qtbot, window)
        typed("Fixed")
        press(focused(), Qt.Key.Key_Tab)  # today
        write(focused(), "y")
        typed("What is on record")
        typed("High score and a dwelling burglary")
        typed("OASys")
        go_to(dialog, "score_picked")
        press(focused(), Qt.Key.Key_Down)
        go_to(dialog, "offence_picked")
        press(focused(), Qt.Key.Key_Down)
        if not score.version:
            go_to(dialog, "tool_version")
            typed("3")
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        (found,) = screen.view.of(EligibilityCriterion)
        assert (found.tool, found.score, found.scored_on) == (score.tool, score.value, score.assessed_on)
        assert (found.index_offence, found.index_offence_on) == (offence.offence, offence.offence_on)


def test_intelligence_is_graded_and_offered_to_those_alone_who_may_read_it(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    store = filled(local_location)
    with at_work(qtbot, session_of(store, Role.SUPERVISOR), tmp_path) as window:
        window.open_case(MARLOW)
        idle(qtbot, window)
        dialog = asked(qtbot, window)
        names = {field.name for field in dialog.form.fields}
        assert not names & {"tool", "score", "index_offence"}  # those are of IOM
        shown = {field.name for field in dialog.form.fields if field.isVisible()}
        assert "source_grade" not in shown
        go_to(dialog, "basis")
        typed("Intelligence")
        shown = {field.name for field in dialog.form.fields if field.isVisible()}
        assert {"source_grade", "information_grade", "handling"} <= shown
        other = EligibilityDialog(session_of(store, Role.COORDINATOR), window.tasks, dialog.view)
        qtbot.addWidget(other)
        basis = other.form.field("basis")
        assert isinstance(basis, CodeField)
        assert "INTELLIGENCE" not in {option.code for option in basis.options}
        dialog.reject()
