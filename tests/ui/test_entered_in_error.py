"""A mistake is taken out, moved, put back and undone in the window, by keys."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from form_records import form_record
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Need
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.own_words import OwnWords
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, MOVABLE_PREFIXES, NOT_STRUCK_OUT
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.recording.corrections import list_struck_out
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.correction_actions import CORRECTION_ACTIONS
from ioms_desktop.ui.actions.dialog_action import STRIKE_OUT_KEY, RecordButton
from ioms_desktop.ui.cases.case_screen import CaseScreen
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.records.entered_in_error import MoveRecordDialog, StrikeOutDialog
from ioms_desktop.ui.records.record_history import RecordHistoryDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, click, focused, press, write
from ui.test_section_acts import dialog_now, section_of, shown


@pytest.fixture
def store(local_location: str, theme: Theme) -> Iterator[Store]:
    assert theme.name == "light"
    made = filled(local_location)
    yield made
    made.close()


def added(session: Session, record_type: type[Record], case_ref: str = MARLOW) -> None:
    record = form_record(record_type, session.lists, TODAY)
    add_record_by_form(session, AddRecord(request=record_type.table, case_ref=case_ref, record=record))


def undo_by_key(qtbot: QtBot, screen: CaseScreen) -> None:
    screen.activateWindow()
    qtbot.waitUntil(screen.isActiveWindow)
    screen.section_list.setFocus()
    press(screen.section_list, Qt.Key.Key_Z, CTRL)


def test_every_listed_type_can_be_taken_out_and_what_has_a_wrong_owner_can_be_moved() -> None:
    taken_out = {
        place.record_type for action in CORRECTION_ACTIONS for place in action.offers(RecordButton) if place.key
    }
    assert {place.key for action in CORRECTION_ACTIONS for place in action.offers(RecordButton)} == {STRIKE_OUT_KEY, ""}
    listed = {section.record_type for section in SECTIONS if section.record_type is not None}
    assert taken_out == listed - NOT_STRUCK_OUT
    moved = {
        place.record_type for action in CORRECTION_ACTIONS for place in action.offers(RecordButton) if not place.key
    }
    assert moved == set(MOVABLE_PREFIXES)


def test_a_record_is_taken_out_and_put_back_by_keys(
    qtbot: QtBot, tasks: Tasks, store: Store, subtests: pytest.Subtests
) -> None:
    session = session_of(store)
    for record_type in ADD_FORM_TYPES:
        added(session, record_type)
    screen = shown(qtbot, tasks, session, MARLOW)
    for record_type in ADD_FORM_TYPES:
        with subtests.test(record_type.table):
            take_out_and_put_back(qtbot, tasks, screen, record_type)


def take_out_and_put_back(qtbot: QtBot, tasks: Tasks, screen: CaseScreen, record_type: type[Record]) -> None:
    known = len(open_case(screen.session, MARLOW).of(record_type))
    table = section_of(qtbot, screen, record_type)
    assert len(table.source.rows) == known
    press(table.table, Qt.Key.Key_Delete)
    dialog_now(qtbot, StrikeOutDialog)
    for letter in "entered twice":  # the first leads from a record that is read first to the question
        write(focused(), letter)
    with qtbot.waitSignal(screen.outcome_received):
        press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == known - 1)
    assert screen.message.action_button.text() == "&Undo"
    (wrong,) = list_struck_out(screen.session, MARLOW)
    assert (type(wrong.record), wrong.reason) == (record_type, "entered twice")
    with qtbot.waitSignal(screen.outcome_received):
        undo_by_key(qtbot, screen)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == known)
    assert list_struck_out(screen.session, MARLOW) == ()


def test_a_reason_is_asked_for_beside_its_field(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, Contact)
    press(table.table, Qt.Key.Key_Delete)
    dialog = dialog_now(qtbot, StrikeOutDialog)
    assert isinstance(dialog, StrikeOutDialog)
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert list(dialog.form.problems) == ["reason"]
    assert len(open_case(session, HARKER).contacts) == len(table.source.rows)


def test_who_did_not_record_it_is_told_before_anything_is_typed(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, session_of(store, Role.OFFICER, user="PC 9 SHAH"))
    table = section_of(qtbot, screen, Contact)
    press(table.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert QApplication.activeModalWidget() is None
    assert "import recorded this" in screen.message.text_label.text()


def test_ctrl_z_undoes_what_was_just_added_and_only_while_it_is_offered(
    qtbot: QtBot, tasks: Tasks, store: Store
) -> None:
    session = session_of(store, Role.OFFICER)
    screen = shown(qtbot, tasks, session, MARLOW)
    table = section_of(qtbot, screen, OwnWords)
    press(screen.section_list, Qt.Key.Key_Insert)
    dialog_now(qtbot, RecordDialog)
    write(focused(), "21/11")
    with qtbot.waitSignal(screen.outcome_received):
        press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == 1)
    with qtbot.waitSignal(screen.outcome_received):
        undo_by_key(qtbot, screen)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == 0)
    assert screen.message.text_label.text().startswith("Undone. ")
    undo_by_key(qtbot, screen)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert len(list_struck_out(session, MARLOW)) == 1


def test_the_history_shows_what_was_in_error_and_puts_it_back(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, Need)
    known = len(table.source.rows)
    press(table.table, Qt.Key.Key_Delete)
    dialog_now(qtbot, StrikeOutDialog)
    write(focused(), "another person's")
    with qtbot.waitSignal(screen.outcome_received):
        press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == known - 1)
    dialog = history_of(qtbot, table)
    (entry,) = dialog.struck_out
    assert entry.reason == "another person's"
    (back,) = dialog.put_back_buttons
    assert "by Insp. WRIGHT: another person's" in back.accessibleName()
    with qtbot.waitSignal(screen.outcome_received):
        click(back)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == known)


def history_of(qtbot: QtBot, table: SectionTable) -> RecordHistoryDialog:
    click(table.history_button)
    dialog = dialog_now(qtbot, RecordHistoryDialog)
    assert isinstance(dialog, RecordHistoryDialog)
    return dialog


def test_a_contact_on_the_wrong_person_is_moved(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, Contact)
    table.table.selectRow(
        table.model.rowCount() - 2
    )  # a visit at home: the newest is one in prison, which is asked about
    (move,) = [action for action in table.row_menu().actions() if action.text() == "Mo&ve to another case…"]
    there = len(open_case(session, MARLOW).contacts)
    move.trigger()
    dialog = dialog_now(qtbot, MoveRecordDialog)
    assert isinstance(dialog, MoveRecordDialog)
    write(focused(), "marlow")
    qtbot.waitUntil(lambda: not tasks.is_busy)
    press(focused(), Qt.Key.Key_Return)
    dialog.reason.set_value("it was Jayden")
    with qtbot.waitSignal(screen.outcome_received):
        dialog.accept()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert len(open_case(session, MARLOW).contacts) == there + 1
    (wrong,) = list_struck_out(session, HARKER)
    assert wrong.reason.startswith(f"Moved to case {MARLOW}")


def test_a_past_day_offers_neither_taking_out_nor_putting_back(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, replace(session_of(store)))
    screen.show_as_of(TODAY.replace(day=1))
    qtbot.waitUntil(lambda: not tasks.is_busy and not screen.is_live)
    table = section_of(qtbot, screen, Contact)
    assert [action.text() for action in table.row_menu().actions()][:2] == ["Open", "Histo&ry…"]
