"""Backups from the window: made, refused, stopped and rehearsed by keyboard, and restored before anybody signs in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backup_sessions import left_in
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.database.backups import back_up, get_last_backup
from ioms_desktop.ui.actions.actions import ADMINISTRATION_MENU
from ioms_desktop.ui.database.backups import BackUpDialog, RehearseRestoreDialog
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.sign_in.first_start import RESTORE_PAGE, FirstStartWindow
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import MessageKind
from keys import opened, with_users
from shared_people import Office
from ui.case_sessions import session_of
from ui.hands import CTRL, click, focused, press, show, write
from ui.kit_checks import nameless
from ui.window_at_work import at_work, idle

pytestmark = pytest.mark.usefixtures("theme")
ADMIN, PASSWORD = "holt", "seven pale herons wade at dusk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


@pytest.fixture
def window(qtbot: QtBot, local_location: str, tmp_path: Path) -> Iterator[MainWindow]:
    with_users(local_location, {ADMIN: Role.ADMINISTRATOR}, PASSWORD)
    with at_work(qtbot, session_of(opened(local_location), Role.ADMINISTRATOR, user=ADMIN), tmp_path) as shown:
        yield shown


def asked(
    window: MainWindow, qtbot: QtBot, name: str, kind: type[BackUpDialog | RehearseRestoreDialog]
) -> BackUpDialog:
    """Open one of the dialogs as the menu does."""
    window.user_actions.trigger(name)
    dialog = window.findChild(kind)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    idle(qtbot, window)
    return dialog  # type: ignore[return-value]  # either is used alike


def menus(window: MainWindow) -> list[str]:
    return [action.text() for action in window.menuBar().actions()]


def test_nobody_but_an_administrator_is_offered_a_backup(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    offered = {"backup.make", "backup.rehearse"}
    assert ADMINISTRATION_MENU in menus(window)
    assert offered < {each.id for each in window.user_actions.actions}
    supervisor = session_of(opened(window.session.store.location), Role.SUPERVISOR)
    (tmp_path / "another").mkdir()
    with at_work(qtbot, supervisor, tmp_path / "another") as other:
        assert offered.isdisjoint(each.id for each in other.user_actions.actions)
        assert not other.messages.isVisible()


def test_a_backup_that_is_due_is_one_line_that_leads_to_it(qtbot: QtBot, window: MainWindow) -> None:
    assert window.messages.isVisible()
    assert window.messages.kind is MessageKind.CAUTION
    assert "no backup yet" in window.messages.text_label.text()
    click(window.messages.action_button)
    dialog = window.findChild(BackUpDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    assert not window.messages.isVisible()


def test_a_backup_is_made_by_keyboard_alone_and_says_what_was_proved(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    dialog = asked(window, qtbot, "backup.make", BackUpDialog)
    assert nameless(dialog) == []
    assert focused() is dialog.target.control
    write(focused(), str(folder))
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(dialog.result_frame.isVisible)
    assert "verified in" in dialog.result_label.text()
    assert not dialog.banner.isVisible()
    last = get_last_backup(window.session)
    assert last is not None
    assert left_in(folder) == [Path(last.path).name, f"{Path(last.path).name}.keys"]
    press(dialog, Qt.Key.Key_Return, CTRL)
    assert not dialog.is_working  # it is done, and not done again
    press(focused(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.findChild(BackUpDialog) is None)
    again = asked(window, qtbot, "backup.make", BackUpDialog)
    assert again.target.value() == str(folder)
    assert "25 Nov 2026" in again.note.text()


def test_a_backup_that_is_refused_keeps_what_was_typed(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    dialog = asked(window, qtbot, "backup.make", BackUpDialog)
    (folder / "taken.ioms").write_text("somebody's", encoding="utf-8")
    dialog.start()
    assert dialog.form.problems == {"where": "Where to is needed."}
    write(focused(), str(folder / "no folder"))
    dialog.start()
    assert "Make it first" in dialog.form.problems["where"]
    for typed, said in (("~nobody-of-this-name/x", "Make it first"), (str(folder / ("n" * 300)), "cannot be checked")):
        dialog.target.set_value(typed)
        dialog.start()
        assert said in dialog.form.problems["where"]
    dialog.target.control.setFocus()
    focused().setText("")  # type: ignore[attr-defined]  # the line that has the keyboard
    write(focused(), str(folder / "taken.ioms"))
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "already" in dialog.banner.text_label.text()
    assert dialog.target.value() == str(folder / "taken.ioms")
    assert dialog.primary.isEnabled()


def test_a_backup_that_is_stopped_says_so_and_leaves_nothing(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    dialog = asked(window, qtbot, "backup.make", BackUpDialog)
    write(focused(), str(folder))
    dialog.start()
    assert dialog.is_working
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.is_working)
    assert "Stopped" in dialog.banner.text_label.text()
    assert dialog.isVisible()
    assert left_in(folder) == []
    dialog.start()
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(BackUpDialog) is None)
    assert left_in(folder) == []


def test_a_rehearsal_asks_for_the_password_and_says_what_it_compared(
    qtbot: QtBot, window: MainWindow, folder: Path
) -> None:
    back_up(window.session, folder)
    dialog = asked(window, qtbot, "backup.rehearse", RehearseRestoreDialog)
    assert nameless(dialog) == []
    write(focused(), "not the password")
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.banner.isVisible)
    assert "password is wrong" in dialog.banner.text_label.text()
    focused().setText(PASSWORD)  # type: ignore[attr-defined]  # the line that has the keyboard
    press(focused(), Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.result_frame.isVisible)
    assert "of 25 Nov 2026, 10:00 was restored in a private place" in dialog.result_label.text()
    assert not [name for name in left_in(Path(window.session.store.location).parent) if "rehearsal" in name]


def test_on_a_server_the_menu_says_whose_the_copies_are(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    with at_work(qtbot, office.session(Role.ADMINISTRATOR), tmp_path) as window:
        assert "backup" not in window.messages.text_label.text()
        for name in ("backup.make", "backup.rehearse"):
            window.messages.clear()
            window.user_actions.trigger(name)
            assert "deploy/README.md" in window.messages.text_label.text()


def test_a_backup_is_restored_before_anybody_signs_in(
    qtbot: QtBot, window: MainWindow, tasks: Tasks, folder: Path, tmp_path: Path
) -> None:
    backup = back_up(window.session, folder).backup
    window.hide()
    first = FirstStartWindow(tasks)
    qtbot.addWidget(first)
    show(qtbot, first)
    click(first.restore_button)
    page = first.restore_page
    assert nameless(first) == []
    assert focused() is page.backup.control
    for field, text in (
        (page.backup, backup.path),
        (page.into, str(tmp_path / "new" / "again.ioms")),
        (page.name, ADMIN),
        (page.password, "not the password"),
    ):
        field.set_value(text)
    press(page.password.control, Qt.Key.Key_Return)
    qtbot.waitUntil(first.message.isVisible)
    assert "password is wrong" in first.message.text_label.text()
    assert page.backup.value() == backup.path
    page.password.set_value(PASSWORD)
    press(page.password.control, Qt.Key.Key_Return)
    qtbot.waitUntil(first.restored_page.isVisible)
    assert "Epoch 2" in first.restored_page.auditor.text()
    assert "the day of the backup" in first.restored_page.afterwards.text()
    with qtbot.waitSignal(first.database_ready) as ready:
        click(first.restored_page.primary)
    assert ready.args[:2] == [str(tmp_path / "new" / "again.ioms"), ADMIN]
    assert left_in(tmp_path / "new") == ["again.ioms", "again.ioms.keys"]


def test_a_restore_names_what_is_wrong_beside_its_field_and_can_be_stopped(
    qtbot: QtBot, window: MainWindow, tasks: Tasks, folder: Path, tmp_path: Path
) -> None:
    backup = back_up(window.session, folder).backup
    first = FirstStartWindow(tasks)
    qtbot.addWidget(first)
    show(qtbot, first)
    first.show_page(RESTORE_PAGE)
    page = first.restore_page
    page.into.set_value(backup.path)
    page.submit()
    assert set(page.form.problems) == {"backup", "into", "name", "password"}
    for field, text in ((page.backup, backup.path), (page.into, str(tmp_path / "again.ioms")), (page.name, ADMIN)):
        field.set_value(text)
    page.password.set_value(PASSWORD)
    page.submit()
    assert not page.back_button.isEnabled()
    page.stop()
    qtbot.waitUntil(lambda: not page.is_working)
    QApplication.processEvents()
    assert "Stopped" in first.message.text_label.text()
    assert not (tmp_path / "again.ioms").exists()
