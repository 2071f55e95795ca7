"""`backup`, `restore` and `check` as an administrator or a scheduled job uses them."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backup_sessions import left_in
from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.sqlite.audit_hash import register_hash_functions
from ioms_desktop.storage.sqlite.engine import connect
from keys import TEST_KEY, opened, with_users
from sessions import fill

PASSWORD = "seven pale herons wade at dusk"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    local_location: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Return the command line, as an administrator of a local file with a few cases."""
    with_users(local_location, {"admin": Role.ADMINISTRATOR, "wright": Role.SUPERVISOR}, PASSWORD)
    store = opened(local_location)
    fill(store)
    store.close()
    for name, value in (("SETTINGS", tmp_path / "settings"), ("DATA", tmp_path / "data"), ("DATABASE", local_location)):
        monkeypatch.setenv(f"IOMS_{name}", str(value))
    monkeypatch.setenv("IOMS_PASSWORD", PASSWORD)
    monkeypatch.setenv("IOMS_USER", "admin")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)

    def go(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    return go


def checked(run: Run, *arguments: object) -> Any:  # noqa: ANN401 - what check answers
    """Return what check answers to a program."""
    return json.loads(run("check", "--format", "json", *arguments)[1])


def test_a_file_is_backed_up_restored_into_another_and_both_are_whole(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    assert checked(run)["last_backup"] is None
    code, out, err = run("backup", kept)
    assert (code, err) == (0, "")
    assert "verified in" in out
    (name, _) = left_in(kept)
    assert checked(run)["last_backup"]["path"] == str(kept / name)
    assert "Last backup: " in run("check")[1]
    again = tmp_path / "again.ioms"
    code, out, err = run("restore", kept / name, "--database", again, "--reason", "The disk failed.")
    assert code == 0, err
    assert "Tell the auditor: Epoch 2 of the audit is open: Restored from" in out
    assert "The disk failed." in out
    assert "users disabled since" in err
    found = checked(run, "--database", again)
    assert (found["ok"], found["faults"]) == (True, [])
    assert "every entry and every seal of the audit" in found["checked"]
    assert run("restore", kept / name, "--database", again)[0] == 1


def test_what_goes_wrong_ends_with_one_and_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = (
        (("restore", tmp_path / "nothing.ioms", "--database", tmp_path / "new.ioms"), "There is no backup at"),
        (("backup", tmp_path / "cases.ioms"), "already"),
        (("backup", tmp_path / "no" / "folder.ioms"), "no folder"),
        (("backup", tmp_path / "x.ioms", "--user", "wright"), "Only an administrator"),
        (("backup", tmp_path / "x.ioms", "--database", "postgresql://host/ioms"), "deploy/README.md"),
        (("restore", tmp_path / "x.ioms", "--database", "postgresql://host/ioms"), "deploy/README.md"),
    )
    for arguments, words in wrong:
        code, out, err = run(*arguments)
        assert (code, out) == (1, "")
        assert words in err
    monkeypatch.delenv("IOMS_PASSWORD")
    assert "No password is given" in run("backup", tmp_path / "x.ioms")[2]
    assert [
        name for name in left_in(tmp_path) if name not in {"cases.ioms", "cases.ioms.keys", "data", "settings"}
    ] == []
    assert run("backup")[0] == run("restore")[0] == 2


def test_a_backup_that_shrank_ends_with_one_so_that_whoever_planned_it_hears(
    run: Run, tmp_path: Path, local_location: str
) -> None:
    assert run("backup", tmp_path / "first.ioms")[0] == 0
    with closing(connect(Path(local_location), TEST_KEY)) as connection:
        register_hash_functions(connection)
        for table in reversed(tables.metadata.sorted_tables):
            if {"case_ref", "person_ref"} & set(table.columns.keys()):
                connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 - names of our own tables
    code, out, err = run("backup", tmp_path / "second.ioms")
    assert code == 1
    assert "less than half of the records" in err
    assert "Backed up to" in out
    assert (tmp_path / "second.ioms").exists()


def test_check_walks_through_the_whole_audit(run: Run, local_location: str) -> None:
    assert run("check")[0] == 0
    assert run("backup", Path(local_location).parent / "sealed.ioms")[0] == 0  # every entry until now has a seal
    assert run("backup", Path(local_location).parent / "again.ioms")[0] == 0
    with closing(connect(Path(local_location), TEST_KEY)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        for (name,) in names.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE id = 1")
    found = checked(run)
    assert "tell the auditor" in run("check")[2]
    assert found["ok"] is False
    assert found["faults"] == ["The audit is broken at seal 1, entry 1: Entry 1 was changed after it was written."]
