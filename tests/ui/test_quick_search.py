from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.intake.person_dialog import PersonDialog
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, click, focused, press, write
from ui.window_at_work import at_work, idle, register, screen

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def session(local_location: str) -> Session:
    return session_of(filled(local_location))


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, session: Session, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session, tmp_path) as opened:
        yield opened


def looked(store: Store) -> list[tuple[str, object]]:
    with store.read() as reading:
        audit = tables.audit
        query = select(audit.c.object_ref, audit.c.after).where(audit.c.object_type == "search").order_by(audit.c.id)
        return [(row.object_ref, row.after) for row in reading.connection.execute(query)]


def typed(window: MainWindow, qtbot: QtBot, text: str) -> list[str]:
    press(focused(), Qt.Key.Key_K, CTRL)
    assert window.quick_search.hasFocus()
    write(window.quick_search, text)
    idle(qtbot, window)
    found = window.quick_search.panel.list
    assert window.quick_search.panel.isVisible()
    return [str(found.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(found.count())]


def test_what_is_done_on_a_case_is_found_without_one_too_and_says_so(qtbot: QtBot, window: MainWindow) -> None:
    for command, missing in (
        ("Unsaved entries", "there are none"),
        ("Close tab", "no case is open"),
        ("Add need", "open a case first"),
    ):
        assert typed(window, qtbot, command.lower())[0] == f"{command}, {missing}"
        press(window.quick_search, Qt.Key.Key_Return)
        assert window.messages.text_label.text() == f"“{command}” is not available now: {missing}."
    assert QApplication.activeModalWidget() is None
    window.open_case(HARKER)
    idle(qtbot, window)
    assert typed(window, qtbot, "add need")[0].startswith("Add need")
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert isinstance(QApplication.activeModalWidget(), RecordDialog)


@pytest.mark.parametrize("text", ["marl", "jayden marlow", "Marlow Jay", "phx-marlow", "phxmar"])
def test_a_person_is_found_while_one_types(qtbot: QtBot, window: MainWindow, text: str) -> None:
    found = typed(window, qtbot, text)
    assert found[0].startswith("MARLOW, Jayden")
    assert MARLOW in found[0]


def test_a_person_is_found_by_date_of_birth_and_opened_with_enter(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    born = find_people_and_cases(session, "marlow")[0].born_on
    found = typed(window, qtbot, f"{born.day}/{born.month}/{born.year}")
    assert found[0].startswith("MARLOW")
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == MARLOW
    assert window.quick_search.text() == ""
    assert not window.quick_search.panel.isVisible()


def test_the_arrows_choose_what_enter_opens(qtbot: QtBot, window: MainWindow) -> None:
    found = typed(window, qtbot, "p")
    row = next(number for number, words in enumerate(found) if HARKER in words)
    for _ in range(row):
        press(window.quick_search, Qt.Key.Key_Down)
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == HARKER


def test_a_command_is_found_by_beginnings_of_its_words(qtbot: QtBot, window: MainWindow) -> None:
    found = typed(window, qtbot, "con rec")
    assert found[0].startswith("Record contact")
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    dialog = window.findChild(QDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Record contact"
    dialog.close()


def test_a_line_is_opened_by_click(qtbot: QtBot, window: MainWindow) -> None:
    typed(window, qtbot, "harker")
    found = window.quick_search.panel.list
    click(found.viewport(), found.visualItemRect(found.item(0)).center())
    idle(qtbot, window)
    assert window.tabs.current_case == HARKER


def test_nothing_found_is_said_in_words(qtbot: QtBot, window: MainWindow) -> None:
    assert typed(window, qtbot, "9z9z") == []
    assert "Nothing found for “9z9z”" in window.quick_search.panel.empty_label.text()


def test_a_name_that_is_not_found_begins_a_new_person(qtbot: QtBot, window: MainWindow) -> None:
    assert typed(window, qtbot, "okonkwo, chidi") == ["New person “okonkwo, chidi”…, nobody like this is on record"]
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    (dialog,) = window.findChildren(PersonDialog)
    assert (dialog.form.field("family_name").value(), dialog.form.field("given_names").value()) == ("Okonkwo", "Chidi")
    assert dialog.form.is_dirty
    dialog.discard()


def test_escape_puts_the_list_away(qtbot: QtBot, window: MainWindow) -> None:
    typed(window, qtbot, "harker")
    press(window.quick_search, Qt.Key.Key_Escape)
    assert not window.quick_search.panel.isVisible()
    assert window.quick_search.text() == ""


def test_what_was_shown_in_the_end_is_on_record_once(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    people = [hit.person_ref for hit in find_people_and_cases(session, "marlow")]
    typed(window, qtbot, "marlow")
    assert looked(session.store) == []
    qtbot.waitUntil(lambda: bool(looked(session.store)))
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert looked(session.store) == [("quick_search", {"query": "marlow", "people": people})]


def test_a_navigator_finds_nobody_outside_phoenix(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.NAVIGATOR), tmp_path) as window:
        assert not [words for words in typed(window, qtbot, "harker") if "HARKER" in words]


def test_a_role_that_reads_no_cases_finds_commands_alone(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.AUDITOR, user="someone"), tmp_path) as window:
        assert not [words for words in typed(window, qtbot, "a") if "born" in words]


def test_the_search_box_of_a_list_is_another_one(qtbot: QtBot, window: MainWindow) -> None:
    window.show_screen("caseload")
    idle(qtbot, window)
    view = register(window.screens["caseload"])
    write(view.search, "harker")
    idle(qtbot, window)
    assert view.model.rowCount() == 1
    assert window.quick_search.text() == ""


def test_enter_pressed_before_the_answer_is_there_opens_what_is_found(qtbot: QtBot, window: MainWindow) -> None:
    press(focused(), Qt.Key.Key_K, CTRL)
    write(window.quick_search, "marlow")
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == MARLOW


def test_a_key_after_an_early_enter_takes_the_enter_back(qtbot: QtBot, window: MainWindow) -> None:
    press(focused(), Qt.Key.Key_K, CTRL)
    write(window.quick_search, "marl")
    press(window.quick_search, Qt.Key.Key_Return)
    write(window.quick_search, "o")
    idle(qtbot, window)
    assert window.tabs.current_case is None
    assert window.quick_search.panel.isVisible()


@pytest.mark.parametrize("name", ["today", "caseload", "people"])
def test_every_list_finds_a_name_as_it_stands_there_and_as_it_is_typed(
    qtbot: QtBot, local_location: str, tmp_path: Path, name: str
) -> None:
    session = session_of(filled(local_location))
    with session.store.begin(session.command_context(), "rename") as tx:
        marlow = tx.get(Person, tx.get(Case, MARLOW).person_ref)
        tx.save(replace(marlow, family_name="Ó Müller-Ødegård"))
    with at_work(qtbot, session, tmp_path) as window:
        view = register(screen(window, qtbot, name))
        everything = view.model.rowCount()
        for typed_name, finds in (
            ("Ó Müller-Ødegård, Jayden", True),
            ("ó müller-ødegård,jayden", True),
            ("jayden omueller", True),
            ("OMULLER oedegaard", True),
            ("o mullerodegard", True),
            ("Ó Müller-Ødegård, Jordan", False),
        ):
            view.search.setText(typed_name)
            idle(qtbot, window)
            assert bool(view.model.rowCount()) is finds, typed_name
            assert view.model.rowCount() < everything or everything == 1, typed_name


def test_a_name_nearly_typed_is_found_with_the_reason_and_opens(qtbot: QtBot, window: MainWindow) -> None:
    (harker, *commands) = typed(window, qtbot, "harkr")
    assert harker.startswith("HARKER, Callum, one letter different · born ")
    assert not [line for line in commands if "born" in line]
    press(window.quick_search, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == HARKER


def test_near_names_stand_below_exact_ones_and_are_on_record_as_shown(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    with session.store.begin(session.command_context(), "add") as tx:
        harker = tx.get(Person, tx.get(Case, HARKER).person_ref)
        tx.add(replace(harker, person_ref="P-NEAR", family_name="Harkar", known_as=None, pnc_id=None, cro_number=None))
        tx.save(replace(harker, known_as="Kingpin"))
    found = typed(window, qtbot, "harkar")
    assert [line.split(" · ")[0].split(", ")[0] for line in found[:2]] == ["HARKAR", "HARKER"]
    assert "one letter different" not in found[0]
    assert "one letter different" in found[1]
    qtbot.waitUntil(lambda: bool(looked(session.store)))
    assert looked(session.store) == [("quick_search", {"query": "harkar", "people": ["P-NEAR", harker.person_ref]})]
    assert typed(window, qtbot, "kingpin")[0].startswith("HARKER, Callum, alias: Kingpin · born ")
