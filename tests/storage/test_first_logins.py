"""A server on which people worked before it kept logins: brought up, its first administrator let in, and the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from ioms_desktop.__main__ import main
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.accounts.users import add_user, disable_user, list_users, list_users_without_login
from ioms_desktop.services.database.database_admin import create_database, migrate_database
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.engine import engine_for
from ioms_desktop.storage.postgres.server_checks import extend_timeouts
from shared_people import login_of
from storage.test_migrations import alembic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postgres_cluster import Server
    from shared_people import Office

PASSWORD = "four plain words here"
OLD = datetime(2025, 3, 1, 9, tzinfo=UTC)
PEOPLE = (
    ("holt", "coordinator", True),
    ("first_admin", "administrator", True),
    ("O'BRIEN", "officer", True),
    ("gone", "officer", False),
)


REGRANT = text("GRANT pg_read_all_stats TO ioms_accounts")
"""A right of the whole server, which the way back takes: the databases of other tests need it."""


@pytest.fixture(scope="session")
def template(postgres_server: Server) -> str:
    """Return a shared database of the first schema, with the people who signed in to it by passwords it compared."""
    name = "before logins"
    location = postgres_server.create_migrated(name)
    engine = engine_for(location)
    with engine.begin() as connection:
        extend_timeouts(connection)
        alembic(connection, "downgrade", "0001")
        connection.execute(REGRANT)
        connection.execute(text("UPDATE meta SET value = '0001' WHERE name = 'schema'"))
        for who, role, active in PEOPLE:
            connection.execute(
                text(
                    "INSERT INTO users (name, role, password_hash, active, created_at, failed) "
                    "VALUES (:name, :role, '$argon2id$v=19$m=65536,t=3,p=4$of$before', :active, :at, 2)"
                ),
                {"name": who, "role": role, "active": active, "at": OLD},
            )
    engine.dispose()
    return name


@pytest.fixture
def before_logins(template: str, postgres_database: Callable[..., str]) -> str:
    return postgres_database(template)


@pytest.fixture(scope="session")
def _upgraded_template(template: str, postgres_server: Server) -> str:
    name = "waiting"
    migrate_database(postgres_server.create(name, template))
    return name


@pytest.fixture
def waiting(_upgraded_template: str, postgres_database: Callable[..., str]) -> str:
    """Return what an upgrade made of it: nobody may sign in yet."""
    return postgres_database(_upgraded_template)


def rows(location: str) -> dict[str, tuple[str, bool, bool, datetime]]:
    """Return of each user the role, whether they may sign in, whether a hash of a password is kept, since when."""
    with psycopg.connect(location) as connection:
        found = connection.execute("SELECT name, role, active, password_hash <> '', created_at FROM users").fetchall()
    return {name: (role, active, kept, at) for name, role, active, kept, at in found}


def test_the_upgrade_says_that_nobody_may_sign_in_and_who_waits(before_logins: str) -> None:
    for said in (migrate_database(before_logins).sentence, migrate_database(before_logins).sentence):
        assert "let a first administrator in with init --admin NAME" in said
        assert said.endswith(
            "user add NAME --role ROLE: O'BRIEN (officer), first_admin (administrator), holt (coordinator)."
        )
    assert {name: (active, kept) for name, (_, active, kept, _) in rows(before_logins).items()} == {
        "holt": (False, True),
        "first_admin": (False, True),
        "O'BRIEN": (False, True),
        "gone": (False, False),
    }


def test_nobody_signs_in_by_being_on_the_old_list(waiting: str) -> None:
    """A login of the server that happens to have the name of somebody on the list is nobody here."""
    with psycopg.connect(waiting, autocommit=True) as keeper:
        keeper.execute(f"CREATE ROLE holt LOGIN PASSWORD '{PASSWORD}'".encode())
        keeper.execute("GRANT ioms_people TO holt")
    with pytest.raises(Refused, match="no account in this database"):
        sign_in(waiting, "holt", PASSWORD)


def test_the_first_administrator_lets_the_others_in_under_their_own_names(waiting: str) -> None:
    made = create_database(waiting, "first_admin", PASSWORD)
    assert made.sentence.startswith("first_admin may sign in as the first administrator.")
    session = sign_in(waiting, "first_admin", PASSWORD)
    assert list_users_without_login(session) == {"holt", "O'BRIEN"}
    assert "holt may sign in as supervisor" in add_user(session, "holt", Role.SUPERVISOR, PASSWORD)
    assert list_users_without_login(session) == {"O'BRIEN"}
    theirs = sign_in(waiting, "holt", PASSWORD)
    assert theirs.role is Role.SUPERVISOR
    theirs.store.close()
    assert rows(waiting)["holt"] == ("supervisor", True, False, OLD), "since when they are here is kept"
    for name in ("holt", "gone"):
        with pytest.raises(Refused, match=f"There is a user {name} already"):
            add_user(session, name, Role.OFFICER, PASSWORD)
    assert "O'BRIEN may sign in" in add_user(session, "O'BRIEN", Role.OFFICER, PASSWORD)
    sign_in(waiting, "O'BRIEN", PASSWORD).store.close()
    assert list_users_without_login(session) == set()
    disable_user(session, "holt")
    with pytest.raises(Refused, match="There is a user holt already"):
        add_user(session, "holt", Role.OFFICER, PASSWORD)
    assert {user.name for user in list_users(session) if user.active} == {"first_admin", "O'BRIEN"}
    session.store.close()
    assert migrate_database(waiting).sentence.endswith("nothing was changed.")


def test_the_first_administrator_of_an_office_without_passwords_has_none(waiting: str, tmp_path: Path) -> None:
    asked = ["init", "--admin", "by_ticket", "--without-password", "--database"]
    assert main([*asked, waiting]) == 0
    with psycopg.connect(waiting) as keeper:
        found = keeper.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'by_ticket'").fetchone()
    assert found == (None,)
    assert rows(waiting)["by_ticket"][:2] == ("administrator", True)
    assert main([*asked, str(tmp_path / "new.ioms")]) == 1
    assert not list(tmp_path.iterdir()), "a file lets nobody in without one"


def test_what_became_of_them_is_on_record(waiting: str) -> None:
    create_database(waiting, "somebody_new", PASSWORD)
    with psycopg.connect(waiting) as keeper:
        found = keeper.execute(
            "SELECT object_ref, after::text FROM ioms_audit.audit WHERE object_type = 'users' ORDER BY id"
        ).fetchall()
    expected = [(name, '{"active": false, "login": "none yet"}') for name in ("O'BRIEN", "first_admin", "holt")]
    assert [(name, said) for name, said in found if "none yet" in said] == expected
    assert found[-1][0] == "somebody_new"


def test_an_administrator_is_not_given_to_a_database_that_has_one(waiting: str) -> None:
    create_database(waiting, "first_admin", PASSWORD)
    with pytest.raises(Refused, match="exists already"):
        create_database(waiting, "another", PASSWORD)
    assert "another" not in rows(waiting)


def test_the_way_back_lets_the_old_program_know_them(before_logins: str, waiting: str) -> None:
    before = rows(before_logins)
    engine = engine_for(waiting)
    with engine.begin() as connection:
        extend_timeouts(connection)
        alembic(connection, "downgrade", "0002")
        connection.execute(REGRANT)
    engine.dispose()
    after = rows(waiting)
    assert {name: row[:2] for name, row in after.items()} == {name: row[:2] for name, row in before.items()}


def test_the_commands_say_it_too(
    waiting: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("IOMS_PASSWORD", "IOMS_NEW_PASSWORD"):
        monkeypatch.setenv(name, PASSWORD)
    assert main(["migrate", "--database", waiting]) == 0
    assert "init --admin NAME" in capsys.readouterr().out
    assert main(["init", "--admin", "first_admin", "--database", waiting]) == 0
    assert main(["user", "list", "--database", waiting, "--user", "first_admin"]) == 0
    said = capsys.readouterr().out
    assert "first_admin  administrator  may sign in" in said
    assert "holt  coordinator  no login yet" in said
    assert "gone  officer  disabled" in said


def test_where_nobody_waits_nothing_is_said_of_it(office: Office) -> None:
    assert migrate_database(office.location).sentence.endswith("nothing was changed.")


def test_only_an_administrator_lets_somebody_in_again(office: Office) -> None:
    disable_user(office.session("administrator"), login_of("navigator"))
    asked = "SELECT enable_login(%s)"
    for role, answer in (("supervisor", False), ("auditor", False), ("administrator", True)):
        with office.raw(role) as psql:
            assert psql.execute(asked, (login_of("navigator"),)).fetchone() == (answer,), role
            assert psql.execute(asked, ("nobody",)).fetchone() == (False,)
    with office.owner() as keeper:
        denied = keeper.execute(
            "SELECT actor FROM audit WHERE object_ref = %s AND after::jsonb = '{\"denied\": true}' ORDER BY id",
            (login_of("navigator"),),
        ).fetchall()
    assert denied == [(login_of("supervisor"),), (login_of("auditor"),)]
    sign_in(office.location, login_of("navigator"), PASSWORD).store.close()
