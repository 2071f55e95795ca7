"""The diagram of a network: it says what the list says, its filters narrow it, and keys walk it and open a case."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_screen import CaseScreen
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.network_chart import (
    GRADE,
    HINT,
    KIND,
    NO_CASE,
    NO_CASE_OF_GROUP,
    NOTHING_FITS,
    STANDING,
    NetworkChart,
)
from ioms_desktop.ui.cases.casework.network_lines import GROUP, UNGRADED
from ioms_desktop.ui.cases.casework.network_sections import NETWORK
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.records.entered_in_error import StrikeOutDialog
from ioms_desktop.ui.records.record_history import RecordHistoryDialog
from ioms_desktop.ui.screens.today import TodayScreen
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from services.test_network import FEARED, MEMBER, MOTHER, SEEN_WITH, add
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, PLAIN, focused, press, show
from ui.window_at_work import at_work, idle, register, screen

LINKED = (
    MOTHER,
    replace(SEEN_WITH, other_person_ref="P-HARKER", from_on=date(2026, 5, 1)),
    replace(SEEN_WITH, other_person_ref=None, name="Leon Pratt", kind="CO_DEFENDANT", to_on=date(2026, 9, 1)),
    MEMBER,
    replace(MEMBER, group_name="GRP-02", evidence_on=date(2026, 1, 3)),
)


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme
    store = filled(local_location)
    officer = session_of(store, Role.OFFICER)
    for record in LINKED:
        add(officer, record, MARLOW)
    yield officer
    store.close()


def drawn(qtbot: QtBot, tasks: Tasks, session: Session) -> tuple[SectionTable, NetworkChart]:
    table = SectionTable(NETWORK, session, tasks)
    qtbot.addWidget(table)
    table.resize(730, 700)
    show(qtbot, table)
    shown = ShownCase(session, open_case(session, MARLOW))
    table.show_rows(NETWORK.rows(shown))
    table.show_chart(shown)
    assert isinstance(table.chart, NetworkChart)
    return table, table.chart


def test_the_diagram_says_what_the_list_says_and_its_filters_narrow_it(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    table, chart = drawn(qtbot, tasks, session)
    assert [row.record.name for row in table.source.rows] == [line.name for line in chart.shown]
    assert [line.name for line in chart.shown] == ["HARKER, Callum", "Kim Marlow", "Leon Pratt", "GRP-07", "GRP-02"]
    for line in chart.shown:
        assert line.description in chart.view.accessibleDescription()
    narrowed = {
        (KIND, GROUP): ["GRP-07", "GRP-02"],
        (STANDING, "expired"): ["GRP-02"],
        (GRADE, UNGRADED): ["Kim Marlow"],
        (GRADE, "1"): ["GRP-07", "GRP-02"],
    }
    for (name, code), kept in narrowed.items():
        chart.filters.choose(name, frozenset({code}))
        assert [line.name for line in chart.shown] == kept
        assert len(chart.view.picture.targets) == len(kept)
        table.show_chart(ShownCase(session, open_case(session, MARLOW)))  # read again, as after a change
        assert [line.name for line in chart.shown] == kept
        chart.filters.clear()
    chart.filters.choose(KIND, frozenset({"PARENT"}))
    chart.filters.choose(STANDING, frozenset({"former"}))
    assert "Nothing that fits the filters" in chart.view.accessibleDescription()
    assert chart.hint.text() == f"{NOTHING_FITS} {HINT}"
    press(chart.view, Qt.Key.Key_Down)  # nobody is there to go to
    nobody = ShownCase(session, open_case(session, HARKER))
    table.show_chart(nobody)
    assert not chart.isVisible()
    assert not chart.filters.chips
    assert NOTHING_FITS not in chart.hint.text()


def test_keys_walk_the_diagram_and_enter_opens_the_case_of_who_has_one(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    _, chart = drawn(qtbot, tasks, session)
    asked: list[str] = []
    chart.case_requested.connect(asked.append)
    chart.view.setFocus()
    walk = (
        (Qt.Key.Key_Down, "HARKER, Callum"),
        (Qt.Key.Key_Up, "HARKER, Callum"),
        (Qt.Key.Key_Down, "Kim Marlow"),
        (Qt.Key.Key_Down, "Leon Pratt"),
        (Qt.Key.Key_Right, "GRP-02"),
        (Qt.Key.Key_Right, "GRP-02"),
        (Qt.Key.Key_Up, "GRP-07"),
        (Qt.Key.Key_Left, "HARKER, Callum"),
    )
    for key, name in walk:
        press(chart.view, key)
        assert chart.view.accessibleDescription().startswith(name)
    press(chart.view, Qt.Key.Key_Return)
    assert asked == [HARKER]
    press(chart.view, Qt.Key.Key_Down)
    press(chart.view, Qt.Key.Key_Return)  # somebody without a record: nothing opens, and that is said
    assert chart.hint.text().startswith(NO_CASE.format("Kim Marlow"))
    press(chart.view, Qt.Key.Key_Right)
    assert chart.hint.text() == HINT
    press(chart.view, Qt.Key.Key_Return)
    assert chart.hint.text().startswith(NO_CASE_OF_GROUP.format("GRP-02"))
    assert asked == [HARKER]


def test_the_list_opens_and_changes_the_record_of_each_line(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        case.sections.choose(NETWORK.title)
        table = case.tables[case.section_list.chosen]
        qtbot.waitUntil(lambda: table.model.rowCount() == len(LINKED))
        keys = ((Qt.Key.Key_Return, PLAIN), (Qt.Key.Key_F2, PLAIN), (Qt.Key.Key_Delete, PLAIN), (Qt.Key.Key_H, CTRL))
        shown = (RecordDialog, RecordDialog, StrikeOutDialog, RecordHistoryDialog)
        for row, record in ((0, SEEN_WITH), (4, MEMBER)):
            for (key, held), kind in zip(keys, shown, strict=True):
                window.activateWindow()
                qtbot.waitUntil(window.isActiveWindow)
                table.table.setFocus()
                table.table.selectRow(row)
                press(table.table, key, held)
                idle(qtbot, window)
                dialog = QApplication.activeModalWidget()
                assert isinstance(dialog, QDialog)
                assert isinstance(dialog, kind), (row, key)
                if isinstance(dialog, RecordDialog):
                    assert type(dialog.record) is type(record)
                dialog.reject()
        offered = {
            action.text().replace("&", ""): action.shortcut().toString() for action in table.row_menu().actions()
        }
        assert {"Open": "", "Change…": "F2", "History…": "Ctrl+H"}.items() <= offered.items()


def test_a_case_that_is_read_again_leaves_the_keyboard_where_it_is(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        case.sections.choose(NETWORK.title)
        chart = case.tables[case.section_list.chosen].chart
        assert isinstance(chart, NetworkChart)
        kind, chips = chart.filters.chips[0], list(chart.filters.chips)
        kind.setFocus()
        for before, after in pairwise((*chips, chart.view)):
            assert focused() is before
            press(before, Qt.Key.Key_Tab)
            assert focused() is after
        press(chart.view, Qt.Key.Key_Down)
        press(chart.view, Qt.Key.Key_Down)
        reached = chart.view.focused
        menu = kind.menu()
        menu.popup(kind.mapToGlobal(kind.rect().bottomLeft()))
        for other in (None, replace(MEMBER, group_name="GRP-03", source_grade="3")):  # nothing new; another grade
            if other is not None:
                add(session, other, MARLOW)
            case.refresh()
            idle(qtbot, window)
            assert focused() is chart.view
            assert chart.view.focused == reached
            assert menu.isVisible()
            assert chart.filters.chips == chips
        assert "3" in dict(chart.filters.chips[-1].filter.choices)
        menu.close()
        kind.setFocus()
        case.refresh()
        idle(qtbot, window)
        assert focused() is kind
        for width in (683, 900, 1366):
            window.resize(width, 500)
            qtbot.waitUntil(partial(nothing_overlaps, chart))
        window.resize(1366, 400)
        idle(qtbot, window)
        for number in range(12):
            add(session, replace(MOTHER, name=f"Cousin {number}"), MARLOW)
        case.refresh()
        idle(qtbot, window)
        chart.view.setFocus()
        for key in (Qt.Key.Key_Down,) * 9 + (Qt.Key.Key_Up,) * 16:
            press(chart.view, key)
            qtbot.waitUntil(partial(in_sight, case, chart))


def test_a_line_of_today_opens_the_groups_it_speaks_of(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    feared = replace(FEARED, incident_on=date(2026, 11, 20), expires_on=date(2027, 1, 3), retaliation_until=TODAY)
    add(session, feared, MARLOW)
    with at_work(qtbot, session, tmp_path) as window:
        for place, record_type in ((0, GroupMembership), (1, GroupResponse)):
            today = screen(window, qtbot, "today")
            assert isinstance(today, TodayScreen)
            view = register(today)
            view.filters.choose("duty", frozenset({Duty.GROUP.value}))
            idle(qtbot, window)
            assert view.model.rowCount() == 2
            view.table.setFocus()
            view.table.selectRow(place)
            assert today.action_button.text().replace("&", "") == "Open groups"
            press(view.table, Qt.Key.Key_Return)
            idle(qtbot, window)
            case = window.tabs.case_screen(MARLOW)
            assert case is not None
            table = case.tables[case.section_list.chosen]
            assert table.section.record_type is record_type
            assert focused() is table.table
            qtbot.waitUntil(partial(is_on_screen, case, table.table))
            case.scroll_area.verticalScrollBar().setValue(0)


def is_on_screen(case: CaseScreen, widget: QWidget) -> bool:
    place = QRect(widget.mapTo(case.scroll_area.viewport(), QPoint()), widget.size())
    return case.scroll_area.viewport().rect().contains(place)


def nothing_overlaps(chart: NetworkChart) -> bool:
    """Whether the filters, the diagram and all words of the hint have their room, one below the other."""
    parts = [each.geometry() for each in (chart.filters, chart.view, chart.hint)]
    below = all(upper.bottom() < lower.top() for upper, lower in pairwise(parts))
    return below and chart.hint.height() >= chart.hint.heightForWidth(chart.hint.width())


def in_sight(case: CaseScreen, chart: NetworkChart) -> bool:
    """Whether what the arrow keys have reached is all on the screen."""
    (box,) = (each.box for each in chart.view.picture.targets if each.ref == chart.view.focused)
    corners = QRect(QPointF(box.left, box.top).toPoint(), QPointF(box.right, box.bottom).toPoint())
    place = corners.translated(chart.view.mapTo(case.scroll_area.viewport(), QPoint()))
    return case.scroll_area.viewport().rect().contains(place)


def test_who_may_not_read_groups_is_drawn_none(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    _, chart = drawn(qtbot, tasks, replace(session, role=Role.NAVIGATOR, user="N. OKORO"))
    assert [line.name for line in chart.shown] == ["Kim Marlow"]
    assert "GRP" not in chart.view.accessibleDescription()
    assert not chart.filters.chips  # nothing to choose between
