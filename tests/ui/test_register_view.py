import threading
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.exchange.copied_rows import CopyRows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.errors import fault_reporter
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.fictional import Cabinet, CaseRow, case_row, caseload
from ui.hands import CTRL, click, press, show, write
from ui.held import held
from ui.kit_checks import nameless


class Opened(list[int]):
    """The records that were asked for."""


@pytest.fixture
def cabinet() -> Cabinet:
    return Cabinet(2000)


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, tasks: Tasks, cabinet: Cabinet, opened: Opened) -> RegisterView:
    assert theme.name == "light"
    made = RegisterView(caseload(cabinet, opened=opened.append), tasks)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    with qtbot.waitSignal(made.loaded):
        show(qtbot, made)
    return made


def surnames(view: RegisterView) -> set[str]:
    rows = (view.model.record(row) for row in range(min(100, view.model.rowCount())))
    return {row.surname for row in rows if isinstance(row, CaseRow)}


def test_the_count_is_said_in_words(view: RegisterView) -> None:
    assert view.count_label.text() == "2,000 cases"


def test_typing_in_the_search_box_narrows_the_list(qtbot: QtBot, view: RegisterView) -> None:
    view.focus_search()
    with qtbot.waitSignal(view.loaded):
        write(view.search, "bel")
    qtbot.waitUntil(lambda: surnames(view) == {"Bello"})


def test_letters_typed_in_the_table_go_to_the_search_box(qtbot: QtBot, view: RegisterView) -> None:
    view.table.setFocus()
    write(view.table, "g")
    assert view.search.text() == "g"
    qtbot.waitUntil(lambda: surnames(view) == {"Gill"})


def test_a_record_is_found_and_opened_by_keyboard_alone(qtbot: QtBot, view: RegisterView, opened: Opened) -> None:
    press(view, Qt.Key.Key_F, CTRL)
    assert view.search.hasFocus()
    write(view.search, "hus")
    qtbot.waitUntil(lambda: surnames(view) == {"Hussain"})
    press(view.search, Qt.Key.Key_Down)
    assert view.table.hasFocus()
    press(view.table, Qt.Key.Key_Down)
    press(view.table, Qt.Key.Key_Return)
    assert opened == [view.model.ids[1]]


def test_escape_in_the_table_goes_to_the_search_and_there_clears_it(qtbot: QtBot, view: RegisterView) -> None:
    write(view.search, "hus")
    qtbot.waitUntil(lambda: surnames(view) == {"Hussain"})
    view.table.setFocus()
    press(view.table, Qt.Key.Key_Escape)
    assert view.search.hasFocus()
    press(view.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: view.model.rowCount() == 2000)
    assert view.search.text() == ""


def test_a_list_that_matches_nothing_says_so_and_offers_the_way_back(qtbot: QtBot, view: RegisterView) -> None:
    write(view.search, "zzz")
    qtbot.waitUntil(lambda: "No cases match “zzz”." in view.empty_state.text_label.text())
    assert view.empty_state.isVisible()
    click(view.empty_state.action_button)
    qtbot.waitUntil(view.table.isVisible)
    assert view.search.text() == ""


def test_an_empty_register_says_what_to_do(qtbot: QtBot, tasks: Tasks, theme: Theme) -> None:
    assert theme.name == "light"
    view = RegisterView(caseload(Cabinet(0)), tasks)
    qtbot.addWidget(view)
    view.show()
    assert "Loading cases" in view.empty_state.text_label.text()
    qtbot.waitUntil(lambda: "Adopt one from a referral" in view.empty_state.text_label.text())
    assert view.count_label.text() == "0 cases"


def test_a_refusal_is_said_in_words_and_can_be_tried_again(qtbot: QtBot, view: RegisterView, cabinet: Cabinet) -> None:
    cabinet.fault = Refused("The database cannot be reached. Try again in a moment.")
    view.refresh()
    qtbot.waitUntil(lambda: view.empty_state.text_label.text().startswith("The database cannot be reached"))
    cabinet.fault = None
    click(view.empty_state.action_button)
    qtbot.waitUntil(view.table.isVisible)
    assert view.count_label.text() == "2,000 cases"


def test_a_fault_is_said_with_its_reference(qtbot: QtBot, view: RegisterView, cabinet: Cabinet) -> None:
    cabinet.fault = ZeroDivisionError("broken")
    view.refresh()
    qtbot.waitUntil(lambda: fault_reporter().dialog is not None)
    dialog = fault_reporter().dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.reference.text() in view.empty_state.text_label.text())
    dialog.reject()


def test_filters_narrow_and_say_to_what(qtbot: QtBot, view: RegisterView) -> None:
    view.filters.choose("rag", frozenset({"RED", "AMBER"}))
    qtbot.waitUntil(lambda: view.model.rowCount() == 1000)
    assert view.model.query.chosen("rag") == {"RED", "AMBER"}
    chip = view.filters.chips[0]
    assert chip.text() == "RAG: RED, AMBER"
    assert chip.accessibleName() == "RAG: RED, AMBER"
    view.clear()
    qtbot.waitUntil(lambda: view.model.rowCount() == 2000)
    assert chip.accessibleName() == "RAG: all"


def test_a_click_on_a_heading_sorts_and_a_second_turns_it_round(qtbot: QtBot, view: RegisterView) -> None:
    head = view.table.horizontalHeader()
    middle = head.sectionViewportPosition(1) + 20
    for expected in (ListQuery(sort="forename"), ListQuery(sort="forename", descending=True)):
        with qtbot.waitSignal(view.loaded):
            click(head.viewport(), QPoint(middle, 10))
        assert view.model.query == expected
    assert head.sortIndicatorSection() == 1
    assert view.model.ids[0] == 2000


def test_actions_apply_to_the_rows_they_are_for(view: RegisterView) -> None:
    record, printing = (press for press, _ in view._buttons)  # noqa: SLF001 - the buttons have no other name
    assert not record.isEnabled()
    red = next(row for row in range(50) if case_row(row + 1).rag == "RED")
    blue = next(row for row in range(50) if case_row(row + 1).rag == "BLUE")
    view.table.select_ids([red + 1])
    assert record.isEnabled()
    assert printing.isEnabled()
    view.table.select_ids([red + 1, blue + 1])
    assert not record.isEnabled()
    assert not printing.isEnabled()
    assert view.selection_label.text() == "· 2 selected"


def copying(qtbot: QtBot, tasks: Tasks, copy: Callable[[CopyRows], str] | None) -> RegisterView:
    made = RegisterView(replace(caseload(Cabinet(20)), copy=copy), tasks)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.loaded):
        show(qtbot, made)
    made.table.select_ids([1, 2])
    made.table.setFocus()
    QApplication.clipboard().setText("before")
    press(made.table, Qt.Key.Key_C, CTRL)
    return made


def test_copied_rows_hold_the_shown_columns_and_go_through_the_record(qtbot: QtBot, tasks: Tasks) -> None:
    asked: list[CopyRows] = []

    def on_record(command: CopyRows) -> str:
        asked.append(command)
        return "on record"

    made = copying(qtbot, tasks, on_record)
    qtbot.waitUntil(lambda: QApplication.clipboard().text() == "on record")
    (command,) = asked
    assert [row[0] for row in command.cells] == [case_row(1).surname, case_row(2).surname]
    assert [len(row) for row in command.cells] == [7, 7]
    assert command.columns == made.column_chooser.shown_titles()
    assert "Copy rows" in " ".join(action.text().replace("&", "") for action in made.row_menu().actions())


def test_every_selected_row_is_copied_or_said_to_be_left_out(qtbot: QtBot, tasks: Tasks, theme: Theme) -> None:
    assert theme.name == "light"
    asked: list[int] = []
    told: list[str] = []
    cabinet = Cabinet(2000)
    tasks.refused.connect(told.append)

    def on_record(command: CopyRows) -> str:
        asked.append(len(command.cells))
        return "on record"

    view = RegisterView(replace(caseload(cabinet), copy=on_record), tasks)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.loaded):
        show(qtbot, view)
    view.table.scrollTo(view.model.index(450, 0))
    qtbot.waitUntil(lambda: view.model.record(450) is not None and not tasks.is_busy)
    view.table.scrollToTop()

    def copy_rows() -> None:
        view.table.copy_rows()
        qtbot.waitUntil(lambda: not tasks.is_busy)

    view.table.select_ids([11, 451])
    with qtbot.waitSignal(view.loaded):
        view.refresh()
    copy_rows()
    assert (asked, told) == ([2], []), "a row that waits to be read again is copied as it was"
    view.table.select_ids([11, 451, 1500])
    copy_rows()
    assert asked == [2, 2]
    cabinet.gone = {11}
    view.table.select_ids([11])
    with qtbot.waitSignal(view.loaded):
        view.refresh()
    copy_rows()
    assert asked == [2, 2], "one that was removed meanwhile is not"
    assert [each[:27] for each in told] == ["Copied 2 of 3 selected rows", "Copied 0 of 1 selected rows"]


def test_of_two_copies_the_later_one_comes_to_the_clipboard(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["the second", "the first"]
    record = SimpleNamespace(put=lambda _: words.pop())
    with held(monkeypatch, record, "put") as first:
        made = copying(qtbot, tasks, lambda command: record.put(command))  # noqa: PLW0108 - the first alone is held
        first.has_result.wait()
        press(made.table, Qt.Key.Key_C, CTRL)
        qtbot.waitUntil(lambda: QApplication.clipboard().text() == "the second")
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert QApplication.clipboard().text() == "the second"


def test_what_cannot_be_put_on_record_is_not_copied(qtbot: QtBot, tasks: Tasks) -> None:
    refused = threading.Event()

    def no_record(_command: CopyRows) -> str:
        refused.set()
        raise Refused("The server cannot be reached.")

    copying(qtbot, tasks, no_record)
    qtbot.waitUntil(lambda: refused.is_set() and not tasks.is_busy)
    assert QApplication.clipboard().text() == "before"


def test_a_list_that_may_not_be_copied_offers_no_copy(qtbot: QtBot, tasks: Tasks) -> None:
    made = copying(qtbot, tasks, None)
    assert not tasks.is_busy
    assert QApplication.clipboard().text() == "before"
    assert "Copy rows" not in " ".join(action.text().replace("&", "") for action in made.row_menu().actions())


def test_columns_are_chosen_kept_and_restored(qtbot: QtBot, view: RegisterView, tasks: Tasks, cabinet: Cabinet) -> None:
    menu = view.column_chooser.make_menu(view.model.query)
    titles = {action.text(): action for action in menu.actions()}
    titles["Reference"].trigger()
    titles["Forename"].trigger()
    titles["&Compact rows"].trigger()
    view.table.setColumnWidth(0, 222)
    other = RegisterView(caseload(cabinet), tasks)
    qtbot.addWidget(other)
    with qtbot.waitSignal(other.loaded):
        other.restore_layout(view.layout_text())
    assert "Reference" in other.column_chooser.shown_titles()
    assert "Forename" not in other.column_chooser.shown_titles()
    assert other.table.columnWidth(0) == 222
    assert other.column_chooser.is_compact


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"columns": ["Gone"], "sort": "gone"}'])
def test_a_layout_that_no_longer_fits_changes_nothing(view: RegisterView, text: str) -> None:
    before = view.layout_text()
    view.restore_layout(text)
    assert view.layout_text() == before


def test_every_control_of_a_register_has_a_name(view: RegisterView) -> None:
    assert nameless(view) == []


def test_a_refresh_keeps_the_rows_in_sight(qtbot: QtBot, view: RegisterView) -> None:
    view.table.verticalScrollBar().setValue(900)
    with qtbot.waitSignal(view.loaded):
        view.refresh()
    assert view.table.verticalScrollBar().value() == 900
    with qtbot.waitSignal(view.loaded):
        write(view.search, "a")
    assert view.table.verticalScrollBar().value() == 0
