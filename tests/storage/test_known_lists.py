"""Lists and search are read through functions alone; neither a plan nor a statement's cost says what is kept back."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import Error, InsufficientPrivilege
from sqlalchemy import Connection

from ioms_desktop.paths import migrations
from ioms_desktop.storage.engine import engine_for
from ioms_desktop.storage.postgres.server_checks import missing_rights, server_warnings
from ioms_desktop.storage.schema.read_functions import LISTED_BY_FUNCTION
from shared_people import Office

READ = {
    "people by reference": "SELECT person_ref FROM known_people(refs => ARRAY['{person}'])",
    "people by number": "SELECT person_ref FROM known_people(ids => ARRAY[1, 2, 3]) WHERE person_ref = '{person}'",
    "people by name": "SELECT person_ref FROM known_people_by_name(at_most => 9) WHERE person_ref = '{person}'",
    "words that begin so": "SELECT person_ref FROM words_found(ARRAY['{begun}'], ARRAY[]::text[], 9)",
    "whole words": "SELECT person_ref FROM words_found(ARRAY[]::text[], ARRAY['{word}'], 9)",
    "the words of somebody": "SELECT DISTINCT person_ref FROM words_of_people(ARRAY['{person}'])",
    "words that lead to somebody": "SELECT 1 FROM known_words(ARRAY['{word}'])",
    "former names": "SELECT person_ref FROM known_person_names(owners => ARRAY['{person}'])",
    "concerns": "SELECT case_ref FROM known_concerns(owners => ARRAY['{case}']) LIMIT 1",
    "concerns by reference": "SELECT case_ref FROM known_concerns(refs => ARRAY['{concern}'])",
    "content by owner": "SELECT person_ref FROM read_people(owners => ARRAY['{person}'])",
    "content by number": "SELECT person_ref FROM read_people(number => {number}) WHERE person_ref = '{person}'",
}
ELSEWHERE = (
    "SELECT * FROM read_case('{case}', '{person}')",
    "SELECT * FROM read_trigger_facts('{case}')",
    "SELECT * FROM person_documents('{case}')",
    "SELECT * FROM known_strike_outs()",
    *("SELECT * FROM known_contacts_due('ALL')", "SELECT * FROM known_actions_due()"),
    "SELECT * FROM known_cases_of_worker(ARRAY['{word}'])",
)
"""What else is read through functions."""
OURS = {"person": "P-JM", "case": "PHX-1", "begun": "marl", "word": "marlow", "concern": "ARRESTED", "number": "1"}
THEIRS = {"person": "P-CH", "case": "IOM-1", "begun": "hark", "word": "harker", "concern": "SECRET", "number": "2"}
"""A person whom a navigator knows, and one whom only officers know."""
FORMER_READS = (
    *(f"SELECT * FROM known_{name}" for name in sorted(LISTED_BY_FUNCTION)),
    *("SELECT * FROM known_people", "SELECT * FROM known_people_by_name", "SELECT * FROM search_key"),
)
COSTS = (
    "SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'people'",
    "SELECT n_live_tup FROM pg_stat_all_tables WHERE relname = 'concerns'",
    "SELECT heap_blks_hit FROM pg_statio_user_tables WHERE relname = 'people'",
    "SELECT idx_scan FROM pg_stat_user_indexes WHERE relname = 'search_key'",
    "SELECT calls FROM pg_stat_xact_user_functions",
    "SELECT tup_fetched FROM pg_stat_database WHERE datname = current_database()",
    "SELECT pg_stat_get_xact_tuples_fetched('public.people'::regclass)",
    "SELECT pg_stat_get_tuples_returned('public.concerns'::regclass)",
    "SELECT pg_stat_get_db_tuples_fetched((SELECT oid FROM pg_database WHERE datname = current_database()))",
)
UNSEEN = (
    "DO $$ BEGIN EXECUTE 'EXPL' || 'AIN ANALYZE SELECT * FROM known_people()'; END $$",
    "SELECT query_to_xml('expl' || 'ain (analyze, buffers) select * from known_people()', true, true, '')",
    "SELECT query_to_xmlschema('expl' || 'ain select * from known_people()', true, true, '')",
    "SELECT query_to_xml_and_xmlschema('expl' || 'ain select * from known_people()', true, true, '')",
)


@pytest.fixture
def furnished(office: Office) -> Office:
    """Give the other programme's case a concern and its person a former name, and open both people where one may."""
    with office.owner() as owner:
        for case, ref, person in (("PHX-1", "ARRESTED", "P-JM"), ("IOM-1", "SECRET", "P-CH")):
            owner.execute(
                "INSERT INTO concerns (concern_ref, case_ref, occurred_on, recorded_on, concern_type, summary, "
                "revision, recorded_at, recorded_by) "
                "VALUES (%s, %s, '2026-10-01', '2026-10-01', 'ARREST', 'x', 1, now(), 'x')",
                (ref, case),
            )
            owner.execute(
                "INSERT INTO person_names (name_ref, person_ref, kind, name, source, revision, recorded_at, "
                "recorded_by) VALUES (%s, %s, 'FORMER', 'Vane', 'x', 1, now(), 'x')",
                (f"N-{person}", person),
            )
    for role in ("officer", "navigator"):
        with office.raw(role) as psql:
            for case in ("PHX-1", "IOM-1"):
                psql.execute("SELECT open_case(%s)", (case,))
    return office


def rows(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


def test_lists_and_search_show_whom_one_may_know_of_and_nobody_else(furnished: Office) -> None:
    with furnished.raw("officer") as officer, furnished.raw("navigator") as navigator:
        for said, sql in READ.items():
            assert rows(officer, sql.format(**OURS)), said
            assert rows(officer, sql.format(**THEIRS)), said
            assert rows(navigator, sql.format(**OURS)), said
            assert rows(navigator, sql.format(**THEIRS)) == [], said
    with furnished.raw("analyst") as analyst:
        for sql in READ.values():
            with pytest.raises(InsufficientPrivilege):
                rows(analyst, sql.format(**OURS))


def test_nothing_is_explained_that_is_read(furnished: Office) -> None:
    """The pages that a function read would tell of somebody one may not know of: it is refused, whoever it is."""
    nobody = dict.fromkeys(OURS, "Z-0") | {"number": "999999"}
    with furnished.raw("navigator") as navigator, furnished.owner() as owner:
        for sql in (*READ.values(), *ELSEWHERE):
            for whom in (nobody, THEIRS, OURS):
                for explain in ("EXPLAIN (ANALYZE, BUFFERS)", "explain analyze", "/* */ExPlAiN(ANALYSE)"):
                    with pytest.raises(InsufficientPrivilege, match="the word EXPLAIN"):
                        rows(navigator, f"{explain} {sql.format(**whom)}")
        # The control: from the table the owner's plan tells the two apart.
        asked = (
            "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT 1 FROM people WHERE person_ref = '{person}'"
        )
        assert rows(owner, asked.format(**nobody)) != rows(owner, asked.format(**THEIRS))


def test_no_function_with_rights_tells_its_plan(furnished: Office) -> None:
    talking = (
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.prosecdef AND p.proname !~ '^keep_trace_' "
        "AND p.pronamespace::regnamespace::text IN ('public', 'ioms_private', 'ioms_audit') "
        "AND NOT coalesce('client_min_messages=notice' = ANY (p.proconfig), false)"
    )
    with furnished.owner() as owner:
        assert rows(owner, talking) == []
        with owner.transaction(force_rollback=True):  # the control
            owner.execute("ALTER FUNCTION knows_person(text) RESET client_min_messages")
            assert rows(owner, talking) == [("knows_person(text)",)]
    told: list[str] = []
    with furnished.raw("navigator") as navigator:
        navigator.add_notice_handler(lambda notice: told.append(f"{notice.message_primary} {notice.message_detail}"))
        for setting in ("client_min_messages = log", "debug_print_plan = on", "plan_cache_mode = force_custom_plan"):
            navigator.execute(f"SET {setting}".encode())
        with pytest.raises(InsufficientPrivilege, match="not read with debug_print_plan"):
            rows(navigator, "SELECT id FROM concerns")
        assert not [each for each in told if "RANGETBLENTRY" in each.upper()]
        rows(navigator, "SELECT list FROM known_words(ARRAY['x']) AS list")
        assert told  # the control: its own plan is told


def test_nobody_reads_the_tables_behind_the_lists_or_what_a_statement_cost(furnished: Office) -> None:
    for role in ("officer", "navigator", "supervisor", "coordinator", "partner", "analyst", "auditor", "administrator"):
        with furnished.raw(role) as psql:
            for sql in (*FORMER_READS, *COSTS, *UNSEEN):
                with pytest.raises(Error) as refused:
                    psql.execute(sql.encode())
                assert refused.value.sqlstate == "42501", (role, sql)
    with furnished.owner() as owner:  # the control: all of these are there
        for sql in (*FORMER_READS, *COSTS, *UNSEEN[:1]):  # the other functions refuse EXPLAIN by themselves
            owner.execute(sql.encode())


STATISTICS = (migrations() / "sql" / "0089_statistics.sql").read_text(encoding="utf-8")
FROM_18 = """
    DO $$
    BEGIN
      IF to_regproc('pg_catalog.pg_stat_get_backend_io') IS NULL THEN
        CREATE FUNCTION pg_catalog.pg_stat_get_backend_io(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
      END IF;
      GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_get_backend_io(integer) TO PUBLIC;
    END $$
"""
"""What PostgreSQL 18 brings; on an older server something stands for it."""


def told_of(connection: Connection) -> tuple[str, ...]:
    return (*server_warnings(connection), *missing_rights(connection))


def test_a_server_that_shows_its_counters_or_locks_again_is_named_until_one_file_is_run(furnished: Office) -> None:
    engine = engine_for(furnished.location)
    with engine.connect() as connection:
        connection.connection.cursor().execute(STATISTICS)  # another test may have taken the right of all databases
        assert told_of(connection) == ()
        for shown, named in (
            ("GRANT SELECT ON pg_stat_xact_user_tables TO PUBLIC", "pg_stat_xact_user_tables"),
            ("GRANT SELECT ON pg_locks TO PUBLIC", "pg_locks"),
            ("GRANT EXECUTE ON FUNCTION pg_lock_status() TO PUBLIC", "pg_lock_status()"),
            (FROM_18, "pg_stat_get_backend_io()"),
            ("CREATE VIEW pg_stat_statements AS SELECT 1; GRANT SELECT ON pg_stat_statements TO PUBLIC", "_statements"),
            ("GRANT EXECUTE ON FUNCTION pg_stat_get_tuples_returned(oid) TO PUBLIC", "pg_stat_get_tuples_returned()"),
            ("REVOKE pg_read_all_stats FROM ioms_accounts", "ioms_accounts"),
        ):
            connection.exec_driver_sql(shown)
            (warning,) = told_of(connection)
            assert named in warning
            assert "0089_statistics.sql" in warning
            connection.connection.cursor().execute(STATISTICS)
            assert told_of(connection) == (), shown
        connection.rollback()
    engine.dispose()


BEFORE_UPGRADE = Path(__file__).resolve().parents[2] / "deploy" / "before-upgrade.sql"
OTHERWISE_THAN_MADE = """
    SELECT its.name FROM (
      SELECT proname::text, proacl, initprivs, acldefault('f', proowner), pronamespace
      FROM pg_proc LEFT JOIN pg_init_privs ON objoid = pg_proc.oid AND classoid = 'pg_proc'::regclass
      UNION ALL
      SELECT relname::text, relacl, initprivs, acldefault('r', relowner), relnamespace
      FROM pg_class LEFT JOIN pg_init_privs
        ON objoid = pg_class.oid AND classoid = 'pg_class'::regclass AND objsubid = 0
    ) AS its (name, now, made, usual, namespace)
    WHERE namespace = 'pg_catalog'::regnamespace AND now IS NOT NULL
      AND ARRAY(SELECT (each.*)::text FROM aclexplode(now) AS each ORDER BY 1)
        <> ARRAY(SELECT (each.*)::text FROM aclexplode(coalesce(made, usual)) AS each ORDER BY 1)
"""
"""What of the server's own pg_upgrade gives the rights that it has; it stops where a later version has it no longer."""


def test_before_an_upgrade_counters_and_locks_are_as_the_server_was_made_and_nothing_else(furnished: Office) -> None:
    engine = engine_for(furnished.location)
    with engine.connect() as connection:
        connection.connection.cursor().execute(STATISTICS)
        before = set(connection.exec_driver_sql(OTHERWISE_THAN_MADE).scalars())
        connection.connection.cursor().execute(BEFORE_UPGRADE.read_text(encoding="utf-8"))
        after = set(connection.exec_driver_sql(OTHERWISE_THAN_MADE).scalars())
        assert {"pg_locks", "pg_lock_status", "pg_stat_user_tables", "pg_stat_get_numscans"} <= before - after
        assert after == {each for each in before if not each.startswith(("pg_stat", "pg_lock"))}
        assert {"pg_advisory_lock", "query_to_xml"} <= after  # the control: these every version has
        connection.connection.cursor().execute(STATISTICS)
        assert told_of(connection) == ()
        connection.rollback()
    engine.dispose()
