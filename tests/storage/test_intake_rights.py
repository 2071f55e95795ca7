"""What a shared database itself keeps of new people and new cases, against statements as somebody would type them."""

# ruff: noqa: S608 - statements of our own names
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ioms_desktop.domain.records.identifiers import number_form
from ioms_desktop.domain.records.people import Person
from raw_rows import read_row
from shared_people import login_of

if TYPE_CHECKING:
    from shared_people import Office

ROLES = ("officer", "navigator", "supervisor", "coordinator")


def person(ref: str, **more: str) -> str:
    names = ", ".join(("person_ref", "family_name", "given_names", "date_of_birth", *more))
    values = ", ".join(f"'{value}'" for value in (ref, "New", "Ada", "2001-02-03", *more.values()))
    return (
        f"INSERT INTO people ({names}, name_key, revision, recorded_at, recorded_by) "
        f"VALUES ({values}, 'new, ada', 1, now(), session_user)"
    )


def case(ref: str, person_ref: str, programme: str = "PHOENIX", **more: str) -> str:
    status = {"IOM": "REFERRED", "PHOENIX": "POOL"}[programme]
    names = ", ".join(("case_ref", "person_ref", "programme", "status", "referred_on", *more))
    values = ", ".join(f"'{value}'" for value in (ref, person_ref, programme, status, "2026-10-01", *more.values()))
    return f"INSERT INTO cases ({names}, revision, recorded_at, recorded_by) VALUES ({values}, 1, now(), session_user)"


def run(psql: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    done = psql.execute(sql.encode())
    return done.fetchall() if done.description else []


def ask(psql: psycopg.Connection, **numbers: str) -> None:
    """Have it put on record that numbers are asked for."""
    psql.execute("SELECT ask_numbers(%s::jsonb)", (json.dumps(numbers),))


@pytest.mark.parametrize("column", Person.identifiers)
def test_a_second_owner_of_a_number_is_refused_against_raw_sql(office: Office, column: str) -> None:
    with office.raw("navigator") as psql:
        ask(psql, **{column: "AB 12/34-c"})
        run(psql, person("P-ONE", **{column: "AB 12/34-c"}))
        ask(psql, **{column: "AB1235C"})
        for again in ("AB 12/34-c", "ab1234C", "AB.12.34.C"):
            with pytest.raises(psycopg.errors.CheckViolation, match="number of another person"):
                run(psql, person("P-TWO", **{column: again}))
            assert number_form(again) == number_form("AB 12/34-c")
        run(psql, person("P-TWO", **{column: "AB1235C"}))
        assert run(psql, "SELECT open_person('P-TWO')") == [(True,)]
        with pytest.raises(psycopg.errors.CheckViolation, match="number of another person"):
            run(psql, f"UPDATE people SET {column} = 'AB1234C', revision = 2 WHERE {read_row('people', 'P-TWO')}")
        run(psql, f"UPDATE people SET gender_identity = 'Ad', revision = 2 WHERE {read_row('people', 'P-TWO')}")
    with office.raw("supervisor") as psql:  # the control: what an import brings stands, with a warning
        run(psql, "SELECT open_book('IMPORT')")
        run(psql, person("P-SENT", **{column: "AB1234C"}))


def test_of_two_who_record_one_number_at_once_the_second_waits_and_is_refused(office: Office) -> None:
    with office.raw("navigator") as first, office.raw("officer") as second:
        second.execute("SET lock_timeout = '50ms'")
        for each in (first, second):
            ask(each, crn="X1")
        with first.transaction():
            run(first, person("P-ONE", crn="X1"))
            with pytest.raises(psycopg.errors.LockNotAvailable):
                run(second, person("P-TWO", crn="X1"))
        with pytest.raises(psycopg.errors.CheckViolation):
            run(second, person("P-TWO", crn="X1"))


def number(kind: str, value: str, person_ref: str = "P-JM") -> str:
    return (
        "INSERT INTO person_numbers (number_ref, person_ref, kind, number, revision, recorded_at, recorded_by) "
        f"VALUES ('N-{kind}-{value}', '{person_ref}', '{kind}', '{value}', 1, now(), session_user)"
    )


TAKEN, FREE = "X1", "X2"


@pytest.mark.parametrize("kind", ["crn", "ASN"])
def test_no_number_is_written_that_was_not_asked_for_on_record(office: Office, kind: str) -> None:
    """So that a refusal, which tells that somebody has it, leaves a trace: the same as of a number that nobody has."""
    with office.owner() as owner:
        run(owner, "UPDATE people SET crn = 'X1', revision = revision + 1 WHERE person_ref = 'P-CH'")
        run(owner, number("ASN", TAKEN, "P-CH"))
    write = {each: person(f"P-{each}", crn=each) if kind == "crn" else number(kind, each) for each in (TAKEN, FREE)}
    count = "SELECT count(*) FROM ioms_audit.audit WHERE object_type = 'search' AND object_ref = 'number'"
    with office.raw("navigator") as psql, office.owner() as owner:
        run(psql, "SELECT open_case('PHX-1')")
        for each in (TAKEN, FREE):
            refused = pytest.raises(psycopg.errors.InsufficientPrivilege, match="was not asked for")
            with refused:
                run(psql, write[each])
            with psql.transaction(force_rollback=True):  # what was asked and taken back does not count
                ask(psql, **{kind: each})
                with refused, psql.transaction():
                    run(psql, write[each])
        assert run(owner, count) == [(0,)]
        for each in (TAKEN, FREE):
            ask(psql, **{kind: each})
        assert run(owner, count) == [(2,)]
        with pytest.raises(psycopg.errors.CheckViolation, match="number of another person"):
            run(psql, write[TAKEN])
        run(psql, write[FREE])  # the control
        run(psql, number("OTHER", TAKEN))  # of this kind two people may have the same


@pytest.mark.parametrize("kind", ["ASN", "ID2", "Ü", "two words", "x" * 41])
def test_a_kind_of_whatever_name_has_to_be_asked_for(office: Office, kind: str) -> None:
    check = "SELECT ioms_private.check_numbers_asked(%s::jsonb)"
    with office.owner() as owner:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="was not asked for"), owner.transaction():
            owner.execute(check, (json.dumps({kind: "X 1"}),))
        owner.execute(check, (json.dumps({kind: " -/. "}),))  # the control: no number at all


@pytest.mark.parametrize(("late_s", "is_taken"), [(10, True), (20, False)])
def test_what_was_asked_for_when_the_save_began_is_taken_a_moment_later(
    office: Office, late_s: int, is_taken: bool
) -> None:
    with office.raw("navigator") as psql, office.owner() as owner:
        ask(psql, crn="X1")
        run(owner, f"UPDATE ioms_private.number_asked SET expires_at = clock_timestamp() - interval '{late_s} seconds'")
        if is_taken:
            run(psql, person("P-ONE", crn="X1"))
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="was not asked for"):
                run(psql, person("P-ONE", crn="X1"))


@pytest.mark.parametrize("role", ROLES)
def test_a_second_open_case_of_a_programme_and_an_arm_are_refused(office: Office, role: str) -> None:
    with office.raw(role) as psql:
        run(psql, person("P-ONE"))
        assert run(psql, "SELECT open_person('P-ONE')") == [(True,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(psql, case("C-1", "P-ONE", trial_arm="INTERVENTION"))
        run(psql, case("C-1", "P-ONE"))
        with pytest.raises(psycopg.errors.CheckViolation, match="second open case"):
            run(psql, case("C-2", "P-ONE"))
        if role == "navigator":
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(psql, case("C-3", "P-ONE", "IOM"))
        else:
            run(psql, case("C-3", "P-ONE", "IOM"))
        run(psql, person("P-OTHER"))
        assert run(psql, "SELECT open_person('P-OTHER')") == [(True,)]
        for early in ({"closed_on": "2026-10-02"}, {"adopted_on": "2026-10-02"}, {"notified_on": "2026-10-02"}):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="first status"):
                run(psql, case("C-4", "P-OTHER", **early))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="first status"):
            run(psql, case("C-4", "P-OTHER").replace("'POOL'", "'ENGAGED'"))
        run(psql, case("C-4", "P-OTHER"))


def test_nobody_opens_a_case_of_somebody_they_may_not_know_of(office: Office) -> None:
    with office.raw("navigator") as psql:
        assert run(psql, "SELECT open_person('P-CH')") == [(False,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(psql, case("C-1", "P-CH"))
    with office.raw("officer") as psql:
        assert run(psql, "SELECT open_person('P-CH')") == [(True,)]
        assert run(psql, "SELECT family_name FROM read_people(refs => ARRAY['P-CH'])") == [("Harker",)]


def test_a_person_is_kept_from_whom_their_only_case_is_kept_from(office: Office) -> None:
    with office.raw("supervisor") as psql:
        assert run(psql, f"SELECT set_access('PHX-1', '{login_of('officer')}', 'EXCLUDED', true)") == [(True,)]
    with office.raw("officer") as psql:
        assert run(psql, "SELECT open_person('P-JM')") == [(False,)]
        assert run(psql, "SELECT * FROM read_people(refs => ARRAY['P-JM'])") == []
        assert run(psql, "SELECT * FROM read_people()") == []


def test_search_words_are_written_with_their_person_and_of_nobody_else(office: Office) -> None:
    word = "INSERT INTO search_key (word, person_ref, case_ref) VALUES ('forged', '{}', '')"
    with office.raw("navigator") as psql:
        for ref in ("P-JM", "P-CH"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(psql, word.format(ref))
        for dropped in ("DELETE FROM search_key WHERE person_ref = 'P-JM'", "SELECT drop_search_words('P-JM', '')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(psql, dropped)
        assert run(psql, "SELECT count(*) > 3 FROM words_of_people(ARRAY['P-JM'])") == [(True,)]
        with psql.transaction():
            run(psql, person("P-ONE"))
            run(psql, word.format("P-ONE").replace("forged", "wrong"))
            run(psql, "SELECT drop_search_words('P-ONE', '')")
            run(psql, word.format("P-ONE"))
        found = "SELECT person_ref FROM words_found(ARRAY[]::text[], ARRAY['{}'])"
        assert run(psql, found.format("wrong")) == []
        assert run(psql, found.format("forged")) == [("P-ONE",)]


def test_who_adds_a_person_reads_the_row_back_and_later_only_by_opening_it(office: Office) -> None:
    with office.raw("navigator") as psql:
        with psql.transaction():
            (number,) = run(psql, person("P-ONE") + " RETURNING id")
            assert run(psql, "SELECT id, family_name FROM read_people(refs => ARRAY['P-ONE'])") == [(*number, "New")]
        assert run(psql, "SELECT * FROM read_people(refs => ARRAY['P-ONE'])") == []
        assert run(psql, f"SELECT id FROM people WHERE id = {number[0]}") == []
        assert run(psql, "SELECT open_person('P-ONE')") == [(True,)]
        assert len(run(psql, "SELECT * FROM read_people(refs => ARRAY['P-ONE'])")) == 1
        assert run(psql, f"SELECT id FROM people WHERE id = {number[0]}") == [number]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(psql, "SELECT family_name FROM people")


def test_others_neither_add_nor_ask(office: Office) -> None:
    for role in ("partner", "analyst", "auditor", "administrator"):
        with office.raw(role) as psql:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(psql, person("P-ONE"))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(psql, 'SELECT * FROM known_numbers(\'{"crn": "X"}\')')
            assert run(psql, "SELECT open_person('P-JM')") == [(False,)]


ASK = 'SELECT ask_numbers(\'{"crn": "X1"}\')'
KNOWN = 'SELECT field, person_ref FROM known_numbers(\'{"crn": "X 1"}\')'


def test_whose_a_number_is_is_told_once_that_it_was_asked_can_not_be_taken_back(office: Office) -> None:
    count = "SELECT count(*) FROM ioms_audit.audit WHERE object_type = 'search' AND after ->> 'number' = 'crn'"
    told = "SELECT count(*) FROM ioms_audit.audit WHERE subject_ref = 'P-CH' AND after ->> 'told' = 'true'"
    wrote = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"
    with office.raw("officer") as psql, office.owner() as owner:
        owner.execute("UPDATE people SET crn = 'X1', revision = revision + 1 WHERE person_ref = 'P-CH'")
        for asked in (ASK, ASK.replace("X1", "NOBODYS")):
            with psql.transaction(force_rollback=True):
                run(psql, asked)
                assert run(psql, KNOWN) == []
                assert run(psql, wrote) == [(True,)], "whether anybody has it or not"
        assert run(psql, KNOWN) == []
        assert run(owner, count) == [(0,)]
        for _ in range(2):
            run(psql, ASK)
            assert run(psql, KNOWN) == [("crn", "P-CH")], "the control"
        assert run(owner, count) == [(1,)]
        assert run(owner, told) == [(2,)]
        with office.raw("navigator") as other:
            assert run(other, KNOWN) == []
        owner.execute("UPDATE ioms_private.number_asked SET expires_at = clock_timestamp()")
        assert run(psql, KNOWN) == []
