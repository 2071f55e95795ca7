"""Leaving the programme in the window: what is asked of which step, filled in and saved by real keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.today import TRANSITION_OPEN_REF, Duty
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.ui.actions.casework.leaving_actions import CONFIRM_TRANSITION, REOPEN
from ioms_desktop.ui.cases.header_facts import header_facts
from ioms_desktop.ui.leaving.leaving_dialog import LeavingDialog
from ioms_desktop.ui.leaving.reopen_dialog import ReopenDialog
from ioms_desktop.ui.leaving.transition_dialogs import ConfirmTransitionDialog, ProposeTransitionDialog
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, focused, press, write
from ui.test_duties_in_place import asked, line_of
from ui.window_at_work import at_work, idle, texts

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow


def leaving(qtbot: QtBot, window: MainWindow) -> LeavingDialog:
    window.activateWindow()  # without a display nothing does so where a dialog closes
    qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_L, CTRL | SHIFT)
    idle(qtbot, window)
    return next(each for each in window.findChildren(LeavingDialog) if each.isVisible())


def shown(dialog: LeavingDialog) -> set[str]:
    return {field.name for field in dialog.form.fields if field.isVisible()}


def said(dialog: LeavingDialog) -> str:
    return " ".join(each.text() for each in dialog.findChildren(QLabel) if each.isVisible())


def send(qtbot: QtBot, window: MainWindow) -> None:
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)


def test_a_case_is_suspended_resumed_and_transferred_by_keys(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.SUPERVISOR), tmp_path) as window:
        screen = window.open_case(HARKER)
        idle(qtbot, window)
        dialog = leaving(qtbot, window)
        assert shown(dialog) == {"kind", "left_on", "reason"}
        assert "De-selected: needs the panel's decision to de-select" in said(dialog)
        write(focused(), "Suspended")
        press(focused(), Qt.Key.Key_Tab)
        send(qtbot, window)
        assert set(dialog.form.problems) == {"reason"}
        write(focused(), "In hospital until Christmas")
        send(qtbot, window)
        assert screen.view is not None
        assert screen.view.case.status == "SUSPENDED"
        dialog = leaving(qtbot, window)
        write(focused(), "Resume")
        press(focused(), Qt.Key.Key_Tab)
        assert shown(dialog) == {"kind", "left_on", "reason"}
        dialog.form.field("reason").setFocus()
        write(focused(), "Home again")
        send(qtbot, window)
        assert screen.view.case.status == "ACTIVE"
        (held,) = screen.view.of(CaseExit)
        assert held.resume_reason == "Home again"
        dialog = leaving(qtbot, window)
        write(focused(), "Transferred")
        press(focused(), Qt.Key.Key_Tab)
        needs = {name for name in shown(dialog) if name.startswith(("level_", "evidence_"))}
        assert needs
        assert {"close_reason", "goes_to", "plan", "services", "agencies_told", "removals"} <= shown(dialog)
        assert "carer_told_on" not in shown(dialog)
        assert "First: " in said(dialog)
        assert "Next retention review" in said(dialog)
        send(qtbot, window)
        wanted = {"reason", "close_reason", "goes_to", "plan", *(each for each in needs if each.startswith("evid"))}
        assert set(dialog.form.problems) == wanted
        for name in wanted:
            dialog.form.field(name).setFocus()
            write(focused(), "Moved" if name == "close_reason" else "Seen and said")
        send(qtbot, window)
        assert (screen.view.case.status, screen.view.case.close_reason) == ("TRANSFERRED_OUT", "MOVED_AREA")
        assert len(screen.view.of(CaseExit)) == 2
        assert not leaving(qtbot, window).primary.isEnabled()


def test_a_closed_case_is_reopened_and_each_case_is_a_key_away_from_the_other(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.SUPERVISOR)
    revision = open_case(session, HARKER).case.revision
    closing: dict[str, Any] = {"status": "DECEASED", "closed_on": session.today(), "close_reason": "OTHER"}
    change_status(session, ChangeStatus(request="closed", case_ref=HARKER, revision=revision, **closing))
    with at_work(qtbot, session, tmp_path) as window:
        old = window.open_case(HARKER)
        idle(qtbot, window)
        old.case_actions.launch(REOPEN)
        idle(qtbot, window)
        dialog = next(each for each in window.findChildren(ReopenDialog) if each.isVisible())
        write(focused(), "Other")
        dialog.form.field("reason").setFocus()
        send(qtbot, window)
        assert set(dialog.form.problems) == {"reason"}
        write(focused(), "Two burglaries since")
        send(qtbot, window)
        new = window.current_case
        assert new is not None
        assert new.case_ref != HARKER
        assert new.view is not None
        assert (new.view.follows, new.view.case.status) == (HARKER, "REFERRED")

        def go(key: Qt.Key) -> str:
            window.activateWindow()
            qtbot.waitUntil(window.isActiveWindow)
            press(window, key, CTRL | SHIFT)
            idle(qtbot, window)
            assert window.current_case is not None
            return window.current_case.case_ref

        assert go(Qt.Key.Key_J) == HARKER
        assert old.view is not None
        assert any(fact.title == "Reopened as" for fact in header_facts(session, old.view))
        assert go(Qt.Key.Key_J) == HARKER, "it follows none"
        assert go(Qt.Key.Key_K) == new.case_ref


def test_of_a_child_a_parent_or_carer_is_told_too(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.NAVIGATOR), tmp_path) as window:
        window.open_case(MARLOW)
        idle(qtbot, window)
        dialog = leaving(qtbot, window)
        write(focused(), "Completed")
        press(focused(), Qt.Key.Key_Tab)
        is_child = dialog.view.age < 18
        assert ("carer_told_on" in shown(dialog)) == is_child
        assert "victim_told_on" not in shown(dialog)
        assert "Supervisors find on Today" in said(dialog)


def test_who_turned_18_is_told_on_today_and_passes_to_adult_services_by_keys(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.SUPERVISOR)
    with at_work(qtbot, session, tmp_path) as window:
        view = line_of(qtbot, window, Duty.TRANSITION, TRANSITION_OPEN_REF)
        assert any("Turned 18 on 28 Oct 2026" in text for text in texts(view, 3))
        press(focused(), Qt.Key.Key_Return)
        dialog = asked(qtbot, window, ProposeTransitionDialog)
        assert isinstance(dialog, ProposeTransitionDialog)
        press(focused(), Qt.Key.Key_Return, CTRL)
        assert set(dialog.form.problems) == {"goes_to", "reason", "plan"}
        for name in ("goes_to", "reason", "plan"):
            dialog.form.field(name).setFocus()
            write(focused(), "Turning Point")
        send(qtbot, window)
        case = open_case(session, MARLOW).case
        assert (case.transition_proposed_on, case.transition_confirmed_on) == (session.today(), None)
        screen = window.open_case(MARLOW)
        idle(qtbot, window)
        screen.case_actions.launch(CONFIRM_TRANSITION)
        confirming = asked(qtbot, window, ConfirmTransitionDialog)
        assert isinstance(confirming, ConfirmTransitionDialog)
        press(focused(), Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: "You proposed this yourself" in confirming.banner.text_label.text())
