"""What somebody may read is settled before a record is looked for: it is what the policies show of all records."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.types.json import Json

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from raw_rows import insert_sql, row_of
from shared_people import Office, login_of, weaken
from storage.test_case_at_once import COPIED, LISTED, MORE_CASES
from storage.two_databases import CASE, PERSON, hide

TYPES: dict[str, type[Record]] = {name: each for name, each in RECORD_TYPE_BY_TABLE.items() if each is not Case}
NOBODY = "NONE"
NEWCOMER = (
    "INSERT INTO people (person_ref, family_name, given_names, date_of_birth) VALUES ('P-NEW', 'N', 'A', '1990-01-01')"
)


@pytest.fixture
def full(office: Office) -> Office:
    """Give a case, its person and a case that is hidden a record of every type."""
    with office.owner() as owner:
        owner.execute("SET session_replication_role = replica")
        for record_type in TYPES.values():
            row = row_of(record_type, "B", "HOLT")
            owner.execute(f"{insert_sql(record_type, row)} ON CONFLICT DO NOTHING".encode(), row)
        hide(owner)
    return office


def named(owner: psycopg.Connection, table: str, column: str) -> str:
    """Return what is in a column, hidden or not, and what is not, as an array is written."""
    found = [ref for (ref,) in owner.execute(f"SELECT DISTINCT {column} FROM {table}".encode()) if ref is not None]
    return f"ARRAY[{', '.join(f'$${each}$$' for each in (*found, NOBODY))}]::text[]"


def differently_read(office: Office, psql: psycopg.Connection, tables: Iterable[str] = TYPES) -> tuple[set[str], int]:
    """Return the tables of which somebody is given otherwise what they ask for by name, and how many rows there are."""
    differing, rows = set(), 0
    with office.owner() as owner:
        for table in tables:
            record_type = TYPES[table]
            every = psql.execute(f"SELECT id FROM read_{table}() ORDER BY id".encode()).fetchall()
            numbers = [number for (number,) in owner.execute(f"SELECT id FROM {table} ORDER BY id".encode())]
            has_owner = f"WHERE {record_type.subject} IS NOT NULL"
            asked = (
                f"SELECT id FROM read_{table}(refs => {named(owner, table, record_type.key[0])}) ORDER BY id",
                f"SELECT r.id FROM unnest(ARRAY{numbers}) AS n, LATERAL read_{table}(number => n) AS r ORDER BY r.id",
            )
            owned = psql.execute(f"SELECT id FROM read_{table}() {has_owner} ORDER BY id".encode()).fetchall()
            of_owners = f"SELECT id FROM read_{table}({named(owner, table, record_type.subject)}) ORDER BY id"
            given = [psql.execute(each.encode()).fetchall() for each in asked]
            if given != [every, every] or psql.execute(of_owners.encode()).fetchall() != owned:
                differing.add(table)
            rows += len(every)
    return differing, rows


def test_what_is_asked_for_by_name_is_what_is_read_of_all(full: Office) -> None:
    with full.raw(Role.SUPERVISOR) as psql:
        psql.execute("SELECT open_book('EXPORT')")
        of_book = differently_read(full, psql)
        with psql.transaction(force_rollback=True):
            psql.execute(NEWCOMER)
            assert psql.execute("SELECT id FROM read_people(refs => ARRAY['P-NEW'])").rowcount == 1
    with full.raw(Role.NAVIGATOR) as psql:
        psql.execute("SELECT open_case('PHX-1')")
        of_case = differently_read(full, psql)
    assert of_book[0] == of_case[0] == set()
    assert of_book[1] > of_case[1] > len(TYPES) - 10, "the control: something is read"
    with full.owner() as owner, full.raw(Role.SUPERVISOR) as psql:  # the controls
        psql.execute("SELECT open_book('EXPORT')")
        weaken(owner, "ioms_private.shown_cases", "known_among(refs)", "opened_among(refs)")
        weaken(owner, "ioms_private.shown_people", "EXCEPT ALL", "INTERSECT")
        assert differently_read(full, psql, ["contacts", "addresses"])[0] == {"contacts", "addresses"}


@contextmanager
def meeting(owner: psycopg.Connection, table: str) -> Iterator[None]:
    """Have the policy of a table fail with the first row that it is asked about."""
    (condition,) = owner.execute(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'opened' AND polrelid = %s::regclass",
        (table,),
    ).fetchone() or ("",)
    owner.execute(
        f"ALTER POLICY opened ON {table} USING ((SELECT count(*) FROM generate_series(1, 1 / (id - id))) > 0)".encode()
    )
    yield
    owner.execute(f"ALTER POLICY opened ON {table} USING ({condition})".encode())


def test_no_policy_is_asked_of_a_record_that_is_hidden(full: Office) -> None:
    """How long it takes is told apart by nothing then; make test-long measures it."""
    asked = (
        f"SELECT id FROM read_contacts(owners => ARRAY['{CASE}', '{NOBODY}'])",
        "SELECT id FROM read_contacts(refs => ARRAY['HID-contacts'])",
        "SELECT r.id FROM unnest(ARRAY{numbers}) AS n, LATERAL read_contacts(number => n) AS r",
        f"SELECT id FROM read_addresses(owners => ARRAY['{PERSON}', '{NOBODY}'])",
        "SELECT id FROM read_addresses(refs => ARRAY['HID-addresses'])",
    )
    with full.owner() as owner, full.raw(Role.SUPERVISOR) as psql:
        (numbers,) = owner.execute("SELECT array_agg(id) FROM contacts WHERE case_ref = %s", (CASE,)).fetchone() or ()
        psql.execute("SELECT open_book('EXPORT')")
        with meeting(owner, "contacts"), meeting(owner, "addresses"):
            for each in asked:
                assert psql.execute(each.format(numbers=numbers).encode()).fetchall() == [], each
            with pytest.raises(psycopg.errors.DivisionByZero):  # the control
                psql.execute("SELECT id FROM read_contacts(owners => ARRAY['PHX-1'])")


def test_a_row_that_somebody_invents_says_nothing_of_who_is_hidden(full: Office) -> None:
    whom = {"case_ref": ("PHX-1", CASE, NOBODY), "person_ref": ("P-JM", PERSON, NOBODY)}
    with full.owner() as owner, full.raw(Role.SUPERVISOR) as psql:
        psql.execute("SELECT open_book('EXPORT')")

        def said(table: str) -> list[bool]:
            subject = TYPES[table].subject
            asked = f"SELECT shows_{table}(json_populate_record(NULL::{table}, %s))"
            answers = (psql.execute(asked.encode(), (Json({subject: ref}),)).fetchone() for ref in whom[subject])
            return [each == (True,) for each in answers]

        asked = [table for table, each in TYPES.items() if not each.rights.intelligence]
        assert [table for table in asked if said(table)[1:] != [False, False]] == []
        assert said("contacts")[0]
        assert said("addresses")[0]
        weaken(owner, "shows_contacts", "ioms_private.is_there('case', r.case_ref)", "true")  # the control
        assert said("contacts") == [True, False, True]


ASKED_HERE = """
    GRANT USAGE ON SCHEMA ioms_private TO ioms_people;
    GRANT EXECUTE ON FUNCTION ioms_private.said_of(text) TO ioms_people;
"""


def test_what_is_said_of_one_case_is_what_is_said_of_all(office: Office) -> None:
    refs = ["PHX-1", "IOM-1", NOBODY, *(each["case_ref"] for each in MORE_CASES)]
    with office.owner() as owner:
        owner.execute("SET session_replication_role = replica")
        for number, case in enumerate(MORE_CASES, start=100):
            owner.execute(COPIED, (Json(case | {"id": number}),))
        owner.execute(LISTED)
        for kind in ("ASSIGNED", "ADMITTED", "EXCLUDED"):
            owner.execute(
                "INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by) "
                "VALUES ('IOM-2', %s, %s, now() - interval '1 hour', 'x')",
                (login_of(Role.PARTNER), kind),
            )
        said = set()
        for role in Role:
            if role in {Role.OFFICER, Role.NAVIGATOR}:
                with office.raw(role) as psql:
                    psql.execute("SELECT open_case('PHX-1')")
            with owner.transaction(force_rollback=True):
                owner.execute(ASKED_HERE)
                owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of(role)}".encode())
                for ref in refs:
                    one, every = owner.execute("SELECT said_of(%s), named_cases() ->> %s", (ref, ref)).fetchone() or ()
                    assert one == every, (role, ref)
                    said.add(one)
    assert said == {None, "KNOWN", "HIDDEN", "FREE"}
