"""A password in an address: taken where whoever keeps a server gives one, and shown, kept and passed on nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from ioms_desktop.__main__ import main
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.fault_log import fault_record
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.postgres.engine import personal_engine, server_engine
from shared_people import PASSWORD, login_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shared_people import Office

SECRET = "Kestrel-7713-Saltmarsh"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the program keeps its settings and its log of faults."""
    monkeypatch.setenv("IOMS_SETTINGS", str(tmp_path / "settings"))
    for name in ("IOMS_PASSWORD", "IOMS_NEW_PASSWORD"):
        monkeypatch.setenv(name, PASSWORD)
    return tmp_path / "settings"


def with_password(location: str, user: str = "postgres") -> str:
    return make_url(location).set(username=user, password=SECRET).render_as_string(hide_password=False)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    answer = capsys.readouterr()
    return code, answer.out, answer.err


def in_files(folder: Path) -> bool:
    return any(SECRET.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_password_in_an_argument_is_cautioned_against_and_said_nowhere(
    postgres_database: Callable[..., str], kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = with_password(postgres_database())
    code, out, err = said(capsys, "init", "--trial", "--admin", "admin", "--database", where)
    assert code == 0, err
    assert "Every program on this computer can read the password" in err
    assert "Created postgresql://postgres@" in out
    code, listed, err = said(capsys, "user", "list", "--database", where, "--user", "admin")
    assert (code, "admin  administrator" in listed) == (0, True)
    assert SECRET not in out + listed + err
    assert SECRET not in json.loads((kept / "last.json").read_text(encoding="utf-8"))["database"]
    assert not in_files(kept)


def test_in_the_environment_it_is_taken_without_a_word(
    office: Office, kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IOMS_DATABASE", with_password(office.location))
    code, out, err = said(capsys, "migrate")
    assert (code, err, SECRET in out) == (0, "", False)
    assert not in_files(kept)


@pytest.mark.parametrize("address", [f"postgresql://keeper:{SECRET}@h:port/x", f"postgresql://keeper:{SECRET}@[::1/x"])
def test_an_address_that_cannot_be_read_is_not_repeated(
    kept: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "migrate", "--database", address)
    assert code == 1
    assert "The address of the database cannot be read." in err
    assert SECRET not in out + err
    assert not (kept / "faults.log").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [("nonsense=1", "has an option that does not exist"), ("sslmode=strict", "has an sslmode that does not exist")],
)
def test_an_option_that_is_none_is_said_to_be_one(office: Office, options: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        open_store(f"{office.location}&{options}")


def test_whoever_signs_in_is_whom_they_say_and_not_whom_the_address_says(office: Office) -> None:
    address = make_url(with_password(office.location, login_of("supervisor")))
    wrong = {"user": login_of("supervisor"), "password": SECRET, "sslpassword": SECRET}
    address = address.update_query_dict(wrong)
    session = sign_in(address.render_as_string(hide_password=False), login_of("officer"), PASSWORD)
    with session.store.read() as reading:
        assert reading.connection.exec_driver_sql("SELECT session_user").scalar() == login_of("officer")
    assert SECRET not in session.store.location
    session.store.close()


def test_a_typed_password_is_no_part_of_the_address_of_an_engine_nor_of_what_is_kept_of_a_fault() -> None:
    engine = personal_engine("postgresql://127.0.0.1:1/x", "shah", SECRET)
    assert SECRET not in engine.url.render_as_string(hide_password=False) + repr(engine)
    with pytest.raises(Exception, match="refused") as caught:
        engine.connect()
    assert SECRET not in str(caught.value) + fault_record(caught.value)
    engine.dispose()
    control = server_engine(f"postgresql://shah:{SECRET}@127.0.0.1:1/x")
    assert SECRET in control.url.render_as_string(hide_password=False), "the control: the keeper's own stands there"
    control.dispose()


def test_the_server_sees_a_password_only_as_its_verifier(office: Office) -> None:
    with psycopg.connect(office.location) as keeper:
        kept_there = keeper.execute("SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL").fetchall()
    assert kept_there
    assert all(str(each).startswith("SCRAM-SHA-256$") for (each,) in kept_there)
