"""Every dialog with real events: what is typed, clicked and scrolled does what its user sees, and nothing else."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.forms.choice_fields import CodeField, SingleChoiceField
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.opening_guard import OpeningGuard
from ioms_desktop.ui.recording.step_field import StepField
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import MARLOW, filled, session_of
from ui.every_dialog import (
    Maker,
    every_dialog,
    fields_of,
    forms,
    in_sight,
    mnemonics,
    opened,
    states,
    turn_wheel,
    watch_sending,
)
from ui.hands import CTRL, PLAIN, await_guard, click, press
from ui.window_at_work import settings_in

ALT = Qt.KeyboardModifier.AltModifier
ENTER, CTRL_ENTER = "Enter twice", "Ctrl+Enter twice"
SENTENCE = "hello, yes he did come and all is done"
OPENS_BY_ITSELF = {"merge", "raised", "certificate_of_disposal"}
OPENED_BY_LOGIN = {"bring_a_file_in", "bring_a_file_in_review"}
"""What somebody signs in to, by the name that they sign in with."""
LOW_PX = 330


@pytest.fixture(scope="module")
def window(qapp: QApplication, _local_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """Open one window for the whole walk; no test of it saves anything."""
    folder = tmp_path_factory.mktemp("walk")
    apply_theme(qapp, Theme.light())
    session = session_of(filled(str(shutil.copy(_local_template, folder / "cases.ioms"))))
    session.names.replace({session.user: "Insp. J. WRIGHT"})
    made = MainWindow(session, settings_in(folder))
    made.show()
    made.show_screen("caseload")
    while made.tasks.is_busy:
        qapp.processEvents()
    yield made
    made.close()
    session.store.close()


@pytest.fixture(scope="module")
def dialogs(window: MainWindow) -> dict[str, Maker]:
    return every_dialog(window, MARLOW)


def contents(dialog: QDialog) -> list[dict[str, str]]:
    return [form.kept() for form in forms(dialog)]


def test_no_dialog_proposes_a_login_as_a_name_and_the_wheel_changes_no_answer(
    window: MainWindow, dialogs: dict[str, Maker]
) -> None:
    wrong, turned, named = [], 0, 0
    login, reads = window.session.user, window.session.names.of(window.session.user)
    for name, make in dialogs.items():
        with opened(make) as dialog:
            for form in forms(dialog):
                for field in form.fields:
                    form.set_field_visible(field.name, shown=True)
            before = contents(dialog)
            said = [text for each in before for text in each.values()]
            named += reads in said
            wrong += [f"{name} proposes a login"] * (login in said and name not in OPENED_BY_LOGIN)
            for widget in dialog.findChildren(QWidget):
                if widget.isVisible() and any(form.isAncestorOf(widget) for form in forms(dialog)):
                    for focused in (False, True):
                        if focused:
                            widget.setFocus()
                        for notches in (1, -1, -2):
                            turn_wheel(widget, notches)
                            turned += 1
            if contents(dialog) != before:
                wrong.append(name)
    assert wrong == []
    assert turned > 1000
    assert named > 3, "the control: names are proposed"


def test_the_wheel_changes_qts_own_list(qtbot: QtBot) -> None:
    """The control of the test above."""
    plain = QComboBox()
    qtbot.addWidget(plain)
    plain.addItems(["Arrest", "Suspected"])
    plain.show()
    turn_wheel(plain, -1)
    assert plain.currentText() == "Suspected"


def test_keys_pressed_twice_or_typed_while_a_dialog_opens_send_nothing(
    window: MainWindow, dialogs: dict[str, Maker]
) -> None:
    wrong, tried = [], 0
    for name, make in dialogs.items():
        with opened(make) as dialog:
            done = watch_sending(dialog)
            for kind in (CTRL_ENTER, ENTER, SENTENCE):
                if kind == SENTENCE:
                    QTest.keyClicks(focus_in(dialog), SENTENCE)
                else:
                    for _ in range(2):
                        QTest.keyClick(focus_in(dialog), Qt.Key.Key_Return, CTRL if kind == CTRL_ENTER else PLAIN)
                tried += 1
                if done or is_sending(dialog):
                    wrong.append(f"{name}: {kind} sends")
                if isinstance(dialog, CommandDialog) and not dialog.isVisible() and dialog.form.is_dirty:
                    wrong.append(f"{name}: {kind} closes")
    while window.tasks.is_busy:
        QApplication.processEvents()
    assert wrong == []
    assert tried > 100


def is_sending(dialog: QDialog) -> bool:
    return isinstance(dialog, CommandDialog) and not dialog.form.isEnabled()


def focus_in(dialog: QDialog) -> QWidget:
    focused = QApplication.focusWidget()
    return focused if focused is not None and dialog.isAncestorOf(focused) else dialog


def test_a_dialog_that_opens_by_itself_takes_no_key_and_no_click_until_it_was_read(dialogs: dict[str, Maker]) -> None:
    guarded, freed = set(), 0
    for name, make in dialogs.items():
        with opened(make) as dialog:
            guards = dialog.findChildren(OpeningGuard)
            if not guards:
                continue
            guarded.add(name)
            done = watch_sending(dialog)
            before = focus_in(dialog)
            for letter in (*SENTENCE, " "):
                QTest.keyClicks(focus_in(dialog), letter)
            for key in (Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape):
                QTest.keyClick(focus_in(dialog), key)
            for letter in ascii_lowercase:
                QTest.keyClick(focus_in(dialog), Qt.Key(ord(letter.upper())), ALT)
            assert (done, dialog.isVisible(), focus_in(dialog)) == ([], True, before), name
            await_guard(dialog)
            QTest.keyClick(focus_in(dialog), Qt.Key.Key_Escape)
            freed += not dialog.isVisible()
    assert guarded >= OPENS_BY_ITSELF
    assert freed > 1, "the control: after that a key is taken"


def test_no_mnemonic_means_two_things_or_reaches_what_is_hidden(dialogs: dict[str, Maker]) -> None:
    wrong, pressed = [], 0
    for name, make in dialogs.items():
        with opened(make, height=LOW_PX) as dialog:
            await_guard(dialog)
            seen: set[frozenset[tuple[str, int]]] = set()
            for state in states(dialog):
                shown, hidden = mnemonics(dialog, shown=True), mnemonics(dialog, shown=False)
                letters = frozenset((letter, len(all_)) for letter, all_ in shown.items())
                if letters in seen:
                    continue
                seen.add(letters)
                wrong += [f"{name}, {state}: {letter} is shared" for letter, all_ in shown.items() if len(all_) > 1]
                done = watch_sending(dialog)
                for letter in hidden.keys() - shown.keys():
                    before = contents(dialog)
                    QTest.keyClick(focus_in(dialog), Qt.Key(ord(letter.upper())), ALT)
                    pressed += 1
                    if not focus_in(dialog).isVisible() or done or contents(dialog) != before:
                        wrong.append(f"{name}, {state}: {letter} reaches what is hidden")
                for letter, (target, *_) in shown.items():
                    if any(form.isAncestorOf(target) for form in forms(dialog)):
                        QTest.keyClick(focus_in(dialog), Qt.Key(ord(letter.upper())), ALT)
                        QApplication.processEvents()
                        pressed += 1
                        now = QApplication.focusWidget()
                        if now is None or not now.isVisible() or now.visibleRegion().isEmpty():
                            wrong.append(f"{name}, {state}: {letter} goes out of sight")
    assert wrong == []
    assert pressed > 200


def test_every_entry_of_every_list_can_be_chosen_by_mouse_and_by_keys(dialogs: dict[str, Maker]) -> None:
    wrong: list[str] = []
    walked: set[tuple[tuple[str, str], ...]] = set()
    for name, make in dialogs.items():
        with opened(make) as dialog:
            await_guard(dialog)
            for _, field in fields_of(dialog, CodeField):
                entries = tuple((each.code, each.label) for each in field.options)
                if entries in walked:
                    continue
                walked.add(entries)
                wrong += [f"{name}, {field.name}: {each}" for each in unreachable_entries(field)]
    assert wrong == []
    assert sum(map(len, walked)) > 150


def unreachable_entries(field: CodeField) -> Iterator[str]:
    for row, option in enumerate(field.options):
        wanted = None if option.unavailable_because else option.code
        field.set_value(None)
        field.combo.showPopup()
        view = field.combo.view()
        view.scrollTo(view.model().index(row, 0))
        click(view.viewport(), view.visualRect(view.model().index(row, 0)).center())
        if field.value() != wanted or (wanted and field.problem()):
            yield f"{option.code} by mouse gives {field.value()}, {field.problem()}"
        field.combo.hidePopup()
        field.set_value(None)
        field.combo.setFocus()
        QTest.keyClicks(field.combo, option.label)
        completer = field.combo.completer()
        popup = None if completer is None else completer.popup()
        if isinstance(popup, QWidget) and popup.isVisible():
            press(popup, Qt.Key.Key_Down)
            press(popup, Qt.Key.Key_Return)
        same = [each.code for each in field.options if option.label.casefold() in each.label.casefold()]
        if wanted is not None and len(same) == 1 and (field.value() != wanted or field.problem()):
            yield f"{option.code} by keys gives {field.value()}, {field.problem()}"


def test_every_answer_and_step_can_be_chosen_by_mouse(dialogs: dict[str, Maker]) -> None:
    wrong = []
    for name, make in dialogs.items():
        with opened(make) as dialog:
            await_guard(dialog)
            for form, field in fields_of(dialog, SingleChoiceField):
                for code, answer in field.buttons.items():
                    form.set_field_visible(field.name, shown=True)
                    QApplication.processEvents()
                    click(answer)
                    if answer.isEnabled() and field.value() != code:
                        wrong.append(f"{name}: {field.name} {code}")
            for _, steps in fields_of(dialog, StepField):
                for row in range(steps.step_list.count()):
                    item = steps.step_list.item(row)
                    steps.step_list.scrollToItem(item)
                    click(steps.step_list.viewport(), steps.step_list.visualItemRect(item).center())
                    code = item.data(Qt.ItemDataRole.UserRole)
                    if item.flags() & Qt.ItemFlag.ItemIsEnabled and steps.value() != code:
                        wrong.append(f"{name}: {code}")
    assert wrong == []


def test_every_error_comes_into_sight_has_the_focus_and_is_read_out(qtbot: QtBot, dialogs: dict[str, Maker]) -> None:
    wrong, found = [], 0
    for name, make in dialogs.items():
        with opened(make, height=LOW_PX) as dialog:
            await_guard(dialog)
            if not isinstance(dialog, CommandDialog):
                continue
            qtbot.waitUntil(dialog.isActiveWindow)
            for field in dialog.form.fields:
                if not field.isVisible():
                    continue
                dialog.form.set_problem(field.name, "This is not right.")
                QApplication.processEvents()
                found += 1
                marked = dialog.form.problem_label(field.name)
                focused = QApplication.focusWidget()
                inside = focused is not None and (field is focused or field.isAncestorOf(focused))
                if not in_sight(marked) or not inside:
                    wrong.append(f"{name}: {field.name}, in sight {in_sight(marked)}, focus {inside}")
                if "This is not right." not in field.control.accessibleDescription():
                    wrong.append(f"{name}: {field.name} is not read out")
                dialog.form.set_problem(field.name, "")
    assert wrong == []
    assert found > 60


def test_the_first_error_of_a_refused_save_comes_into_sight(dialogs: dict[str, Maker]) -> None:
    refused = 0
    for name, make in dialogs.items():
        with opened(make, height=LOW_PX) as dialog:
            await_guard(dialog)
            QApplication.processEvents()
            if not isinstance(dialog, CommandDialog):
                continue
            needed = [field for field in dialog.form.fields if field.isVisible() and field.problem()]
            if not needed:
                continue
            dialog.scroll_area.verticalScrollBar().setValue(dialog.scroll_area.verticalScrollBar().maximum())
            dialog.primary.setFocus()
            click(dialog.primary)
            QApplication.processEvents()
            refused += 1
            first = needed[0]
            assert in_sight(dialog.form.problem_label(first.name)), f"{name}: {first.name}"
            assert first.isAncestorOf(focus_in(dialog)) or first is focus_in(dialog), f"{name}: {first.name}"
    assert refused > 15


def test_the_lock_key_works_in_every_dialog(qtbot: QtBot, window: MainWindow, dialogs: dict[str, Maker]) -> None:
    for name, make in dialogs.items():
        with opened(make) as dialog:
            await_guard(dialog)
            qtbot.waitUntil(dialog.isActiveWindow)
            with qtbot.waitSignal(window.lock_requested, timeout=2_000, raising=False) as locked:
                QTest.keyClick(focus_in(dialog), Qt.Key.Key_L, CTRL)
            assert locked.signal_triggered, name
