"""Names, addresses and phones with their days: one rule keeps them and the person's columns the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import ConstraintViolated, InvalidRecord
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.care import (
    Carer,
    CareStatus,
    PersonNeed,
    SafeguardingCheck,
    WarningMarker,
)
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.search.near_people import EnteredPerson
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.intake.near_people import find_near_people
from ioms_desktop.services.intake.people import AddPerson, add_person, open_person
from ioms_desktop.storage.bulk.write import BulkWriter
from ioms_desktop.storage.db_errors import translate_db_errors
from ioms_desktop.storage.person_sets import settling
from ioms_desktop.storage.person_sets.first_entries import begin_sets
from ioms_desktop.storage.person_sets.settling import IMPORT, hold_back
from ioms_desktop.storage.records.bulk_read import list_by_owners
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_names
from ioms_desktop.ui.cases.header_facts import header_facts
from person_acts import (
    CASE,
    REF,
    YESTERDAY,
    add,
    address,
    alias,
    all_agree,
    assert_agree,
    by_id,
    change,
    details,
    entries,
    hold_over_acts,
    of_person,
    said,
    take_out,
    undo,
)
from services.exchange_session import person, phoenix, put, rows_of, session_at, taken
from sessions import TODAY, Clock, fill, request, session_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ioms_desktop.domain.records.record import Record
    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.store import Store
    from services.access_bureau import Bureau

SECOND_HOME = """
    INSERT INTO addresses (address_ref, person_ref, kind, address, revision, recorded_at, recorded_by)
    VALUES ('X', 'P-JM', 'HOME', '1 High Street', 1, '2026-10-15', 'x')
"""

MEANWHILE = """
    INSERT INTO addresses (address_ref, person_ref, kind, address, revision, recorded_at, recorded_by)
    VALUES ('X', 'P-JM', 'HOME', '3 Mill Lane', 1, :at, :user)
"""


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


@pytest.mark.parametrize("role", roles_with(Right.INTAKE))
def test_whoever_records_a_person_gives_each_detail_its_entry(bureau: Bureau, role: Role) -> None:
    session = bureau.session(role)
    new = Person(person_ref="", family_name="Okonkwo", given_names="Chidi", date_of_birth=date(2001, 1, 1))
    new = replace(new, address="1 High Street", postcode="LE1 1AA", phone="07700 900123", known_as="Chi; CJ")
    ref = add_person(session, AddPerson(request=request(), person=new)).ref
    open_person(session, ref)
    assert said(session, ref) == [
        *(("ALIAS", "Chi", None), ("ALIAS", "CJ", None)),
        *(("HOME", "1 High Street", None), ("PHONE", "07700 900123", None)),
    ]
    assert all(each.from_on is None and each.source == "Person's details" for each in entries(session, ref))
    details(session, ref, address="2 Low Street", postcode="LE2 2BB", known_as="CJ")
    assert_agree(bureau.keeper, ref)
    # Changed again by the same hand on the same day, it was a slip; changed by somebody else, it is a former one.
    assert [what for _, what, _ in said(session, ref)] == ["CJ", "07700 900123", "2 Low Street"]
    supervisor = bureau.session("supervisor" if role is not Role.SUPERVISOR else "officer")
    details(supervisor, ref, address="3 Mid Street", known_as=None)
    assert_agree(bureau.keeper, ref)
    former = [(kind, what) for kind, what, to in said(supervisor, ref) if to is not None]
    assert former == [("ALIAS", "CJ"), ("HOME", "2 Low Street")]


def test_a_new_address_becomes_the_current_one_and_a_mistaken_one_gives_it_back(wright: Session) -> None:
    details(wright, address="1 High Street", postcode="LE1 1AA")
    moved = add(wright, address(address="2 Low Street", from_on=YESTERDAY, source="his mother"))
    assert (of_person(wright).address, of_person(wright).postcode) == ("2 Low Street", None)
    assert said(wright) == [("HOME", "1 High Street", YESTERDAY), ("HOME", "2 Low Street", None)]
    undo(wright, moved)
    assert (of_person(wright).address, of_person(wright).postcode) == ("1 High Street", "LE1 1AA")
    assert said(wright) == [("HOME", "1 High Street", None)]
    for kind in ("BAIL", "MAIL", "PARENT", "OTHER"):
        add(wright, address(kind, address=f"an address, {kind}"))
    assert of_person(wright).address == "1 High Street"  # what is no home is not where they live
    change(wright, entries(wright)[0], to_on=TODAY)
    assert of_person(wright).address is None
    add(wright, address(address="9 Old Street", from_on=date(2019, 1, 1), to_on=date(2020, 1, 1)))
    assert of_person(wright).address is None


def a_day_later(bureau: Bureau) -> None:
    """Let everything on record be older than the period in which it is changed without a reason."""
    bureau.clock.now += timedelta(hours=25)
    if bureau.shared:
        with bureau.keeper.engine.begin() as keeper:
            for table, column in (("addresses", "recorded_at"), ("audit", "at")):
                keeper.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
                keeper.execute(text(f"UPDATE {table} SET {column} = {column} - interval '25 hours'"))  # noqa: S608 - our own names
                keeper.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


def test_an_entry_that_stands_becomes_current_again_and_its_history_says_why(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    open_case(officer, CASE)
    details(officer, address="1 High Street")
    a_day_later(bureau)
    (stands,) = entries(officer)
    details(officer, address="2 Low Street")
    details(officer, address="1 High Street")  # changed back
    undo(officer, add(officer, address(address="3 Mid Street")))
    add(officer, address(address="4 Far Street"))
    take_out(officer, entries(officer)[-1])
    assert said(officer) == [("HOME", "1 High Street", None)]
    with officer.store.read() as reading:
        former = [each for each in reading.list_former_versions(Address, person_ref=REF) if each.record.id == stands.id]
    assert [each.reason for each in former if each.record.to_on is not None] == [
        *("Current again, because what had followed it was changed back or taken out", "Undone at once"),
        "of another person",
    ]
    assert_agree(bureau.keeper, REF)


def test_what_was_on_record_before_its_set_began_is_a_former_one_once_it_is_changed(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    open_case(officer, CASE)
    at = "now()" if bureau.shared else f"'{officer.clock().isoformat()}'"
    statement = f"""
        UPDATE people SET phone = '07700 1', revision = revision + 1, recorded_by = '{officer.user}', recorded_at = {at}
        WHERE person_ref = '{REF}'
    """  # noqa: S608 - our own words
    with bureau.keeper.engine.begin() as migration:  # a schema before the sets: the column alone, of this very day
        migration.execute(text(statement))
        begin_sets(migration)
    details(officer, phone="07700 2")
    assert [(what, to is None) for _, what, to in said(officer)] == [("07700 1", False), ("07700 2", True)]
    assert_agree(bureau.keeper, REF)


def test_an_older_address_recorded_late_ends_when_the_current_one_began(wright: Session) -> None:
    add(wright, address(address="2 Low Street", from_on=date(2022, 5, 1)))
    add(wright, address(address="1 High Street", from_on=date(2019, 5, 1)))
    assert of_person(wright).address == "2 Low Street"
    assert said(wright) == [("HOME", "2 Low Street", None), ("HOME", "1 High Street", date(2022, 5, 1))]


def test_changed_details_end_the_former_entry_and_a_slip_leaves_none(wright: Session) -> None:
    details(wright, phone="07700 900123", address="1 High Street")
    details(wright, postcode="LE1 1AA")  # only completes it
    assert {(kind, what, to) for kind, what, to in said(wright)} == {
        *(("HOME", "1 High Street", None), ("PHONE", "07700 900123", None)),
    }
    slip = details(wright, phone="07700 900999")
    assert {what for kind, what, _ in said(wright) if kind == "PHONE"} == {"07700 900999"}
    assert slip.notice.startswith("Details of")
    tomorrow = session_of(wright.store, "wright", Role.SUPERVISOR, Clock(wright.clock() + timedelta(days=1)))
    details(tomorrow, phone=None)
    phones = [(what, to) for kind, what, to in said(wright) if kind == "PHONE"]
    assert phones == [("07700 900999", TODAY + timedelta(days=1))]
    details(tomorrow, phone="07700 900999")  # put back the same day: the same entry goes on
    assert [to for kind, _, to in said(wright) if kind == "PHONE"] == [None]
    assert_agree(wright.store, REF)


def test_aliases_are_several_and_each_is_refused_that_would_be_two(wright: Session) -> None:
    details(wright, known_as="Jay, Jayo")
    add(wright, alias("J-Dog", "NICKNAME"))
    assert of_person(wright).known_as == "Jay; Jayo; J-Dog"
    add(wright, alias("Jayden Smith", "FORMER", to_on=TODAY))
    assert of_person(wright).known_as == "Jay; Jayo; J-Dog"
    for wrong in ("Smith, John", "Jay/Jayo", "a;b", "a|b"):
        with pytest.raises(InvalidRecord) as refused:
            add(wright, alias(wrong))
        assert refused.value.field == "name"
    add(wright, alias("Smith, John", "FORMER"))  # a former name may be written so
    with pytest.raises(InvalidRecord) as refused:
        add(wright, address(from_on=TODAY))
    assert refused.value.field == "address"
    assert_agree(wright.store, REF)


def test_the_same_import_says_several_names_in_one_order_whatever_the_database_gives_first(
    wright: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: Callable[..., list[Record]] = list_by_owners
    monkeypatch.setattr(settling, "list_by_owners", lambda *asked: given(*asked)[::-1])
    row = {"person_ref": REF, "family_name": "Marlow", "given_names": "Jayden", "date_of_birth": "2008-10-28"}
    names = [{"name_ref": f"N{name}", "person_ref": REF, "kind": "NICKNAME", "name": name} for name in ("Jojo", "JJ")]
    put(tmp_path, "person_names", names)
    run_import(wright, put(tmp_path, "people", [row]).parent)
    assert of_person(wright).known_as == "Jojo; JJ"


def test_an_import_of_either_file_brings_both_and_the_export_comes_back_unchanged(
    wright: Session, tmp_path: Path
) -> None:
    row = {"person_ref": REF, "family_name": "Marlow", "given_names": "Jayden", "date_of_birth": "2008-10-28"}
    run_import(wright, put(tmp_path / "1", "people", [{**row, "address": "1 High Street", "known_as": "Jay"}]))
    assert said(wright) == [("ALIAS", "Jay", None), ("HOME", "1 High Street", None)]
    assert entries(wright)[1].source == "Imported with the person"
    moved = {"address_ref": "A1", "person_ref": REF, "kind": "HOME", "address": "2 Low Street", "from_on": "2026-10-01"}
    run_import(wright, put(tmp_path / "2", "addresses", [moved]))
    assert of_person(wright).address == "2 Low Street"
    both = {**row, "address": "2 Low Street", "known_as": "Jay; JJ"}
    put(tmp_path / "3", "person_names", [{"name_ref": "N1", "person_ref": REF, "kind": "NICKNAME", "name": "Jojo"}])
    run_import(wright, put(tmp_path / "3", "people", [both]).parent)
    assert {*str(of_person(wright).known_as).split("; ")} == {"Jay", "JJ", "Jojo"}
    assert_agree(wright.store, REF)
    export_records(wright, tmp_path / "out", reason="CASE_WORK")
    again = run_import(wright, tmp_path / "out")
    assert again.count(RowOutcome.UPDATED) == again.count(RowOutcome.CREATED) == 0
    assert {table: rows_of(tmp_path / "out" / f"{table}.csv")[0][0] for table in ("person_names", "addresses")} == {
        "person_names": "name_ref",
        "addresses": "address_ref",
    }


def test_an_entry_that_an_import_gives_to_another_person_is_taken_from_the_former_with_what_it_said(
    bureau: Bureau, tmp_path: Path
) -> None:
    session, keeper = bureau.session("supervisor"), session_at(bureau.keeper)
    home = {"address_ref": "A1", "kind": "HOME", "address": "1 High Street"}
    bail = {"address_ref": "A2", "kind": "BAIL", "address": "7 Elm Row"}
    upn = {"number_ref": "N1", "kind": "UPN", "number": "A123456"}
    word = {"name_ref": "J1", "kind": "ALIAS", "name": "Kestutis"}
    sets = {"addresses": (home, bail), "person_numbers": (upn,), "person_names": (word,)}
    put(tmp_path / "people", "people", [person("P1", phone="07700 1"), person("P2", phone="07700 2")])
    taken(session, tmp_path / "people")
    for number, ref in enumerate(("P1", "P2", "P1", "P3")):
        folder = tmp_path / str(number)
        if ref == "P3":  # new, and brought together with what they are given
            put(folder, "people", [person("P3")])
        for table, rows in sets.items():
            put(folder, table, [{"person_ref": ref, **row} for row in rows])
        taken(session, folder)
        assert run_import(session, folder).count(RowOutcome.UNCHANGED) == len([*folder.iterdir()]) + 1
        for each in {"P1", "P2", ref}:
            now, is_theirs = of_person(keeper, each), each == ref
            assert (now.address, now.known_as) == (("1 High Street", "Kestutis") if is_theirs else (None, None))
            given = {"1 High Street", "7 Elm Row", "Kestutis"} if is_theirs else set()
            assert {what for _, what, _ in said(keeper, each)} == given | {now.phone} - {None}
            assert_agree(bureau.keeper, each)


@pytest.mark.parametrize("user", ["x", "wright"])
def test_an_import_takes_for_its_own_only_entries_that_it_added_itself(wright: Session, user: str) -> None:
    """The column that it changed gives way to an address that it brought, and not to one that others add meanwhile."""
    details(wright, address="1 High Street")
    with wright.store.begin(wright.command_context(), IMPORT) as tx:
        tx.save(replace(tx.get(Person, REF), address="2 Low Street"))
        writer = BulkWriter(tx, Address)
        former = replace(address(address="9 Old Street", to_on=date(2020, 1, 1)), address_ref="A1", person_ref=REF)
        writer.add([tuple(getattr(former, name) for name in field_names(Address))])
        hold_back(tx)
        tx.connection.execute(text(MEANWHILE), {"at": tx.command.at, "user": user})
        writer.finish()
    assert of_person(wright).address == {"x": "2 Low Street", "wright": "3 Mill Lane"}[user]
    assert_agree(wright.store, REF)


def test_an_import_settles_many_in_as_many_statements_as_a_few_with_all_their_history(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)
    refs = [f"D{number}" for number in range(9)]
    asked: list[str] = []
    event.listens_for(store.engine, "before_cursor_execute")(lambda _c, _cursor, sql, *_: asked.append(sql))

    def settled(name: str, some: list[str], phone: str, om: str) -> list[str]:
        """Import people and cases; gives what was updated, each statement once however many rows it wrote."""
        put(tmp_path / name, "people", [person(ref, phone=phone) for ref in some])
        put(tmp_path / name, "cases", [phoenix(f"C{ref}", ref, police_om=om) for ref in some])
        asked.clear()
        taken(session, tmp_path / name)
        return [sql.split()[1] for sql in asked if sql.startswith(("UPDATE addresses", "UPDATE case_workers"))]

    settled("first", refs, "07700 1", "PC 1 A")
    session = replace(session, clock=lambda: datetime(2026, 10, 16, 9, tzinfo=UTC))  # it corrects no slip of the day
    few = settled("few", refs[:2], "07700 2", "PC 2 B")
    assert sorted(set(few)) == ["addresses", "case_workers"]
    assert len(settled("many", refs[2:], "07700 2", "PC 2 B")) == len(few)
    with store.read() as reading:
        for ref in refs:
            former, current = sorted(reading.list_records(Address, person_ref=ref), key=by_id)
            assert (former.address, former.to_on is None, current.address) == ("07700 1", False, "07700 2")
            held = sorted(reading.list_records(CaseWorker, case_ref=f"C{ref}"), key=by_id)
            assert [(each.worker, each.is_current) for each in held] == [("PC 1 A", False), ("PC 2 B", True)]
            of_address = reading.list_former_versions(Address, person_ref=ref)
            of_worker = reading.list_former_versions(CaseWorker, case_ref=f"C{ref}")
            assert [(each.record.revision, each.ended) for each in of_address] == [(1, "CHANGED")]
            assert [(each.record.revision, each.ended) for each in of_worker] == [(1, "CHANGED")]
    assert_agree(store, "D0")


def test_column_and_set_agree_after_any_sequence_of_acts_and_imports(store: Store, tmp_path: Path) -> None:
    hold_over_acts(store, tmp_path, 4)


def test_a_server_refuses_what_writes_one_of_both_and_a_file_would_show_it(wright: Session) -> None:
    details(wright, address="1 High Street", known_as="Jay", phone="07700 900123", warning_markers="VI; DR")
    details(wright, communication_needs="SLCN", languages="English", social_care_status="CIN", exploitation="SIGNS")
    for statement in (
        "UPDATE people SET address = 'elsewhere', revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE people SET phone = NULL, revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE people SET known_as = 'Jay, Jo', revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE person_names SET to_on = '2026-10-01', revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE addresses SET kind = 'BAIL', revision = revision + 1 WHERE kind = 'HOME'",
        "DELETE FROM addresses WHERE kind = 'PHONE'",
        SECOND_HOME,
        "UPDATE people SET warning_markers = NULL, revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE people SET parent_or_carer = 'Ann', revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE person_needs SET words = 'ADHD', revision = revision + 1 WHERE kind = 'COMMUNICATION'",
        "UPDATE people SET languages = 'Welsh', revision = revision + 1 WHERE person_ref = 'P-JM'",
        "UPDATE care_statuses SET to_on = '2026-10-01', revision = revision + 1",
        "UPDATE safeguarding_checks SET nrm_status = 'REFERRED', revision = revision + 1",
    ):
        with wright.store.engine.connect() as connection, connection.execution_options(ioms_command=True):
            transaction = connection.begin()
            connection.execute(text(statement))
            assert not all_agree(Reading(connection)), statement  # what is looked at here would show it
            if wright.store.engine.dialect.name == "postgresql":
                with pytest.raises(ConstraintViolated), translate_db_errors():
                    transaction.commit()
            else:
                transaction.rollback()
    assert_agree(wright.store, REF)


def test_a_former_name_an_alias_and_a_phone_find_a_person_and_say_why(bureau: Bureau) -> None:
    """Quick search, and what stands beside the form of a new person; what is kept from somebody is not found so."""
    officer, navigator = bureau.session("officer"), bureau.session("navigator")
    open_person(officer, "P-CH")
    details(officer, "P-CH", family_name="Harker-Lowe")
    add(officer, alias("Kestutis Varnas", to_on=TODAY, source="PNC"), "IOM-1")
    add(officer, address("OTHER_PHONE", address="0116 496 0123", to_on=TODAY), "IOM-1")
    add(officer, address("BAIL", address="7 Elm Row", postcode="LE7 7ZZ", to_on=TODAY), "IOM-1")
    said_of = {
        "callum harker": "",  # part of the new name
        "harker callum": "",
        "varnas": "formerly Kestutis Varnas",
        "kestutis varnas": "formerly Kestutis Varnas",
        "varnass": "formerly Kestutis Varnas, one letter different",
        "0116 496 0123": "",
        "01164960123": "",
        "LE7 7ZZ": "",
    }
    for typed, why in said_of.items():
        assert [(hit.person_ref, hit.match.reason) for hit in find_people_and_cases(officer, typed)] == [("P-CH", why)]
        assert find_people_and_cases(navigator, typed) == ()  # the same rights as for any other word
    born = date(1994, 2, 14)
    near = find_near_people(officer, EnteredPerson(names="Varnas Kestutis", born_on=born)).people
    assert [each.person.person_ref for each in near] == ["P-CH"]
    assert near[0].match.reasons == ("formerly Kestutis Varnas", "same date of birth")
    assert find_near_people(navigator, EnteredPerson(names="Varnas Kestutis", born_on=born)).people == ()
    assert [(kind, what) for kind, what, _ in said(officer, "P-CH")][:2] == [
        *(("FORMER", "Callum Harker"), ("ALIAS", "Kestutis Varnas")),
    ]
    take_out(officer, entries(officer, "P-CH")[1], "IOM-1")
    assert find_people_and_cases(officer, "varnas") == ()
    assert_agree(bureau.keeper, "P-CH")


def test_care_and_safety_over_time_say_in_the_header_what_is_so_now(wright: Session) -> None:
    details(wright, parent_or_carer="Kim Marlow (mother)", social_care_status="CIN", exploitation="SIGNS")
    (kim,) = entries(wright, kinds=[Carer])
    assert (kim.name, kim.relation) == ("Kim Marlow", "mother")
    add(wright, CareStatus(care_status_ref="", person_ref="", status="CLA", social_worker="D. Obi", from_on=YESTERDAY))
    assert [(each.status, each.to_on) for each in entries(wright, kinds=[CareStatus])] == [
        *(("CIN", YESTERDAY), ("CLA", None)),
    ]
    nrm = SafeguardingCheck(check_ref="", person_ref="", kind="EXPLOITATION", answer=True, nrm_status="REFERRED")
    add(wright, replace(nrm, from_on=YESTERDAY, referred_on=YESTERDAY, grounds_due_on=TODAY + timedelta(days=6)))
    add(wright, replace(nrm, kind="GILLICK", nrm_status=None, answer=False, reasons="could not weigh it"))
    add(wright, Carer(carer_ref="", person_ref="", name="Ann Ash", relation="aunt", may_be_told=False))
    add(wright, WarningMarker(warning_ref="", person_ref="", marker="WE", review_on=TODAY + timedelta(days=90)))
    change(wright, kim, to_on=TODAY)
    now = of_person(wright)
    assert (now.social_care_status, now.exploitation) == ("CLA", "REFERRED")
    assert (now.parent_or_carer, now.warning_markers) == ("Ann Ash (aunt)", "WE")
    header = {fact.title: fact.text for fact in header_facts(wright, open_case(wright, CASE))}
    assert header["Care status"] == "Child looked after"
    assert header["Exploitation"] == "Referred to the NRM, 14 Oct 2026; reasonable grounds due 21 Oct 2026"
    assert header["Parent or carer"] == "Ann Ash (aunt)"
    assert_agree(wright.store, REF)


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (SafeguardingCheck(check_ref="", person_ref="", kind="GILLICK", answer=True), "reasons"),
        (SafeguardingCheck(check_ref="", person_ref="", kind="GILLICK", reasons="x"), "answer"),
        (SafeguardingCheck(check_ref="", person_ref="", kind="APPROPRIATE_ADULT"), "adult"),
        (SafeguardingCheck(check_ref="", person_ref="", kind="EXPLOITATION"), "answer"),
        (Carer(carer_ref="", person_ref="", name="Kim; Jo"), "name"),
        (PersonNeed(person_need_ref="", person_ref="", kind="LANGUAGE", words="Welsh, Irish"), "words"),
        (WarningMarker(warning_ref="", person_ref="", marker="VI", from_on=TODAY, to_on=YESTERDAY), "to_on"),
    ],
)
def test_what_is_missing_or_would_be_two_is_refused_beside_its_field(
    wright: Session, record: Record, field: str
) -> None:
    before = entries(wright, kinds=[type(record)])
    with pytest.raises(InvalidRecord) as refused:
        add(wright, record)
    assert refused.value.field == field
    assert entries(wright, kinds=[type(record)]) == before


def test_the_number_of_another_agency_is_one_persons_and_is_refused_saying_whose(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    number = PersonNumber(number_ref="", person_ref="", kind="UPN", number="A 123/456")
    add(officer, number, "IOM-1")
    with pytest.raises(InvalidRecord, match=r"belongs to HARKER, Callum, born 14 Feb 1994") as refused:
        add(officer, replace(number, number="a-123456"), CASE)
    assert refused.value.field == "number"
    for free in (replace(number, kind="ASN"), replace(number, number="A 123/457")):
        add(officer, free, CASE)
    other = replace(number, kind="OTHER", number="7")
    add(officer, other, "IOM-1")
    add(officer, other, CASE)  # of any agency: two may have it
    assert [hit.person_ref for hit in find_people_and_cases(officer, "A123457")] == [REF]
    navigator = bureau.session("navigator")
    with pytest.raises(InvalidRecord, match="whom you may not see" if bureau.shared else "HARKER|may not see"):
        add(navigator, number, CASE)
    if bureau.shared:
        with bureau.keeper.engine.begin() as connection:  # the control: what nobody signed in writes is an import's
            connection.execute(
                text(
                    "INSERT INTO person_numbers (number_ref, person_ref, kind, number, revision, "
                    "recorded_at, recorded_by) VALUES ('N', 'P-JM', 'UPN', 'A123456', 1, now(), 'x')"
                )
            )
