"""Whatever changes a fact marks its case in the same transaction, and a server gives and takes results by role."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, text

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.cases import Action, Case, Notification, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Order, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.paths import migrations
from ioms_desktop.services.cases.results import read_rule_work
from ioms_desktop.storage.records.case_stream import FACT_BUILDERS
from ioms_desktop.storage.records.one_case import TRIGGER_TABLES
from ioms_desktop.storage.schema.case_results import RESULT_TABLES, RESULT_VIEWS, SCOPES
from ioms_desktop.storage.store import Store
from sessions import fill
from shared_people import Office
from stored_samples import act

READ = sorted({*FACT_BUILDERS, *TRIGGER_TABLES, "cases", "people", "former_version"})
"""What the rules read, and the people whose names stand beside what is owed."""
ON = date(2026, 9, 20)
RECORDS: tuple[Record, ...] = (
    RagEntry(case_ref="PHX-1", set_on=ON, rag="GREEN", reason="r"),
    Rating(case_ref="PHX-1", week_commencing=ON, rated_on=ON, level=3, rated_by="x", role="NAVIGATOR"),
    Offer(case_ref="PHX-1", offer_ref="O-9", offer_type="MENTORING", offered_on=ON),
    Concern(case_ref="PHX-1", concern_ref="K-9", occurred_on=ON, recorded_on=ON, concern_type="ARREST"),
    Decision(
        case_ref="PHX-1",
        decision_ref="D-9",
        decided_on=ON,
        decision="HOLD",
        reason="r",
        proposed_by="x",
        authorised_by="y",
    ),
    Notification(case_ref="PHX-1", attempted_on=ON, attempt=1, outcome="NOT_FOUND", delivered_by="x"),
    Action(case_ref="PHX-1", action_ref="A-9", text="Ring", owner="x", due_on=ON),
    CustodySpell(person_ref="P-JM", received_on=ON),
    Order(order_ref="OR-9", person_ref="P-JM", order_type="YRO", made_on=ON),
)
JSON = {"sqlite": "TEXT", "postgresql": "json"}
NUMBERED = {"sqlite": "", "postgresql": "OVERRIDING SYSTEM VALUE"}
READERS = tuple(role.value for role in roles_with(Right.READ_CASES))
LISTED = """
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, ends_at, set_by)
    VALUES ('PHX-1', 't_officer', 'GLASS', now(), now() + interval '50 minutes', 'x'),
           ('IOM-1', 't_officer', 'EXCLUDED', now(), NULL, 'x')
"""
KEPT = "SELECT keep_case_results(%s, %s)"
NUMBERS = "SELECT number FROM case_mark WHERE case_ref = 'PHX-1' AND scope = %s"


@pytest.fixture(name="filled")
def _filled(store: Store) -> Store:
    """Return a database with a row of everything that the rules read."""
    fill(store)
    with store.begin(act()) as tx:
        for record in RECORDS:
            tx.add(record)
        tx.save(
            tx.add(
                Contact(
                    case_ref="PHX-1",
                    contact_ref="C-9",
                    occurred_at=DayTime(ON),
                    planned=True,
                    contact_type="OTHER",
                    outcome="SEEN",
                )
            )
        )
    return store


def marked(connection: Connection) -> set[str]:
    """Name the cases marked for both scopes, and take all marks away."""
    found = {
        scope: set(connection.scalars(text(f"SELECT case_ref FROM case_mark WHERE scope = '{scope}'")))
        for scope in SCOPES
    }
    connection.execute(text("DELETE FROM case_mark"))
    assert found[SCOPES[0]] == found[SCOPES[1]]
    return found[SCOPES[0]]


def test_every_table_that_rules_read_has_its_marks(store: Store) -> None:
    """A type that comes to be read needs a migration that marks: see 0072."""
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O' AND NOT tgisinternal",
    }
    with store.engine.connect() as connection:
        there = set(connection.scalars(text(queries[connection.dialect.name])))
    wanted = {f"{table}_marks_{event}" for table in READ for event in ("insert", "update", "delete")}
    wanted -= {"cases_marks_delete"}  # the marks of a case go with it
    assert wanted - there == set()


def test_a_row_that_somebody_types_marks_its_case(filled: Store) -> None:
    with filled.engine.begin() as connection:
        kind = connection.dialect.name
        for table in sorted({*READ} - {"cases", "people"}):
            owner = "person_ref" if table in {"custody", "orders"} else "case_ref"
            mine = f"{owner} = '{'P-JM' if owner == 'person_ref' else 'PHX-1'}'"
            last = text(f"SELECT * FROM {table} WHERE {mine} ORDER BY id DESC LIMIT 1")
            row = connection.execute(last).mappings().one()
            marked(connection)
            step = "" if table == "former_version" else ", revision = revision + 1"
            connection.execute(text(f"UPDATE {table} SET {owner} = {owner}{step} WHERE id = {row['id']}"))
            assert marked(connection) == {"PHX-1"}, table
            connection.execute(text(f"DELETE FROM {table} WHERE id = {row['id']}"))
            assert marked(connection) == {"PHX-1"}, table
            values = {name: json.dumps(each) if isinstance(each, dict) else each for name, each in row.items()}
            own = ", ".join(f"CAST(:{name} AS {JSON[kind]})" if name == "data" else f":{name}" for name in values)
            into = f"{table} ({', '.join(values)}) {NUMBERED[kind]}"
            connection.execute(text(f"INSERT INTO {into} VALUES ({own})"), values)
            assert marked(connection) == {"PHX-1"}, table


def test_a_case_a_move_and_a_name_mark_and_what_is_no_fact_does_not(filled: Store) -> None:
    with filled.engine.begin() as connection:
        marked(connection)
        connection.execute(
            text("UPDATE cases SET closed_on = '2026-10-01', revision = revision + 1 WHERE case_ref = 'IOM-1'")
        )
        assert marked(connection) == {"IOM-1"}
        connection.execute(
            text("UPDATE people SET family_name = 'X', revision = revision + 1 WHERE person_ref = 'P-XX'")
        )
        assert marked(connection) == {"PHX-C"}
        connection.execute(text("UPDATE concerns SET case_ref = 'IOM-1', revision = revision + 1"))
        assert marked(connection) == {"IOM-1", "PHX-1"}
    with filled.begin(act()) as tx:
        tx.add(Person(person_ref="P-NEW", family_name="New", given_names="Kit", date_of_birth=ON))
        tx.add(Case(case_ref="C-NEW", person_ref="P-NEW", programme="IOM", status="ACTIVE", referred_on=ON))
        assert marked(tx.connection) == {"C-NEW"}
    with filled.engine.begin() as connection:
        connection.execute(text("DELETE FROM case_mark"))
        connection.execute(text("INSERT INTO meta (name, value) VALUES ('x', 'y')"))
        assert marked(connection) == set()


def given(
    case_ref: str = "PHX-1", version: int = 0, as_of: str = "2026-10-15", marks: Sequence[int] = (), **more: object
) -> str:
    duty = {"place": 1, "duty": "NOTICE", "ref": "", "due_on": None, "words": "w", "counted_from": None}
    result = {"case_ref": case_ref, "version": version, "as_of": as_of, "policy_key": "k", "marks": list(marks)}
    return json.dumps([{**result, "duties": [duty], **more}])


@contextmanager
def refused(psql: psycopg.Connection) -> Iterator[None]:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        yield
    psql.rollback()


def test_a_server_takes_a_result_from_whoever_may_read_all_of_it(office: Office) -> None:
    for role, scope, other in (("officer", *SCOPES), ("navigator", *reversed(SCOPES))):
        with office.raw(role) as psql:
            with refused(psql):
                psql.execute(KEPT, [other, given()])
            assert [kept(psql, scope), kept(psql, scope, version=0), kept(psql, scope)] == [1, 0, 1]
            assert [kept(psql, scope, "NONE"), kept(psql, scope, as_of="2999-01-01")] == [0, 0]
            assert kept(psql, scope, "IOM-1") == int(role == "officer")
    with office.owner() as owner:
        by = owner.execute("SELECT DISTINCT computed_by, scope FROM case_result ORDER BY 2").fetchall()
        assert by == [("t_officer", SCOPES[0]), ("t_navigator", SCOPES[1])]
        versions = owner.execute("SELECT case_ref, version FROM case_result WHERE scope = 'ALL'").fetchall()
        known = dict(versions)
        owner.execute(LISTED)
    with office.raw("officer") as psql:  # broken glass is for reading, and of what is kept from them they know nothing
        assert [kept(psql, SCOPES[0], ref, version=known[ref]) for ref in ("PHX-1", "IOM-1")] == [0, 0]
    for role in Role:
        with office.raw(role.value) as psql:
            if role.value not in READERS:
                with refused(psql):
                    psql.execute(KEPT, [SCOPES[1], given()])
            for table in RESULT_TABLES:
                for verb in ("SELECT FROM {}", "DELETE FROM {}", "UPDATE {} SET scope = 'ALL'"):
                    with refused(psql):
                        psql.execute(verb.format(table.name).encode())


def kept(
    psql: psycopg.Connection, scope: str, ref: str = "PHX-1", *, version: int | None = None, as_of: str = "2026-10-15"
) -> int:
    """Give a result in place of the one of a number, the present one if nothing is said; count what is kept."""
    if version is None:
        row = psql.execute("SELECT version FROM known_case_result WHERE (case_ref, scope) = (%s, %s)", [ref, scope])
        version = next((number for (number,) in row.fetchall()), 0)
    done = psql.execute(KEPT, [scope, given(ref, version, as_of)]).fetchone()
    assert done is not None
    return int(done[0])


REFS = ("PHX-1", "IOM-1", "PHX-C", "NONE")
THREE = ("one", "two", "three")
DUTIES = "SELECT case_ref, place, words FROM case_duty WHERE scope = 'ALL' ORDER BY 1, 2"


def test_of_many_results_a_server_keeps_those_of_cases_that_are_known_where_nothing_was_kept_since(
    office: Office,
) -> None:
    def many(words: Mapping[str, Sequence[str]], versions: dict[str, int]) -> str:
        duty = {"duty": "NOTICE", "ref": "", "due_on": None, "counted_from": None}
        said = {ref: [duty | {"place": at, "words": each} for at, each in enumerate(words[ref], 1)] for ref in words}
        given_each = (given(ref, versions.get(ref, 0), duties=said[ref]) for ref in words)
        return json.dumps([each for one in given_each for each in json.loads(one)])

    for role, scope, number in (("navigator", SCOPES[1], 1), ("officer", SCOPES[0], 3)):
        with office.raw(role) as psql:
            said = many(dict.fromkeys(REFS, THREE), {})
            assert psql.execute(KEPT, [scope, said]).fetchone() == (number,), role
    with office.owner() as owner, office.raw("officer") as psql:
        versions = dict(owner.execute("SELECT case_ref, version FROM case_result WHERE scope = 'ALL'").fetchall())
        before = dict.fromkeys(("IOM-1", "PHX-1", "PHX-C"), THREE)
        assert owner.execute(DUTIES).fetchall() == [
            (ref, at, each) for ref, words in before.items() for at, each in enumerate(words, 1)
        ]
        late = many({"PHX-1": ("one", "2nd"), "IOM-1": (), "PHX-C": ()}, versions | {"IOM-1": 1})
        assert psql.execute(KEPT, [SCOPES[0], late]).fetchone() == (2,)
        after = {**before, "PHX-1": ("one", "2nd"), "PHX-C": ()}
        assert owner.execute(DUTIES).fetchall() == [
            (ref, at, each) for ref, words in after.items() for at, each in enumerate(words, 1)
        ]


def test_of_several_cases_a_server_says_who_knows_them_as_it_says_of_one(office: Office) -> None:
    with office.owner() as owner:
        owner.execute(LISTED)
        owner.execute("GRANT USAGE ON SCHEMA ioms_private TO ioms_people")
        owner.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ioms_private TO ioms_people")
    answers = set()
    for role in Role:
        with office.raw(role.value) as psql:
            known = {ref for (ref,) in psql.execute("SELECT ioms_private.known_among(%s)", [list(REFS)])}
            one_by_one = {
                ref for ref in REFS if psql.execute("SELECT ioms_private.knows(%s)", [ref]).fetchone() == (True,)
            }
        assert known == one_by_one, role
        answers.add(frozenset(known))
    assert len(answers) > len(("nobody", "officer", "navigator")), "the control: they know of different ones"


def test_a_server_shows_results_as_it_shows_their_sources(office: Office) -> None:
    for role in READERS:
        read_rule_work(office.session(role))
    with office.owner() as owner:
        owner.execute("DELETE FROM case_mark")
        # Of intelligence only those hear who may read it, and not even that something changed.
        owner.execute("UPDATE concerns SET summary = 'x', revision = revision + 1 WHERE concern_type = 'INTELLIGENCE'")
        assert owner.execute("SELECT DISTINCT scope FROM case_mark").fetchall() == [(SCOPES[0],)]
    shown: dict[tuple[str, str], set[Any]] = {}
    for role in Role:
        with office.raw(role.value) as psql:
            for view in RESULT_VIEWS:
                asked = f"SELECT case_ref, scope FROM {view}".encode()
                if role.value not in READERS:
                    with refused(psql):
                        psql.execute(asked)
                else:
                    shown[role.value, view] = set(psql.execute(asked).fetchall())
    every = {(ref, scope) for ref in ("PHX-1", "IOM-1", "PHX-C") for scope in SCOPES}
    without = {(ref, scope) for ref, scope in every if scope == SCOPES[1]} - {("PHX-C", SCOPES[1])}
    known = "known_case_result"
    assert shown["officer", known] == shown["supervisor", known] == every - {("PHX-C", SCOPES[1])}
    assert shown["coordinator", known] == without
    assert shown["navigator", known] == without - {("IOM-1", SCOPES[1])}
    assert {shown[role, "known_case_mark"] == set() for role in ("navigator", "coordinator")} == {True}
    assert shown["officer", "known_case_mark"] == {("PHX-1", SCOPES[0])}
    for table in ("known_case_duty", "known_case_alert"):
        assert {ref for ref, _ in shown["navigator", table]} == {"PHX-1"}
        assert shown["officer", table] > shown["navigator", table]


def test_marks_that_nobody_takes_become_one_and_the_case_stays_due(office: Office) -> None:
    counted = f"SELECT scope, count(*) FROM case_mark WHERE case_ref = 'PHX-1' AND scope = '{SCOPES[1]}' GROUP BY scope"
    for role in ("officer", "navigator"):
        read_rule_work(office.session(role))
    with office.owner() as owner:
        for _ in range(12):
            owner.execute("UPDATE offers SET revision = revision + 1 WHERE case_ref = 'PHX-1'")
        assert owner.execute(counted).fetchall() == [(SCOPES[1], 36)]  # as it was, as it is, and its former version
        read_rule_work(office.session("officer"))
        assert owner.execute(counted).fetchall() == [(SCOPES[1], 1)]
        assert list(read_rule_work(office.session("navigator"), {"PHX-1": 0}).duties) == ["PHX-1"]
        assert owner.execute(counted).fetchall() == []


def test_two_who_keep_results_of_the_two_scopes_do_not_wait_for_each_other(office: Office) -> None:
    """Each takes marks of the other's scope in hand: were they to wait for them, both could wait for ever."""
    kept_at_once(office)
    for role in ("officer", "navigator"):
        read_rule_work(office.session(role))
    with office.owner() as owner:
        assert owner.execute("SELECT count(*) FROM case_mark WHERE case_ref = 'PHX-1'").fetchone() == (0,)
        # The control: as it was kept before.
        former = (migrations() / "sql" / "0072_case_results.sql").read_text(encoding="utf-8")
        body = former[former.index("CREATE FUNCTION keep_") :].replace("CREATE", "CREATE OR REPLACE", 1)
        owner.execute(body.encode())
    with pytest.raises(psycopg.errors.LockNotAvailable):
        kept_at_once(office)


def kept_at_once(office: Office) -> None:
    """Have a result of one case kept for one scope while one for the other is not committed yet."""
    for role in ("officer", "navigator"):
        read_rule_work(office.session(role))
    with office.owner() as owner:
        for _ in range(12):
            owner.execute("UPDATE offers SET revision = revision + 1 WHERE case_ref = 'PHX-1'")
        versions = dict(owner.execute("SELECT scope, version FROM case_result WHERE case_ref = 'PHX-1'").fetchall())
        marks = {scope: owner.execute(NUMBERS, [scope]).fetchall() for scope in SCOPES}
    with office.raw("officer") as first, office.raw("navigator") as second, first.transaction():
        for psql, scope in zip((first, second), SCOPES, strict=True):
            psql.execute("SET lock_timeout = '50ms'")
            seen = [number for (number,) in marks[scope]]
            assert psql.execute(KEPT, [scope, given("PHX-1", versions[scope], marks=seen)]).fetchone() == (1,)
