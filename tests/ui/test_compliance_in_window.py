"""Orders, licence and recall by keyboard: a recall that is a concern, the status of a day, a condition of an order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.records.compliance.conditions import OrderCondition
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.casework.compliance_actions import COMPLIANCE_STEP, SUPERVISION
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.record_actions import add_action
from ioms_desktop.ui.compliance.dialogs import ComplianceStepDialog, SupervisionDialog
from ioms_desktop.ui.custody.reception import ReceptionDialog
from ioms_desktop.ui.forms.choice_fields import CodeField
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, focused, press, write
from ui.test_duties_in_place import asked
from ui.window_at_work import at_work, idle


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    opened = filled(local_location)
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(store), tmp_path) as opened:
        opened.open_case(MARLOW)
        idle(qtbot, opened)
        yield opened


def test_a_recall_says_its_kind_becomes_a_concern_and_its_term_is_shown_at_the_reception(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.services.dialogs.launch(COMPLIANCE_STEP, Target(case_ref=MARLOW))
    dialog = asked(qtbot, window, ComplianceStepDialog)
    assert isinstance(dialog, ComplianceStepDialog)
    dialog.step.set_value("WARNING")
    assert dialog.form.field("warning_level").isVisible()
    assert not dialog.concern.isVisible()
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert set(dialog.form.problems) == {"reason", "warning_level"}, "which warning is asked beside its field"
    dialog.step.set_value("RECALLED")
    dialog.form.field("recall_type").set_value("FIXED_TERM")
    dialog.form.field("reason").set_value("Moved without telling anybody.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert list(dialog.form.problems) == ["as_concern"]
    write(focused(), "y")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    view = open_case(window.session, MARLOW)
    assert [each.step for each in view.of(ComplianceStep)] == ["RECALLED"]
    assert view.concerns[-1].concern_type == "RECALL"
    reception = ReceptionDialog(window.session, window.tasks, view, window)
    qtbot.addWidget(reception)
    ends = TODAY + timedelta(days=56)
    assert f"{ends.day} {ends:%b %Y}" in reception.term.text()
    assert reception.expected.value() is None


def test_a_status_set_by_hand_needs_its_reason_and_shows_it_in_the_header(qtbot: QtBot, window: MainWindow) -> None:
    window.services.dialogs.launch(SUPERVISION, Target(case_ref=MARLOW))
    dialog = asked(qtbot, window, SupervisionDialog)
    assert isinstance(dialog, SupervisionDialog)
    dialog.form.field("reason").set_value("Set by nobody.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "Say which status the reason is for" in dialog.banner.text_label.text()
    dialog.form.field("reason").set_value(None)
    dialog.form.field("statutory_status").set_value("REFERRAL_ORDER")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "Say why" in dialog.banner.text_label.text())
    assert "Say why the status is not the one of the orders" in dialog.banner.text_label.text()
    dialog.form.field("reason").set_value("Made today; the paper is to come.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    case = open_case(window.session, MARLOW).case
    assert (case.statutory_status, case.statutory_reason) == ("REFERRAL_ORDER", "Made today; the paper is to come.")


def test_a_condition_names_its_order_from_those_on_record(qtbot: QtBot, window: MainWindow) -> None:
    window.open_case(HARKER)
    idle(qtbot, window)
    window.services.dialogs.launch(add_action(OrderCondition), Target(case_ref=HARKER))
    dialog = asked(qtbot, window, RecordDialog)
    assert isinstance(dialog, RecordDialog)
    named = dialog.form.field("order_ref")
    assert isinstance(named, CodeField)
    held = open_case(window.session, HARKER).orders
    assert [option.code for option in named.options] == [each.order_ref for each in held]
    dialog.form.field("category").set_value("CURFEW")
    dialog.form.field("from_on").set_value(TODAY)
    named.set_value(held[0].order_ref)
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    (condition,) = open_case(window.session, HARKER).of(OrderCondition)
    assert condition.order_ref == held[0].order_ref
