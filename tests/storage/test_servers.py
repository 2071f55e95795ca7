"""A server is looked at before it is given records; a line to one is encrypted and leads to the right one."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine, make_url, text

from ioms_desktop.domain.errors import Refused, UnsafeDatabase
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.migrate import create_empty_database, upgrade_database
from ioms_desktop.storage.engine import engine_for, open_as_user, open_store
from ioms_desktop.storage.postgres.connection import connect_arguments
from ioms_desktop.storage.postgres.server_checks import (
    extend_timeouts,
    missing_policies,
    server_faults,
    server_warnings,
)
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from postgres_cluster import Cluster
from storage.test_migrations import alembic
from storage.test_opening import CREATE, RACERS, UPGRADE, race
from storage.tls_cluster import NAME, WITHOUT, TlsCluster, authority, free_port, has_tls, write
from waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from shared_people import Office


PASSWORD = "correct-horse-battery"
SSL_REQUEST, CLEARTEXT_PASSWORD = struct.pack("!i", 80877103), 3


@pytest.fixture(scope="module")
def careful_server() -> Iterator[Cluster]:
    """Return a server that is set up as deploy/ says."""
    options = "-c log_connections=on -c archive_mode=on"
    cluster = Cluster.start(options, ["-k"], port=free_port())
    yield cluster
    cluster.stop()


@pytest.fixture
def careful(careful_server: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return an empty database on it."""
    name = request.node.name[:40]
    yield careful_server.create(name)
    careful_server.drop(name)


@pytest.fixture(scope="module")
def _careful_template(careful_server: Cluster) -> str:
    """Create one as an administrator does, whom a careful server is not to refuse."""
    create_empty_database(careful_server.create("made"))
    return "made"


@pytest.fixture
def made(careful_server: Cluster, _careful_template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a database at the newest schema on it."""
    name = request.node.name[:40]
    yield careful_server.create(name, _careful_template)
    careful_server.drop(name)


def faults_at(location: str) -> tuple[str, ...]:
    engine = engine_for(location)
    with engine.connect() as connection:
        found = server_faults(connection)
    engine.dispose()
    return found


def test_a_careful_server_takes_a_database_and_its_upgrades(made: str) -> None:
    assert faults_at(made) == ()
    assert upgrade_database(made).after == SCHEMA_HEAD
    store = open_store(made)
    with store.read() as reading:
        assert check_integrity(reading)[1] == ()
    store.close()


def test_a_hasty_server_is_refused_with_every_fault_and_stays_empty(postgres_database: Callable[..., str]) -> None:
    location = postgres_database()
    with pytest.raises(Refused) as caught:
        create_empty_database(location)
    said = caught.value.sentence
    assert "Nothing was created." in said
    engine = create_engine(make_url(location).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        has_sums = connection.scalar(text("SHOW data_checksums")) == "on"  # by itself from PostgreSQL 18 on
        for setting in ("fsync = on", "full_page_writes = on", "synchronous_commit = on"):
            assert setting in said
        assert ("pg_checksums --enable" in said) != has_sums
        assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
    engine.dispose()


def test_a_database_for_trying_is_taken_anywhere_and_remembers_it(shared_location: str) -> None:
    """It was made with `allow_unsafe_server`, which the upgrade is not told again."""
    assert upgrade_database(shared_location).after == SCHEMA_HEAD


def test_a_server_that_became_hasty_is_given_no_upgrade(careful_server: Cluster, made: str) -> None:
    with psycopg.connect(made, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        wait_until(lambda: any("full_page_writes" in fault for fault in faults_at(made)))
        with pytest.raises(Refused, match=r"Nothing was changed\. full_page_writes is off"):
            upgrade_database(made)
        store = open_store(made)
        with store.read() as reading:
            assert any("full_page_writes" in fault.description for fault in check_integrity(reading)[1])
        store.close()
    finally:
        with psycopg.connect(careful_server.create("reset"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET ALL")
            connection.execute("SELECT pg_reload_conf()")
    wait_until(lambda: faults_at(made) == ())


def test_a_setting_with_which_no_record_is_read_is_named_and_keeps_the_program_from_nothing(office: Office) -> None:
    name = make_url(office.location).database
    with office.owner() as owner:
        owner.execute(f'ALTER DATABASE "{name}" SET debug_print_plan = yes'.encode())
        try:
            with office.session("officer").store.read(facts_only=True) as reading:
                assert reading.connection.scalar(text("SELECT count(*) FROM cases"))
            with office.raw("officer") as psql, pytest.raises(InsufficientPrivilege):  # the control
                psql.execute("SELECT count(*) FROM cases")
            named = [fault.split(":")[0] for fault in faults_at(office.location)]
        finally:
            owner.execute(f'ALTER DATABASE "{name}" RESET ALL'.encode())
    assert named[-1] == "debug_print_plan is on"
    assert not [fault for fault in faults_at(office.location) if "psql" in fault], "the control"


def test_a_restore_that_lost_what_refuses_plans_is_named(made: str) -> None:
    store = open_store(made)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("DROP POLICY unexplained ON contacts; DROP POLICY unexplained ON cases")
        (fault,) = missing_policies(connection)
        assert fault.startswith("2 tables have lost the policy that refuses query plans")
        connection.rollback()
        assert missing_policies(connection) == ()
    store.close()


def test_several_programs_creating_one_shared_database_make_one(careful: str) -> None:
    said = race(CREATE, careful)
    assert sorted(said) == ["", *["DatabaseExists"] * (RACERS - 1)]
    open_store(careful).close()


def test_several_workstations_upgrading_one_shared_database_at_once_upgrade_it_once(made: str) -> None:
    engine = engine_for(made)
    with engine.begin() as connection:
        extend_timeouts(connection)
        alembic(connection, "downgrade", "-1")
        before = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE meta SET value = :before WHERE name = 'schema'"), {"before": before})
    engine.dispose()
    with pytest.raises(Refused, match="run migrate on the command line"):
        open_store(made)
    assert before < SCHEMA_HEAD
    assert race(UPGRADE, made) == [SCHEMA_HEAD] * RACERS
    store = open_store(made)
    with store.read() as reading:
        assert check_integrity(reading)[1] == ()
    store.close()


def test_an_older_program_is_refused_in_a_person_s_own_name_too(office: Office) -> None:
    with office.owner() as connection:
        connection.execute("UPDATE meta SET value = '9999' WHERE name = 'schema'")
    with pytest.raises(Refused, match="made by a newer version of IOMS Desktop"):
        office.session("officer")


def test_clocks_far_apart_are_said_and_close_ones_are_not(postgres_database: Callable[..., str]) -> None:
    engine = engine_for(postgres_database())
    with engine.connect() as connection:
        assert server_warnings(connection) == ()
        assert server_warnings(connection, datetime.now(UTC) - timedelta(seconds=90)) == ()
        assert "5 minutes apart" in server_warnings(connection, datetime.now(UTC) + timedelta(minutes=5, seconds=30))[0]
        assert "3 days" not in server_warnings(connection, datetime.now(UTC) - timedelta(days=3))[0]
    engine.dispose()


def test_a_log_that_cannot_be_kept_is_said_until_it_is_kept_again(made: str) -> None:
    with psycopg.connect(made, autocommit=True) as keeper:
        for command, said in (("false", True), ("true", False)):
            keeper.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
            keeper.execute("SELECT pg_reload_conf()")
            keeper.execute("SELECT pg_logical_emit_message(false, 'test', 'something to keep'), pg_switch_wal()")
            engine = engine_for(made)
            expected = ["The server could not keep the ne"] * said
            wait_until(lambda: [warning[:32] for warning in _warnings(engine)] == expected)  # noqa: B023 - asked here only
            engine.dispose()


def _warnings(engine: Engine) -> Sequence[str]:
    with engine.connect() as connection:
        return server_warnings(connection)


def test_nobody_waits_for_ever(shared_location: str) -> None:
    store = open_store(shared_location)
    with store.read() as reading:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        found = [_setting(reading.connection, name) for name in names]
        checked = _setting(reading.connection, "client_connection_check_interval")
        reading.extend_timeouts()
        longer = [_setting(reading.connection, name) for name in names]
    with store.read() as reading:
        after = [_setting(reading.connection, name) for name in names]
    store.close()
    assert (found, checked) == (["15s", "5s", "10s"], "10s")
    assert longer == ["10min"] * 3
    assert after == found, "patience ends with the transaction"


def _setting(connection: Connection, name: str) -> str:
    return str(connection.scalar(text(f"SHOW {name}")))


def mode(address: str, **environ: str) -> str | None:
    return connect_arguments(make_url(f"postgresql+psycopg://{address}"), environ).get("sslmode")


@pytest.mark.parametrize(
    "address",
    [
        "/x?host=/run/postgresql",
        "/x?host=C:\\server\\sockets",
        "/x?host=d:/sockets",
        "localhost/x",
        "127.0.0.1/x",
        "[::1]/x",
        "/x",
        "localhost/x?sslmode=disable",
    ],
)
def test_what_stays_on_this_machine_need_not_be_encrypted(address: str) -> None:
    assert mode(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "db.example/x",
        "10.0.0.1/x",
        "/x?host=/run/x,db.example",
        "/x?host=\\\\db.example\\sockets",
        "/x?host=C:relative",
        "localhost/x?hostaddr=10.0.0.1",
        "/x?service=s",
    ],
)
def test_what_leaves_this_machine_is_encrypted_and_proved(address: str) -> None:
    assert mode(address) == "verify-full"
    with pytest.raises(Refused, match="sslmode=require would let others"):
        mode(address, PGSSLMODE="require")


def test_the_environment_leads_elsewhere_too() -> None:
    assert mode("/x", PGHOST="db.example") == "verify-full"
    assert mode("/x", PGSERVICE="office") == "verify-full"
    assert mode("/x", PGHOST="/run/postgresql") is None
    with pytest.raises(Refused, match="sslmode=prefer would let others"):
        mode("/x", PGHOST="db.example", PGSSLMODE="prefer")


@pytest.mark.parametrize("weak", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_an_open_line_to_another_machine_is_refused(weak: str) -> None:
    with pytest.raises(Refused, match=f"sslmode={weak} would let others"):
        mode(f"db.example/x?sslmode={weak}")


def test_the_certificate_proves_the_server_and_a_ticket_goes_not_round_it() -> None:
    def encryption(address: str, **environ: str) -> object:
        return connect_arguments(make_url(f"postgresql+psycopg://{address}"), environ).get("gssencmode")

    assert encryption("db.example/x") == "disable"
    assert encryption("db.example/x?gssencmode=require") is None, "what the address says is left to the driver"
    assert encryption("db.example/x", PGGSSENCMODE="require") is None
    assert encryption("/x?service=office") is None


def test_what_the_address_says_reaches_the_driver() -> None:
    query = (
        "sslrootcert=/ca&sslcert=/c&sslkey=/k&gssencmode=disable&krbsrvname=pg&passfile=/p&options=-c%20work_mem=9MB"
    )
    engine = engine_for(f"postgresql://somebody@db.example/x?{query}")
    _, passed = engine.dialect.create_connect_args(engine.url)
    arguments = {**passed, **connect_arguments(engine.url, {})}
    engine.dispose()
    assert {name: arguments[name] for name in ("sslrootcert", "sslcert", "sslkey", "passfile")} == {
        "sslrootcert": "/ca",
        "sslcert": "/c",
        "sslkey": "/k",
        "passfile": "/p",
    }
    assert (arguments["gssencmode"], arguments["krbsrvname"]) == ("disable", "pg")
    assert arguments["options"].startswith("-c work_mem=9MB -c timezone=UTC")
    assert (arguments["keepalives_idle"], arguments["sslmode"]) == (30, "verify-full")


@contextmanager
def asking_for_the_password_itself() -> Iterator[tuple[int, list[bytes]]]:
    """Answer on a port as a server that wants the password as it is; gives the port and what it was sent."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    with line, suppress(OSError):
                        line.settimeout(10)
                        if line.recv(4096)[4:8] == SSL_REQUEST:
                            line.sendall(b"N")
                            line.recv(4096)
                        line.sendall(b"R" + struct.pack("!ii", 8, CLEARTEXT_PASSWORD))
                        sent.append(line.recv(4096))

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1], sent
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


@pytest.mark.posix("a port that is closed while another thread waits at it")
def test_whoever_answers_on_the_port_is_not_sent_the_password() -> None:
    with asking_for_the_password_itself() as (port, sent):
        location = f"postgresql://127.0.0.1:{port}/records"
        with pytest.raises(UnsafeDatabase, match="No password was sent"):
            open_as_user(location, "okoro", PASSWORD)
        assert not any(PASSWORD.encode() in each for each in sent)
        with pytest.raises(psycopg.OperationalError):  # the control: the driver alone sends it
            psycopg.connect(location, user="okoro", password=PASSWORD, connect_timeout=10)
        assert PASSWORD.encode() in sent[-1]


@pytest.mark.parametrize(
    ("address", "environ", "accepted"),
    [
        ("db.example/x", {}, "scram-sha-256,gss"),
        ("db.example/x?require_auth=password", {"PGREQUIREAUTH": "password"}, "scram-sha-256,gss"),
        ("db.example/x?sslcert=/c", {}, "scram-sha-256,gss,none"),
        ("db.example/x", {"PGSSLCERT": "/c"}, "scram-sha-256,gss,none"),
        ("/x?service=office", {}, "scram-sha-256,gss,none"),
        ("/x", {}, None),
    ],
)
def test_another_machine_may_ask_in_safe_ways_alone(
    address: str, environ: dict[str, str], accepted: str | None
) -> None:
    assert connect_arguments(make_url(f"postgresql+psycopg://{address}"), environ).get("require_auth") == accepted


@pytest.fixture(scope="module")
def tls() -> Iterator[TlsCluster]:
    """Return a server that takes encrypted connections alone, with a password."""
    if not has_tls():
        pytest.skip(WITHOUT)
    cluster = TlsCluster.listening()
    with psycopg.connect(cluster.create("records"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE somebody LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    yield cluster
    cluster.stop()


@pytest.fixture
def ca(tls: TlsCluster, tmp_path: Path) -> str:
    """Return the file of the authority that signed for the server."""
    return write(tls.signer.certificate, tmp_path / "ca.crt")


def address(tls: TlsCluster, *, name: str = NAME, **query: str) -> str:
    """Return the address by name; the number beside it spares asking the network."""
    url = make_url(tls.address_of("records"))
    given = url.set(username="somebody", password=PASSWORD, host=name, port=tls.port, query={})
    return given.update_query_dict({"hostaddr": "127.0.0.1", **query}).render_as_string(hide_password=False)


def refusal(location: str) -> str:
    with pytest.raises(Refused) as caught:
        open_store(location)
    return caught.value.sentence


def test_the_right_server_is_reached_encrypted(tls: TlsCluster, ca: str) -> None:
    found = faults_at(address(tls, sslrootcert=ca))
    assert not any("not encrypted" in fault for fault in found)
    create_empty_database(address(tls, sslrootcert=ca), allow_unsafe_server=True)
    store = open_store(address(tls, sslrootcert=ca))
    with store.read() as reading:
        query = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert reading.connection.scalar(query) is True
    store.close()


@pytest.mark.parametrize("name", ["Office authority", "Another authority"])
def test_a_server_signed_for_by_somebody_else_is_refused(tls: TlsCluster, tmp_path: Path, name: str) -> None:
    other = write(authority(name).certificate, tmp_path / "other.crt")
    assert "not signed by the authority trusted here" in refusal(address(tls, sslrootcert=other))


def test_a_server_of_another_name_is_refused(tls: TlsCluster, ca: str) -> None:
    assert "not the one that was asked for" in refusal(address(tls, name="other.example.org", sslrootcert=ca))


def test_a_missing_authority_is_said(tls: TlsCluster, tmp_path: Path) -> None:
    assert "name it by sslrootcert" in refusal(address(tls, sslrootcert=str(tmp_path / "none.crt")))


def test_a_plain_line_is_refused_here_and_by_the_server(tls: TlsCluster) -> None:
    assert "sslmode=disable would let others" in refusal(address(tls, sslmode="disable"))
    # Towards this machine itself we would allow it; the server does not.
    assert "takes no unencrypted connection" in refusal(address(tls, name="localhost", sslmode="disable"))


def test_a_plain_line_is_a_fault_where_the_server_allows_it(tls: TlsCluster) -> None:
    rules = tls.folder / "data" / "pg_hba.conf"
    before = rules.read_text(encoding="utf-8")
    rules.write_text(before.replace("hostssl", "host"), encoding="utf-8")
    location = address(tls, name="localhost", sslmode="disable")
    try:
        _reload(tls)
        wait_until(lambda: _opens(location))
        assert any("The connection is not encrypted" in fault for fault in faults_at(location))
    finally:
        rules.write_text(before, encoding="utf-8")
        _reload(tls)
        wait_until(lambda: not _opens(location))


def _reload(tls: TlsCluster) -> None:
    with psycopg.connect(tls.address_of("records"), autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")


def _opens(location: str) -> bool:
    try:
        psycopg.connect(location).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_server_without_certificates_is_said_to_be_one(careful_server: Cluster, tmp_path: Path) -> None:
    ca = write(authority("any").certificate, tmp_path / "ca.crt")
    location = f"postgresql://postgres@{NAME}:{careful_server.port}/postgres?hostaddr=127.0.0.1&sslrootcert={ca}"
    assert "offers no encrypted connection" in refusal(location)
