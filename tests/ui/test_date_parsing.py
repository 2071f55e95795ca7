from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioms_desktop.ui.forms.date_parsing import (
    DateBias,
    format_date,
    format_long_date,
    format_time,
    parse_date,
    parse_time,
)

MONDAY = date(2026, 11, 23)
DATES = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "1/1/26",
        "01.01.2026",
        "1 1 2026",
        "1-1-26",
        "010126",
        "01012026",
        "2026-01-01",
        "1 Jan 2026",
        "1st January 26",
        "Thu 1 January 2026",
        "thursday, 1 jan 2026",
        "Jan 1 2026",
        " 1 / 1 / 2026 ",
        "1,1,26",
    ],
)
def test_every_usual_form_of_a_date_is_read(text: str) -> None:
    assert parse_date(text, MONDAY) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", MONDAY),
        ("yesterday", date(2026, 11, 22)),
        ("tomorrow", date(2026, 11, 24)),
        ("mon", MONDAY),
        ("fri", date(2026, 11, 20)),
        ("Friday", date(2026, 11, 20)),
        ("last mon", date(2026, 11, 16)),
        ("next mon", date(2026, 11, 30)),
        ("next fri", date(2026, 11, 27)),
        ("this fri", date(2026, 11, 27)),
        ("3 days ago", date(2026, 11, 20)),
        ("in 2 weeks", date(2026, 12, 7)),
        ("2w", date(2026, 12, 7)),
        ("+7", date(2026, 11, 30)),
        ("-1", date(2026, 11, 22)),
        ("20 nov", date(2026, 11, 20)),
        ("1 1", date(2027, 1, 1)),
        ("29/2", date(2028, 2, 29)),
    ],
)
def test_words_for_days_are_counted_from_today(text: str, expected: date) -> None:
    assert parse_date(text, MONDAY) == expected


@pytest.mark.parametrize(
    ("text", "lean", "expected"),
    [
        ("fri", DateBias.AHEAD, date(2026, 11, 27)),
        ("mon", DateBias.AHEAD, MONDAY),
        ("1 1", DateBias.BACK, date(2026, 1, 1)),
        ("20/11", DateBias.AHEAD, date(2027, 11, 20)),
        ("3/5/30", DateBias.NEAR, date(2030, 5, 3)),
        ("3/5/30", DateBias.BACK, date(1930, 5, 3)),
        ("3/5/85", DateBias.NEAR, date(1985, 5, 3)),
        ("3/5/26", DateBias.BACK, date(2026, 5, 3)),
    ],
)
def test_a_year_or_week_left_out_leans_the_way_the_field_does(text: str, lean: DateBias, expected: date) -> None:
    assert parse_date(text, MONDAY, lean) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "31/2/26",
        "32/1/26",
        "1/13/26",
        "29/2/2026",
        "soon",
        "1",
        "12",
        "1/1/1",
        "1/1/226",
        "Fri 1 January 2026",
        "1/1/1850",
        "1/1/2150",
        "0/1/26",
        "+99999",
        "٣/٤/٢٦",
        "1/1/26 or so",
        "ma",
        "j 1",
        "9" * 400,
        "²/1/26",
    ],
)
def test_nonsense_is_no_date(text: str) -> None:
    assert parse_date(text, MONDAY) is None


@given(DATES, DATES, st.sampled_from(DateBias))
def test_what_is_said_back_reads_as_the_same_date(day: date, today: date, lean: DateBias) -> None:
    assert parse_date(format_long_date(day), today, lean) == day
    assert parse_date(format_date(day), today, lean) == day
    assert parse_date(f"{day.day}/{day.month}/{day.year}", today, lean) == day
    assert parse_date(day.isoformat(), today, lean) == day
    assert parse_date(f"{day:%d%m%Y}", today, lean) == day


@given(st.text(max_size=60), DATES, st.sampled_from(DateBias))
def test_no_text_upsets_the_reader_of_dates(text: str, today: date, lean: DateBias) -> None:
    found = parse_date(text, today, lean)
    assert found is None or 1900 <= found.year <= 2100


@given(st.from_regex(r"[0-9 /.\-+a-z]{1,14}", fullmatch=True), DATES, st.sampled_from(DateBias))
def test_no_near_date_upsets_the_reader(text: str, today: date, lean: DateBias) -> None:
    found = parse_date(text, today, lean)
    assert found is None or 1900 <= found.year <= 2100


@given(st.integers(0, 99), DATES)
def test_two_digits_of_a_year_never_lie_more_than_ten_years_ahead(year: int, today: date) -> None:
    found = parse_date(f"1/1/{year:02}", today)
    assert found is None or (found.year <= today.year + 10 and found.year > today.year - 90)
    back = parse_date(f"1/1/{year:02}", today, DateBias.BACK)
    assert back is None or back.year <= today.year


@given(DATES, st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_weekday_is_within_the_week(today: date, name: str) -> None:
    back, ahead = parse_date(name, today), parse_date(name, today, DateBias.AHEAD)
    assert back is None or timedelta(0) <= today - back < timedelta(7)
    assert ahead is None or timedelta(0) <= ahead - today < timedelta(7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0930", time(9, 30)),
        ("930", time(9, 30)),
        ("9.30", time(9, 30)),
        ("9:30", time(9, 30)),
        ("9 30", time(9, 30)),
        ("9", time(9)),
        ("9am", time(9)),
        ("9.30 pm", time(21, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("2105", time(21, 5)),
        ("0000", time(0)),
    ],
)
def test_every_usual_form_of_a_time_is_read(text: str, expected: time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize("text", ["", "2400", "9.60", "13pm", "0am", "soon", "12345", "9:3", "٩:٣٠", "-1", "99"])
def test_nonsense_is_no_time(text: str) -> None:
    assert parse_time(text) is None


@given(st.times())
def test_a_time_said_back_reads_as_the_same_minute(moment: time) -> None:
    minute = moment.replace(second=0, microsecond=0)
    assert parse_time(format_time(minute)) == minute
    assert parse_time(f"{minute:%H%M}") == minute


@given(st.text(max_size=20))
def test_no_text_upsets_the_reader_of_times(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.second == 0
