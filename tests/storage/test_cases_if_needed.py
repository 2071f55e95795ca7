"""However a server looks up what is hidden, everybody knows the same rows, and looking it up tells nobody of it."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

import psycopg

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.people import Person
from raw_rows import insert_sql, row_of
from shared_people import Office, login_of, weaken
from storage.two_databases import CASE, PERSON, hide, told

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


def put_back(owner: psycopg.Connection, kept: str) -> None:
    """Say policies and functions as a migration found them."""
    asked = """SELECT f ->> 'name', coalesce(f ->> 'policy', 'known'), f ->> 'text', f ->> 'checked'
        FROM (SELECT to_jsonb(t) AS f FROM {} AS t) AS found WHERE NOT coalesce(f ->> 'name' ~ '^known_', false)"""
    for name, policy, text, checked in owner.execute(asked.format(kept).encode()).fetchall():
        clauses = " ".join(f"{word} ({said})" for word, said in (("USING", text), ("WITH CHECK", checked)) if said)
        owner.execute((f"ALTER POLICY {policy} ON {name} {clauses}" if name else text).encode())


def known(psql: psycopg.Connection) -> dict[str, object]:
    """Return what somebody is shown of everything that has such a policy."""
    views = psql.execute(
        "SELECT c.oid::regclass::text FROM pg_class AS c WHERE relkind = 'v' AND relname ~ '^known_' "
        "AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
    ).fetchall()
    found: dict[str, object] = {}
    asks = (*(f"SELECT id FROM {name}" for (name,) in views), "SELECT id FROM cases", *BY_FUNCTION, AT_ONCE, ONE_BY_ONE)
    for asked in asks:
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
        with office.owner() as owner:
            put_back(owner, "definition_before_0106")
            assert {role: known(psql) for role, psql in people.items()} == if_needed
            owner.execute(WITHOUT_GLASS)  # the control
        assert known(people["officer"])[OF_GLASS] != if_needed["officer"][OF_GLASS]


KEPT_FROM_SOME = f"""
    SET session_replication_role = replica;
    INSERT INTO case_standing (case_ref, restricted, team) VALUES ('IOM-1', false, 'NORTH'), ('PHX-1', true, NULL);
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by) VALUES
      ('PHX-1', '{login_of("navigator")}', 'ADMITTED', '2026-10-01', 'holt'),
      ('IOM-1', '{login_of("officer")}', 'ASSIGNED', '2026-10-01', 'holt'),
      ('PHX-C', '{login_of("supervisor")}', 'EXCLUDED', '2026-10-01', 'holt'),
      ('PHX-1', '{login_of("officer")}', 'ASSIGNED', '2026-10-01', 'holt'),
      ('PHX-1', '{login_of("coordinator")}', 'ADMITTED', '2026-10-01', 'holt'),
      ('PHX-1', '{login_of("coordinator")}', 'EXCLUDED', '2026-10-01', 'holt'),
      ('PHX-1', '{login_of("partner")}', 'ASSIGNED', '2026-10-01', 'holt'),
      ('IOM-1', '{login_of("partner")}', 'ASSIGNED', '2026-10-01', 'holt'),
      ('PHX-C', '{login_of("partner")}', 'ADMITTED', '2026-10-01', 'holt'),
      ('{CASE}', '{login_of("partner")}', 'ASSIGNED', '2026-10-01', 'holt'),
      ('{CASE}', '{login_of("partner")}', 'ADMITTED', '2026-10-01', 'holt');
    INSERT INTO cases (id, case_ref, person_ref, programme, status, referred_on, revision, recorded_at, recorded_by)
    SELECT 8000, 'IOM-8', 'P-JM', programme, status, referred_on, 1, recorded_at, recorded_by
    FROM cases WHERE case_ref = 'IOM-1';
    UPDATE users SET team = 'SOUTH' WHERE role IN ('officer', 'supervisor', 'coordinator');
    SET session_replication_role = origin
"""
"""A case of another team, a restricted one of somebody who has another, and cases that somebody is named on.

Some are named in two ways, and a partner in each way that does or does not let them know.
"""
NAMEABLE = "SELECT p, may_be_named(p) FROM unnest(ARRAY['P-JM', 'P-CH', 'P-HID', 'P-NONE', NULL]) AS p"
OPENS = "SELECT open_person('P-JM'), open_person('P-CH'), open_person('P-HID'), open_person('P-NONE')"
NOTHING_RESTRICTED = "CREATE OR REPLACE VIEW ioms_private.kept_cases AS SELECT case_ref FROM cases WHERE false"
NOTHING_KEPT = "CREATE OR REPLACE VIEW ioms_private.kept_people AS SELECT person_ref FROM cases WHERE false"


def shown_of_people(people: dict[str, psycopg.Connection]) -> dict[str, tuple[object, ...]]:
    """Return what everybody is shown, whom they may name and whom they may open, none of whom stays open."""
    found: dict[str, tuple[object, ...]] = {}
    for role, psql in people.items():
        with psql.transaction(force_rollback=True):
            opened = told(psql, ("{0}",), OPENS)
        found[role] = (known(psql), told(psql, ("{0}",), NAMEABLE), opened)
    return found


def test_who_is_hidden_is_hidden_whether_they_are_looked_up_or_gathered(office: Office) -> None:
    with office.owner() as owner, ExitStack() as stack:
        hide(owner)
        owner.execute(KEPT_FROM_SOME.encode())
        people = {role.value: stack.enter_context(office.raw(role.value)) for role in Role}
        people["coordinator"].execute("SELECT break_glass(%s, 'his mother called, he is in danger')", (CASE,))
        people["navigator"].execute("SELECT open_case('PHX-1')")
        looked_up = shown_of_people(people)
        with owner.transaction(force_rollback=True):  # a control
            owner.execute(NOTHING_RESTRICTED)
            owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of('officer')}".encode())
            assert known(owner) != looked_up["officer"][0]
        put_back(owner, "definition_before_0106")
        assert shown_of_people(people) == looked_up
        owner.execute(NOTHING_KEPT)  # a control
        assert {role for role, shown in shown_of_people(people).items() if shown != looked_up[role]} >= {"officer"}
        owner.execute("DROP POLICY known_to_find ON search_key")
        put_back(owner, "definition_before_0102")
        owner.execute("ALTER POLICY known ON search_key TO ioms_opener")
        assert shown_of_people(people) == looked_up


def test_somebody_named_on_a_case_knows_of_it_as_what_they_are_named_for_lets_them(office: Office) -> None:
    """What the comparison above rests on, in one place: of partners, who know of nothing else."""
    with office.owner() as owner:
        hide(owner)
        owner.execute(KEPT_FROM_SOME.encode())
    with office.raw("partner") as psql:
        known_of = {ref for (ref,) in psql.execute("SELECT case_ref FROM cases")}
    assert known_of == {"IOM-1", CASE}


CALLS = "SELECT funcname, calls FROM pg_stat_xact_user_functions ORDER BY 1"


def test_whether_somebody_may_be_named_is_worked_out_alike_whether_they_are_hidden_or_not_there(office: Office) -> None:
    """The time it takes would tell of a hidden person otherwise."""
    with office.owner() as owner:
        hide(owner)
        for role in ("officer", "supervisor"):
            hidden, absent, known = (calls(owner, role, f"may_be_named('{ref}')") for ref in (PERSON, "P-NONE", "P-JM"))
            assert hidden == absent == known
            assert hidden["hidden_cases"] == 1
        opens = (calls(owner, "officer", f"open_person('{ref}')") for ref in (PERSON, "P-NONE"))
        assert next(opens) != next(opens)  # the control


NAMED = {"case_ref": (f"'{CASE}'", "'NON-1'"), "person_ref": (f"'{PERSON}'", "'P-NON'")}
"""Who is hidden and who is not there, as they are asked for."""
OF_ONES_OWN = {"named_cases", "my_reach", "my_role", "my_team", "reaches", "opened_people", "my_newcomers"}
WITHOUT_A_ROW = {"stay_unexplained", "stay_alike", "opened_cases", "is_running", "is_committed"}
READ_BY_REF = f"""
    SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE (c.relname ~ '^known_' OR c.relname = 'cases') AND c.relkind IN ('r', 'v') AND a.attname IN {tuple(NAMED)}
      AND has_column_privilege('ioms_officer', c.oid, a.attnum, 'SELECT') ORDER BY 1, 2
"""


def told_by_what_is_asked(owner: psycopg.Connection, relations: Sequence[tuple[str, str]]) -> dict[str, Counter[str]]:
    """Return what is asked with somebody hidden and not without, where it is more than what everybody's own says."""
    found = {}
    for name, column in relations:
        counted = (calls(owner, "officer", f"count(*) FROM {name} WHERE {column} = {ref}") for ref in NAMED[column])
        hidden, absent = counted
        more = hidden - absent
        if set(more) - OF_ONES_OWN - WITHOUT_A_ROW or absent["named_cases"] < 1:
            found[f"{name} by {column}"] = more
    return found


def test_of_a_hidden_case_little_is_asked_that_is_not_asked_of_one_that_is_not_there(office: Office) -> None:
    """Which cases are hidden is never gathered, and whoever asks for nobody is asked who they are as well."""
    with office.owner() as owner:
        hide(owner)
        owner.execute("ANALYZE; SET enable_seqscan = off")  # as with many rows: none of somebody else's is met
        relations = owner.execute(READ_BY_REF).fetchall()
        assert len(relations) > 20
        assert told_by_what_is_asked(owner, relations) == {}
        put_back(owner, "definition_before_0106")
        control = [("cases", "person_ref"), ("known_contacts", "case_ref"), ("known_custody", "person_ref")]
        assert len(told_by_what_is_asked(owner, control)) == len(control)


MANY_RESTRICTED = """
    SET session_replication_role = replica;
    INSERT INTO people (id, person_ref, family_name, given_names, date_of_birth, revision, recorded_at, recorded_by)
    SELECT 9000 + n, 'P-M' || n, 'Many', 'A', '1980-01-01', 1, now(), 'x' FROM generate_series(1, 3000) AS n;
    INSERT INTO cases (id, case_ref, person_ref, programme, status, referred_on, revision, recorded_at, recorded_by)
    SELECT 9000 + n, 'M-' || n, 'P-M' || n, 'IOM', 'ACTIVE', '2026-01-01', 1, now(), 'x'
    FROM generate_series(1, 3000) AS n;
    INSERT INTO case_standing (case_ref, restricted) SELECT 'M-' || n, true FROM generate_series(1, 2000) AS n;
    ANALYZE; SET session_replication_role = origin
"""
ROWS_READ = """
    SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::integer FROM pg_stat_xact_all_tables
    WHERE relname IN ('cases', 'case_standing', 'people')
"""


def rows_read(owner: psycopg.Connection, asked: str) -> int:
    """Return how many rows of cases and people a server reads to answer an officer."""
    with owner.transaction(force_rollback=True):
        before = owner.execute(ROWS_READ).fetchall()[0][0]
        owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of('officer')}".encode())
        assert owner.execute(f"SELECT count(*) FROM {asked}".encode()).fetchall() == [(0,)]
        owner.execute("RESET SESSION AUTHORIZATION")
        return int(owner.execute(ROWS_READ).fetchall()[0][0] - before)


def test_where_many_cases_are_restricted_somebody_hidden_is_looked_up_by_themselves(office: Office) -> None:
    """Who asks is worked out for somebody who is not there too, and nobody else is gathered for somebody hidden."""
    asked = {"refs": ("'P-M5'", "'P-NON'"), "ids": ("9005", "-1")}
    hidden, absent = ([f"known_people({name} => ARRAY[{of[place]}])" for name, of in asked.items()] for place in (0, 1))
    with office.owner() as owner:
        owner.execute(MANY_RESTRICTED.encode())
        assert all(rows_read(owner, each) < 20 for each in (*hidden, *absent))
        assert all(calls(owner, "officer", f"count(*) FROM {each}")["opened_people"] == 1 for each in absent)
        put_back(owner, "definition_before_0111")
        assert all(rows_read(owner, each) > 2000 for each in hidden)  # the controls
        assert all("opened_people" not in calls(owner, "officer", f"count(*) FROM {each}") for each in absent)


WAYS_IN = {
    "the book": ("supervisor", "ioms_private.knows(of_case)", "P-NON"),
    "a person just recorded": ("officer", "case_open OR case_in_book", "P-MINE"),
}
"""Who may read something at a case that is hidden: by what, what keeps the case from being looked for, and whose."""


def test_of_a_hidden_case_nothing_is_looked_for_by_who_may_read_something_else_in_the_same_call(office: Office) -> None:
    row = row_of(Person, "MINE", login_of("officer")) | {"person_ref": "P-MINE", "name_key": "mine"}
    with office.owner() as owner, office.raw("supervisor") as psql:
        hide(owner)
        psql.execute("SELECT open_book('IMPORT')")
        with owner.transaction(force_rollback=True):
            row["recorded_at"] = owner.execute("SELECT transaction_timestamp()").fetchall()[0][0]
            owner.execute(insert_sql(Person, row).encode(), row)
            for way, (role, kept, person) in WAYS_IN.items():
                asked = [f"count(*) FROM read_case('{ref}', '{person}')" for ref in (CASE, "NON-1")]
                hidden, absent = (calls(owner, role, each) for each in asked)
                assert hidden == absent, way
                with owner.transaction(force_rollback=True):  # the control
                    weaken(owner, "read_case", kept, "true")
                    assert len({frozenset(calls(owner, role, each).items()) for each in asked}) == 2, way
            hidden, absent = (calls(owner, "supervisor", f"read_case('NON-1', '{ref}')") for ref in (PERSON, "P-NON"))
            assert hidden == absent


def calls(owner: psycopg.Connection, role: str, asked: str) -> Counter[str]:
    """Return how often each function is called to answer somebody."""
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL track_functions = 'all'")
        before: Counter[str] = Counter(dict(owner.execute(CALLS).fetchall()))
        owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of(role)}".encode())
        owner.execute(f"SELECT {asked}".encode())
        owner.execute("RESET SESSION AUTHORIZATION")
        return Counter[str](dict(owner.execute(CALLS).fetchall())) - before
