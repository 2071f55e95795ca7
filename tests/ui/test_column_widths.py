"""No column of any list is lost: text gives way as far as it can be read, and a scroll bar reaches what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QStackedWidget, QWidget

from ioms_desktop.domain.access.roles import Role, may
from ioms_desktop.ui.cases.section_table import MAX_VISIBLE_ROWS, SectionTable
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.forms.picker import PickerMatch
from ioms_desktop.ui.lists.column_widths import REFERENCE_WIDTH_PX
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn, Register
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.main_window.screens import SCREENS
from services.test_network import FEARED, MEMBER, MOTHER, add
from ui.case_sessions import MARLOW, filled, session_of
from ui.fictional import Cabinet, caseload
from ui.hands import show
from ui.window_at_work import at_work, idle, screen

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.tasks import Tasks

pytestmark = pytest.mark.usefixtures("theme")
WIDTHS_PX = (1366, 1024, 683, 512)
"""Windows at 100 %, of which the last two are those of 1366 and 1024 pixels at 200 %."""


def lost(table: RegisterTable) -> list[str]:
    """Say what of a table cannot be seen at its width, however one scrolls."""
    head, bar, room = table.horizontalHeader(), table.horizontalScrollBar(), table.viewport().width()
    shown = [number for number in range(head.count()) if not head.isSectionHidden(number)]
    titles = {number: table.register_model.register.columns[number].title for number in shown}
    found = [f"{titles[each]} is narrow" for each in shown if head.sectionSize(each) < table.widths.least(each)]
    columns = table.register_model.register.columns
    whole = [each for each in shown if is_read_whole(columns[each])]
    needed = {each: table.widths.needed(each) for each in shown}
    found += [
        f"{titles[each]} gave way"
        for each in whole
        if head.sectionSize(each) < needed[each]
        and (columns[each].is_never_cut or head.sectionSize(each) < table.widths.wanted(each))
    ]
    size = {each: head.sectionSize(each) for each in shown}
    fair = {  # what another may have beside one that is cut: what it needs, or as much if it is cut too
        (each, other): max(min(size[each], needed[other]), table.widths.least(other))
        if size[other] < needed[other]
        else needed[other]
        for each in shown
        for other in shown
    }
    found += [
        f"{titles[each]} is cut beside the room of {titles[other]}"
        for each in shown
        for other in shown
        if size[each] < needed[each] and size[other] > fair[each, other] + len(shown)  # rounding
    ]
    wider = head.length() - room
    if wider > 0 and not bar.isVisible():
        found.append("no scroll bar")
    if bar.isVisible() and wider <= 0:
        found.append("a scroll bar for nothing")
    bar.setValue(bar.maximum())
    last = max(shown, key=head.visualIndex)
    if table.columnViewportPosition(last) + head.sectionSize(last) > room:
        found.append(f"{titles[last]} is cut")
    bar.setValue(0)
    around = table.parentWidget()
    while around is not None:
        scrolls = around.parentWidget()
        if isinstance(scrolls, QAbstractScrollArea) and scrolls.horizontalScrollBar().isVisible():
            break
        if table.mapTo(around, QPoint()).x() + table.width() > around.width():
            found.append(f"cut by {type(around).__name__}")
        around = None if around.isWindow() else around.parentWidget()
    return found


def is_read_whole(column: ListColumn[Any]) -> bool:
    """Whether a cell of a column says something else, or nothing, once its end is cut off: a date, a reference."""
    return column.is_never_cut or column.width <= REFERENCE_WIDTH_PX


def settle(widget: QWidget, width: int) -> None:
    """Give a window a width, or the least that it takes, and let what depends on it be laid out."""
    widget.resize(width, 768)
    for _ in range(3):
        QApplication.processEvents()


def test_every_column_of_every_section_is_reached_in_any_window(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location), Role.OFFICER)
    for record in (MOTHER, MEMBER, FEARED):
        add(session, record, MARLOW)
    with at_work(qtbot, session, tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        scrolled = set()
        for width in WIDTHS_PX:
            settle(window, width)
            for title in ("Contacts", "Groups", "Network"):
                case.sections.choose(title)
                settle(window, width)
                table = case.tables[case.section_list.chosen]
                assert not lost(table.table), (title, width)
                rows = min(len(table.source.rows), MAX_VISIBLE_ROWS)
                needed = rows * table.table.verticalHeader().defaultSectionSize()
                assert table.table.viewport().height() >= needed > 0, (title, width)
                if table.table.widths.exceeds_room:
                    scrolled.add((title, width))
        assert ("Network", 683) in scrolled
        assert ("Contacts", 1366) not in scrolled


def test_every_column_of_a_section_is_reached_at_any_width(qtbot: QtBot, tasks: Tasks, local_location: str) -> None:
    session = session_of(filled(local_location), Role.SUPERVISOR)
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    tables = [SectionTable(section, session, tasks) for section in SECTIONS]
    for table in tables:
        table.table.show()  # also where there are no rows
        stack.addWidget(table)
    show(qtbot, stack)
    for width in (900, 600, 340):
        settle(stack, width)
        for table in tables:
            stack.setCurrentWidget(table)
            QApplication.processEvents()
            assert not lost(table.table), (table.section.title, width)
    session.store.close()


def test_every_column_of_every_screen_is_reached_in_any_window(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.SUPERVISOR), tmp_path) as window:
        tried = set()
        for entry in SCREENS:
            if not may(window.session.role, entry.right):
                continue
            shown = screen(window, qtbot, entry.id)
            for width in WIDTHS_PX:
                settle(window, width)
                for table in shown.findChildren(RegisterTable):
                    if table.isVisible():
                        tried.add((entry.id, width))
                        assert not lost(table), (entry.id, width)
        assert len(tried) > 3 * len(WIDTHS_PX)


def test_a_width_of_the_users_own_is_kept_and_given_back_where_there_is_room_again(qtbot: QtBot, tasks: Tasks) -> None:
    view = RegisterView(caseload(Cabinet(20)), tasks)
    qtbot.addWidget(view)
    view.resize(1300, 500)
    with qtbot.waitSignal(view.loaded):
        show(qtbot, view)
    before = [view.table.columnWidth(number) for number in range(view.model.columnCount())]
    view.table.horizontalHeader().resizeSection(1, 300)
    settle(view, 420)
    assert view.table.columnWidth(1) < 300
    assert not lost(view.table)
    narrow = view.layout_text()
    settle(view, 1300)
    assert view.table.columnWidth(1) == 300
    assert view.layout_text() == narrow, "what is kept is what a column should have"
    others = [number for number in range(len(before)) if number != 1]
    stretched = [number for number in others if view.register.columns[number].stretch]
    assert [view.table.columnWidth(each) for each in others if each not in stretched] == [
        before[each] for each in others if each not in stretched
    ]


def test_no_name_reference_or_date_is_cut_below_the_first_screenful_or_where_there_is_little_room(
    qtbot: QtBot, tasks: Tasks
) -> None:
    """References of equally many letters differ in width; a note that is wider further down moves nothing."""
    columns: tuple[ListColumn[PickerMatch], ...] = (
        ListColumn("Name", text=lambda row: row.title, width=120, style=ColumnStyle.NAME, stretch=True),
        ListColumn("Note", text=lambda row: row.detail, width=90),
        ListColumn("Plan", text=lambda _: "What is planned with them until the summer comes", width=200),
        ListColumn("Case", text=lambda row: row.ref, width=112, style=ColumnStyle.QUIET),
        ListColumn("Since", text=lambda _: "30 Sep 2026, 20:48", width=96, style=ColumnStyle.DATE),
        ListColumn(
            "Until", text=lambda _: "30 Nov 2026, 20:48", width=40, style=ColumnStyle.DATE, shown_by_default=False
        ),
    )
    source: ListSource[PickerMatch] = ListSource(text=lambda row: row.title)
    source.replace_rows(
        [PickerMatch(number, "Featherstonehaugh, Maximiliana", ref="IOM-22222LLLLL") for number in range(1, 101)]
        + [PickerMatch(101, "Marlow", "What is much longer than others", "IOM-WMQWMWMWWM")]
    )
    listed = Register(title="Cases", columns=columns, query_ids=source.query_ids, fetch_rows=source.fetch_rows)
    view = RegisterView(listed, tasks)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.loaded):
        show(qtbot, view)
    settle(view, 1200)
    qtbot.waitUntil(lambda: view.model.record(0) is not None)
    note = view.table.columnWidth(1)
    view.table.scrollToBottom()
    qtbot.waitUntil(lambda: view.model.record(100) is not None)
    QApplication.processEvents()
    assert not view.table.cut_text(view.model.index(100, 3))
    assert view.table.cut_text(view.model.index(100, 1))
    assert view.table.columnWidth(1) == note
    for width in range(300, 900, 20):
        settle(view, width)
        assert [view.table.cut_text(view.model.index(100, number)) for number in (3, 4)] == ["", ""], width
        assert not view.table.cut_text(view.model.index(0, 0)), "other texts give way before a name"
        assert view.table.cut_text(view.model.index(0, 2)), "the control"
    shown = next(each for each in view.column_chooser.make_menu(view.model.query).actions() if each.text() == "Until")
    shown.trigger()
    assert not view.table.cut_text(view.model.index(100, 5)), "a column is measured when it is shown"


def test_a_table_whose_columns_are_cut_unsaid_is_found(qtbot: QtBot, tasks: Tasks) -> None:
    """The control: the same table without its scroll bar, and with a column that is too narrow."""
    view = RegisterView(caseload(Cabinet(20)), tasks)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.loaded):
        show(qtbot, view)
    settle(view, 300)
    assert not lost(view.table)
    view.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    QApplication.processEvents()
    assert lost(view.table) == ["no scroll bar"]
    index = view.model.index(0, 1)
    view.table.horizontalHeader().resizeSection(1, 40)
    assert view.table.cut_text(index) == index.data() != "", "what is cut is told in full beside the pointer"
    view.table.horizontalHeader().resizeSection(1, 400)
    assert not view.table.cut_text(index)
    dates = next(each for each, column in enumerate(view.register.columns) if column.style is ColumnStyle.DATE)
    view.table.horizontalHeader().resizeSection(dates, 60)
    view.table.widths._wanted[dates] = 140  # noqa: SLF001 - as if a date had given way
    assert f"{view.register.columns[dates].title} gave way" in lost(view.table)
    view.table.horizontalHeader().resizeSection(1, view.table.widths.least(1))
    view.table.widths._wanted[1] += 900  # noqa: SLF001 - what it should have is more than it was given
    assert len(lost(view.table)) > 1
