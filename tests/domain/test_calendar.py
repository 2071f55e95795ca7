"""Ages, months, custody days and working days, held against slow counting and the library of holidays."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioms_desktop.domain.dates.bank_holidays import FIRST_YEAR, LAST_YEAR, bank_holidays
from ioms_desktop.domain.dates.calendar import (
    CustodyPeriod,
    age_on,
    days_at_liberty,
    in_custody,
    months_before,
    next_day_at_liberty,
    nth_day_at_liberty,
    working_days_after,
    working_days_between,
)

DAY = timedelta(days=1)
START = date(2026, 1, 1)


@st.composite
def spells(draw: st.DrawFn) -> tuple[CustodyPeriod, ...]:
    """Draw spells that do not overlap, some of them on one day, the last perhaps without an end."""
    found, on = [], START + DAY * draw(st.integers(0, 10))
    for _ in range(draw(st.integers(0, 4))):
        received = on + DAY * draw(st.integers(0, 12))
        on = received + DAY * draw(st.integers(0, 12))
        found.append(CustodyPeriod(received, on))
    if draw(st.booleans()):
        found.append(CustodyPeriod(on + DAY * draw(st.integers(0, 9)), None))
    return tuple(draw(st.permutations(found)))


@settings(max_examples=300)
@given(held=spells(), after=st.integers(0, 40), count=st.integers(1, 30))
def test_the_nth_day_at_liberty_is_the_one_counted_day_by_day(
    held: tuple[CustodyPeriod, ...], after: int, count: int
) -> None:
    on, left = START + DAY * after, count
    for _ in range(400):
        on += DAY
        left -= not in_custody(held, on)
        if left == 0:
            break
    found = nth_day_at_liberty(held, START + DAY * after, count)
    assert found == (on if left == 0 else None)


@settings(max_examples=300)
@given(held=spells(), first=st.integers(0, 40), length=st.integers(0, 60))
def test_days_at_liberty_are_the_days_outside_every_spell(
    held: tuple[CustodyPeriod, ...], first: int, length: int
) -> None:
    days = [START + DAY * (first + n) for n in range(length + 1)]
    assert days_at_liberty(held, days[0], days[-1]) == sum(not in_custody(held, on) for on in days)


def test_reception_is_a_custody_day_and_release_a_day_at_liberty() -> None:
    held = (CustodyPeriod(date(2026, 3, 2), date(2026, 3, 5)),)
    assert [on.day for on in (date(2026, 3, n) for n in range(1, 7)) if in_custody(held, on)] == [2, 3, 4]
    assert next_day_at_liberty(held, date(2026, 3, 3)) == date(2026, 3, 5)
    assert not in_custody((CustodyPeriod(date(2026, 3, 2), date(2026, 3, 2)),), date(2026, 3, 2))


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2008, 10, 28), date(2026, 10, 27), 17),
        (date(2008, 10, 28), date(2026, 10, 28), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2024, 2, 29), 16),
    ],
)
def test_someone_is_n_on_the_nth_birthday_and_a_leap_child_on_1_march(born: date, on: date, age: int) -> None:
    assert age_on(born, on) == age


def test_three_months_before_the_last_of_may_is_the_last_of_february() -> None:
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_before(date(2026, 2, 15), 3) == date(2025, 11, 15)


def test_christmas_and_its_substitute_days_are_no_working_days() -> None:
    assert working_days_after(date(2026, 12, 23), 2) == date(2026, 12, 29)
    assert working_days_between(date(2026, 12, 23), date(2026, 12, 29)) == 2
    assert working_days_between(date(2026, 12, 24), date(2026, 12, 24)) == 0


def test_the_table_of_bank_holidays_is_the_librarys() -> None:
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        assert bank_holidays(year) == frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year)), year


def test_beyond_the_table_only_weekends_are_no_working_days() -> None:
    assert bank_holidays(LAST_YEAR + 1) == frozenset()
    assert working_days_after(date(LAST_YEAR, 12, 31), 1) == date(LAST_YEAR + 1, 1, 3)
