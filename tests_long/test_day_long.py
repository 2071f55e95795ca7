"""Ten days at work, each with words of its own, and what they leave on the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proof.day import live_a_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAYS = 10


def test_days_at_work_leave_no_word_readable(tmp_path: Path, measured: Callable[[object], None]) -> None:
    days = [live_a_day(tmp_path / str(seed), seed) for seed in range(DAYS)]
    left = [what for day in days for what in day.found()]
    meant = sum(len(day.found(but=("home", "temporary"))) for day in days)
    files = sum(path.is_file() for path in tmp_path.rglob("*"))
    measured(
        f"{DAYS} days, {sum(len(day.marks) for day in days)} words, {files} files searched, {len(left)} readable; "
        f"the control, the same search of the files made to be read: {meant} found"
    )
    assert left == []
    assert meant > 0
