"""In the lowest window, at any scale, each screen has rows of its list in sight; keys and the wheel reach the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QTableView, QToolButton, QWidget

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.ui.screens.imports import ImportScreen
from ioms_desktop.ui.sign_in.first_start import FirstStartWindow
from ioms_desktop.ui.sign_in.sign_in import SignInWindow
from ui.case_sessions import filled, session_of
from ui.every_dialog import in_sight
from ui.hands import press, show
from ui.kit_checks import focusable
from ui.window_at_work import at_work, idle, screen

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.main_window.window import MainWindow
    from ioms_desktop.ui.screen import Screen
    from ioms_desktop.ui.tasks import Tasks

pytestmark = pytest.mark.usefixtures("theme")
SIZES_PX = [
    (int(width / scale), int(height / scale))
    for width, height in ((1366, 768), (1024, 640))
    for scale in (1.0, 1.5, 2.0)
]
"""Windows that fill the smallest screens, in pixels at 100 %; the lowest is the last."""
ROWS = 4
PEOPLE = "person_ref,family_name,given_names,date_of_birth\n" + "".join(
    f"P-9{number},Ashdown,Riley,1999-12-01\n" for number in range(9)
)


def rows_in_sight(table: QTableView) -> int:
    """Return how many rows of a list the room that is in sight has place for."""
    return table.viewport().visibleRegion().boundingRect().height() // table.verticalHeader().defaultSectionSize()


def settled(window: MainWindow, size: tuple[int, int], focused: QWidget) -> None:
    """Give the window a size, and a widget the keyboard, as Tab does."""
    window.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
    focused.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        QApplication.processEvents()


def turn(over: QWidget, notches: int) -> None:
    """Turn the wheel downwards over what is in sight of a widget, as the window system says it."""
    place = over.window().windowHandle()
    assert place is not None
    middle = over.visibleRegion().boundingRect().center()
    for _ in range(notches):
        QTest.wheelEvent(place, QPointF(over.mapTo(over.window(), middle)), QPoint(0, -120))
        QApplication.processEvents()


def scrolled_back(qtbot: QtBot, window: MainWindow, shown: Screen, table: QTableView) -> list[int]:
    """Scroll a page back from a row to its beginning; return where it is after another window, and after a refresh."""
    page, rows = shown.page_area.verticalScrollBar(), table.model()
    table.setCurrentIndex(rows.index(min(ROWS, rows.rowCount()) - 1, 0))
    QApplication.processEvents()  # it comes into sight
    page.triggerAction(QScrollBar.SliderAction.SliderToMinimum)
    other = QWidget()
    qtbot.addWidget(other)
    show(qtbot, other)
    window.activateWindow()
    qtbot.waitUntil(table.hasFocus)
    QApplication.processEvents()
    after = [page.value()]
    page.triggerAction(QScrollBar.SliderAction.SliderToMinimum)
    shown.refresh()
    idle(qtbot, window)
    QApplication.processEvents()
    return [*after, page.value()]


def with_rows(qtbot: QtBot, window: MainWindow, shown: Screen, folder: Path) -> QTableView:
    """Return the list of a screen, in sight; that of an import when a file has been read."""
    if isinstance(shown, ImportScreen):
        file = folder / "people.csv"
        file.write_text(PEOPLE, encoding="utf-8")
        shown.path.setText(str(file))
        shown.preview()
        idle(qtbot, window)
    return shown.findChildren(QTableView)[0]


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.SUPERVISOR, {"today", "caseload", "people", "calendar", "papers", "imports", "measures"}),
        (Role.ADMINISTRATOR, {"administration", "wordings"}),
    ],
)
def test_rows_of_every_list_are_in_sight_in_a_window_of_any_size_until_somebody_scrolls(
    qtbot: QtBot, local_location: str, tmp_path: Path, role: Role, names: set[str]
) -> None:
    with at_work(qtbot, session_of(filled(local_location), role, user="someone"), tmp_path) as window:
        listed = [entry.id for entry in window.screen_entries if entry.id in names]
        assert set(listed) == names
        for name in listed:
            shown = screen(window, qtbot, name)
            table = with_rows(qtbot, window, shown, tmp_path)
            for size in SIZES_PX:
                if table.isVisible():
                    settled(window, size, table)
                    assert QApplication.focusWidget() is table, name  # nothing opened as a window of its own
                    assert (name, size, rows_in_sight(table) >= ROWS) == (name, size, True)
                    if size == SIZES_PX[-1]:
                        assert (name, scrolled_back(qtbot, window, shown, table)) == (name, [0, 0])
                else:  # it is empty, and says so
                    settled(window, size, shown.page_area)
                    page = shown.page_area.widget()
                    assert page is not None
                    assert page.height() >= page.heightForWidth(page.width()), "nothing is pressed together"
            table.setMaximumHeight(table.minimumSizeHint().height() // 2)
            settled(window, SIZES_PX[-1], table)
            assert rows_in_sight(table) < ROWS, "the control"


@pytest.mark.parametrize("size", [SIZES_PX[-1], (800, 570)])
def test_before_anybody_has_signed_in_keys_reach_all_of_a_window_on_a_small_screen(
    qtbot: QtBot, tasks: Tasks, size: tuple[int, int]
) -> None:
    sign_in, first = SignInWindow("cases.ioms", "wright"), FirstStartWindow(tasks)
    for window in (first, sign_in):
        qtbot.addWidget(window)
        window.resize(*size)
        show(qtbot, window)
        assert (window.width(), window.height()) == size
        for number in range(len(first.pages)):
            first.show_page(number)
            stops = [each for each in focusable(window) if each.isEnabled() and each.isVisible()]
            assert stops
            for each in stops:
                each.setFocus(Qt.FocusReason.TabFocusReason)
                for _ in range(3):
                    QApplication.processEvents()
                assert each.visibleRegion().contains(each.rect().adjusted(1, 1, -1, -1)), each.accessibleName()
    sign_in.password.setText("wrong")
    sign_in.submit()
    sign_in.show_refusal("Name or password is wrong. " * 4)
    QApplication.processEvents()
    assert in_sight(sign_in.message)
    assert in_sight(sign_in.sign_in_button)
    assert sign_in.password.hasFocus()


def test_keys_and_the_wheel_reach_all_of_a_screen_that_scrolls(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        shown = screen(window, qtbot, "imports")
        table = with_rows(qtbot, window, shown, tmp_path)
        settled(window, SIZES_PX[-1], table)
        more = window.menuBar().findChild(QToolButton, "qt_menubar_ext_button")
        assert isinstance(more, QToolButton)
        sign = more.grab(QRect(more.rect().center() - QPoint(5, 5), QSize(10, 10))).toImage()
        assert len({sign.pixel(x, y) for x in range(10) for y in range(10)}) > 1, "a sign of the menus that are left"
        rows, page = table.verticalScrollBar(), shown.page_area.verticalScrollBar()
        begun = page.value()
        assert begun < page.maximum()
        assert rows.value() == 0
        assert rows_in_sight(table) >= ROWS
        turn(table.viewport(), 1)
        assert rows.value() > 0
        assert page.value() == begun, "the wheel over a list scrolls the list"
        turn(table.viewport(), 8)
        assert (rows.value(), page.value()) == (rows.maximum(), page.maximum()), "and at its end, the screen"
        page.setValue(0)
        press(table, Qt.Key.Key_End)
        press(table, Qt.Key.Key_Up)
        QApplication.processEvents()
        row = table.visualRect(table.currentIndex())
        assert table.viewport().visibleRegion().boundingRect().contains(row.center()), "the row that the keys went to"
        page.setValue(page.maximum())
        assert isinstance(shown, ImportScreen)
        shown.path.setFocus(Qt.FocusReason.ShortcutFocusReason)
        assert not shown.path.visibleRegion().isEmpty(), "what gets the keyboard comes into sight"
