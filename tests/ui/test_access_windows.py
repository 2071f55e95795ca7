"""Case access, break-glass access, accounts and a partner's list, driven by real key presses on real databases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from ioms_desktop.demo.build import DEMO_USERS
from ioms_desktop.domain.access.case_access import AccessEntry, AccessList, CaseRestriction
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.screenshots.access_samples import sample_account, sample_orphaned_cases, sample_supervisor
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass, list_recent_break_glass
from ioms_desktop.services.access.case_access_admin import (
    ChangeCaseAccess,
    SetCaseRestriction,
    assign_user,
    exclude_user,
    get_case_access,
    set_case_restriction,
)
from ioms_desktop.services.access.take_over import TakeOverCase, take_over_case
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage import access_lists, users
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import CommandContext
from ioms_desktop.ui.access.access_entry import AccessEntryDialog, CaseRestrictionDialog, DeclareConflictDialog
from ioms_desktop.ui.access.break_glass import BreakGlassDialog
from ioms_desktop.ui.access.case_access import CaseAccessDialog
from ioms_desktop.ui.access.take_over import TakeOverCaseDialog
from ioms_desktop.ui.accounts.accounts import AddPersonDialog, DisableDialog, EnableDialog
from ioms_desktop.ui.actions.dialog_action import Target
from ioms_desktop.ui.actions.file_actions import PRINT_CASES
from ioms_desktop.ui.actions.recording_actions import RECORD_CONCERN, REVIEW_BREAK_GLASS
from ioms_desktop.ui.cases.case_access_bar import BREAK_GLASS_LABEL, RETRY_LABEL
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.screens import partner_cases
from ioms_desktop.ui.screens.administration import AdministrationScreen, NewRecoveryCodeDialog
from ioms_desktop.ui.screens.partner_cases import PartnerCasesScreen
from keys import with_users
from sessions import request
from shared_people import ANOTHER, login_of
from ui.case_sessions import HARKER, MARLOW, TODAY, at, filled, session_of
from ui.hands import CTRL, click, focused, press, write
from ui.held import held
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle, register, screen, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.store import Store
    from ioms_desktop.ui.main_window.window import MainWindow
    from shared_people import Office

pytestmark = pytest.mark.usefixtures("theme")
WHY = "his mother called, he is in danger"
PEOPLE = {"adeyemi": "officer", "okoro": "navigator", "wright": "supervisor", "yjs": "partner"}
PASSWORD = "four plain words here"


@pytest.fixture
def store(local_location: str) -> Store:
    made = filled(local_location)
    act = CommandContext(request="", user="admin", role="administrator", at=at(TODAY), workstation="test")
    with made.begin(act) as tx:
        for name, role in (
            ("adeyemi", "officer"),
            ("okoro", "navigator"),
            ("wright", "supervisor"),
            ("yjs", "partner"),
        ):
            users.add_user(tx, name, role, "", at=at(TODAY))
    return made


def seat(store: Store, name: str, role: Role) -> Session:
    return session_of(store, role, user=name)


def hide_from_officer(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(tables.users.update().where(tables.users.c.name == "adeyemi").values(team="North"))
    set_case_restriction(
        seat(store, "wright", Role.SUPERVISOR), SetCaseRestriction(request=request(), case_ref=HARKER, team="South")
    )


def shown(kind: type[QDialog], window: QWidget, qtbot: QtBot) -> QDialog:
    def there() -> list[QDialog]:
        return [each for each in window.findChildren(kind) if each.isVisible()]

    qtbot.waitUntil(lambda: bool(there()))
    dialog = there()[-1]
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    return dialog


def said(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_supervisor_excludes_somebody_and_lets_them_go(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    boss = seat(store, "wright", Role.SUPERVISOR)
    with at_work(qtbot, boss, tmp_path) as window:
        window.open_case(HARKER)
        idle(qtbot, window)
        assert window.user_actions.trigger("case.show_knowing")
        known = shown(CaseAccessDialog, window, qtbot)
        assert isinstance(known, CaseAccessDialog)
        assert "Everybody whose role opens cases" in said(known)
        assert "They do not protect" in said(known)
        click(known.entry_buttons[2])
        naming = shown(AccessEntryDialog, known, qtbot)
        write(focused(), "adeyemi")
        press(focused(), Qt.Key.Key_Tab)
        write(focused(), "Ask the inspector.")
        press(naming, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: len(known.case_access.entries) == 1)
        (entry,) = known.case_access.entries
        assert (entry.user_name, entry.kind, entry.message) == ("adeyemi", AccessList.EXCLUDED, "Ask the inspector.")
        idle(qtbot, window)
        click(known.entry_buttons[0])
        naming = shown(AccessEntryDialog, known, qtbot)
        write(focused(), "adeyemi")
        press(naming, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: len(known.case_access.entries) == 2)
        idle(qtbot, window)
        (row,) = [each.id for each in known.case_access.entries if each.kind is AccessList.EXCLUDED]
        known.view.register.actions[0].callback((row,))
        qtbot.waitUntil(lambda: [each.kind for each in standing(known)] == [AccessList.ASSIGNED])
        known.close()


def standing(known: CaseAccessDialog) -> list[AccessEntry]:
    return [each for each in known.case_access.entries if known.case_access.is_current(each)]


def test_how_a_case_is_kept_leaves_alone_what_another_said_meanwhile(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    boss = seat(store, "wright", Role.SUPERVISOR)
    with at_work(qtbot, boss, tmp_path) as window:
        before = get_case_access(boss, HARKER).restriction
        dialog = CaseRestrictionDialog(boss, window.tasks, HARKER, before, [], shared=False, parent=window)
        set_case_restriction(boss, SetCaseRestriction(request=request(), case_ref=HARKER, team="South"))
        dialog.build_command()()
        assert get_case_access(boss, HARKER).restriction.team == "South"
        dialog = CaseRestrictionDialog(boss, window.tasks, HARKER, before, [], shared=False, parent=window)
        dialog.team.set_value("North")
        dialog.build_command()()
        assert get_case_access(boss, HARKER).restriction.team == "North"


def test_a_conflict_of_interest_closes_the_case_on_the_screen(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    with at_work(qtbot, seat(store, "adeyemi", Role.OFFICER), tmp_path) as window:
        case = window.open_case(HARKER)
        idle(qtbot, window)
        assert window.tabs.tabText(1).startswith("HARKER")
        assert window.user_actions.trigger("case.declare_conflict")
        dialog = shown(DeclareConflictDialog, case, qtbot)
        press(dialog, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: case.view is None and case.unavailable.isVisible())
        assert not case.header.isVisible()
        assert window.tabs.tabText(1) == HARKER
        assert "HARKER," not in said(case)
        idle(qtbot, window)


def test_the_glass_is_broken_where_a_case_does_not_open(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    hide_from_officer(store)
    with at_work(qtbot, seat(store, "adeyemi", Role.OFFICER), tmp_path) as window:
        case = window.open_case(HARKER)
        idle(qtbot, window)
        assert case.unavailable.action_button.text() == BREAK_GLASS_LABEL
        click(case.unavailable.action_button)
        dialog = shown(BreakGlassDialog, case, qtbot)
        assert "60 minutes" in said(dialog)
        write(focused(), "too short")
        press(dialog, Qt.Key.Key_Return, CTRL)
        assert isinstance(dialog, BreakGlassDialog)
        assert dialog.form.problems == {"reason": "11 more characters are needed."}
        dialog.reason.set_value(WHY)
        press(dialog, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: case.view is not None)
        assert "60 minutes left), for reading only" in case.break_glass_bar.text_label.text()
        assert case.break_glass_bar.isVisible()
        assert [each.isEnabled() for each in case.buttons] == [False] * len(case.buttons)
        case.case_actions.launch(RECORD_CONCERN)
        assert "You have restricted record access" in case.message.text_label.text()
        case.case_actions.launch(PRINT_CASES)
        assert not [each for each in case.findChildren(QDialog) if each.isVisible()]


def test_without_the_right_there_is_no_way_through_the_glass(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    boss = seat(store, "wright", Role.SUPERVISOR)
    exclude_user(boss, ChangeCaseAccess(request=request(), case_ref=MARLOW, name="okoro"))
    with at_work(qtbot, seat(store, "holt", Role.COORDINATOR), tmp_path) as window:
        case = window.open_case("NOWHERE")
        idle(qtbot, window)
        assert case.unavailable.action_button.text() == RETRY_LABEL
        assert not window.user_actions.trigger("glass.break")
        assert not window.user_actions.trigger("case.show_knowing")


def test_quick_search_offers_the_glass_for_a_reference_it_does_not_find(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    with at_work(qtbot, seat(store, "adeyemi", Role.OFFICER), tmp_path) as window:
        for typed, offered in (("nobody", False), ("3/11/2008", False), ("phx-nowhere", True)):
            window.quick_search.focus_and_select()
            window.quick_search.clear()
            write(window.quick_search, typed)
            idle(qtbot, window)
            words = [
                window.quick_search.panel.list.item(row).toolTip()
                for row in range(window.quick_search.panel.list.count())
            ]
            assert ("a case that is kept from you" in words) is offered
            if offered:
                press(window.quick_search, Qt.Key.Key_Return)
                dialog = shown(BreakGlassDialog, window, qtbot)
                assert isinstance(dialog, BreakGlassDialog)
                assert dialog.case_ref.value() == "PHX-NOWHERE"
                dialog.form.mark_clean()
                dialog.close()


def test_a_review_stands_in_today_and_is_done_there(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    hide_from_officer(store)
    officer = seat(store, "adeyemi", Role.OFFICER)
    break_glass(officer, BreakGlass(request=request(), case_ref=HARKER, reason=WHY))
    open_case(officer, HARKER)
    boss = seat(store, "wright", Role.SUPERVISOR)
    boss.names.replace({"adeyemi": "PC 4411 ADEYEMI"})
    with at_work(qtbot, boss, tmp_path) as window:
        view = register(screen(window, qtbot, "today"))
        view.search.setText("restricted access")
        idle(qtbot, window)
        assert texts(view, 3) == ["Review: PC 4411 ADEYEMI opened this case by restricted record access (supervisor)"]
        press(view.search, Qt.Key.Key_Down)
        press(view.table, Qt.Key.Key_Return)
        dialog = shown(FinishActionDialog, window, qtbot)
        assert isinstance(dialog, FinishActionDialog)
        assert f"“{WHY}”" in said(dialog)
        assert "adeyemi" not in said(dialog)
        assert f"Opened case {HARKER}, 25 Nov 2026" in said(dialog)
        dialog.outcome.edit.setFocus()
        write(dialog.outcome.edit, "Right to do so.")
        press(dialog, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: texts(view, 3) == [])


def test_the_review_of_a_glass_that_opened_nothing_says_so(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    hide_from_officer(store)
    break_glass(seat(store, "adeyemi", Role.OFFICER), BreakGlass(request=request(), case_ref=HARKER, reason=WHY))
    with at_work(qtbot, seat(store, "wright", Role.SUPERVISOR), tmp_path) as window:
        ref = next(each.ref for each in list_recent_break_glass(window.session))
        window.services.dialogs.launch(REVIEW_BREAK_GLASS, Target(case_ref=HARKER, about=ref))
        dialog = shown(FinishActionDialog, window, qtbot)
        assert "Nothing: the case was not opened." in said(dialog)
        dialog.close()


@contextmanager
def administrating(qtbot: QtBot, location: str, tmp_path: Path) -> Iterator[MainWindow]:
    with_users(location, {"chief": Role.ADMINISTRATOR, "adeyemi": Role.OFFICER}, PASSWORD)
    session = sign_in(location, "chief", PASSWORD, clock=lambda: at(TODAY), workstation="test")
    with at_work(qtbot, session, tmp_path) as window:
        yield window


def test_an_administrator_adds_a_partner_and_disables_somebody(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with administrating(qtbot, local_location, tmp_path) as window:
        accounts = window.current_screen
        assert isinstance(accounts, AdministrationScreen)
        assert texts(accounts.view) == ["adeyemi", "chief (you)"]
        click(accounts.add_button)
        dialog = shown(AddPersonDialog, window, qtbot)
        assert isinstance(dialog, AddPersonDialog)
        write(focused(), "yjs")
        press(focused(), Qt.Key.Key_Tab)
        write(focused(), "YJS, R. SHAH")
        dialog.role.set_value("partner")
        assert dialog.until.value() is not None
        dialog.passphrase.first.set_value("short")
        assert dialog.passphrase.strength.text().startswith("Strength: weak")
        dialog.passphrase.first.set_value(PASSWORD)
        dialog.passphrase.second.set_value(PASSWORD)
        press(dialog, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: texts(accounts.view) == ["adeyemi", "chief (you)", "yjs"])
        assert texts(accounts.view, 1) == ["", "", "YJS, R. SHAH"]
        assert "may sign in until 26 May 2027" in texts(accounts.view, 4)
        accounts.view.table.setFocus()
        accounts.view.table.selectRow(0)
        idle(qtbot, window)
        accounts.view.register.actions[2].callback(accounts.view.selected_ids)
        asked = shown(DisableDialog, window, qtbot)
        assert "given another key" in said(asked)
        assert "without a supervisor" not in said(asked)
        press(asked, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: "disabled" in texts(accounts.view, 4))
        accounts.view.register.actions[3].callback(accounts.view.selected_ids)
        again = shown(EnableDialog, window, qtbot)
        assert isinstance(again, EnableDialog)
        assert again.passphrase is not None
        again.passphrase.first.set_value(PASSWORD)
        again.passphrase.second.set_value(PASSWORD)
        press(again, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: "disabled" not in texts(accounts.view, 4))
    sign_in(local_location, "adeyemi", PASSWORD).store.close()


def test_a_new_recovery_code_is_shown_once(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with administrating(qtbot, local_location, tmp_path) as window:
        accounts = window.current_screen
        assert isinstance(accounts, AdministrationScreen)
        assert accounts.code_button.isVisible()
        click(accounts.code_button)
        dialog = shown(NewRecoveryCodeDialog, window, qtbot)
        assert isinstance(dialog, NewRecoveryCodeDialog)
        click(dialog.make_button)
        press(dialog, Qt.Key.Key_Escape)
        dialog.close()
        assert dialog.isVisible()  # the code of before no longer opens anything
        assert not dialog.cancel_button.isEnabled()
        qtbot.waitUntil(dialog.page.isVisible)
        assert len(dialog.page.code.text()) > 30
        dialog.reject()
        assert dialog.isVisible()
        dialog.page.written_down_box.setChecked(True)
        click(dialog.page.primary)
        assert not dialog.isVisible()
        idle(qtbot, window)


def test_on_a_server_somebody_is_added_without_a_password_and_disabled_at_once(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    leaver = office.session("officer")
    with at_work(qtbot, office.session("administrator"), tmp_path) as window:
        accounts = window.current_screen
        assert isinstance(accounts, AdministrationScreen)
        assert not accounts.code_button.isVisible()
        click(accounts.add_button)
        dialog = shown(AddPersonDialog, window, qtbot)
        assert isinstance(dialog, AddPersonDialog)
        write(focused(), "t_without")
        dialog.role.set_value("auditor")
        dialog.without_password.set_value(True)
        assert not dialog.passphrase.first.isVisible()
        press(dialog, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: "t_without" in texts(accounts.view))
        accounts.view.table.setFocus()
        accounts.view.table.selectRow(texts(accounts.view).index(login_of("officer")))
        idle(qtbot, window)
        accounts.view.register.actions[2].callback(accounts.view.selected_ids)
        asked = shown(DisableDialog, window, qtbot)
        assert "whatever they have open ends within a moment" in said(asked)
        press(asked, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: "disabled" in texts(accounts.view, 4))
    with pytest.raises(Refused):
        open_case(leaver, "PHX-1")
    with office.owner() as owner:
        owner.execute("DROP ROLE t_without")


def test_a_partner_sees_the_header_of_an_assigned_case_and_is_told_what_is_not_open(
    qtbot: QtBot, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = seat(store, "wright", Role.SUPERVISOR)
    assign_user(boss, ChangeCaseAccess(request=request(), case_ref=MARLOW, name="yjs"))
    with at_work(qtbot, seat(store, "yjs", Role.PARTNER), tmp_path) as window:
        cases = window.current_screen
        assert isinstance(cases, PartnerCasesScreen)
        assert texts(cases.view, 1) == [MARLOW]
        press(cases.view.search, Qt.Key.Key_Down)
        press(cases.view.table, Qt.Key.Key_Return)
        qtbot.waitUntil(cases.page.isVisible)
        assert "MARLOW, Jayden" in said(cases)
        assert "The record itself is not open to partner agencies" in said(cases)
        with held(monkeypatch, partner_cases, "open_header") as header:
            cases.refresh()
            header.has_result.wait()
            press(focused(), Qt.Key.Key_Escape)
        idle(qtbot, window)
        assert cases.view.isVisible()
        window.show_assigned_case(HARKER)
        idle(qtbot, window)
        assert f"There is no case {HARKER}" in window.messages.text_label.text()
        window.show_assigned_case(MARLOW)
        qtbot.waitUntil(cases.page.isVisible)
        click(cases.page.declare_button)
        dialog = shown(DeclareConflictDialog, window, qtbot)
        press(dialog, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: texts(cases.view, 1) == [])
    assert get_case_access(seat(store, "wright", Role.SUPERVISOR), MARLOW).entries[0].message is None


def test_disabling_the_last_supervisor_of_a_case_names_it_first(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with_users(local_location, {"wright": Role.SUPERVISOR}, PASSWORD)
    store = filled(local_location)
    with store.begin(seat(store, "wright", Role.SUPERVISOR).command_context()) as tx:
        access_lists.set_case_restriction(tx, HARKER, CaseRestriction(restricted=True))
        access_lists.set_access_entry(tx, HARKER, "wright", AccessList.ADMITTED, listed=True)
    store.close()
    with administrating(qtbot, local_location, tmp_path) as window:
        accounts = window.current_screen
        assert isinstance(accounts, AdministrationScreen)
        accounts.view.table.selectRow(2)
        idle(qtbot, window)
        accounts.view.register.actions[2].callback(accounts.view.selected_ids)
        asked = shown(DisableDialog, window, qtbot)
        assert f"Restricted case {HARKER} has no other supervisor" in said(asked)
        asked.close()


def test_the_pictures_of_orphaned_cases_are_of_supervisors(local_location: str) -> None:
    session = session_of(filled(local_location))
    supervisors = {name for name, role in DEMO_USERS if role is Role.SUPERVISOR}
    assert {case.asked_by for case in sample_orphaned_cases(session)} - {None, ""} <= supervisors
    assert sample_supervisor(session).role == Role.SUPERVISOR
    assert sample_account(session).role == Role.PARTNER, "the control"


def test_a_second_supervisor_completes_a_takeover_in_the_window(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    boss, second = office.session("supervisor"), office.session(ANOTHER)
    set_case_restriction(boss, SetCaseRestriction(request=request(), case_ref="IOM-1", restricted=True))
    disable_user(office.session("administrator"), boss.user)
    with office.owner() as owner:
        owner.execute("SELECT add_login('t_third', 'supervisor', NULL)")
        owner.execute("ALTER ROLE t_third PASSWORD 'four plain words here'")
    third = office.session("third")
    take_over_case(third, TakeOverCase(request=request(), case_ref="IOM-1", reason="Insp. Wright retired on Friday"))
    with at_work(qtbot, second, tmp_path) as window:
        assert window.user_actions.trigger("access.take_over")
        dialog = shown(TakeOverCaseDialog, window, qtbot)
        assert isinstance(dialog, TakeOverCaseDialog)
        assert "IOM-1: t_third" in said(dialog)
        assert "Insp. Wright retired on Friday" in said(dialog)
        assert dialog.case_ref.value() == "IOM-1"
        dialog.reason.set_value("too short")
        press(dialog, Qt.Key.Key_Return, CTRL)
        assert dialog.isVisible()
        dialog.reason.set_value("He retired; I know the family.")
        press(dialog, Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert open_case(second, "IOM-1").case.case_ref == "IOM-1"
        assert window.user_actions.trigger("access.take_over")
        idle(qtbot, window)
        assert "nothing to take over" in window.messages.text_label.text()
