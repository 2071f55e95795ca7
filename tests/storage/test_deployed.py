"""The settings of deploy/ as they stand: a server starts with them, is found safe, and lets in whom it should."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import make_url

from ioms_desktop.__main__ import main
from ioms_desktop.domain.errors import DatabaseNotFound, MissingValue, Refused, WrongPassword
from ioms_desktop.storage.database.migrate import create_empty_database
from ioms_desktop.storage.engine import engine_for, open_as_user, open_store
from ioms_desktop.storage.postgres.logins import add_login
from ioms_desktop.storage.postgres.server_checks import server_faults
from storage.tls_cluster import NAME, WITHOUT, TlsCluster, has_tls, write
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
PASSWORD = "correct-horse-battery"


def settle(data: Path) -> None:
    """Put the files where the server looks for them; only places and the network are this test's own."""
    settings = (DEPLOY / "postgresql.ioms.conf").read_text(encoding="utf-8")
    for ours, here in (
        ("/etc/postgresql/ioms/", ""),
        ('/usr/local/lib/ioms/archive-wal.sh "%p" "%f"', "/bin/true"),
    ):
        assert ours in settings
        settings = settings.replace(ours, here)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(settings)
    rules = (DEPLOY / "pg_hba.conf").read_text(encoding="utf-8")
    assert "10.20.0.0/16" in rules
    # Whoever runs the tests need not be the account postgres.
    rules = rules.replace("10.20.0.0/16", "127.0.0.1/32").replace("peer", "trust")
    (data / "pg_hba.conf").write_text(rules, encoding="utf-8")


@pytest.fixture(scope="module")
def deployed() -> Iterator[TlsCluster]:
    """Return a server set up as deploy/README.md says, with a database `ioms` and three logins."""
    if not has_tls():
        pytest.skip(WITHOUT)
    cluster = TlsCluster.listening(settle)
    cluster.create("first")
    with psycopg.connect(cluster.address_of("first"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE ioms TEMPLATE template0 ENCODING 'UTF8'")
    create_empty_database(local(cluster))
    with psycopg.connect(local(cluster), autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = 'ioms_people'").fetchone() is None:
            connection.execute("CREATE ROLE ioms_people NOLOGIN")
        for name in ("member", "outsider"):
            connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'".encode())
        connection.execute("GRANT ioms_people TO member")
        connection.execute("GRANT CONNECT ON DATABASE ioms TO ioms_people, outsider")
    keeping = open_store(local(cluster))
    with keeping.engine.begin() as connection:
        add_login(connection, "chief", "administrator", PASSWORD)
    keeping.close()
    yield cluster
    cluster.stop()


def local(cluster: TlsCluster) -> str:
    """Return the address on the server itself."""
    return make_url(cluster.address_of("first")).set(database="ioms").render_as_string(hide_password=False)


@pytest.fixture
def ca(deployed: TlsCluster, tmp_path: Path) -> str:
    return write(deployed.signer.certificate, tmp_path / "ca.crt")


def remote(cluster: TlsCluster, user: str, **query: str) -> str:
    """Return the address from a workstation."""
    url = make_url(f"postgresql://{user}:{PASSWORD}@{NAME}:{cluster.port}/ioms")
    return url.update_query_dict({"hostaddr": "127.0.0.1", **query}).render_as_string(hide_password=False)


def test_the_server_takes_records_and_a_member_reaches_them_encrypted(deployed: TlsCluster, ca: str) -> None:
    engine = engine_for(remote(deployed, "member", sslrootcert=ca))
    with engine.connect() as connection:
        assert server_faults(connection) == ()
        said = connection.exec_driver_sql("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").scalar()
    engine.dispose()
    assert said == "TLSv1.3"


def test_nobody_else_comes_in(deployed: TlsCluster, ca: str) -> None:
    for address in (
        remote(deployed, "outsider", sslrootcert=ca),
        remote(deployed, "postgres", sslrootcert=ca),
        remote(deployed, "member", sslrootcert=ca).replace("/ioms?", "/postgres?"),
    ):
        with pytest.raises(Refused, match=r"to add you"):
            open_store(address)
    plain = remote(deployed, "member", sslmode="disable").replace(NAME, "localhost")
    with pytest.raises(Refused, match=r"unencrypted"):
        open_store(plain)


def answer(location: str, name: str, password: str = PASSWORD) -> tuple[type[Refused], str]:
    with pytest.raises(Refused) as refused:
        open_as_user(location, name, password)
    return type(refused.value), refused.value.sentence


@pytest.mark.parametrize("host", [NAME, "localhost"])
def test_every_reason_not_to_let_somebody_in_reads_the_same(deployed: TlsCluster, ca: str, host: str) -> None:
    """On this computer the driver tries again without encryption, and reports that second refusal too."""
    options = {"sslrootcert": ca} if host == NAME else {}
    location = remote(deployed, "nobody", **options).replace(NAME, host)
    wrong = answer(location, "member", "guessed")
    assert wrong[0] is WrongPassword
    assert "encrypt" not in wrong[1]
    for name in ("no-such-name", "outsider", "postgres", "ioms_owner", "o'hara"):
        assert answer(location, name) == wrong, name
    with psycopg.connect(local(deployed), autocommit=True) as connection:
        connection.execute("ALTER ROLE member NOLOGIN")
        assert answer(location, "member") == wrong, "whoever was disabled"
        connection.execute("ALTER ROLE member LOGIN")
    # The control: who is let in by the server is answered by the database, which has no account for them.
    assert "no account in this database" in answer(location, "member")[1]


def test_a_database_that_is_not_there_is_not_taken_for_a_wrong_name(deployed: TlsCluster) -> None:
    with pytest.raises(DatabaseNotFound, match="no such database"):
        open_store(make_url(local(deployed)).set(database="nowhere").render_as_string(hide_password=False))
    with pytest.raises(WrongPassword, match="name or the password"):
        open_store(make_url(local(deployed)).set(username="nobody-here").render_as_string(hide_password=False))


@pytest.fixture
def checked(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run `check` and give its exit code, what it wrote, and its verdict."""
    monkeypatch.setenv("IOMS_PASSWORD", PASSWORD)
    monkeypatch.delenv("IOMS_USER", raising=False)
    for name in ("PGUSER", "PGPASSWORD", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)

    def run(location: str, *arguments: str) -> tuple[int, str, str]:
        code = main(["check", "--database", location, *arguments])
        told = capfd.readouterr()
        return code, told.out, told.err

    return run


def test_check_from_a_workstation_signs_in_as_whoever_is_named(
    deployed: TlsCluster, ca: str, checked: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    location = make_url(remote(deployed, "x", sslrootcert=ca))._replace(username=None, password=None)
    address = location.render_as_string()
    log = deployed.folder / "log"
    came = log.read_text(encoding="utf-8", errors="replace").count("connection received")
    assert checked(address) == (1, "", "No user is named. Give --user NAME, or set IOMS_USER.\n")
    with pytest.raises(MissingValue, match="names nobody"):
        open_store(address)
    assert log.read_text(encoding="utf-8", errors="replace").count("connection received") == came, "nobody was tried"
    code, out, verdict = checked(address, "--user", "chief")
    assert (code, "how the server is set up" in out, "links between records" in out) == (0, True, False)
    assert "Nothing is wrong with what was looked at. The records and the audit" in verdict
    monkeypatch.setenv("IOMS_USER", "chief")
    assert checked(address)[0] == 0
    monkeypatch.setenv("IOMS_PASSWORD", "guessed")
    assert "name or the password is wrong" in checked(address)[2]


def test_how_a_server_is_set_up_is_no_reason_to_restore_a_backup(
    deployed: TlsCluster, ca: str, checked: Callable[..., tuple[int, str, str]]
) -> None:
    keeper, person = local(deployed), remote(deployed, "x", sslrootcert=ca)
    assert checked(keeper)[::2] == (0, "The database is whole.\n"), "the control"
    with psycopg.connect(local(deployed), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        wait_until(lambda: checked(keeper)[0] == 1)
        for arguments in ((keeper,), (person, "--user", "chief")):
            code, out, verdict = checked(*arguments)
            assert (code, "fsync is off" in out, "restore a backup" in verdict) == (1, True, False)
            assert "server's settings, or some older rows, are not as they should be" in verdict
        assert "every entry and every seal of the audit" in checked(keeper)[1]
        found = json.loads(checked(keeper, "--format", "json")[1])
        assert (found["ok"], found["whole"], len(found["faults"])) == (False, True, 1)
        # The control: what is wrong with the records themselves is still what a backup is for.
        with psycopg.connect(local(deployed), autocommit=True) as connection:
            connection.execute("ALTER TABLE needs RENAME TO needs_away")
            assert "not whole; restore a backup" in checked(keeper)[2]
            connection.execute("ALTER TABLE needs_away RENAME TO needs")
    finally:
        with psycopg.connect(local(deployed), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET ALL")
            connection.execute("SELECT pg_reload_conf()")


def test_every_line_of_both_files_is_understood(deployed: TlsCluster) -> None:
    with psycopg.connect(local(deployed)) as connection:
        rules = connection.execute(
            "SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL"
        ).fetchall()
        wrong = connection.execute("SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL").fetchall()
        wrong = [each for each in wrong if each[0] != "listen_addresses"]  # this test's own port is said at the start
        shown = [
            connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("statement_timeout", "archive_timeout", "log_parameter_max_length_on_error")
        ]
    assert (rules, wrong) == ([], [])
    assert shown == [("15s",), ("5min",), ("0",)]


def test_the_log_of_the_server_quotes_nobodys_record(deployed: TlsCluster) -> None:
    secret = "Marlowe-Fitzgerald"
    with psycopg.connect(local(deployed), autocommit=True) as connection:
        connection.execute("CREATE TEMP TABLE letters (name text UNIQUE)")
        connection.execute("INSERT INTO letters VALUES (%s)", (secret,))
        with pytest.raises(psycopg.errors.UniqueViolation, match=secret):
            connection.execute("INSERT INTO letters VALUES (%s)", (secret,))
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM nowhere WHERE name = 'Marlowe-Fitzgerald'")
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute("SELECT 1 / (length(%s) - length(%s))", (secret, secret))
    log = (deployed.folder / "log").read_text(encoding="utf-8", errors="replace")
    for said in ("connection authorized", "duplicate key value", "nowhere", "division by zero"):
        assert said in log, "the control: the log is written, and says what went wrong"
    assert secret not in log
