"""What a command writes reaches a file, a pipe or nobody, whatever its letters: none fails after it has worked."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from keys import with_users
from services.exchange_session import person, put
from shared_people import PASSWORD as OFFICE_PASSWORD
from shared_people import login_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_people import Office

NAMES = ("Łukasz", "Ødegård", "Əliyev", "Ó Súilleabháin", "Ελένη", "李")
PASSWORD = "correct horse battery staple"


@pytest.fixture
def base(local_location: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database whose administrator signs in by the environment."""
    with_users(local_location, {"boss": Role.ADMINISTRATOR}, "demo")
    for name, value in (
        ("DATABASE", local_location),
        ("USER", "boss"),
        ("PASSWORD", "demo"),
        ("NEW_PASSWORD", PASSWORD),
    ):
        monkeypatch.setenv(f"IOMS_{name}", value)
    return local_location


@pytest.fixture
def redirected(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[io.BytesIO, io.BytesIO]]:
    """Redirect output and messages as Windows does: `redirected("cp1252") -> (output, messages)`."""

    def redirect(encoding: str) -> tuple[io.BytesIO, io.BytesIO]:
        out, err = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding=encoding))
        return out, err

    return redirect


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_name_that_the_code_page_lacks_is_written_after_it_was_stored(
    encoding: str, form: str, base: str, redirected: Callable[[str], tuple[io.BytesIO, io.BytesIO]]
) -> None:
    assert base
    out, err = redirected(encoding)
    for name in NAMES[:2]:
        assert main(["user", "add", "--role", "officer", name]) == 0, err.getvalue().decode()
    assert main(["user", "list", "--format", form]) == 0
    sys.stdout.flush()
    assert all(out.getvalue().decode("utf-8").count(name) == 2 for name in NAMES[:2])


def test_a_refusal_about_such_a_name_is_a_sentence(
    base: str, redirected: Callable[[str], tuple[io.BytesIO, io.BytesIO]]
) -> None:
    assert base
    _, err = redirected("cp1252")
    for name in NAMES:
        assert main(["user", "disable", name]) == 1
        sys.stderr.flush()
        said = err.getvalue().decode("utf-8").splitlines()[-1]
        assert name in said
        assert "went wrong" not in said


def test_half_a_pair_is_written_as_an_escape(
    base: str, redirected: Callable[[str], tuple[io.BytesIO, io.BytesIO]]
) -> None:
    """A file name that is not UTF-8 comes in as halves of pairs, which no encoding has."""
    assert base
    _, err = redirected("cp1252")
    assert main(["case", "IOM-\udce9"]) == 1
    sys.stderr.flush()
    assert "went wrong" not in err.getvalue().decode("utf-8")


@pytest.mark.parametrize("missing", ["stdin", "stdout", "stderr"])
def test_a_program_without_a_console_works_without_that_stream(
    missing: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert base
    monkeypatch.setattr(sys, missing, None)
    assert main(["user", "list"]) == 0
    monkeypatch.delenv("IOMS_PASSWORD")
    assert main(["user", "list"]) == 1
    getattr(sys, missing).close()


def test_the_real_program_writes_utf_8_into_a_file(base: str, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    command = [sys.executable, "-m", "ioms_desktop", "user", "add", "--role", "officer", NAMES[0]]
    settings = os.environ | {"PYTHONIOENCODING": "cp1252"}
    with target.open("wb") as file:
        done = subprocess.run(command, env=settings, stdout=file, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, b"went wrong" in done.stderr) == (0, False)
    assert NAMES[0] in target.read_text(encoding="utf-8")
    assert Path(base).exists()


@pytest.mark.posix("a device that is always full")
def test_a_result_that_finds_no_room_is_not_told_as_nothing_done(
    base: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert base
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(["user", "add", "--role", "officer", "okoro"]) == 1
        said = capsys.readouterr().err
        assert "was carried out" in said
        assert "Nothing was changed" not in said


FULL = """
    CREATE FUNCTION fills() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER fills AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION fills()
"""


def test_of_a_server_that_fails_in_the_midst_only_our_sentence_is_written(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refs = [f"N{number}" for number in range(150)]  # of fewer, the driver has sent all before the first fails
    put(tmp_path, "people", [person(ref, address="") for ref in refs])
    entry = {"kind": "HOME", "address": "2 Low Street"}
    put(tmp_path, "addresses", [{"address_ref": f"A{ref}", "person_ref": ref, **entry} for ref in refs])
    for name, value in (("DATABASE", office.location), ("USER", login_of("supervisor")), ("PASSWORD", OFFICE_PASSWORD)):
        monkeypatch.setenv(f"IOMS_{name}", value)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as in a process without the tests' own
    with office.owner() as owner:
        owner.execute(FULL)
        assert main(["import", str(tmp_path)]) == 1
        assert owner.execute("SELECT count(*) FROM people WHERE person_ref LIKE 'N%'").fetchall() == [(0,)]
    assert capsys.readouterr().err.splitlines() == [
        "The disk is full. Nothing was saved and nothing was lost; free some space and try again."
    ]
