"""Leaving the programme in the window: what is asked of which step, filled in and saved by real keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import TRANSITION_OPEN_REF, TRANSITION_WAITS_REF, Duty
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.leaving.leaving import LeaveCase, leave_case
from ioms_desktop.ui.actions.casework.leaving_actions import CONFIRM_TRANSITION, REOPEN
from ioms_desktop.ui.cases.header_facts import header_facts
from ioms_desktop.ui.leaving.agencies_field import AgenciesField, agencies_on
from ioms_desktop.ui.leaving.leaving_dialog import LeavingDialog
from ioms_desktop.ui.leaving.reopen_dialog import ReopenDialog
from ioms_desktop.ui.leaving.transition_dialogs import ConfirmTransitionDialog, ProposeTransitionDialog
from keys import opened
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, SHIFT, focused, press, write
from ui.test_duties_in_place import asked, line_of
from ui.window_at_work import at_work, idle, texts

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow

LINKS = {"case.follows", "case.followed_by"}


def leaving(qtbot: QtBot, window: MainWindow) -> LeavingDialog:
    window.activateWindow()  # without a display nothing does so where a dialog closes
    qtbot.waitUntil(window.isActiveWindow)
    press(window, Qt.Key.Key_L, CTRL | SHIFT)
    idle(qtbot, window)
    return next(each for each in window.findChildren(LeavingDialog) if each.isVisible())


def shown(dialog: LeavingDialog) -> set[str]:
    return {field.name for field in dialog.form.fields if field.isVisible()}


def said(dialog: QWidget) -> str:
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
        others_are_shown_on_demand(dialog, agencies_on(screen.view))
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
        dialog = leaving(qtbot, window)
        assert not dialog.primary.isEnabled()
        assert "This case is closed" in said(dialog)
        assert "Reopen it" in said(dialog)


def others_are_shown_on_demand(dialog: LeavingDialog, on_case: Collection[str]) -> None:
    """See the agencies on the case first, and reach all others by keys; what is ticked there is kept."""
    field = dialog.form.field("agencies_told")
    assert isinstance(field, AgenciesField)

    def seen() -> set[str]:
        return {code for code, box in field.boxes.items() if box.isVisible()}

    assert seen() == set(on_case) & set(field.boxes)
    assert seen() < set(field.boxes), "the control"
    field.setFocus()
    press(focused(), Qt.Key.Key_Space)
    press(focused(), Qt.Key.Key_Tab)
    assert focused() is field.more
    press(focused(), Qt.Key.Key_Space)
    assert seen() == set(field.boxes)
    assert len(field.value() or ()) == 1
    first = focused()
    assert isinstance(first, QCheckBox)
    assert first in [box for code, box in field.boxes.items() if code not in on_case]


def test_a_case_suspended_before_it_was_adopted_is_not_offered_to_be_resumed(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.SUPERVISOR)
    held = CaseExit(exit_ref="EX-1", case_ref=HARKER, kind="SUSPENDED", left_on=TODAY, reason="In hospital")
    with session.store.begin(session.command_context()) as tx:
        tx.save(replace(tx.get(Case, HARKER), status="SUSPENDED", adopted_on=None, cohort=None))
        tx.add(held)
    with at_work(qtbot, session, tmp_path) as window:
        window.open_case(HARKER)
        idle(qtbot, window)
        dialog = leaving(qtbot, window)
        offered = [option.label for option in dialog.kind.options]
        assert "Resume" not in offered
        assert offered, "the control: other ways to leave"
        assert "Resume: Adopt it with Next step in the menu Case, which ends the suspension." in said(dialog)


def test_a_case_that_waits_for_its_panel_is_not_said_to_be_closed(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location))
    changed: tuple[tuple[str, dict[str, Any], str, str], ...] = (
        (HARKER, {"status": "PANEL_PENDING", "adopted_on": None}, "not on the programme yet", "closed"),
        (MARLOW, {"status": "POOL"}, "Next step in the menu Case closes it", "Reopen"),
        (HARKER, {"status": "DECEASED", "closed_on": TODAY, "close_reason": "DECEASED"}, "case is closed", "Reopen"),
    )
    with at_work(qtbot, session, tmp_path) as window:
        for ref, values, told, untold in changed:
            with session.store.begin(session.command_context(), "changed") as tx:
                tx.save(replace(tx.get(Case, ref), **values))
            view = open_case(session, ref)
            dialog = LeavingDialog(session, window.tasks, view, "", parent=window)
            dialog.show()
            assert not dialog.primary.isEnabled()
            assert told in said(dialog)
            assert untold not in said(dialog)
        assert not REOPEN.applies_to(view)


def test_a_closed_case_is_reopened_and_each_case_is_a_key_away_from_the_other(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.SUPERVISOR)
    left = CaseExit(
        exit_ref="", case_ref=HARKER, kind="TRANSFERRED_OUT", left_on=session.today(), reason="Moved", plan="They meet."
    )
    revision = open_case(session, HARKER).case.revision
    leave_case(session, LeaveCase(request="left", case_ref=HARKER, revision=revision, left=left, close_reason="OTHER"))
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
        listed = {action.id: action.is_shown for action in window.user_actions.actions if action.id in LINKS}
        assert listed == {"case.follows": False, "case.followed_by": True}
        assert go(Qt.Key.Key_K) == new.case_ref


def test_of_a_child_a_parent_or_carer_is_told_too(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    last_day = date(2026, 10, 27)
    session = session_of(filled(local_location), Role.NAVIGATOR, today=last_day)
    with at_work(qtbot, session, tmp_path) as window:
        screen = window.open_case(MARLOW)
        idle(qtbot, window)
        for day, is_child in ((last_day, True), (last_day + timedelta(days=1), False)):
            then = session_of(session.store, Role.NAVIGATOR, today=day)
            proposing = ProposeTransitionDialog(then, window.tasks, open_case(then, MARLOW), window)
            assert ("carer_told_on" in {each.name for each in proposing.form.fields}) == is_child
            grown = LeavingDialog(then, window.tasks, open_case(then, MARLOW), "", parent=window)
            grown.kind.set_value("WITHDRAWN")
            assert grown.form.field("carer_told_on").isVisibleTo(grown) == is_child
        dialog = leaving(qtbot, window)
        write(focused(), "Withdrawn")
        press(focused(), Qt.Key.Key_Tab)
        assert "victim_told_on" not in shown(dialog)
        assert "Supervisors find on Today" in said(dialog)
        told = {"reason": "Moved", "close_reason": "Moved", "carer_told_on": "today", "agencies_told_on": "today"}
        for name, text in told.items():
            dialog.form.field(name).setFocus()
            write(focused(), text)
        send(qtbot, window)
        assert set(dialog.form.problems) == {"agencies_told"}, "somebody was told, and nobody is named"
        dialog.form.field("agencies_told").setFocus()
        press(focused(), Qt.Key.Key_Space)
        send(qtbot, window)
        assert screen.view is not None
        (left,) = screen.view.of(CaseExit)
        assert (left.kind, left.person_told_on, left.carer_told_on) == ("WITHDRAWN", None, last_day)
        assert left.told_by == session.names.of(session.user), "who told the parent stays on record"
        assert (left.agencies_told_on, bool(left.agencies_told)) == (last_day, True)


def test_who_turned_18_is_told_on_today_and_passes_to_adult_services_by_keys(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.SUPERVISOR)
    proposed = {
        "goes_to": "Turning Point, J. Reid",
        "reason": "Turned 18 in October",
        "plan": "J. Reid meets him on 2 December",
        "services": "Boxing goes on to March",
        "person_told_on": "today",
        "not_told": "His father, at his own wish",
    }
    with at_work(qtbot, session, tmp_path) as window:
        view = line_of(qtbot, window, Duty.TRANSITION, TRANSITION_OPEN_REF)
        assert any("Turned 18 on 28 Oct 2026" in text for text in texts(view, 3))
        press(focused(), Qt.Key.Key_Return)
        dialog = asked(qtbot, window, ProposeTransitionDialog)
        assert isinstance(dialog, ProposeTransitionDialog)
        press(focused(), Qt.Key.Key_Return, CTRL)
        assert set(dialog.form.problems) == {"goes_to", "reason", "plan"}
        assert "Turned 18 on 28 Oct 2026" in said(dialog)
        for name, text in proposed.items():
            dialog.form.field(name).setFocus()
            write(focused(), text)
        send(qtbot, window)
        case = open_case(session, MARLOW).case
        assert (case.transition_proposed_on, case.transition_confirmed_on) == (session.today(), None)
        screen = window.open_case(MARLOW)
        idle(qtbot, window)
        screen.case_actions.launch(CONFIRM_TRANSITION)
        confirming = asked(qtbot, window, ConfirmTransitionDialog)
        assert isinstance(confirming, ConfirmTransitionDialog)
        assert "You proposed this yourself" in said(confirming)
        assert not confirming.primary.isEnabled()
        confirming.form.field("on").setFocus()
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert not confirming.banner.isVisible(), "what the button does not offer is not sent by a key either"
        assert not confirming.primary.isEnabled()
        confirming.reject()
    second = session_of(opened(local_location), Role.SUPERVISOR, user="Insp. KAUR")
    with at_work(qtbot, second, tmp_path / "second") as window:
        view = line_of(qtbot, window, Duty.TRANSITION, TRANSITION_WAITS_REF)
        assert len(texts(view)) == 1
        press(focused(), Qt.Key.Key_Return)
        last = asked(qtbot, window, ConfirmTransitionDialog)
        assert isinstance(last, ConfirmTransitionDialog)
        assert f"Proposed by {second.names.of(session.user)} on 25 Nov 2026" in said(last)
        assert {text for text in proposed.values() if text not in said(last)} == {"today"}
        send(qtbot, window)
        assert texts(view) == []
        case = open_case(second, MARLOW).case
        assert (case.transition_confirmed_on, case.transition_confirmed_by) == (TODAY, "Insp. KAUR")
