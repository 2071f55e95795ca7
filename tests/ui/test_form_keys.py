"""Forms under the fingers: what is typed, held down or tabbed goes where whoever types it looks."""

import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.scale_field import ScaleField
from ioms_desktop.ui.forms.tick_field import TickField
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.fictional import ContactDialog
from ui.hands import SHIFT, click, focused, press, show, write

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, tasks: Tasks) -> ContactDialog:
    assert theme.name == "light"
    made = ContactDialog(tasks)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> Form:
    assert theme.name == "light"
    made = Form()
    qtbot.addWidget(made)
    return made


def listed(form: Form, *options: Option) -> CodeField:
    return form.add(CodeField("code", "&Code", options))


@pytest.mark.parametrize("label", ["A  Always reliable", " Two\N{NO-BREAK SPACE}words ", "Ends with a tab\t"])
def test_an_entry_is_found_whatever_spaces_its_label_has(qtbot: QtBot, form: Form, label: str) -> None:
    field = listed(form, Option("A", label), Option("B", "Another"))
    show(qtbot, form)
    field.combo.setCurrentIndex(0)
    assert (field.value(), field.problem()) == ("A", "")
    field.set_value(None)
    write(field.combo, " ".join(label.split()))
    assert (field.value(), field.problem()) == ("A", "")


def test_of_two_entries_of_one_name_the_one_that_was_picked_is_meant(qtbot: QtBot, form: Form) -> None:
    field = listed(form, Option("1", "Sam Lee"), Option("2", "Sam Lee"), Option("3", "Kim Roe"))
    show(qtbot, form)
    for row, code in enumerate("123"):
        field.combo.setCurrentIndex(row)
        assert (field.value(), field.problem()) == (code, "")
    field.set_value(None)
    write(field.combo, "sam lee")
    assert field.value() is None
    assert "is in the list 2 times" in field.problem()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        press(found_list(field.combo), key)
    assert (field.value(), field.problem()) == ("2", "")


def test_a_list_is_made_for_whoever_comes_to_it(qtbot: QtBot, form: Form) -> None:
    form.add(TextField("before", "&Before"))
    field = listed(form, Option("1", "Office"), Option("2", "Home visit"), Option("3", "Phone", "no number"))
    field.set_value("2")
    show(qtbot, form)
    QApplication.processEvents()
    form.setStyleSheet("QLineEdit { padding: 9px; }")
    QApplication.processEvents()
    assert (field.value(), lists_in(field)) == ("2", []), "nobody has come to it, though it was drawn in two styles"
    press(focused(), Qt.Key.Key_Tab)
    (made,) = lists_in(field)
    assert (made.currentIndex().row(), made.accessibleName(), field.value()) == (1, "Choices of Code", "2")
    press(focused(), Qt.Key.Key_Up)
    assert field.value() == "1", "the entry before the one that was chosen"
    field.set_options([Option("4", "Cell"), Option("1", "Office")])
    assert (field.value(), made.model().rowCount()) == ("1", 2)


def lists_in(field: CodeField) -> list[QAbstractItemView]:
    return field.combo.findChildren(QAbstractItemView)


def test_what_fits_several_entries_is_not_called_unknown(qtbot: QtBot, form: Form) -> None:
    labels = ("Home visit, announced", "Home visit, unannounced", "Office", "Officers", "Office hour", "Back office")
    field = listed(form, *(Option(str(place), words) for place, words in enumerate(labels)))
    show(qtbot, form)
    write(field.combo, "home")
    assert field.value() is None
    assert field.problem() == (
        "“home” may be one of 2 entries: “Home visit, announced” or “Home visit, unannounced”. Pick the one you mean."
    )
    field.set_value(None)
    write(field.combo, "offic")
    assert "one of 4 entries: “Office” or “Officers” or “Office hour” or another" in field.problem()
    field.set_value(None)
    write(field.combo, "office")
    assert (field.value(), field.problem()) == ("2", ""), "what is an entry by itself is that entry"
    field.set_value(None)
    write(field.combo, "hospital")
    assert "is not in the list" in field.problem()


def found_list(typed_into: QComboBox | QLineEdit) -> QAbstractItemView:
    """Return the list of what was found for a text."""
    completer = typed_into.completer()
    popup = None if completer is None else completer.popup()
    assert isinstance(popup, QAbstractItemView)
    return popup


def three(form: Form) -> tuple[TextField, TextField]:
    form.add(ChoiceField("first", "&First"))
    return form.add(TextField("second", "&Second")), form.add(TextField("third", "&Third"))


def test_whoever_presses_tab_after_a_letter_is_where_they_think(qtbot: QtBot, form: Form) -> None:
    second, third = three(form)
    show(qtbot, form)
    form.field("first").setFocus()
    write(focused(), "y")
    press(focused(), Qt.Key.Key_Tab)
    assert focused() is second.edit
    press(focused(), Qt.Key.Key_Tab)
    assert focused() is third.edit, "the control: the next Tab moves on"


@pytest.mark.parametrize("between", ["typed", "back"])
def test_a_tab_after_anything_else_moves_on(qtbot: QtBot, form: Form, between: str) -> None:
    second, third = three(form)
    show(qtbot, form)
    form.field("first").setFocus()
    write(focused(), "y")
    assert focused() is second.edit, "whoever presses no Tab is there already"
    if between == "typed":
        write(focused(), "words")
    else:
        press(focused(), Qt.Key.Key_Backtab, SHIFT)
        press(focused(), Qt.Key.Key_Tab)
        assert focused() is second.edit
    press(focused(), Qt.Key.Key_Tab)
    assert focused() is third.edit


def test_what_is_closed_right_after_a_letter_is_closed_in_silence(qtbot: QtBot, form: Form) -> None:
    form.add(ChoiceField("first", "&First"))
    button = QPushButton("Save", form)
    show(qtbot, form)
    form.field("first").setFocus()
    write(focused(), "y")
    assert focused() is button, "the control: the next Tab would have been taken"
    shiboken6.delete(button)  # pytest-qt fails the test for an exception in a filter


@pytest.mark.parametrize("scale", [False, True])
def test_a_letter_held_down_answers_one_question(qtbot: QtBot, form: Form, scale: bool) -> None:
    choices = (Choice("yes", "Yes"), Choice("no", "No"))
    for name in ("one", "two", "three"):
        form.add(ScaleField(name, name, choices) if scale else ChoiceField(name, name, choices))
    show(qtbot, form)
    form.field("one").setFocus()
    write(focused(), "n")
    for _ in range(5):
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier, "n", True)
        QApplication.sendEvent(focused(), held)
    assert [form.field(name).value() for name in ("one", "two", "three")] == ["no", None, None]


def test_alt_with_a_letter_that_no_label_has_types_and_chooses_nothing(qtbot: QtBot, form: Form) -> None:
    three(form)
    show(qtbot, form)
    for name in ("first", "second"):
        form.field(name).setFocus()
        for key in (Qt.Key.Key_N, Qt.Key.Key_Y, Qt.Key.Key_Q):
            press(focused(), key, ALT)
        assert form.field(name).raw_text() == ""
    write(focused(), "q")
    assert form.field("second").raw_text() == "q", "the control"


def test_people_are_picked_by_keys_alone(qtbot: QtBot, dialog: ContactDialog, tasks: Tasks) -> None:
    who = dialog.who
    who.setFocus()
    for name, keys in (("jor", (Qt.Key.Key_Down, Qt.Key.Key_Return)), ("kai", (Qt.Key.Key_Return,))):
        QTest.keyClicks(focused(), name)
        qtbot.waitUntil(lambda: not tasks.is_busy and found_list(who.edit).isVisible())
        for key in keys:
            press(found_list(who.edit), key)
        qtbot.waitUntil(lambda: who.edit.text() == "")
    assert who.value() == (1, 2)
    assert who.problem() == ""
    press(focused(), Qt.Key.Key_Tab)
    assert focused().accessibleName() == "Take Jordan Ashworth · 3 Nov 2008 off", "the tags follow the line"
    press(focused(), Qt.Key.Key_Space)
    assert who.value() == (2,)
    assert focused() is who.edit


def test_a_person_is_picked_by_mouse(qtbot: QtBot, dialog: ContactDialog, tasks: Tasks) -> None:
    who = dialog.who
    who.setFocus()
    QTest.keyClicks(focused(), "kai")
    popup = found_list(who.edit)
    qtbot.waitUntil(lambda: not tasks.is_busy and popup.isVisible())
    click(popup.viewport(), popup.visualRect(popup.model().index(0, 0)).center())
    qtbot.waitUntil(lambda: who.value() == (2,))
    assert who.edit.text() == ""


def test_enter_among_several_found_picks_nobody(qtbot: QtBot, dialog: ContactDialog, tasks: Tasks) -> None:
    dialog.who._find = lambda _: dialog.found_by("")  # noqa: SLF001 - finds both of them
    dialog.who.setFocus()
    QTest.keyClicks(focused(), "a")
    qtbot.waitUntil(lambda: not tasks.is_busy)
    press(focused(), Qt.Key.Key_Return)
    assert dialog.who.value() is None


def test_a_field_added_later_is_tabbed_to_where_it_stands(qtbot: QtBot, dialog: ContactDialog) -> None:
    later = dialog.form.add(TextField("later", "&Later"))
    qtbot.waitUntil(later.isVisible)
    dialog.told.setFocus()
    press(focused(), Qt.Key.Key_Tab)
    assert focused() is later.edit
    press(focused(), Qt.Key.Key_Tab)
    assert focused() in (dialog.primary, dialog.secondary)


def test_a_hidden_field_keeps_no_mark_of_a_problem(qtbot: QtBot, form: Form) -> None:
    form.add(TextField("one", "&One", required=True))
    show(qtbot, form)
    assert not form.validate()
    form.set_field_visible("one", shown=False)
    form.set_field_visible("one", shown=True)
    assert form.problems == {}


def test_a_list_of_boxes_that_is_narrowed_is_reached_by_keyboard(qtbot: QtBot, form: Form) -> None:
    form.add(TextField("first", "&First"))
    long = "Words that are longer than the narrowest box"
    ticks = form.add(TickField("ticks", "&Ticks", [Option("A", "One"), Option("B", "Two"), Option("C", long)]))
    last = form.add(TextField("last", "&Last"))
    form.resize(900, 300)
    show(qtbot, form)
    ticks.set_offered({"B", "C"})
    form.field("first").setFocus()
    for expected in (ticks.boxes["B"], last.edit):
        press(focused(), Qt.Key.Key_Tab)
        assert focused() is expected
    press(focused(), Qt.Key.Key_T, ALT)
    assert focused() is ticks.boxes["B"]
    ticks.set_offered({"A", "B", "C"})
    form.field("first").setFocus()
    press(focused(), Qt.Key.Key_Tab)
    assert focused() is ticks.boxes["A"]
    assert ticks.boxes["C"].toolTip() == ""
    form.resize(300, 300)
    assert (ticks.boxes["A"].toolTip(), ticks.boxes["C"].toolTip()) == ("", long), "what is cut off is said"
