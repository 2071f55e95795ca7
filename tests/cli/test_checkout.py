"""`take-away` and `promote` as somebody types them: out, worked on, asked about, back, and an office's own file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from keys import opened, with_users
from sessions import fill

Run = Callable[..., tuple[int, str, str]]
PASSPHRASE = "four plain words here"


@pytest.fixture
def run(location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line on a database on which people work; nobody is named who is not named in the test."""
    roles = {"wright": Role.SUPERVISOR, "adeyemi": Role.OFFICER, "shah": Role.AUDITOR, "admin": Role.ADMINISTRATOR}
    with_users(location, roles, "demo")
    store = opened(location)
    fill(store)
    store.close()
    for name, value in (("SETTINGS", tmp_path / "settings"), ("DATA", tmp_path / "data"), ("DATABASE", location)):
        monkeypatch.setenv(f"IOMS_{name}", str(value))
    monkeypatch.delenv("IOMS_USER", raising=False)
    monkeypatch.setenv("IOMS_PASSWORD", "demo")
    for name in ("IOMS_NEW_PASSWORD", "IOMS_FILE_PASSWORD"):
        monkeypatch.setenv(name, PASSPHRASE)

    def go(*arguments: object) -> tuple[int, str, str]:
        code = main([*map(str, arguments)])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return code, captured.out, captured.err

    return go


def rag(folder: Path, colour: str) -> Path:
    """A spreadsheet that sets a colour."""
    file = folder / "rag.csv"
    file.write_text(f"case_ref,set_on,rag,reason\nPHX-1,2026-10-14,{colour},as seen\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("location", ["postgres"], indirect=True)
def test_out_asked_about_and_back(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away, conflicts = tmp_path / "away.ioms", tmp_path / "conflicts.json"
    wright = ("--user", "wright")
    code, out, _ = run("take-away", away, "--case", "PHX-1", "--reason", "CASE_WORK", "--until", "2099-12-24", *wright)
    assert code == 0
    assert "One case with" in out
    assert "Recovery code: " in out
    code, out, _ = run("taken-away", "--format", "json", *wright)
    assert [(each["by"], each["until"]) for each in json.loads(out)["out"]] == [("wright", "2099-12-24")]
    code, _, said = run("take-away", away, "--case", "PHX-1", "--reason", "CASE_WORK", *wright)
    assert (code, "There is a file at" in said) == (1, True)

    with monkeypatch.context() as there:  # somebody imports into the file, and somebody else at home
        there.setenv("IOMS_PASSWORD", PASSPHRASE)
        assert run("import", rag(tmp_path, "GREEN"), "--database", away, *wright)[0] == 0
    assert run("import", rag(tmp_path, "RED"), *wright)[0] == 0

    code, out, said = run("promote", away, "--dry-run", "--conflicts", conflicts, *wright)
    assert code == 0
    assert "rag: added 0, updated 0, unchanged 0, merged 0, conflicts 1" in out
    assert "must be looked at first" in said
    code, out, said = run("promote", away, "--format", "json", *wright)
    assert code == 1
    assert json.loads(out)["written"] is False
    taken, asked_for = (line for line in run("audit", "who-looked", "PHX-1", "--user", "shah")[1].splitlines()
                        if "DISCLOSURE" in line)  # fmt: skip
    assert ("wright" in taken, "wright" in asked_for) == (True, True)
    asked = json.loads(conflicts.read_text(encoding="utf-8"))
    (question,) = asked["conflicts"]
    assert question["answers"] == ["mine", "theirs"]
    assert ("GREEN" in question["yours"].upper(), "RED" in question["theirs"].upper()) == (True, True)
    question["answer"] = "mine"
    conflicts.write_text(json.dumps(asked), encoding="utf-8")
    code, out, said = run("promote", away, "--answers", conflicts, *wright)
    assert (code, "merged 1" in out, said.startswith("Brought back")) == (0, True, True)
    assert "RAG: GREEN" in run("case", "PHX-1", "--as-of", "2026-10-15", *wright)[1]
    code, out, said = run("promote", away, *wright)
    assert (code, "conflicts 1" in out, "Nothing in this file is new" in said) == (0, False, True)
    assert json.loads(run("taken-away", "--format", "json", *wright)[1])["out"] == []
    code, out, _ = run("audit", "verify", "--user", "shah")
    assert (code, "Kept of another database" in out) == (0, True)

    conflicts.write_text('{"conflicts": [{"question": "x", "answer": "perhaps"}]}', encoding="utf-8")
    code, _, said = run("promote", away, "--answers", conflicts, *wright)
    assert (code, said.strip()) == (1, "perhaps is not an answer. Nothing was written; answer mine, theirs or both.")
    code, _, said = run("promote", away)
    assert (code, "No user is named" in said) == (1, True)


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_an_office_s_file_becomes_an_empty_shared_database(
    run: Run, location: str, shared_location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMS_FILE_PASSWORD", "demo")
    arguments = ("promote", location, "--database", shared_location, "--file-user", "admin")
    code, _, said = run(*arguments, "--dry-run")
    assert (code, "three cases would be taken over".casefold() in said.casefold()) == (0, True)
    code, out, said = run(*arguments, "--format", "json")
    done = json.loads(out)
    assert (code, done["written"]) == (0, True)
    assert {"name": "wright", "role": "supervisor"} in done["invite"]
    assert {"table": "cases", "rows": 3} in done["tables"]
    assert "give each a login" in said
    assert run(*arguments)[0] == 1  # in use now
