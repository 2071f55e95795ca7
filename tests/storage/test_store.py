"""One transaction a command: what it keeps, what it refuses, and what a repeat does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import bindparam, select, text, update

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Missing, Refused, Stale
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.search.sounds import sound_keys
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.plain_text import for_file
from ioms_desktop.storage.schema.types import Instant
from ioms_desktop.storage.store import Store
from stored_samples import AT, CASE, PERSON, act


def with_person(store: Store) -> Person:
    with store.begin(act()) as tx:
        person = tx.add(PERSON)
        tx.add(CASE)
    return person


def test_what_is_added_is_read_back_as_it_was(store: Store) -> None:
    with_person(store)
    contact = Contact(
        contact_ref="K1",
        case_ref="C1",
        occurred_at=DayTime.parse("2026-10-06T14:30"),
        planned=True,
        contact_type="OFFICE",
        outcome="SEEN",
        minutes=45,
        note="Seen at home; <b> & 'quotes' \n second line",
    )
    with store.begin(act()) as tx:
        stored = tx.add(contact)
    with store.read() as reading:
        assert reading.get(Contact, "K1") == stored
        assert replace(stored, id=0, revision=0, recorded_at=None, recorded_by="") == contact


def test_a_save_keeps_the_former_version_with_its_period(store: Store) -> None:
    person = with_person(store)
    later = AT + timedelta(days=3)
    with store.begin(act(at=later)) as tx:
        tx.save(replace(person, gender_identity="Bee"))
    with store.read() as reading:
        former = reading.list_former_versions(Person, person_ref="P1")
        assert reading.get(Person, "P1").gender_identity == "Bee"
    assert [(f.record.gender_identity, f.current_from, f.current_to, f.ended) for f in former] == [
        (None, AT, later, "CHANGED")
    ]


def test_a_removed_record_stays_as_a_former_version_with_its_reason(store: Store) -> None:
    with_person(store)
    with store.begin(act()) as tx:
        tx.remove(tx.get(Case, "C1"), "entered in error")
    with store.read() as reading:
        assert reading.find(Case, "C1") is None
        assert [(f.ended, f.reason) for f in reading.list_former_versions(Case, case_ref="C1")] == [
            ("DELETED", "entered in error")
        ]


def test_a_stale_save_is_refused_and_changes_nothing(store: Store) -> None:
    person = with_person(store)
    with store.begin(act()) as tx:
        tx.save(replace(person, gender_identity="first"))
    with pytest.raises(Stale, match="Someone else saved"), store.begin(act()) as tx:
        tx.save(replace(person, gender_identity="second"))
    with store.read() as reading:
        assert reading.get(Person, "P1").gender_identity == "first"


def test_the_database_itself_refuses_a_save_that_skips_the_revision(store: Store) -> None:
    with_person(store)
    with pytest.raises(Stale), store.begin(act()) as tx:
        tx.connection.execute(update(tables.people).values(gender_identity="overwritten"))
    # The control: with the revision it is taken, so the refusal above is the trigger's.
    with store.begin(act()) as tx:
        tx.connection.execute(
            update(tables.people).values(gender_identity="said", revision=tables.people.c.revision + 1)
        )
    with store.read() as reading:
        assert reading.get(Person, "P1").gender_identity == "said"


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_audit_cannot_be_changed_by_raw_sql(store: Store, statement: str) -> None:
    with_person(store)
    with pytest.raises(Refused, match="append-only"), store.begin(act()) as tx:
        tx.connection.execute(text(statement))
    with store.read() as reading:
        actors = reading.connection.scalars(select(tables.audit.c.actor)).all()
    assert set(actors) == {"ADEYEMI"}
    assert len(actors) == 2


def test_a_repeated_request_answers_as_the_first_time_and_writes_nothing(store: Store) -> None:
    with store.begin(act("r-1"), "add") as tx:
        assert tx.earlier_answer is None
        tx.add(PERSON)
        tx.save_answer({"ref": "P1"})
    with store.begin(act("r-1"), "add") as tx:
        assert tx.earlier_answer == {"ref": "P1"}


def test_a_command_that_raises_leaves_no_trace(store: Store) -> None:
    with pytest.raises(Missing), store.begin(act("r-2"), "add") as tx:
        tx.get(Case, tx.add(PERSON).person_ref)
    with store.read() as reading:
        for table in (tables.people, tables.audit, tables.search_key, tables.request, tables.former_version):
            assert reading.connection.execute(select(table)).first() is None, table.name


def test_each_change_writes_its_kind_of_audit_with_what_changed(store: Store) -> None:
    person = with_person(store)
    with store.begin(act()) as tx:
        tx.save(replace(person, gender_identity="Bee"))
        tx.remove(tx.get(Case, "C1"), "entered in error")
        tx.log("CONSULTATION", object_type="people", object_ref="P1", subject_ref="P1")
    with store.read() as reading:
        audit = tables.audit
        rows = reading.connection.execute(
            select(audit.c.kind, audit.c.object_ref, audit.c.subject_ref, audit.c.before, audit.c.after).order_by(
                audit.c.id
            )
        ).all()
    assert [(row.kind, row.object_ref, row.subject_ref) for row in rows] == [
        ("COLLECTION", "P1", "P1"),
        ("COLLECTION", "C1", "P1"),
        ("ALTERATION", "P1", "P1"),
        ("ERASURE", "C1", "P1"),
        ("CONSULTATION", "P1", "P1"),
    ]
    assert (rows[2].before, rows[2].after) == ({"gender_identity": None}, {"gender_identity": "Bee"})


def test_a_person_is_found_by_folded_words_and_no_longer_by_former_ones(store: Store) -> None:
    person = with_person(store)

    def words() -> set[str]:
        with store.read() as reading:
            return set(reading.connection.scalars(select(tables.search_key.c.word)))

    sounds = {"~" + key for word in ("obriain", "luk", "obriainluk") for key in sound_keys(word)}
    assert {"obriain", "luk", "obriainluk", "jo", "02012000", "20000102", "p1", "c1", *sounds} == words()
    with store.begin(act()) as tx:
        tx.save(replace(person, family_name="Smith"))
    assert "obriain" not in words()
    assert "smith" in words()


def test_names_sort_alike_on_both_databases_whatever_their_letters(store: Store) -> None:
    names = [
        *(
            "Zaman",
            "Łukasik",
            "lukas",
            "O\u2019Neill",
            "O'Malley",
            "Ó Briain",
            "McBride",
            "de Souza",
            "D'Souza",
            "Ahmed",
        ),
        *("Smith Jones", "Smith", "Smith-Brown", "Smith\u2011Adams", "Əliyev", "Иванов", "Ørsted", "Øbro"),
        *("\uff39ork", "Μάνος"),
    ]
    with store.begin(act()) as tx:
        for number, name in enumerate(names):
            tx.add(replace(PERSON, person_ref=f"P{number}", family_name=name))
    people = tables.people
    with store.read() as reading:
        found = reading.connection.scalars(select(people.c.family_name).order_by(people.c.name_key)).all()
    assert found == [
        *("Ahmed", "Əliyev", "D'Souza", "de Souza", "Иванов", "lukas", "Łukasik", "Μάνος", "McBride", "Ó Briain"),
        *("O'Malley", "O\u2019Neill", "Øbro", "Ørsted", "Smith", "Smith\u2011Adams", "Smith-Brown", "Smith Jones"),
        *("\uff39ork", "Zaman"),
    ]


def test_a_changed_name_is_sorted_anew(store: Store) -> None:
    person = with_person(store)
    with store.begin(act()) as tx:
        tx.save(replace(person, family_name="Ábel"))
    with store.read() as reading:
        assert reading.connection.scalar(select(tables.people.c.name_key)) == "abel, jo"


def test_both_times_of_the_hour_that_comes_twice_are_written_as_instants_of_their_own() -> None:
    statement = select(tables.audit.c.id).where(tables.audit.c.at == bindparam("at", type_=Instant()))
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    written = [for_file(statement, ("at",)).bind({"at": first.replace(fold=fold)}) for fold in (0, 1)]
    assert written == [("2026-10-25 00:30:00.000000",), ("2026-10-25 01:30:00.000000",)]
