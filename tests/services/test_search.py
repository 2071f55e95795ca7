"""Quick search: who is found by what is typed, in what order, for whom; and what is on record of having been shown."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.search import MAX_HITS, SearchHit, find_people_and_cases, log_search
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.store import Store
from services.written import Entry, added_entries, contents, put, record_of
from sessions import TODAY, Clock, fill, session_of

DAY = timedelta(days=1)
PERSON = Person(person_ref="P-1", family_name="Hall", given_names="Ann", date_of_birth=date(1990, 4, 2))
CASE = Case(case_ref="C-1", person_ref="P-1", programme="PHOENIX", status="ENGAGED", referred_on=date(2026, 8, 1))


@pytest.fixture
def officer(store: Store) -> Session:
    return session_of(store, "adeyemi", Role.OFFICER, Clock())


def refs(hits: tuple[SearchHit, ...]) -> list[str | None]:
    return [hit.case_ref for hit in hits]


def person(number: int, family_name: str, given_names: str = "Ann") -> tuple[Person, Case]:
    """Make somebody with one case, both of that number."""
    ref = f"P-{number}"
    return (
        replace(PERSON, person_ref=ref, family_name=family_name, given_names=given_names),
        replace(CASE, case_ref=f"C-{number}", person_ref=ref),
    )


def test_a_hit_is_a_person_with_one_of_their_cases(officer: Session) -> None:
    fill(officer.store)
    (hit,) = find_people_and_cases(officer, "marlow")
    assert (hit.id, hit.person_ref) == (record_of(officer.store, Case, "PHX-1").id, "P-JM")
    assert (hit.name, hit.born_on) == ("MARLOW, Jayden", date(2008, 10, 28))
    assert (hit.case_ref, hit.programme, hit.status, hit.closed) == ("PHX-1", "PHOENIX", "ENGAGED", False)


def test_people_are_found_by_names_in_any_order_by_birth_and_by_reference(officer: Session) -> None:
    fill(officer.store)
    for text in ("jay mar", "MARLOW Jayden", "28/10/2008", "28.10.08", "phx-1"):
        assert refs(find_people_and_cases(officer, text)) == ["PHX-1"]
    for text in ("", "  ", "jayden harker", "arlow", "29/10/2008"):
        assert find_people_and_cases(officer, text) == ()


def test_a_year_of_two_figures_up_to_the_present_one_is_of_this_century(officer: Session) -> None:
    put(officer.store, replace(PERSON, date_of_birth=date(2026, 4, 2)), CASE)
    put(officer.store, replace(PERSON, person_ref="P-2", date_of_birth=date(1927, 4, 2)))
    put(officer.store, replace(CASE, case_ref="C-2", person_ref="P-2"))
    assert refs(find_people_and_cases(officer, "2/4/26")) == ["C-1"]
    assert refs(find_people_and_cases(officer, "2/4/27")) == ["C-2"]


def test_somebody_without_a_case_has_a_number_of_their_own(officer: Session) -> None:
    put(officer.store, PERSON)
    stored = record_of(officer.store, Person, "P-1")
    assert find_people_and_cases(officer, "hall") == (
        SearchHit(id=-stored.id, person_ref="P-1", name="HALL, Ann", born_on=date(1990, 4, 2)),
    )
    assert find_people_and_cases(replace(officer, role=Role.NAVIGATOR), "hall") == ()


def test_open_cases_come_before_closed_ones_the_latest_referral_first(officer: Session) -> None:
    put(officer.store, PERSON)
    for ref, referred, closed in (
        ("C-1", date(2026, 9, 4), TODAY - DAY),
        ("C-2", date(2026, 9, 3), TODAY),
        ("C-3", date(2026, 9, 2), TODAY + DAY),
        ("C-4", date(2026, 9, 1), None),
    ):
        put(officer.store, replace(CASE, case_ref=ref, referred_on=referred, closed_on=closed))
    found = find_people_and_cases(officer, "hall")
    assert [(hit.case_ref, hit.closed) for hit in found] == [
        ("C-3", False),
        ("C-4", False),
        ("C-1", True),
        ("C-2", True),
    ]


def test_whose_family_name_was_typed_comes_first_then_whose_begins_so_then_by_name(officer: Session) -> None:
    people = (
        person(1, "Adams", "Hall"),
        person(2, "Hallam", "Zoe"),
        person(3, "Hallam", "Émile"),
        person(4, "Hall", "Zoe"),
        person(5, "Hall", "ann"),
        person(6, "Smith-Hall", "Bea"),
    )
    for records in people:
        put(officer.store, *records)
    assert refs(find_people_and_cases(officer, "hall")) == ["C-5", "C-4", "C-6", "C-3", "C-2", "C-1"]


def test_more_people_are_looked_through_than_are_shown(officer: Session) -> None:
    for number in range(20):
        put(officer.store, *person(number, "Adams", f"Hall {number}"))
    put(officer.store, *person(20, "Hallam", "Zoe"))
    assert refs(find_people_and_cases(officer, "hall", limit=1)) == ["C-20"]


def test_each_role_finds_what_it_may_see(officer: Session) -> None:
    fill(officer.store)
    put(officer.store, replace(CASE, person_ref="P-CH", case_ref="PHX-2"))
    assert refs(find_people_and_cases(officer, "harker")) == ["IOM-1", "PHX-2"]
    navigator = replace(officer, role=Role.NAVIGATOR)
    assert refs(find_people_and_cases(navigator, "harker")) == ["PHX-2"]
    assert refs(find_people_and_cases(navigator, "marlow")) == ["PHX-1"]
    for role in (Role.PARTNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR):
        assert find_people_and_cases(replace(officer, role=role), "harker") == ()


def test_so_many_hits_are_shown_and_no_more(officer: Session) -> None:
    assert MAX_HITS == 12
    for number in range(13):
        put(officer.store, *person(number, "Hall", f"Ann {number:02}"))
    assert refs(find_people_and_cases(officer, "hall")) == [f"C-{number}" for number in range(12)]
    assert refs(find_people_and_cases(officer, "hall", limit=2)) == ["C-0", "C-1"]
    assert len(find_people_and_cases(officer, "hall", limit=20)) == 13


def test_finding_is_not_on_record_and_what_was_shown_in_the_end_is(officer: Session) -> None:
    fill(officer.store)
    put(officer.store, replace(CASE, person_ref="P-CH", case_ref="PHX-2"))
    before = contents(officer.store)
    hits = (*find_people_and_cases(officer, "harker"), *find_people_and_cases(officer, "marlow"))
    assert contents(officer.store) == before
    with added_entries(officer.store) as added:
        log_search(officer, "  harker   marlow ", hits)
        log_search(officer, "nobody", ())
    assert added == [Entry("CONSULTATION", "search", "quick_search", None, "adeyemi", "CASE_WORK")] * 2
    with officer.store.read() as reading:
        searched = select(audit.c.after).where(audit.c.object_type == "search").order_by(audit.c.id)
        assert list(reading.connection.scalars(searched)) == [
            {"query": "harker marlow", "people": ["P-CH", "P-JM"]},
            {"query": "nobody", "people": []},
        ]
