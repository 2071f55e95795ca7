"""Appointments by keyboard: made in ten actions, their outcome recorded from Today in six, moved and cancelled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.appointments.appointment_dialogs import MakeAppointmentDialog, MoveAppointmentDialog
from ioms_desktop.ui.forms.picker import PickerField, PickerMatch
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.case_subject import markers_to_meet, subject_of
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import ALT, CTRL, SHIFT, focused, press, write
from ui.test_duties_in_place import asked, line_of
from ui.window_at_work import at_work, idle

PAST, SOON = "AP-PAST", "AP-SOON"


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    """The worked examples with an appointment of yesterday and one of tomorrow."""
    opened = filled(local_location)
    session = session_of(opened)
    with opened.begin(session.command_context(), "appointments") as tx:
        for ref, days in ((PAST, -1), (SOON, 1)):
            tx.add(
                Appointment(
                    appointment_ref=ref,
                    case_ref=MARLOW,
                    starts_at=DayTime(TODAY + timedelta(days=days), time(14, 30)),
                    minutes=45,
                    contact_type="HOME_VISIT_ANNOUNCED",
                    worker="PC 4411 ADEYEMI",
                    purpose="SUPERVISION",
                )
            )
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, store: Store, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(store), tmp_path) as opened:
        yield opened


class Keys:
    """Counts what somebody at the keyboard does; one key, or one stretch of typing, is one action."""

    def __init__(self) -> None:
        self.actions = 0

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key."""
        self.actions += 1
        press(focused(), key, modifiers)

    def type(self, text: str) -> None:
        """Type a text."""
        self.actions += 1
        write(focused(), text)


def appointments(window: MainWindow) -> list[Appointment]:
    with window.session.store.read() as reading:
        return sorted(reading.list_records(Appointment, case_ref=MARLOW), key=lambda each: each.starts_at.iso_text)


def test_the_outcome_of_a_past_appointment_takes_six_actions_from_today(qtbot: QtBot, window: MainWindow) -> None:
    view = line_of(qtbot, window, Duty.OUTCOME, PAST)
    keys = Keys()
    keys.key(Qt.Key.Key_Return)
    dialog = asked(qtbot, window, RecordContactDialog)
    assert isinstance(dialog, RecordContactDialog)
    keys.type("y")
    keys.key(Qt.Key.Key_K, ALT)
    keys.type("n")
    keys.type("n")
    keys.key(Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    assert keys.actions <= 6
    print("outcome of an appointment:", keys.actions, "actions")  # noqa: T201 - the figure is to be seen
    (settled,) = [each for each in appointments(window) if each.appointment_ref == PAST]
    with window.session.store.read() as reading:
        contact = reading.get(Contact, settled.contact_ref)
    assert (contact.outcome, contact.contact_type, contact.minutes) == ("SEEN", "HOME_VISIT_ANNOUNCED", 45)
    assert (contact.occurred_at, contact.planned, contact.purpose) == (settled.starts_at, True, "SUPERVISION")
    assert view.model.rowCount() == 0


def test_an_appointment_is_made_in_ten_actions_or_fewer(qtbot: QtBot, window: MainWindow) -> None:
    screen = window.open_case(MARLOW)
    qtbot.waitUntil(lambda: screen.view is not None)
    idle(qtbot, window)
    keys = Keys()
    keys.key(Qt.Key.Key_A, CTRL | SHIFT)
    dialog = asked(qtbot, window, MakeAppointmentDialog)
    assert isinstance(dialog, MakeAppointmentDialog)
    keys.type("tomorrow 1500-1530")
    qtbot.waitUntil(dialog.clash_bar.isVisible)
    assert dialog.clash_bar.sentences.text() == f"{MARLOW} has another appointment then, at 14:30."
    press(focused(), Qt.Key.Key_A, CTRL)
    keys.type("tomorrow 1600-1630")
    qtbot.waitUntil(lambda: not dialog.clash_bar.isVisible())
    keys.key(Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    assert keys.actions <= 10
    print("an appointment:", keys.actions, "actions")  # noqa: T201 - the figure is to be seen
    made = appointments(window)[-1]
    assert (made.starts_at, made.minutes) == (DayTime(TODAY + timedelta(days=1), time(16)), 30)
    assert made.worker == window.session.user


def test_warning_markers_are_in_sight_while_somebody_arranges_to_meet(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    person = open_case(session, MARLOW).person
    with session.store.begin(session.command_context(), "markers") as tx:
        tx.save(replace(person, warning_markers="WE, Dog in the yard"))
    subject = subject_of(session, open_case(session, MARLOW))
    soon = next(each for each in appointments(window) if each.appointment_ref == SOON)
    for dialog in (
        MakeAppointmentDialog(session, window.tasks, subject, parent=window),
        MoveAppointmentDialog(session, window.tasks, subject, soon, window),
    ):
        qtbot.addWidget(dialog)
        said = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "Warning markers: Weapons; Dog in the yard." in said
    assert replace(subject, markers=()).summary_to_meet == subject.summary, "the control"


@pytest.mark.parametrize("kind", [MakeAppointmentDialog, RecordContactDialog])
def test_warning_markers_of_whoever_is_added_are_in_sight_too_until_they_are_taken_away(
    qtbot: QtBot, window: MainWindow, kind: type[MakeAppointmentDialog | RecordContactDialog]
) -> None:
    session = window.session
    person = open_case(session, HARKER).person
    with session.store.begin(session.command_context(), "markers") as tx:
        tx.save(replace(person, warning_markers="WE, Dog in the yard"))
    other = PickerMatch(7, "Callum Harker", f"14 Feb 1994 · {HARKER}", HARKER)
    subject = subject_of(session, open_case(session, MARLOW))
    dialog = kind(session, window.tasks, subject, find=lambda _: [other], parent=window)
    qtbot.addWidget(dialog)
    dialog.show()
    who = dialog.form.field("who")
    assert isinstance(who, PickerField)
    assert not dialog.markers_bar.isVisible(), "the control: nobody was added yet"
    who.choose(other)
    qtbot.waitUntil(dialog.markers_bar.isVisible)
    said = "Warning markers of Callum Harker: Weapons; Dog in the yard."
    assert dialog.markers_bar.sentences.text() == dialog.markers_bar.accessibleName() == said
    beyond = PickerMatch(8, "Nobody", ref="IOM-NOT-THERE")
    assert markers_to_meet(session, [beyond, other, beyond]) == (said,), "one that is not there hides no other's"
    who.set_value(None)
    qtbot.waitUntil(lambda: not dialog.markers_bar.isVisible())
    dialog.form.mark_clean()


def test_which_appointment_it_was_is_told_by_year_and_by_whom(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    dialog = RecordContactDialog(session, window.tasks, subject_of(session, open_case(session, MARLOW)), parent=window)
    qtbot.addWidget(dialog)
    (shown,) = [each.label for each in dialog.appointment.options if each.code == PAST]
    assert "2026" in shown
    assert "PC 4411 ADEYEMI" in shown


def test_whom_an_unsaved_appointment_is_for_as_well_comes_back_with_it(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    dialog = MakeAppointmentDialog(
        session, window.tasks, subject_of(session, open_case(session, MARLOW)), find=lambda _: [], parent=window
    )
    qtbot.addWidget(dialog)
    fields = {"who": f"7\tHARKER, Callum\tborn 2 Mar 1990 · {HARKER}", "starts_at": "30 Nov 2026 14:00"}
    dialog.restore(
        Draft(id="1", form="make_appointment", request="r", saved_at=session.clock(), case_ref=MARLOW, fields=fields)
    )
    assert dialog.case_refs == (MARLOW, HARKER)


def test_a_time_that_is_past_is_refused_beside_its_field_and_keeps_what_was_typed(
    qtbot: QtBot, window: MainWindow
) -> None:
    screen = window.open_case(MARLOW)
    qtbot.waitUntil(lambda: screen.view is not None)
    idle(qtbot, window)
    press(focused(), Qt.Key.Key_A, CTRL | SHIFT)
    dialog = asked(qtbot, window, MakeAppointmentDialog)
    assert isinstance(dialog, MakeAppointmentDialog)
    write(focused(), "yesterday 1500")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert dialog.form.problems == {"starts_at": "This day is past. For what has happened, record a contact."}
    assert dialog.when.raw_text() == "yesterday 1500"
    assert len(appointments(window)) == 2


def test_one_is_moved_from_its_line_of_today(qtbot: QtBot, window: MainWindow) -> None:
    line_of(qtbot, window, Duty.APPOINTMENT, SOON)
    press(focused(), Qt.Key.Key_Return)
    dialog = asked(qtbot, window, MoveAppointmentDialog)
    assert isinstance(dialog, MoveAppointmentDialog)
    write(focused(), "in 3 days 0900")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert set(dialog.form.problems) == {"asked_by", "reason"}
    dialog.asked_by.set_value("THEIRS")
    dialog.reason.set_value("At work then.")
    press(focused(), Qt.Key.Key_Return, CTRL)
    idle(qtbot, window)
    old, new = [each for each in appointments(window) if each.appointment_ref != PAST]
    assert (old.cancelled_on, old.cancelled_by) == (TODAY, "THEIRS")
    assert (new.starts_at, new.replaces_ref) == (DayTime(TODAY + timedelta(days=3), time(9)), SOON)
    assert QApplication.activeModalWidget() is None
