"""Ages, months, custody days and English working days; every function says which days it includes."""

from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ioms_desktop.domain.dates.bank_holidays import bank_holidays

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
SATURDAY = 5
MONTHS_PER_YEAR = 12
ADULT_AGE = 18
"""Age in whole years from which a person is no longer a child; Children Act 1989 s105(1)."""


class CustodyPeriod(NamedTuple):
    """A period in custody.

    Attributes:
        received_on: The day of reception, a custody day.
        released_on: The day of release, a day at liberty; None while the person is in custody.
    """

    received_on: date
    released_on: date | None


def age_on(born_on: date, on: date) -> int:
    """Return the age in whole years on a day.

    A person turns N on the Nth birthday, which for those born on 29 February is 1 March in other years.
    """
    had_birthday = (on.month, on.day) >= (born_on.month, born_on.day)
    return on.year - born_on.year - (0 if had_birthday else 1)


def adult_on(born_on: date) -> date:
    """Return the day on which somebody is 18, as `age_on` has it."""
    turned = months_before(born_on, -ADULT_AGE * MONTHS_PER_YEAR)
    return turned if turned.day == born_on.day else turned + DAY


def monday_of(on: date) -> date:
    """Return the Monday of the week of a day."""
    return on - DAY * on.weekday()


def months_before(on: date, months: int) -> date:
    """Subtract whole calendar months; a day that the resulting month does not have becomes its last day."""
    count = on.year * MONTHS_PER_YEAR + on.month - 1 - months
    year, month = divmod(count, MONTHS_PER_YEAR)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def is_working_day(on: date) -> bool:
    """Whether a day is Monday to Friday and not a bank holiday in England."""
    return on.weekday() < SATURDAY and on not in bank_holidays(on.year)


@lru_cache(maxsize=4096)
def working_days_after(on: date, count: int) -> date:
    """Return the working day so many working days after a day, which itself does not count."""
    while count:
        on += DAY
        if is_working_day(on):
            count -= 1
    return on


def working_days_between(after: date, until: date) -> int:
    """Count the working days after one day, excluded, up to another, included."""
    return sum(is_working_day(after + DAY * n) for n in range(1, (until - after).days + 1))


def in_custody(spells: Iterable[CustodyPeriod], on: date) -> bool:
    """Whether a day is a custody day: from reception, included, to release, excluded."""
    return any(s.received_on <= on and (s.released_on is None or on < s.released_on) for s in spells)


def days_in_custody(spells: Iterable[CustodyPeriod], first: date, last: date) -> int:
    """Count the custody days in a period, both ends included. The spells of one person must not overlap."""
    total = 0
    for spell in spells:
        begins = max(spell.received_on, first)
        ends = last + DAY if spell.released_on is None else min(spell.released_on, last + DAY)
        total += max(0, (ends - begins).days)
    return total


def days_at_liberty(spells: Iterable[CustodyPeriod], first: date, last: date) -> int:
    """Count the days in a period, both ends included, that are not custody days."""
    return max(0, (last - first).days + 1) - days_in_custody(spells, first, last)


def nth_day_at_liberty(spells: Collection[CustodyPeriod], after: date, count: int) -> date | None:
    """Return the day so many days at liberty after a day, which itself does not count.

    It is None if the person is received into custody before that, and no release is recorded.
    """
    if not spells:
        return after + DAY * count
    ordered = sorted(
        (s for s in spells if s.released_on is None or s.released_on > max(after, s.received_on)),
        key=lambda s: s.received_on,
    )
    on = after
    for received_on, released_on in ordered:
        free = max(0, (received_on - on).days - 1)
        if count <= free:
            break
        count -= free
        if released_on is None:
            return None
        on = max(on, released_on - DAY)
    return on + DAY * count


def next_day_at_liberty(spells: Collection[CustodyPeriod], on: date) -> date | None:
    """Return the day itself if it is at liberty, or the first such day after it; None if no release is recorded."""
    return nth_day_at_liberty(spells, on - DAY, 1)
