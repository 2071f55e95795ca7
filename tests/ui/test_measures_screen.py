"""Measures as somebody sees them: the analyst's first screen, and where a supervisor publishes."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.figures.read_figures import list_published_quarters
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.figures.publish_figures import PublishFiguresDialog
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.screens import measures as measures_screen
from ioms_desktop.ui.screens.measures import (
    NOT_READ_YET_MESSAGE,
    NOTHING_COUNTED_MESSAGE,
    NOTHING_PUBLISHED_MESSAGE,
    STOPPED_MESSAGE,
    MeasuresScreen,
)
from sessions import request
from ui.case_sessions import filled, session_of
from ui.hands import CTRL, click, focused, press, show, write
from ui.held import held
from ui.kit_checks import nameless, shared_mnemonics
from ui.test_today import HeldClock
from ui.window_at_work import at_work, idle, texts

pytestmark = pytest.mark.usefixtures("theme")
LAST, RUNNING = Quarter(2026, 3), Quarter(2026, 4)


@pytest.fixture
def store(local_location: str) -> Iterator[Store]:
    store = filled(local_location)
    yield store
    store.close()


def publish(store: Store, quarter: Quarter = LAST) -> None:
    publish_quarter(session_of(store), PublishQuarter(request=request(), quarter=quarter))


def measures(window: MainWindow, qtbot: QtBot) -> MeasuresScreen:
    window.show_screen("measures")
    idle(qtbot, window)
    shown = window.screens["measures"]
    assert isinstance(shown, MeasuresScreen)
    return shown


def test_an_analyst_begins_there_and_is_told_where_nothing_is_published(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(store, Role.ANALYST, user="shah"), tmp_path) as window:
        screen = window.current_screen
        assert isinstance(screen, MeasuresScreen)
        assert screen.view.empty_state.text_label.text() == NOTHING_PUBLISHED_MESSAGE
        assert screen.quarter_chooser.count() == 0
        assert not screen.publish_button.isVisible()
        assert not screen.save_button.isEnabled()
        assert nameless(window) == []


def test_an_analyst_reads_tables_and_their_pictures(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    publish(store)
    with at_work(qtbot, session_of(store, Role.ANALYST, user="shah"), tmp_path) as window:
        screen = measures(window, qtbot)
        assert [screen.quarter_chooser.itemText(n) for n in range(screen.quarter_chooser.count())] == [
            f"{LAST.name}: {LAST.period_text}"
        ]
        assert "Restricted cases are not counted" in screen.note.text()
        assert "too few to say" in texts(screen.view, 1)
        press(screen.quarter_chooser, Qt.Key.Key_Tab)
        assert focused() is screen.table_chooser
        press(screen.table_chooser, Qt.Key.Key_Down)
        idle(qtbot, window)
        assert screen.table_chooser.currentText() == "Open cases by status"
        assert texts(screen.view)[0] == "Integrated Offender Management, Referred"
        assert screen.bar_chart.picture.description.startswith("Open cases by status. ")


def test_the_picture_is_read_row_by_row_with_the_keyboard(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    publish(store)
    with at_work(qtbot, session_of(store, Role.ANALYST, user="shah"), tmp_path) as window:
        screen = measures(window, qtbot)
        screen.bar_chart.setFocus()
        press(screen.bar_chart, Qt.Key.Key_Down)
        press(screen.bar_chart, Qt.Key.Key_Down)
        said = screen.bar_chart.accessibleDescription()
        assert said.startswith("Decided in time: ")


def test_a_chosen_line_is_seen_quarter_by_quarter(
    qtbot: QtBot, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, LAST.previous)
    publish(store)
    with at_work(qtbot, session_of(store, Role.ANALYST, user="shah"), tmp_path) as window:
        screen = measures(window, qtbot)
        assert not screen.trend_chart.isVisible()
        screen.view.table.setFocus()
        press(screen.view.table, Qt.Key.Key_Down)
        idle(qtbot, window)
        assert screen.trend_chart.isVisible()
        said = screen.trend_chart.picture.description
        assert said.split(": ")[0].endswith("quarter by quarter. 2026-Q2")
        assert "; 2026-Q3: " in said
        screen.save(tmp_path / "board.png")
        idle(qtbot, window)
        rows = list(csv.reader((tmp_path / "board-by-quarter.csv").read_text(encoding="utf-8").splitlines()))
        assert [row[2] for row in rows[1:]] == ["2026-Q2", "2026-Q3"]
        assert (tmp_path / "board-by-quarter.png").stat().st_size > 1000
        with held(monkeypatch, measures_screen, "get_figure_history") as history:
            press(screen.view.table, Qt.Key.Key_Down)
            history.has_result.wait()
            screen.view.table.clearSelection()
        idle(qtbot, window)
        assert not screen.trend_chart.isVisible(), "it is of a line that is chosen no more"
        screen.view.table.selectRow(1)
        idle(qtbot, window)
        screen.table_chooser.setCurrentIndex(screen.table_chooser.currentIndex() + 1)
        idle(qtbot, window)
        assert screen.view.selected_ids == (), "nobody chose a line of this table"
        assert not screen.trend_chart.isVisible()
        for _, lines in screen.shown.tables.values():
            assert len({line.cell for line in lines}) == len(lines), "a line is known by its figure"


def test_the_picture_is_saved_with_its_numbers(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    publish(store)
    with at_work(qtbot, session_of(store, Role.ANALYST, user="shah"), tmp_path) as window:
        screen = measures(window, qtbot)
        screen.save(tmp_path / "board.png")
        idle(qtbot, window)
        rows = list(csv.reader((tmp_path / "board.csv").read_text(encoding="utf-8").splitlines()))
        assert QImage(str(tmp_path / "board.png")).width() >= 2 * screen.bar_chart.width()
        assert len(rows) == 1 + len(screen.source.rows)
        assert screen.message.text_label.text().endswith(": board.png with its numbers in board.csv.")
        for name, companion in (("board.png", "board.csv"), ("other", "other.csv")):
            (tmp_path / companion).write_text("mine", encoding="utf-8")
            screen.save(tmp_path / name)
            idle(qtbot, window)
            assert screen.message.text_label.text().startswith(f"{companion} would be overwritten. Nothing was saved")
            assert (tmp_path / companion).read_text(encoding="utf-8") == "mine"
        screen.save(tmp_path / "nowhere" / "board.png")
        idle(qtbot, window)
        assert "cannot be written" in screen.message.text_label.text()


def test_who_counts_sees_the_quarter_that_runs_too(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(store, Role.OFFICER), tmp_path) as window:
        screen = measures(window, qtbot)
        assert screen.quarter_chooser.currentText() == f"{RUNNING.name} so far, counted now"
        assert "Not for passing on" in screen.note.text()
        assert "Offers made" in texts(screen.view)
        assert not screen.publish_button.isVisible()


def test_a_supervisor_publishes_and_it_is_there(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    session = session_of(store)
    with at_work(qtbot, session, tmp_path) as window:
        screen = measures(window, qtbot)
        click(screen.publish_button)
        idle(qtbot, window)
        dialog = window.findChild(PublishFiguresDialog)
        assert dialog is not None
        said = " ".join(each.text() for each in dialog.findChildren(type(screen.note)))
        assert "Analysts read nothing else" in said
        assert "not taken back" in said
        assert dialog.quarter.value() == LAST.name
        assert not dialog.reason.isVisible()
        press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        assert [each.quarter for each in list_published_quarters(session)] == [LAST]
        assert window.messages.text_label.text().startswith("2026-Q3 is published: ")
        assert [screen.quarter_chooser.itemData(n) for n in range(screen.quarter_chooser.count())] == ["now", LAST.name]


def test_another_edition_asks_why_and_keeps_the_words_where_it_is_refused(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    publish(store)
    with at_work(qtbot, session_of(store), tmp_path) as window:
        screen = measures(window, qtbot)
        click(screen.publish_button)
        idle(qtbot, window)
        dialog = window.findChild(PublishFiguresDialog)
        assert dialog is not None
        assert dialog.quarter.value() is None
        dialog.quarter.set_value(LAST.name)
        assert dialog.reason.isVisible()
        dialog.accept()
        assert dialog.isVisible()
        dialog.reason.set_value("A list came late.")
        dialog.accept()
        idle(qtbot, window)
        assert dialog.isVisible()
        assert "Nothing that can be published for 2026-Q3 has changed" in dialog.banner.text_label.text()
        assert dialog.reason.value() == "A list came late."
        dialog.discard()


def test_the_dialog_has_names_and_letters_of_its_own(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(store), tmp_path) as window:
        dialog = PublishFiguresDialog(window.session, window.tasks, (), window)
        show(qtbot, dialog)
        assert nameless(dialog) == []
        assert shared_mnemonics(dialog) == []
        dialog.discard()


def test_counting_shows_its_progress_can_be_stopped_and_says_nothing_before_it_is_done(
    qtbot: QtBot, store: Store, tmp_path: Path
) -> None:
    clock = HeldClock()
    with at_work(qtbot, replace(session_of(store), clock=clock), tmp_path) as window:
        clock.open.clear()
        window.show_screen("measures")
        screen = window.screens["measures"]
        assert isinstance(screen, MeasuresScreen)
        said = screen.view.empty_state.text_label
        assert said.text() == "Loading figures…"
        qtbot.waitUntil(screen.progress.isVisible)
        qtbot.waitUntil(lambda: screen.quarter_chooser.count() == 1)
        write(screen.view.search, "offers")  # whoever searches meanwhile is not told that there is nothing
        qtbot.waitUntil(lambda: said.text() == NOT_READ_YET_MESSAGE)
        assert NOTHING_COUNTED_MESSAGE not in said.text()
        press(screen.progress.action_button, Qt.Key.Key_Space)
        assert screen.progress.message.text() == STOPPED_MESSAGE
        clock.open.set()
        idle(qtbot, window)
        assert said.text() == NOT_READ_YET_MESSAGE
        assert not screen.note.isVisible()
        press(screen.progress.action_button, Qt.Key.Key_Space)
        idle(qtbot, window)
        assert "Offers made" in texts(screen.view)
        assert not screen.progress.isVisible()


def test_no_figure_stands_under_the_name_of_another_quarter(qtbot: QtBot, store: Store, tmp_path: Path) -> None:
    publish(store)
    clock = HeldClock()
    with at_work(qtbot, replace(session_of(store), clock=clock), tmp_path) as window:
        screen = measures(window, qtbot)
        assert screen.quarter_chooser.currentData() == LAST.name
        assert texts(screen.view)
        clock.open.clear()
        screen.quarter_chooser.setCurrentIndex(0)
        assert screen.view.empty_state.isVisible()
        assert screen.view.empty_state.text_label.text() == "Loading figures…"
        assert screen.view.count_label.text() == ""
        assert not screen.note.isVisible()
        assert not screen.save_button.isEnabled()
        clock.open.set()
        idle(qtbot, window)
        assert "Not for passing on" in screen.note.text()
        assert screen.note.isVisible()
