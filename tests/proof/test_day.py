"""What a day leaves on the machine says nothing to whoever has no key, except the files made to be read."""

from pathlib import Path

import pytest

from proof.day import MEANT, Day, live_a_day


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return live_a_day(tmp_path_factory.mktemp("day") / "all", seed=20261123)


def test_no_name_note_reason_or_password_lies_open_anywhere(day: Day) -> None:
    assert len(day.marks) == 50
    assert day.found() == []
    assert (day.folder / "home" / "cases.ioms-wal").stat().st_size > 0, "the log beside the file was there to search"


def test_the_search_finds_what_does_lie_open(day: Day, tmp_path: Path) -> None:
    """The control: the files that are made to be read, and a word left on purpose."""
    open_ = {what.partition(" in ")[0] for what in day.found(but=("home", "temporary"))}
    assert {f"name {number}" for number in range(10)} <= open_
    (tmp_path / "left.tmp").write_text(f"said {day.marks['note 3'].upper()}", encoding="utf-16")
    assert Day(tmp_path, day.marks, "").found() == ["note 3 in left.tmp"]
    assert Day(tmp_path, day.marks, day.marks["password 1"]).found(MEANT)[0] == "password 1 in the terminal"
