"""A server gives a case in one call: what its read functions give one by one, to each role, and in the same order."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Json
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Offence, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.cases.case_records import read_case_content
from ioms_desktop.storage.records.case_stream import FACT_COLUMNS, RECORDED_AT
from ioms_desktop.storage.records.one_case import TRIGGER_TABLES
from ioms_desktop.storage.schema.tables import table_of
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from listening import statements_of
from raw_rows import insert_sql, row_of
from sessions import NOW, fill
from shared_people import Office, login_of, weaken

CASE, PERSON = "PHX-1", "P-JM"
TYPES: dict[str, type[Record]] = {name: each for name, each in RECORD_TYPE_BY_TABLE.items() if each is not Case}
OFFENCES = ("assault", "Burglary", "A_B", "AAC")
"""Of one day: a British server has them in another order than by code point."""
NEWCOMER = Person(person_ref="P-NEW", family_name="New", given_names="Ann", date_of_birth=date(1990, 1, 1))
OTHERS = {Role.NAVIGATOR, Role.COORDINATOR}
"""They read cases, and not everything of them."""


@pytest.fixture
def full(office: Office) -> Office:
    """Give the case and its person a record of every type, and intelligence where a record can be some."""
    with office.owner() as owner:
        owner.execute("SET session_replication_role = replica")
        for record_type in TYPES.values():
            for mark in ("B", "A"):
                row = row_of(record_type, mark, "HOLT")
                if mark == "A" and record_type.rights.intelligence:
                    row |= dict([record_type.rights.intelligence])
                owner.execute(f"{insert_sql(record_type, row)} ON CONFLICT DO NOTHING".encode(), row)
        for offence in OFFENCES:
            row = row_of(Offence, "B", "HOLT") | {"offence": offence}
            owner.execute(insert_sql(Offence, row).encode(), row)
    return office


def at_once(psql: psycopg.Connection, case_ref: str = CASE, person_ref: str = PERSON) -> dict[str, Any]:
    """Return what the one call gives, by table and number."""
    given: dict[str, Any] = {}
    for table, content in psql.execute("SELECT its_table, content FROM read_case(%s, %s)", (case_ref, person_ref)):
        given.setdefault(table, {})[content["id"]] = content
    return given


def one_by_one(psql: psycopg.Connection) -> dict[str, Any]:
    """Return what the function of each table gives, likewise."""
    given = {}
    for table, record_type in TYPES.items():
        owner = CASE if record_type.subject == "case_ref" else PERSON
        asked = f"SELECT to_json(r) FROM read_{table}(owners => ARRAY['{owner}']) AS r"
        if found := {content["id"]: content for (content,) in psql.execute(asked.encode())}:
            given[table] = found
    return given


def trigger_facts(psql: psycopg.Connection, case_ref: str = CASE) -> dict[str, list[str]]:
    """Return what the rules that raise a trigger are given of a case, by table, with the tables of earlier versions."""
    given: dict[str, list[str]] = {}
    for table, fields in psql.execute("SELECT its_table, fields FROM read_trigger_facts(%s)", (case_ref,)):
        if table != "former_version" or str(fields) not in given.get(table, ()):  # one of several is as good
            given.setdefault(table, []).append(str(fields))
    return {table: sorted(rows) for table, rows in given.items()}


def trigger_facts_by_table(psql: psycopg.Connection, former: str) -> dict[str, list[str]]:
    """Return what the function of each table gives of them, likewise.

    Args:
        psql: Of somebody who has the case open.
        former: Where they read earlier versions.
    """
    given: dict[str, list[str]] = {}
    for table in TRIGGER_TABLES:
        owner = CASE if TYPES[table].subject == "case_ref" else PERSON
        columns = ", ".join((*FACT_COLUMNS[table], RECORDED_AT))
        asked = f"SELECT json_build_array({columns}) FROM read_{table}(owners => ARRAY['{owner}'])"
        given[table] = sorted(str(fields) for (fields,) in psql.execute(asked.encode()))
    asked = f"SELECT DISTINCT table_name FROM {former} WHERE table_name = ANY (%s) AND %s IN (case_ref, person_ref)"
    listed = [*TRIGGER_TABLES, Case.table]
    corrected = {str([name]) for of in (CASE, PERSON) for (name,) in psql.execute(asked.encode(), (listed, of))}
    return {table: rows for table, rows in (given | {"former_version": sorted(corrected)}).items() if rows}


def test_the_one_call_gives_each_role_what_the_functions_give_and_only_of_what_is_open(full: Office) -> None:
    shown = {}
    for role in Role:
        with full.raw(role) as psql:
            if role not in {Role.OFFICER, Role.SUPERVISOR, *OTHERS}:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    at_once(psql)
                continue
            assert at_once(psql) == {}, "nothing is open yet"
            if psql.execute("SELECT open_book('EXPORT')").fetchone() == (True,):
                of_book = at_once(psql)
                assert of_book == one_by_one(psql)
                psql.execute("SELECT close_book()")
            psql.execute("SELECT open_case(%s)", (CASE,))
            shown[role] = at_once(psql)
            assert shown[role] == one_by_one(psql), role
            assert at_once(psql, "IOM-1", "P-CH") == {}
            with psql.transaction(force_rollback=True):  # not committed, and so not on record for certain
                psql.execute("SELECT open_case('IOM-1')")
                assert at_once(psql, "IOM-1", "P-CH") == {}
    assert set(shown[Role.OFFICER]) == set(of_book) == set(TYPES), "the control: every table is in it"
    masked = {"N-1": None, "N-2": "note of INGEUS"}
    for role in OTHERS:
        notes = {each["contact_ref"]: each["note"] for each in shown[role]["contacts"].values()}
        assert masked.items() <= notes.items(), role
        assert len(shown[role]["concerns"]) < len(shown[Role.OFFICER]["concerns"]), role


FORMER = {"contacts": {}, "offences": {}, "concerns": {"concern_type": "INTELLIGENCE"}, "custody": {}}
"""Of what an earlier version is kept: officers alone are told of intelligence, and no rule that raises one asks all."""


def keep_earlier_versions(office: Office) -> None:
    with office.owner() as owner:
        for table, data in FORMER.items():
            subject = "case_ref" if table in {"contacts", "concerns"} else "person_ref"
            owner.execute(
                f"INSERT INTO former_version (table_name, record_id, record_key, revision, {subject}, current_from, "
                "current_to, changed_by, ended, data) "
                "VALUES (%s, 1, 'x', 1, %s, '-infinity', now(), 'x', 'CHANGED', %s)".encode(),
                (table, CASE if subject == "case_ref" else PERSON, Json(data)),
            )


def test_rules_are_given_what_each_role_reads_of_an_open_case_table_by_table(full: Office) -> None:
    keep_earlier_versions(full)
    shown = {}
    for role in Role:
        with full.raw(role) as psql:
            if role not in {Role.OFFICER, Role.SUPERVISOR, *OTHERS}:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    trigger_facts(psql)
                continue
            assert trigger_facts(psql) == {}, "nothing is open yet"
            psql.execute("SELECT open_case(%s)", (CASE,))
            shown[role] = trigger_facts(psql)
            former = "known_former_version" if role in OTHERS else "read_former_version()"
            assert shown[role] == trigger_facts_by_table(psql, former), role
            with psql.transaction(force_rollback=True):  # as above
                psql.execute("SELECT open_case('IOM-1')")
                assert trigger_facts(psql, "IOM-1") == {}
    assert set(shown[Role.OFFICER]) == {*TRIGGER_TABLES, "former_version"}, "the control: every table is in it"
    assert len(shown[Role.NAVIGATOR]["former_version"]) == len(shown[Role.OFFICER]["former_version"]) - 1
    assert len(shown[Role.NAVIGATOR]["decisions"]) < len(shown[Role.OFFICER]["decisions"])
    with full.raw(Role.SUPERVISOR) as boss:
        boss.execute("SELECT set_access(%s, %s, 'EXCLUDED', true)", (CASE, login_of(Role.OFFICER)))
    with full.raw(Role.OFFICER) as psql:
        assert trigger_facts(psql) == {}, "what was open is shut"


FACTS = "read_trigger_facts('PHX-1') WHERE its_table = 'custody'"
OF_CASE = "read_case('PHX-1', 'P-JM') WHERE its_table = 'contacts'"
OF_ANOTHERS = "read_case('PHX-1', 'P-CH') WHERE its_table = 'people'"
EXPIRED = "UPDATE look SET expires_at = now() - interval '1 second'"
GIVEN_AWAY = f"UPDATE cases SET person_ref = 'P-CH' WHERE case_ref = '{CASE}'"
SHUT = f"""
    INSERT INTO shut VALUES (clock_timestamp());
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by)
    VALUES ('{CASE}', '{login_of("officer")}', 'EXCLUDED', now() - interval '1 hour', 'x')
"""
LOOK = "INSERT INTO look VALUES ('{}', '{}', 'P-CH', 'CASE_WORK', '5', now() + interval '{} minutes')"
CONDITIONS = (
    (FACTS, "(ioms_private.reading_role() = ANY", "UPDATE users SET active = false", "('officer' = ANY"),
    (FACTS, "l.who = session_user", "UPDATE look SET who = 'x'", "true"),
    (FACTS, "ioms_private.is_running(l.expires_at, interval '15 minutes')", EXPIRED, "true"),
    (FACTS, "ioms_private.is_committed(l.opened_xid)", "UPDATE look SET opened_xid = pg_current_xact_id()", "true"),
    (FACTS, "NOT ioms_private.is_kept_back(l.case_ref)", SHUT, "true"),
    (FACTS, "c.person_ref INTO", GIVEN_AWAY, "l.person_ref INTO"),
    (OF_CASE, "of_case IN (SELECT ioms_private.opened_among(ARRAY[of_case]))", EXPIRED, "true"),
    (OF_ANOTHERS, "l.who = session_user", LOOK.format("x", CASE, 9), "true"),
    (OF_ANOTHERS, "AND l.case_ref = of_case", LOOK.format(login_of("officer"), "IOM-1", -9), ""),
    (OF_ANOTHERS, "AND l.person_ref = of_person", "", ""),
    (OF_ANOTHERS, "case_open AND EXISTS", "UPDATE look SET person_ref = 'P-CH', expires_at = '2026-10-01'", "EXISTS"),
)
"""Of what is read by the owner's rights: a question, a condition, what makes it alone decide, what it is without it."""


def test_each_condition_keeps_what_is_not_open_from_being_read_at_once(full: Office) -> None:
    with full.raw("officer") as psql:
        psql.execute("SELECT open_case(%s)", (CASE,))
    with full.owner() as owner:
        with owner.transaction():
            assert rows_read(owner, FACTS) * rows_read(owner, OF_CASE) > 0
        for asked, condition, made_so, without in CONDITIONS:
            with owner.transaction(force_rollback=True):
                owner.execute(f"SET LOCAL session_replication_role = replica; {made_so}".encode())
                assert rows_read(owner, asked) == 0, (asked, condition)
                weaken(owner, asked.partition("(")[0], condition, without)  # the control
                assert rows_read(owner, asked) > 0, (asked, condition)


def rows_read(owner: psycopg.Connection, asked: str) -> int:
    """Return how many rows an officer is given."""
    owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of('officer')}".encode())
    found = owner.execute(f"SELECT FROM {asked}".encode()).rowcount
    owner.execute("RESET SESSION AUTHORIZATION")
    return found


@pytest.mark.parametrize(
    ("role", "corrected"),
    [(Role.OFFICER, set(FORMER)), (Role.NAVIGATOR, {"contacts", "custody"})],
)
def test_records_read_at_once_are_those_read_type_by_type(full: Office, role: Role, corrected: set[str]) -> None:
    keep_earlier_versions(full)
    session = full.session(role)
    with session.store.begin(session.command_context(), "test") as tx:
        assert tx.open_case(CASE, "CASE_WORK", "here")
        case = tx.get(Case, CASE)
        owners = {"case_ref": CASE, "person_ref": PERSON}
        types = tuple(TYPES.values())
        listed = {each: tx.list_records(each, **{each.subject: owners[each.subject]}) for each in types}
        content = read_case_content(tx, case, types)
        assert content.records == listed
        assert sum(map(len, listed.values())) > len(types)
        assert content.corrected == tx.tables_with_former_versions(**owners) == corrected


def test_whoever_records_a_person_reads_them_until_it_is_committed(office: Office) -> None:
    """Nothing of them is open yet, and one who was recorded before is not read."""
    session = office.session(Role.COORDINATOR)
    asked = text("SELECT its_table FROM read_case('NONE', :person)")
    with session.store.begin(session.command_context(), "test") as tx:
        tx.add(NEWCOMER)
        for person, read in (("P-NEW", ["people"]), (PERSON, [])):
            assert tx.connection.execute(asked, {"person": person}).scalars().all() == read


COPIED = """
    INSERT INTO cases SELECT (jsonb_populate_record(c, %s::jsonb)).* FROM cases AS c WHERE case_ref = 'PHX-1';
"""
MORE_CASES = (
    {"case_ref": "PHX-2"},
    {"case_ref": "PHX-3", "trial_arm": "CONTROL"},
    {"case_ref": "IOM-2", "programme": "IOM"},
    {"case_ref": "IOM-3", "programme": "IOM"},
    {"case_ref": "PHX-R"},
    {"case_ref": "PHX-T"},
)
"""More cases of one person: the last but one is restricted, the last is another team's."""
LISTED = """
    INSERT INTO case_standing (case_ref, restricted, team) VALUES ('PHX-R', true, NULL), ('PHX-T', false, 'CITY');
    UPDATE users SET team = CASE name WHEN 't_officer' THEN 'COUNTY' WHEN 't_supervisor' THEN 'CITY' END;
    INSERT INTO access_entry (case_ref, user_name, kind, begins_at, ends_at, set_by)
    SELECT case_ref, 't_' || who, kind, now() - interval '1 hour', now() + ends, 'x' FROM (VALUES
      ('PHX-2', 'officer', 'EXCLUDED', NULL), ('PHX-2', 'coordinator', 'EXCLUDED', interval '-1 minute'),
      ('PHX-R', 'supervisor', 'ADMITTED', NULL), ('PHX-R', 'coordinator', 'ADMITTED', interval '-1 minute'),
      ('PHX-1', 'officer', 'ASSIGNED', NULL), ('PHX-1', 'officer', 'ADMITTED', interval '1 day'),
      ('IOM-2', 'navigator', 'GLASS', interval '10 minutes'), ('IOM-3', 'navigator', 'GLASS', interval '2 hours'),
      ('IOM-3', 'officer', 'GLASS', interval '2 hours')
    ) AS e (case_ref, who, kind, ends);
"""
OWN_ENTRIES = """
    SELECT coalesce(json_agg(e ORDER BY e.id DESC), 'null') FROM access_entry AS e
    WHERE case_ref = %s AND user_name = session_user AND (ends_at IS NULL OR ends_at > clock_timestamp()
      AND (kind <> 'GLASS' OR ends_at < clock_timestamp() + interval '1 hour'))
"""


def test_a_case_comes_with_the_others_of_its_person_that_the_policies_show_and_what_the_lists_say(
    office: Office,
) -> None:
    with office.owner() as owner:
        owner.execute("SET session_replication_role = replica")
        for number, case in enumerate(MORE_CASES, start=100):
            owner.execute(COPIED, (Json(case | {"id": number}),))
        owner.execute(LISTED)
    known = {}
    for role in (Role.OFFICER, Role.SUPERVISOR, *OTHERS):
        with office.raw(role) as psql:
            theirs = "SELECT case_ref FROM cases WHERE person_ref = %s ORDER BY 1"
            known[role] = [ref for (ref,) in psql.execute(theirs, (PERSON,))]
            for ref in (CASE, *(each["case_ref"] for each in MORE_CASES)):
                rows = psql.execute("SELECT its_case, entries, is_open FROM case_and_others(%s)", (ref,)).fetchall()
                given = {its_case["case_ref"]: entries for its_case, entries, _ in rows}
                assert sorted(given) == (known[role] if ref in known[role] else []), (role, ref)
                assert next(iter(given), ref) == ref, "it comes first"
                for each, entries in given.items():
                    assert psql.execute(OWN_ENTRIES, (each,)).fetchone() == (entries,), (role, each)
                assert not rows or (role in OTHERS) == (rows[0][0]["trial_arm"] is None), role
                assert {is_open for *_, is_open in rows} <= {False}
            asked = "SELECT its_case ->> 'case_ref', is_open FROM open_case_and_others(%s, 'CASE_WORK', 'desk')"
            assert psql.execute(asked, (CASE,)).fetchall()[0] == (CASE, True)
            assert psql.execute("SELECT is_open FROM case_and_others(%s)", (CASE,)).fetchall()[0] == (True,)
            assert psql.execute(asked, ("PHX-R",)).fetchall() == [] or role is Role.SUPERVISOR
    with office.owner() as owner:
        entries = owner.execute(
            "SELECT object_ref, after ->> 'denied' FROM audit WHERE workstation = 'desk'"
        ).fetchall()
    assert set(entries) == {(CASE, None), ("PHX-R", None), ("PHX-R", "true")}
    assert known == {  # the control: the roles know of different ones
        Role.OFFICER: ["IOM-2", "IOM-3", "PHX-1", "PHX-3"],
        Role.SUPERVISOR: ["IOM-2", "IOM-3", "PHX-1", "PHX-2", "PHX-3", "PHX-R", "PHX-T"],
        Role.NAVIGATOR: ["IOM-2", "PHX-1", "PHX-2", "PHX-T"],
        Role.COORDINATOR: ["IOM-2", "IOM-3", "PHX-1", "PHX-2", "PHX-T"],
    }


def test_who_knows_not_of_every_case_reads_of_an_open_book_what_they_know(full: Office) -> None:
    """A supervisor alone opens the book; the functions that ask for the others what they know are asked here."""
    knows = "SELECT ioms_private.knows_of_case('{0}'), ioms_private.knows_of_person('{1}')"
    asked = (knows.format("IOM-1", "P-CH"), knows.format(CASE, PERSON))
    with full.owner() as owner:
        owner.execute("GRANT USAGE ON SCHEMA ioms_private TO ioms_people")
    for role, answers in ((Role.OFFICER, [(True, True)] * 2), (Role.NAVIGATOR, [(False, False), (True, True)])):
        with full.raw(role) as psql:
            assert [psql.execute(each.encode()).fetchone() for each in asked] == answers


def test_a_file_gives_in_one_statement_what_it_gives_type_by_type(store: Store) -> None:
    fill(store)
    types = tuple(TYPES.values())
    owners = {"case_ref": CASE, "person_ref": PERSON}
    with store.begin(CommandContext(request="", user="holt", role="officer", at=NOW, workstation="w")) as tx:
        for record_type in types:
            for mark in ("B", "A"):
                with suppress(IntegrityError), tx.connection.begin_nested():  # there already, or refers to what is not
                    tx.connection.execute(insert(table_of(record_type)), row_of(record_type, mark, "HOLT"))
        person = tx.get(Person, PERSON)
        tx.save(replace(person, known_as="Jo"))
        case = tx.get(Case, CASE)
        listed = {each: tx.list_records(each, **{each.subject: owners[each.subject]}) for each in types}
        with statements_of(store.engine) as asked:
            content = read_case_content(tx, case, types)
        assert content.records == listed
        assert content.corrected == tx.tables_with_former_versions(**owners) == {Person.table}
        empty = [each.table for each, found in listed.items() if not found]
        assert len(empty) < 5, empty
        assert len(asked) == 1 or not tx.is_local, asked


def test_records_of_one_day_are_in_the_order_of_code_points_on_both_databases(store: Store) -> None:
    fill(store)
    with store.begin(CommandContext(request="", user="holt", role="officer", at=NOW, workstation="w")) as tx:
        for each in OFFENCES:
            tx.add(Offence(person_ref=PERSON, offence_on=NOW.date(), offence_group="ROBBERY", offence=each))
        listed = [each.offence for each in tx.list_records(Offence, person_ref=PERSON)]
    assert listed == ["AAC", "A_B", "Burglary", "assault"]
