"""The sections of a case as lists: sorted, searched, opened, and derived from a record's declaration."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.protection import MappaPeriod
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.ui import labels
from ioms_desktop.ui.cases.case_section import ShownCase, field_column, plain_columns, plain_section
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.cases.sections import CONTACTS, ENFORCEMENT, SECTIONS, WITHHELD
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, press, show, write


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    made = filled(local_location)
    yield made
    made.close()


def test_what_is_current_is_so_on_the_day_that_is_shown(store: Store) -> None:
    session = session_of(store)
    person, day = open_case(session, HARKER).person.person_ref, timedelta(days=1)
    with session.store.begin(session.command_context(), "sets") as tx:
        for level, since, until in (("1", 30, -9), ("2", 20, 0), ("3", 10, 1)):
            made = MappaPeriod(person_ref=person, from_on=TODAY - since * day, category="1", level=level)
            tx.add(replace(made, to_on=TODAY - until * day))
        for words, until in (("Yesterday", 1), ("Today", 0)):
            of_home = Address(address_ref=words, person_ref=person, kind="BAIL", address=words)
            tx.add(replace(of_home, to_on=TODAY - until * day))

    def current(record_type: type[Record], name: str, on: date) -> list[str]:
        rows = plain_section(record_type).rows(ShownCase(session, open_case(session, HARKER, as_of=on)))
        chips = [plain_section(record_type).columns[0].text(row) for row in rows]
        assert chips == sorted(chips), "what is current comes first"
        return [getattr(row.record, name) for row, chip in zip(rows, chips, strict=True) if chip == "current"]

    assert current(MappaPeriod, "level", TODAY) == ["2", "1"], "until the day that was set, included"
    assert current(MappaPeriod, "level", TODAY - day) == ["3", "2", "1"]
    addresses = [current(Address, "address", TODAY - before * day) for before in (0, 1, 2)]
    assert [[each for each in listed if each in {"Today", "Yesterday"}] for listed in addresses] == [
        [],
        ["Today"],
        ["Today", "Yesterday"],
    ]


@pytest.fixture
def contacts(qtbot: QtBot, theme: Theme, tasks: Tasks, store: Store) -> SectionTable:
    assert theme
    session = session_of(store)
    table = SectionTable(CONTACTS, session, tasks)
    qtbot.addWidget(table)
    table.resize(900, 500)
    show(qtbot, table)
    table.show_rows(CONTACTS.rows(ShownCase(session, open_case(session, HARKER))))
    qtbot.waitUntil(lambda: table.model.rowCount() == 11)
    return table


def cells(table: SectionTable, column: int) -> list[str]:
    return [str(table.model.index(row, column).data()) for row in range(table.model.rowCount())]


def copied_entries(store: Store) -> list[tuple[str | None, Any]]:
    query = select(tables.audit.c.subject_ref, tables.audit.c.after).where(tables.audit.c.kind == "DISCLOSURE")
    with store.read() as reading:
        return [(subject, detail["copied"]) for subject, detail in reading.connection.execute(query)]


def test_rows_of_a_case_are_copied_once_it_is_on_record(qtbot: QtBot, contacts: SectionTable, store: Store) -> None:
    QApplication.clipboard().clear()
    contacts.table.setFocus()
    press(contacts.table, Qt.Key.Key_A, CTRL)
    press(contacts.table, Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: bool(QApplication.clipboard().text()))
    assert len(QApplication.clipboard().text().split("\n")) == 11
    with store.read() as reading:
        person = reading.get(Case, HARKER).person_ref
    assert copied_entries(store) == [(person, "Contacts")]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.NAVIGATOR])
def test_only_who_may_see_all_there_are_is_told_that_there_are_none(
    qtbot: QtBot, tasks: Tasks, store: Store, role: Role
) -> None:
    session = session_of(store, role)
    said = {}
    for section in SECTIONS:
        table = SectionTable(section, session, tasks)
        qtbot.addWidget(table)
        said[section.title] = table.empty_label.text()
    partly = {title for title, words in said.items() if words == labels.NONE_SHOWN}
    hidden = {"Concerns", "Alerts", "Enforcement", "Proposals", "MAPPA", "Victim contact", "Group responses"}
    hidden |= {"Screening checks", "Eligibility", "Panel decisions", "Documents"}
    of_others = {"Network", "Family and associates"}  # who is named decides, whatever the role
    assert partly == (of_others if role is Role.SUPERVISOR else hidden | of_others | {"Groups"})


def test_contacts_are_listed_newest_first_until_a_heading_sorts_them(qtbot: QtBot, contacts: SectionTable) -> None:
    newest_first = cells(contacts, 0)
    assert newest_first[0] == "11 Nov 2026"
    heading = contacts.table.horizontalHeader()
    for expected in (newest_first[::-1], newest_first):
        heading.sectionClicked.emit(0)
        qtbot.waitUntil(lambda expected=expected: cells(contacts, 0) == expected)  # type: ignore[misc]


def test_typing_in_a_section_searches_it_and_escape_shows_all_rows_again(qtbot: QtBot, contacts: SectionTable) -> None:
    assert not contacts.search.isVisible()
    contacts.table.setFocus()
    write(contacts.table, "v")
    assert contacts.search.isVisible()
    write(contacts.search, "ideo call")
    qtbot.waitUntil(lambda: set(cells(contacts, 2)) == {"Video call"})
    press(contacts.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: contacts.model.rowCount() == 11)
    assert not contacts.search.isVisible()
    press(contacts.table, Qt.Key.Key_F, CTRL)
    assert contacts.search.hasFocus()


def test_the_menu_of_a_section_opens_copies_and_chooses_columns(contacts: SectionTable) -> None:
    contacts.table.selectRow(0)
    assert [action.text().replace("&", "") for action in contacts.row_menu().actions()] == [
        "Open",
        "Copy rows",
        "Search",
        "Columns and order",
    ]


@pytest.mark.parametrize("sees", [True, False])
def test_a_decision_on_intelligence_opens_only_for_a_role_that_sees_intelligence(store: Store, *, sees: bool) -> None:
    session = session_of(store)
    view = open_case(session, MARLOW)
    rested = replace(view.decisions[0], rule=INTELLIGENCE_RULE)
    (row,) = ENFORCEMENT.rows(ShownCase(session, replace(view, decisions=(rested,), sees_intelligence=sees)))
    assert ENFORCEMENT.record_to_open(row) == (rested if sees else None)
    shown = [column.text(row) for column in ENFORCEMENT.columns]
    assert shown.count(WITHHELD) == (0 if sees else 2)
    assert (rested.reason in shown) == sees


def test_every_record_a_section_lists_is_of_its_record_type(store: Store) -> None:
    session = session_of(store)
    for ref in (HARKER, MARLOW):
        case = ShownCase(session, open_case(session, ref))
        for section in SECTIONS:
            rows = section.rows(case)
            assert len({row.id for row in rows}) == len(rows)
            if section.record_type is not None:
                assert all(isinstance(row.record, section.record_type) for row in rows)


def test_the_columns_of_a_plain_record_type_come_from_its_declaration() -> None:
    assert [(column.title, column.width) for column in plain_columns(CustodySpell)] == [
        ("Received on", 104),
        ("Released on", 104),
        ("Establishment", 160),
        ("Kind", 190),
        ("Hours held", 72),
    ]


def test_a_column_of_a_field_that_no_record_has_cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        field_column(CustodySpell, "colour")
