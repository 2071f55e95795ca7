"""Attacks of somebody with a login, psql and patience, by kind: each kind is closed where all of its attacks meet."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from shared_people import ANOTHER, Office, login_of

CONTACT = (
    "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, recorded_at, "
    "recorded_by) VALUES ('F-{0}', 'PHX-1', '2026-10-01', true, 'OFFICE', 'SEEN', 77, '2020-01-01', 'forged')"
)
OPENED = "SELECT open_case('PHX-1')"
GLASS = "SELECT break_glass('IOM-1', 'his mother called, he is in danger')"
READABLE = """
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relkind IN ('r', 'v') AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
      AND has_any_column_privilege(c.oid, 'SELECT') AND c.relname NOT IN ('alembic_version', 'meta') ORDER BY 1
"""


def rows(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


def gains(connection: psycopg.Connection, sql: str) -> list[Any]:
    """Return what a statement shows or changes; nothing where it is refused."""
    try:
        with connection.transaction():
            done = connection.execute(sql.encode())
            found = done.fetchall() if done.description else [done.rowcount] if done.rowcount > 0 else []
    except (InsufficientPrivilege, CheckViolation):
        return []
    return [row for row in found if row not in {(False,), (None,), (0,)}]


@contextmanager
def changed(office: Office, change: str, back: str) -> Iterator[None]:
    """Change something as the owner, and change it back."""
    with office.owner() as owner:
        owner.execute(change.encode())
        try:
            yield
        finally:
            owner.execute(back.encode())


WITHOUT_ACCOUNT = {
    "ran out yesterday": ("expires_on = current_date - 1", "expires_on = NULL"),
    "was disabled": ("active = false", "active = true"),
    "has a role that nobody knows": ("role = 'chief'", "role = '{role}'"),
    "has another role than its login": ("role = '{other}'", "role = '{role}'"),
}
SESSIONS = ("SET TimeZone = 'Etc/UTC'", "SET TimeZone = 'XXX+167'", "SET TimeZone = 'XXX-167'")
ATTEMPTS = (
    *(OPENED, GLASS, "SELECT open_book('IMPORT')", "SELECT draft_secret()", "SELECT hidden_cases()"),
    "SELECT my_last_look('PHX-1')",
    CONTACT.format("1"),
    "UPDATE cases SET trial_arm = 'CONTROL', revision = revision + 1 WHERE case_ref = 'PHX-1'",
    "UPDATE cases SET person_ref = 'P-CH', revision = 2",
    "UPDATE contacts SET outcome = 'SEEN', revision = 2",
    (
        "INSERT INTO actions (action_ref, text, owner, due_on, revision, recorded_at, recorded_by) "
        "VALUES ('F', 'x', 'x', '2026-10-01', 1, now(), 'x')"
    ),
    "INSERT INTO search_key (word, person_ref, case_ref) VALUES ('x', 'P-CH', '')",
    "INSERT INTO request (id, at, actor, act) VALUES ('f', now(), session_user, 'x')",
    "SELECT log_audit('CONSULTATION', 'cases', 'x', NULL, NULL, '{}')",
    "SELECT set_login_password(session_user::text, 'SCRAM-SHA-256$4096:AA==$AA==:AA==')",
)


def test_who_has_no_account_in_use_reads_and_writes_nothing_whatever_they_set(office: Office) -> None:
    """Everything that a role may read, table by table; the control is that somebody reads each of them."""
    shown: set[str] = set()
    for role in Role:
        with office.raw(role) as psql:
            gains(psql, OPENED)
            readable = {name for (name,) in rows(psql, READABLE) if gains(psql, f"SELECT 1 FROM {name} LIMIT 1")}
            shown |= readable
            every = " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in sorted(readable)
            )
            words = {"role": role, "other": next(each for each in Role if each is not role)}
            account = f"UPDATE users SET {{}} WHERE name = '{login_of(role)}'"
            for said, (change, back) in WITHOUT_ACCOUNT.items():
                with changed(office, account.format(change.format(**words)), account.format(back.format(**words))):
                    for setting in SESSIONS if role is Role.OFFICER else SESSIONS[1:2]:
                        psql.execute(setting.encode())
                        assert rows(psql, every) == [], (role, said, setting)
                    assert [each for each in ATTEMPTS if gains(psql, each)] == [], (role, said)
    assert {"cases", "contacts", "known_contacts", "reference_code", "audit", "audit_trail"} <= shown


def test_only_the_owner_is_exempt_from_what_guards_records(office: Office) -> None:
    """A login that is nobody here, but may write: what triggers keep, they keep from it too."""
    with (
        changed(office, f"DELETE FROM users WHERE name = '{login_of('officer')}'", "SELECT 1"),
        office.owner() as owner,
    ):
        owner.execute(
            "ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY; ALTER TABLE contacts DISABLE ROW LEVEL SECURITY"
        )
        with office.raw("officer") as psql, pytest.raises(InsufficientPrivilege, match="no account in use"):
            psql.execute(CONTACT.format("1").encode())
        owner.execute(CONTACT.format("2").encode())  # the control
        assert rows(owner, "SELECT recorded_by FROM contacts WHERE contact_ref = 'F-2'") == [("forged",)]
        exempt = (
            "SELECT oid::regprocedure FROM pg_proc WHERE prorettype = 'trigger'::regtype AND prosrc LIKE '%my_role()%'"
        )
        assert rows(owner, exempt) == []


READ_OTHERWISE = r"""
    SELECT oid::regprocedure::text FROM pg_proc, LATERAL (SELECT coalesce(proconfig, '{}') AS said) AS its
    WHERE prosecdef AND pronamespace::regnamespace::text IN ('public', 'ioms_private', 'ioms_audit')
      AND (prosrc ~ 'current_date|localtimestamp|::date|_on::text'
           AND NOT said @> ARRAY['TimeZone=Europe/London', 'DateStyle=ISO, DMY']
        OR strpos(prosrc, E'\\') > 0 AND NOT said @> ARRAY['standard_conforming_strings=on'])
"""


def test_no_setting_of_a_session_changes_what_a_function_reads(office: Office) -> None:
    with office.owner() as owner:
        assert rows(owner, READ_OTHERWISE) == []
        with owner.transaction(force_rollback=True):  # the control
            owner.execute("ALTER FUNCTION cases_depending_on(text) RESET TimeZone")
            assert rows(owner, READ_OTHERWISE) == [("cases_depending_on(text)",)]
        # Where a backslash were no backslash, a force would have to be called S.
        owner.execute("SET standard_conforming_strings = off")
        assert rows(owner, "SELECT ioms_private.is_police_force('Kent Police')") == [(True,)]


def test_the_last_day_of_an_account_is_that_of_its_login(office: Office) -> None:
    ends = f"SELECT rolvaliduntil::text FROM pg_roles WHERE rolname = '{login_of('partner')}'"
    with office.owner() as owner, office.raw("administrator") as psql:
        for until, expected in (("'2027-06-30'", "2027-06-30 23:00:00+00"), ("NULL", "infinity")):
            assert rows(psql, f"SELECT set_account('{login_of('partner')}', NULL, {until})") == [(True,)]
            assert rows(owner, ends) == [(expected,)]


def test_nobody_writes_over_what_they_have_not_opened(office: Office) -> None:
    """An UPDATE without WHERE needs no right to read, and is held to the policy for reading all the same."""
    with office.owner() as owner:
        held = (
            "SELECT tablename FROM pg_policies WHERE policyname = 'changed_when_opened' AND permissive = 'RESTRICTIVE'"
        )
        assert {name for (name,) in rows(owner, held)} == RECORD_TYPE_BY_TABLE.keys() - {"cases"}
        filled = {table for table in RECORD_TYPE_BY_TABLE if rows(owner, f"SELECT 1 FROM {table} LIMIT 1")}
    written: set[str] = set()
    for role in (Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR):
        with office.raw(role) as psql:
            blind = {table: f"UPDATE {table} SET revision = 2" for table in sorted(filled - {"cases"})}
            assert [table for table, update in blind.items() if gains(psql, update)] == [], role
            gains(psql, OPENED)  # the control
            with psql.transaction(force_rollback=True):
                psql.execute("SELECT set_config('ioms.reason_text', 'why', true)")
                written |= {table for table, update in blind.items() if gains(psql, update)}
    assert {"contacts", "concerns", "offers", "people", "assessments", "custody"} <= written


def test_what_is_rolled_back_was_not_read(office: Office) -> None:
    """Neither a look nor broken glass counts in its own transaction, whatever else ends meanwhile."""
    with office.owner() as owner, office.raw("supervisor") as psql, office.raw(ANOTHER) as boss:
        assert rows(boss, "SELECT set_standing('IOM-1', true, NULL)") == [(True,)]
        for opening, read in (
            (OPENED, "SELECT 1 FROM contacts"),
            ("SELECT open_person('P-JM')", "SELECT 1 FROM assessments"),
            ("SELECT open_book('EXPORT')", "SELECT 1 FROM contacts"),
            (GLASS, "SELECT 1 FROM cases WHERE case_ref = 'IOM-1'"),
            (GLASS, "SELECT 1 FROM known_rag WHERE case_ref = 'IOM-1'"),
            (f"SAVEPOINT s; {GLASS}; RELEASE s; {GLASS}", "SELECT 1 FROM known_rag WHERE case_ref = 'IOM-1'"),
        ):
            psql.execute("BEGIN")
            psql.execute(opening.encode())
            owner.execute("SELECT pg_current_xact_id()")  # a later transaction, which ends before
            assert rows(psql, read) == [], opening
            psql.execute("ROLLBACK")
            with psql.transaction():  # the control
                psql.execute(opening.encode())
            assert rows(psql, read), opening
            owner.execute("DELETE FROM ioms_private.look; DELETE FROM access_entry WHERE kind = 'GLASS'")


def test_every_purpose_of_a_look_is_on_record_and_there_is_none_without(office: Office) -> None:
    entered = (
        f"SELECT reason_code FROM audit WHERE actor = '{login_of('officer')}' AND kind = 'CONSULTATION' ORDER BY id"
    )
    with office.owner() as owner, office.raw("officer") as psql:
        for blank in ("''", "'  '", "NULL", "E'\\n'"):
            for opening in (f"open_case('PHX-1', {blank})", f"open_person('P-JM', {blank})", f"open_book({blank})"):
                assert gains(psql, f"SELECT {opening}") == []
        assert rows(owner, entered) == []
        for purpose in ("CASE_WORK", "CASE_WORK", "AUDIT", "AUDIT"):
            assert rows(psql, f"SELECT open_case('PHX-1', '{purpose}')") == [(True,)]
        assert rows(owner, entered) == [("CASE_WORK",), ("AUDIT",)]
        assert rows(psql, "SELECT 1 FROM contacts")
