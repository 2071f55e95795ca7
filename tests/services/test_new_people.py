"""New people and changed details on both kinds of database: search before create, and one owner of every number."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, text

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import Duplicate, EntryDoubtful, InvalidRecord, Missing, NotAllowed, Refused
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.search.near_people import EnteredPerson, Nearness
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.intake.near_people import find_near_people
from ioms_desktop.services.intake.people import AddPerson, ChangePerson, add_person, change_person, open_person
from ioms_desktop.storage.queries.numbers import owners_of_numbers
from ioms_desktop.storage.schema import tables
from person_acts import add as add_to_person
from person_acts import alias
from sessions import PEOPLE, request

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from services.access_bureau import Bureau

NEW = Person(person_ref="", family_name="Okonkwo", given_names="Chidi Samuel", date_of_birth=date(2008, 3, 11))
NUMBERS = {
    "pnc_id": "2012/0052494Q",
    "cro_number": "265416/21G",
    "crn": "X 123456",
    "prison_number": "a1234bc",
    "niche_id": "N-77",
}
INTAKE_ROLES = [role for role in Role if may(role, Right.INTAKE)]


def altered(person: Person, **values: Any) -> Person:  # noqa: ANN401 - values by field name
    return replace(person, **values)


def add(session: Session, person: Person = NEW) -> str:
    return add_person(session, AddPerson(request=request(), person=person)).ref


def people_count(bureau: Bureau) -> int:
    with bureau.keeper.read() as reading:
        return reading.connection.scalar(select(func.count()).select_from(tables.table_of(Person))) or 0


@pytest.mark.parametrize("role", INTAKE_ROLES)
def test_who_records_a_person_finds_and_opens_them_again(bureau: Bureau, role: Role) -> None:
    session = bureau.session(role)
    ref = add(session)
    assert open_person(session, ref).given_names == "Chidi Samuel"
    assert [hit.person_ref for hit in find_people_and_cases(session, "okonkwo chidi")] == [ref]
    changed = replace(open_person(session, ref), known_as="Chi")
    change_person(session, ChangePerson(request=request(), person=changed, revision=changed.revision))
    assert open_person(session, ref).known_as == "Chi"


@pytest.mark.parametrize("role", [role for role in Role if not may(role, Right.INTAKE)])
def test_others_record_nobody(bureau: Bureau, role: Role) -> None:
    before = people_count(bureau)
    with pytest.raises(NotAllowed):
        add(bureau.session(role))
    with pytest.raises(NotAllowed):
        find_near_people(bureau.session(role), EnteredPerson(names="Marlow"))
    assert people_count(bureau) == before


def test_a_person_without_a_case_is_known_to_who_recorded_them_and_to_co_ordinators(bureau: Bureau) -> None:
    ref = add(bureau.session("navigator"))
    for role in ("coordinator", "officer", "supervisor"):
        assert open_person(bureau.session(role), ref).family_name == "Okonkwo", role
    of_officer = add(bureau.session("officer"), replace(NEW, family_name="Abara", date_of_birth=date(1999, 1, 2)))
    if bureau.shared:  # a file keeps nothing back from those who can open it
        with pytest.raises(Missing):
            open_person(bureau.session("navigator"), of_officer)
    with pytest.raises(Missing):
        open_person(bureau.session("navigator"), "P-CH")


@pytest.mark.parametrize("column", Person.identifiers)
def test_a_known_number_is_refused_in_every_way_to_write_it(bureau: Bureau, column: str) -> None:
    officer = bureau.session("officer")
    ref = add(officer, altered(NEW, **{column: NUMBERS[column]}))
    before = people_count(bureau)
    other = replace(NEW, family_name="Else", date_of_birth=date(1990, 5, 6))
    for written in (NUMBERS[column], NUMBERS[column].lower(), f" {NUMBERS[column]} "):
        with pytest.raises(Duplicate, match=r"OKONKWO.*Nothing was saved") as refused:
            add(officer, altered(other, **{column: written}))
        assert refused.value.field == column
    mine = open_person(officer, add(officer, other))
    entry = altered(mine, **{column: NUMBERS[column]})
    with pytest.raises(Duplicate):
        change_person(officer, ChangePerson(request=request(), person=entry, revision=mine.revision))
    assert people_count(bureau) == before + 1
    same = open_person(officer, ref)
    entry = replace(same, known_as="Chi")
    assert change_person(officer, ChangePerson(request=request(), person=entry, revision=same.revision)).ref == ref


def test_of_a_number_of_somebody_who_is_not_theirs_nobody_learns_whose_it_is(bureau: Bureau) -> None:
    officer, navigator = bureau.session("officer"), bureau.session("navigator")
    harker = open_person(officer, "P-CH")
    entry = replace(harker, crn="X555555")
    change_person(officer, ChangePerson(request=request(), person=entry, revision=harker.revision))
    with pytest.raises(Duplicate, match=r"person on record whom you may not see.*ask a supervisor") as refused:
        add(navigator, replace(NEW, crn="x555555"))
    assert harker.family_name.lower() not in refused.value.sentence.lower()
    assert "P-CH" not in refused.value.sentence
    found = find_near_people(navigator, EnteredPerson(names="Somebody", numbers={"crn": "X-555555"}))
    assert (found.people, list(found.taken)) == ((), ["crn"])
    told = find_near_people(officer, EnteredPerson(names="Somebody", numbers={"crn": "X-555555"}))
    assert [(each.person.person_ref, each.why) for each in told.people] == [("P-CH", "same CRN")]


def test_a_number_is_looked_up_by_an_index_of_its_kind(bureau: Bureau) -> None:
    """Of many people, to go through all of them would make others wait who record a number."""
    asked = {**NUMBERS, "NIN": "QQ 12 34 56 C"}
    if bureau.shared:
        tables_asked = "pg_stat_xact_all_tables WHERE relname IN ('people', 'person_numbers')"
        with bureau.keeper.engine.begin() as connection:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # as with many rows
            found = text("SELECT * FROM ioms_private.same_numbers(CAST(:asked AS jsonb), NULL)")
            assert connection.execute(found, {"asked": json.dumps(asked)}).all() == []
            rows_read = text(f"SELECT sum(seq_tup_read + idx_tup_fetch) FROM {tables_asked}")  # noqa: S608 - above
            assert connection.scalar(rows_read) == 0
        return
    said: list[tuple[str, Any]] = []
    with bureau.keeper.begin(bureau.session("officer").command_context()) as tx:
        listening = event.listens_for(tx.connection, "before_cursor_execute")
        listening(lambda _connection, _cursor, sql, values, *_: said.append((sql, values)))
        assert owners_of_numbers(tx, asked, "") == []
        plans = [tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in said[:2]]
    told = [line.detail.split(" (")[0] for plan in plans for line in plan if " USING INDEX " in line.detail]
    indexes = [("person_numbers", "person_numbers"), *(("people", f"people_{column}") for column in NUMBERS)]
    assert told == [f"SEARCH {table} USING INDEX ix_{name}_form" for table, name in indexes]
    assert not any("SCAN" in line.detail for plan in plans for line in plan)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pnc_id": "2012/0052494A"}, "pnc_id"),
        ({"cro_number": "nonsense"}, "cro_number"),
        ({"date_of_birth": date(2030, 1, 1)}, "date_of_birth"),
        ({"family_name": ""}, "family_name"),
        ({"ethnicity_officer": "Q"}, "ethnicity_officer"),
    ],
)
def test_what_no_record_may_hold_is_refused_beside_its_field(
    bureau: Bureau, values: dict[str, Any], field: str
) -> None:
    before = people_count(bureau)
    with pytest.raises(InvalidRecord) as refused:
        add(bureau.session("officer"), altered(NEW, **values))
    assert refused.value.field == field
    assert people_count(bureau) == before


MARLOW = next(person for person in PEOPLE if person.person_ref == "P-JM")
BORN = MARLOW.date_of_birth


@pytest.mark.parametrize(
    ("names", "born_on", "nearness"),
    [
        (f"{MARLOW.family_name} {MARLOW.given_names}", BORN, Nearness.NAME_AND_BIRTH),
        (f"{MARLOW.given_names} {MARLOW.family_name}", None, Nearness.NAME),
        (f"{MARLOW.given_names} Marlowe", BORN, Nearness.NAME_AND_BIRTH),
        (f"{MARLOW.given_names} Marlo", BORN.replace(year=BORN.year - 1), Nearness.NAME_AND_NEAR_BIRTH),
        (f"Zebedee {MARLOW.family_name}", BORN, Nearness.PART_OF_NAME_AND_BIRTH),
        (f"Zebedee {MARLOW.family_name}", BORN.replace(year=BORN.year + 1), Nearness.PART_OF_NAME_AND_NEAR_BIRTH),
    ],
)
def test_near_people_are_found_with_the_reason(
    bureau: Bureau, names: str, born_on: date | None, nearness: Nearness
) -> None:
    found = find_near_people(bureau.session("navigator"), EnteredPerson(names=names, born_on=born_on))
    assert [(each.person.person_ref, each.match.nearness) for each in found.people] == [("P-JM", nearness)]
    assert found.people[0].why
    assert found.people[0].cases[0].case_ref == "PHX-1"


def test_nobody_is_near_by_a_date_of_birth_or_half_a_name_alone(bureau: Bureau) -> None:
    """The control of the test above."""
    for names, born_on in (("Zebedee Quill", BORN), (f"Zebedee {MARLOW.family_name}", date(1951, 1, 31)), ("", BORN)):
        assert find_near_people(bureau.session("officer"), EnteredPerson(names=names, born_on=born_on)).people == ()


def test_a_namesake_born_on_the_same_day_is_asked_about_once(bureau: Bureau) -> None:
    asking = replace(bureau.session("officer"), confirmed=frozenset())
    twin = replace(MARLOW, person_ref="", pnc_id=None, id=0, revision=0)
    with pytest.raises(EntryDoubtful) as asked:
        add(asking, twin)
    assert "PHX-1" in asked.value.sentence
    assert add(replace(asking, confirmed=frozenset(asked.value.doubts)), twin)


@pytest.mark.parametrize(("kind", "to_on"), [("FORMER", None), ("ALIAS", date(2020, 1, 1))])
def test_a_namesake_is_asked_about_by_a_name_that_they_had_before(
    bureau: Bureau, kind: str, to_on: date | None
) -> None:
    officer = bureau.session("officer")
    add_to_person(officer, alias("Kestutis Varnas", kind, to_on=to_on), "PHX-1")
    asking = replace(officer, confirmed=frozenset())
    twin = Person(person_ref="", family_name="Varnas", given_names="Kestutis", date_of_birth=BORN)
    with pytest.raises(EntryDoubtful, match=r"MARLOW.*formerly Kestutis Varnas"):
        add(asking, twin)
    assert add(asking, replace(twin, family_name="Zukas", given_names="Petras")), "the control: another name"


def test_a_namesake_is_named_to_nobody_who_may_not_find_them(bureau: Bureau) -> None:
    """Whoever has no case yet is found by who recorded them alone, in a file as on a server."""
    add(bureau.session("officer"))
    assert add(replace(bureau.session("navigator"), confirmed=frozenset()))
    with pytest.raises(EntryDoubtful, match="OKONKWO"):  # the control
        add(replace(bureau.session("officer"), confirmed=frozenset()))


def test_two_who_change_one_person_are_merged_field_by_field(bureau: Bureau) -> None:
    officer, supervisor = bureau.session("officer"), bureau.session("supervisor")
    read = open_person(officer, "P-JM")
    open_person(supervisor, "P-JM")
    theirs = replace(read, phone="07700 900111")
    change_person(supervisor, ChangePerson(request=request(), person=theirs, revision=read.revision))
    mine = ChangePerson(request=request(), person=replace(read, known_as="Jay"), revision=read.revision)
    with pytest.raises(EditConflict) as conflict:
        change_person(officer, mine)
    assert {line.title for item in conflict.value.comparison.items for line in item.lines} == {"Phone", "Known as"}


def test_a_repeated_request_records_nobody_twice(bureau: Bureau) -> None:
    entry = AddPerson(request=request(), person=NEW)
    officer = bureau.session("officer")
    first, before = add_person(officer, entry), people_count(bureau)
    assert add_person(officer, entry) == first
    assert people_count(bureau) == before


def test_a_look_at_a_person_is_on_record(bureau: Bureau) -> None:
    ref = add(bureau.session("coordinator"))
    open_person(bureau.session("supervisor"), ref)
    query = select(tables.audit.c.actor).where(
        tables.audit.c.kind == "CONSULTATION", tables.audit.c.object_type == "people", tables.audit.c.object_ref == ref
    )
    with bureau.keeper.read() as reading:
        assert bureau.session("supervisor").user in set(reading.connection.scalars(query))


def test_without_the_case_of_a_glass_nothing_is_changed(bureau: Bureau) -> None:
    with pytest.raises(Refused):
        change_person(
            bureau.session("navigator"),
            ChangePerson(request=request(), person=replace(MARLOW, person_ref="P-CH"), revision=1),
        )
