"""Day and time in one line, read as people type them."""

from datetime import date, datetime, time

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_time_field import DateTimeField, DayTimeSpan, parse_day_time
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.theme.tokens import Theme
from ui.hands import press, show, write

TODAY = date(2026, 11, 23)
EVENING = datetime(2026, 11, 23, 23, 59)  # noqa: DTZ001  local time, as the field is given it


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
    assert parse_day_time(typed, EVENING) == DayTimeSpan(DayTime(on, at), minutes, None if at is None else "UTC+00:00")


@pytest.mark.parametrize("typed", ["", "45m", "soon", "25:00", "31 Feb", "1430-", "-", "1430-1430"])
def test_what_is_neither_day_nor_time_is_not_guessed(typed: str) -> None:
    assert parse_day_time(typed, EVENING) is None


def test_what_a_field_writes_it_reads_back(theme: Theme) -> None:
    assert theme.name == "light"
    field = DateTimeField("when", "When", now=lambda: EVENING)
    for typed in ("1430-1515", "3/11", "yesterday 0905"):
        meant = parse_day_time(typed, EVENING)
        field.set_value(meant)
        assert field.value() == meant


def test_the_field_says_back_in_words_what_it_understood(qtbot: QtBot, theme: Theme) -> None:
    assert theme.name == "light"
    form = Form()
    field = form.add(DateTimeField("when", "&When", now=lambda: EVENING))
    qtbot.addWidget(form)
    show(qtbot, form)
    write(field.edit, "fri 1430-1515")
    assert field.echo.text() == "Fri 20 November 2026, 14:30 to 15:15, 45 minutes"
    write(field.edit, "x")
    assert field.echo.text() == ""
    assert not form.validate()
    assert "is not a day or a time" in form.problems["when"]
    press(field.edit, Qt.Key.Key_Backspace)
    assert form.problems == {}


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


@pytest.mark.parametrize(
    ("typed", "begins", "ends", "minutes"),
    [
        ("2-3pm", time(14), time(15), 60),
        ("2 - 3 pm", time(14), time(15), 60),
        ("2 to 3pm", time(14), time(15), 60),
        ("10-2pm", time(10), time(14), 240),
        ("11-1", time(11), time(13), 120),
        ("9-10", time(9), time(10), 60),
        ("2-3", time(14), time(15), 60),
        ("2.30-3.15", time(14, 30), time(15, 15), 45),
        ("230-315", time(14, 30), time(15, 15), 45),
        ("11.30-12.15", time(11, 30), time(12, 15), 45),
        ("12-1", time(12), time(13), 60),
        ("2pm-3", time(14), time(15), 60),
        ("11pm-1", time(23), time(1), 120),
        ("0200-0300", time(2), time(3), 60),
        ("2am-3am", time(2), time(3), 60),
        ("8-6", time(8), time(18), 600),
        ("2330-0030", time(23, 30), time(0, 30), 60),
        ("2200-midnight", time(22), time(0), 120),
        ("1515-1430", time(15, 15), time(14, 30), 1395),
        ("2", time(14), None, None),
        ("0200", time(2), None, None),
        ("4.30", time(16, 30), None, None),
        ("7", time(7), None, None),
    ],
)
def test_the_plausible_reading_of_times_is_taken(
    typed: str, begins: time, ends: time | None, minutes: int | None
) -> None:
    read = parse_day_time(f"3/11 {typed}", EVENING)
    assert read is not None
    ended = None if read.ends is None else read.ends.local_time
    assert (read.moment, ended, read.minutes) == (DayTime(date(2026, 11, 3), begins), ends, minutes)


@pytest.mark.parametrize(
    ("now", "typed", "on"),
    [
        (at(TODAY, 0, 36), "0015-0035", TODAY),
        (at(TODAY, 0, 10), "2330-2350", date(2026, 11, 22)),
        (at(TODAY, 0, 40), "2330-0030", date(2026, 11, 22)),
        (at(TODAY, 9), "2330-0030", date(2026, 11, 22)),
        (at(TODAY, 0, 10), "2330", date(2026, 11, 22)),
        (at(TODAY, 0, 10), "today 2330", TODAY),
        (at(TODAY, 14), "1500", TODAY),  # still to come, which is refused and not put on yesterday
        (at(TODAY, 23, 59), "2330-2350", TODAY),
    ],
)
def test_a_time_alone_is_of_the_day_it_can_have_been(now: datetime, typed: str, on: date) -> None:
    read = parse_day_time(typed, now)
    assert read is not None
    assert read.moment.on == on


@pytest.mark.parametrize(
    ("typed", "offset", "minutes"),
    [
        ("29/3 0030-0230", "UTC+00:00", 60),
        ("28/3 2330-0230", "UTC+00:00", 120),
        ("25/10 0030-0230", "UTC+01:00", 180),
        ("24/10 2330-0230", "UTC+01:00", 240),
        ("25/10 0130-0145", "UTC+01:00", 15),
        ("25/10 0130-0145 gmt", "UTC+00:00", 15),
        ("25/10 0150-0110", "UTC+01:00", 20),
        ("25/10 0130", "UTC+01:00", None),
        ("25/10 0130 gmt", "UTC+00:00", None),
        ("1/7 1430-1515", "UTC+01:00", 45),
    ],
)
def test_minutes_are_right_in_the_nights_when_the_clocks_change(typed: str, offset: str, minutes: int | None) -> None:
    read = parse_day_time(typed, EVENING)
    assert read is not None
    assert (read.utc_offset, read.minutes, read.problem) == (offset, minutes, "")


@pytest.mark.parametrize("typed", ["29/3 0130", "29/3 0030-0130", "1/7 1430 gmt", "1/12/25 0130 bst"])
def test_a_time_that_there_was_not_is_refused_in_words(theme: Theme, typed: str) -> None:
    assert theme.name == "light"
    field = DateTimeField("when", "When", now=lambda: EVENING)
    field.set_raw_text(typed)
    assert field.value() is None
    assert ("clocks went forward" if "29/3" in typed else "not in that time") in field.parse_problem()


def test_a_form_open_over_midnight_reads_today_when_it_is_typed_and_keeps_what_it_said(theme: Theme) -> None:
    assert theme.name == "light"
    now = at(TODAY, 23, 50)
    field = DateTimeField("when", "When", now=lambda: now)
    on = DateField("on", "On", today=lambda: now.date())  # noqa: PLW0108  asked of what `now` is then
    field.set_raw_text("today 2345")
    on.set_raw_text("today")
    now = at(date(2026, 11, 24), 0, 36)
    said = field.value()
    assert said is not None
    assert (said.moment.on, on.value()) == (TODAY, TODAY)  # what was said back beside it
    field.set_raw_text("0015-0035")
    on.set_raw_text("yesterday")
    said = field.value()
    assert said is not None
    assert (said.moment.on, on.value()) == (date(2026, 11, 24), TODAY)
    assert field.echo.text() == "Tue 24 November 2026, 00:15 to 00:35, 20 minutes"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3/11 2330-0030", "Tue 3 November 2026, 23:30 to 00:30 on Wed 4 November 2026, 60 minutes"),
        ("25/10 0130", "Sun 25 October 2026, 01:30 (summer time)"),
        ("25/10 0130 gmt", "Sun 25 October 2026, 01:30 (winter time)"),
    ],
)
def test_the_reading_is_said_back_and_written_so_that_it_is_read_again(theme: Theme, typed: str, said: str) -> None:
    assert theme.name == "light"
    field = DateTimeField("when", "When", now=lambda: EVENING)
    field.set_raw_text(typed)
    meant = field.value()
    assert field.echo.text() == said
    field.set_raw_text(field.draft_text())
    assert field.value() == meant
