"""Both stories through the commands, as of a day and as known at an instant."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ioms_desktop.__main__ import main

Ask = Callable[..., Any]


@pytest.fixture
def ask(told_location: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Ask the database, as a supervisor who signs in."""
    for name, value in {"DATABASE": told_location, "USER": "wright", "PASSWORD": "demo"}.items():
        monkeypatch.setenv(f"IOMS_{name}", value)

    def go(*arguments: str) -> Any:  # noqa: ANN401 - any JSON
        code = main([*arguments, "--format", "json"])
        said = capsys.readouterr()
        # The clock of the machine may be behind the stories, which is said beside the answer.
        assert code == 0, said.err
        return json.loads(said.out)

    return go


def rules(triggers: list[dict[str, Any]], ref: str) -> list[tuple[str, str, str]]:
    return sorted((each["rule"], each["raised_on"], each["status"]) for each in triggers if each["case_ref"] == ref)


def test_what_was_seen_on_29_october_is_listed_as_withdrawn_from_the_next_morning_on(ask: Ask) -> None:
    seen = ask("triggers", "--as-of", "2026-10-29", "--known-at", "2026-10-29T20:00")["triggers"]
    assert rules(seen, "PHX-BECKLES") == [
        ("low_ratings", "2026-10-29", "OPEN"),
        ("missed_contacts", "2026-10-29", "OPEN"),
        ("serious_concern", "2026-10-21", "WITHDRAWN"),
        ("serious_concern", "2026-10-28", "OPEN"),
        ("unanswered_offer", "2026-10-27", "DECIDED"),
    ]
    afterwards = ask("triggers", "--as-of", "2026-10-29", "--known-at", "2026-10-30T09:00")["triggers"]
    assert rules(afterwards, "PHX-BECKLES")[:2] == [
        ("low_ratings", "2026-10-29", "WITHDRAWN"),
        ("missed_contacts", "2026-10-29", "WITHDRAWN"),
    ]


def test_a_case_is_as_it_was_known(ask: Ask) -> None:
    then = ask("case", "IOM-PYKE", "--as-of", "2026-08-20", "--known-at", "2026-08-12T20:00")
    assert (then["contacts"]["completed"], then["overdue"], then["triggers"]) == (2, [], [])
    now = ask("case", "IOM-PYKE", "--as-of", "2026-08-20")
    assert now["contacts"]["completed"] == 1
    assert [(each["standard"], each["due_on"]) for each in now["overdue"]] == [("CONTACT", "2026-08-18")]
    assert rules(now["triggers"], "IOM-PYKE") == [("unacceptable_absences", "2026-08-17", "WITHDRAWN")]
