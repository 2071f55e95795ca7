from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.policy.case_figures import case_figures, rag_on
from ioms_desktop.services.cases import case_lists
from ioms_desktop.services.cases.case_lists import case_ids, case_rows
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.ui.lists.register_model import CHIP_ROLE
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.screens.caseload import CaseloadScreen
from ioms_desktop.ui.theme.tokens import Theme
from ioms_desktop.ui.widgets.chips import Chip
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import CTRL, press, write
from ui.held import held
from ui.window_at_work import at_work, idle, register, screen, texts

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, local_location: str, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as opened:
        yield opened


@pytest.fixture
def view(qtbot: QtBot, window: MainWindow) -> RegisterView:
    return register(screen(window, qtbot, "caseload"))


def test_a_row_says_what_the_case_itself_says(local_location: str) -> None:
    session = session_of(filled(local_location))
    for row in case_rows(session, case_ids(session, ListQuery())):
        seen = open_case(session, row.case_ref)
        rag = rag_on(seen.history[-1], session.today())
        assert row.rag == (rag.rag if rag else None)
        assert (
            row.engagement == case_figures(session.policy_timeline, seen.history[-1], session.today()).engagement_level
        )
        assert row.step == seen.step
        assert row.in_custody == seen.history[-1].in_custody(session.today())
        waiting = [action.due_on for action in seen.actions if action.done_on is None and action.cancelled_on is None]
        due = [on for on in (seen.contact_due, *waiting) if on is not None]
        assert row.closed or row.next_due == min(due, default=None)
    session.store.close()


def test_typing_narrows_the_list_and_escape_brings_it_back(
    qtbot: QtBot, window: MainWindow, view: RegisterView
) -> None:
    before = texts(view, 1)
    write(view.search, "hark")
    idle(qtbot, window)
    assert texts(view, 1) == [HARKER]
    press(view.search, Qt.Key.Key_Escape)
    idle(qtbot, window)
    assert MARLOW in before
    assert set(texts(view, 1)) >= set(before)


def test_a_chip_narrows_to_a_colour(qtbot: QtBot, window: MainWindow, view: RegisterView) -> None:
    colour = view.model.index(texts(view, 1).index(HARKER), 4).data()
    view.filters.choose("rag", frozenset({colour}))
    idle(qtbot, window)
    assert texts(view, 1) == [HARKER]
    chip = view.model.index(0, 4).data(CHIP_ROLE)
    assert isinstance(chip, Chip)
    assert chip.text == colour


def test_a_click_on_a_head_sorts(qtbot: QtBot, window: MainWindow, view: RegisterView) -> None:
    view.table.horizontalHeader().sectionClicked.emit(1)
    idle(qtbot, window)
    refs = texts(view, 1)
    assert refs == sorted(refs)
    view.table.horizontalHeader().sectionClicked.emit(1)
    idle(qtbot, window)
    assert texts(view, 1) == refs[::-1]


def test_one_contact_is_recorded_for_several_people(qtbot: QtBot, window: MainWindow, view: RegisterView) -> None:
    press(view.search, Qt.Key.Key_Down)
    press(view.table, Qt.Key.Key_A, CTRL)
    assert len(view.selected_ids) == 2
    contact = next(action for action in view.table.actions() if "contact" in action.text())
    contact.trigger()
    idle(qtbot, window)
    dialog = window.findChild(RecordContactDialog)
    assert dialog is not None
    assert {choice.ref for choice in dialog.chosen} == {HARKER, MARLOW}
    assert not dialog.form.is_dirty
    dialog.close()


@pytest.mark.parametrize("clicks", [None, 1, 2], ids=["none selected", "by case", "turned round"])
def test_to_print_from_the_menu_takes_the_cases_that_are_selected_in_the_order_shown(
    qtbot: QtBot, window: MainWindow, view: RegisterView, clicks: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_them = next(action for action in window.user_actions.actions if action.id == "case.print").callback
    wanted: list[str] = []
    if clicks is not None:
        for _ in range(clicks):
            view.table.horizontalHeader().sectionClicked.emit(1)
            idle(qtbot, window)
        press(view.search, Qt.Key.Key_Down)
        press(view.table, Qt.Key.Key_A, CTRL)
        wanted = texts(view, 1)
        assert wanted == sorted(wanted, reverse=clicks > 1)
    with held(monkeypatch, case_lists, "case_rows") as older:
        if wanted:  # asked for one of them first, which is read later
            view.table.selectRow(0)
            print_them()
            older.has_result.wait()
            press(view.table, Qt.Key.Key_A, CTRL)
        print_them()
        qtbot.waitUntil(lambda: window.findChild(PrintCasesDialog) is not None)
    idle(qtbot, window)
    (dialog,) = window.findChildren(PrintCasesDialog)
    assert list(dialog.form.case_refs) == wanted, "none, where none is selected"
    dialog.close()


def test_what_only_those_who_print_may_do_is_not_offered_to_others(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location), Role.COORDINATOR), tmp_path) as window:
        titles = [each.text() for each in register(screen(window, qtbot, "caseload")).table.actions()]
        assert titles == ["&Print summary", "Print a pac&k", "Act&ion sheet"]


def test_a_saved_view_brings_back_search_chips_and_columns(
    qtbot: QtBot, window: MainWindow, view: RegisterView
) -> None:
    shown = window.screens["caseload"]
    assert isinstance(shown, CaseloadScreen)
    write(view.search, "harker")
    view.filters.choose("programme", frozenset({"IOM"}))
    view.table.setColumnHidden(5, True)
    idle(qtbot, window)
    shown.saved_views.save("Harker alone")
    view.clear()
    view.table.setColumnHidden(5, False)
    idle(qtbot, window)
    shown.saved_views.apply("Harker alone")
    idle(qtbot, window)
    assert texts(view, 1) == [HARKER]
    assert view.filters.chosen == (("open", "open"), ("programme", "IOM"))
    assert view.table.isColumnHidden(5)
    shown.saved_views.delete("Harker alone")
    assert shown.saved_views.views == {}


def test_mine_are_the_cases_that_name_me(local_location: str) -> None:
    store = filled(local_location)
    session = session_of(store, Role.NAVIGATOR)
    mine = case_rows(session, case_ids(session, ListQuery(filters=(("mine", "yes"),))))
    assert [row.case_ref for row in mine] == [MARLOW]
    assert mine[0].worker == session.user
    store.close()


def test_a_navigator_gets_no_row_of_another_programme(local_location: str) -> None:
    store = filled(local_location)
    everything = case_ids(session_of(store), ListQuery())
    shown = session_of(store, Role.NAVIGATOR)
    assert [row.case_ref for row in case_rows(shown, everything)] == [MARLOW]
    store.close()
