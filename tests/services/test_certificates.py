"""People who sign in to a shared database with a certificate of their own, and those whose certificate will not do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import MissingValue, NoSecretToChange, Refused
from ioms_desktop.services import drafts
from ioms_desktop.services.accounts.passwords import StrengthRequirement
from ioms_desktop.services.accounts.users import add_user, disable_user, list_users
from ioms_desktop.services.change_feed import ListenerCallbacks, listen
from ioms_desktop.services.sign_in.password_change import change_password
from ioms_desktop.services.sign_in.sign_in import sign_in
from storage.personal_certificates import PASSWORD, CertifiedOffice, Personal, issue
from storage.tls_cluster import authority
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).resolve().parent.parent.parent / "deploy" / "certificates.sh"
PHRASE = "what the key lies under"


@pytest.fixture(scope="module")
def office(certified: CertifiedOffice) -> CertifiedOffice:
    return certified


@pytest.fixture(scope="module")
def shah(office: CertifiedOffice) -> Personal:
    return issue(office.people, "shah", office.folder)


@pytest.fixture(scope="module")
def admin(office: CertifiedOffice) -> Personal:
    return issue(office.people, "admin", office.folder)


def refusal(location: str, name: str, password: str = "") -> str:
    with pytest.raises(Refused) as caught:
        sign_in(location, name, password)
    return caught.value.sentence


def test_a_certificate_lets_its_owner_in_without_a_password(office: CertifiedOffice, shah: Personal) -> None:
    session = sign_in(office.location(**shah.options), "shah", "")
    assert (session.user, session.role, session.is_passwordless) == ("shah", Role.OFFICER, True)
    assert make_url(session.store.location).username is None
    session.store.close()


def test_what_is_typed_is_kept_without_a_password_and_whatever_is_typed_as_one(
    office: CertifiedOffice, shah: Personal
) -> None:
    keys = []
    for typed in ("", "typed by habit", "and another day"):
        session = sign_in(office.location(**shah.options), "shah", typed)
        assert drafts.can_keep_drafts(session)
        keys.append(session.draft_key)
        session.store.close()
    assert keys == [keys[0]] * 3


def test_the_environment_and_a_service_file_name_the_certificate_too(
    office: CertifiedOffice, shah: Personal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        for name, value in shah.options.items():
            patched.setenv(f"PG{name.upper()}", value)
        sign_in(office.location(), "shah", "").store.close()
    where = make_url(office.location(**shah.options))
    said = {"host": where.host, "port": where.port, "dbname": where.database, **where.query}
    lines = "\n".join(f"{name}={value}" for name, value in said.items())
    (tmp_path / "services").write_text(f"[office]\n{lines}\n", encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    sign_in("postgresql:///?service=office", "shah", "").store.close()
    assert "is not known here" in refusal("postgresql:///?service=elsewhere", "shah")


WRONG: dict[str, tuple[str, Callable[[CertifiedOffice, Path], dict[str, str]]]] = {
    "none": ("asks for your certificate", lambda _office, _folder: {}),
    "somebody else's": (
        "made out to another name",
        lambda office, folder: issue(office.people, "okoro", folder).options,
    ),
    "another authority's": (
        "which the server does not trust",
        lambda _office, folder: issue(authority("Elsewhere"), "shah", folder).options,
    ),
    "a forger's": (
        "which the server does not trust",
        lambda office, folder: issue(authority(_called(office)), "shah", folder).options,
    ),
    "run out": ("has run out", lambda office, folder: issue(office.people, "shah", folder, days=-1).options),
    "not valid yet": (
        "may not be valid yet",
        lambda office, folder: issue(office.people, "shah", folder, days=90).options,
    ),
    "readable by others": (
        "Others on this computer may read the key",
        lambda office, folder: _opened(issue(office.people, "shah", folder)).options,
    ),
    "another's key": (
        "does not belong to the certificate",
        lambda office, folder: {
            "sslcert": issue(office.people, "shah", folder).sslcert,
            "sslkey": issue(office.people, "okoro", folder).sslkey,
        },
    ),
    "no key": (
        "not where it should be",
        lambda office, folder: {
            "sslcert": issue(office.people, "shah", folder).sslcert,
            "sslkey": str(folder / "nowhere.key"),
        },
    ),
    "no certificate in it": (
        "There is no certificate in the file",
        lambda office, folder: {
            "sslcert": issue(office.people, "shah", folder).sslkey,
            "sslkey": str(folder / "shah.key"),
        },
    ),
}


def _called(office: CertifiedOffice) -> str:
    return str(office.people.certificate.subject.rfc4514_string().removeprefix("CN="))


def _opened(personal: Personal) -> Personal:
    Path(personal.sslkey).chmod(0o644)
    return personal


@pytest.mark.parametrize("kind", WRONG)
def test_a_certificate_that_will_not_do_is_refused_in_a_sentence(
    office: CertifiedOffice, tmp_path: Path, kind: str
) -> None:
    words, options = WRONG[kind]
    said = refusal(office.location(**options(office, tmp_path)), "shah")
    assert words in said
    assert "Nothing was" in said


def test_a_key_under_a_phrase_opens_with_it_and_no_terminal_is_asked(office: CertifiedOffice, tmp_path: Path) -> None:
    location = office.location(**issue(office.people, "shah", tmp_path, phrase=PHRASE).options)
    session = sign_in(location, "shah", PHRASE)
    assert not session.is_passwordless
    session.store.close()
    for typed in ("", "not it"):
        assert "type the phrase it lies under" in refusal(location, "shah", typed)
    code = f"from ioms_desktop.services.sign_in.sign_in import sign_in; sign_in({location!r}, 'shah', '')"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert "pass phrase" not in done.stdout + done.stderr, "the library would wait for whoever sits at a terminal"


def test_where_the_server_asks_for_a_password_it_is_said(office: CertifiedOffice) -> None:
    assert "asks for a password, and none was given" in refusal(office.location(), "plain")
    sign_in(office.location(), "plain", PASSWORD).store.close()


def test_a_name_in_the_certificate_is_brought_to_a_login(office: CertifiedOffice, tmp_path: Path) -> None:
    for name, lets_in in (("mapped@office.example.org", True), ("shah@office.example.org", False)):
        location = office.location(**issue(office.people, name, tmp_path).options)
        if lets_in:
            sign_in(location, "mapped", "").store.close()
        else:
            assert "another name" in refusal(location, "mapped")


def test_a_withdrawn_certificate_lets_nobody_in_and_the_others_do(
    office: CertifiedOffice, shah: Personal, tmp_path: Path
) -> None:
    stolen = issue(office.people, "shah", tmp_path)
    location = office.location(**stolen.options)
    sign_in(location, "shah", "").store.close()
    office.revoke(stolen.certificate)
    wait_until(lambda: not _opens(location))
    assert "was withdrawn" in refusal(location, "shah")
    sign_in(office.location(**shah.options), "shah", "").store.close()


def test_a_list_of_the_withdrawn_that_is_too_old_is_named(office: CertifiedOffice, shah: Personal) -> None:
    location = office.location(**shah.options)
    office.revoke(days=-1)
    try:
        wait_until(lambda: not _opens(location))
        assert "or the server's list of those withdrawn has" in refusal(location, "shah")
    finally:
        office.trust_its_own()
        wait_until(lambda: _opens(location))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
def test_the_script_of_deploy_issues_and_withdraws(office: CertifiedOffice, shah: Personal, tmp_path: Path) -> None:
    ours = tmp_path / "authority"
    told = os.environ | {"IOMS_AUTHORITY": str(ours), "IOMS_AUTHORITY_PHRASE": "of the authority"}

    def run(*what: str, said: str = "") -> tuple[int, str]:
        done = subprocess.run(what, check=False, input=said, capture_output=True, text=True, env=told, cwd=tmp_path)
        return done.returncode, done.stderr

    def script(*what: str, said: str = "") -> tuple[int, str]:
        return run("sh", str(SCRIPT), *what, said=said)

    assert script("authority")[0] == 0
    assert "there is an authority" in script("authority")[1]
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")
    for name in ("ioms", "other"):
        asked = run(
            "openssl", "req", "-new", *curve, "-subj", "/CN=shah", "-keyout", f"{name}.key", "-out", f"{name}.csr"
        )
        assert asked[0] == 0, asked[1]
        assert script("issue", f"{name}.csr", said="y\ny\n")[0] == 0
    location, other = (
        office.location(sslcert=str(tmp_path / f"{name}.crt"), sslkey=str(tmp_path / f"{name}.key"))
        for name in ("ioms", "other")
    )
    office.trust(ours / "people.crt", ours / "people.crl")
    try:
        wait_until(lambda: _opens(location))
        assert "does not trust" in refusal(office.location(**shah.options), "shah"), "the authority of before"
        assert script("withdraw", "ioms.crt")[0] == 0
        office.trust(ours / "people.crt", ours / "people.crl")
        wait_until(lambda: not _opens(location))
        assert "was withdrawn" in refusal(location, "shah")
        sign_in(other, "shah", "").store.close()
    finally:
        office.trust_its_own()
        wait_until(lambda: _opens(office.location(**shah.options)))
    assert all(path.stat().st_mode & 0o077 == 0 for path in ours.rglob("*"))


def _opens(location: str) -> bool:
    try:
        sign_in(location, "shah", "").store.close()
    except Refused:
        return False
    return True


def test_somebody_is_added_without_a_password(office: CertifiedOffice, admin: Personal, tmp_path: Path) -> None:
    session = sign_in(office.location(**admin.options), "admin", "")
    assert "no password here" in add_user(session, "newcomer", Role.NAVIGATOR, None)
    assert _verifier(office, "newcomer") is None
    theirs = sign_in(office.location(**issue(office.people, "newcomer", tmp_path).options), "newcomer", "")
    assert theirs.role is Role.NAVIGATOR
    theirs.store.close()
    session.store.close()


def test_whoever_is_disabled_fits_no_line_of_the_servers_rules_and_is_told_so(
    office: CertifiedOffice, admin: Personal, tmp_path: Path
) -> None:
    session = sign_in(office.location(**admin.options), "admin", "")
    add_user(session, "leaver", Role.OFFICER, None)
    location = office.location(**issue(office.people, "leaver", tmp_path).options)
    theirs, ended = sign_in(location, "leaver", ""), Event()
    listening = listen(
        theirs,
        ListenerCallbacks(on_change=_ignore, on_presence=_ignore, on_connection=_ignore, on_access_ended=ended.set),
    )
    disable_user(session, "leaver")
    assert ended.wait(60)
    listening.close()
    for each in (theirs, session):
        each.store.close()
    assert "to add you" in refusal(location, "leaver")


def _ignore(_: object) -> None:
    """Be told and do nothing."""


def test_a_file_lets_nobody_in_without_a_password(local_location: str) -> None:
    from keys import with_users  # noqa: PLC0415 - this test only

    with_users(local_location, {"admin": Role.ADMINISTRATOR}, PASSWORD)
    session = sign_in(local_location, "admin", PASSWORD)
    with pytest.raises(MissingValue):
        add_user(session, "shah", Role.OFFICER, None)
    assert [user.name for user in list_users(session)] == ["admin"]
    session.store.close()
    assert "name or the password is wrong" in refusal(local_location, "admin")


def test_a_login_that_others_made_keeps_its_way_of_signing_in(office: CertifiedOffice, admin: Personal) -> None:
    with psycopg.connect(office.address, autocommit=True) as keeper:
        keeper.execute("CREATE ROLE by_ticket LOGIN")
        keeper.execute("CREATE ROLE by_password LOGIN PASSWORD 'of the directory'")
        # From PostgreSQL 16 on the program may change a login that others made only once they let it.
        keeper.execute("GRANT by_ticket, by_password TO ioms_accounts WITH ADMIN OPTION")
    before = {name: _verifier(office, name) for name in ("by_ticket", "by_password")}
    session = sign_in(office.location(**admin.options), "admin", "")
    for name in before:
        add_user(session, name, Role.OFFICER, "a password nobody asked for", strength=StrengthRequirement.MINIMAL)
    made = "made here"
    add_user(session, made, Role.OFFICER, PASSWORD)
    session.store.close()
    assert {name: _verifier(office, name) for name in before} == before
    assert before["by_ticket"] is None
    assert _verifier(office, made) is not None, "the control: a login made by add_login has the password given"


def _verifier(office: CertifiedOffice, name: str) -> str | None:
    with psycopg.connect(office.address) as keeper:
        row = keeper.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (name,)).fetchone()
    assert row is not None
    found: str | None = row[0]
    return found


def test_ones_own_password_is_not_changed_where_there_is_none(office: CertifiedOffice, shah: Personal) -> None:
    session = sign_in(office.location(**shah.options), "shah", "")
    before = _verifier(office, "shah")
    with pytest.raises(NoSecretToChange):
        change_password(session, "", "seven pale herons wade at dusk")
    assert _verifier(office, "shah") == before
    session.store.close()
    sign_in(office.location(**shah.options), "shah", "").store.close()


def test_a_command_without_a_terminal_needs_no_password_either(
    office: CertifiedOffice, admin: Personal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("IOMS_PASSWORD", raising=False)
    monkeypatch.setattr(sys, "stdin", StringIO())
    where = office.location(**admin.options)
    assert main(["user", "list", "--database", where, "--user", "admin"]) == 0
    assert "shah  officer  may sign in" in capsys.readouterr().out
    added = ["user", "add", "A. SHAH", "--role", "officer", "--without-password", "--database", where]
    assert main([*added, "--user", "admin"]) == 0
    assert "no password here" in capsys.readouterr().out
    assert main(["user", "list", "--database", office.location(), "--user", "plain"]) == 1
    assert "asks for a password" in capsys.readouterr().err
