"""Day and time in one line, read as people type them."""

from datetime import date, time

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.ui.forms.date_time_field import DateTimeField, DayTimeSpan, parse_day_time
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.theme.tokens import Theme
from ui.hands import press, show, write

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "on", "at", "minutes"),
    [
        ("1430", TODAY, time(14, 30), None),
        ("1430-1515", TODAY, time(14, 30), 45),
        ("9", TODAY, time(9), None),
        ("12 30", TODAY, time(12, 30), None),
        ("yesterday 9.30", date(2026, 11, 22), time(9, 30), None),
        ("fri 2pm 45m", date(2026, 11, 20), time(14), 45),
        ("3/11 0930-1000", date(2026, 11, 3), time(9, 30), 30),
        ("3 Nov 2026", date(2026, 11, 3), None, None),
        ("2026-11-03 14:30", date(2026, 11, 3), time(14, 30), None),
        ("today", TODAY, None, None),
    ],
)
def test_what_people_type_is_understood(typed: str, on: date, at: time | None, minutes: int | None) -> None:
    assert parse_day_time(typed, TODAY) == DayTimeSpan(DayTime(on, at), minutes)


@pytest.mark.parametrize("typed", ["", "45m", "soon", "1515-1430", "25:00", "31 Feb", "1430-", "-", "1430-1430"])
def test_what_is_neither_day_nor_time_is_not_guessed(typed: str) -> None:
    assert parse_day_time(typed, TODAY) is None


def test_what_a_field_writes_it_reads_back(theme: Theme) -> None:
    assert theme.name == "light"
    field = DateTimeField("when", "When", today=TODAY)
    for typed in ("1430-1515", "3/11", "yesterday 0905"):
        meant = parse_day_time(typed, TODAY)
        field.set_value(meant)
        assert field.value() == meant


def test_the_field_says_back_in_words_what_it_understood(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    form = Form()
    field = form.add(DateTimeField("when", "&When", today=TODAY))
    qtbot.addWidget(form)
    show(qtbot, form)
    write(field.edit, "fri 1430-1515")
    assert field.echo.text() == "Fri 20 November 2026, 14:30, 45 minutes"
    write(field.edit, "x")
    assert field.echo.text() == ""
    assert not form.validate()
    assert "is not a day or a time" in form.problems["when"]
    press(field.edit, Qt.Key.Key_Backspace)
    assert form.problems == {}
