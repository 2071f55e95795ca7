from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.ui.main_window.window import MainWindow
from ioms_desktop.ui.screens.imports import ImportScreen
from ioms_desktop.ui.theme.tokens import Theme
from services.exchange_session import person, phoenix, put
from ui.case_sessions import filled, session_of
from ui.hands import press, write
from ui.window_at_work import at_work, idle, register, screen, texts

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, local_location: str, tmp_path: Path) -> Iterator[MainWindow]:
    assert theme
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as opened:
        yield opened


@pytest.fixture
def shown(qtbot: QtBot, window: MainWindow) -> ImportScreen:
    found = screen(window, qtbot, "imports")
    assert isinstance(found, ImportScreen)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = tmp_path / "rows"
    put(rows, "people", [person("P1"), person("P2", date_of_birth="31/02/2001"), person("P3", family_name="Arden")])
    put(rows, "cases", [phoenix("C1", "P1"), phoenix("C3", "P3")])
    return rows


def preview(qtbot: QtBot, window: MainWindow, shown: ImportScreen, path: Path) -> None:
    shown.path.setFocus()
    shown.path.selectAll()
    write(shown.path, str(path))
    press(shown.path, Qt.Key.Key_Return)
    idle(qtbot, window)


def test_the_preview_says_what_will_become_of_every_row(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, folder: Path
) -> None:
    preview(qtbot, window, shown, folder)
    view = register(shown)
    assert texts(view, 0) == ["rejected"]
    row = [str(view.model.index(0, column).data()) for column in range(view.model.columnCount())]
    assert row[1:3] == ["people.csv", "3"]
    assert row[4:6] == ["date_of_birth", "31/02/2001"]
    assert row[6]
    assert "One row is rejected. Nothing has been written." in shown.message.text_label.text()
    assert not shown.run_button.isVisible()
    assert not shown.run_button.isEnabled()
    assert shown.partial_button.text() == "Import 4 rows &without those rejected"
    view.filters.clear()
    idle(qtbot, window)
    assert sorted(texts(view, 0)) == ["new", "new", "new", "new", "rejected"]
    assert view.search.isVisible()


def test_every_warning_is_shown_before_anything_is_written(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, tmp_path: Path
) -> None:
    rows = [person("P1", phone="4.47701E+11"), person("p1", family_name="M\xc3\xbcller"), person("P9")]
    preview(qtbot, window, shown, put(tmp_path / "rows", "people", rows))
    view = register(shown)
    found = [[str(view.model.index(row, column).data()) for column in range(7)] for row in range(3)]
    assert [(what, line, column) for what, _, line, _, column, _, _ in found] == [
        ("warning", "2", "phone"),
        ("warning", "3", "family_name"),
        ("warning", "3", "person_ref"),
    ]
    assert [reason.partition(" (")[0].partition(";")[0] for *_, reason in found][1:] == [
        "M\xc3\xbcller looks like M\xfcller read in the wrong encoding",
        "p1 differs from P1",
    ]
    assert shown.message.text_label.text().startswith("Three warnings are listed. Nothing has been written.")
    assert shown.run_button.isEnabled()
    view.filters.clear()
    idle(qtbot, window)
    assert sorted(texts(view, 0)) == ["new", "new", "new", "warning", "warning", "warning"]
    press(shown.run_button, Qt.Key.Key_Space)
    idle(qtbot, window)
    assert "Three warnings are listed." in shown.message.text_label.text()


def test_what_an_empty_cell_takes_away_is_shown_before_it_goes(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, tmp_path: Path
) -> None:
    preview(qtbot, window, shown, put(tmp_path / "one", "people", [person("P1", phone="07700900123")]))
    press(shown.run_button, Qt.Key.Key_Space)
    idle(qtbot, window)
    preview(qtbot, window, shown, put(tmp_path / "two", "people", [person("P1", phone="")]))
    view = register(shown)
    assert texts(view, 0) == ["warning"]
    assert view.model.index(0, 6).data() == "The cell is empty, so the value on record will be removed: 07700900123"


def test_nothing_is_written_before_it_is_asked_for(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, folder: Path
) -> None:
    preview(qtbot, window, shown, folder)
    assert len(texts(register(screen(window, qtbot, "caseload")))) == 2


def test_the_rest_may_be_imported_without_the_rejected_rows(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, folder: Path
) -> None:
    caseload = register(screen(window, qtbot, "caseload"))
    screen(window, qtbot, "imports")
    preview(qtbot, window, shown, folder)
    assert shown.partial_button.isVisible()
    shown.partial_button.click()
    idle(qtbot, window)
    assert shown.message.text_label.text().startswith("Imported: 4 new, 0 changed")
    assert "left out" in shown.message.text_label.text()
    assert {"C1", "C3"} <= set(texts(caseload, 1))


def test_rejected_rows_are_saved_mended_and_imported_again(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, folder: Path, tmp_path: Path
) -> None:
    preview(qtbot, window, shown, folder)
    rejects = tmp_path / "rejected"
    rejects.mkdir()
    shown.save_rejects(rejects)
    idle(qtbot, window)
    assert "Correct them there" in shown.message.text_label.text()
    kept = rejects / "people.csv"
    assert "31/02/2001" in kept.read_text(encoding="utf-8")
    kept.write_text(kept.read_text(encoding="utf-8").replace("31/02/2001", "28/02/2001"), encoding="utf-8")
    shown.partial_button.click()
    idle(qtbot, window)
    preview(qtbot, window, shown, rejects)
    assert shown.run_button.isEnabled()
    shown.run_button.click()
    idle(qtbot, window)
    assert shown.message.text_label.text().startswith("Imported: 1 new")


def test_the_same_folder_twice_changes_nothing(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, tmp_path: Path
) -> None:
    rows = tmp_path / "rows"
    put(rows, "people", [person("P1")])
    preview(qtbot, window, shown, rows)
    shown.run_button.click()
    idle(qtbot, window)
    preview(qtbot, window, shown, rows)
    assert texts(register(shown), 0) == ["unchanged"]
    assert not shown.run_button.isEnabled()
    assert "nothing to import" in shown.message.text_label.text()


def test_a_folder_that_changed_since_the_preview_is_not_imported(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, tmp_path: Path
) -> None:
    rows = tmp_path / "rows"
    put(rows, "people", [person("P1")])
    preview(qtbot, window, shown, rows)
    put(rows, "people", [person("P1"), person("P2")])
    shown.run_button.click()
    idle(qtbot, window)
    assert "changed since the preview" in shown.message.text_label.text()
    assert shown.report is not None
    assert shown.report.count(RowOutcome.CREATED) == 1


def test_a_place_where_nothing_is_gets_a_sentence(
    qtbot: QtBot, window: MainWindow, shown: ImportScreen, tmp_path: Path
) -> None:
    preview(qtbot, window, shown, tmp_path / "nowhere")
    assert shown.message.isVisible()
    assert shown.path.text().endswith("nowhere")
    assert shown.preview_button.isEnabled()
