import threading
from array import array
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.errors import Refused, Stopped
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.lists.register_model import CHIP_ROLE, PENDING_TEXT, REMOVED_TEXT, RegisterModel
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.tasks import Tasks
from ui.fictional import Cabinet, CaseRow, case_row, caseload
from ui.held import held


def asked(qtbot: QtBot, model: RegisterModel[CaseRow], query: ListQuery | None = None) -> None:
    """Ask and wait until the answer stands and is counted."""
    with qtbot.waitSignal(model.loaded, check_params_cb=lambda complete: complete):
        model.run_query(query or ListQuery())


def cell(model: RegisterModel[CaseRow], row: int, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return model.data(model.index(row, 0), role)


@pytest.mark.parametrize("with_first_rows", [False, True])
@pytest.mark.parametrize("size", [0, 1, 200, 201, 1000])
def test_the_model_keeps_qt_s_rules(
    qtbot: QtBot, tasks: Tasks, qtmodeltester: ModelTester, size: int, *, with_first_rows: bool
) -> None:
    model = RegisterModel(caseload(Cabinet(size), with_first_rows=with_first_rows), tasks)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it without types
    asked(qtbot, model)
    assert model.rowCount() == size
    asked(qtbot, model, ListQuery(text="ash"))
    asked(qtbot, model)
    assert list(model.ids) == list(range(1, size + 1))


def test_nothing_is_fetched_on_the_interface_thread(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(100_000)
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    for row in range(0, 100_000, 977):
        model.data(model.index(row, 0))
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert threading.get_ident() not in cabinet.threads
    assert cabinet.threads


def test_a_row_that_is_not_here_yet_shows_dots_and_fetches_nothing_by_itself(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(100_000)
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    before = list(cabinet.windows)
    assert cell(model, 99_999) == PENDING_TEXT
    assert cell(model, 99_998) == PENDING_TEXT
    assert cabinet.windows == before
    with qtbot.waitSignal(model.dataChanged):
        pass
    assert cabinet.windows == [*before, 200]
    assert cell(model, 99_999) == case_row(100_000).surname


def test_the_first_screen_comes_with_the_first_answer(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(5000)
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    assert cell(model, 0) == case_row(1).surname
    assert cabinet.windows == [200]


def test_the_first_rows_show_before_all_are_counted(qtbot: QtBot, tasks: Tasks) -> None:
    model = RegisterModel(caseload(Cabinet(5000), with_first_rows=True), tasks)
    counts: list[tuple[int, bool]] = []
    model.loaded.connect(lambda complete: counts.append((model.rowCount(), complete)))
    asked(qtbot, model)
    assert counts == [(200, False), (5000, True)]
    assert cell(model, 0) == case_row(1).surname


def test_rows_passed_over_quickly_are_not_fetched(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(100_000)
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    for row in range(0, 100_000, 200):
        model.data(model.index(row, 0))
    qtbot.waitUntil(lambda: len(cabinet.windows) > 1 and not tasks.is_busy)
    assert len(cabinet.windows) <= 1 + 4


def test_a_row_gone_since_the_index_was_read_says_so(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(10, gone={3})
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    assert cell(model, 2) == REMOVED_TEXT
    assert "removed" in str(cell(model, 2, Qt.ItemDataRole.AccessibleTextRole))
    assert cell(model, 3) == case_row(4).surname


def test_answers_to_former_questions_are_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(3000)
    model = RegisterModel(caseload(cabinet), tasks)
    model.run_query(ListQuery(text="jar"))
    model.run_query(ListQuery(text="bel"))
    qtbot.waitUntil(lambda: not tasks.is_busy)
    rows = {model.record(row) for row in range(model.rowCount())}
    assert {row.surname for row in rows if row is not None} == {"Bello"}


def test_a_refresh_does_not_flicker(qtbot: QtBot, tasks: Tasks) -> None:
    model = RegisterModel(caseload(Cabinet(1000)), tasks)
    asked(qtbot, model)
    with qtbot.waitSignal(model.dataChanged):
        cell(model, 500)
    asked(qtbot, model)
    assert cell(model, 500) == case_row(501).surname


def test_a_refused_question_keeps_what_was_shown(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(10)
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    cabinet.fault = Refused("The database cannot be reached. Your list is kept; try again in a moment.")
    with qtbot.waitSignal(model.refused) as said:
        model.refresh()
    assert "cannot be reached" in str(said.args)
    assert model.rowCount() == 10


def test_a_window_that_is_refused_does_not_stop_the_others(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(3000)
    model = RegisterModel(caseload(cabinet), tasks)
    asked(qtbot, model)
    cabinet.window_fault = Refused("The database cannot be reached.")
    for row in (400, 800, 1200):
        with qtbot.waitSignal(model.refused):
            cell(model, row)
    cabinet.window_fault = None
    with qtbot.waitSignal(model.dataChanged):
        cell(model, 2000)
    assert cell(model, 2000) == case_row(2001).surname


def test_a_screen_reader_hears_the_whole_row(qtbot: QtBot, tasks: Tasks) -> None:
    model = RegisterModel(caseload(Cabinet(3)), tasks)
    asked(qtbot, model)
    first = str(cell(model, 0, Qt.ItemDataRole.AccessibleTextRole))
    assert first.startswith("Surname: ")
    assert "RAG: " in first
    assert "Worker: " in first
    assert cell(model, 0, Qt.ItemDataRole.AccessibleDescriptionRole) == first
    assert str(model.data(model.index(0, 2), Qt.ItemDataRole.AccessibleTextRole)).startswith("RAG: ")
    assert model.data(model.index(0, 2), CHIP_ROLE).text == case_row(1).rag


def test_selection_is_by_record_and_survives_a_refresh(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(1000)
    model = RegisterModel(caseload(cabinet), tasks)
    table = RegisterTable(model)
    qtbot.addWidget(table)
    asked(qtbot, model)
    table.select_ids([5, 6, 900], current=6)
    asked(qtbot, model, ListQuery(descending=True))
    assert list(table.selected_ids) == [900, 6, 5]
    assert table.current_id == 6
    cabinet.size = 100
    asked(qtbot, model, ListQuery())
    assert list(table.selected_ids) == [5, 6]


def test_what_lay_beyond_the_first_rows_is_selected_again(qtbot: QtBot, tasks: Tasks) -> None:
    model = RegisterModel(caseload(Cabinet(3000), with_first_rows=True), tasks)
    table = RegisterTable(model)
    qtbot.addWidget(table)
    asked(qtbot, model)
    table.select_ids([5, 2900], current=2900)
    asked(qtbot, model, ListQuery(sort="surname"))
    assert list(table.selected_ids) == [5, 2900]
    assert table.current_id == 2900


def test_what_is_selected_among_the_first_rows_stays_selected(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    cabinet = Cabinet(3000)
    source = SimpleNamespace(index=cabinet.index)
    register = caseload(cabinet, with_first_rows=True)
    model = RegisterModel(replace(register, query_ids=lambda query: source.index(query)), tasks)  # noqa: PLW0108 - held
    table = RegisterTable(model)
    qtbot.addWidget(table)
    asked(qtbot, model)
    table.select_ids([5], current=5)
    with held(monkeypatch, source, "index") as rest:
        model.run_query(ListQuery(descending=True))
        qtbot.waitUntil(lambda: not model.is_complete)
        rest.has_result.wait()
        table.select_ids([2980], current=2980)
        model.refresh()
        qtbot.waitUntil(lambda: model.is_complete)
    assert list(table.selected_ids) == [2980], "not the one before, which is a line of somebody else"
    assert table.current_id == 2980


def test_a_refresh_never_shows_less_than_before(qtbot: QtBot, tasks: Tasks) -> None:
    model = RegisterModel(caseload(Cabinet(3000), with_first_rows=True), tasks)
    asked(qtbot, model)
    counts: list[int] = []
    model.loaded.connect(lambda _: counts.append(model.rowCount()))
    with qtbot.waitSignal(model.loaded):
        model.refresh()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert counts == [3000]


def test_all_of_many_rows_can_be_chosen_without_reading_them(qtbot: QtBot, tasks: Tasks) -> None:
    cabinet = Cabinet(100_000)
    model = RegisterModel(caseload(cabinet), tasks)
    table = RegisterTable(model)
    qtbot.addWidget(table)
    asked(qtbot, model)
    table.selectAll()
    assert array("q", table.selected_ids) == model.ids
    asked(qtbot, model)
    assert len(table.selected_ids) == 100_000
    table.selectionModel().select(model.index(7, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert cabinet.windows.count(200) == len(cabinet.windows)


class Versions:
    """Rows that say how often they were changed."""

    def __init__(self) -> None:
        """Change nothing yet."""
        self.version = 1
        self.queries = 0

    def query_ids(self, query: ListQuery) -> Sequence[int]:
        """Return the ids."""
        self.queries += 1
        return Cabinet(3).index(query)

    def fetch_rows(self, ids: Sequence[int]) -> list[CaseRow]:
        """Return rows as they are now."""
        return [replace(case_row(number), surname=f"Version {self.version}") for number in ids]


def test_a_row_that_changed_twice_is_shown_as_it_is_and_not_as_an_older_reading_found_it(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Versions()
    source = SimpleNamespace(fetch=rows.fetch_rows)
    register = replace(
        caseload(Cabinet(3)),
        query_ids=rows.query_ids,
        fetch_rows=lambda ids: source.fetch(ids),  # noqa: PLW0108 - looked up at each call, which may be held
    )
    model = RegisterModel(register, tasks)
    asked(qtbot, model)

    def change() -> None:
        rows.version += 1
        model.read_again([1], lambda _before, _after: True)

    for older in (change, model.refresh):
        with held(monkeypatch, source, "fetch") as first:
            older()
            first.has_result.wait()
            change()
            qtbot.waitUntil(lambda: cell(model, 0) == f"Version {rows.version}")
        qtbot.waitUntil(lambda: not tasks.is_busy)
        assert cell(model, 0) == f"Version {rows.version}"
    assert rows.queries == 3, "a row alone is read, unless the list was being read"


def test_a_query_that_took_an_older_one_for_newer_is_run_again(qtbot: QtBot, tasks: Tasks) -> None:
    said: list[str] = []
    stops = [Stopped("A newer query began.")]

    def index(query: ListQuery) -> Sequence[int]:
        if stops:
            raise stops.pop()
        return Cabinet(3).index(query)

    model = RegisterModel(replace(caseload(Cabinet(3)), query_ids=index), tasks)
    model.refused.connect(said.append)
    asked(qtbot, model)
    assert model.rowCount() == 3
    assert said == []
