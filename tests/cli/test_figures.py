"""`figures`, and `measures` for who reads no record: on a file and on a server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.figures.read_figures import PLAIN_SQLITE_HEADER
from keys import opened, with_users
from sessions import fill

Run = Callable[..., tuple[int, str, str]]
QUARTER = ("--from", "2024-07-01", "--to", "2024-09-30")


@pytest.fixture
def run(location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on a database with a few cases."""
    with_users(location, {"admin": Role.ADMINISTRATOR, "wright": Role.SUPERVISOR, "shah": Role.ANALYST}, "demo")
    store = opened(location)
    fill(store)
    store.close()
    for name, value in (("SETTINGS", tmp_path / "settings"), ("DATA", tmp_path / "data"), ("DATABASE", location)):
        monkeypatch.setenv(f"IOMS_{name}", str(value))
    monkeypatch.setenv("IOMS_PASSWORD", "demo")

    def go(*arguments: object, user: str = "shah") -> tuple[int, str, str]:
        code = main([*map(str, arguments), "--user", user])
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


def answered(run: Run, *arguments: object, user: str = "shah") -> Any:  # noqa: ANN401 - whatever the command answers
    code, out, err = run(*arguments, "--format", "json", user=user)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_a_quarter_is_published_listed_shown_and_exported(run: Run, tmp_path: Path) -> None:
    assert run("figures", "list") == (0, "No quarter is published yet.\n", "")
    code, out, _ = run("figures", "publish", "2024-Q3", user="wright")
    assert (code, out.split(":")[0]) == (0, "2024-Q3 is published")
    (edition,) = answered(run, "figures", "list")["editions"]
    assert (edition["quarter"], edition["edition"], edition["published_by"]) == ("2024-Q3", 1, "wright")
    assert edition["thresholds"] == {"count": 5, "protected": 10, "share": 20}
    shown = answered(run, "figures", "show", "2024-Q3")
    assert shown["measures"]["balance"]["offers_made"] == 0
    assert {"cell", "words", "count", "share", "days"} == set(shown["cubes"]["cases_by_status"][0])
    assert "by_sex" not in shown["cubes"]  # what it would break down is itself below its threshold
    one = answered(run, "figures", "show", "2024-Q3", "--cube", "offers_by_response")
    assert list(one["cubes"]) == ["offers_by_response"]
    path = tmp_path / "figures.csv"
    code, out, err = run("figures", "export", path)
    assert (code, out, err.split(" figures ")[0].split()[0]) == (0, "", "Exported")
    assert path.read_text(encoding="utf-8").startswith("quarter,edition,table,cell,words,count,days,share,note\n")
    for name, held, beside in (
        ("cases.ioms", b"cases", ""),
        ("c.csv", b"cases", ".keys"),
        ("p.csv", PLAIN_SQLITE_HEADER + b"x", ""),
    ):
        there = tmp_path / name
        there.write_bytes(held)
        if beside:
            Path(f"{there}{beside}").write_bytes(b"keys")
        code, _, err = run("figures", "export", there)
        assert (code, err.count("\n"), there.read_bytes()) == (1, 1, held)


def test_an_analysts_measures_are_the_published_ones(run: Run) -> None:
    code, out, err = run("measures", *QUARTER)
    assert (code, out) == (1, "")
    assert "No quarter is published yet; ask a supervisor" in err
    run("figures", "publish", "2024-Q3", user="wright")
    live, read = answered(run, "measures", *QUARTER, user="wright"), answered(run, "measures", *QUARTER)
    assert live.keys() <= read.keys()
    assert read["published"]["quarter"] == "2024-Q3"
    assert all(read[key].keys() == live[key].keys() for key in live if isinstance(live[key], dict))
    assert read["funnel"]["selected"] is None  # there is one
    assert live["funnel"]["selected"] == 1
    code, _, err = run("measures", "--from", "2024-07-01", "--to", "2024-09-29")
    assert code == 1
    assert "Published: 2024-Q3 (1 Jul 2024 to 30 Sep 2024)." in err


def test_what_cannot_be_done_is_one_sentence(run: Run) -> None:
    for arguments, user, said in (
        (("publish", "2024-Q3"), "shah", "Only a supervisor may publish figures"),
        (("publish", "2999-Q1"), "wright", "publish it when it is over"),
        (("publish", "summer"), "wright", "write it like 2026-Q3"),
        (("publish", "9999-Q4"), "wright", "write it like 2026-Q3"),
        (("show", "2024-Q2"), "shah", "2024-Q2 is not published"),
        (("export", "figures.csv"), "shah", "nothing to export"),
        (("list",), "admin", "may see the published performance figures"),
    ):
        code, out, err = run("figures", *arguments, user=user)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert said in err
