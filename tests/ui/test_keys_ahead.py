"""What is typed between the request for a dialog and the dialog goes into that dialog or nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QVBoxLayout, QWidget

from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.actions.dialog_action import DialogContext, Gathered, Target, TargetGone
from ioms_desktop.ui.actions.intake_actions import NEW_PERSON
from ioms_desktop.ui.actions.recording_actions import RECORD_CONCERN, RECORD_CONTACT
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.intake.referral_dialog import ReferralDialog
from ioms_desktop.ui.keys_ahead import LIMIT_MS, KeysAhead, drop_former
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.screens.measures import MeasuresScreen
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.widgets import button
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, PLAIN, SHIFT, focused, show
from ui.window_at_work import at_work, idle, screen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")
ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
META = Qt.KeyboardModifier.MetaModifier
Press = str | Qt.Key | QInputMethodEvent | QKeyEvent | tuple[Qt.Key, Qt.KeyboardModifier, str]


class Behind(QWidget):
    """A window with two fields and a shortcut, and the dialog that is asked for over it."""

    def __init__(self, kind: str = "primary") -> None:
        super().__init__()
        self.field, self.other, self.over = QLineEdit(self), QLineEdit(self), QWidget(self)
        self.done: list[str] = []
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.other)
        for keys in ("Ctrl+S", "Escape", "Alt+X"):
            QShortcut(QKeySequence(keys), self).activated.connect(lambda keys=keys: self.done.append(keys))
        self.dialog = QDialog(self)
        self.first, self.second = QLineEdit(self.dialog), QLineEdit(self.dialog)
        self.save = button("Save", lambda: self.done.append("Save"), kind=kind)
        inside = QVBoxLayout(self.dialog)
        for each in (self.first, self.second, self.save):
            inside.addWidget(each)

    @property
    def answers(self) -> tuple[str, str]:
        """What is in the fields of the dialog."""
        return self.first.text(), self.second.text()


def type_keys(widget: QWidget, presses: tuple[Press, ...]) -> None:
    """Type texts, keys, what an input method gives, and keys with a text of their own."""
    for each in presses:
        if isinstance(each, str):
            QTest.keyClicks(widget, each)
        elif isinstance(each, Qt.Key):
            QTest.keyClick(widget, each)
        elif isinstance(each, QInputMethodEvent | QKeyEvent):
            QApplication.sendEvent(widget, each)
        else:
            for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(widget, QKeyEvent(kind, *each))


def composed(text: str, *, is_done: bool = True) -> QInputMethodEvent:
    """Return what an input method gives."""
    event = QInputMethodEvent("" if is_done else text, [])
    event.setCommitString(text if is_done else "")
    return event


TAB, SPACE = Qt.Key.Key_Tab, Qt.Key.Key_Space
E_ACUTE = (Qt.Key.Key_E, ALT_GR, "é")
TYPED: dict[str, tuple[tuple[Press, ...], tuple[str, str]]] = {
    "words, a capital": (("jos", Qt.Key.Key_Shift, "S"), ("josS", "")),
    "AltGr": (("Jos", (Qt.Key.Key_AltGr, ALT_GR, ""), E_ACUTE, "x"), ("Joséx", "")),
    "from field to field, a letter taken back": (("ab", Qt.Key.Key_Backspace, TAB, "c"), ("a", "c")),
    "back to a field": (("a", TAB, Qt.Key.Key_Backtab, "c"), ("c", "")),
    "the button pressed again": ((SPACE, "a"), ("a", "")),
    "a key held down": (("a", QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, PLAIN, "a", autorep=True)), ("a", "")),
    "a button reached": (("a", TAB, TAB, SPACE, "z"), ("a", "")),
    "Enter": (("a", Qt.Key.Key_Return, "b"), ("", "")),
    "an arrow": (("a", Qt.Key.Key_Down, "b"), ("", "")),
    "a shortcut": (("a", (Qt.Key.Key_S, CTRL, "\x13"), "b"), ("", "")),
    "a mnemonic": (("a", (Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier, "x")), ("", "")),
    "a key of the system": (("a", (Qt.Key.Key_L, META, "l")), ("", "")),
    "the tab before": (("a", (TAB, CTRL, "\t"), "b"), ("", "")),
    "an input method": (("a", composed("ش"), "b"), ("", "")),
    "an input method at work": (("a", composed("ش", is_done=False), "b"), ("", "")),
}


@pytest.mark.parametrize("name", TYPED)
def test_text_goes_into_the_fields_of_the_dialog_and_nothing_is_done_behind(qtbot: QtBot, name: str) -> None:
    presses, answers = TYPED[name]
    for kind in ("primary", "danger"):
        behind = Behind(kind)
        qtbot.addWidget(behind)
        show(qtbot, behind)
        keys = KeysAhead(behind)
        type_keys(focused(), presses)
        assert (behind.field.text(), behind.done) == ("", [])
        keys.dialog = behind.dialog
        behind.field.clearFocus()  # as where the keyboard is with nobody before it is with the dialog
        keys.open(behind.dialog)
        qtbot.waitUntil(behind.dialog.isActiveWindow)
        assert (behind.answers, behind.done) == (answers if kind == "primary" else ("", ""), [])
        behind.dialog.close()
        show(qtbot, behind)
        behind.field.setFocus()
        QTest.keyClicks(focused(), "yes")
        QTest.keyClick(focused(), Qt.Key.Key_S, CTRL)
        assert (behind.field.text(), behind.done) == ("yes", ["Ctrl+S"]), "the control: it is the window's again"
        behind.close()


def run_out(_: Behind, keys: KeysAhead) -> None:
    """Let the time be over."""
    assert keys.limit.isActive()
    assert keys.limit.interval() == LIMIT_MS <= 5000
    keys.limit.start(0)
    QApplication.processEvents()


def leave_field(behind: Behind, _: KeysAhead) -> None:
    """Leave the field for no other, and come back."""
    behind.field.clearFocus()
    behind.field.setFocus()


def leave_for_another(behind: Behind, keys: KeysAhead) -> None:
    """Go to another field when the dialog is about to open, and come back."""
    keys.dialog = behind.dialog
    behind.other.setFocus()
    assert behind.other.text() == ""
    behind.field.setFocus()


def close_over(behind: Behind, _: KeysAhead) -> None:
    """Take away what it was asked for over, as a tab that is closed."""
    behind.over.deleteLater()
    QApplication.sendPostedEvents(behind.over, QEvent.Type.DeferredDelete)


ENDS: dict[str, Callable[[Behind, KeysAhead], object]] = {
    "a click": lambda behind, _: QTest.mouseClick(
        behind.windowHandle(), Qt.MouseButton.LeftButton, pos=behind.rect().topLeft()
    ),
    "another field": lambda behind, _: (behind.other.setFocus(), behind.field.setFocus()),
    "no field": leave_field,
    "another field at last": leave_for_another,
    "the next request": lambda behind, _: drop_former(behind.other),
    "Escape": lambda behind, _: QTest.keyClick(behind.field, Qt.Key.Key_Escape),
    "its time": run_out,
    "its tab is closed": close_over,
}


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_and_forgets(qtbot: QtBot, name: str) -> None:
    behind = Behind()
    qtbot.addWidget(behind)
    show(qtbot, behind)
    tasks = Tasks(behind)
    keys = KeysAhead(behind.over)
    keys.request = tasks.run(behind, lambda: None, ignore)
    QTest.keyClicks(behind.field, "no")
    assert behind.field.text() == ""
    ENDS[name](behind, keys)
    assert keys.request.progress.cancelled == (name in {"the next request", "Escape"})
    assert focused() is behind.field
    QTest.keyClicks(behind.field, "yes")
    assert (behind.field.text(), behind.done) == ("yes", [])
    keys.open(behind.dialog)
    qtbot.waitUntil(behind.dialog.isActiveWindow)
    assert behind.answers == ("", "")
    tasks.close()


def refuse(context: DialogContext, gathered: Gathered) -> QDialog:
    """Find that what a dialog was to be opened on has changed meanwhile."""
    raise TargetGone(f"{gathered.target.case_ref} has changed; {context.session.user} looks again.")


def dialogs() -> list[QDialog]:
    """Return the dialogs that are open."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]


def only_dialog(qtbot: QtBot, window: MainWindow) -> QDialog:
    """Wait for what was asked for; it must be one dialog."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), QDialog))
    idle(qtbot, window)
    (dialog,) = dialogs()
    return dialog


def test_in_a_window_each_request_has_its_own_keys(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        behind = window.open_case(MARLOW)
        idle(qtbot, window)
        behind.sections.choose("Contacts")
        search = behind.tables[behind.sections.section_list.chosen].search
        rows = behind.tables[behind.sections.section_list.chosen].table

        def begin(request: Callable[[], object], typed: str) -> None:
            behind.is_current = False  # as after something was saved: the case is read again for the dialog
            request()
            QTest.keyClicks(focused(), typed)

        def end(dialog: QDialog | None, *, has_left: str) -> None:
            if dialog is not None:
                assert isinstance(dialog, CommandDialog)
                assert dialog.form.kept().get("happened", "") == has_left
                dialog.discard()
            idle(qtbot, window)
            assert not dialogs()
            window.activateWindow()
            qtbot.waitUntil(window.isActiveWindow)
            rows.setFocus()
            QTest.keyClicks(rows, "y")
            assert search.text() == "y", "it is the list's again"
            search.clear()
            rows.setFocus()

        launch, elsewhere = behind.case_actions.launch, window.services.dialogs.launch
        rows.setFocus()
        begin(lambda: QTest.keyClick(rows, Qt.Key.Key_C, CTRL | SHIFT), "y")
        assert window.tasks.is_busy
        end(only_dialog(qtbot, window), has_left="yes")

        begin(lambda: elsewhere(RECORD_CONTACT, Target(case_ref=HARKER)), "y")
        begin(lambda: elsewhere(RECORD_CONTACT, Target(case_ref=MARLOW)), "")
        end(only_dialog(qtbot, window), has_left="")

        begin(lambda: launch(RECORD_CONCERN), "n")
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton)
        begin(lambda: elsewhere(RECORD_CONTACT, Target(case_ref=MARLOW)), "y")
        dialog = only_dialog(qtbot, window)
        assert isinstance(dialog, RecordContactDialog)
        end(dialog, has_left="yes")

        begin(lambda: launch(RECORD_CONTACT), "y")
        QTest.keyClick(focused(), Qt.Key.Key_Escape)
        end(None, has_left="")

        begin(lambda: elsewhere(RECORD_CONTACT, Target(case_ref="IOM-NOBODY")), "y")
        end(None, has_left="")

        begin(lambda: launch(replace(RECORD_CONTACT, make=refuse)), "y")
        end(None, has_left="")


def test_a_form_that_opens_by_itself_takes_no_keys_and_none_leaves_them_dead(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        assert case.view is not None
        assert NEW_PERSON.completed is not None
        search = window.quick_search
        context = window.services.dialogs.context
        search.setFocus()
        NEW_PERSON.completed(context, Outcome(notice="", ref=case.view.person.person_ref))
        QTest.keyClicks(search, "marlow")
        assert search.text() == "marlow"
        search.clear()
        dialog = only_dialog(qtbot, window)
        assert isinstance(dialog, ReferralDialog)
        dialog.discard()
        idle(qtbot, window)

        measures = screen(window, qtbot, "measures")
        assert isinstance(measures, MeasuresScreen)
        measures.publish()
        measures.publish()  # as by a double click
        only_dialog(qtbot, window).close()
        idle(qtbot, window)
        window.activateWindow()
        search.setFocus()
        QTest.keyClicks(search, "marlow")
        assert search.text() == "marlow"
