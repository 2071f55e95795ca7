"""Whether the case of a row is looked up where it decides alone, or always, the same rows are known to everybody."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.util import load_python_file
from sqlalchemy import Connection

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.people import Person
from ioms_desktop.paths import migrations
from ioms_desktop.storage.engine import engine_for
from raw_rows import insert_sql, row_of
from shared_people import Office, login_of
from storage.two_databases import CASE, PERSON, hide, told

LOOKED_UP = re.compile(r"SELECT true\s+FROM (?:public\.)?cases c\s")
POLICIES = """
    SELECT tablename, qual FROM pg_policies
    WHERE schemaname = 'public' AND cmd = 'SELECT' AND qual ~ 'SELECT true\\s+FROM cases c\\s' ORDER BY policyname, 1
"""
BY_FUNCTION = (
    "SELECT person_ref FROM known_people()",
    "SELECT case_ref FROM known_concerns()",
    "SELECT word FROM words_found(ARRAY['hid', 'mar', 'har'], ARRAY[]::text[])",
    f"SELECT word FROM words_of_people(ARRAY['{PERSON}', 'P-JM', 'P-CH'])",
)
AT_ONCE, ONE_BY_ONE = (
    f"SELECT id, person_ref, name_key FROM known_people_by_name({most})" for most in ("", "at_most => 99")
)
"""Everybody whom somebody knows of, as a list asks and as somebody walks through them."""


@contextmanager
def operating(office: Office) -> Iterator[tuple[Connection, Any]]:
    """Yield the owner's connection and what migrations call on it; what they do is kept."""
    load_python_file(str(migrations()), "record_tables_v12.py")
    engine = engine_for(office.location)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL search_path = public, ioms_private")
        yield connection, Operations(MigrationContext.configure(connection))
    engine.dispose()


def known(psql: psycopg.Connection) -> dict[str, object]:
    """Return what somebody is shown of everything that has such a policy."""
    views = psql.execute(
        "SELECT c.oid::regclass::text FROM pg_class AS c WHERE relkind = 'v' AND relname ~ '^known_' "
        "AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
    ).fetchall()
    found: dict[str, object] = {}
    for asked in (*(f"SELECT id FROM {name}" for (name,) in views), *BY_FUNCTION, AT_ONCE, ONE_BY_ONE):
        try:
            with psql.transaction():
                found[asked] = sorted(psql.execute(asked.encode()).fetchall())
        except psycopg.Error as refused:
            found[asked] = refused.sqlstate
    return found


WITHOUT_CASES = ("P-ADDED", "P-OPENED")
BROKEN = {"officer": CASE, "supervisor": "IOM-1", "coordinator": CASE}
OPENED = {"supervisor": "IOM-1", "officer": "PHX-1", "navigator": "PHX-1"}
OF_GLASS = "SELECT id FROM known_contacts"
WITHOUT_GLASS = """
    ALTER POLICY known ON contacts USING (
      case_ref IN (SELECT opened_cases())
      OR (SELECT reaches('ALL')) AND case_ref NOT IN (SELECT ioms_private.hidden_cases())
        AND case_ref NOT IN (SELECT my_access('GLASS')))
"""


def add_people_without_cases(owner: psycopg.Connection) -> None:
    """Add one whom the navigator recorded, and one whom they have open and know of by nothing else."""
    for ref in WITHOUT_CASES:
        row = row_of(Person, ref, "holt") | {"person_ref": ref, "name_key": ref}
        owner.execute(insert_sql(Person, row).encode(), row)
    navigator, (added, opened) = login_of("navigator"), WITHOUT_CASES
    owner.execute("INSERT INTO newcomer VALUES (%s, %s)", (added, navigator))
    owner.execute(
        "INSERT INTO look VALUES (%s, %s, %s, 'CASE_WORK', '5', clock_timestamp() + interval '14 minutes')",
        (navigator, f"\x01{opened}", opened),
    )


def test_the_same_rows_are_known_to_everybody(office: Office) -> None:
    with office.owner() as owner:
        hide(owner)
        add_people_without_cases(owner)
    with ExitStack() as stack:
        people = {role.value: stack.enter_context(office.raw(role.value)) for role in Role}
        for role, case in BROKEN.items():
            people[role].execute("SELECT break_glass(%s, 'his mother called, he is in danger')", (case,))
        for role, case in OPENED.items():
            people[role].execute("SELECT open_case(%s)", (case,))
        if_needed = {role: known(psql) for role, psql in people.items()}
        assert {role: found[AT_ONCE] for role, found in if_needed.items()} == {
            role: found[ONE_BY_ONE] for role, found in if_needed.items()
        }
        of_navigator = if_needed["navigator"][AT_ONCE]
        assert isinstance(of_navigator, list)
        assert {ref for _, ref, _ in of_navigator} >= set(WITHOUT_CASES)
        assert of_navigator != if_needed["coordinator"][AT_ONCE] != if_needed["officer"][AT_ONCE]
        with operating(office) as (connection, operations):
            for name in {name for name, _ in connection.exec_driver_sql(POLICIES)}:
                operations.look_up_cases_always(name)
        assert {role: known(psql) for role, psql in people.items()} == if_needed
        with office.owner() as owner:  # the control
            owner.execute(WITHOUT_GLASS)
        assert known(people["officer"])[OF_GLASS] != if_needed["officer"][OF_GLASS]


KEPT_FROM_SOME = f"""
    SET session_replication_role = replica;
    INSERT INTO case_standing (case_ref, restricted, team) VALUES ('IOM-1', false, 'NORTH'), ('PHX-1', true, NULL);
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by) VALUES
      ('PHX-1', '{login_of("navigator")}', 'ADMITTED', '2026-10-01', 'holt'),
      ('IOM-1', '{login_of("officer")}', 'ASSIGNED', '2026-10-01', 'holt'),
      ('PHX-C', '{login_of("supervisor")}', 'EXCLUDED', '2026-10-01', 'holt');
    INSERT INTO cases (id, case_ref, person_ref, programme, status, referred_on, revision, recorded_at, recorded_by)
    SELECT 8000, 'IOM-8', 'P-JM', programme, status, referred_on, 1, recorded_at, recorded_by
    FROM cases WHERE case_ref = 'IOM-1';
    UPDATE users SET team = 'SOUTH' WHERE role IN ('officer', 'supervisor', 'coordinator');
    SET session_replication_role = origin
"""
"""A case of another team, a restricted one of somebody who has another, and one that is kept from a supervisor."""
NAMED = "SELECT p, may_be_named(p) FROM unnest(ARRAY['P-JM', 'P-CH', 'P-HID', 'P-NONE', NULL]) AS p"
OPENS = "SELECT open_person('P-JM'), open_person('P-CH'), open_person('P-HID'), open_person('P-NONE')"
NOTHING_KEPT = "CREATE OR REPLACE VIEW ioms_private.kept_people AS SELECT person_ref FROM cases WHERE false"


def shown_of_people(people: dict[str, psycopg.Connection]) -> dict[str, object]:
    """Return what everybody is shown, whom they may name and whom they may open, none of whom stays open."""
    found: dict[str, object] = {}
    for role, psql in people.items():
        with psql.transaction(force_rollback=True):
            opened = told(psql, ("{0}",), OPENS)
        found[role] = (known(psql), told(psql, ("{0}",), NAMED), opened)
    return found


def test_who_is_hidden_is_hidden_whether_they_are_looked_up_or_gathered(office: Office) -> None:
    with office.owner() as owner, ExitStack() as stack:
        hide(owner)
        owner.execute(KEPT_FROM_SOME.encode())
        people = {role.value: stack.enter_context(office.raw(role.value)) for role in Role}
        people["coordinator"].execute("SELECT break_glass(%s, 'his mother called, he is in danger')", (CASE,))
        people["navigator"].execute("SELECT open_case('PHX-1')")
        looked_up = shown_of_people(people)
        owner.execute(NOTHING_KEPT)  # the control
        assert {role for role, shown in shown_of_people(people).items() if shown != looked_up[role]} >= {"officer"}
        former = owner.execute("SELECT name, text FROM definition_before_0102 ORDER BY name").fetchall()
        owner.execute("DROP POLICY known_to_find ON search_key")
        for name, text in former:
            owner.execute((f"ALTER POLICY known ON {name} USING ({text})" if name else text).encode())
        owner.execute("ALTER POLICY known ON search_key TO ioms_opener")
        assert shown_of_people(people) == looked_up


CALLS = "SELECT funcname, calls FROM pg_stat_xact_user_functions ORDER BY 1"


def test_whether_somebody_may_be_named_is_worked_out_alike_whether_they_are_hidden_or_not_there(office: Office) -> None:
    """The time it takes would tell of a hidden person otherwise."""
    with office.owner() as owner:
        hide(owner)
        for role in ("officer", "supervisor"):
            hidden, absent, known = (calls(owner, role, ref) for ref in (PERSON, "P-NONE", "P-JM"))
            assert hidden == absent == known
            assert hidden["hidden_cases"] == 1
        assert calls(owner, "officer", PERSON, "open_person") != calls(
            owner, "officer", "P-NONE", "open_person"
        )  # the control


def calls(owner: psycopg.Connection, role: str, ref: str, function: str = "may_be_named") -> Counter[str]:
    """Return how often each function is called to answer somebody about a person."""
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL track_functions = 'all'")
        before: Counter[str] = Counter(dict(owner.execute(CALLS).fetchall()))
        owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of(role)}".encode())
        owner.execute(f"SELECT {function}(%s)".encode(), (ref,))
        owner.execute("RESET SESSION AUTHORIZATION")
        return Counter[str](dict(owner.execute(CALLS).fetchall())) - before


def test_every_policy_that_looks_cases_up_does_so_if_needed(office: Office) -> None:
    with operating(office) as (connection, operations):
        made = connection.exec_driver_sql(POLICIES).all()
        tables = {name for name, _ in made}
        for name in tables:
            operations.look_up_cases_always(name)
        always = connection.exec_driver_sql(POLICIES).all()
        for name in tables:
            operations.look_up_cases_if_needed(name)
            operations.look_up_cases_if_needed(name)  # the second time there is nothing to do
        again = connection.exec_driver_sql(POLICIES).all()
    assert again == made
    assert {"contacts", "custody", "people", "search_key", "former_version"} <= tables
    unneeded = [name for name, said in made if len(LOOKED_UP.findall(said)) != len(guards(said))]
    assert unneeded == []
    assert all(LOOKED_UP.findall(said) and not guards(said) for _, said in always)  # the control


def guards(said: str) -> list[str]:
    return re.findall(r"\(NOT \( SELECT reaches\('ALL'::text\) AS reaches\)\) OR ", said)
