"""Workers by keyboard: one named where Today misses one, one taken over from a case, a leaver's caseload in one act."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.duties.case_duties import WITHOUT_WORKER_REF, Duty
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.intake_actions import HAND_OVER
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.theme.tokens import Theme
from ioms_desktop.ui.widgets.layouts import largest_size
from ioms_desktop.ui.workers.assign_worker import AssignWorkerDialog
from ioms_desktop.ui.workers.hand_over import HandOverDialog
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import ALT, CTRL, SHIFT, click, focused, press, show, write
from ui.test_duties_in_place import asked, line_of
from ui.window_at_work import at_work, idle, texts

UNMANNED, OM = "IOM-NOBODY", "PC 4411 ADEYEMI"


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    """The worked examples, and a case of the same person that names nobody."""
    opened = filled(local_location)
    with opened.begin(session_of(opened).command_context(), "import") as tx:
        case = tx.get(Case, HARKER)
        tx.save(replace(case, navigator="PC 3150 RAI"))
        tx.add(replace(case, case_ref=UNMANNED, police_om=None, probation_practitioner=None, navigator=None))
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(store), tmp_path) as opened:
        yield opened


def case_of(window: MainWindow, ref: str) -> Case:
    with window.session.store.read() as reading:
        return reading.get(Case, ref)


def test_a_case_without_a_worker_is_given_one_where_today_reports_it(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.MISSING, WITHOUT_WORKER_REF)
    press(focused(), Qt.Key.Key_Return)
    dialog = asked(qtbot, window, AssignWorkerDialog)
    assert isinstance(dialog, AssignWorkerDialog)
    assert dialog.role.value() == "POLICE_OM"
    write(focused(), "PC 2087 HOLLIS")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    qtbot.waitUntil(lambda: "No OM" not in " ".join(texts(view, 3)))
    assert case_of(window, UNMANNED).police_om == "PC 2087 HOLLIS"


def test_somebody_takes_over_by_keyboard_and_it_is_undone(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.open_case(HARKER)
    qtbot.waitUntil(lambda: screen.view is not None)
    idle(qtbot, window)
    press(focused(), Qt.Key.Key_H, CTRL | SHIFT)
    dialog = asked(qtbot, window, AssignWorkerDialog)
    assert isinstance(dialog, AssignWorkerDialog)
    dialog.role.set_value("POLICE_OM")
    write(focused(), "rai")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert "Why" in dialog.form.problem_label("reason").text()
    press(focused(), Qt.Key.Key_Y, ALT)
    write(focused(), "on leave")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    qtbot.waitUntil(lambda: case_of(window, HARKER).police_om == "PC 3150 RAI")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    click(screen.message.action_button)
    qtbot.waitUntil(lambda: case_of(window, HARKER).police_om == OM)


def test_a_leavers_caseload_is_handed_over_and_what_is_unticked_stays(qtbot: QtBot, window: MainWindow) -> None:
    window.services.dialogs.launch(HAND_OVER)
    dialog = asked(qtbot, window, HandOverDialog)
    assert isinstance(dialog, HandOverDialog)
    write(focused(), "Nobody at all")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "works on no open case" in dialog.banner.text_label.text())
    assert focused() is dialog.worker.control
    dialog.worker.set_value(OM)
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert not dialog.worker.isEnabled(), "whose cases are read cannot be changed meanwhile"
    qtbot.waitUntil(lambda: dialog.cases is not None)
    assert dialog.cases is not None
    assert set(dialog.cases.boxes) == {f"POLICE_OM/{HARKER}", f"POLICE_OM/{MARLOW}"}
    write(focused(), "PC 3150 RAI")
    dialog.cases.boxes[f"POLICE_OM/{MARLOW}"].setChecked(False)
    dialog.reason.setFocus()
    write(focused(), "moved to another team")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.result_label.text() != "")
    assert dialog.result_label.text() == f"One case of {OM} handed over from 25 Nov 2026."
    assert dialog.progress.message.text() == "1 of 1 roles handed over"
    assert (case_of(window, HARKER).police_om, case_of(window, MARLOW).police_om) == ("PC 3150 RAI", OM)
    click(dialog.secondary)


def test_a_large_caseload_fits_the_screen_and_its_last_field_is_brought_into_sight(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = window.session
    with session.store.begin(session.command_context(), "import") as tx:
        case = tx.get(Case, HARKER)
        for number in range(40):
            tx.add(replace(case, case_ref=f"IOM-{number}", police_om="PC 9 MANY", navigator=None))
    dialog = HandOverDialog(session, window.tasks, (), lambda _: None, window, worker="PC 9 MANY")
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: dialog.cases is not None)
    assert dialog.height() <= largest_size(dialog).height()
    dialog.reason.setFocus()
    edit = dialog.reason.edit
    qtbot.waitUntil(
        lambda: (
            dialog.scroll_area.viewport()
            .rect()
            .contains(edit.mapTo(dialog.scroll_area.viewport(), edit.rect().center()))
        )
    )
    assert dialog.primary.geometry().bottom() < dialog.height()
