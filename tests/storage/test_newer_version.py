"""A database is brought to another version while it is open: nothing more is read or saved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import DatabaseInUse, SchemaMismatch
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.storage.database import migrate
from ioms_desktop.storage.database.migrate import MIGRATION_LOCK_ID
from ioms_desktop.storage.db_errors import UNDEFINED_SQLSTATES, translate_db_errors
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from keys import opened
from sessions import fill, request, session_of
from shared_people import NOW, THIS_VERSION, login_of
from storage.test_fences import answer
from waiting import wait_until

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from shared_people import Office

MOVED = "UPDATE meta SET value = '{}' WHERE name = 'schema'"
TOLD = {
    "9999": "brought to a newer version of IOMS Desktop while it was open here.*install that version",
    "0082": "back to an older version while it was open here.*an administrator has run migrate",
}
"""What is said of a database whose schema became this one."""


DAYS = (NOW.date() - timedelta(days=number) for number in count())


def red(session: Session) -> None:
    set_rag(session, SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=next(DAYS), reason="restless"))


def people(session: Session) -> int:
    with session.store.read(facts_only=True) as reading:
        return int(reading.connection.scalar(select(func.count()).select_from(tables.people)) or 0)


@pytest.mark.parametrize("schema", TOLD)
def test_a_file_that_another_program_migrated_is_neither_read_nor_written(local_location: str, schema: str) -> None:
    store = opened(local_location)
    fill(store)
    session = session_of(store, "A. Shah", Role.OFFICER, lambda: NOW)
    red(session)  # the control
    before = people(session)
    with store.engine.connect() as another, another.execution_options(ioms_command=True).begin():
        another.execute(text(MOVED.format(schema)))
    for act in (red, people):
        with pytest.raises(SchemaMismatch, match=TOLD[schema]):
            act(session)
    with store.engine.connect() as another, another.execution_options(ioms_command=True).begin():
        another.execute(text(MOVED.format(SCHEMA_HEAD)))
    assert people(session) == before
    red(session)
    store.close()


def test_a_server_that_was_migrated_is_neither_read_nor_written(office: Office) -> None:
    officer = office.session("officer")
    officer.store.case_gate.open_case("IOM-1", "CASE_WORK", "w")  # type: ignore[union-attr]  # a server has one
    red(officer)  # the control
    with office.owner() as owner:
        for schema, told in TOLD.items():
            owner.execute(MOVED.format(schema).encode())
            for act in (red, people):
                with pytest.raises(SchemaMismatch, match=told):
                    act(officer)
            owner.execute(MOVED.format(SCHEMA_HEAD).encode())
            with officer.store.engine.connect() as begun:  # by the server itself, where the connection was in use
                owner.execute(MOVED.format(schema).encode())
                with pytest.raises(SchemaMismatch, match=told), translate_db_errors():
                    begun.execute(text(NOTED.format("begun")))
        owner.execute(MOVED.format(SCHEMA_HEAD).encode())
    red(officer)


NOTED = "INSERT INTO request (id, at, actor, act) VALUES ('{}', now(), session_user, 'x')"


def test_no_command_begins_while_a_server_is_migrated_and_a_migration_waits_for_those_that_have(office: Office) -> None:
    officer = office.session("officer")
    with office.owner() as migrating, office.raw("supervisor") as psql:
        with migrating.transaction():
            migrating.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK_ID])
            with pytest.raises(DatabaseInUse, match="being brought to a newer version"):
                red(officer)
        red(officer)  # the control
        free = "SELECT pg_try_advisory_xact_lock(%s)"
        with psql.transaction():
            psql.execute(NOTED.format("begun").encode())
            assert migrating.execute(free, [MIGRATION_LOCK_ID]).fetchone() == (False,)
        assert migrating.execute(free, [MIGRATION_LOCK_ID]).fetchone() == (True,)


def test_a_program_of_before_is_told_that_its_version_lacks_something(office: Office) -> None:
    """Its own words for that code are about what its version needs; it is never told to ask for a right."""
    with office.raw("officer") as psql:
        for program, told in (
            ("RESET ioms.schema", "42704"),
            ("SET ioms.schema = '0076'", "42704"),
            (THIS_VERSION, ""),
        ):
            psql.execute(program.encode())
            assert answer(psql, NOTED.format("an act"))[:5] == told, program
    assert "42704" in UNDEFINED_SQLSTATES


def test_a_migration_that_is_held_up_says_by_whom(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not there is anything to migrate: search words and code lists are looked through as well."""
    monkeypatch.setattr(migrate, "LOCK_TRIES", 1)
    monkeypatch.setattr(migrate, "QUEUE_TIMEOUT", "50ms")
    with office.raw("officer") as held, held.transaction():
        held.execute(NOTED.format("begun").encode())
        with pytest.raises(
            DatabaseInUse, match=f"Nothing was changed; .* {login_of('officer')} has had unfinished work"
        ):
            migrate.upgrade_database(office.location)
    assert migrate.upgrade_database(office.location).after == SCHEMA_HEAD, "the control"


WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event IN ('advisory', 'PgSleep')"
)


def test_commands_begin_while_a_migration_waits_for_one_that_has(office: Office) -> None:
    """In the queue it would have them refused, for as long as somebody has anything open."""
    free = "SELECT pg_try_advisory_xact_lock_shared(%s)"
    with office.owner() as owner, office.raw("officer") as held, ThreadPoolExecutor(1) as migrating:
        with held.transaction():
            held.execute(NOTED.format("begun").encode())
            report = migrating.submit(migrate.upgrade_database, office.location)
            wait_until(lambda: owner.execute(WAITING.encode()).fetchone() == (1,))
            assert owner.execute(free, [MIGRATION_LOCK_ID]).fetchone() == (True,)
        assert report.result().after == SCHEMA_HEAD
