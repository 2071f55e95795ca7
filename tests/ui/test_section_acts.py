"""What a section of a case offers by its keys, its buttons and the menu of a row: add, change, history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Action, Case, Need, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell, Order, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.registry import section_button
from ioms_desktop.ui.cases.case_screen import CASE_PAGE, CaseScreen
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.custody.reception import ReceptionDialog
from ioms_desktop.ui.custody.release import ReleaseDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.records.record_history import RecordHistoryDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, focused, press, show, write

NO_SECTION = {Person, Case}
"""What the head of the case and About show; every other type is listed in a section of its own."""


@pytest.fixture
def store(local_location: str, theme: Theme) -> Iterator[Store]:
    assert theme.name == "light"
    made = filled(local_location)
    yield made
    made.close()


def shown(qtbot: QtBot, tasks: Tasks, session: Session, case_ref: str = HARKER) -> CaseScreen:
    screen = CaseScreen(session, tasks, case_ref)
    qtbot.addWidget(screen)
    screen.resize(1366, 720)
    show(qtbot, screen)
    qtbot.waitUntil(lambda: screen.pages.currentIndex() == CASE_PAGE and not tasks.is_busy)
    return screen


def section_of(qtbot: QtBot, screen: CaseScreen, record_type: type[Record]) -> SectionTable:
    number = next(place for place, section in enumerate(SECTIONS) if section.record_type is record_type)
    screen.section_list.choose(number)
    table = screen.tables[number]
    if table.source.rows:
        qtbot.waitUntil(lambda: table.model.rowCount() == len(table.source.rows))
        table.table.setFocus()
        table.table.selectRow(0)
    else:
        screen.section_list.setFocus()
    return table


def dialog_now(qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, kind)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_everything_that_is_stored_of_a_case_has_a_section() -> None:
    assert {section.record_type for section in SECTIONS} - {None} == set(RECORD_TYPE_BY_TABLE.values()) - NO_SECTION


def test_every_section_adds_for_somebody(store: Store) -> None:
    supervisor = session_of(store)
    for section in SECTIONS:
        if section.record_type is not None:
            assert section_button(supervisor, section.record_type) is not None, section.title


def test_a_short_custody_is_recorded_and_released_by_few_keys(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store, Role.OFFICER)
    screen = shown(qtbot, tasks, session, MARLOW)
    table = section_of(qtbot, screen, CustodySpell)
    assert "Received into custody… with Insert" in table.empty_label.text()
    press(screen.section_list, Qt.Key.Key_Insert)
    dialog_now(qtbot, ReceptionDialog)
    for text in ("21/11", "23/11"):
        write(focused(), text)
        press(focused(), Qt.Key.Key_Tab)
    with qtbot.waitSignal(screen.outcome_received):
        press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == 1)
    (spell,) = open_case(session, MARLOW).custody
    assert (spell.received_on, spell.released_on) == (date(2026, 11, 21), date(2026, 11, 23))


def test_a_release_is_recorded_on_the_row_that_is_open(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store, Role.OFFICER)
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, CustodySpell)
    press(table.table, Qt.Key.Key_Return)
    details = dialog_now(qtbot, RecordDetailsDialog)
    (chosen,) = [each for each in details.findChildren(QPushButton) if each.text() == "Relea&sed…"]
    chosen.setFocus()
    press(chosen, Qt.Key.Key_Space)
    dialog_now(qtbot, ReleaseDialog)
    with qtbot.waitSignal(screen.outcome_received):
        press(focused(), Qt.Key.Key_Return, CTRL)
    newest = max(open_case(session, HARKER).custody, key=lambda each: each.received_on)
    assert newest.released_on == date(2026, 11, 25)
    qtbot.waitUntil(lambda: not tasks.is_busy)


@pytest.mark.parametrize("record_type", [Need, Order, Action, Referral, Concern, Contact])
def test_f2_changes_the_record_of_the_row(qtbot: QtBot, tasks: Tasks, store: Store, record_type: type[Record]) -> None:
    screen = shown(qtbot, tasks, session_of(store))
    table = section_of(qtbot, screen, record_type)
    assert table.source.rows, record_type.table
    press(table.table, Qt.Key.Key_F2)
    dialog = dialog_now(qtbot, RecordDialog)
    assert isinstance(dialog, RecordDialog)
    assert dialog.record == table.source.fetch_rows([table.table.current_id or 0])[0].record


def test_f2_on_a_rag_opens_the_dialog_of_its_day_with_what_it_says(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, RagEntry)
    press(table.table, Qt.Key.Key_F2)
    dialog = dialog_now(qtbot, RagDialog)
    assert isinstance(dialog, RagDialog)
    entry = max(open_case(session, HARKER).rag, key=lambda each: each.set_on)
    values = dialog.form.values()
    assert (values["rag"], values["reason"], values["on"]) == (entry.rag, entry.reason, entry.set_on)


def test_enter_reads_what_is_done_about_in_another_way(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, session_of(store))
    table = section_of(qtbot, screen, Contact)
    press(table.table, Qt.Key.Key_Return)
    dialog_now(qtbot, RecordDetailsDialog)


def test_who_may_not_change_a_record_reads_it(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, session_of(store, Role.COORDINATOR))
    table = section_of(qtbot, screen, Order)
    press(table.table, Qt.Key.Key_F2)
    assert QApplication.activeModalWidget() is None
    press(table.table, Qt.Key.Key_Return)
    dialog_now(qtbot, RecordDetailsDialog)
    assert [action.text() for action in table.row_menu().actions()][:2] == ["Open", "Histo&ry…"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
def test_the_menu_of_a_row_offers_what_its_keys_do(qtbot: QtBot, tasks: Tasks, store: Store, role: Role) -> None:
    screen = shown(qtbot, tasks, session_of(store, role))
    table = section_of(qtbot, screen, Order)
    offered = {action.text(): action.shortcut().toString() for action in table.row_menu().actions()}
    assert offered["Chan&ge…"] == "F2"
    assert offered["Histo&ry…"] == "Ctrl+H"


def test_a_phoenix_case_is_offered_no_rag(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, session_of(store), MARLOW)
    table = section_of(qtbot, screen, RagEntry)
    assert table.add_button is not None
    assert not table.add_button.isVisible()
    assert table.empty_label.text() == "None recorded"
    offers = section_of(qtbot, screen, Offer)
    assert offers.add_button is not None
    assert offers.add_button.isVisible()


def test_the_history_of_a_row_says_who_changed_what(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    order = max(open_case(session, HARKER).orders, key=lambda each: each.made_on)
    with store.begin(replace(session, user="PC 9 SHAH").command_context()) as tx:
        tx.save(replace(order, court="Nottingham Crown Court"))
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, Order)
    press(table.table, Qt.Key.Key_H, CTRL)
    dialog = dialog_now(qtbot, RecordHistoryDialog)
    assert isinstance(dialog, RecordHistoryDialog)
    words = [text for _, text in dialog.words]
    assert words[0].startswith("Changed 25 Nov 2026, ")
    assert words[0].endswith(" by PC 9 SHAH.")
    assert any(text.startswith("Court: ") and text.endswith("Nottingham Crown Court") for text in words)
    assert any(text.startswith("Recorded ") for text in words)


def test_the_history_of_a_section_is_of_all_its_records(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, session_of(store))
    table = section_of(qtbot, screen, Need)
    table.history_button.click()
    dialog = dialog_now(qtbot, RecordHistoryDialog)
    assert isinstance(dialog, RecordHistoryDialog)
    assert len(dialog.history.versions) == len(table.source.rows)
    assert all("Pathway: " in text for kind, text in dialog.words if kind == "heading")


def test_decisions_are_proposed_from_their_sections(store: Store) -> None:
    for record_type in (Decision, Proposal):
        found = section_button(session_of(store, Role.OFFICER), record_type)
        assert found is not None
        assert found[0].name == "case.decide"
