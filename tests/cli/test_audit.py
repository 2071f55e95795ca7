"""`audit`: what an auditor, or a job of theirs, sees of the proof."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from keys import opened, with_users
from sessions import fill
from tampering import delete, unguarded

Run = Callable[..., "Answer"]


class Answer:
    """What a command ended with, and what it wrote."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command answers
        return json.loads(self.out)


@pytest.fixture
def run(location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line, as an auditor, on a database on which somebody worked."""
    roles = {"admin": Role.ADMINISTRATOR, "wright": Role.SUPERVISOR, "okoro": Role.NAVIGATOR, "shah": Role.AUDITOR}
    roles |= {"second": Role.ADMINISTRATOR}
    with_users(location, roles, "demo")
    store = opened(location)
    fill(store)
    store.close()
    for name, value in (("SETTINGS", tmp_path / "settings"), ("DATA", tmp_path / "data"), ("DATABASE", location)):
        monkeypatch.setenv(f"IOMS_{name}", str(value))
    monkeypatch.setenv("IOMS_PASSWORD", "demo")

    def go(*arguments: object, user: str = "shah") -> Answer:
        code = main([*map(str, arguments), "--user", user])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Answer(code, captured.out, captured.err)

    assert go("case", "PHX-1", user="okoro").code == 0
    return go


def test_a_whole_audit_is_answered_in_the_keys_of_the_interface(run: Run, tmp_path: Path) -> None:
    anchored = run("audit", "anchor", "--out", tmp_path / "anchor.json")
    assert anchored.code == 0, anchored.err
    found = run("audit", "verify", "--anchor", tmp_path / "anchor.json", "--format", "json")
    assert found.code == 0, found.err
    assert {"ok", "entries", "head", "anchored", "broken_at", "reason"} <= set(found.json)
    assert (found.json["ok"], found.json["anchored"]) == (True, True)
    assert (found.json["broken_at"], found.json["reason"]) == (None, None)
    assert found.json["code"] in anchored.out
    kept = json.loads((tmp_path / "anchor.json").read_text(encoding="utf-8"))["heads"][0]
    assert found.json["head"] == kept["hash"]
    assert run("audit", "verify", "--format", "json").json["anchored"] is None
    text = run("audit", "verify", "--anchor", tmp_path / "anchor.json")
    assert "Anchor: in the chain" in text.out
    assert "The audit is whole." in text.err


def test_an_export_is_checked_by_the_file_beside_it_and_is_on_record(run: Run, location: str, tmp_path: Path) -> None:
    anchor, folder = tmp_path / "anchor.json", tmp_path / "export"
    folder.mkdir()
    assert run("audit", "anchor", "--out", anchor).code == 0
    assert run("audit", "export", "--out", folder, user="admin").code == 1
    assert list(folder.iterdir()) == []
    written = run("audit", "export", "--out", folder)
    assert written.code == 0, written.err
    assert run("audit", "export", "--out", folder).code == 1, "what was exported is not written over"
    command = [sys.executable, "-I", "-S", "check_audit.py", "audit.jsonl", "--anchor", str(anchor)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, "The audit is whole." in done.stdout) == (0, True), done.stdout + done.stderr
    exported = (folder / "audit.jsonl").read_bytes()
    assert b"Jayden" not in exported
    (folder / "audit.jsonl").write_bytes(exported.replace(b"okoro", b"nobody"))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, "was changed after it was written" in done.stdout) == (1, True), "the control"
    store = opened(location)
    with store.read() as reading:
        recorded = text("SELECT actor, detail FROM audit_trail WHERE object_ref = 'export'")
        ((who, detail),) = reading.connection.execute(recorded).all()
    store.close()
    assert (who, sha256(exported).hexdigest() in str(detail)) == ("shah", True)


def test_a_broken_audit_ends_with_one_and_says_where(run: Run, location: str) -> None:
    assert run("audit", "verify").code == 0
    store = opened(location)
    with unguarded(store, kept=True) as reading:
        delete(reading.connection, random.Random(1))  # noqa: S311 - a place to tamper with
    store.close()
    found = run("audit", "verify", "--format", "json")
    assert (found.code, found.json["ok"]) == (1, False)
    assert found.json["broken_at"] == "seal 1"
    assert "entries" in found.json["reason"]
    assert "not whole" in found.err


def test_who_looked_names_everyone(run: Run) -> None:
    looks = run("audit", "who-looked", "PHX-1", "--format", "json").json["looks"]
    assert [(look["who"], look["role"], look["what"]) for look in looks] == [("okoro", "navigator", "cases PHX-1")]
    assert "okoro (navigator)" in run("audit", "who-looked", "PHX-1").out
    assert run("user", "account", "okoro", "--display-name", "N. OKORO", user="admin").code == 0
    assert "N. OKORO (okoro) (navigator)" in run("audit", "who-looked", "PHX-1").out
    assert "Nobody is on record" in run("audit", "who-looked", "IOM-1").out
    missing = run("audit", "who-looked", "X-9")
    assert (missing.code, missing.out) == (1, "")


def test_a_restore_is_told_to_the_audit_by_an_administrator_and_on_a_server_by_two(run: Run, location: str) -> None:
    assert run("audit", "restored", "--reason", "the disk failed").code == 1
    told = run("audit", "restored", "--reason", "the disk failed", user="admin")
    if is_shared(location):
        assert "not in force yet" in told.out
        number = run("audit", "restored", user="second").out.split()[0]
        assert run("audit", "restored", "--confirm", number, user="admin").code == 1
        for more in ("--withdraw", "--reason"):
            both = run("audit", "restored", "--confirm", number, more, number, user="second")
            assert (both.code, both.out) == (1, ""), "what is wanted of it is not clear"
        told = run("audit", "restored", "--confirm", number, user="second")
    else:
        assert run("audit", "restored", user="admin").code == 1
    assert "Epoch 2" in told.out
    found = run("audit", "verify", "--format", "json").json
    assert (found["ok"], found["epochs"][0]["reason"]) == (True, "the disk failed")


@pytest.mark.parametrize("user", ["admin", "wright", "okoro"])
def test_nobody_but_an_auditor_is_answered(run: Run, tmp_path: Path, user: str) -> None:
    for command in (("verify",), ("anchor", "--out", tmp_path / "a.json"), ("who-looked", "PHX-1")):
        refused = run("audit", *command, user=user)
        assert (refused.code, refused.out) == (1, "")
        assert "Only an auditor" in refused.err
    assert not (tmp_path / "a.json").exists()
