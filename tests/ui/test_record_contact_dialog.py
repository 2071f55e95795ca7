"""A contact is recorded by keyboard alone, in twelve actions or fewer, and nothing typed is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.forms.picker import PickerMatch
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, SHIFT, click, focused, press, show, write

DAY = date(2026, 10, 14)


@pytest.fixture
def session(local_location: str) -> Iterator[Session]:
    store = filled(local_location)
    evening = datetime.combine(DAY, time(18), UTC)
    yield replace(session_of(store, Role.OFFICER, today=DAY), clock=lambda: evening)
    store.close()


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, tasks: Tasks, session: Session) -> RecordContactDialog:
    assert theme.name == "light"
    made = RecordContactDialog(session, tasks, subject_of(session, open_case(session, MARLOW)), find=lambda _: [])
    qtbot.addWidget(made)
    show(qtbot, made)
    return made


class Hands:
    """Counts what somebody at the keyboard does; one key, or one stretch of typing, is one action."""

    def __init__(self) -> None:
        self.actions = 0

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.actions += 1
        press(focused(), key, modifiers)

    def type(self, text: str) -> None:
        self.actions += 1
        write(focused(), text)


def test_a_kept_session_is_recorded_by_keyboard_in_twelve_actions_or_fewer(
    qtbot: QtBot, theme: Theme, tasks: Tasks, session: Session
) -> None:
    assert theme.name == "light"
    window = MainWindow(session, QSettings("ioms-test", "contact"), tasks)
    qtbot.addWidget(window)
    show(qtbot, window)
    screen = window.open_case(MARLOW)
    qtbot.waitUntil(lambda: screen.view is not None)
    hands = Hands()
    hands.key(Qt.Key.Key_C, CTRL | SHIFT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordContactDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RecordContactDialog)
    qtbot.waitUntil(lambda: dialog.isAncestorOf(focused()))
    hands.type("y")
    hands.type("1430-1515")
    hands.key(Qt.Key.Key_Tab)
    hands.key(Qt.Key.Key_Tab)
    hands.type("Met at the gym; looked at two courses.")
    hands.key(Qt.Key.Key_Tab)
    hands.type("Talked more than last week.")
    hands.key(Qt.Key.Key_Tab)
    hands.type("n")
    hands.type("n")
    with qtbot.waitSignal(dialog.completed):
        hands.key(Qt.Key.Key_Return, CTRL)
    assert hands.actions <= 12
    contact = newest(open_case(session, MARLOW))
    assert contact.outcome == "SEEN"
    assert (contact.occurred_at.on, contact.occurred_at.local_time) == (DAY, time(14, 30))
    assert contact.minutes == 45
    assert contact.note == "Met at the gym; looked at two courses.\nHow they responded: Talked more than last week."


def test_a_missed_appointment_is_recorded_by_keyboard_in_twelve_actions_or_fewer(
    qtbot: QtBot, dialog: RecordContactDialog, session: Session
) -> None:
    hands = Hands()
    hands.actions = 1  # the key that opened it
    for answer in "nnny":
        hands.type(answer)
    hands.type("1000")
    hands.key(Qt.Key.Key_Tab)
    hands.key(Qt.Key.Key_Tab)
    hands.type("Waited 20 minutes; rang twice.")
    hands.key(Qt.Key.Key_Tab)
    hands.type("n")
    with qtbot.waitSignal(dialog.completed):
        hands.key(Qt.Key.Key_Return, CTRL)
    assert hands.actions <= 12
    contact = newest(open_case(session, MARLOW))
    assert (contact.outcome, contact.planned) == ("FAILED_TO_ATTEND", True)
    assert contact.occurred_at.local_time == time(10)


def test_the_outcome_is_said_in_words_before_it_is_saved(dialog: RecordContactDialog) -> None:
    assert "Answer the questions" in dialog.outcome.text()
    answer("nntn")
    assert "Unacceptable absence" in dialog.outcome.text()
    dialog.arranged.set_value("yes")
    assert "counts as a missed contact" in dialog.outcome.text()
    dialog.why.set_value("ours")
    assert "never counts against the person" in dialog.outcome.text()


def test_behaviour_is_not_asked_of_somebody_nobody_met(dialog: RecordContactDialog) -> None:
    dialog.happened.set_value("no")
    dialog.came.set_value("no")
    assert not dialog.behaviour.isVisible()
    dialog.came.set_value("yes")
    assert dialog.behaviour.isVisible()


def test_behaviour_and_worry_become_actions_of_their_own(
    qtbot: QtBot, dialog: RecordContactDialog, session: Session
) -> None:
    before = {action.action_ref for action in open_case(session, MARLOW).actions}
    dialog.happened.set_value("yes")
    dialog.behaviour.set_value("yes")
    write(dialog.behaviour_words.edit, "Shouted at reception.")
    dialog.worry.set_value("yes")
    write(dialog.worry_words.edit, "Bruise on his hand.")
    dialog.worry_whom.edit.selectAll()
    write(dialog.worry_whom.edit, "the safeguarding lead")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    made = [action.text for action in open_case(session, MARLOW).actions if action.action_ref not in before]
    assert set(made) == {
        "Tell the supervisor about behaviour: Shouted at reception.",
        "Tell the safeguarding lead about a worry: Bruise on his hand.",
    }


def test_a_refusal_keeps_every_keystroke(qtbot: QtBot, dialog: RecordContactDialog) -> None:
    write(focused(), "y")
    dialog.when.edit.setText("5 Sep 2027")
    write(dialog.what.edit, "Long words")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.isVisible()
    assert "once it has happened" in dialog.form.problems["when"]
    assert "Answer this question" in dialog.form.problems["behaviour"]
    assert dialog.what.edit.toPlainText() == "Long words"
    qtbot.wait(0)
    assert dialog.form.is_dirty


def test_a_double_press_records_one_contact(qtbot: QtBot, dialog: RecordContactDialog, session: Session) -> None:
    before = len(open_case(session, MARLOW).contacts)
    answered(dialog)
    work = dialog.build_command()
    first, second = work(), work()
    assert first.ref == second.ref
    assert len(open_case(session, MARLOW).contacts) == before + 1
    dialog.form.mark_clean()
    qtbot.wait(0)


def test_one_contact_is_recorded_for_several_people_each_with_their_own_outcome_and_note(
    qtbot: QtBot, theme: Theme, tasks: Tasks, session: Session
) -> None:
    assert theme.name == "light"
    other = PickerMatch(7, "Callum Harker", "14 Feb 1994", HARKER)
    dialog = RecordContactDialog(
        session, tasks, subject_of(session, open_case(session, MARLOW)), find=lambda _: [other]
    )
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    answered(dialog)
    assert dialog.who is not None
    dialog.who.choose(other)
    outcome, note = dialog.fields_by_case[HARKER]
    outcome.set_value("CANCELLED_BY_US")
    write(note.edit, "Transport did not come.")
    with qtbot.waitSignal(dialog.completed) as sent:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    said: Outcome = sent.args[0]
    assert said.notice == "Contact recorded for two people."
    assert newest(open_case(session, MARLOW)).note == "Went well."
    theirs = newest(open_case(session, HARKER))
    assert (theirs.outcome, theirs.note) == ("CANCELLED_BY_US", "Transport did not come.")


def test_the_third_missed_appointment_answers_with_its_trigger(
    qtbot: QtBot, theme: Theme, tasks: Tasks, local_location: str
) -> None:
    assert theme.name == "light"
    store = filled(local_location)
    session = session_of(store, Role.NAVIGATOR, today=DAY)
    dialog = RecordContactDialog(session, tasks, subject_of(session, open_case(session, MARLOW)))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    answer("nnny")
    dialog.worry.set_value("no")
    with qtbot.waitSignal(dialog.completed) as sent:
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert sent.args is not None
    said: Outcome = sent.args[0]
    assert [each.rule for each in said.raised] == ["missed_contacts"]
    store.close()


def answer(keys: str) -> None:
    """Press one key after another, each where the keyboard is by then."""
    for key in keys:
        write(focused(), key)


def newest(view: CaseView) -> Contact:
    """Return the contact recorded last."""
    return max(view.contacts, key=lambda contact: contact.id)


def answered(dialog: RecordContactDialog) -> None:
    """Answer what a kept session asks."""
    for question, answer in ((dialog.happened, "yes"), (dialog.behaviour, "no"), (dialog.worry, "no")):
        question.set_value(answer)
    write(dialog.what.edit, "Went well.")


def fill_in(dialog: RecordContactDialog, when: str, kind: str = "OFFICE") -> None:
    """Fill in a kept contact."""
    for field, value in ((dialog.happened, "yes"), (dialog.behaviour, "no"), (dialog.worry, "no")):
        field.set_value(value)
    dialog.kind.set_value(kind)
    dialog.when.edit.clear()
    write(dialog.when.edit, when)


def test_what_is_odd_is_asked_before_it_is_saved_and_a_second_enter_confirms_nothing(
    qtbot: QtBot, dialog: RecordContactDialog, session: Session
) -> None:
    before = len(open_case(session, MARLOW).contacts)
    fill_in(dialog, "0200-0230")
    for _ in range(2):
        press(focused(), Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: dialog.primary.isEnabled() and dialog.banner.isVisible())
        assert "02:00 is at night" in dialog.banner.text_label.text()
        assert dialog.isVisible()
    assert len(open_case(session, MARLOW).contacts) == before
    with qtbot.waitSignal(dialog.completed):
        click(dialog.banner.action_button)
    contact = newest(open_case(session, MARLOW))
    assert (contact.occurred_at.local_time, contact.minutes, contact.utc_offset) == (time(2), 30, "UTC+01:00")


def test_what_is_odd_can_be_corrected_instead(qtbot: QtBot, dialog: RecordContactDialog, session: Session) -> None:
    fill_in(dialog, "0200-0230")
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(dialog.banner.isVisible)
    dialog.when.edit.clear()
    write(dialog.when.edit, "0830-0900")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert newest(open_case(session, MARLOW)).occurred_at.local_time == time(8, 30)


def test_a_contact_later_today_is_refused_beside_the_field(dialog: RecordContactDialog) -> None:
    fill_in(dialog, "2345")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert "once it has happened" in dialog.form.problems["when"]


@pytest.mark.parametrize(
    ("kind", "arranged"),
    [
        ("HOME_VISIT_UNANNOUNCED", "no"),
        ("HOME_VISIT_ANNOUNCED", "yes"),
        ("STREET_STOP", "no"),
        ("CURFEW_CHECK", "no"),
        ("OFFICE", None),
    ],
)
def test_the_type_of_contact_presets_whether_it_was_arranged(
    dialog: RecordContactDialog, kind: str, arranged: str | None
) -> None:
    assert (dialog.arranged.value(), dialog.planned.value()) == (None, "yes")
    dialog.kind.set_value(kind)
    assert dialog.arranged.value() == arranged
    assert dialog.planned.value() == (arranged or "yes")
    dialog.arranged.set_value("yes")  # what is answered afterwards stands
    dialog.form.changed.emit()
    assert dialog.arranged.value() == "yes"


def test_nobody_at_home_at_an_unannounced_visit_is_no_missed_appointment(
    qtbot: QtBot, dialog: RecordContactDialog, session: Session
) -> None:
    for field, value in ((dialog.happened, "no"), (dialog.came, "no"), (dialog.why, "none"), (dialog.worry, "no")):
        field.set_value(value)
    dialog.kind.set_value("HOME_VISIT_UNANNOUNCED")
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    contact = newest(open_case(session, MARLOW))
    assert (contact.outcome, contact.planned) == ("NOT_SEEN", False)
