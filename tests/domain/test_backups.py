"""Which copies stay: as the server's own, whose script is held against the same days."""

from datetime import UTC, datetime, timedelta

import pytest

from ioms_desktop.domain.backups import BackupRetention, backups_to_keep, has_shrunk

KEEPING = BackupRetention()
NEWEST = datetime(2026, 11, 26, 2, 15, tzinfo=UTC)


def nightly(nights: int) -> list[datetime]:
    return [NEWEST - timedelta(days=night) for night in range(nights)]


def after(nights: int, keeping: BackupRetention = KEEPING) -> list[datetime]:
    """What is there after a backup every night, each letting go what need not stay."""
    kept: set[datetime] = set()
    for at in sorted(nightly(nights)):
        kept = set(backups_to_keep([*kept, at], keeping, NEWEST))
    return sorted(kept, reverse=True)


def test_after_years_of_nights_seven_days_four_weeks_and_six_months_stay() -> None:
    kept = after(900)
    assert kept[:7] == nightly(7)
    assert len(kept) == 7 + 4 + 6
    weeks = [at.isocalendar()[:2] for at in kept[7:11]]
    months = [(at.year, at.month) for at in kept[11:]]
    assert len(set(weeks)) == 4
    assert len(set(months)) == 6


def test_all_copies_of_the_last_seven_days_stay() -> None:
    often = [NEWEST - timedelta(hours=3 * each) for each in range(40)]
    assert backups_to_keep(often, KEEPING, NEWEST) == frozenset(often)


@pytest.mark.parametrize("gap", [1, 30, 400, 3000])
def test_the_newest_always_stays_however_old_the_one_before_is(gap: int) -> None:
    made = [NEWEST, NEWEST - timedelta(days=gap)]
    assert NEWEST in backups_to_keep(made, BackupRetention(days=0, weeks=0, months=0), NEWEST)
    assert backups_to_keep(made, KEEPING, NEWEST) == frozenset(made)


def test_days_without_a_copy_do_not_use_up_the_days_that_stay() -> None:
    """Whoever was away for a month comes back to as many daily copies as before."""
    made = [NEWEST, *(NEWEST - timedelta(days=40 + each) for each in range(6))]
    assert backups_to_keep(made, KEEPING, NEWEST) == frozenset(made)


@pytest.mark.parametrize("ahead_days", [1, 30, 365])
def test_copies_dated_ahead_stay_and_displace_no_other(ahead_days: int) -> None:
    real = nightly(7)
    ahead = [NEWEST + timedelta(days=ahead_days + each) for each in range(7)]
    assert backups_to_keep([*ahead, *real], KEEPING, NEWEST) == frozenset([*ahead, *real])
    # Counted as the newest, as before, they cover the seven days and leave one copy a week of the real ones.
    assert len(backups_to_keep([*ahead, *real], KEEPING, max(ahead)) & set(real)) < 4


def test_order_does_not_matter() -> None:
    made = nightly(60)
    assert backups_to_keep(made, KEEPING, NEWEST) == backups_to_keep(made[::-1], KEEPING, NEWEST)


@pytest.mark.parametrize(
    ("now", "before", "alarming"), [(50, 100, False), (49, 100, True), (0, 0, False), (9, 0, False)]
)
def test_less_than_half_is_alarming(now: int, before: int, alarming: bool) -> None:
    assert has_shrunk(now, before) is alarming
