"""The stored search words: walked through their indexes, written with the record, and made anew where they are old."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, delete, event, func, insert, inspect, select, text, update

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.current_values import SET_TYPES
from ioms_desktop.domain.records.person_sets.names import PersonName
from ioms_desktop.domain.search.near_matches import like_sounding_words, near_words
from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.paths import migrations
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.migrate import upgrade_database
from ioms_desktop.storage.queries.search import find_people, known_words, matching
from ioms_desktop.storage.records.search_index import delete_search_keys
from ioms_desktop.storage.records.search_rebuild import count_wrong_search_words
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from keys import key_of
from stored_samples import CASE, PERSON, act

SOUZA = replace(PERSON, person_ref="P2", family_name="De Souza", known_as="Jay")
# Of the entries that a migration makes of a person's columns a server's triggers tell, as of any other; and the audit
# tells of its own newer version.
AUDIT_COUNT = (
    select(func.count())
    .select_from(tables.audit)
    .where(tables.audit.c.object_type.not_in([tables.audit.name, *(each.table for each in SET_TYPES)]))
)
BEFORE = {
    "P1": ("jo", "luk", "obriain", "obriainluk", "02012000", "20000102", "p1"),
    "P2": ("jo", "de", "souza", "jay", "02012000", "20000102", "p2"),
}
"""The words as schema 0011 had them."""


@pytest.fixture
def filled(store: Store) -> Store:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(SOUZA)
        tx.add(replace(CASE, case_ref="IOM-12-03-2024"))
    return store


def found(store: Store, typed: str) -> set[str]:
    terms = parse_search(typed, 2026)
    with store.read() as reading:
        near = [known_words(reading, near_words(term) | like_sounding_words(term)) for term in terms]
        return {person.person_ref for person in find_people(reading, terms, None, 10, near)}


def make_old(store: Store) -> None:
    """Bring the words and the schema back to those of the version before."""
    rows = [{"word": word, "person_ref": ref, "case_ref": ""} for ref, words in BEFORE.items() for word in words]
    rows += [{"word": word, "person_ref": "P1", "case_ref": "IOM-12-03-2024"} for word in ("iom", "12", "03", "2024")]
    with store.engine.begin() as connection:
        connection.execute(delete(tables.search_key))
        connection.execute(insert(tables.search_key), rows)
        config = Config()
        config.set_main_option("script_location", str(migrations()))
        config.attributes["connection"] = connection
        command.downgrade(config, "0011")


def faults(store: Store) -> list[str]:
    with store.read() as reading:
        return [fault.description for fault in check_integrity(reading)[1]]


def test_a_database_of_the_version_before_finds_people_as_this_one_does(filled: Store) -> None:
    make_old(filled)
    assert found(filled, "desouza") == found(filled, "iom12032024") == found(filled, "susa") == set()
    with filled.read() as reading:
        there = {column["name"] for column in inspect(reading.connection).get_columns("people")}
        columns = [column for column in tables.people.c if column.name in there]
        people = reading.connection.execute(select(*columns).order_by(tables.people.c.id)).all()
        entries = reading.connection.scalar(AUDIT_COUNT)
    with filled.engine.begin() as connection:  # only now: a program of this version works with no other
        connection.execute(update(tables.meta).where(tables.meta.c.name == "schema").values(value="0011"))
    filled.close()
    report = upgrade_database(filled.location, key_of(filled.location))
    assert (report.before, report.words_made_anew) == ("0011", 3)
    assert found(filled, "desouza") == found(filled, "susa") == found(filled, "jay") == {"P2"}
    assert found(filled, "iom12032024") == {"P1"}
    with filled.read() as reading:
        assert reading.connection.execute(select(*columns).order_by(tables.people.c.id)).all() == people
        assert reading.connection.scalar(AUDIT_COUNT) == entries
    assert faults(filled) == []
    assert upgrade_database(filled.location, key_of(filled.location)).words_made_anew == 0


def test_one_word_too_few_or_too_many_is_found_and_made_anew(filled: Store) -> None:
    assert faults(filled) == []
    key = tables.search_key
    with filled.engine.begin() as connection:
        connection.execute(delete(key).where(key.c.word == "~sus", key.c.person_ref == "P2"))
        connection.execute(insert(key).values(word="forged", person_ref="P1", case_ref=""))
    (fault,) = faults(filled)
    assert fault.startswith("2 people or cases do not have the search words of their names. Run migrate")
    filled.close()
    assert upgrade_database(filled.location, key_of(filled.location)).words_made_anew == 2
    assert faults(filled) == []
    assert found(filled, "forged") == set()


def test_words_come_and_go_with_the_record_in_one_transaction(filled: Store) -> None:
    with suppress(ZeroDivisionError), filled.begin(act()) as tx:
        tx.add(replace(PERSON, person_ref="P3", family_name="Ødegård"))
        assert 1 / 0
    assert found(filled, "oedegaard") == set()
    with filled.begin(act()) as tx:
        for name in tx.list_records(PersonName, person_ref="P2"):
            tx.remove(name, "entered in error")
        tx.remove(tx.get(Person, "P2"), "entered in error")
    assert found(filled, "desouza") == found(filled, "sousa") == set()
    with filled.read() as reading:
        assert count_wrong_search_words(reading.connection) == 0


WRITES_WORDS = re.compile("INSERT INTO search_key|DELETE FROM search_key|drop_search_words")


@pytest.mark.parametrize(("changed", "is_name"), [({"postcode": "LE2 2ZZ"}, False), ({"family_name": "Łuk"}, True)])
def test_a_correction_writes_the_words_that_differ_and_no_others(
    filled: Store, changed: dict[str, Any], is_name: bool
) -> None:
    asked: list[tuple[str, str]] = []
    with filled.begin(act()) as tx:
        listening = event.listens_for(tx.connection, "before_cursor_execute")
        listening(lambda _connection, _cursor, sql, values, *_: asked.append((sql, str(values))))
        tx.save(replace(tx.get(Person, "P1"), **changed))
    words = " ".join(values for sql, values in asked if WRITES_WORDS.search(sql))
    assert ("le22zz" in words) is not is_name
    assert ("obriain" in words) is is_name
    assert "'jo'" not in words
    ordered = [sql for sql, _ in asked if sql.startswith("UPDATE people") and "name_key" in sql]
    assert bool(ordered) is is_name
    with filled.read() as reading:
        assert count_wrong_search_words(reading.connection) == 0


def plan(connection: Connection, typed: str) -> str:
    terms = parse_search(typed, 2026)
    # As few as are usually on record; for hundreds a server would rather read so small a table from end to end.
    near = [frozenset(sorted(near_words(term))[:5]) | like_sounding_words(term) for term in terms]
    query = matching(terms, near).limit(120).compile(connection, compile_kwargs={"literal_binds": True})
    sql = str(query).replace(":", r"\:")
    if connection.dialect.name == "postgresql":
        # So few rows are read quickest from first to last; what counts is that the indexes could be used.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(str(row[0]) for row in connection.execute(text(f"EXPLAIN {sql}")))
    return "\n".join(str(row[3]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")))


def test_a_typing_error_is_looked_up_in_the_index_and_nothing_is_read_from_end_to_end(filled: Store) -> None:
    for typed in ("harkr", "de suza", "jaydn harkr", "harkr 3/11/2008", "harkr iom-1", "mo harkr"):
        with filled.read() as reading:
            told = plan(reading.connection, typed)
            server = reading.connection.dialect.name == "postgresql"
        steps = told.split("->" if server else "\n")
        reads = [step for step in steps if "search_key" in step and ("Index" in step or "SEARCH" in step)]
        assert len(reads) >= 2, told
        for step in reads:
            assert (
                "Index Cond" in step if server else "PRIMARY KEY (word" in step or "(person_ref=? AND word" in step
            ), told
        assert not re.search("Seq Scan on search_key|SCAN search_key|SCAN also", told), told


OF_A_FUNCTION = (
    "SELECT substring(prosrc FROM 'DELETE FROM search_key k WHERE k.case_ref <> [^;]*AND k.case_ref = of_case') "
    "FROM pg_proc WHERE proname = 'drop_search_words'"
)


def test_the_words_of_a_case_are_taken_away_through_their_index(filled: Store) -> None:
    with filled.engine.connect() as connection:
        asked: list[tuple[str, Any]] = []
        listening = event.listens_for(connection, "before_cursor_execute")
        listening(lambda _connection, _cursor, sql, values, *_: asked.append((sql, values)))
        with connection.begin():
            delete_search_keys(connection, replace(CASE, case_ref="IOM-12-03-2024"))
            assert connection.scalar(select(func.count()).where(tables.search_key.c.case_ref != "")) == 0
            server = connection.dialect.name == "postgresql"
            if server:
                connection.execute(text("SET LOCAL enable_seqscan = off"))
                sql, values = connection.scalar(text(OF_A_FUNCTION)).replace("of_case", "'IOM'"), ()
            else:
                sql, values = next(each for each in asked if each[0].startswith("DELETE"))
            told = connection.exec_driver_sql(f"{'EXPLAIN' if server else 'EXPLAIN QUERY PLAN'} {sql}", values).all()
    assert "ix_search_key_case_ref" in "\n".join(str(row) for row in told)
