import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.errors import fault_reporter
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.fictional import TODAY, ContactDialog, refuse
from ui.hands import CTRL, click, focused, press, show, write


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, tasks: Tasks) -> ContactDialog:
    assert theme.name == "light"
    made = ContactDialog(tasks)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def filled(dialog: ContactDialog) -> None:
    dialog.came.set_value("yes")
    dialog.on.set_value(TODAY)
    dialog.kind.set_value("HOME")
    dialog.note.set_value("Seen at home")


def test_a_refusal_keeps_the_dialog_and_the_words(qtbot: QtBot, dialog: ContactDialog) -> None:
    filled(dialog)
    dialog.answer = refuse
    click(dialog.primary)
    qtbot.waitUntil(lambda: "Someone else recorded this contact" in dialog.banner.text_label.text())
    assert dialog.isVisible()
    assert dialog.note.value() == "Seen at home"
    assert dialog.primary.isEnabled()
    assert dialog.form.is_dirty


def test_ctrl_enter_sends_from_any_field(qtbot: QtBot, dialog: ContactDialog) -> None:
    filled(dialog)
    dialog.note.edit.setFocus()
    with qtbot.waitSignal(dialog.completed) as sent:
        press(dialog.note.edit, Qt.Key.Key_Return, CTRL)
    assert sent.args == ["done"]
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_enter_in_a_line_does_not_send(qtbot: QtBot, dialog: ContactDialog) -> None:
    filled(dialog)
    sent: list[object] = []
    dialog.completed.connect(sent.append)
    press(dialog.place_.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.primary.isEnabled)
    assert sent == []
    assert dialog.isVisible()


def test_a_form_with_a_problem_is_not_sent(dialog: ContactDialog, tasks: Tasks) -> None:
    click(dialog.primary)
    assert not tasks.is_busy
    assert "on" in dialog.form.problems


def test_a_second_press_does_not_send_twice(qtbot: QtBot, dialog: ContactDialog) -> None:
    filled(dialog)
    gate = threading.Event()
    times: list[int] = []

    def answer() -> object:
        times.append(1)
        return gate.wait()

    dialog.answer = answer
    dialog.accept()
    dialog.accept()
    assert not dialog.primary.isEnabled()
    with qtbot.waitSignal(dialog.completed):
        gate.set()
    assert times == [1]


def test_a_fault_keeps_the_dialog_and_gives_its_reference(qtbot: QtBot, dialog: ContactDialog) -> None:
    filled(dialog)
    dialog.answer = lambda: 1 / 0
    dialog.accept()
    qtbot.waitUntil(lambda: "everything you typed is still here" in dialog.banner.text_label.text())
    qtbot.waitUntil(lambda: fault_reporter().dialog is not None)
    fault = fault_reporter().dialog
    assert fault is not None
    assert fault.reference.text() in dialog.banner.text_label.text()
    fault.reject()
    assert dialog.note.value() == "Seen at home"


def test_an_untouched_dialog_closes_without_a_question(dialog: ContactDialog) -> None:
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_closing_what_was_typed_asks_and_names_what_is_lost(qtbot: QtBot, dialog: ContactDialog) -> None:
    filled(dialog)
    dialog.note.edit.setFocus()
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.unsaved_prompt.isVisible()
    press(focused(), Qt.Key.Key_Escape)
    assert not dialog.unsaved_prompt.isVisible()
    assert focused() is dialog.note.edit
    dialog.close()
    assert dialog.isVisible()
    press(focused(), Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_a_dialog_fits_a_small_screen_and_scrolls(dialog: ContactDialog) -> None:
    room = QApplication.primaryScreen().availableSize()
    assert dialog.height() <= room.height()
    assert dialog.width() <= room.width()


@pytest.mark.parametrize("lines", [2, 60])
def test_a_form_begins_with_what_must_be_read_and_tab_goes_on_to_the_first_question_that_is_asked(
    qtbot: QtBot, theme: Theme, tasks: Tasks, lines: int
) -> None:
    assert theme.name == "light"
    dialog = AutoHeightDialog(tasks, title="Answer a proposal", verb="&Save")
    dialog.form.place(Card("What was seen", tuple(f"Missed on the {number}th" for number in range(lines))))
    unasked, reason = (dialog.form.add(TextField(name, "&Reason")) for name in ("unasked", "reason"))
    dialog.form.set_field_visible("unasked", False)
    dialog.finish_layout()
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    for _ in range(3):
        QApplication.processEvents()
    bar = dialog.scroll_area.verticalScrollBar()
    assert bar.value() == 0, "what was seen is in sight"
    assert not unasked.isVisible()
    if lines > 2:
        assert focused() is dialog.scroll_area
        assert "Missed on the 59th" in dialog.scroll_area.accessibleName(), "it is read out"
        press(focused(), Qt.Key.Key_PageDown)
        assert 0 < bar.value() < bar.maximum()
        press(focused(), Qt.Key.Key_Tab)
        answer = focused()
        dialog.scroll_area.read_first(answer)
        write(dialog.scroll_area, "S")
        assert reason.value() == "S", "what is typed at once is for the question"
        assert focused() is answer
        write(dialog.scroll_area, "t")
        assert reason.value() == "S", "and what a question left alone is not"
    assert reason.isAncestorOf(focused()), "the control: a short text leaves the first question in sight"
    assert not reason.visibleRegion().isEmpty()
    assert (bar.value() > 0) == (lines > 2)
    dialog.hide()
    dialog.show()
    for _ in range(3):
        QApplication.processEvents()
    assert reason.isAncestorOf(dialog.focusWidget()), "whoever comes back to it was answering"
