"""Attacks of somebody with a login, psql and patience, by kind: each kind is closed where all of its attacks meet."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, Error, InsufficientPrivilege

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.record import ColumnKind, columns_of
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.paths import migrations
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.storage.engine import engine_for
from ioms_desktop.storage.postgres.server_checks import missing_rights
from raw_rows import ask_for_number, insert_sql, read_row, row_of
from shared_people import ANOTHER, Office, login_of, weaken

CONTACT = (
    "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, recorded_at, "
    "recorded_by) VALUES ('F-{0}', 'PHX-1', '2026-10-01', true, 'OFFICE', 'SEEN', 77, '2020-01-01', 'forged')"
)
OPENED = "SELECT open_case('PHX-1')"
GLASS = "SELECT break_glass('IOM-1', 'his mother called, he is in danger')"
READABLE = """
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relkind IN ('r', 'v') AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
      AND has_any_column_privilege(c.oid, 'SELECT') AND c.relname NOT IN ('alembic_version', 'meta')
    UNION ALL
    SELECT p.proname || '()' FROM pg_proc p
    WHERE p.proname ~ '^read_' AND p.pronargdefaults = 3 AND p.pronamespace = 'public'::regnamespace
      AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1
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
    *(OPENED, GLASS, "SELECT open_book('IMPORT')", "SELECT draft_secret()"),
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
    with office.owner() as owner:  # so that there are former versions
        owner.execute("UPDATE contacts SET minutes = 5, revision = revision + 1")
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
            ways = list(WITHOUT_ACCOUNT.items())
            for said, (change, back) in ways if role is Role.OFFICER else ways[:1]:
                with changed(office, account.format(change.format(**words)), account.format(back.format(**words))):
                    for setting in SESSIONS if role is Role.OFFICER else SESSIONS[1:2]:
                        psql.execute(setting.encode())
                        assert rows(psql, every) == [], (role, said, setting)
                    assert [each for each in ATTEMPTS if gains(psql, each)] == [], (role, said)
    assert {"cases", "contacts", "read_contacts()", "read_former_version()", "known_contacts"} <= shown
    assert {"reference_code", "audit", "audit_trail"} <= shown


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
            (OPENED, "SELECT 1 FROM read_contacts()"),
            ("SELECT open_person('P-JM')", "SELECT 1 FROM read_assessments()"),
            ("SELECT open_book('EXPORT')", "SELECT 1 FROM read_contacts()"),
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


PROPOSED = (
    "INSERT INTO proposals (proposal_ref, case_ref, proposed_on, decision, step, reason, child_checks, proposed_by, "
    "status, rule, revision, recorded_at, recorded_by) VALUES ('{ref}', 'PHX-1', '2026-10-01', {decision}, {step}, "
    "'came late', 'NRM=yes', session_user, 'PROPOSED', {rule}, 1, now(), 'x')"
)
DECIDED = (
    "INSERT INTO decisions (decision_ref, case_ref, decided_on, decision, step, reason, child_checks, proposed_by, "
    "authorised_by, actioned_on, revision, recorded_at, recorded_by) VALUES ('D-1', 'PHX-1', {decided_on}, "
    f"{{decision}}, {{step}}, {{reason}}, {{child_checks}}, '{login_of('officer')}', session_user, {{actioned_on}}, "
    "1, now(), 'x')"
)
ANSWERED = (
    "UPDATE proposals SET status = 'AUTHORISED', answered_by = session_user, answered_on = '2026-10-02', "
    f"decision_ref = 'D-1', revision = revision + 1 WHERE {read_row('proposals', 'P-1')}"
)
AS_PROPOSED = {
    "decided_on": "'2026-10-02'",
    "decision": "'ESCALATE'",
    "step": "'L1'",
    "reason": "'came late'",
    "child_checks": "'NRM=yes'",
    "actioned_on": "NULL",
}
UNLISTED = (
    *({"step": step} for step in ("'L8 '", "'l8'", "'L2 '", "'arrest'", "''", "NULL")),
    *({"decision": "'HOLD '"}, {"rule": "'credible_intelligence '"}, {"rule": "'CREDIBLE_INTELLIGENCE'"}),
)
OTHERWISE = (
    *({"reason": "'hit somebody'"}, {"child_checks": "NULL"}, {"step": "'L0'"}, {"decision": "'HOLD'"}),
    *({"decided_on": "'2026-09-30'"}, {"decided_on": "'2026-10-05'"}, {"actioned_on": "'2026-10-02'"}),
)


def test_a_decision_is_what_was_proposed_and_of_the_lists(office: Office) -> None:
    plain = {"ref": "P-1", "decision": "'ESCALATE'", "step": "'L1'", "rule": "NULL"}
    with office.raw("officer") as psql, office.raw(ANOTHER) as boss:
        gains(psql, OPENED)
        gains(boss, OPENED)
        assert [each for each in UNLISTED if gains(psql, PROPOSED.format(**plain | each))] == []
        assert gains(psql, PROPOSED.format(**plain))  # the control

        def authorised(**said: str) -> bool:
            try:
                with boss.transaction():
                    boss.execute(DECIDED.format(**AS_PROPOSED | said).encode())
                    boss.execute(ANSWERED.encode())
            except InsufficientPrivilege:
                return False
            return True

        assert [each for each in OTHERWISE if authorised(**each)] == []
        assert authorised()  # the control
    with office.owner() as owner, office.raw("supervisor") as psql:  # what was proposed before the lists were asked
        owner.execute(PROPOSED.format(**plain | {"ref": "P-2", "step": "'L8 '"}).encode())
        asked = "SELECT ioms_private.needs_supervisor('ESCALATE', {}, NULL)"
        assert rows(owner, asked.format("'L8 '")) == [(True,)]
        assert rows(owner, asked.format("'L1'")) == [(False,)]


ALIKE = (
    "t_officer ",
    "T_OFFICER",
    "t_0fficer",
    "t-officer",
    "t_\u043efficer",
    "t_officer\u2019",
    "t  new",
    "t_new-",
    "t\u03bfnew",
)


LOOKED_AFTER = 160000
"""The version, as the server numbers them, from which a login is changed by those alone who look after it."""


def test_a_login_is_nobody_elses_and_reads_like_nobodys(office: Office) -> None:
    verifier = "SCRAM-SHA-256$4096:AA==$AA==:AA=="
    with office.owner() as owner, office.raw("administrator") as psql:
        owner.execute("CREATE ROLE t_shop LOGIN; CREATE SCHEMA shop AUTHORIZATION t_shop; CREATE ROLE t_plain LOGIN")
        try:
            for name in (*ALIKE, "t_shop"):
                with pytest.raises(psycopg.errors.RaiseException):
                    psql.execute("SELECT add_login(%s, 'auditor', %s)", (name, verifier))
            owner.execute(
                "INSERT INTO users (name, role, password_hash, active, created_at, failed) "
                "VALUES ('t_shop', 'auditor', '', true, now(), 0)"
            )
            assert rows(psql, f"SELECT set_login_password('t_shop', '{verifier}')") == [(False,)]
            if owner.info.server_version >= LOOKED_AFTER:  # by whoever made it, until they let others
                assert "alter role" in answer(psql, "SELECT add_login('t_plain', 'auditor', NULL)")
                owner.execute("GRANT t_plain TO ioms_accounts WITH ADMIN OPTION")
            for name in ("t_plain", "t_neil", "t_nell"):  # the control
                assert rows(psql, f"SELECT add_login('{name}', 'auditor', NULL)") == [(True,)]
        finally:
            owner.execute("DROP SCHEMA shop")
            for name in ("t_shop", "t_plain", "t_neil", "t_nell"):
                owner.execute(f"DROP ROLE IF EXISTS {name}".encode())


LOGINS = (migrations() / "sql" / "0100_logins.sql").read_text(encoding="utf-8")


def test_a_login_from_before_the_server_was_upgraded_is_looked_after_once_one_file_is_run(office: Office) -> None:
    who, members = login_of("partner"), "SELECT roleid, member, admin_option FROM pg_auth_members ORDER BY 1, 2"
    with office.owner() as owner, office.raw("administrator") as psql:
        if owner.info.server_version < LOOKED_AFTER:  # whoever may make logins changes all of them
            before = rows(owner, members)
            assert rights_missing(office) == ()
            owner.execute(LOGINS.encode())
            assert rows(owner, members) == before
            return
        owner.execute(f"REVOKE {who} FROM ioms_accounts".encode())
        try:
            (fault,) = rights_missing(office)
            assert f"look after them: {who}. " in fault
            assert "0100_logins.sql" in fault
            assert "alter role" in answer(psql, f"SELECT disable_login('{who}')")
            with pytest.raises(
                Refused, match=f'GRANT "{who}" TO ioms_accounts WITH ADMIN TRUE, INHERIT FALSE, SET FALSE'
            ):
                disable_user(office.session("administrator"), who)
        finally:
            owner.execute(LOGINS.encode())
        assert rights_missing(office) == ()
        assert rows(psql, f"SELECT disable_login('{who}'), enable_login('{who}')") == [(True, True)]


def rights_missing(office: Office) -> tuple[str, ...]:
    engine = engine_for(office.location)
    with engine.connect() as connection:
        found = missing_rights(connection)
    engine.dispose()
    return found


def test_two_administrators_do_not_end_each_others_accounts(office: Office) -> None:
    ends = "SELECT set_account('{}', NULL, '2030-01-01')"
    with office.owner() as owner:
        owner.execute(f"SELECT disable_login('{login_of('partner')}')".encode())
        owner.execute(
            f"UPDATE users SET role = 'administrator', active = true WHERE name = '{login_of('partner')}'".encode()
        )
        owner.execute(f"GRANT ioms_administrator TO {login_of('partner')}".encode())
        owner.execute(f"ALTER ROLE {login_of('partner')} LOGIN".encode())
    try:
        with office.raw("administrator") as one, office.raw("partner") as two:
            one.execute("BEGIN")
            assert rows(one, ends.format(login_of("partner"))) == [(True,)]
            two.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):  # it waits for the first, and
                two.execute(ends.format(login_of("administrator")).encode())
            one.execute("COMMIT")
            with pytest.raises(psycopg.errors.RaiseException, match="last administrator"):
                two.execute(ends.format(login_of("administrator")).encode())
    finally:
        with office.owner() as owner:
            owner.execute(f"REVOKE ioms_administrator FROM {login_of('partner')}".encode())
            owner.execute(f"GRANT ioms_partner TO {login_of('partner')}".encode())


def answer(connection: psycopg.Connection, sql: str, row: dict[str, object] | None = None) -> str:
    """Return what the server says to a statement that it refuses, without the reference that it was asked about."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.encode(), row)
    except Error as refusal:
        return f"{refusal.sqlstate} {refusal.diag.message_primary}"
    return ""


MOVED = """
    UPDATE contacts SET case_ref = '{}', revision = revision + 1
    WHERE id = (SELECT min(id) FROM read_contacts(owners => ARRAY['PHX-1']))
"""
"""Moves a contact that somebody else recorded."""


def test_what_is_kept_from_somebody_is_answered_as_what_is_not_there(office: Office) -> None:
    """Every record type that a role adds, on a case that is hidden from them, one of the control arm, and on none."""
    with office.raw("supervisor") as boss:
        for ref in ("IOM-1", "PHX-C"):
            for who in ("officer", "navigator", "coordinator"):
                assert rows(boss, f"SELECT set_access('{ref}', '{login_of(who)}', 'EXCLUDED', true, 'knows her')")
    told: dict[str, set[str]] = {}
    for role in ("officer", "navigator", "coordinator"):
        with office.raw(role) as psql:
            for table, record_type in RECORD_TYPE_BY_TABLE.items():
                subject = record_type.subject
                if table == "people":
                    continue
                hidden = ("IOM-1", "PHX-C", "NONE") if subject == "case_ref" and table != "cases" else ("P-CH", "P-NO")
                row = row_of(record_type, "NEW", login_of(role))
                owner = "person_ref" if table == "cases" else subject
                coded = (each for each in columns_of(record_type) if each.kind is ColumnKind.CODE)
                for wrong in ({}, {each.name: "no code" for each in coded}):
                    given = row | wrong
                    answers = {answer(psql, insert_sql(record_type, given), given | {owner: ref}) for ref in hidden}
                    assert len(answers) == 1, (role, table, wrong, answers)
                    told.setdefault(table, set()).update(answers)
            psql.execute("SELECT open_case('PHX-1')")
            assert len({answer(psql, MOVED.format(ref)) for ref in ("IOM-1", "PHX-C", "NONE")}) == 1, role
            for shown in (
                "SELECT 1 FROM access_entry WHERE kind = 'EXCLUDED'",
                *("SELECT hidden_cases()", "SELECT hidden_people()", "SELECT ioms_private.hidden_cases()"),
            ):
                assert gains(psql, shown) == [] if "FROM" in shown else answer(psql, shown), (role, shown)
    assert all(answers for answers in told.values())
    with office.raw("supervisor") as boss, office.raw("officer") as psql:  # the controls
        assert rows(boss, "SELECT 1 FROM access_entry WHERE kind = 'EXCLUDED'")
        assert rows(psql, "SELECT 1 FROM known_contacts")
        assert answer(psql, CONTACT.format("1")) == ""
        with office.owner() as server:
            weaken(server, "ioms_private.refuse_unknown_owner", "NOT known", "false")
        row = row_of(Contact, "NEW", login_of("officer")) | {"contact_type": "no code"}
        assert len({answer(psql, insert_sql(Contact, row), row | {"case_ref": ref}) for ref in ("IOM-1", "NONE")}) > 1
        assert len({answer(psql, MOVED.format(ref)) for ref in ("IOM-1", "NONE")}) > 1


def added(psql: psycopg.Connection, table: str, ref: str, given: dict[str, object]) -> str:
    """Return what the server says to a row on a case or a person."""
    record_type = RECORD_TYPE_BY_TABLE[table]
    row = row_of(record_type, "TRUE", "navigator") | given
    ask_for_number(psql, row)
    return answer(
        psql, insert_sql(record_type, row), row | {"person_ref" if table == "cases" else record_type.subject: ref}
    )


def test_a_guard_tells_nothing_of_what_it_found_about_who_is_hidden(office: Office) -> None:
    """Each is refused for what is true of a hidden case or person before its policy is asked, or would be of none."""
    with office.raw("supervisor") as boss, office.owner() as owner:
        for role in ("officer", "second"):
            assert rows(boss, f"SELECT set_access('IOM-1', '{login_of(role)}', 'EXCLUDED', true, 'knows her')")
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE cases SET transition_confirmed_on = '2026-10-01' WHERE case_ref = 'IOM-1'")
        for table, found in (
            ("proposals", {"case_ref": "IOM-1", "reason": "R"}),
            ("person_numbers", {"person_ref": "P-CH"}),
        ):
            record_type = RECORD_TYPE_BY_TABLE[table]
            row = row_of(record_type, "TRUE", "navigator") | found
            owner.execute(insert_sql(record_type, row).encode(), row)
    guarded: tuple[tuple[str, str, str, dict[str, object]], ...] = (
        ("exits", "IOM-1", "NONE", {"kind": "TRANSITION"}),
        (
            "decisions",
            "IOM-1",
            "NONE",
            {"reason": "R", "proposed_by": "navigator", "authorised_by": login_of("officer")},
        ),
        ("person_numbers", "P-CH", "P-NO", {}),
        ("cases", "P-CH", "P-NO", {"case_ref": "NEW", "transition_proposed_on": "2026-10-01"}),
    )

    def told(psql: psycopg.Connection) -> set[str]:
        return {
            table for table, ref, none, row in guarded if added(psql, table, ref, row) != added(psql, table, none, row)
        }

    with office.raw("officer") as psql, office.raw("second") as booked, office.owner() as owner:
        booked.execute("SELECT open_book('EXPORT')")
        assert told(psql) | told(booked) == set()
        weaken(owner, "ioms_private.refuse_unknown_owner", "NOT known", "false")  # the control
        assert told(psql) | told(booked) == {table for table, *_ in guarded}


def test_the_words_of_a_case_are_found_by_whoever_may_know_of_it(office: Office) -> None:
    second = (
        "INSERT INTO cases (case_ref, person_ref, programme, status, referred_on, revision, recorded_at, recorded_by) "
        "VALUES ('IOM-9', 'P-JM', 'IOM', 'REFERRED', '2026-10-01', 1, now(), 'x')"
    )
    words = "SELECT DISTINCT case_ref FROM words_found(ARRAY['iom9'], ARRAY[]::text[]) WHERE case_ref = 'IOM-9'"
    with office.owner() as owner, office.raw("officer") as psql, office.raw("supervisor") as boss:
        owner.execute(second.encode())
        owner.execute("INSERT INTO search_key (word, person_ref, case_ref) VALUES ('iom9', 'P-JM', 'IOM-9')")
        assert rows(psql, words) == [("IOM-9",)]
        assert rows(boss, f"SELECT set_access('IOM-9', '{login_of('officer')}', 'EXCLUDED', true)") == [(True,)]
        assert rows(psql, words) == []
        assert rows(psql, "SELECT 1 FROM words_of_people(ARRAY['P-JM']) WHERE case_ref = ''")


HOLDS_UP = """
    SELECT c.oid::regclass::text, a.grantee::regrole::text FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
      AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'MAINTAIN')
      AND a.grantee::regrole::text ~ '^ioms_' AND a.grantee::regrole::text !~ '(owner|accounts)$'
"""


def test_nobody_holds_others_up_or_hides_what_they_do(office: Office) -> None:
    brief = "SELECT count(*) FROM audit WHERE kind = 'COLLECTION' AND object_type = 'contacts' AND after IS NULL"
    with office.owner() as owner:
        assert rows(owner, HOLDS_UP) == []
        locks = (
            "SELECT oid::regprocedure FROM pg_proc WHERE proname ~ '^pg_(try_)?advisory_(xact_)?lock' "
            "AND has_function_privilege('ioms_people', oid, 'EXECUTE')"
        )
        assert rows(owner, locks) == []
        (before,) = rows(owner, brief)
        with office.raw("officer") as psql:
            for held in ("LOCK TABLE search_key IN ACCESS EXCLUSIVE MODE", "DELETE FROM search_key"):
                assert answer(psql, held).startswith("42501"), held
            assert answer(psql, "SELECT drop_search_words('P-CH', '')").startswith("42501")
            gains(psql, OPENED)
            psql.execute("SET ioms.bulk = 'yes'")
            psql.execute(CONTACT.format("1").encode())
        assert rows(owner, brief) == [before]
        with office.raw("supervisor") as psql:  # the control: of an import it is brief
            assert rows(psql, "SELECT open_book('IMPORT')") == [(True,)]
            psql.execute("SET ioms.bulk = 'yes'")
            psql.execute(CONTACT.format("2").encode())
        assert rows(owner, brief) == [(before[0] + 1,)]


CASEWORK = {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR}
SPEAKS: dict[str, set[Role]] = {
    "list": set(Role),
    "cases": {*CASEWORK, Role.PARTNER},
    "people": {*CASEWORK, Role.PARTNER},
    "contacts": CASEWORK,
    "documents": CASEWORK,
    "search": CASEWORK,
    "paper": {*CASEWORK, Role.AUDITOR},
    "figures": {Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR, Role.ANALYST},
    "take_away": {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR},
    "promotion": {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR},
    "access_entry": {Role.SUPERVISOR},
    "disposal": {Role.SUPERVISOR},
    "audit": {Role.AUDITOR},
    "users": {Role.ADMINISTRATOR},
    "database": {Role.ADMINISTRATOR},
    **{what: set() for what in ("redaction", "seal", "epoch")},
}
"""Who puts on record that it was disclosed or looked at; nobody says that the audit sealed or emptied something."""


@pytest.mark.parametrize("role", Role)
def test_nobody_puts_on_record_what_their_role_does_not_do(office: Office, role: Role) -> None:
    said = "SELECT log_audit('DISCLOSURE', '{}', 'PHX-1', NULL, 'a paper', '{{}}')"
    with office.raw(role) as psql:
        may = {what for what in SPEAKS if answer(psql, said.format(what)) == ""}
        assert may == {what for what, roles in SPEAKS.items() if role in roles}
        of_people = answer(psql, "SELECT log_audit_of_people('DISCLOSURE', ARRAY['P-JM'], '{}')")
        assert of_people[:5] == ("" if role in SPEAKS["people"] else "42501")
        consulted = answer(psql, said.format("cases").replace("DISCLOSURE", "CONSULTATION"))
        assert consulted[:5] == ("" if role in {*SPEAKS["cases"], Role.AUDITOR} else "42501")
        for kind in ("COLLECTION", "ALTERATION", "ERASURE"):
            assert answer(psql, said.format("list").replace("DISCLOSURE", kind)).startswith("42501"), kind


DAYS = ("infinity", "0044-03-15 BC", "2200-01-01")
TOO_MUCH: dict[ColumnKind, tuple[str, ...]] = {
    ColumnKind.DATE: DAYS,
    ColumnKind.DAY_TIME: ("infinity", "0044-03-15", "2026-02-30", "2026-02-01T24:00"),
    ColumnKind.NUMBER: ("NaN", "12,5", "1" * 31),
    ColumnKind.TEXT: ("x" * 2_001,),
    ColumnKind.CODE: ("x" * 2_001,),
    ColumnKind.LONG_TEXT: ("x" * 100_001,),
    ColumnKind.REF: ("x" * 201,),
}


def test_a_record_holds_nothing_that_no_form_and_no_import_would_take(office: Office) -> None:
    """Every column of every record type, each with what is out of its range, told no more of than that."""
    taken, tried = [], 0
    with office.owner() as owner:
        for table, record_type in RECORD_TYPE_BY_TABLE.items():
            row = row_of(record_type, "NEW", "somebody")
            if not record_type.subject or table in {"people", "cases"}:
                row[record_type.key[0]] = "NEW"
            assert answer(owner, insert_sql(record_type, row), row) == "", table  # the control
            for column in columns_of(record_type):
                poisons: tuple[object, ...] = TOO_MUCH.get(column.kind, ())
                if column.kind is ColumnKind.WHOLE:
                    poisons = ((column.low or 0) - 1, (column.high or 0) + 1)
                for poison in poisons:
                    wrong = {**row, column.name: poison}
                    tried += 1
                    if answer(owner, insert_sql(record_type, wrong), wrong)[:5] not in {"23514", "22001", "22008"}:
                        taken.append((table, column.name, str(poison)[:20]))
    assert taken == []
    assert tried > len(RECORD_TYPE_BY_TABLE) * len(DAYS)


def test_nobody_says_more_than_is_read_beside_records(office: Office) -> None:
    long = "repeat('x', 3000000)"
    with office.raw("supervisor") as psql:
        for said in (
            f"SELECT set_access('IOM-1', '{login_of('officer')}', 'EXCLUDED', true, {{}})",
            "SELECT set_standing('IOM-1', true, NULL, {})",
            "SELECT log_audit('CONSULTATION', 'search', 'x', NULL, NULL, json_build_object('said', {}))",
            "INSERT INTO request (id, at, actor, act) VALUES ('long', now(), session_user, {})",
        ):
            assert answer(psql, said.format(long)).startswith("23514"), said
            assert answer(psql, said.format("'short'")) == "", said  # the control
        kept = (
            "SELECT keep_case_results('ALL', json_build_array(json_build_object('case_ref', 'IOM-1', 'version', {}, "
            "'as_of', {}::date, 'policy_key', 'k', 'marks', '[]'::json, 'duties', json_build_array(json_build_object("
            "'place', 1, 'duty', {}, 'ref', '', 'due_on', {}, 'words', {})))))"
        )
        short, today, due = "'short'", "current_date", "'2026-11-23'"
        for as_of, duty, on, words in (
            ("'-infinity'", "'OFFER'", due, short),
            (today, "'FORGED'", due, short),
            (today, "'OFFER'", "'infinity'", short),
            (today, "'OFFER'", "'0044-03-15 BC'", short),
            (today, "'OFFER'", due, long),
        ):
            assert answer(psql, kept.format(0, as_of, duty, on, words)).startswith("23514"), (as_of, duty, on)
        assert answer(psql, kept.format(0, today, "'OFFER'", due, short)) == ""  # the control
        shown = (
            "SELECT keep_case_results('ALL', json_build_array(json_build_object('case_ref', 'IOM-1', 'version', 0, "
            "'as_of', current_date, 'policy_key', 'k', 'marks', '[]'::json, {}, {})))"
        )
        alert = "'alerts', json_build_array(json_build_object('place', 1, 'status', {}, 'said', {}))"
        with office.owner() as owner:
            owner.execute("DELETE FROM case_result")
        fine = alert.format("'OPEN'", short)
        for told, alerts in (
            (f"'figures', {long}", fine),
            (f"'step', {long}", fine),
            ("'engagement', 6", fine),
            ("'contact_due_on', 'infinity'", fine),
            ("'rag', 'RED'", alert.format("'FORGED'", short)),
            ("'rag', 'RED'", alert.format("'OPEN'", long)),
        ):
            assert answer(psql, shown.format(told, alerts)).startswith("23514"), (told, alerts)
        assert answer(psql, shown.format("'rag', 'RED'", fine)) == ""  # the control
    with office.raw("administrator") as psql:
        worded = "SELECT add_letter_wording('OFFER', {}::date, 'Heading', 'What it says.', 'because')"
        assert answer(psql, worded.format("'infinity'")).startswith("23514")


def test_a_person_writes_no_code_that_its_list_does_not_have(office: Office) -> None:
    told: dict[str, str] = {}
    with office.raw("supervisor") as psql:
        gains(psql, OPENED)
        with office.owner() as owner:
            open_ones = {name for (name,) in rows(owner, "SELECT name FROM reference_list WHERE open")}
        for table, record_type in RECORD_TYPE_BY_TABLE.items():
            row = row_of(record_type, "NEW", login_of("supervisor"))
            for column in columns_of(record_type):
                if column.kind is ColumnKind.CODE and column.codes not in open_ones:
                    wrong = {**row, column.name: "FORGED"}
                    told[f"{table}.{column.name}"] = answer(psql, insert_sql(record_type, wrong), wrong)
    assert [place for place, said in told.items() if said[:5] not in {"23514", "42501"}] == []
    listed = [place for place, said in told.items() if said == "23514 a code that its list does not have"]
    assert len(listed) > len(told) * 0.8
    with office.raw("supervisor") as psql:  # the control
        gains(psql, OPENED)
        assert answer(psql, CONTACT.format("1")) == ""
