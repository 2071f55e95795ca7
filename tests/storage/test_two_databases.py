"""The same statements tell the same over two databases that differ only in what their sender may not know.

In one of them a case is restricted to somebody else, with records of every type; in the other it was never there. And
what the other programme holds, for those who may not know of that.
"""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter_ns

import pytest
from psycopg import Connection

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from postgres_cluster import Server
from sampling import is_thorough, so_many
from shared_people import FURNISHED, Office, weaken
from storage.two_databases import (
    CASE,
    PERSON,
    WAYS,
    Statements,
    both,
    differing,
    forget,
    functions,
    hide,
    readable,
    told,
)

SEED = 20261130
EACH = so_many(2, 200)
OF_ONE_PROGRAMME = {"navigator", "partner", "analyst", "administrator"}
"""Who knows of no case of the programme IOM."""
Pair = tuple[Office, Office]


def make_pair(one: Office, make: Callable[[str], str], server: Server, take_out: Callable[[Connection], None]) -> Pair:
    """Return a database with what is hidden, and one from which some of it was taken out."""
    other = Office(make(FURNISHED))
    server.restrict(other.location)
    for each in (one, other):
        with each.owner() as owner:
            hide(owner)
            if each is other:
                take_out(owner)
            owner.execute("ANALYZE" if is_thorough() else "ANALYZE cases, contacts, people, concerns, search_key")
    return one, other


@pytest.fixture
def restricted(office: Office, postgres_database: Callable[[str], str], postgres_server: Server) -> Pair:
    """Return a database with a case of which one supervisor knows, and one without."""
    return make_pair(office, postgres_database, postgres_server, lambda owner: forget(owner, CASE, PERSON))


@pytest.fixture
def programmes(office: Office, postgres_database: Callable[[str], str], postgres_server: Server) -> Pair:
    """Return a database with a case of IOM and intelligence on one of Phoenix, and one without."""

    def take_out(owner: Connection) -> None:
        forget(owner, "IOM-1", "P-CH")
        owner.execute("SET session_replication_role = replica; DELETE FROM concerns WHERE concern_ref = 'K-2'")

    return make_pair(office, postgres_database, postgres_server, take_out)


def found_out(pair: Pair, role: str) -> list[str]:
    """Ask as somebody, at random, and return what tells the two databases apart."""
    with pair[0].owner() as owner:
        written = Statements(owner, role, SEED)
    with both(role, pair) as connections:
        return differing(connections, [written.statement() for _ in range(EACH)])


@pytest.mark.sampled
def test_nobody_finds_out_of_a_case_that_is_hidden_from_them(restricted: Pair) -> None:
    assert {each.value: found_out(restricted, each.value) for each in Role} == {each.value: [] for each in Role}


@pytest.mark.sampled
def test_nobody_finds_out_of_the_other_programme(programmes: Pair) -> None:
    assert {each: found_out(programmes, each) for each in OF_ONE_PROGRAMME} == {each: [] for each in OF_ONE_PROGRAMME}


TOLD_BY = ("run", "run, prepared by a message", "run, begun by a message", "run, begun by a message, as XML")
"""Ways to have a plan told; what is sent last does not say so but in the first."""
CONTROLS = (
    "SELECT id FROM cases WHERE case_ref = 'HID-1'",
    "SELECT id FROM known_contacts WHERE case_ref = 'HID-1'",
    "SELECT id FROM people WHERE id > 3 AND revision = 1",
    "SELECT * FROM known_people(refs => ARRAY['P-HID'])",
    "SELECT * FROM words_found(ARRAY['hid'], ARRAY[]::text[])",
)
NAMING = "SELECT id FROM read_associates(number => 1)"
"""A record of somebody hidden, of which a policy would ask a function whether the other person may be named."""
REFUSING = "SELECT replace(pg_get_functiondef('may_be_named(text)'::regprocedure), 'reading_role', 'refuse_explain')"


def test_without_what_keeps_them_plans_and_locks_would_tell(restricted: Pair) -> None:
    """The control of the tests above, of each thing that they rely on."""
    with both("officer", restricted) as connections:
        for each in restricted:
            with each.owner() as owner:
                weaken(owner, "read_associates", "owners := ioms_private.shown_people(owners);", "")
        assert differing(connections, [NAMING]) == []
        for each in restricted:
            with each.owner() as owner:
                owner.execute(str(*(owner.execute(REFUSING).fetchone() or ())).encode())
        assert differing(connections, [NAMING]) == [f"logged plan: {NAMING}"]
    with both("navigator", restricted) as connections:
        assert differing(connections, CONTROLS) == []
        for named, ways in (("p.statement", TOLD_BY[1:2]), ("c.statement", TOLD_BY[2:])):
            for each in restricted:
                with each.owner() as owner:
                    weaken(owner, "ioms_private.is_explained", f"{named} ~*", "'' ~*")
            assert differing(connections, CONTROLS[:1]) == [f"{way}: {CONTROLS[0]}" for way in ways]
            for each in restricted:
                with each.owner() as owner:
                    weaken(owner, "ioms_private.is_explained", "'' ~*", f"{named} ~*")
        for each in restricted:
            with each.owner() as owner:
                owner.execute(
                    "GRANT SELECT ON pg_locks TO PUBLIC; GRANT EXECUTE ON FUNCTION pg_lock_status() TO PUBLIC"
                )
        told_apart = set(differing(connections, CONTROLS))
        assert told_apart <= {f"locks: {each}" for each in CONTROLS}
        # Of known_people, whoever is asked for, one who is there is looked up as well: its locks tell only without
        # statistics of every table.
        assert told_apart >= {f"locks: {each}" for each in (*CONTROLS[:2], CONTROLS[4])}
        for each in restricted:
            with each.owner() as owner:
                owner.execute("REVOKE SELECT ON pg_locks FROM PUBLIC")
                for name in unexplained(owner):
                    owner.execute(f"DROP POLICY unexplained ON {name}; DROP POLICY unexplained_too ON {name}".encode())
        told_apart = set(differing(connections, CONTROLS))
        assert {f"{way}: {each}" for way in ("run", "kept plan, run") for each in CONTROLS[:3]} <= told_apart
        assert {f"{way}: {CONTROLS[1]}" for way in ("plan", "kept plan", "logged plan")} <= told_apart


def unexplained(owner: Connection) -> set[str]:
    """Return the tables of which no plan is told."""
    found = owner.execute("SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'unexplained'")
    return {name for (name,) in found}


EVERYBODYS = {"alembic_version"}
"""What keeps no row from anybody."""
OF_ONESELF = {"my_access", "reaches"}
PLAN = "PLANNEDSTMT"
GENERAL_PLANS = 160000
"""The version, as the server numbers them, from which a plan is told that was not made for the occasion."""
TELL_GENERAL_PLANS = """
    SELECT polrelid::regclass FROM pg_policy
    WHERE polname = 'unexplained' AND pg_get_expr(polqual, polrelid) !~ 'is_unexplained'
    UNION ALL SELECT oid::regclass FROM pg_class WHERE relkind = 'v' AND pg_get_viewdef(oid) ~ 'refuse_explain'
"""


def test_no_plan_is_told_of_any_table_view_or_function(office: Office) -> None:
    """By whoever may read it, and planned alone by whoever may not: what they may is asked after the plan is made."""
    with office.owner() as owner:
        named = {role: (readable(owner, role), functions(owner, role)) for role in (each.value for each in Role)}
        every = {name: columns[0][0] for name, columns in readable(owner, "owner").items()}
        assert owner.execute(TELL_GENERAL_PLANS).fetchall() == []
    seen: set[str] = set()
    for role, (relations, calls) in named.items():
        questions = {name: f"SELECT {columns[0][0]} FROM {name}" for name, columns in relations.items()}
        questions |= {name: f"SELECT {name}({', '.join(['NULL'] * len(kinds))})" for name, kinds in calls if kinds}
        with office.raw(role) as psql:
            for name in questions.keys() - seen - EVERYBODYS - OF_ONESELF:
                for way in TOLD_BY:
                    assert "word EXPLAIN" in told(psql, WAYS[way], questions[name]), (role, name, way)
                if psql.info.server_version >= GENERAL_PLANS and name in relations:
                    assert "word EXPLAIN" in told(psql, WAYS["general plan"], questions[name]), (role, name)
                seen.add(name)
    with office.raw("analyst") as psql:
        for name, column in every.items():
            for statement in (f"SELECT {column} FROM {name}", f"DELETE FROM {name}"):
                logged = told(psql, WAYS["logged plan"], statement)
                assert name in EVERYBODYS or PLAN not in logged, statement
        assert PLAN in told(psql, WAYS["logged plan"], "SELECT version_num FROM alembic_version")  # the control
    assert {"cases", "known_contacts", "people", "told_instead", "read_contacts", "papers"} <= seen


ENTRIES = (
    "SELECT id FROM cases WHERE case_ref = '{case}'",
    "SELECT id FROM cases WHERE person_ref = '{person}'",
    "SELECT id FROM known_contacts WHERE case_ref = '{case}'",
    "SELECT id FROM known_custody WHERE person_ref = '{person}'",
    "SELECT id FROM read_contacts(owners => ARRAY['{case}'])",
    "SELECT id FROM read_people(owners => ARRAY['{person}'])",
    "SELECT its_table FROM read_case('{case}', '{person}')",
    "SELECT its_table FROM read_trigger_facts('{case}')",
    "SELECT entries FROM case_and_others('{case}')",
    "SELECT entries FROM open_case_and_others('{case}', 'CASE_WORK', 'w')",
    "SELECT id FROM known_people(refs => ARRAY['{person}'])",
    "SELECT name FROM known_person_names(owners => ARRAY['{person}'])",
    "SELECT word FROM words_found(ARRAY['{word}'], ARRAY[]::text[])",
    "SELECT * FROM known_words(ARRAY['{word}'])",
    "SELECT told_instead('{case}')",
    "SELECT may_be_named('{person}')",
    "SELECT open_case('{case}')",
    "SELECT open_person('{person}')",
    "SELECT set_access('{case}', 't_officer', 'ASSIGNED', true)",
)
"""Ways to ask of a case or a person by name; not to break the glass, which is how a hidden case is read."""
HIDDEN = {"case": CASE, "person": PERSON, "word": "hidden", "mark": "HID"}
NOBODY = {"case": "NON-1", "person": "P-NON", "word": "nobody", "mark": "NON"}
KNOWN = {"case": "PHX-1", "person": "P-JM", "word": "marlow"}


def answers(psql: Connection, whom: dict[str, str]) -> list[str]:
    return [told(psql, WAYS["answer"], entry.format(**whom)) for entry in ENTRIES]


def test_who_is_hidden_is_answered_for_as_who_is_not_there(restricted: Pair) -> None:
    for role in Role:
        with both(role.value, restricted) as (psql, _):
            assert answers(psql, HIDDEN) == answers(psql, NOBODY), role
    with both("supervisor", restricted) as (psql, _):  # the control
        told_of = zip(answers(psql, KNOWN), answers(psql, NOBODY), strict=True)
    assert sum(one != other for one, other in told_of) > len(ENTRIES) - 3


TURNS, FASTEST = 101, 10
MOST = 2.0


def clock_of(psql: Connection) -> Callable[[], int]:
    """Return what tells how long the server worked for somebody, in nanoseconds; or else the clock.

    The server has worked to the end of a statement only once it has answered the next.
    """
    worked = Path(f"/proc/{psql.info.backend_pid}/schedstat")
    if psql.info.host.startswith("/") and worked.exists():

        def spent() -> int:
            psql.execute("SELECT 1")
            return int(worked.read_text(encoding="ascii").split()[0])

        return spent
    return perf_counter_ns


def times_as_long(psql: Connection, entries: Iterable[str], number: int = 0) -> dict[str, float]:
    """Ask of who is hidden and of who is not there, in turns; returns how many times as long the first takes, by entry.

    Of each the fastest tenth counts: what other processes take is added to the longer ones more often. `number` is that
    of a record of who is hidden.
    """
    apart, spent = {}, clock_of(psql)
    asked = (HIDDEN | {"number": str(number)}, NOBODY | {"number": "999999"})
    for entry in entries:
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(TURNS):
            for whom, times in zip(asked, took, strict=True):
                began = spent()
                told(psql, WAYS["answer"], entry.format(**whom))
                times.append(spent() - began)
        hidden, absent = (sorted(times)[FASTEST] for times in took)
        apart[entry] = hidden / absent
    return apart


@pytest.mark.sampled
@pytest.mark.skipif(not is_thorough(), reason="times are compared by make test-long alone")
@pytest.mark.parametrize("role", ["officer", "navigator", "supervisor", "coordinator", "partner"])
def test_who_is_hidden_takes_less_than_twice_as_long_as_who_is_not_there(
    restricted: Pair, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with both(role, restricted) as (psql, _):
        apart = times_as_long(psql, ENTRIES)
    with capsys.disabled():
        print(f"\n{role}: at most {max(apart.values()):.1f} times as long")  # noqa: T201 - a figure of docs/assurance.md
    assert {entry: ratio for entry, ratio in apart.items() if ratio > MOST} == {}


OF_CONTACTS = "SELECT id FROM read_contacts(owners => ARRAY['{case}'])"
OF_BOOK = (
    *(
        f"SELECT id FROM read_{name}(owners => ARRAY['{{{each.subject.removesuffix('_ref')}}}'])"
        for name, each in RECORD_TYPE_BY_TABLE.items()
        if each is not Case
    ),
    *(f"SELECT id FROM read_{name}(refs => ARRAY['{{mark}}-{name}'])" for name in ("contacts", "addresses", "actions")),
    "SELECT id FROM read_contacts(owners => ARRAY['{case}', 'PHX-1'])",
    "SELECT id FROM read_contacts(refs => ARRAY['{mark}-contacts', 'N-1'])",
    "SELECT id FROM read_contacts(number => {number})",
    "SELECT table_name FROM read_former_version(owners => ARRAY['{case}'])",
)
"""Ways to ask for records of a case or a person, for whoever has the whole book open."""


@pytest.mark.sampled
@pytest.mark.skipif(not is_thorough(), reason="as above")
def test_nor_for_a_supervisor_who_has_the_whole_book_open(restricted: Pair, capsys: pytest.CaptureFixture[str]) -> None:
    with restricted[0].owner() as owner, both("supervisor", restricted) as (psql, _):
        (number,) = owner.execute("SELECT max(id) FROM contacts WHERE case_ref = %s", (CASE,)).fetchone() or ()
        psql.execute("SELECT open_book('EXPORT')")
        apart = times_as_long(psql, OF_BOOK, number)
        with capsys.disabled():
            print(f"\nbook: at most {max(apart.values()):.1f} times as long")  # noqa: T201 - as above
        assert {entry: ratio for entry, ratio in apart.items() if ratio > MOST} == {}
        weaken(owner, "read_contacts", "owners := ioms_private.shown_cases(owners);", "")  # the control
        assert times_as_long(psql, [OF_CONTACTS])[OF_CONTACTS] > MOST
