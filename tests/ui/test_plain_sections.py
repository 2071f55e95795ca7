"""The sections of plain records offer to add and change them, to those who may, with the generated form."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Action, Need, Notification
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, CHANGE_FORM_TYPES
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.entries.authors import REASON_FIELD
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.actions.dialog_action import Gathered, RecordButton, SectionButton, Target, TargetGone
from ioms_desktop.ui.actions.loaders import VIEW
from ioms_desktop.ui.actions.record_actions import GUIDED_TYPES, RECORD_ACTIONS
from ioms_desktop.ui.actions.registry import action_for_draft
from ioms_desktop.ui.cases.case_actions import PAST_DAY_MESSAGE
from ioms_desktop.ui.cases.case_screen import CASE_PAGE, CaseScreen
from ioms_desktop.ui.cases.record_details import RecordDetailsDialog
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, TODAY, filled, session_of
from ui.entries import KEY
from ui.hands import click, show


@pytest.fixture
def store(local_location: str, theme: Theme) -> Iterator[Store]:
    assert theme.name == "light"
    made = filled(local_location)
    yield made
    made.close()


def shown(qtbot: QtBot, tasks: Tasks, session: Session) -> CaseScreen:
    screen = CaseScreen(session, tasks, HARKER)
    qtbot.addWidget(screen)
    screen.resize(1366, 720)
    show(qtbot, screen)
    qtbot.waitUntil(lambda: screen.pages.currentIndex() == CASE_PAGE and not tasks.is_busy)
    return screen


def section_of(screen: CaseScreen, record_type: type[Record]) -> SectionTable:
    number = next(place for place, section in enumerate(SECTIONS) if section.record_type is record_type)
    screen.section_list.choose(number)
    return screen.tables[number]


def dialog_now(qtbot: QtBot) -> RecordDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RecordDialog)
    return dialog


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR])
def test_add_is_offered_in_a_section_to_whom_its_declaration_names(
    qtbot: QtBot, tasks: Tasks, store: Store, role: Role
) -> None:
    screen = shown(qtbot, tasks, session_of(store, role))
    kinds = (Need, Offence, Assessment, CustodySpell, Order, Notification, Action)
    offered = {kind for kind in kinds if section_of(screen, kind).add_button is not None}
    assert offered == ({Action} if role is Role.COORDINATOR else set(kinds))


def test_a_need_is_added_from_its_section_and_listed(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store, Role.OFFICER)
    screen = shown(qtbot, tasks, session)
    table = section_of(screen, Need)
    before = len(table.source.rows)
    assert table.add_button is not None
    assert table.add_button.text().strip() == "Add need…"
    click(table.add_button)
    dialog = dialog_now(qtbot)
    dialog.form.field("pathway").set_value("ACCOMMODATION")
    dialog.form.field("assessed_on").set_value(TODAY)
    dialog.form.field("level").set_value(1)
    with qtbot.waitSignal(screen.outcome_received):
        dialog.accept()
    qtbot.waitUntil(lambda: not tasks.is_busy and len(table.source.rows) == before + 1)
    assert screen.message.text_label.text() == "Need recorded."


def test_a_need_is_changed_from_its_details(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store, Role.OFFICER)
    need = open_case(session, HARKER).needs[-1]
    screen = shown(qtbot, tasks, session)
    screen.case_actions.show_record(need)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), RecordDetailsDialog))
    details = QApplication.activeModalWidget()
    assert isinstance(details, RecordDetailsDialog)
    (change,) = [each for each in details.findChildren(QPushButton) if each.text() == "Chan&ge…"]
    click(change)
    dialog = dialog_now(qtbot)
    assert dialog.form.field("level").value() == need.level
    dialog.form.field("level").set_value(0)
    dialog.form.field(REASON_FIELD).set_value("Read again with him")
    with qtbot.waitSignal(screen.outcome_received):
        dialog.accept()
    changed = next(each for each in open_case(session, HARKER).needs if each.identity == need.identity)
    assert (changed.level, changed.revision) == (0, need.revision + 1)


def test_nothing_is_added_to_a_case_shown_as_of_a_past_day(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    screen = shown(qtbot, tasks, session_of(store, Role.OFFICER))
    screen.show_as_of(date(2026, 10, 1))
    qtbot.waitUntil(lambda: not tasks.is_busy and not screen.is_live)
    table = section_of(screen, Need)
    assert table.add_button is not None
    click(table.add_button)
    assert QApplication.activeModalWidget() is None
    assert screen.message.text_label.text() == PAST_DAY_MESSAGE


def test_every_plain_type_can_be_added_and_changed() -> None:
    added = [place.record_type for action in RECORD_ACTIONS for place in action.offers(SectionButton)]
    assert added == [each for each in ADD_FORM_TYPES if each not in GUIDED_TYPES]
    changed = [place.record_type for action in RECORD_ACTIONS for place in action.offers(RecordButton)]
    assert changed == list(CHANGE_FORM_TYPES)
    assert {section.record_type for section in SECTIONS} >= {*ADD_FORM_TYPES, *CHANGE_FORM_TYPES}


def test_the_draft_of_a_change_opens_on_its_record_again_and_says_so_if_that_is_gone(
    qtbot: QtBot, tasks: Tasks, store: Store
) -> None:
    session = replace(session_of(store, Role.OFFICER), draft_key=KEY)
    need = open_case(session, HARKER).needs[-1]
    screen = shown(qtbot, tasks, session)
    screen.case_actions.show_record(need)
    draft_of = action_for_draft("change_needs")
    assert draft_of is not None
    gathered = Gathered(session, Target(case_ref=HARKER, about=need.key_text))
    dialog = draft_of.make(screen.case_actions.context, gathered.load(draft_of.needs))
    assert isinstance(dialog, RecordDialog)
    assert dialog.record == need
    assert dialog.autosave is not None
    assert (dialog.autosave.origin.form, dialog.autosave.origin.about) == ("change_needs", need.key_text)
    gone = Gathered(session, Target(case_ref=HARKER, about="IOM-HARKER/ACCOMMODATION/2020-01-01"))
    with pytest.raises(TargetGone):
        gone.load(draft_of.needs)
    assert VIEW in gone
