from collections.abc import Sequence
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.fields import LongTextField, NumberField, TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.picker import PickerMatch
from ioms_desktop.ui.forms.tick_field import TickField
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.fictional import TODAY, ContactDialog
from ui.hands import focused, press, show, write
from ui.kit_checks import nameless, shared_mnemonics


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, tasks: Tasks) -> ContactDialog:
    assert theme.name == "light"
    made = ContactDialog(tasks)
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


def described(widget: object) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)  # type: ignore[arg-type]  # the stub wants its own object type
    return interface.text(QAccessible.Text.Description)


def test_a_date_is_said_back_in_words_as_it_is_typed(dialog: ContactDialog) -> None:
    write(dialog.on.edit, "1/1/26")
    assert dialog.on.echo.text() == "Thu 1 January 2026"
    assert dialog.on.value() == date(2026, 1, 1)


def test_nonsense_is_refused_beside_its_field(dialog: ContactDialog) -> None:
    write(dialog.on.edit, "31/2/26")
    assert not dialog.form.validate()
    assert "“31/2/26” is not a date." in dialog.form.problems["on"]
    assert "is not a date" in described(dialog.on.edit)


def test_arrows_move_a_date_by_a_day(dialog: ContactDialog) -> None:
    press(dialog.on.edit, Qt.Key.Key_Up)
    assert dialog.on.value() == TODAY
    press(dialog.on.edit, Qt.Key.Key_Down)
    assert dialog.on.value() == date(2026, 11, 22)


def test_a_rule_of_a_field_is_said_beside_it(dialog: ContactDialog) -> None:
    dialog.on.set_value(date(2026, 11, 24))
    dialog.form.validate()
    assert dialog.form.problems["on"] == "A contact cannot be recorded before it happens."


def test_the_keyboard_goes_to_the_first_problem(dialog: ContactDialog) -> None:
    dialog.came.set_value("yes")
    assert not dialog.form.validate()
    assert QApplication.focusWidget() is dialog.on.edit


def test_a_problem_goes_when_its_field_is_changed(dialog: ContactDialog) -> None:
    dialog.form.validate()
    assert set(dialog.form.problems) == {"came", "on", "kind"}
    write(dialog.on.edit, "today")
    assert set(dialog.form.problems) == {"came", "kind"}


def test_a_problem_found_by_the_service_stands_beside_its_field(dialog: ContactDialog) -> None:
    dialog.form.set_problem("kind", "A home visit needs two workers.")
    assert dialog.form.problems == {"kind": "A home visit needs two workers."}


def test_a_question_is_answered_by_a_single_key_that_goes_on(dialog: ContactDialog) -> None:
    dialog.came.setFocus()
    press(focused(), Qt.Key.Key_N)
    assert dialog.came.value() == "no"
    assert QApplication.focusWidget() is dialog.on.edit


def test_tab_passes_a_question_in_one_step(dialog: ContactDialog) -> None:
    dialog.who.edit.setFocus()
    press(focused(), Qt.Key.Key_Tab)
    assert dialog.came.isAncestorOf(focused())
    press(focused(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is dialog.on.edit


def test_two_answers_cannot_share_a_key() -> None:
    with pytest.raises(ValueError, match="s"):
        ChoiceField("q", "&Question", (Choice("a", "Same"), Choice("b", "Some")))


def test_a_code_is_found_by_any_part_of_its_words(dialog: ContactDialog) -> None:
    write(dialog.kind.combo, "fice")
    assert dialog.kind.value() == "OFFICE"
    dialog.kind.combo.setEditText("nowhere")
    assert dialog.kind.value() is None
    assert "is not in the list" in dialog.kind.problem()


def test_a_code_that_is_refused_says_why(dialog: ContactDialog) -> None:
    dialog.kind.combo.setEditText("Community Protection Notice")
    assert dialog.kind.value() is None
    assert dialog.kind.problem() == "16 or over; she is 15 on 19 Oct 2026"


def test_a_code_is_set_by_its_code_and_survives_other_options(qtbot: QtBot) -> None:
    field = CodeField("step", "&Step", [Option("L1", "Warning letter"), Option("L2", "Home visit")])
    qtbot.addWidget(field)
    field.set_value("L2")
    field.set_options([Option("L2", "Home visit"), Option("L3", "Referral")])
    assert field.value() == "L2"
    field.set_value(None)
    assert field.value() is None
    assert field.raw_text() == ""


def test_a_part_that_was_typed_is_written_out_once_it_is_left(dialog: ContactDialog) -> None:
    line = dialog.kind.combo.lineEdit()
    assert line is not None
    heard: list[None] = []
    for typed, said in (("home", "Home visit"), ("visit", "visit"), ("protection", "protection")):
        line.setFocus()
        line.selectAll()
        write(line, typed)
        dialog.kind.changed.connect(lambda: heard.append(None))
        press(QApplication.activePopupWidget() or focused(), Qt.Key.Key_Tab)
        QApplication.processEvents()
        assert not line.hasFocus()
        assert (dialog.kind.raw_text(), heard) == (said, [])
        dialog.kind.changed.disconnect()


def test_a_number_outside_its_range_or_with_letters_is_refused(qtbot: QtBot) -> None:
    field = NumberField("minutes", "&Minutes", maximum=600)
    qtbot.addWidget(field)
    for text in ("601", "many", "1.5", "²"):
        field.set_raw_text(text)
        assert field.value() is None
        assert field.problem()
    field.set_raw_text("1,")
    assert field.value() == 1


def test_a_note_that_is_too_long_is_kept_and_says_by_how_much(dialog: ContactDialog) -> None:
    dialog.note.set_value("x" * 212)
    assert dialog.note.problem() == "Note is 12 characters too long."
    assert len(dialog.note.raw_text()) == 212
    assert "212 of 200 characters" in {each.text() for each in dialog.note.findChildren(QLabel) if each.isVisible()}


def test_people_are_found_as_one_types_and_taken_off_again(qtbot: QtBot, dialog: ContactDialog) -> None:
    dialog.who.setFixedWidth(120)
    dialog.who.edit.setFocus()
    write(dialog.who.edit, "jor")
    qtbot.waitUntil(lambda: dialog.who.edit.completer().completionModel().rowCount() == 1)
    popup = dialog.who.edit.completer().popup()
    assert popup is not None
    assert popup.viewport().width() >= popup.sizeHintForColumn(0), "the date of birth is in sight"
    dialog.who.choose(PickerMatch(1, "Jordan Ashworth"))
    dialog.who.choose(PickerMatch(2, "Kai Bello"))
    assert dialog.who.value() == (1, 2)
    dialog.who.set_value((2,))
    assert dialog.who.value() == (2,)


def test_words_that_were_not_picked_are_no_person(dialog: ContactDialog) -> None:
    dialog.who.edit.setText("Jordan")
    assert "has not been picked" in dialog.who.problem()


def test_hidden_fields_are_neither_checked_nor_given(dialog: ContactDialog) -> None:
    dialog.on.set_value(TODAY)
    dialog.came.set_value("yes")
    dialog.form.set_field_visible("kind", False)
    dialog.kind.combo.setEditText("Home visit")
    assert dialog.form.validate()
    assert dialog.form.values()["kind"] is None
    dialog.form.set_field_visible("kind", True)
    assert dialog.form.values()["kind"] == "HOME"


def test_values_are_what_was_meant(dialog: ContactDialog) -> None:
    dialog.on.set_raw_text("yesterday")
    dialog.note.set_value("  Seen at home  ")
    values = dialog.form.values()
    assert values["on"] == date(2026, 11, 22)
    assert values["note"] == "Seen at home"
    assert values["minutes"] is None
    assert values["told"] is False


def test_a_form_is_dirty_only_while_it_differs(dialog: ContactDialog) -> None:
    states = [dialog.form.is_dirty]
    for text in ("Leicester", ""):
        dialog.place_.edit.setText(text)
        states.append(dialog.form.is_dirty)
    assert states == [False, True, False]


def test_a_draft_brings_every_keystroke_back(qtbot: QtBot, dialog: ContactDialog, tasks: Tasks) -> None:
    dialog.on.set_raw_text("31/2/")
    dialog.note.set_value("Half a sentence")
    dialog.came.set_value("no")
    dialog.who.choose(PickerMatch(1, "Jordan Ashworth", "3 Nov 2008"))
    dialog.told.set_value(value=True)
    draft = dialog.form.kept()
    assert {name for name, text in draft.items() if text} == {"on", "note", "came", "who", "told"}
    other = ContactDialog(tasks)
    qtbot.addWidget(other)
    other.form.restore({**draft, "gone": "a field of a former version"})
    assert other.form.kept() == draft
    assert other.who.value() == (1,)


def test_two_fields_cannot_share_a_name(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    form.add(TextField("place", "&Place"))
    with pytest.raises(ValueError, match="place"):
        form.add(DateField("place", "&Date", today=lambda: TODAY))


def test_a_row_of_a_form_is_few_widgets(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    form.add(TextField("place", "&Place"))
    assert widgets_of(form) == 3, "the title, the field and its line"
    form.add(CodeField("kind", "&Kind", [Option("1", "Office"), Option("2", "Phone")], required=True, help="How."))
    assert widgets_of(form) == 3 + 6, "title and mark, the field, its box and line, and the help"
    form.set_field_visible("kind", shown=False)
    form.show()
    assert form.sizeHint().height() == form.field("place").sizeHint().height(), "a hidden row takes no room"


def test_a_row_that_is_not_shown_is_not_made_until_it_is_and_tab_then_reaches_it_where_it_stands(
    qtbot: QtBot,
) -> None:
    """Its field can be answered, kept and restored before that, whatever its kind."""
    form = Form()
    qtbot.addWidget(form)
    options = [Option("1", "Office"), Option("2", "Phone")]
    late = (
        ChoiceField("came", "Came?"),
        LongTextField("note", "Note"),
        TickField("ways", "Ways", options),
        CodeField("kind", "Kind", options),
        TextField("place", "Place", limit=5),
    )
    for field in late:
        form.add(field, shown=False)
    form.add(TextField("last", "Last"))
    assert widgets_of(form) == len(late) + 3
    kept = dict(zip(form.kept(), ("", "", "", "", "Oadby", ""), strict=True))
    form.restore(kept)
    assert form.kept() == kept
    assert form.is_dirty
    assert form.validate(), "what is not asked is not checked"
    assert widgets_of(form) == len(late) + 3, "and none of that makes it"
    answers = {"came": "no", "note": "Cold", "ways": "2", "kind": "Phone", "place": "Oadby", "last": ""}
    form.restore({**answers, "place": "Oadby and beyond"})
    assert form.kept() == answers, "what a line has no room for is cut before there is a line, too"
    show(qtbot, form)
    form.field("last").setFocus()
    for field in reversed(late):
        assert not field.isVisible()
        form.set_field_visible(field.name, shown=True)
    assert form.values() == {
        "came": "no", "note": "Cold", "ways": ("2",), "kind": "2", "place": "Oadby", "last": None
    }  # fmt: skip
    form.field("came").setFocus()
    write(focused(), "n")
    press(focused(), Qt.Key.Key_Tab)  # the answer has moved the focus already: this Tab is the same step
    for reached in (*late[1:], form.field("last"), late[0]):
        assert reached.isAncestorOf(focused()), reached.name
        press(focused(), Qt.Key.Key_Tab)


def widgets_of(form: Form) -> int:
    return len(form.findChildren(QWidget))


def test_a_long_title_is_read_to_its_end(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    asked = form.add(ChoiceField("worry", "Any risk or safeguarding concern that you have?", required=True))
    form.resize(420, 200)
    show(qtbot, form)
    title = next(each for each in form.findChildren(QLabel) if each.buddy() is asked.control)
    assert title.heightForWidth(title.width()) > title.fontMetrics().lineSpacing() * 2, "the control: it is long"
    assert title.height() >= title.heightForWidth(title.width())


def test_what_stands_beside_and_below_a_control_stays_there_under_a_long_title(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    words = "The day on which the notice of what happens next was handed over"
    asked = form.add(DateField("on", words, today=lambda: TODAY, help="As on the notice."))
    asked.set_value(TODAY)
    form.show_problem("on", "Not before today.")
    form.resize(420, 200)
    show(qtbot, form)
    texts = {each.text(): each for each in form.findChildren(QLabel)}
    title, help_line, problem = (texts[said] for said in (words, "As on the notice.", "Not before today."))
    assert title.height() > asked.edit.height() * 2, "the control: it makes the row higher"
    assert abs(asked.echo.geometry().center().y() - asked.edit.geometry().center().y()) <= 1
    for above, below in ((asked.edit, help_line), (help_line, problem)):
        assert 0 < below.y() - above.geometry().bottom() < 5


def names(widgets: Sequence[object]) -> list[str]:
    return [QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name) for widget in widgets]  # type: ignore[arg-type]  # as above


def test_every_control_of_a_form_has_a_name_and_letters_are_not_shared(dialog: ContactDialog) -> None:
    assert nameless(dialog) == []
    assert shared_mnemonics(dialog) == []
    assert names([dialog.kind.combo, dialog.on.edit, dialog.minutes.edit]) == ["Kind", "Date", "Minutes, minutes"]
    assert "Required." in described(dialog.on.edit)
