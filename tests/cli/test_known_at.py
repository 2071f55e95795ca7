"""`case` and `triggers` as known at an instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.test_commands import Run, example, run_locally
from policy_histories.worked_example import worked_example
from services.exchange_session import put

__all__ = ["example", "run_locally"]


@pytest.fixture
def recorded(run_locally: Run, example: Path) -> Run:
    """Return the command line on a database with the worked example."""
    assert run_locally("import", example).code == 0
    return run_locally


def test_a_case_and_its_triggers_are_shown_as_they_had_been_recorded(recorded: Run, tmp_path: Path) -> None:
    between = datetime.now(UTC)
    before = recorded("case", "IOM-HARKER", "--as-of", "2026-11-20", "--format", "json").json
    contacts = [
        {**row, "outcome": "CANCELLED_BY_US"} for row in worked_example()["contacts"] if row["case_ref"] == "PHX-MARLOW"
    ]
    put(tmp_path / "later", "contacts", contacts)
    assert recorded("import", tmp_path / "later").code == 0
    for ref in ("IOM-HARKER", "PHX-MARLOW"):
        now = recorded("case", ref, "--as-of", "2026-11-20", "--format", "json").json
        then = recorded(
            "case", ref, "--as-of", "2026-11-20", "--known-at", between.isoformat(), "--format", "json"
        ).json
        assert then.pop("known_at") == between.isoformat()
        if ref == "IOM-HARKER":
            assert then == now == before
        else:
            assert then["contacts"]["missed"] > now["contacts"]["missed"] == 0
    listed = recorded("triggers", "--as-of", "2026-11-20", "--known-at", between.isoformat(), "--format", "json").json
    flagged = [t["needs_review"] for t in listed["triggers"] if t["rule"] == "missed_contacts"]
    assert flagged == [False]
    assert "needs_review" in recorded("triggers", "--as-of", "2026-11-20", "--format", "json").out


def test_before_it_was_recorded_there_is_no_case(recorded: Run) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    answer = recorded("case", "IOM-HARKER", "--known-at", long_ago)
    assert (answer.code, answer.err.strip()) == (1, "This case had not been recorded by then.")
    assert recorded("triggers", "--known-at", long_ago, "--format", "json").json["triggers"] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("yesterday", "is no instant"),
        ("2026-10-30", "is no instant"),
        ("2026-13-01T09:00", "is no instant"),
        ("", "is no instant"),
        ("2026-10-25T01:30", "the clock showed 2026-10-25T01:30 twice that night"),
        ("2026-03-29T01:30", "the clock showed 2026-03-29T01:30 never that night"),
    ],
)
@pytest.mark.parametrize("command", [("case", "IOM-HARKER"), ("triggers",)])
def test_what_is_no_instant_is_refused_in_words(
    run_locally: Run, command: tuple[str, ...], given: str, words: str
) -> None:
    answer = run_locally(*command, "--known-at", given)
    assert answer.code == 2
    assert words in answer.err


def test_an_instant_without_its_offset_is_london_time(recorded: Run) -> None:
    answer = recorded("triggers", "--known-at", "2026-07-01T09:00", "--format", "json").json
    assert answer["known_at"] == "2026-07-01T09:00:00+01:00"
    answer = recorded("triggers", "--known-at", "2026-07-01T09:00Z", "--format", "json").json
    assert answer["known_at"] == "2026-07-01T09:00:00+00:00"


def test_who_may_not_read_cases_may_not_read_them_as_they_were(recorded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMS_USER", "admin")
    for command in (("case", "IOM-HARKER"), ("triggers",)):
        answer = recorded(*command, "--known-at", "2026-11-01T09:00")
        assert answer.code == 1
        assert "may read cases" in answer.err
