"""The calendar in a window: read, turned, opened and written into by keys, at any size."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.services.appointments.diary import EVERYBODY
from ioms_desktop.services.recording.appointments import MakeAppointment, make_appointment
from ioms_desktop.ui.appointments.appointment_dialogs import MakeAppointmentDialog
from ioms_desktop.ui.appointments.export_calendar import ExportCalendarDialog
from ioms_desktop.ui.screens.calendar import EMPTY, HINT, CalendarScreen
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, focused, press, write
from ui.window_at_work import at_work, idle, screen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QDialog
    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")
DAY = timedelta(days=1)
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole
FRIDAY = date(2026, 11, 27)


@pytest.fixture
def window(qtbot: QtBot, local_location: str, tmp_path: Path) -> Iterator[MainWindow]:
    session = session_of(filled(local_location), Role.OFFICER)
    for on, at, minutes in ((TODAY, time(14), 60), (TODAY, time(14, 30), 60), (FRIDAY, None, None)):
        made(session, HARKER, on, at, minutes)
    made(session_of(session.store, Role.NAVIGATOR), MARLOW, TODAY, time(9), 30)
    with at_work(qtbot, session, tmp_path) as opened:
        yield opened


def made(session: Session, ref: str, on: date, at: time | None, minutes: int | None) -> None:
    kind = session.lists.of("contact_type").offered()[0].code
    entry = MakeAppointment(request="", case_refs=(ref,), starts_at=DayTime(on, at), minutes=minutes, contact_type=kind)
    make_appointment(session, entry)


def calendar_of(window: MainWindow, qtbot: QtBot) -> CalendarScreen:
    found = screen(window, qtbot, "calendar")
    assert isinstance(found, CalendarScreen)
    return found


def dialog_now(qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    found.activateWindow()
    qtbot.waitUntil(found.isActiveWindow)
    return found


def said(calendar: CalendarScreen) -> str:
    """Return what a screen reader says of the time that is chosen."""
    return str(calendar.table.currentItem().data(ACCESSIBLE))


def go_to(calendar: CalendarScreen, on: date, at: time | None) -> None:
    """Press arrows until a time is chosen."""
    for _ in range(60):
        chosen = calendar.table.chosen
        assert chosen is not None
        if chosen.on != on:
            press(focused(), Qt.Key.Key_Right if chosen.on < on else Qt.Key.Key_Left)
        elif chosen.local_time != at:
            later = at is not None and (chosen.local_time is None or chosen.local_time < at)
            press(focused(), Qt.Key.Key_Down if later else Qt.Key.Key_Up)
        else:
            return
    raise AssertionError(calendar.table.chosen)


def test_a_week_is_read_turned_and_opened_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    calendar = calendar_of(window, qtbot)
    assert focused() is calendar.table
    assert calendar.range_label.text() == "23 Nov 2026 to 29 Nov 2026"
    assert calendar.table.chosen == DayTime(TODAY, time(8))
    go_to(calendar, TODAY, time(14))
    assert said(calendar).startswith("25 Nov 2026, 14:00: 25 Nov 2026, 14:00, 60 minutes: HARKER, Callum, ")
    go_to(calendar, TODAY, time(9))
    assert said(calendar) == "25 Nov 2026, 09:00: free", "the navigator's is in another calendar"
    go_to(calendar, FRIDAY, None)
    assert "HARKER, Callum" in said(calendar)
    press(focused(), Qt.Key.Key_D)
    idle(qtbot, window)
    assert (calendar.days, calendar.day_button.isChecked()) == ((FRIDAY,), True)
    press(focused(), Qt.Key.Key_PageDown)
    idle(qtbot, window)
    assert calendar.days == (FRIDAY + DAY,)
    assert calendar.hint.text() == EMPTY
    press(focused(), Qt.Key.Key_T)
    idle(qtbot, window)
    press(focused(), Qt.Key.Key_W)
    idle(qtbot, window)
    assert calendar.days[0] == TODAY - 2 * DAY
    assert calendar.hint.text() == HINT
    press(focused(), Qt.Key.Key_PageDown)
    idle(qtbot, window)
    assert calendar.days[0] == TODAY + 5 * DAY
    press(focused(), Qt.Key.Key_PageUp)
    idle(qtbot, window)
    monday = calendar.days[0]
    go_to(calendar, monday, time(9))
    for key, day in ((Qt.Key.Key_Left, monday - DAY), (Qt.Key.Key_Right, monday)):
        press(focused(), key)
        idle(qtbot, window)
        assert calendar.table.chosen == DayTime(day, time(9)), "beyond the week is the next day in that direction"
    go_to(calendar, FRIDAY, None)
    press(focused(), Qt.Key.Key_Return)
    idle(qtbot, window)
    assert window.tabs.current_case == HARKER


def test_n_makes_an_appointment_at_the_time_that_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    calendar = calendar_of(window, qtbot)
    go_to(calendar, FRIDAY, time(10, 30))
    press(focused(), Qt.Key.Key_N)
    dialog = dialog_now(qtbot, MakeAppointmentDialog)
    assert isinstance(dialog, MakeAppointmentDialog)
    when = dialog.when.value()
    assert when is not None
    assert when.moment == DayTime(FRIDAY, time(10, 30))
    assert dialog.worker.value() == calendar.worker
    assert not dialog.form.is_dirty, "what the calendar chose was not typed"
    dialog.done(0)
    press(calendar.table, Qt.Key.Key_N)  # free: Enter does the same
    dialog_now(qtbot, MakeAppointmentDialog).done(0)


def test_others_calendars_are_shown_and_what_overlaps_stands_side_by_side(qtbot: QtBot, window: MainWindow) -> None:
    calendar = calendar_of(window, qtbot)
    table = calendar.table
    listed = [calendar.worker_list.itemText(place) for place in range(calendar.worker_list.count())]
    assert listed == [calendar.worker, "N. OKORO", "Everybody"]
    both = {block.entry.appointment.starts_at.clock_text: block for block in table.blocks_at(16, 2)}
    assert list(both) == ["14:00", "14:30"]
    first, second = (table.rect_of(block, 2) for block in both.values())
    assert not first.intersects(second)
    assert abs(first.width() - second.width()) <= 1
    column = QRect(table.columnViewportPosition(2), first.top(), table.columnWidth(2), 400)
    assert column.contains(first)
    assert column.contains(second)
    menu = calendar.entry_menu(table.entries_at(16, 2))
    assert [action.menu() is not None for action in menu.actions()] == [True, True, False]
    one = calendar.entry_menu(table.entries_at(16, 2)[:1])
    words = [action.text().replace("&", "") for action in one.actions()]
    assert words == ["Open case", "Record outcome", "Move…", "Cancel…", "Make an appointment then"]
    calendar.worker_list.setCurrentIndex(calendar.worker_list.findData(EVERYBODY))
    calendar.worker_list.activated.emit(calendar.worker_list.currentIndex())
    idle(qtbot, window)
    go_to(calendar, TODAY, time(9))
    assert "MARLOW, Jayden" in said(calendar)
    assert "with N. OKORO" in said(calendar)


@pytest.mark.parametrize("size", [(1024, 640), (682, 426), (512, 320)])
def test_the_chosen_time_is_in_sight_in_any_window(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    calendar = calendar_of(window, qtbot)
    go_to(calendar, FRIDAY, time(16))
    QApplication.processEvents()
    assert calendar.table.viewport().rect().contains(calendar.table.visualItemRect(calendar.table.currentItem()))
    assert calendar.new_button.isVisible()
    assert calendar.table.viewport().height() >= 3 * 24


def test_one_s_own_appointments_are_saved_as_a_file_from_the_window(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    calendar = calendar_of(window, qtbot)
    calendar.file_button.click()
    dialog = dialog_now(qtbot, ExportCalendarDialog)
    assert isinstance(dialog, ExportCalendarDialog)
    dialog.target.set_value(str(tmp_path / "mine.txt"))
    dialog.reason.set_value("CASE_WORK")
    press(focused(), Qt.Key.Key_Return, CTRL)
    assert not (tmp_path / "mine.txt").exists()
    said_beside = [words.text() for words in dialog.findChildren(QLabel) if words.isVisible()]
    assert "This is not a calendar file. Give a name that ends in .ics." in said_beside
    dialog.target.edit.selectAll()
    write(dialog.target.edit, str(tmp_path / "mine.ics"))
    with qtbot.waitSignal(dialog.completed):
        press(focused(), Qt.Key.Key_Return, CTRL)
    assert b"C.H." in (tmp_path / "mine.ics").read_bytes()
    idle(qtbot, window)
    assert window.messages.text_label.text().startswith("Wrote three appointments to ")
