"""Quick search: who is found by what is typed, in what order, for whom; and what is on record of having been shown."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.search import MAX_HITS, MAX_NEAR_PEOPLE, SearchHit, find_people_and_cases, log_search
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
    for text in ("", "  ", "jayden harker", "rlow", "29/10/2008"):
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


NAMES_AS_TYPED = {
    "desouza": "De Souza",
    "vanderberg": "van der Berg",
    "osuilleabhain": "Ó Súilleabháin",
    "mueller": "Müller",
    "oedegaard": "Ødegård",
    "obrien": "O Brien",
    "aliyev": "Əliyev",
    "djordjevic": "Đorđević",
    "Mc Donald": "MacDonald",
}


def test_a_name_is_found_as_it_is_typed_and_stands_as_it_is_written(officer: Session) -> None:
    for number, name in enumerate(NAMES_AS_TYPED.values()):
        put(officer.store, *person(number, name))
    for typed, name in NAMES_AS_TYPED.items():
        assert [hit.name for hit in find_people_and_cases(officer, typed)] == [f"{name.upper()}, Ann"], typed


def test_a_name_that_was_changed_is_found_by_its_new_words_and_as_a_former_one(officer: Session) -> None:
    put(officer.store, *person(1, "Müller"))
    stored = record_of(officer.store, Person, "P-1")
    with officer.store.begin(officer.command_context(), "rename") as tx:
        tx.save(replace(stored, family_name="Åkesson", given_names="Britt"))
    assert refs(find_people_and_cases(officer, "aakesson")) == ["C-1"]
    for typed in ("mueller", "muller", "muellr", "miller"):
        (hit,) = find_people_and_cases(officer, typed)
        assert hit.match.reason.startswith(f"formerly {stored.given_names} Müller"), typed
    renamed = record_of(officer.store, Person, "P-1")
    with officer.store.begin(officer.command_context(), "rename") as tx:
        tx.save(replace(renamed, given_names="Gudrun"))  # another given name alone is no former name
    assert find_people_and_cases(officer, "britt") == ()


@pytest.mark.parametrize(
    ("typed", "name", "reason"),
    [
        ("harkr", "Harker", "one letter different"),
        ("harkeer", "Harker", "one letter different"),
        ("hraker", "Harker", "one letter different"),
        ("akhter", "Akhtar", "one letter different"),
        ("ahmad", "Ahmed", "one letter different"),
        ("desousa", "De Souza", "one letter different"),
        ("oedegard", "Odegard", "another spelling"),
        ("mohamad", "Muhammed", "sounds like mohamad"),
        ("chowdhry", "Choudhury", "sounds like chowdhry"),
        ("obryan", "O Brien", "sounds like obryan"),
    ],
)
def test_what_is_nearly_a_name_finds_it_and_says_why(officer: Session, typed: str, name: str, reason: str) -> None:
    put(officer.store, *person(1, name))
    put(officer.store, *person(2, "Zbigniewicz"))
    (hit,) = find_people_and_cases(officer, typed)
    assert (hit.case_ref, hit.match.reason) == ("C-1", reason)
    (hit,) = find_people_and_cases(officer, f"{typed} ann")
    assert hit.match.reason.startswith(reason)
    assert find_people_and_cases(officer, f"{typed} 2/4/1991") == ()


def test_near_names_stand_below_those_that_were_typed_in_the_order_of_their_likeness(officer: Session) -> None:
    for number, name in enumerate(("Ahmud", "Ahmed", "Ahmad", "Emmett", "Ahmadi")):
        put(officer.store, *person(number, name))
    put(officer.store, replace(person(9, "Zane")[0], known_as="Ahmad"), person(9, "Zane")[1])
    put(officer.store, *person(10, "Mohamed"), *person(11, "Muhammad"))
    found = find_people_and_cases(officer, "ahmad")
    assert [(hit.name.split(",")[0], hit.match.reason) for hit in found] == [
        ("AHMAD", ""),
        ("AHMADI", ""),
        ("ZANE", "alias: Ahmad"),
        ("AHMED", "one letter different"),
        ("AHMUD", "one letter different"),
    ]
    assert [hit.match.likeness for hit in found] == sorted(hit.match.likeness for hit in found)


def test_the_alias_shown_is_the_one_that_was_typed(officer: Session) -> None:
    put(officer.store, replace(person(1, "Marlow")[0], known_as="Jay; Big Mo"), person(1, "Marlow")[1])
    assert find_people_and_cases(officer, "jay")[0].match.reason == "alias: Jay"
    assert find_people_and_cases(officer, "bigmo")[0].match.reason == "alias: Big Mo"
    assert find_people_and_cases(officer, "marlow jay")[0].match.reason == "alias: Jay"
    assert find_people_and_cases(officer, "marlow")[0].match.reason == ""


def test_what_is_no_name_is_never_found_by_a_typing_error(officer: Session) -> None:
    """References, dates and postcodes are right or wrong."""
    one, case = person(1, "Hall")
    put(officer.store, replace(one, person_ref="P-BRAVO", crn="XRAYONE", postcode="LE1 2AB"))
    put(officer.store, replace(case, person_ref="P-BRAVO", case_ref="CASE-DELTA"))
    for typed in ("bravo", "xrayone", "le1 2ab", "delta", "casedelta"):
        assert refs(find_people_and_cases(officer, typed)) == ["CASE-DELTA"], typed
    for typed in ("bravi", "xrayon3", "xraione", "le1 2ac", "deltb", "casedeltb"):
        assert find_people_and_cases(officer, typed) == (), typed


@pytest.mark.parametrize("ref", ["IOM-12-03-2024", "12-03-24", "2024/03/12-A"])
def test_a_reference_that_looks_like_a_date_is_found(officer: Session, ref: str) -> None:
    put(officer.store, PERSON, replace(CASE, case_ref=ref))
    put(officer.store, *person(2, "Adams"))
    for typed in (ref, ref.lower(), f"hall {ref}", ref.replace("-", "")):
        assert refs(find_people_and_cases(officer, typed)) == [ref], typed
    put(officer.store, *(replace(each, date_of_birth=date(2024, 3, 12)) for each in person(3, "Young")[:1]))
    assert {hit.person_ref for hit in find_people_and_cases(officer, "12/03/2024")} >= {"P-3"}


def test_no_more_near_names_are_shown_than_help(officer: Session) -> None:
    for number in range(20):
        put(officer.store, *person(number, "Harker", f"Ann {number:02}"))
    assert len(find_people_and_cases(officer, "harkr")) == MAX_NEAR_PEOPLE
    put(officer.store, *person(30, "Harkroyd"))
    assert find_people_and_cases(officer, "harkr")[0].case_ref == "C-30"


def test_a_few_letters_that_begin_a_name_are_no_typing_error(officer: Session) -> None:
    put(officer.store, *person(1, "Harker"), *person(2, "Mark"), *person(3, "Lark"))
    assert refs(find_people_and_cases(officer, "hark")) == ["C-1"]
    assert refs(find_people_and_cases(officer, "dark")) == ["C-3", "C-2"]
    assert find_people_and_cases(officer, "dar") == ()


def test_each_role_finds_nearly_what_it_may_see(officer: Session) -> None:
    fill(officer.store)
    assert refs(find_people_and_cases(officer, "harkr")) == ["IOM-1"]
    navigator = replace(officer, role=Role.NAVIGATOR)
    assert find_people_and_cases(navigator, "harkr") == ()
    assert refs(find_people_and_cases(navigator, "marlw")) == ["PHX-1"]
    for role in (Role.PARTNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR):
        assert find_people_and_cases(replace(officer, role=role), "marlw") == ()
