"""Every dialog with real events: what is typed, clicked and scrolled does what its user sees, and nothing else."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QWidget
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
    few_generated,
    fields_of,
    forms,
    in_sight,
    opened,
    states,
    turn_wheel,
    watch_sending,
)
from ui.hands import CTRL, PLAIN, await_guard, click, press
from ui.kit_checks import mnemonics
from ui.window_at_work import put_on, settings_in

ALT = Qt.KeyboardModifier.AltModifier
ENTER, CTRL_ENTER = "Enter twice", "Ctrl+Enter twice"
SENTENCE = "hello, yes he did come and all is done"
OPENS_BY_ITSELF = {"merge", "raised", "certificate_of_disposal"}
OPENED_BY_LOGIN = {"bring_a_file_in", "bring_a_file_in_review"}
"""What somebody signs in to, by the name that they sign in with."""
LOW_PX = 330
Entries = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def window(qapp: QApplication, _local_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """Open one window for the whole walk; no test of it saves anything."""
    folder = tmp_path_factory.mktemp("walk")
    apply_theme(qapp, Theme.light())
    session = session_of(filled(str(shutil.copy(_local_template, folder / "cases.ioms"))))
    session.names.replace({session.user: "Insp. J. WRIGHT"})
    made = MainWindow(session, settings_in(folder))
    made.show()
    put_on(made, "laptop")
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


@pytest.mark.sampled
def test_keys_pressed_twice_or_typed_while_a_dialog_opens_send_nothing(
    window: MainWindow, dialogs: dict[str, Maker]
) -> None:
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    for name, make in few_generated(dialogs).items():
        with opened(make) as dialog:
            opens_by_itself = dialog.findChild(OpeningGuard) is not None
            wrong += [f"{name}: {each}" for each in sent_by_stray_keys(dialog, seen)]
        if opens_by_itself:
            with opened(make) as dialog:
                wrong += [f"{name}: {each}" for each in taken_before_it_was_read(dialog, seen)]
            seen[name] += 1
    while window.tasks.is_busy:
        QApplication.processEvents()
    assert wrong == []
    assert seen["tried"] > 100
    assert seen.keys() >= OPENS_BY_ITSELF
    assert seen["freed"] > 1, "the control: after that a key is taken"


def sent_by_stray_keys(dialog: QDialog, seen: Counter[str]) -> Iterator[str]:
    done = watch_sending(dialog)
    for kind in (CTRL_ENTER, ENTER, SENTENCE):
        if kind == SENTENCE:
            QTest.keyClicks(focus_in(dialog), SENTENCE)
        else:
            for _ in range(2):
                QTest.keyClick(focus_in(dialog), Qt.Key.Key_Return, CTRL if kind == CTRL_ENTER else PLAIN)
        seen["tried"] += 1
        if done or is_sending(dialog):
            yield f"{kind} sends"
        if isinstance(dialog, CommandDialog) and not dialog.isVisible() and dialog.form.is_dirty:
            yield f"{kind} closes"


def is_sending(dialog: QDialog) -> bool:
    return isinstance(dialog, CommandDialog) and not dialog.form.isEnabled()


def focus_in(dialog: QDialog) -> QWidget:
    focused = QApplication.focusWidget()
    return focused if focused is not None and dialog.isAncestorOf(focused) else dialog


def taken_before_it_was_read(dialog: QDialog, seen: Counter[str]) -> Iterator[str]:
    """Press what a person at work may press in a dialog that opens by itself, and say what it took of that."""
    done = watch_sending(dialog)
    before = focus_in(dialog)
    for letter in (*SENTENCE, " "):
        QTest.keyClicks(focus_in(dialog), letter)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        QTest.keyClick(focus_in(dialog), key)
    for letter in ascii_lowercase:
        QTest.keyClick(focus_in(dialog), Qt.Key(ord(letter.upper())), ALT)
    if (done, dialog.isVisible(), focus_in(dialog)) != ([], True, before):
        yield "takes a key before it was read"
    await_guard(dialog)
    QTest.keyClick(focus_in(dialog), Qt.Key.Key_Escape)
    seen["freed"] += not dialog.isVisible()


@pytest.mark.sampled
def test_the_wheel_changes_no_answer_and_a_click_chooses_each(
    qtbot: QtBot, window: MainWindow, dialogs: dict[str, Maker]
) -> None:
    """The key that locks works in each, too, and none proposes a login as a name."""
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    walked: set[Entries] = set()
    reads = window.session.names.of(window.session.user)
    for name, make in few_generated(dialogs).items():
        with opened(make) as dialog:
            await_guard(dialog)
            qtbot.waitUntil(dialog.isActiveWindow)
            with qtbot.waitSignal(window.lock_requested, raising=False) as locked:
                QTest.keyClick(focus_in(dialog), Qt.Key.Key_L, CTRL)
            wrong += [f"{name} cannot be locked"] * (not locked.signal_triggered)
            for form in forms(dialog):
                for field in form.fields:
                    form.set_field_visible(field.name, shown=True)
            before = contents(dialog)
            said = [text for each in before for text in each.values()]
            seen["named"] += reads in said
            wrong += [f"{name} proposes a login"] * (window.session.user in said and name not in OPENED_BY_LOGIN)
            seen["turned"] += turn_over_everything(dialog)
            wrong += [f"{name} is changed by the wheel"] * (contents(dialog) != before)
            wrong += [f"{name}: {each}" for each in answers_out_of_reach(dialog)]
            wrong += [f"{name}: {each}" for each in entries_out_of_reach(dialog, walked)]
    assert wrong == []
    assert seen["turned"] > 1000
    assert seen["named"] > 3, "the control: names are proposed"
    assert sum(map(len, walked)) > 150


def turn_over_everything(dialog: QDialog) -> int:
    turned = 0
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and any(form.isAncestorOf(widget) for form in forms(dialog)):
            for focused in (False, True):
                if focused:
                    widget.setFocus()
                for notches in (1, -1, -2):
                    turn_wheel(widget, notches)
                    turned += 1
    return turned


def test_the_wheel_changes_qts_own_list(qtbot: QtBot) -> None:
    """The control of the test above."""
    plain = QComboBox()
    qtbot.addWidget(plain)
    plain.addItems(["Arrest", "Suspected"])
    plain.show()
    turn_wheel(plain, -1)
    assert plain.currentText() == "Suspected"


def entries_out_of_reach(dialog: QDialog, walked: set[Entries]) -> Iterator[str]:
    """Choose each entry of each list that was not walked in another dialog, by mouse and by keys."""
    for _, field in fields_of(dialog, CodeField):
        entries = tuple((each.code, each.label) for each in field.options)
        if entries not in walked:
            walked.add(entries)
            for each in unreachable_entries(field):
                yield f"{field.name}: {each}"


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


def answers_out_of_reach(dialog: QDialog) -> Iterator[str]:
    for form, field in fields_of(dialog, SingleChoiceField):
        for code, answer in field.buttons.items():
            form.set_field_visible(field.name, shown=True)
            QApplication.processEvents()
            click(answer)
            if answer.isEnabled() and field.value() != code:
                yield f"{field.name} {code} by mouse"
    for _, steps in fields_of(dialog, StepField):
        for row in range(steps.step_list.count()):
            item = steps.step_list.item(row)
            steps.step_list.scrollToItem(item)
            click(steps.step_list.viewport(), steps.step_list.visualItemRect(item).center())
            code = item.data(Qt.ItemDataRole.UserRole)
            if item.flags() & Qt.ItemFlag.ItemIsEnabled and steps.value() != code:
                yield f"{code} by mouse"


def test_every_error_and_every_mnemonic_leads_to_what_is_in_sight(
    qtbot: QtBot, window: MainWindow, dialogs: dict[str, Maker], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The desktop's own dialogs return only when somebody has chosen.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    for name, make in dialogs.items():
        with opened(make, height=LOW_PX) as dialog:
            await_guard(dialog)
            if isinstance(dialog, CommandDialog):
                qtbot.waitUntil(lambda: has_settled(window, dialog))
                wrong += [f"{name}: {each}" for each in errors_not_shown(dialog, seen)]
                wrong += [f"{name}: {each}" for each in refusal_not_shown(dialog, seen)]
            wrong += [f"{name}: {each}" for each in wrong_mnemonics(qtbot, dialog, seen)]
    assert wrong == []
    assert seen["errors"] > 60
    assert seen["refused"] > 15
    assert seen["pressed"] > 200


def has_settled(window: MainWindow, dialog: QDialog) -> bool:
    """Whether a dialog has the focus, and whatever it looks up by itself, which takes back the errors of before."""
    is_waiting = any(timer.isSingleShot() and timer.isActive() for timer in dialog.findChildren(QTimer))
    return dialog.isActiveWindow() and not is_waiting and not window.tasks.is_busy


def errors_not_shown(dialog: CommandDialog, seen: Counter[str]) -> Iterator[str]:
    """Mark one field after the other: the error must come into sight, have the focus and be read out."""
    for field in dialog.form.fields:
        if not field.isVisible():
            continue
        dialog.form.set_problem(field.name, "This is not right.")
        QApplication.processEvents()
        seen["errors"] += 1
        marked = dialog.form.problem_label(field.name)
        focused = QApplication.focusWidget()
        inside = focused is not None and (field is focused or field.isAncestorOf(focused))
        if not in_sight(marked) or not inside:
            yield f"{field.name}, in sight {in_sight(marked)}, focus {inside}"
        if "This is not right." not in field.control.accessibleDescription():
            yield f"{field.name} is not read out"
        dialog.form.set_problem(field.name, "")


def refusal_not_shown(dialog: CommandDialog, seen: Counter[str]) -> Iterator[str]:
    """Send a form that misses something: the first of that must come into sight."""
    needed = [field for field in dialog.form.fields if field.isVisible() and field.problem()]
    if not needed:
        return
    dialog.scroll_area.verticalScrollBar().setValue(dialog.scroll_area.verticalScrollBar().maximum())
    dialog.primary.setFocus()
    click(dialog.primary)
    QApplication.processEvents()
    seen["refused"] += 1
    first = needed[0]
    if not in_sight(dialog.form.problem_label(first.name)):
        yield f"{first.name} is refused out of sight"
    if not first.isAncestorOf(focus_in(dialog)) and first is not focus_in(dialog):
        yield f"{first.name} is refused without the focus"


def wrong_mnemonics(qtbot: QtBot, dialog: QDialog, seen: Counter[str]) -> Iterator[str]:
    """Press each letter in each state of the form: none may mean two things, or reach what is hidden."""
    known: set[frozenset[tuple[str, int]]] = set()
    for state in states(dialog):
        shown, hidden = mnemonics(dialog, shown=True), mnemonics(dialog, shown=False)
        letters = frozenset((letter, len(all_)) for letter, all_ in shown.items())
        if letters in known:
            continue
        known.add(letters)
        yield from (f"{state}: {letter} is shared" for letter, all_ in shown.items() if len(all_) > 1)
        done = watch_sending(dialog)
        for letter in hidden.keys() - shown.keys():
            before = contents(dialog)
            QTest.keyClick(focus_in(dialog), Qt.Key(ord(letter.upper())), ALT)
            seen["pressed"] += 1
            is_seen, is_changed = focus_in(dialog).isVisible(), contents(dialog) != before
            if not is_seen or done or is_changed:
                yield f"{state}: {letter} reaches what is hidden: {is_seen=}, {is_changed=}, {done=}"
                done.clear()  # so that one that sends is told from those after it
        for letter, (target, *_) in shown.items():
            if any(form.isAncestorOf(target) for form in forms(dialog)):
                QTest.keyClick(focus_in(dialog), Qt.Key(ord(letter.upper())), ALT)
                QApplication.processEvents()
                seen["pressed"] += 1
                if not focus_comes_into_sight(qtbot):
                    yield f"{state}: {letter} goes out of sight"


def focus_comes_into_sight(qtbot: QtBot) -> bool:
    """Wait until what has the focus is in sight: a form that shows more is laid out in several turns."""
    try:
        qtbot.waitUntil(focus_is_in_sight)
    except qtbot.TimeoutError:
        return False
    return True


def focus_is_in_sight() -> bool:
    now = QApplication.focusWidget()
    return now is not None and now.isVisible() and not now.visibleRegion().isEmpty()
