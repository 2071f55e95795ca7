"""What somebody with a login and psql might try, and what the catalogue must say so that no table is forgotten."""

# ruff: noqa: S608, ISC004 - statements as somebody would type them, with names of our own
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from postgres_cluster import Server
from raw_rows import read_row
from shared_people import ANOTHER, Office, furnish, login_of

OFFICER, OTHER = login_of("officer"), login_of(ANOTHER)
RECORD = "1, now(), 'x'"
ABUSE = {
    "another person's case is read": ("navigator", "SELECT * FROM contacts WHERE case_ref = 'IOM-1'"),
    "another person's case is read by its function": (
        "navigator",
        "SELECT * FROM read_contacts(owners => ARRAY['IOM-1'])",
    ),
    "a case is read without opening it": ("officer", "SELECT * FROM concerns"),
    "a case is read by its function without opening it": ("officer", "SELECT * FROM read_concerns(ARRAY['PHX-1'])"),
    "a case is read at once without opening it": ("officer", "SELECT * FROM read_case('PHX-1', 'P-JM')"),
    "what rules read of a case is read without opening it": ("officer", "SELECT * FROM read_trigger_facts('PHX-1')"),
    "a record is read by its reference": ("officer", "SELECT * FROM read_concerns(refs => ARRAY['K-1', 'K-2'])"),
    "a record is read by its number": (
        "officer",
        "SELECT c.* FROM generate_series(1, 99) AS n, read_concerns(number => n) AS c",
    ),
    "a person is read without opening a case": ("officer", "SELECT address FROM people"),
    "a person is read by its function without opening a case": ("officer", "SELECT address FROM read_people()"),
    "assessments are read without opening a case": ("officer", "SELECT * FROM assessments"),
    "assessments are read by their function without opening a case": ("officer", "SELECT * FROM read_assessments()"),
    "the condition of a change tells what is in a column": (
        "officer",
        "UPDATE contacts SET revision = revision WHERE note LIKE 'n%'",
    ),
    "a change gives back what is in a column": ("officer", "UPDATE contacts SET revision = 2 RETURNING note"),
    "a change puts what is hidden where it is read": ("officer", "UPDATE contacts SET purpose = note, revision = 2"),
    "a row that is there already tells what is in it": (
        "officer",
        "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, "
        f"recorded_at, recorded_by) VALUES ('N-1', 'PHX-1', '2026-10-01', true, 'OFFICE', 'SEEN', {RECORD}) "
        "ON CONFLICT (contact_ref) DO UPDATE SET revision = 2 WHERE contacts.note LIKE 'n%' RETURNING 1",
    ),
    "intelligence is read": ("navigator", "SELECT * FROM known_concerns() WHERE concern_type = 'INTELLIGENCE'"),
    "the trial arm is read": ("navigator", "SELECT trial_arm FROM cases"),
    "the control arm is counted": ("navigator", "SELECT 1 FROM cases WHERE case_ref = 'PHX-C'"),
    "police notes are read": ("navigator", "SELECT note FROM contacts"),
    "police notes are read by the function": ("navigator", "SELECT note FROM read_contacts(refs => ARRAY['N-1'])"),
    "former versions are read whole": ("navigator", "SELECT * FROM former_version"),
    "former versions are read by their function": ("navigator", "SELECT * FROM read_former_version()"),
    "content of documents is read by an analyst": ("analyst", "SELECT * FROM read_document_content('PHX-1', 'D')"),
    "a case is read by a partner through a function": ("partner", "SELECT * FROM read_contacts()"),
    "a case is read at once by a partner": ("partner", "SELECT * FROM read_case('PHX-1', 'P-JM')"),
    "what rules read of a case is read by a partner": ("partner", "SELECT * FROM read_trigger_facts('PHX-1')"),
    "a case is found with its person's by a partner": ("partner", "SELECT * FROM case_and_others('PHX-1')"),
    "a case of the other programme is found with its person's": (
        "navigator",
        "SELECT * FROM open_case_and_others('IOM-1', 'CASE_WORK', '')",
    ),
    "the trial arm is read with a case": (
        "navigator",
        "SELECT 1 FROM case_and_others('PHX-1') WHERE its_case ->> 'trial_arm' IS NOT NULL",
    ),
    "the role that reads is taken on": ("officer", "SET ROLE ioms_opener"),
    "an analyst reads people": ("analyst", "SELECT * FROM known_people()"),
    "an analyst reads cases": ("analyst", "SELECT * FROM cases"),
    "an administrator reads cases": ("administrator", "SELECT * FROM cases"),
    "an auditor reads cases": ("auditor", "SELECT * FROM cases"),
    "an auditor reads what was recorded": ("auditor", "SELECT before, after FROM audit"),
    "the audit is read": ("officer", "SELECT actor FROM audit"),
    "the audit is written": (
        "officer",
        "INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref) "
        "VALUES (now(), 'CONSULTATION', 'x', '', '', 'cases', 'x')",
    ),
    "the audit is changed": ("auditor", "UPDATE audit SET actor = 'x'"),
    "the audit is deleted": ("auditor", "DELETE FROM audit"),
    "a seal is deleted": ("auditor", "DELETE FROM seal"),
    "the audit is told what was not": ("officer", "SELECT write_audit('ERASURE', 'cases', 'x', NULL, NULL, NULL)"),
    "a change is logged by hand": ("officer", "SELECT log_audit('ALTERATION', 'cases', 'x', NULL, NULL, NULL)"),
    "a look is put in by hand": (
        "officer",
        "INSERT INTO ioms_private.look VALUES (session_user, 'IOM-1', 'P-CH', 'x', pg_current_xact_id(), now())",
    ),
    "oneself is assigned": (
        "navigator",
        f"SELECT 1 WHERE set_access('IOM-1', '{login_of('navigator')}', 'ASSIGNED', true)",
    ),
    "oneself is admitted by a row": (
        "officer",
        "INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by) "
        "VALUES ('IOM-1', session_user, 'ADMITTED', now(), session_user)",
    ),
    "a restriction is lifted": ("officer", "UPDATE case_standing SET restricted = false"),
    "a restriction is lifted by the function": ("officer", "SELECT 1 WHERE set_standing('IOM-1', false, NULL)"),
    "it is found out whether there is a case": (
        "navigator",
        f"SELECT 1 WHERE set_access('IOM-1', '{login_of('navigator')}', 'EXCLUDED', true)",
    ),
    "the words kept for others are read": ("navigator", "SELECT 1 WHERE told_instead('IOM-1') IS NOT NULL"),
    "the glass is broken without a reason": ("officer", "SELECT 1 WHERE break_glass('IOM-1', 'short')"),
    "the glass is broken by who may not": (
        "coordinator",
        "SELECT 1 WHERE break_glass('IOM-1', 'there is a threat to life right now')",
    ),
    "a review of a broken glass is done by who broke it": (
        "officer",
        "UPDATE actions SET done_on = '2026-10-15', revision = 2 WHERE action_ref LIKE 'AC-GLASS-%'",
    ),
    "a review of a broken glass is done by its number": (
        "officer",
        "UPDATE actions SET done_on = '2026-10-15', revision = 2 WHERE id IN (SELECT id FROM read_actions())",
    ),
    "one's own account is put off": ("partner", "SELECT 1 WHERE set_account(session_user, NULL, NULL)"),
    "one's own team is changed": ("officer", "SELECT 1 WHERE set_account(session_user, 'CITY', NULL)"),
    "one's own name to be read is chosen": ("officer", "SELECT 1 WHERE set_display_name(session_user, 'Insp. HOLT')"),
    "a name to be read is written": (
        "officer",
        "UPDATE users SET display_name = 'Insp.'",
    ),
    "one's role is raised": ("officer", "UPDATE users SET role = 'supervisor' WHERE name = session_user"),
    "a login is added": ("officer", "SELECT 1 WHERE add_login('friend', 'supervisor', NULL)"),
    "another's password is set": (
        "officer",
        f"SELECT 1 WHERE set_login_password('{OTHER}', 'SCRAM-SHA-256$4096:AA==$AA==:AA==')",
    ),
    "a colleague is disabled": ("officer", f"SELECT 1 WHERE disable_login('{OTHER}')"),
    "another role is taken on": ("officer", "SET ROLE ioms_owner"),
    "another group is taken on": ("officer", "SET ROLE ioms_supervisor"),
    "another session is taken on": ("officer", f"SET SESSION AUTHORIZATION {OTHER}"),
    "people are made not to be found": ("officer", "DELETE FROM search_key"),
    "people are found under another's name": (
        "officer",
        "INSERT INTO search_key (word, person_ref, case_ref) VALUES ('marlow', 'P-CH', '')",
    ),
    "triggers are switched off": ("officer", "SET session_replication_role = replica"),
    "a trigger is disabled": ("officer", "ALTER TABLE contacts DISABLE TRIGGER ALL"),
    "row security is switched off": ("officer", "SET row_security = off; SELECT * FROM cases"),
    "a policy is dropped": ("officer", "DROP POLICY known ON cases"),
    "a table is emptied": ("supervisor", "TRUNCATE contacts"),
    "records are deleted": ("supervisor", "DELETE FROM contacts"),
    "a function that leaks is made": (
        "officer",
        "CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS "
        "'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'",
    ),
    "a temporary table shadows a real one": ("officer", "CREATE TEMP TABLE users (name text, role text)"),
    "a table is made": ("officer", "CREATE TABLE mine (name text)"),
    "a program is run": ("officer", "COPY (SELECT 1) TO PROGRAM 'cat'"),
    "a file is read": ("officer", "SELECT pg_read_file('/etc/passwd')"),
    "a file is written by a large object": ("officer", "SELECT lo_export(1, '/tmp/x')"),
    "a large object is made": ("officer", "SELECT lo_from_bytea(0, 'x')"),
    "everybody is locked out": ("officer", "SELECT pg_advisory_lock(1)"),
    "the server is put to sleep": ("officer", "SELECT pg_sleep(0.01)"),
    "a colleague's session is ended": (
        "officer",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    ),
    "password hashes are read": ("officer", "SELECT password_hash FROM users"),
    "verifiers are read": ("officer", "SELECT rolpassword FROM pg_authid"),
    "another's request is read": ("officer", "SELECT * FROM request WHERE actor <> session_user"),
    "an offer goes to the control arm": (
        "officer",
        "INSERT INTO offers (offer_ref, case_ref, offer_type, offered_on, revision, recorded_at, recorded_by) "
        f"VALUES ('F', 'PHX-C', 'MENTORING', '2026-10-01', {RECORD})",
    ),
    "a RAG is set by a navigator": (
        "navigator",
        f"INSERT INTO rag (case_ref, set_on, rag, reason, revision, recorded_at, recorded_by) "
        f"VALUES ('PHX-1', '2026-10-01', 'RED', 'x', {RECORD})",
    ),
    "a contact goes to a case not known": (
        "navigator",
        "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, "
        f"recorded_at, recorded_by) VALUES ('F', 'IOM-1', '2026-10-01', true, 'OFFICE', 'SEEN', {RECORD})",
    ),
    "an entry is made by a coordinator": (
        "coordinator",
        "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, "
        f"recorded_at, recorded_by) VALUES ('F', 'PHX-1', '2026-10-01', true, 'OFFICE', 'SEEN', {RECORD})",
    ),
    "an allocation of the trial is changed": ("navigator", "UPDATE cases SET trial_arm = 'CONTROL', revision = 2"),
    "another's take-away is read": ("navigator", "SELECT * FROM take_away WHERE taken_by <> session_user"),
    "another's take-away is ended": ("supervisor", "UPDATE take_away SET returned_at = now()"),
    "cases are taken away in another's name": (
        "officer",
        "INSERT INTO take_away (number, taken_by, taken_at, reason, cases) VALUES ('F', 'x', now(), 'CASE_WORK', '[]')",
    ),
    "what another audit recorded is read": ("auditor", "SELECT before, after FROM kept_trail"),
    "another audit is kept in another's name": (
        "officer",
        "INSERT INTO kept_trail (database_id, kept_by, part, n, fields, kept_at) "
        "VALUES ('x', 'somebody', 'ENTRY', 2, '[]', now())",
    ),
    "a kept audit is changed": ("supervisor", "UPDATE kept_trail SET fields = '[]'"),
    "a kept audit is deleted": ("officer", "DELETE FROM kept_trail"),
    "what a file took is read": ("officer", "SELECT * FROM taken_record"),
    "the whole book is opened": ("officer", "SELECT 1 WHERE open_book('CURIOUS')"),
    "a policy version is changed": ("supervisor", "UPDATE policy SET document = '{}'"),
    "a code list is changed": ("supervisor", "DELETE FROM reference_code"),
    "a disposal is read": ("officer", "SELECT * FROM disposal"),
    "a retention review is read": ("navigator", "SELECT * FROM retention_review"),
    "offences are read without opening a case": ("officer", "SELECT * FROM known_offences"),
    "MAPPA is read without opening a case": ("officer", "SELECT * FROM known_mappa"),
    "the days of a group are read without opening a case": ("navigator", "SELECT * FROM known_group_labels"),
    "the days of links are read without opening a case": ("navigator", "SELECT * FROM known_link_reviews"),
    "the days of retaliation are read without opening a case": ("navigator", "SELECT * FROM known_retaliation"),
    "a disposal is put in by hand": (
        "supervisor",
        "INSERT INTO disposal (disposal_ref, person_ref, proposed_by, proposed_at, authority, reason, status) "
        f"VALUES ('DS-F', 'P-XX', '{OTHER}', now(), 'x', 'x', 'PROPOSED')",
    ),
    "a review is put in by hand": ("supervisor", "DELETE FROM retention_review"),
    "a disposal is done by a navigator": (
        "navigator",
        "SELECT 1 WHERE dispose('DS-F', current_date) IS NOT NULL",
    ),
    "a person is deleted": ("supervisor", "DELETE FROM people WHERE person_ref = 'P-XX'"),
    "the audit is emptied": ("supervisor", "SELECT * FROM empty_entries('DS-F', 'P-JM', ARRAY['P-JM'])"),
    "an emptied entry is told by hand": (
        "auditor",
        "INSERT INTO redaction (entry, disposal_ref, kept_hash) VALUES (1, 'DS-F', 'x')",
    ),
    "somebody is looked for in every text": ("supervisor", "SELECT * FROM ioms_private.mentions('a')"),
    "an error tells what is hidden": (
        "navigator",
        "SELECT family_name::int FROM known_people(refs => ARRAY['P-CH'])",
    ),
    "a plan tells how many are hidden": ("navigator", "SELECT 1 FROM cases WHERE programme = 'IOM'"),
}


@pytest.fixture(scope="module")
def furnished(postgres_server: Server, _shared_template: str) -> Iterator[Office]:
    office = furnish(postgres_server.create("abused", _shared_template))
    with office.owner() as owner:
        owner.execute("INSERT INTO case_standing VALUES ('IOM-1', true, NULL)")
        owner.execute("INSERT INTO take_away VALUES ('n', 'somebody', now(), NULL, 'CASE_WORK', '[]')")
        kept = "INSERT INTO kept_trail VALUES ('d', 'somebody', 'ENTRY', 1, '[]', '{}', '{}', now())"
        owner.execute(kept.encode())
        owner.execute("INSERT INTO request (id, at, actor, act) VALUES ('r', now(), 'somebody', 'x')")
    yield office
    office.close()
    postgres_server.drop("abused")
    postgres_server.forget_logins()


@pytest.mark.parametrize("tried", ABUSE)
def test_what_is_tried_is_refused_or_finds_nothing(furnished: Office, tried: str) -> None:
    role, statement = ABUSE[tried]
    before = everything(furnished)
    found: list[Any] = []
    with furnished.raw(role) as psql, suppress(psycopg.errors.InsufficientPrivilege):
        done = psql.execute(statement.encode())
        found = done.fetchall() if done.description else [(done.rowcount,)] if done.rowcount > 0 else []
    assert found == [], tried
    assert everything(furnished) == before


def everything(office: Office) -> list[tuple[Any, ...]]:
    """What must not have changed: every table's number of rows and sum of saves, but the audit's and the looks'."""
    counted = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum({number}), 0) FROM {table}"
        for table, number in (
            *((name, "revision") for name in ("people", "cases", "contacts", "offers", "rag", "concerns", "decisions")),
            *((name, "0") for name in ("users", "access_entry", "case_standing", "policy", "reference_code", "seal")),
        )
    )
    with office.owner() as owner:
        return owner.execute(counted.encode()).fetchall()


def test_the_same_statements_work_for_whoever_may(furnished: Office) -> None:
    """The control: what is refused above is refused for who asks, not because it cannot be done."""
    with furnished.raw("officer") as psql:
        assert psql.execute("SELECT open_case('PHX-1')").fetchall() == [(True,)]
        for shown in (
            "SELECT trial_arm FROM cases WHERE case_ref = 'PHX-1'",
            "SELECT note FROM read_contacts(refs => ARRAY['N-1']) WHERE note LIKE 'n%'",
            "SELECT * FROM read_contacts(owners => ARRAY['PHX-1'])",
            "SELECT * FROM read_concerns(refs => ARRAY['K-2'])",
            "SELECT c.* FROM generate_series(1, 99) AS n, read_concerns(number => n) AS c",
            "SELECT address FROM read_people()",
            "SELECT * FROM known_concerns() WHERE concern_type = 'INTELLIGENCE'",
            "SELECT * FROM read_assessments()",
            "SELECT * FROM cases WHERE case_ref = 'PHX-C'",
        ):
            assert psql.execute(shown.encode()).fetchall(), shown
        psql.execute("SELECT set_config('ioms.reason_text', 'why', false)")
        with psql.transaction(force_rollback=True):
            change = f"UPDATE contacts SET revision = revision + 1 WHERE {read_row('contacts', 'N-1')}"
            assert psql.execute(change.encode()).rowcount == 1


CATALOGUE = {
    "every table has row security, forced": """
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('public', 'ioms_audit') AND c.relname <> 'alembic_version'
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)""",
    "nothing is granted to everybody": """
        SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
        WHERE n.nspname IN ('public', 'ioms_audit', 'ioms_private') AND a.grantee = 0""",
    "no function of ours is everybody's": """
        SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('public', 'ioms_audit', 'ioms_private') AND p.prosecdef
          AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))""",
    "every function with its owner's rights says where it looks": """
        SELECT oid::regprocedure FROM pg_proc
        WHERE prosecdef AND pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
          AND NOT EXISTS (SELECT FROM unnest(proconfig) AS said WHERE said LIKE 'search_path=%pg_temp')""",
    "no view and no function with rights is a superuser's": """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE c.relkind = 'v' AND r.rolsuper AND c.relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
        UNION ALL
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
        WHERE p.prosecdef AND r.rolsuper AND p.pronamespace NOT IN ('pg_catalog'::regnamespace)""",
    "every view is a barrier": """
        SELECT oid::regclass FROM pg_class
        WHERE relkind = 'v' AND relnamespace IN ('public'::regnamespace, 'ioms_audit'::regnamespace)
          AND NOT coalesce('security_barrier=true' = ANY (reloptions), false)
          AND NOT coalesce('security_barrier=on' = ANY (reloptions), false)""",
    "no owner may sign in": "SELECT rolname FROM pg_roles WHERE rolname LIKE 'ioms\\_%' AND rolcanlogin",
}


@pytest.mark.parametrize("rule", CATALOGUE)
def test_the_catalogue_keeps_its_rules(furnished: Office, rule: str) -> None:
    with furnished.owner() as owner:
        assert owner.execute(CATALOGUE[rule].encode()).fetchall() == []


def test_a_new_table_without_a_policy_is_found(furnished: Office) -> None:
    """The control of the catalogue's first rule."""
    with furnished.owner() as owner, owner.transaction(force_rollback=True):
        owner.execute("CREATE TABLE forgotten (id int)")
        found = owner.execute(CATALOGUE["every table has row security, forced"].encode()).fetchall()
    assert [str(name) for (name,) in found] == ["forgotten"]
